#include "runtime/engine/seen_values.h"

#include <cstring>
#include <utility>

#include <xxhash.h>

namespace chainhunt::engine {

std::uint32_t Stretches::count(const std::uint32_t* words, std::uint32_t stretch) const {
  const std::uint32_t at = stretch % kKept;
  if (wide_) return words[1 + at];
  return words[1 + at / 2] >> (at % 2 * 16) & kMost;
}

void Stretches::set(std::uint32_t* words, std::uint32_t stretch, std::uint32_t count) const {
  const std::uint32_t at = stretch % kKept;
  if (wide_) {
    words[1 + at] = count;
    return;
  }
  const std::uint32_t shift = at % 2 * 16;
  words[1 + at / 2] = (words[1 + at / 2] & ~(kMost << shift)) | count << shift;
}

void Stretches::add(std::uint32_t* words, std::uint32_t now, std::uint32_t before) const {
  const std::uint32_t last = stretch(now);
  if (words[0] == 0 || last - words[0] >= kKept) std::fill(words + 1, words + this->words(), 0);
  else for (std::uint32_t between = words[0] + 1; between <= last; ++between) set(words, between, 0);
  words[0] = last;
  const std::uint32_t most = wide_ ? 0xffffffff : kMost;
  if (before != 0) {
    const std::uint32_t old = stretch(before);
    if (old == last) return;
    const std::uint32_t held = last - old < kKept ? count(words, old) : 0;
    if (held > 0 && held < most) set(words, old, held - 1);
  }
  set(words, last, std::min(count(words, last), most - 1) + 1);
}

std::uint64_t Stretches::sum(const std::uint32_t* words, std::uint32_t since) const {
  if (words[0] == 0) return 0;
  std::uint64_t sum = 0;
  const std::uint32_t kept = words[0] >= kKept ? words[0] - kKept + 1 : 1;
  for (std::uint32_t at = std::max(stretch(since), kept); at <= words[0]; ++at) sum += count(words, at);
  return sum;
}

std::size_t SeenValues::home_of(const Entry& entry) const {
  std::uint64_t low = 0;
  std::memcpy(&low, entry.digest, sizeof low);
  return static_cast<std::size_t>((static_cast<unsigned __int128>(low) * table_.size()) >> 64);
}

std::uint32_t SeenValues::see(std::uint64_t entity, std::string_view name, std::uint32_t now, std::uint32_t oldest) {
  if (used_ * 10 >= table_.size() * 9) make_room(oldest);
  const XXH128_hash_t digest = XXH3_128bits_withSeed(name.data(), name.size(), entity);
  Entry entry;
  std::memcpy(entry.digest, &digest, sizeof entry.digest);
  entry.time = now;
  std::size_t at = home_of(entry);
  for (std::size_t far = 0;; at = behind(at), ++far) {
    Entry& other = table_[at];
    if (other.time == 0) break;
    if (std::memcmp(other.digest, entry.digest, sizeof entry.digest) == 0) {
      return std::exchange(other.time, now);
    }
    if (distance(home_of(other), at) < far) break;
  }
  put(entry, at);
  ++used_;
  return 0;
}

/// From `at` on all move by one, up to the next empty place.
void SeenValues::put(Entry entry, std::size_t at) {
  while (true) {
    std::swap(entry, table_[at]);
    if (entry.time == 0) return;
    at = behind(at);
  }
}

/// Drops what may be forgotten, then grows by an eighth if the rest fills more than four fifths.
void SeenValues::make_room(std::uint32_t oldest) {
  const std::size_t living = static_cast<std::size_t>(std::count_if(table_.begin(), table_.end(), [&](const Entry& e) { return e.time != 0 && e.time >= oldest; }));
  const std::size_t slots = table_.size();
  constexpr std::size_t kFirst = 64;
  const std::size_t wanted = living * 5 <= slots * 4 && slots > 0 ? slots : std::max(kFirst, slots + slots / 8);
  used_ = living;
  if (wanted == slots) {
    // In place and in order: from behind an empty place on, each of the living moves to the first free place from its
    // home on, which is where it stands at the latest.
    std::size_t begin = 0;
    while (table_[begin].time != 0) ++begin;
    std::size_t free = begin;  // nothing stands between here and the one looked at
    for (std::size_t i = 1, at = behind(begin); i < slots; ++i, at = behind(at)) {
      const Entry entry = std::exchange(table_[at], Entry{});
      if (entry.time == 0 || entry.time < oldest) continue;
      const std::size_t home = home_of(entry);
      if (distance(home, at) < distance(free, at)) free = home;
      table_[free] = entry;
      free = behind(free);
    }
    return;
  }
  const std::vector<Entry> before = std::exchange(table_, std::vector<Entry>(wanted));
  for (const Entry& entry : before) {
    if (entry.time == 0 || entry.time < oldest) continue;
    std::size_t at = home_of(entry);
    for (std::size_t far = 0; table_[at].time != 0 && distance(home_of(table_[at]), at) >= far; ++far) at = behind(at);
    put(entry, at);
  }
}

}  // namespace chainhunt::engine

#include "compiler/algebra/text/partition.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "runtime/base/text.h"
#include "runtime/value/text.h"

namespace chainhunt::algebra::text {
namespace {

constexpr char32_t kFoldingEnd = 0x20000;  // no script with case lies beyond; a test looks
constexpr char32_t kFirstSurrogate = 0xD800, kLastSurrogate = 0xDFFF;

// What to write into an answer, best first: letters and digits, then signs, then letters of other scripts.
// What is in none of these is white space, a control or rare, and has the last rank.
constexpr std::pair<char32_t, char32_t> kReadable[] = {
    {'a', 'z'},       {'0', '9'},       {'A', 'Z'},       {'!', '!'},         {'#', '/'},         {':', '@'},     {'[', '`'},
    {'{', '~'},       {'"', '"'},       {0xE0, 0xF6},     {0xC0, 0xD6},       {0xF8, 0x17E},      {0x3B1, 0x3C9}, {0x391, 0x3A9},
    {0x430, 0x44F},   {0x410, 0x42F},   {0x4E00, 0x9FA5}, {0x5D0, 0x5EA},     {0x2160, 0x217F},   {0xA1, 0xAC},   {0xAE, 0xBF},
    {0x17F, 0x24F},   {0x1E00, 0x1EFF}, {0x2010, 0x2027}, {0x2030, 0x205E},   {0x20A0, 0x20BF},   {0x2100, 0x215F}, {0xFFFD, 0xFFFD},
    {' ', ' '},       {'\t', '\t'},     {'\n', '\n'},     {'\r', '\r'},       {0xA0, 0xD7FF},     {0x10000, 0x1FFFF}};
constexpr int kUnreadable = std::size(kReadable);

using Inverse = std::unordered_map<char32_t, std::vector<char32_t>>;

// From a folded code point to the others that fold to it. Made once: it is the inverse of a constant table.
const Inverse& inverse_of_folding() {
  static const Inverse table = [] {
    Inverse out;
    for (const char32_t code : moved_by_folding()) out[value::fold(code)].push_back(code);
    return out;
  }();
  return table;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15;
  return hash ^ hash >> 29;
}

}  // namespace

ClassId Partition::of(char32_t code) const {
  const auto after = std::upper_bound(from.begin(), from.end(), code);
  return classes[static_cast<std::size_t>(after - from.begin()) - 1];
}

Partition Partition::of_points(std::vector<std::pair<char32_t, ClassId>> points, ClassId count) {
  std::sort(points.begin(), points.end());
  Partition out;
  out.count = count;
  for (const auto& [code, id] : points) {
    if (out.from.back() == code) {
      out.classes.back() = id;
    } else {
      out.from.push_back(code);
      out.classes.push_back(id);
    }
    if (code < kLastCode) {
      out.from.push_back(code + 1);
      out.classes.push_back(0);
    }
  }
  return out;
}

Ranges normalised(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end());
  Ranges out;
  for (const auto& [first, last] : ranges) {
    if (!out.empty() && first <= out.back().second + 1) {
      out.back().second = std::max(out.back().second, last);
    } else {
      out.emplace_back(first, last);
    }
  }
  return out;
}

Ranges complement(const Ranges& ranges) {
  Ranges out;
  char32_t next = 0;
  for (const auto& [first, last] : ranges) {
    if (first > next) out.emplace_back(next, first - 1);
    next = last + 1;
  }
  if (next <= kLastCode) out.emplace_back(next, kLastCode);
  return out;
}

bool contains(const Ranges& ranges, char32_t code) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), code, [](char32_t c, const auto& range) { return c < range.first; });
  return after != ranges.begin() && code <= std::prev(after)->second;
}

Partition partition_of(const std::vector<const Ranges*>& sets, std::vector<std::vector<bool>>& members) {
  std::vector<Partition> parts(sets.size());
  std::vector<const Partition*> pointers;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    Partition& part = parts[i];
    part.count = 2;
    for (const auto& [first, last] : *sets[i]) {
      if (part.from.back() == first) {
        part.classes.back() = 1;
      } else {
        part.from.push_back(first);
        part.classes.push_back(1);
      }
      if (last < kLastCode) {
        part.from.push_back(last + 1);
        part.classes.push_back(0);
      }
    }
    pointers.push_back(&part);
  }
  std::vector<std::vector<ClassId>> to;
  Partition out = refine(pointers, to);
  members.assign(sets.size(), {});
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (const ClassId id : to[i]) members[i].push_back(id == 1);
  }
  return out;
}

Partition refine(const std::vector<const Partition*>& parts, std::vector<std::vector<ClassId>>& to) {
  Partition out;
  out.from.clear();
  out.classes.clear();
  out.count = 0;
  to.assign(parts.size(), {});
  struct Hash {
    std::size_t operator()(const std::vector<ClassId>& tuple) const {
      std::uint64_t hash = 0;
      for (const ClassId id : tuple) hash = mix(hash, id);
      return static_cast<std::size_t>(hash);
    }
  };
  std::unordered_map<std::vector<ClassId>, ClassId, Hash> known;
  std::vector<std::size_t> at(parts.size(), 0);
  std::vector<ClassId> tuple(parts.size());
  for (char32_t from = 0;;) {
    char32_t next = kLastCode + 1;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Partition& part = *parts[i];
      while (at[i] + 1 < part.from.size() && part.from[at[i] + 1] <= from) ++at[i];
      tuple[i] = part.classes[at[i]];
      if (at[i] + 1 < part.from.size()) next = std::min(next, part.from[at[i] + 1]);
    }
    const auto [found, fresh] = known.emplace(tuple, out.count);
    if (fresh) {
      ++out.count;
      for (std::size_t i = 0; i < parts.size(); ++i) to[i].push_back(tuple[i]);
    }
    if (out.classes.empty() || out.classes.back() != found->second) {
      out.from.push_back(from);
      out.classes.push_back(found->second);
    }
    if (next > kLastCode) return out;
    from = next;
  }
}

const Alphabet& AlphabetMaker::make(const std::vector<const Partition*>& parts) {
  const std::size_t width = parts.size();
  found_.clear();
  tuples_.clear();
  at_.assign(width, 0);
  slots_.assign(256, 0);  // 0: free; else index into found_ + 1
  std::vector<ClassId>& tuples = tuples_;
  for (char32_t from = 0; from <= kLastCode;) {
    char32_t next = kLastCode + 1;
    std::uint64_t hash = 0;
    const std::size_t base = tuples.size();
    tuples.resize(base + width);
    for (std::size_t i = 0; i < width; ++i) {
      const Partition& part = *parts[i];
      std::uint32_t& at = at_[i];
      while (at + 1 < part.from.size() && part.from[at + 1] <= from) ++at;
      tuples[base + i] = part.classes[at];
      hash = mix(hash, part.classes[at]);
      if (at + 1 < part.from.size()) next = std::min(next, part.from[at + 1]);
    }
    char32_t first = from, last = next - 1;
    from = next;
    // Surrogates are no code points of a text.
    if (first >= kFirstSurrogate && first <= kLastSurrogate) first = kLastSurrogate + 1;
    if (last >= kFirstSurrogate && last <= kLastSurrogate) last = kFirstSurrogate - 1;
    if (first > last) {
      tuples.resize(base);
      continue;
    }
    const auto [rank, code] = most_readable(first, last);
    if (slots_.size() < 2 * (found_.size() + 1)) {
      slots_.assign(slots_.size() * 4, 0);
      for (std::uint32_t f = 0; f < found_.size(); ++f) {
        std::uint64_t h = 0;
        for (std::size_t i = 0; i < width; ++i) h = mix(h, tuples[found_[f].tuple + i]);
        std::size_t slot = h & (slots_.size() - 1);
        while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
        slots_[slot] = f + 1;
      }
    }
    for (std::size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == 0) {
        slots_[slot] = static_cast<std::uint32_t>(found_.size()) + 1;
        found_.push_back({rank, code, static_cast<std::uint32_t>(base)});
        break;
      }
      Found& known = found_[slots_[slot] - 1];
      if (!std::equal(tuples.begin() + static_cast<std::ptrdiff_t>(base), tuples.end(), tuples.begin() + known.tuple)) continue;
      if (rank < known.rank) {
        known.rank = rank;
        known.code = code;
      }
      tuples.resize(base);
      break;
    }
  }
  std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.rank != b.rank ? a.rank < b.rank : a.code < b.code; });
  out_.codes.clear();
  out_.classes.clear();
  for (const Found& symbol : found_) {
    out_.codes.push_back(symbol.code);
    const auto tuple = tuples.begin() + symbol.tuple;
    out_.classes.insert(out_.classes.end(), tuple, tuple + static_cast<std::ptrdiff_t>(width));
  }
  return out_;
}

std::pair<int, char32_t> most_readable(char32_t first, char32_t last) {
  for (int rank = 0; rank < kUnreadable; ++rank) {
    const auto& [low, high] = kReadable[rank];
    if (first <= high && last >= low) return {rank, std::max(first, low)};
  }
  return {kUnreadable, last};
}

const std::vector<char32_t>& moved_by_folding() {
  static const std::vector<char32_t> moved = [] {
    std::vector<char32_t> out;
    for (char32_t code = 0; code < kFoldingEnd; ++code) {
      if (value::fold(code) != code) out.push_back(code);
    }
    return out;
  }();
  return moved;
}

std::vector<char32_t> variants(char32_t code) {
  const char32_t folded = value::fold(code);
  std::vector<char32_t> out{folded};
  const Inverse& inverse = inverse_of_folding();
  if (const auto found = inverse.find(folded); found != inverse.end()) out.insert(out.end(), found->second.begin(), found->second.end());
  return out;
}

std::u32string code_points(std::string_view text, bool cased) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint code = base::decode_utf8(text, at);
    out.push_back(cased ? code.value : value::fold(code.value));
    at += code.size;
  }
  return out;
}

}  // namespace chainhunt::algebra::text

#include "runtime/engine/keep.h"

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

#include <xxhash.h>

namespace chainhunt::engine {
namespace {

/// The values and keys of a hit, each canonical; a list is one value. Empty: one is missing.
std::vector<std::string> names_of(const program::Keep& keep, const Hit& hit) {
  std::vector<std::string> names;
  for (const auto* captures : {&keep.fields, &keep.by}) {
    for (const std::uint32_t capture : *captures) {
      if (capture >= hit.captures.size() || hit.captures[capture].keys.empty()) return {};
      std::vector<std::string> keys = hit.captures[capture].keys;
      std::sort(keys.begin(), keys.end());
      std::string name;
      for (const auto& key : keys) name += (name.empty() ? "" : ", ") + key;
      names.push_back(std::move(name));
    }
  }
  return names;
}

struct Digest {
  std::uint64_t high = 0, low = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
};
struct DigestHash { std::size_t operator()(const Digest& d) const { return static_cast<std::size_t>(d.low); } };

Digest digest_of(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) ((all += std::to_string(name.size())) += ':') += name;
  const XXH128_hash_t digest = XXH3_128bits(all.data(), all.size());
  return {digest.high64, digest.low64};
}

/// One combination of values and key.
struct Group {
  std::uint64_t before = 0, count = 0;
  std::vector<std::uint64_t> records;  ///< while they may all be kept
  std::deque<std::int64_t> times;      ///< `in`: of the newest `below`
  std::int64_t instant = 0;            ///< `in`: the newest time; `records` are of it
};

class Counter {
 public:
  Counter(const program::Program& program, std::uint32_t link, const Baseline* baseline, Baseline* seen)
      : keep_(*program.links[link].keep), name_(Baseline::name_of(program, link)), baseline_(baseline), seen_(seen) {}

  /// False: a value or key is missing.
  bool count(const Hit& hit, std::uint64_t record) {
    auto names = names_of(keep_, hit);
    if (names.empty()) return false;
    const auto [place, fresh] = groups_.try_emplace(digest_of(names));
    Group& group = place->second;
    if (fresh && baseline_ != nullptr && keep_.in == 0) group.before = baseline_->seen(name_, names);
    if (seen_ != nullptr && keep_.in == 0) seen_->add(name_, names, 1);
    ++group.count;
    if (keep_.in > 0) {
      if (group.records.empty() || group.instant != hit.event.time) {
        settle(group);
        group.instant = hit.event.time;
      }
      group.records.push_back(record);
      group.times.push_back(hit.event.time);
      if (group.times.size() > keep_.below) group.times.pop_front();
    } else if (keep_.rare) {
      if (group.before + group.count < keep_.below) group.records.push_back(record);
      else group.records = {};
    } else if (group.before + group.count == 1) {
      group.records.push_back(record);
    }
    return true;
  }

  std::vector<std::uint64_t> finish() {
    for (auto& [digest, group] : groups_) {
      if (keep_.in > 0) settle(group);
      else kept_.insert(kept_.end(), group.records.begin(), group.records.end());
    }
    std::sort(kept_.begin(), kept_.end());
    kept_.erase(std::unique(kept_.begin(), kept_.end()), kept_.end());
    return std::move(kept_);
  }

 private:
  /// All of the instant are in; they are rare if the window that ends with it holds fewer than `below`.
  void settle(Group& group) {
    const bool many = keep_.below == 0 || (group.times.size() == keep_.below && group.instant - group.times.front() <= keep_.in);
    if (!many) kept_.insert(kept_.end(), group.records.begin(), group.records.end());
    group.records.clear();
  }

  const program::Keep& keep_;
  std::string name_;
  const Baseline* baseline_;
  Baseline* seen_;
  std::unordered_map<Digest, Group, DigestHash> groups_;
  std::vector<std::uint64_t> kept_;
};

}  // namespace

bool Keeps::passes(std::uint32_t after, std::uint64_t record) const { return std::binary_search(kept_[after].begin(), kept_[after].end(), record); }

Result<std::unique_ptr<Keeps>> Keeps::make(const program::Program& program, const SortedHits& hits, const Baseline* baseline,
                                           std::vector<std::uint64_t>& without, Baseline* seen) {
  std::unique_ptr<Keeps> out(new Keeps(program));
  std::vector<std::uint32_t> depths(program.links.size(), 0);  // 0: no `keep`
  std::uint32_t deepest = 0;
  for (std::uint32_t link = 0; link < program.links.size(); ++link) {
    if (!program.links[link].keep) continue;
    const std::uint32_t after = program.links[link].after;  // stands before
    depths[link] = 1 + (after == program::kNone ? 0 : depths[after]);
    deepest = std::max(deepest, depths[link]);
  }
  for (std::uint32_t depth = 1; depth <= deepest; ++depth) {
    std::vector<std::unique_ptr<Counter>> counters(program.links.size());
    for (std::uint32_t link = 0; link < program.links.size(); ++link) {
      if (depths[link] == depth) counters[link] = std::make_unique<Counter>(program, link, baseline, seen);
    }
    auto cursor = hits.cursor();
    while (true) {
      const auto more = cursor.next();
      if (!more) return more.error();
      if (!*more) break;
      const std::uint32_t link = cursor.link(), after = program.links[link].after;
      if (!counters[link] || (after != program::kNone && !out->passes(after, cursor.record()))) continue;
      if (!counters[link]->count(cursor.sketch(), cursor.record())) ++without[link];
    }
    for (std::uint32_t link = 0; link < program.links.size(); ++link) {
      if (counters[link]) out->kept_[link] = counters[link]->finish();
    }
  }
  return out;
}

}  // namespace chainhunt::engine

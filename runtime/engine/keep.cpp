#include "runtime/engine/keep.h"

#include <algorithm>
#include <map>

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

}  // namespace

void apply_keeps(const program::Program& program, const Baseline* baseline, std::vector<Hit>& hits, std::vector<std::uint32_t>& records,
                 std::vector<LinkCount>& links, Baseline& seen) {
  const std::size_t count = program.links.size();
  std::vector<std::vector<std::uint32_t>> of(count);  // hits of links with `keep`, in canonical order
  for (std::uint32_t h = 0; h < hits.size(); ++h) {
    if (program.links[hits[h].link].keep) of[hits[h].link].push_back(h);
  }
  std::vector<std::vector<std::uint32_t>> kept(count);  // by link with `keep`: the records that it keeps, ascending
  const auto passes = [&](std::uint32_t after, std::uint32_t record) {
    return after == program::kNone || std::binary_search(kept[after].begin(), kept[after].end(), record);
  };
  // A link's `after` stands before it.
  for (std::uint32_t link = 0; link < count; ++link) {
    if (!program.links[link].keep) continue;
    const program::Keep& keep = *program.links[link].keep;
    const std::string name = Baseline::name_of(program, link);
    std::map<std::vector<std::string>, std::vector<std::uint32_t>> groups;
    for (const std::uint32_t h : of[link]) {
      if (!passes(program.links[link].after, records[h])) continue;
      auto names = names_of(keep, hits[h]);
      if (names.empty()) ++links[link].without_key;
      else groups[std::move(names)].push_back(h);
    }
    for (const auto& [names, members] : groups) {
      const std::uint64_t before = baseline == nullptr || keep.in > 0 ? 0 : baseline->seen(name, names);
      if (keep.in == 0) seen.add(name, names, members.size());
      if (!keep.rare) {
        if (before == 0) kept[link].push_back(records[members.front()]);
        continue;
      }
      std::size_t first = 0;
      for (std::size_t i = 0; i < members.size(); ++i) {
        std::uint64_t own = before + members.size();
        if (keep.in > 0) {
          // All of the window that ends at this instant.
          const std::int64_t time = hits[members[i]].event.time;
          while (time - hits[members[first]].event.time > keep.in) ++first;
          std::size_t last = i;
          while (last + 1 < members.size() && hits[members[last + 1]].event.time == time) ++last;
          own = last + 1 - first;
        }
        if (own < keep.below) kept[link].push_back(records[members[i]]);
      }
    }
    std::sort(kept[link].begin(), kept[link].end());
  }
  std::size_t at = 0;
  for (std::size_t h = 0; h < hits.size(); ++h) {
    const program::Link& link = program.links[hits[h].link];
    if (link.keep || !passes(link.after, records[h])) continue;
    if (at != h) {
      hits[at] = std::move(hits[h]);
      records[at] = records[h];
    }
    ++at;
  }
  hits.resize(at);
  records.resize(at);
}

}  // namespace chainhunt::engine

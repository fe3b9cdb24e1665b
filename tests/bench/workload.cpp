#include "tests/bench/workload.h"

#include <algorithm>

#include "tests/bench/random.h"

namespace chainhunt::bench {
namespace {

using program::PatternKind;
using program::PatternNode;

constexpr std::int64_t kBegin = 17'146'944'000'000'000;  // 2024-05-03
constexpr std::uint32_t kLinks = 3;
constexpr std::uint64_t kFiles = 8;

program::Program with_links() {
  program::Program program;
  for (std::uint32_t i = 0; i < kLinks; ++i) {
    program::Link link;
    link.shown_name = std::string(1, static_cast<char>('a' + i));
    link.name = "p." + link.shown_name;
    for (const char* name : {"computer", "user", "value"}) link.captures.push_back({name, value::Type::text, false, {}});
    program.links.push_back(link);
  }
  return program;
}

program::Program by_user(std::vector<PatternNode> nodes, std::int64_t within) {
  program::Program program = with_links();
  program::Chain chain;
  chain.name = "p.chain";
  chain.root = static_cast<std::uint32_t>(nodes.size() - 1);
  chain.nodes = std::move(nodes);
  chain.within = within;
  chain.keys.push_back({"user", {0, 1, 2}, {1, 1, 1}});
  program.chains.push_back(std::move(chain));
  return program;
}

std::vector<PatternNode> steps(PatternKind kind, std::uint32_t count) {
  std::vector<PatternNode> nodes(count + 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    nodes[i].links = {i};
    nodes[count].children.push_back(i);
  }
  nodes[count].kind = kind;
  if (kind == PatternKind::sequence) nodes[count].gaps.assign(count - 1, -1);
  return nodes;
}

void capture(engine::Captured& out, char kind, std::uint64_t number) {
  out.present = true;
  out.keys.assign(1, kind + std::to_string(number));
  out.text = out.keys[0];
}

}  // namespace

program::Program no_chain() { return with_links(); }
program::Program a_and_b(std::int64_t within) { return by_user(steps(PatternKind::conjunction, 2), within); }
program::Program a_and_b_and_c(std::int64_t within) { return by_user(steps(PatternKind::conjunction, 3), within); }
program::Program a_then_b_then_c(std::int64_t within) { return by_user(steps(PatternKind::sequence, 3), within); }

program::Program count(std::uint32_t number, std::int64_t within) {
  std::vector<PatternNode> nodes(1);
  nodes[0].kind = PatternKind::count;
  nodes[0].number = number;
  nodes[0].links = {0, 1, 2};
  return by_user(std::move(nodes), within);
}

program::Program distinct(std::uint32_t number, std::int64_t within) {
  std::vector<PatternNode> nodes(1);
  nodes[0].kind = PatternKind::distinct;
  nodes[0].number = number;
  nodes[0].links = {0, 1, 2};
  nodes[0].captures = {{2}, {2}, {2}};
  return by_user(std::move(nodes), within);
}

program::Program never(std::int64_t within) { return count(1'000'000, within); }

std::uint64_t entity_of(const Workload& workload, std::uint64_t i) {
  const std::uint64_t group = i / workload.burst;
  // Each entity once, in an order that jumps about (an odd prime above all sizes), then any.
  constexpr std::uint64_t kStep = 1'000'000'007;
  if (group < workload.entities) return group * kStep % workload.entities;
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(mixed(workload.seed + group)) * workload.entities) >> 64);
}

/// Few, so that they are in the processor's cache when they are used, as a matched hit is.
constexpr std::size_t kBatch = 64;

void make_hits(const Workload& workload, const std::function<void(const std::vector<engine::Hit>&)>& use) {
  // When each hit happened: bursts at random, so that an entity's are anywhere in the span. Which hit of
  // its entity it is decides link and value.
  struct Place { std::int64_t time; std::uint64_t hit; std::uint32_t turn; };
  std::vector<Place> places(workload.hits);
  {
    std::vector<std::uint32_t> turns(workload.entities, 0);
    for (std::uint64_t i = 0; i < workload.hits; ++i) {
      const std::uint64_t group = i / workload.burst, within = i % workload.burst;
      const std::uint64_t entity = entity_of(workload, i);
      const auto start = static_cast<std::int64_t>(Random(workload.seed ^ mixed(group)).below(static_cast<std::uint64_t>(workload.span)));
      places[i] = {kBegin + start + static_cast<std::int64_t>(within) * kSecond / 2 / workload.burst, i, turns[entity]++};
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.time != b.time ? a.time < b.time : a.hit < b.hit; });
  std::vector<engine::Hit> hits;
  for (std::uint64_t file = 0; file < kFiles; ++file) {
    for (std::uint64_t i = file; i < places.size(); i += kFiles) {
      engine::Hit& hit = hits.emplace_back();
      const Place& place = places[i];
      hit.link = place.turn % workload.links;
      hit.event.time = place.time;
      hit.event.computer = "srv" + std::to_string(file);
      hit.event.channel = "security";
      hit.event.has_record_id = true;
      hit.event.record_id = 1000 + i;
      hit.event.provider = "microsoft-windows-security-auditing";
      hit.event.event_id = "4688";
      hit.event.digest.resize(16);
      for (int b = 0; b < 16; ++b) hit.event.digest[static_cast<std::size_t>(b)] = static_cast<char>(mixed(i) >> (b % 8 * 8));
      hit.shown_channel = "Security";
      hit.shown_computer = "SRV" + std::to_string(file);
      hit.source = static_cast<std::uint32_t>(file);
      hit.offset = i * 1000;
      hit.captures.resize(3);
      capture(hit.captures[0], 's', file);
      capture(hit.captures[1], 'u', entity_of(workload, place.hit));
      capture(hit.captures[2], 'v', place.turn % workload.values);
      if (hits.size() < kBatch) continue;
      use(hits);
      hits.clear();
    }
  }
  use(hits);
}

}  // namespace chainhunt::bench

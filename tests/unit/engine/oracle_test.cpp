// The engine against the naive matcher on generated pairs of chain and log. CHAINHUNT_CASES runs more,
// CHAINHUNT_SEED begins elsewhere (`./dev oracle`).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "runtime/engine/engine.h"
#include "tests/oracle/naive.h"

namespace chainhunt {
namespace {

using engine::Hit;
using program::PatternKind;

constexpr std::uint32_t kLinks = 4;

struct Case {
  program::Program program;
  std::vector<Hit> hits;
};

/// What the generated pairs are about: everything, or one thing more often.
enum class About { everything, cutting, gaps, instants };

class Generator {
 public:
  Generator(std::uint64_t seed, About about) : about_(about), random_(seed) {}

  Case make() {
    Case out;
    // Most logs are within ticks; some are hours apart, so that findings are cut.
    const bool slow = about_ == About::cutting || one_in(12);
    links_ = about_ == About::everything ? kLinks : 2 + static_cast<std::uint32_t>(below(2));
    times_ = about_ == About::instants ? 3 : 10;
    unit_ = slow ? 6LL * 3600 * 10'000'000 : 1;
    make_links(out.program);
    make_chain(out.program, slow);
    const std::size_t events = about_ == About::everything ? 2 + below(slow ? 9 : 7) : 5 + below(5);
    for (std::size_t i = 0; i < events; ++i) make_event(out, i);
    // The same record seen twice, in another file, sometimes with other bytes.
    if (one_in(5) && !out.hits.empty()) {
      Hit again = out.hits[below(out.hits.size())];
      again.source = 7;
      again.offset = 99;
      // Other bytes have a digest of their own, smaller or larger: equal bytes have equal hits.
      if (one_in(2)) again.event.digest = std::string(16, static_cast<char>((one_in(2) ? 'A' : 'n') + below(12)));
      out.hits.push_back(again);
    }
    return out;
  }

  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::mt19937_64& random() { return random_; }

 private:
  void make_links(program::Program& program) {
    const char* needs[] = {"execution", "credentials", "enumeration"};
    for (std::uint32_t i = 0; i < kLinks; ++i) {
      program::Link link;
      link.name = "p.l" + std::to_string(i);
      link.shown_name = "l" + std::to_string(i);
      link.need = {needs[below(3)]};
      if (one_in(4)) link.need.push_back(needs[below(3)]);
      for (const char* name : {"computer", "user", "f", "g"}) link.captures.push_back({name, value::Type::text, false, {}});
      program.links.push_back(link);
    }
  }

  std::vector<std::uint32_t> some_links(std::size_t at_least) {
    std::vector<std::uint32_t> links;
    for (std::uint32_t i = 0; i < kLinks; ++i) {
      if (i < links_ && one_in(2)) links.push_back(i);
    }
    while (links.size() < at_least) {
      const auto link = static_cast<std::uint32_t>(below(links_));
      if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(link);
    }
    return links;
  }

  std::uint32_t leaf(program::Chain& chain) {
    program::PatternNode node;
    // Gaps are solved in their own way beside steps and counts.
    switch (about_ == About::gaps && !one_in(6) ? 3 + below(2) : below(8)) {
      default:
        node.links = {static_cast<std::uint32_t>(below(links_))};
        if (one_in(4)) node.links = some_links(1);
        break;
      case 4:
        node.kind = PatternKind::count;
        node.number = 1 + static_cast<std::uint32_t>(below(3));
        node.links = some_links(1);
        break;
      case 5:
        node.kind = PatternKind::n_of;
        node.links = some_links(2);
        node.number = 1 + static_cast<std::uint32_t>(below(std::min<std::size_t>(3, node.links.size())));
        break;
      case 6:
        node.kind = PatternKind::distinct;
        node.number = 1 + static_cast<std::uint32_t>(below(3));
        node.links = some_links(1);
        for (std::size_t i = 0; i < node.links.size(); ++i) node.captures.push_back({2});
        if (one_in(3)) for (auto& captures : node.captures) captures.push_back(3);
        break;
      case 7:
        node.kind = PatternKind::distinct;
        node.distinct = one_in(2) ? program::DistinctOf::need : program::DistinctOf::link;
        node.number = 1 + static_cast<std::uint32_t>(below(3));
        node.links = some_links(2);
        break;
    }
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  std::uint32_t pattern(program::Chain& chain, int depth) {
    if (depth == 0 || one_in(3)) return leaf(chain);
    program::PatternNode node;
    const std::size_t kind = below(5);
    node.kind = kind < 2 ? PatternKind::conjunction : kind < 4 ? PatternKind::sequence : PatternKind::disjunction;
    const std::size_t children = 2 + (one_in(4) ? 1 : 0);
    for (std::size_t i = 0; i < children; ++i) node.children.push_back(pattern(chain, depth - 1));
    if (node.kind == PatternKind::sequence) {
      for (std::size_t i = 1; i < children; ++i) node.gaps.push_back(one_in(4) ? static_cast<std::int64_t>(below(4)) * unit_ : -1);
    }
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  /// Two to four groups, one after the other.
  std::uint32_t in_order(program::Chain& chain) {
    program::PatternNode node;
    node.kind = PatternKind::sequence;
    const std::size_t children = 2 + (one_in(2) ? 1 : 0) + (one_in(4) ? 1 : 0);
    for (std::size_t i = 0; i < children; ++i) {
      if (i > 0) node.gaps.push_back(about_ == About::gaps && !one_in(4) ? static_cast<std::int64_t>(below(5)) * unit_ : -1);
      if (about_ != About::gaps && one_in(4)) {
        program::PatternNode group;
        group.kind = PatternKind::conjunction;
        group.children = {leaf(chain), leaf(chain)};
        chain.nodes.push_back(std::move(group));
        node.children.push_back(static_cast<std::uint32_t>(chain.nodes.size() - 1));
      } else {
        node.children.push_back(leaf(chain));
      }
    }
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  void make_chain(program::Program& program, bool slow) {
    program::Chain chain;
    chain.name = "p.c";
    if (about_ == About::everything || one_in(4)) chain.root = pattern(chain, 2);
    else if (about_ == About::cutting && one_in(2)) chain.root = pattern(chain, 1);
    else chain.root = in_order(chain);
    chain.within = (1 + static_cast<std::int64_t>(below(slow ? 4 : 8))) * unit_;
    chain.aligned = one_in(about_ == About::everything ? 8 : 50);
    if (one_in(6)) chain.suppress = (1 + static_cast<std::int64_t>(below(6))) * unit_;
    const std::size_t keys = one_in(5) || (about_ != About::everything && !one_in(4)) ? 0 : one_in(4) ? 2 : 1;
    for (std::size_t k = 0; k < keys; ++k) {
      program::Key key;
      key.name = k == 0 ? "computer" : "user";
      for (std::uint32_t link = 0; link < kLinks; ++link) {
        key.links.push_back(link);
        key.captures.push_back(static_cast<std::uint32_t>(k));
      }
      chain.keys.push_back(std::move(key));
    }
    program.chains.push_back(std::move(chain));
  }

  engine::Captured value(std::size_t values, std::size_t missing_one_in) {
    engine::Captured out;
    if (one_in(missing_one_in)) return out;
    out.present = true;
    out.keys.push_back(std::string(1, static_cast<char>('a' + below(values))));
    if (one_in(12)) out.keys.push_back(std::string(1, static_cast<char>('a' + values)));
    out.text = out.keys[0];
    return out;
  }

  void make_event(Case& out, std::size_t index) {
    Hit hit;
    hit.event.time = static_cast<std::int64_t>(below(times_)) * unit_;
    hit.event.computer = std::string(1, static_cast<char>('A' + below(2)));
    hit.event.channel = one_in(4) ? "system" : "security";
    hit.event.has_record_id = !one_in(4);
    hit.event.record_id = hit.event.has_record_id ? 1 + below(9) : 0;
    hit.event.event_id = "1";
    hit.event.digest = std::string(16, static_cast<char>('a' + index));
    hit.source = static_cast<std::uint32_t>(index % 2);
    hit.offset = index * 100;
    std::vector<std::uint32_t> links = {static_cast<std::uint32_t>(below(links_))};
    if (one_in(3)) links = some_links(1);
    const auto computer = value(2, 14), user = value(2, 10);
    const auto f = value(3, 8), g = value(2, 8);
    for (const std::uint32_t link : links) {
      hit.link = link;
      hit.captures = {computer, user, f, g};
      out.hits.push_back(hit);
    }
  }

  About about_;
  std::uint32_t links_ = kLinks;   // that occur
  std::size_t times_ = 10;
  std::mt19937_64 random_;
  std::int64_t unit_ = 1;
};

/// The chain, a little easier: a tick more, or no order, or one event fewer. A log that fires only then just misses.
std::vector<program::Program> easier(const program::Program& program) {
  std::vector<program::Program> out;
  out.push_back(program);
  auto& wider = out.back().chains[0];
  wider.within += 1;
  for (auto& node : wider.nodes) {
    for (auto& gap : node.gaps) gap = gap < 0 ? gap : gap + 1;
  }
  out.push_back(program);
  for (auto& node : out.back().chains[0].nodes) {
    if (node.kind != PatternKind::sequence) continue;
    node.kind = PatternKind::conjunction;
    node.gaps.clear();
  }
  out.push_back(program);
  out.back().chains[0].keys.clear();
  for (std::size_t n = 0; n < program.chains[0].nodes.size(); ++n) {
    if (program.chains[0].nodes[n].number < 2) continue;
    out.push_back(program);
    --out.back().chains[0].nodes[n].number;
  }
  for (std::size_t n = 0; n < program.chains[0].nodes.size(); ++n) {
    const auto kind = program.chains[0].nodes[n].kind;
    if (program.chains[0].nodes[n].children.size() < 2 || kind == PatternKind::disjunction) continue;
    out.push_back(program);
    out.back().chains[0].nodes[n].children.pop_back();
    if (kind == PatternKind::sequence) out.back().chains[0].nodes[n].gaps.pop_back();
  }
  return out;
}

std::string text(const Case& c) {
  std::string out = program::dump(c.program);
  for (const Hit& hit : c.hits) {
    out += "t=" + std::to_string(hit.event.time) + " " + hit.event.computer + "/" + hit.event.channel + "#" +
           (hit.event.has_record_id ? std::to_string(hit.event.record_id) : "-") + " " + hit.event.digest.substr(0, 1) + " source " +
           std::to_string(hit.source) + " link " + std::to_string(hit.link);
    for (const auto& capture : hit.captures) {
      out += " [";
      for (const auto& key : capture.keys) out += key;
      out += "]";
    }
    out += "\n";
  }
  return out;
}

std::string text(const oracle::Findings& findings) {
  std::string out;
  for (const auto& finding : findings) out += "  " + finding + "\n";
  return out;
}

/// Compares `cases` generated pairs. Shares in one of `least` that fire, and that just miss, are asked for.
void compare(About about, std::uint64_t cases, std::uint64_t least) {
  const char* asked = std::getenv("CHAINHUNT_CASES");
  if (asked != nullptr) cases = std::strtoull(asked, nullptr, 10);
  const char* begin = std::getenv("CHAINHUNT_SEED");
  const std::uint64_t seed = begin != nullptr ? std::strtoull(begin, nullptr, 10) : 1;
  std::uint64_t fire = 0, miss = 0, aligned = 0, cut = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    Generator generator(seed + i, about);
    const Case c = generator.make();
    ASSERT_TRUE(program::verify(c.program).ok()) << "seed " << seed + i;
    const bool keep = generator.one_in(10);
    const auto expected = oracle::naive(c.program, c.hits, keep);
    std::vector<Hit> shuffled = c.hits;
    std::shuffle(shuffled.begin(), shuffled.end(), generator.random());
    engine::Options options;
    options.keep_duplicates = keep;
    options.threads = 1 + static_cast<unsigned>(i % 2);
    const auto outcome = engine::evaluate(c.program, shuffled, options);
    const auto found = oracle::described(c.program, outcome);
    ASSERT_EQ(text(found), text(expected)) << "seed " << seed + i << (keep ? ", duplicates kept" : "") << "\n" << text(c);
    ASSERT_TRUE(outcome.complete) << "seed " << seed + i;
    aligned += c.program.chains[0].aligned;
    for (const auto& finding : outcome.findings) cut += finding.parts > 1;
    if (!expected.empty()) {
      ++fire;
      continue;
    }
    for (const auto& other : easier(c.program)) {
      if (oracle::naive(other, c.hits, keep).empty()) continue;
      ++miss;
      break;
    }
  }
  std::printf("%llu cases: %llu fire, %llu just miss, %llu aligned, %llu cut findings\n", static_cast<unsigned long long>(cases),
              static_cast<unsigned long long>(fire), static_cast<unsigned long long>(miss), static_cast<unsigned long long>(aligned),
              static_cast<unsigned long long>(cut));
  EXPECT_GE(fire * least, cases);
  EXPECT_GE(miss * least, cases);
  if (about == About::everything || about == About::cutting) EXPECT_GT(cut, 0u);
}

TEST(Oracle, EngineEqualsNaiveMatcher) { compare(About::everything, 20'000, 5); }
TEST(Oracle, CutFindings) { compare(About::cutting, 4'000, 50); }
TEST(Oracle, SequencesWithGaps) { compare(About::gaps, 6'000, 10); }
TEST(Oracle, SequencesWithinAnInstant) { compare(About::instants, 4'000, 50); }

}  // namespace
}  // namespace chainhunt

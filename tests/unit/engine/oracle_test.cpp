// The engine against the naive matcher on generated pairs of chain and log. CHAINHUNT_CASES runs more,
// CHAINHUNT_SEED begins elsewhere (`./dev oracle`).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "runtime/engine/engine.h"
#include "tests/oracle/naive.h"

namespace chainhunt {
namespace {

using engine::Hit;
using program::PatternKind;

constexpr std::uint32_t kLinks = 4;
constexpr std::uint32_t kCaptures = 5;  // computer, user, f, g, and the number n

struct Case {
  program::Program program;
  std::vector<Hit> hits;
  std::optional<engine::Coverage> coverage;
};

/// What the generated pairs are about: everything, or one thing more often.
enum class About { everything, cutting, gaps, instants, absences, aggregates, risks, paths, conditions, inner_chains, keeps };

class Generator {
 public:
  Generator(std::uint64_t seed, About about) : about_(about), random_(seed) {}

  Case make() {
    Case out;
    // Most logs are within ticks; some are hours apart, so that findings are cut.
    const bool slow = about_ == About::cutting || one_in(12);
    const bool wide = about_ == About::everything || about_ == About::risks || about_ == About::keeps;
    links_ = wide ? kLinks : 2 + static_cast<std::uint32_t>(below(2));
    times_ = about_ == About::instants ? 3 : 10;
    unit_ = slow ? 6LL * 3600 * 10'000'000 : 1;
    make_links(out.program);
    if (about_ == About::keeps || (about_ == About::everything && one_in(10))) make_keeps(out.program);
    if (about_ == About::inner_chains || (about_ == About::everything && one_in(10))) make_inner(out.program, slow);
    make_chain(out.program, slow);
    const std::size_t events = about_ == About::everything ? 2 + below(slow ? 9 : 7) : 5 + below(5);
    for (std::size_t i = 0; i < events; ++i) make_event(out, i);
    if (one_in(2)) {
      // The log reaches at least as far as its events.
      engine::Coverage& coverage = out.coverage.emplace();
      for (const Hit& hit : out.hits) coverage.add(hit.event.computer == "A" ? "a" : "b", hit.event.time - static_cast<std::int64_t>(below(4)) * unit_, hit.event.time + static_cast<std::int64_t>(below(4)) * unit_);
    }
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
      link.risk = static_cast<std::int64_t>(1 + below(3));
      for (const char* name : {"computer", "user", "f", "g", "n"}) link.captures.push_back({name, value::Type::text, false, {}});
      program.links.push_back(link);
    }
  }

  /// The first link, or the first two, only say which records count for others.
  void make_keeps(program::Program& program) {
    const auto keep = [&] {
      program::Keep out;
      out.rare = !one_in(3);
      out.fields = {static_cast<std::uint32_t>(2 + below(2))};
      out.by = {static_cast<std::uint32_t>(below(2))};
      out.below = static_cast<std::uint32_t>(1 + below(4));
      if (out.rare && one_in(2)) out.in = static_cast<std::int64_t>(1 + below(5)) * unit_;
      return out;
    };
    program.links[0].keep = keep();
    if (one_in(3)) {
      program.links[1].keep = keep();
      program.links[1].after = 0;
    }
    for (std::uint32_t i = 1; i < kLinks; ++i) {
      if (one_in(2) && i > 1) program.links[i].after = program.links[1].keep && one_in(2) ? 1 : 0;
    }
  }

  /// Another chain, and a link that stands for its completions.
  void make_inner(program::Program& program, bool slow) {
    make_chain(program, slow);
    program::Chain& inner = program.chains.back();
    inner.name = "p.inner";
    inner.reported = one_in(2);
    program::Link link;
    link.name = link.shown_name = "p.inner";
    link.need = {"movement"};
    link.risk = 2;
    link.captures = program.links[0].captures;
    program::Completion& completion = link.completion.emplace();
    completion.chain = 0;
    for (std::uint32_t capture = 0; capture < kCaptures; ++capture) {
      program::Completion::Source source;
      for (std::uint32_t k = 0; k < inner.keys.size(); ++k) {
        if (inner.keys[k].name == link.captures[capture].name) source.key = k;
      }
      for (std::uint32_t i = 0; source.key == program::kNone && i < kLinks; ++i) {
        source.links.push_back(i);
        source.captures.push_back(capture);
      }
      completion.captures.push_back(std::move(source));
    }
    program.links.push_back(std::move(link));
    chain_link_ = true;
  }

  std::vector<std::uint32_t> some_links(std::size_t at_least) {
    std::vector<std::uint32_t> links;
    for (std::uint32_t i = 0; i < kLinks; ++i) {
      if (i < links_ && one_in(2)) links.push_back(i);
    }
    if (chain_link_ && one_in(3)) links.push_back(kLinks);
    while (links.size() < at_least) {
      const std::uint32_t link = one_link();
      if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(link);
    }
    return links;
  }

  std::uint32_t one_link() { return chain_link_ && one_in(3) ? kLinks : static_cast<std::uint32_t>(below(links_)); }

  std::size_t kind_of_leaf() {
    switch (about_) {
      // Gaps and absences are solved in their own way beside steps and counts.
      case About::gaps: case About::absences: if (!one_in(6)) return 3 + below(2); break;
      case About::aggregates: if (!one_in(3)) return 8; break;
      case About::risks: if (!one_in(4)) return 9; break;
      case About::paths: if (!one_in(4)) return 10; break;
      case About::conditions: if (!one_in(5)) return 0; break;
      case About::everything: return below(11);
      case About::cutting: return one_in(12) ? 8 + below(3) : below(8);
      case About::instants: case About::inner_chains: case About::keeps: break;
    }
    return below(8);
  }

  std::uint32_t leaf(program::Chain& chain) {
    program::PatternNode node;
    switch (kind_of_leaf()) {
      default:
        node.links = {one_link()};
        if (one_in(4)) node.links = some_links(1);
        if (about_ == About::conditions || one_in(8)) {
          node.label = std::string(1, static_cast<char>('s' + labels_ % 3));
          if (labels_ < 3) ++labels_;
          else node.label.clear();
        }
        break;
      case 8:
        node.kind = PatternKind::aggregate;
        node.function = static_cast<program::Aggregate>(below(6));
        node.percent = static_cast<std::uint32_t>(1 + below(99));
        node.order = static_cast<program::Order>(below(6));
        node.value = static_cast<double>(below(node.function == program::Aggregate::sum ? 12 : 5)) + (one_in(4) ? 0.5 : 0);
        node.links = plain_links();
        for (std::size_t i = 0; i < node.links.size(); ++i) {
          if (node.function == program::Aggregate::distinct) node.captures.push_back({2});
          else if (node.function != program::Aggregate::count) node.captures.push_back({4});
        }
        break;
      case 9:
        node.kind = PatternKind::risk;
        node.links = some_links(2);
        node.number = 1 + static_cast<std::uint32_t>(below(6));
        break;
      case 10:
        node.kind = PatternKind::hops;
        node.links = plain_links();
        node.number = 2 + static_cast<std::uint32_t>(below(2));
        for (std::size_t i = 0; i < node.links.size(); ++i) node.captures.push_back({2, 3});
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

  std::vector<std::uint32_t> plain_links() {
    auto links = some_links(1);
    std::erase(links, kLinks);
    if (links.empty()) links = {0};
    return links;
  }

  std::uint32_t absence(program::Chain& chain, bool at_an_end) {
    program::PatternNode node;
    node.kind = PatternKind::absence;
    node.links = some_links(1);
    if (at_an_end) node.within = static_cast<std::int64_t>(below(5)) * unit_;
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  /// Puts absences among a node's children.
  void forbid(program::Chain& chain, program::PatternNode& node) {
    const std::size_t often = about_ == About::absences || about_ == About::inner_chains ? 2 : 8;
    if (node.kind == PatternKind::conjunction) {
      if (one_in(often)) node.children.insert(node.children.begin() + static_cast<std::ptrdiff_t>(below(node.children.size() + 1)), absence(chain, false));
      return;
    }
    const auto insert = [&](std::size_t at, bool at_an_end) {
      node.children.insert(node.children.begin() + static_cast<std::ptrdiff_t>(at), absence(chain, at_an_end));
      // Between two, the gap stands behind what is forbidden; at an end it is the absence's own.
      if (at == 0) node.gaps.insert(node.gaps.begin(), chain.nodes[node.children[0]].within);
      else if (at_an_end) node.gaps.push_back(chain.nodes[node.children[at]].within);
      else node.gaps.insert(node.gaps.begin() + static_cast<std::ptrdiff_t>(at - 1), -1);
    };
    for (std::size_t at = node.children.size() - 1; at > 0; --at) {
      if (one_in(often)) insert(at, false);
    }
    if (one_in(2 * often)) insert(0, true);
    if (one_in(2 * often)) insert(node.children.size(), true);
  }

  std::uint32_t pattern(program::Chain& chain, int depth, bool below_or = false) {
    if (depth == 0 || one_in(3)) return leaf(chain);
    program::PatternNode node;
    const std::size_t kind = below(5);
    node.kind = kind < 2 ? PatternKind::conjunction : kind < 4 ? PatternKind::sequence : PatternKind::disjunction;
    const std::size_t children = 2 + (one_in(4) ? 1 : 0);
    const std::uint32_t labels = labels_;
    for (std::size_t i = 0; i < children; ++i) {
      if (node.kind == PatternKind::disjunction) labels_ = labels;  // branches may use one name
      node.children.push_back(pattern(chain, depth - 1, below_or || node.kind == PatternKind::disjunction));
    }
    if (node.kind == PatternKind::disjunction) labels_ = 3;
    if (node.kind == PatternKind::sequence) {
      for (std::size_t i = 1; i < children; ++i) node.gaps.push_back(one_in(4) ? static_cast<std::int64_t>(below(4)) * unit_ : -1);
    }
    if (!below_or && node.kind != PatternKind::disjunction) forbid(chain, node);
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
    forbid(chain, node);
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  /// A condition over the steps that have names.
  void make_where(const program::Program& program, program::Chain& chain) {
    std::map<std::string, std::set<std::uint32_t>> labels;
    for (const auto& node : chain.nodes) {
      if (!node.label.empty()) labels[node.label].insert(node.links.begin(), node.links.end());
    }
    if (labels.empty() || (about_ != About::conditions && one_in(2))) return;
    program::StepCondition& where = chain.where.emplace();
    for (const auto& [label, links] : labels) {
      for (const std::uint32_t capture : {2u, 3u}) {
        program::StepCondition::Field field;
        field.label = label;
        for (const std::uint32_t link : links) {
          field.links.push_back(link);
          field.captures.push_back(capture);
        }
        where.plan.projection.fields.push_back(label + "." + program.links[0].captures[capture].name);
        where.fields.push_back(std::move(field));
      }
    }
    const auto slot = [&] { return static_cast<std::uint32_t>(below(where.fields.size())); };
    const std::size_t atoms = 1 + below(3);
    for (std::size_t i = 0; i < atoms; ++i) {
      program::Atom atom;
      atom.left.slot = slot();
      if (one_in(3)) {
        atom.op = one_in(2) ? program::Op::eq : program::Op::ne;
        atom.values = {std::string(1, static_cast<char>('a' + below(3)))};
      } else {
        atom.op = one_in(2) ? program::Op::eq_field : program::Op::ne_field;
        atom.right.slot = slot();
      }
      where.plan.atoms.push_back(std::move(atom));
      where.plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(i), {}});
    }
    program::Body body;
    if (atoms > 1) {
      program::Node node;
      node.kind = one_in(3) ? program::NodeKind::disjunction : program::NodeKind::conjunction;
      for (std::uint32_t i = 0; i < atoms; ++i) node.children.push_back(i);
      where.plan.nodes.push_back(std::move(node));
    }
    body.root = static_cast<std::uint32_t>(where.plan.nodes.size() - 1);
    if (one_in(6)) {
      where.plan.nodes.push_back({program::NodeKind::negation, program::kNone, {body.root}});
      ++body.root;
    }
    where.plan.bodies.push_back(std::move(body));
  }

  void make_chain(program::Program& program, bool slow) {
    program::Chain chain;
    chain.name = "p.c";
    labels_ = 0;
    if (about_ == About::everything || one_in(4)) chain.root = pattern(chain, 2);
    else if ((about_ == About::cutting || about_ >= About::aggregates) && one_in(2)) chain.root = pattern(chain, 1);
    else if ((about_ == About::aggregates || about_ == About::risks || about_ == About::paths) && one_in(2)) chain.root = leaf(chain);
    else chain.root = in_order(chain);
    chain.within = (1 + static_cast<std::int64_t>(below(slow ? 4 : 8))) * unit_;
    chain.aligned = one_in(about_ == About::everything ? 8 : 50);
    if (one_in(6)) chain.suppress = (1 + static_cast<std::int64_t>(below(6))) * unit_;
    const std::size_t keys = one_in(5) || (about_ != About::everything && !one_in(4)) ? 0 : one_in(4) ? 2 : 1;
    for (std::size_t k = 0; k < keys; ++k) {
      program::Key key;
      key.name = k == 0 ? "computer" : "user";
      for (std::uint32_t link = 0; link < program.links.size(); ++link) {
        key.links.push_back(link);
        key.captures.push_back(static_cast<std::uint32_t>(k));
      }
      chain.keys.push_back(std::move(key));
    }
    make_where(program, chain);
    program.chains.push_back(std::move(chain));
  }

  engine::Captured number() {
    engine::Captured out;
    if (one_in(8)) return out;
    out.present = true;
    out.text = std::to_string(below(6));
    out.keys = {out.text};
    return out;
  }

  engine::Captured value(std::size_t values, std::size_t missing_one_in) {
    engine::Captured out;
    if (one_in(missing_one_in)) return out;
    out.present = true;
    out.keys.push_back(std::string(1, static_cast<char>('a' + below(values))));
    if (one_in(12)) out.keys.push_back(std::string(1, static_cast<char>('a' + values)));
    out.text = out.keys[0];
    if (out.keys.size() > 1) out.elements = out.keys;
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
    const auto f = value(3, 8), g = value(about_ == About::paths ? 4 : 2, 8), n = number();
    for (const std::uint32_t link : links) {
      if (link >= kLinks) continue;
      hit.link = link;
      hit.captures = {computer, user, f, g, n};
      out.hits.push_back(hit);
    }
  }

  About about_;
  std::uint32_t links_ = kLinks;   // that occur
  std::uint32_t labels_ = 0;       // steps named so far
  bool chain_link_ = false;        // links[kLinks] stands for a chain
  std::size_t times_ = 10;
  std::mt19937_64 random_;
  std::int64_t unit_ = 1;
};

/// The chain, a little easier: a tick more, or no order, or one event fewer. A log that fires only then just misses.
std::vector<program::Program> easier(const program::Program& program) {
  std::vector<program::Program> out;
  const std::size_t last = program.chains.size() - 1;
  out.push_back(program);
  auto& wider = out.back().chains[last];
  wider.within += 1;
  for (auto& node : wider.nodes) {
    for (auto& gap : node.gaps) gap = gap < 0 ? gap : gap + 1;
  }
  out.push_back(program);
  out.back().chains[last].where.reset();
  for (auto& node : out.back().chains[last].nodes) {
    // Nothing is forbidden, and a comparison holds one further.
    const auto absent = [&](std::uint32_t child) { return program.chains[last].nodes[child].kind == PatternKind::absence; };
    if (node.kind == PatternKind::aggregate) node.value += node.order == program::Order::le || node.order == program::Order::lt ? 1 : -1;
    if (std::none_of(node.children.begin(), node.children.end(), absent)) continue;
    std::erase_if(node.children, absent);
    if (node.kind == PatternKind::sequence) node.gaps.assign(node.children.size() - 1, -1);
  }
  out.push_back(program);
  for (auto& node : out.back().chains[last].nodes) {
    if (node.kind != PatternKind::sequence) continue;
    node.kind = PatternKind::conjunction;
    node.gaps.clear();
  }
  out.push_back(program);
  out.back().chains[last].keys.clear();
  for (std::size_t n = 0; n < program.chains[last].nodes.size(); ++n) {
    if (program.chains[last].nodes[n].number < 2) continue;
    out.push_back(program);
    --out.back().chains[last].nodes[n].number;
  }
  for (std::size_t n = 0; n < program.chains[last].nodes.size(); ++n) {
    const auto kind = program.chains[last].nodes[n].kind;
    if (program.chains[last].nodes[n].children.size() < 2 || kind == PatternKind::disjunction) continue;
    out.push_back(program);
    out.back().chains[last].nodes[n].children.pop_back();
    if (kind == PatternKind::sequence) out.back().chains[last].nodes[n].gaps.pop_back();
  }
  std::erase_if(out, [](const program::Program& p) { return !program::verify(p).ok(); });
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

/// With sanitizers the naive matcher takes minutes: the release does all cases, they a quarter.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSlower = 4;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t kSlower = 4;
#else
constexpr std::uint64_t kSlower = 1;
#endif
#else
constexpr std::uint64_t kSlower = 1;
#endif

/// Compares `cases` generated pairs. Shares in one of `least` that fire, and that just miss, are asked for.
void compare(About about, std::uint64_t cases, std::uint64_t least) {
  cases /= kSlower;
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
    const engine::Coverage* coverage = c.coverage ? &*c.coverage : nullptr;
    const auto expected = oracle::naive(c.program, c.hits, keep, coverage);
    std::vector<Hit> shuffled = c.hits;
    std::shuffle(shuffled.begin(), shuffled.end(), generator.random());
    engine::Options options;
    options.threads = 1 + static_cast<unsigned>(i % 2);
    options.coverage = coverage;
    if (i % 16 == 0) options.memory = 400;  // a few hits: several passes
    const auto outcome = oracle::evaluated(c.program, shuffled, options, keep);
    const auto found = oracle::described(c.program, outcome);
    ASSERT_EQ(text(found), text(expected)) << "seed " << seed + i << (keep ? ", duplicates kept" : "") << "\n" << text(c);
    ASSERT_TRUE(outcome.complete) << "seed " << seed + i;
    aligned += c.program.chains.back().aligned;
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
TEST(Oracle, Absences) { compare(About::absences, 8'000, 20); }
TEST(Oracle, Aggregates) { compare(About::aggregates, 4'000, 20); }
TEST(Oracle, Risks) { compare(About::risks, 3'000, 20); }
TEST(Oracle, Paths) { compare(About::paths, 3'000, 50); }
TEST(Oracle, Conditions) { compare(About::conditions, 4'000, 20); }
TEST(Oracle, ChainsOfChains) { compare(About::inner_chains, 4'000, 20); }
TEST(Oracle, Keeps) { compare(About::keeps, 4'000, 20); }

}  // namespace
}  // namespace chainhunt

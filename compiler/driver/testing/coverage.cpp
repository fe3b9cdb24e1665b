#include "compiler/driver/testing/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "compiler/driver/testing/pack_files.h"
#include "compiler/driver/testing/probes.h"
#include "compiler/driver/testing/runner.h"

namespace chainhunt::driver::testing {
namespace {

using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;

using Place = std::tuple<FileId, std::uint32_t, std::uint32_t>;
Place place_of(Span span) { return {span.file, span.begin, span.end}; }
bool inside(Span inner, Span outer) { return inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end; }

class Measure {
 public:
  Measure(const Loaded& loaded, const Bench& bench, const std::vector<const model::TestCase*>& tests)
      : loaded_(loaded), model_(bench.model()), bench_(bench), tests_(tests), probes_(bench.model()), files_(packs_of_files(loaded.files, loaded.sources)),
        rules_(rules_of(loaded, loaded.packs)) {}

  Coverage run(std::string& error) {
    read_syntax();
    for (const auto& link : model_.links) {
      for (const auto& event : link.events) {
        if (!model_.sources[model_.events[event.event].source].json) visit(event.event, event.predicate, false);
      }
    }
    add_chains();
    error = probes_.prepare();
    if (!error.empty()) return {};
    const auto sink = probes_.sink([&](std::size_t target, bool truth) { saw(points_[target], truth); });
    for (const auto* test : tests_) {
      Watch watch;
      watch.records = sink.get();
      watch.log = [&](const TestLog& log) { see(log); };
      run_test(bench_, *test, loaded_.sources, watch);
      note_expected(*test);
    }
    return finish();
  }

 private:
  // ---- what there is to try ----

  bool tested(Span span) const {
    const auto pack = files_.find(span.file);
    return pack != files_.end() && loaded_.packs.contains(pack->second);
  }

  const Rule* rule_at(Span span) const {
    auto after = std::upper_bound(rules_.begin(), rules_.end(), span, [](Span s, const Rule& r) {
      return std::pair(s.file, s.begin) < std::pair(r.declaration->span.file, r.declaration->span.begin);
    });
    if (after == rules_.begin()) return nullptr;
    const Rule& rule = *--after;
    return inside(span, rule.declaration->span) ? &rule : nullptr;
  }

  std::size_t point(CoveragePoint::Kind kind, Span span, bool both, const std::string& rule) {
    const auto [place, fresh] = known_.emplace(std::tuple(kind, place_of(span), rule), points_.size());
    if (fresh) points_.push_back({kind, span, rule, both});
    return place->second;
  }
  std::size_t point(CoveragePoint::Kind kind, Span span, bool both) {
    const Rule* rule = rule_at(span);
    return point(kind, span, both, rule == nullptr ? "" : rule->qualified());
  }

  /// The author's comparisons by place, for the places of values; and the uses of other packs' named predicates.
  void read_syntax() {
    for (const Rule& rule : rules_) {
      std::visit([&](const auto& declaration) { read(rule, declaration); }, rule.declaration->value);
    }
  }
  template <typename Declaration>
  void read(const Rule&, const Declaration&) {}
  void read(const Rule& rule, const syntax::LetDecl& let) {
    if (let.predicate) read(rule, *let.predicate);
  }
  void read(const Rule& rule, const syntax::LinkDecl& link) {
    if (link.where) read(rule, *link.where);
    if (link.clauses) read(rule, *link.clauses, true);
  }
  void read(const Rule& rule, const syntax::ChainDecl& chain) {
    if (chain.clauses) read(rule, *chain.clauses, false);
  }
  void read(const Rule& rule, const syntax::OverrideDecl& change) { read(rule, change.clauses, true); }
  void read(const Rule& rule, const syntax::Clauses& clauses, bool of_events) {
    for (const auto& selector : clauses.on) {
      if (selector.where) read(rule, *selector.where);
    }
    if (clauses.where && of_events) read(rule, *clauses.where);
    if (clauses.match) read(rule, *clauses.match);
  }
  void read(const Rule& rule, const syntax::Pattern& pattern) {
    if (pattern.where) read(rule, *pattern.where);
    for (const auto& child : pattern.children) read(rule, child);
  }
  void read(const Rule& rule, const syntax::Predicate& predicate) {
    for (const auto& child : predicate.children) read(rule, child);
    if (predicate.kind == syntax::PredicateKind::compare) comparisons_[place_of(predicate.span)] = &predicate;
    if (predicate.kind != syntax::PredicateKind::reference) return;
    const syntax::LetDecl* let = let_named(loaded_, files_, rule.pack, predicate.left);
    if (let != nullptr && let->predicate && !tested(let->name.span)) uses_.push_back({predicate.span, let->predicate->span});
  }

  static bool leaf(const Predicate& p) { return p.kind == PredicateKind::compare || p.kind == PredicateKind::exists || p.kind == PredicateKind::missing; }
  static bool constant(const Predicate& p) { return p.kind == PredicateKind::always || p.kind == PredicateKind::never; }

  bool all_foreign(const Predicate& p) const {
    return !tested(p.span) && std::all_of(p.children.begin(), p.children.end(), [&](const Predicate& c) { return all_foreign(c); });
  }

  void visit(model::EventId event, const Predicate& predicate, bool alternative) {
    if (constant(predicate)) return;
    if (all_foreign(predicate)) return foreign(event, predicate);
    if (leaf(predicate)) {
      probes_.add(event, point(CoveragePoint::condition, predicate.span, true), predicate);
      values(event, predicate);
      return;
    }
    if (alternative && tested(predicate.span)) probes_.add(event, point(CoveragePoint::alternative, predicate.span, true), predicate);
    // Where rules are derived, conditions of other packs and the rule's own stand side by side: those of others are
    // one condition, the rule's use of them.
    Predicate others;
    others.kind = predicate.kind;
    others.span = predicate.span;
    for (const Predicate& child : predicate.children) {
      if (!tested(predicate.span) && all_foreign(child)) others.children.push_back(child);
      else visit(event, child, predicate.kind == PredicateKind::disjunction);
    }
    if (!others.children.empty()) foreign(event, others);
  }

  /// Another pack's predicate: the author's uses of it are what is to be tried.
  void foreign(model::EventId event, const Predicate& predicate) {
    for (const auto& [site, named] : uses_) {
      if (inside(predicate.span, named)) probes_.add(event, point(CoveragePoint::condition, site, true), predicate);
    }
  }

  /// Each value of a list that stands there: some test has it.
  void values(model::EventId event, const Predicate& predicate) {
    const auto written = comparisons_.find(place_of(predicate.span));
    if (predicate.kind != PredicateKind::compare || predicate.right || predicate.values.size() < 2 || written == comparisons_.end()) return;
    const syntax::Expr& list = written->second->right;
    if (list.kind != syntax::ExprKind::list || list.args.size() != predicate.values.size()) return;
    for (std::size_t i = 0; i < list.args.size(); ++i) {
      Predicate one = predicate;
      one.values = {predicate.values[i]};
      if (i < predicate.flags.size()) one.flags = {predicate.flags[i]};
      if (one.op == CompareOp::not_in) one.op = CompareOp::in;
      // `all (…)`: each of them decides; of a list of alternatives each is to be met.
      probes_.add(event, point(CoveragePoint::value, list.args[i].span, predicate.quantifier == syntax::Quantifier::all), one);
    }
  }

  void add_chains() {
    for (const auto& chain : model_.chains) {
      if (!loaded_.packs.contains(chain.pack)) continue;
      const std::uint32_t index = bench_.chain(chain.qualified());
      if (index == program::kNone) continue;  // it does not run
      expected_[index] = point(CoveragePoint::chain, chain.span, false, chain.qualified());
      std::vector<std::size_t> steps;
      add_steps(chain.match, chain.qualified(), steps);
      steps_[index] = std::move(steps);
    }
  }

  /// In the order in which the planner lays the nodes down: children first.
  void add_steps(const model::Pattern& pattern, const std::string& chain, std::vector<std::size_t>& out) {
    for (const auto& child : pattern.children) add_steps(child, chain, out);
    const bool counts = pattern.children.empty() && pattern.kind != model::PatternKind::absence;
    out.push_back(counts ? point(CoveragePoint::step, pattern.span, false, chain) : kNoPoint);
  }

  // ---- what was tried ----

  static void saw(CoveragePoint& point, bool truth) {
    point.asked = true;
    (truth ? point.seen_true : point.seen_false) = true;
  }

  void see(const TestLog& log) {
    for (const auto& finding : log.outcome.findings) {
      const auto& chain = log.slice.program.chains[finding.chain];
      const auto steps = steps_.find(log.slice.chains[finding.chain]);
      if (steps == steps_.end()) continue;
      std::set<std::uint32_t> links;
      for (const auto& event : finding.evidence) {
        for (const std::uint64_t hit : event.hits) links.insert(log.outcome.hits[hit].link);
      }
      for (std::size_t node = 0; node < chain.nodes.size() && node < steps->second.size(); ++node) {
        if (steps->second[node] == kNoPoint) continue;
        const auto& own = chain.nodes[node].links;
        if (std::any_of(own.begin(), own.end(), [&](std::uint32_t link) { return links.contains(link); })) saw(points_[steps->second[node]], true);
      }
    }
  }

  void note_expected(const model::TestCase& test) {
    for (const auto& step : test.syntax.steps) {
      const auto* expect = std::get_if<syntax::TestExpect>(&step);
      if (expect == nullptr || expect->nothing || expect->link || (expect->times && expect->times->text == "0")) continue;
      const auto chain = expected_.find(bench_.chain(bench_.qualified(test.pack, expect->name, false)));
      if (chain != expected_.end()) saw(points_[chain->second], true);
    }
  }

  Coverage finish() {
    Coverage out;
    for (const CoveragePoint& own : points_) {
      out.seen += own.seen();
      out.wanted += own.wanted();
    }
    out.points = std::move(points_);
    std::stable_sort(out.points.begin(), out.points.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.span.file, a.span.begin, b.span.end, a.kind, a.rule) < std::tuple(b.span.file, b.span.begin, a.span.end, b.kind, b.rule);
    });
    return out;
  }

  static constexpr std::size_t kNoPoint = ~std::size_t{0};

  const Loaded& loaded_;
  const model::Model& model_;
  const Bench& bench_;
  const std::vector<const model::TestCase*>& tests_;
  Probes probes_;
  std::map<FileId, std::string> files_;
  std::vector<Rule> rules_;
  std::vector<CoveragePoint> points_;
  std::map<std::tuple<CoveragePoint::Kind, Place, std::string>, std::size_t> known_;
  std::map<Place, const syntax::Predicate*> comparisons_;
  struct Use { Span site, named; };
  std::vector<Use> uses_;                                // of other packs' predicates
  std::map<std::uint32_t, std::size_t> expected_;        // by chain of the program
  std::map<std::uint32_t, std::vector<std::size_t>> steps_;
};

}  // namespace

Coverage measure_coverage(const Loaded& loaded, const Bench& bench, const std::vector<const model::TestCase*>& tests, std::string& error) {
  return Measure(loaded, bench, tests).run(error);
}

}  // namespace chainhunt::driver::testing

// Every index of every table, checked once: behind this line the matchers and the engine index freely.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "runtime/program/limits.h"
#include "runtime/program/program.h"
#include "runtime/value/function.h"

namespace chainhunt::program {
namespace {

constexpr std::int64_t kMaxZone = 18LL * 3600 * 10'000'000;

/// Collects the first complaint; the place is named by the caller's stack of words.
class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program) {}

  Result<void> run() {
    size("sources", program_.sources.size(), kMaxTable);
    size("event plans", program_.events.size(), kMaxTable);
    size("links", program_.links.size(), kMaxTable);
    size("chains", program_.chains.size(), kMaxTable);
    for (std::size_t i = 0; i < program_.sources.size() && ok(); ++i) source(i);
    for (std::size_t i = 0; i < program_.links.size() && ok(); ++i) link(i);
    for (std::size_t i = 0; i < program_.events.size() && ok(); ++i) event(i);
    for (std::size_t i = 0; i < program_.chains.size() && ok(); ++i) chain(i);
    if (!ok()) return Error{"program: " + where_ + ": " + problem_};
    return {};
  }

 private:
  bool ok() const { return problem_.empty(); }
  void fail(std::string problem) {
    if (ok()) problem_ = std::move(problem);
  }
  void require(bool condition, const char* problem) {
    if (!condition) fail(problem);
  }
  void size(const char* what, std::size_t count, std::size_t limit) {
    if (count > limit) fail(fmt::format("{} {}, at most {}", count, what, limit));
  }
  void at(std::string where) {
    if (ok()) where_ = std::move(where);
  }

  void operand(const Operand& operand, const EventPlan& plan) {
    require(operand.from <= From::missing, "unknown place of a value");
    require(operand.function <= Function::year, "unknown function");
    require(operand.type <= value::Type::boolean && operand.field_type <= value::Type::boolean, "unknown type");
    if (operand.from == From::slot) require(operand.slot < plan.projection.fields.size(), "slot beyond the projection");
    if (operand.from == From::anywhere) require(plan.projection.all, "'anywhere' without all fields in the projection");
  }

  void atom(const Atom& atom, const EventPlan& plan) {
    operand(atom.left, plan);
    size("values", atom.values.size(), kMaxTable);
    switch (atom.op) {
      case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
        return require(atom.values.size() == 1, "a comparison needs one value");
      case Op::in: case Op::not_in:
      case Op::exists: case Op::missing:
        return;
      case Op::like: case Op::contains: case Op::starts: case Op::ends:
      case Op::has: case Op::has_any: case Op::lacks:
        return require(!atom.values.empty(), "needs a value");
      case Op::matches:
        require(!atom.values.empty(), "needs an expression");
        return require(atom.flags.empty() || atom.flags.size() == atom.values.size(), "flags are not parallel to the expressions");
      case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
      case Op::contains_field: case Op::starts_field: case Op::ends_field:
        operand(atom.right, plan);
        return require(atom.right.from != From::anywhere, "'anywhere' stands on the left only");
    }
    fail("unknown operation");
  }

  void source(std::size_t index) {
    const RecordSource& source = program_.sources[index];
    const std::string name = fmt::format("source {} ({})", index, source.name);
    at(name);
    require(!source.name.empty() && !source.time_path.empty(), "no name, or no time");
    require(source.code_path.empty() || source.only_code.empty(), "two codes");
    require(source.time_format <= abi::TimeFormat::epoch_ms, "unknown spelling of times");
    require(source.zone >= -kMaxZone && source.zone <= kMaxZone, "a zone beyond 18 hours");
    questions(source.recognise, name);
    if (!ok()) return;
    require(source.recognise.bodies.size() == 1, "one body");
    // A record has no header before it is recognised.
    for (const Atom& atom : source.recognise.atoms) {
      for (const auto* operand : {&atom.left, &atom.right}) {
        require(operand->from == From::slot || operand->from == From::anywhere || operand == &atom.right, "only the record's own fields can be asked about");
      }
    }
  }

  void event(std::size_t index) {
    const EventPlan& plan = program_.events[index];
    const std::string name = fmt::format("event plan {} ({} {})", index, plan.source, plan.code);
    questions(plan, name);
    for (std::size_t i = 0; i < plan.bodies.size() && ok(); ++i) {
      const Body& body = plan.bodies[i];
      at(fmt::format("{}, body {}", name, i));
      if (body.link >= program_.links.size()) return fail("no such link");
      require(!program_.links[body.link].completion, "a chain's completions are not read from events");
      require(body.captures.size() == program_.links[body.link].captures.size(), "captures are not parallel to the link's");
      for (const Capture& capture : body.captures) {
        operand(capture.operand, plan);
        require(capture.operand.from != From::anywhere, "'anywhere' cannot be captured");
      }
    }
  }

  /// All of a plan but its captures.
  void questions(const EventPlan& plan, const std::string& name) {
    at(name);
    size("fields", plan.projection.fields.size(), kMaxFields);
    size("atoms", plan.atoms.size(), kMaxTable);
    size("nodes", plan.nodes.size(), kMaxTable);
    size("bodies", plan.bodies.size(), kMaxTable);
    for (std::size_t i = 0; i < plan.atoms.size() && ok(); ++i) {
      at(fmt::format("{}, atom {}", name, i));
      atom(plan.atoms[i], plan);
    }
    std::vector<std::uint32_t> depth(plan.nodes.size(), 1);
    for (std::size_t i = 0; i < plan.nodes.size() && ok(); ++i) {
      const Node& node = plan.nodes[i];
      at(fmt::format("{}, node {}", name, i));
      for (const std::uint32_t child : node.children) {
        if (child >= i) return fail("a child does not stand before its parent");
        depth[i] = std::max(depth[i], depth[child] + 1);
      }
      if (depth[i] > kMaxDepth) return fail(fmt::format("deeper than {}", kMaxDepth));
      switch (node.kind) {
        case NodeKind::always: case NodeKind::never: require(node.children.empty(), "a constant has no children"); continue;
        case NodeKind::atom:
          require(node.children.empty() && node.atom < plan.atoms.size(), "no such atom");
          continue;
        case NodeKind::conjunction: case NodeKind::disjunction: require(!node.children.empty(), "no children"); continue;
        case NodeKind::negation: require(node.children.size() == 1, "a negation has one child"); continue;
      }
      fail("unknown kind");
    }
    for (std::size_t i = 0; i < plan.bodies.size() && ok(); ++i) {
      at(fmt::format("{}, body {}", name, i));
      require(plan.bodies[i].root < plan.nodes.size(), "no such node");
    }
  }

  void link(std::size_t index) {
    const Link& link = program_.links[index];
    at(fmt::format("link {} ({})", index, link.name));
    size("captures", link.captures.size(), kMaxFields);
    require(!link.captures.empty() && link.captures.front().name == "computer", "the first capture is the computer");
    for (const CaptureName& capture : link.captures) require(capture.type <= value::Type::boolean, "unknown type");
    require(link.risk >= 0 && link.risk <= static_cast<std::int64_t>(kMaxTable), "a risk outside 0 … the limit");
    if (link.after != kNone) require(link.after < index && program_.links[link.after].keep, "no earlier link with `keep`");
    if (link.keep) {
      for (const auto* captures : {&link.keep->fields, &link.keep->by}) {
        for (const std::uint32_t own : *captures) require(own < link.captures.size(), "no such capture");
      }
      require(link.keep->in >= 0, "a negative duration");
    }
    if (!link.completion) return;
    const Completion& completion = *link.completion;
    if (completion.chain >= program_.chains.size()) return fail("no such chain");
    if (completion.captures.size() != link.captures.size()) return fail("sources are not parallel to the captures");
    require(!link.keep && link.after == kNone, "`keep` is not for completions");
    for (const auto& source : completion.captures) {
      if (source.key != kNone) require(source.key < program_.chains[completion.chain].keys.size(), "no such key");
      if (source.links.size() != source.captures.size()) return fail("a source's captures are not parallel to its links");
      for (std::size_t i = 0; i < source.links.size(); ++i) capture(source.links[i], source.captures[i]);
    }
  }

  void capture(std::uint32_t link, std::uint32_t capture) {
    if (link >= program_.links.size()) return fail("no such link");
    require(capture < program_.links[link].captures.size(), "no such capture");
  }

  void chain(std::size_t index) {
    const Chain& chain = program_.chains[index];
    const std::string name = fmt::format("chain {} ({})", index, chain.name);
    at(name);
    require(chain.root < chain.nodes.size(), "no such pattern node");
    require(chain.within >= 0 && chain.suppress >= 0, "a negative duration");
    require(chain.severity <= Severity::critical, "unknown severity");
    size("pattern nodes", chain.nodes.size(), kMaxTable);
    std::vector<std::uint32_t> depth(chain.nodes.size(), 1);
    for (std::size_t i = 0; i < chain.nodes.size() && ok(); ++i) {
      at(fmt::format("{}, pattern node {}", name, i));
      const PatternNode& node = chain.nodes[i];
      for (const std::uint32_t child : node.children) {
        if (child >= i) return fail("a child does not stand before its parent");
        depth[i] = std::max(depth[i], depth[child] + 1);
      }
      if (depth[i] > kMaxDepth) return fail(fmt::format("deeper than {}", kMaxDepth));
      for (const std::uint32_t link : node.links) {
        if (link >= program_.links.size()) return fail("no such link");
        const auto& completion = program_.links[link].completion;
        require(!completion || completion->chain < index, "a chain does not stand before the chain that is made of it");
      }
      pattern(node, chain);
    }
    if (!ok()) return;
    require(chain.nodes[chain.root].kind != PatternKind::absence, "an absence alone");
    if (chain.where) condition(*chain.where, name + ", where");
    at(name + ", keys");
    for (const Key& key : chain.keys) {
      if (key.links.size() != key.captures.size()) return fail("a key's captures are not parallel to its links");
      for (std::size_t i = 0; i < key.links.size(); ++i) capture(key.links[i], key.captures[i]);
    }
    for (const PatternNode& node : chain.nodes) {
      for (const std::uint32_t link : node.links) {
        for (const Key& key : chain.keys) {
          require(std::find(key.links.begin(), key.links.end(), link) != key.links.end(), "a key lacks a link of the pattern");
        }
      }
    }
  }

  void condition(const StepCondition& where, const std::string& name) {
    questions(where.plan, name);
    if (!ok()) return;
    require(where.plan.bodies.size() == 1, "one body");
    if (where.fields.size() != where.plan.projection.fields.size()) return fail("fields are not parallel to the projection's");
    for (const auto& field : where.fields) {
      if (field.links.size() != field.captures.size()) return fail("a field's captures are not parallel to its links");
      for (std::size_t i = 0; i < field.links.size(); ++i) capture(field.links[i], field.captures[i]);
    }
    for (const auto& atom : where.plan.atoms) {
      for (const auto* operand : {&atom.left, &atom.right}) {
        require(operand->from == From::slot || operand->from == From::missing || operand == &atom.right, "only steps' fields can be asked about");
      }
    }
  }

  void captures(const PatternNode& node, std::size_t number) {
    if (node.captures.size() != node.links.size()) return fail("captures are not parallel to the links");
    for (std::size_t i = 0; i < node.captures.size(); ++i) {
      if (number == 0) require(!node.captures[i].empty() && node.captures[i].size() == node.captures.front().size(), "links capture different numbers of values");
      else require(node.captures[i].size() == number, "another number of captures");
      for (const std::uint32_t own : node.captures[i]) capture(node.links[i], own);
    }
  }

  bool positive(const PatternNode& node, const Chain& chain) const {
    return std::any_of(node.children.begin(), node.children.end(), [&](std::uint32_t c) { return chain.nodes[c].kind != PatternKind::absence; });
  }

  void pattern(const PatternNode& node, const Chain& chain) {
    require(node.number >= 1 && node.number <= kMaxTable, "a number outside 1 … the limit");
    switch (node.kind) {
      case PatternKind::step:
        return require(!node.links.empty() && node.children.empty(), "a step has links and no children");
      case PatternKind::conjunction:
        return require(node.links.empty() && positive(node, chain), "needs children that are not absences");
      case PatternKind::disjunction:
        for (const std::uint32_t child : node.children) require(chain.nodes[child].kind != PatternKind::absence, "an absence below `or`");
        return require(node.links.empty() && node.children.size() >= 1, "needs children");
      case PatternKind::absence:
        return require(!node.links.empty() && node.children.empty(), "an absence has links and no children");
      case PatternKind::sequence:
        require(node.links.empty() && positive(node, chain), "needs children that are not absences");
        for (const std::uint32_t child : {node.children.front(), node.children.back()}) {
          require(chain.nodes[child].kind != PatternKind::absence || chain.nodes[child].within >= 0, "an absence at an end says how long");
        }
        for (std::size_t i = 1; i + 1 < node.children.size(); ++i) {
          // Between two that are not absences: only the first and the last of a sequence say how long.
          const auto absent = [&](std::size_t at) { return chain.nodes[node.children[at]].kind == PatternKind::absence; };
          if (!absent(i)) continue;
          std::size_t before = i, after = i;
          while (before > 0 && absent(before)) --before;
          while (after + 1 < node.children.size() && absent(after)) ++after;
          require(!absent(before) && !absent(after), "an absence stands between an absence at an end and the rest");
        }
        return require(node.gaps.size() + 1 == node.children.size(), "one gap less than children");
      case PatternKind::count: case PatternKind::n_of:
        return require(!node.links.empty() && node.children.empty(), "needs links");
      case PatternKind::distinct:
        require(!node.links.empty() && node.children.empty(), "needs links");
        switch (node.distinct) {
          case DistinctOf::need: case DistinctOf::link: return;
          case DistinctOf::fields: return captures(node, 0);
        }
        return fail("unknown distinct");
      case PatternKind::risk:
        return require(!node.links.empty() && node.children.empty(), "needs links");
      case PatternKind::aggregate:
        require(!node.links.empty() && node.children.empty(), "needs links");
        require(node.function <= Aggregate::percentile && node.order <= Order::ge, "unknown function");
        require(node.function != Aggregate::percentile || (node.percent >= 1 && node.percent <= 99), "a percentile outside 1 … 99");
        if (node.function == Aggregate::count) return;
        return captures(node, node.function == Aggregate::distinct ? 0 : 1);
      case PatternKind::hops:
        require(!node.links.empty() && node.children.empty(), "needs links");
        require(node.number >= 2 && node.number <= 8, "a path has 2 to 8 hops");
        return captures(node, 2);
    }
    fail("unknown pattern");
  }

  const Program& program_;
  std::string where_, problem_;
};

}  // namespace

Result<void> verify(const Program& program) { return Verifier(program).run(); }

}  // namespace chainhunt::program

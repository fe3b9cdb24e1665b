// Every index of every table, checked once: behind this line the matchers and the engine index freely.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "runtime/program/limits.h"
#include "runtime/program/program.h"
#include "runtime/value/function.h"

namespace chainhunt::program {
namespace {

/// Collects the first complaint; the place is named by the caller's stack of words.
class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program) {}

  Result<void> run() {
    size("event plans", program_.events.size(), kMaxTable);
    size("links", program_.links.size(), kMaxTable);
    size("chains", program_.chains.size(), kMaxTable);
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

  void event(std::size_t index) {
    const EventPlan& plan = program_.events[index];
    const std::string name = fmt::format("event plan {} ({} {})", index, plan.source, plan.code);
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
      const Body& body = plan.bodies[i];
      at(fmt::format("{}, body {}", name, i));
      if (body.link >= program_.links.size()) return fail("no such link");
      require(body.root < plan.nodes.size(), "no such node");
      require(body.captures.size() == program_.links[body.link].captures.size(), "captures are not parallel to the link's");
      for (const Capture& capture : body.captures) {
        operand(capture.operand, plan);
        require(capture.operand.from != From::anywhere, "'anywhere' cannot be captured");
      }
    }
  }

  void link(std::size_t index) {
    const Link& link = program_.links[index];
    at(fmt::format("link {} ({})", index, link.name));
    size("captures", link.captures.size(), kMaxFields);
    require(!link.captures.empty() && link.captures.front().name == "computer", "the first capture is the computer");
    for (const CaptureName& capture : link.captures) require(capture.type <= value::Type::boolean, "unknown type");
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
      for (const std::uint32_t link : node.links) require(link < program_.links.size(), "no such link");
      pattern(node);
    }
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

  void pattern(const PatternNode& node) {
    require(node.number >= 1 && node.number <= kMaxTable, "a number outside 1 … the limit");
    switch (node.kind) {
      case PatternKind::step:
        return require(!node.links.empty() && node.children.empty(), "a step has links and no children");
      case PatternKind::conjunction: case PatternKind::disjunction:
        return require(node.links.empty() && node.children.size() >= 1, "needs children");
      case PatternKind::sequence:
        require(node.links.empty() && node.children.size() >= 1, "needs children");
        return require(node.gaps.size() + 1 == node.children.size(), "one gap less than children");
      case PatternKind::count: case PatternKind::n_of:
        return require(!node.links.empty() && node.children.empty(), "needs links");
      case PatternKind::distinct:
        require(!node.links.empty() && node.children.empty(), "needs links");
        switch (node.distinct) {
          case DistinctOf::need: case DistinctOf::link: return;
          case DistinctOf::fields:
            if (node.captures.size() != node.links.size()) return fail("captures are not parallel to the links");
            for (std::size_t i = 0; i < node.links.size(); ++i) {
              require(!node.captures[i].empty() && node.captures[i].size() == node.captures.front().size(), "links capture different numbers of values");
              for (const std::uint32_t own : node.captures[i]) capture(node.links[i], own);
            }
            return;
        }
        return fail("unknown distinct");
    }
    fail("unknown pattern");
  }

  const Program& program_;
  std::string where_, problem_;
};

}  // namespace

Result<void> verify(const Program& program) { return Verifier(program).run(); }

}  // namespace chainhunt::program

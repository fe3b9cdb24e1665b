#include "runtime/explain/relax.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "runtime/explain/describe.h"
#include "runtime/value/number.h"

namespace chainhunt::explain {
namespace {

using program::Chain;
using program::kNone;
using program::PatternKind;
using program::PatternNode;

constexpr std::int64_t kForever = std::int64_t{1} << 60;
/// Sets of steps left out together are tried up to this many.
constexpr std::size_t kMaxStepSets = 64;

bool is_group(const PatternNode& node) { return node.kind == PatternKind::conjunction || node.kind == PatternKind::sequence; }

/// Copies a tree without some of its nodes; kNone: nothing is left of it.
class Copier {
 public:
  Copier(const Chain& from, const std::vector<std::uint32_t>& left_out) : from_(from), left_out_(left_out) { to_.nodes.clear(); }

  std::uint32_t copy(std::uint32_t at) {
    if (std::find(left_out_.begin(), left_out_.end(), at) != left_out_.end()) return kNone;
    const PatternNode& node = from_.nodes[at];
    if (node.children.empty()) return add(node);
    PatternNode out = node;
    out.children.clear();
    out.gaps.clear();
    struct Child { std::uint32_t at; std::int64_t gap; bool absent; std::int64_t within; };
    std::vector<Child> children;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const PatternNode& child = from_.nodes[node.children[i]];
      const std::uint32_t copied = copy(node.children[i]);
      if (copied == kNone) continue;
      children.push_back({copied, node.kind == PatternKind::sequence && i > 0 ? node.gaps[i - 1] : -1, child.kind == PatternKind::absence, child.within});
    }
    // What stood between two steps and has only one of them left says nothing.
    if (node.kind == PatternKind::sequence) {
      const auto dangling = [](const Child& child) { return child.absent && child.within < 0; };
      while (!children.empty() && dangling(children.front())) children.erase(children.begin());
      while (!children.empty() && dangling(children.back())) children.pop_back();
    }
    if (std::all_of(children.begin(), children.end(), [](const Child& child) { return child.absent; })) return kNone;
    if (children.size() == 1) return children.front().at;
    for (std::size_t i = 0; i < children.size(); ++i) {
      out.children.push_back(children[i].at);
      if (node.kind == PatternKind::sequence && i > 0) out.gaps.push_back(children[i].gap);
    }
    return add(std::move(out));
  }

  std::vector<PatternNode> take() { return std::move(to_.nodes); }

 private:
  std::uint32_t add(PatternNode node) {
    to_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(to_.nodes.size() - 1);
  }
  const Chain& from_;
  const std::vector<std::uint32_t>& left_out_;
  Chain to_;
};

void walk(const Chain& chain, std::uint32_t at, const std::function<void(std::uint32_t, const PatternNode&)>& visit) {
  visit(at, chain.nodes[at]);
  for (const std::uint32_t child : chain.nodes[at].children) walk(chain, child, visit);
}

/// Its `where` with only these parts.
void keep_parts(Chain& chain, const std::vector<std::uint32_t>& parts) {
  if (parts.empty()) {
    chain.where.reset();
    return;
  }
  auto& plan = chain.where->plan;
  if (parts.size() == 1) {
    plan.bodies.front().root = parts.front();
    return;
  }
  plan.nodes.push_back({program::NodeKind::conjunction, kNone, parts});
  plan.bodies.front().root = static_cast<std::uint32_t>(plan.nodes.size() - 1);
}

std::string step_name(const program::Program& program, const Chain& chain, std::uint32_t node) { return pattern_text(program, chain, node, true); }

class Maker {
 public:
  Maker(const program::Program& program, const Chain& chain) : program_(program), chain_(chain) {}

  std::vector<Relaxation> make() {
    alignment();
    windows();
    gaps();
    orders();
    absences();
    across();
    counts();
    keys();
    steps();
    std::stable_sort(out_.begin(), out_.end(), [](const auto& a, const auto& b) { return a.distance < b.distance; });
    return std::move(out_);
  }

 private:
  Relaxation& add(CauseKind kind, double distance, Chain chain, std::string change) {
    Relaxation& out = out_.emplace_back();
    out.kind = kind;
    out.distance = distance;
    out.chain = std::move(chain);
    out.change = std::move(change);
    return out;
  }

  void alignment() {
    if (!chain_.aligned) return;
    Chain chain = chain_;
    chain.aligned = false;
    add(CauseKind::alignment, 1, std::move(chain), "without `aligned`");
  }

  void windows() {
    for (const std::int64_t factor : {std::int64_t{2}, std::int64_t{10}, kForever}) {
      Chain chain = chain_;
      chain.within = factor == kForever ? kForever : std::min(kForever, std::max<std::int64_t>(1, chain.within) * factor);
      if (chain.within == chain_.within) continue;
      add(CauseKind::window, factor == 2 ? 2 : factor == 10 ? 3 : 5.4, std::move(chain), "in a longer window");
    }
  }

  void gaps() {
    walk(chain_, chain_.root, [&](std::uint32_t at, const PatternNode& node) {
      for (std::uint32_t i = 0; i < node.gaps.size(); ++i) {
        if (node.gaps[i] < 0) continue;
        Chain chain = chain_;
        chain.nodes[at].gaps[i] = -1;
        Relaxation& own = add(CauseKind::gap, 2, std::move(chain), "without the bound before " + step_name(program_, chain_, node.children[i + 1]));
        own.nodes = {at};
        own.gap = i;
      }
    });
  }

  void orders() {
    bool any = false;
    walk(chain_, chain_.root, [&](std::uint32_t at, const PatternNode& node) {
      if (node.kind != PatternKind::sequence) return;
      any = true;
      for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
        if (chain_.nodes[node.children[i]].kind == PatternKind::absence || chain_.nodes[node.children[i + 1]].kind == PatternKind::absence) continue;
        Chain chain = chain_;
        std::swap(chain.nodes[at].children[i], chain.nodes[at].children[i + 1]);
        Relaxation& own = add(CauseKind::order, 3, std::move(chain),
                              "with " + step_name(program_, chain_, node.children[i + 1]) + " before " + step_name(program_, chain_, node.children[i]));
        own.nodes = {node.children[i], node.children[i + 1]};
      }
    });
    if (any) add(CauseKind::order, 3.5, unordered(chain_), "in any order");
  }

  void absences() {
    std::vector<std::uint32_t> all;
    walk(chain_, chain_.root, [&](std::uint32_t at, const PatternNode& node) {
      if (node.kind == PatternKind::absence) all.push_back(at);
    });
    for (const std::uint32_t at : all) {
      auto chain = without(chain_, {at});
      if (!chain) continue;
      add(CauseKind::absence, 3, std::move(*chain), "without `" + pattern_text(program_, chain_, at) + "`").nodes = {at};
    }
  }

  void across() {
    if (!chain_.where) return;
    const auto parts = where_parts(chain_);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      auto rest = parts;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      Chain chain = chain_;
      keep_parts(chain, rest);
      add(CauseKind::across, 3, std::move(chain), "without `where " + condition_text(chain_.where->plan, parts[i]) + "`").part = i;
    }
  }

  void counts() {
    walk(chain_, chain_.root, [&](std::uint32_t at, const PatternNode& node) {
      switch (node.kind) {
        case PatternKind::count: case PatternKind::n_of: case PatternKind::distinct: case PatternKind::risk: case PatternKind::hops: {
          const std::uint32_t least = node.kind == PatternKind::hops ? 2 : 1;
          std::uint32_t before = node.number;
          for (const std::uint32_t number : {node.number - 1, least}) {
            if (number < least || number >= before) continue;
            before = number;
            Chain chain = chain_;
            chain.nodes[at].number = number;
            const double share = static_cast<double>(node.number - number) / node.number;
            add(CauseKind::count, number == node.number - 1 ? 2 + 2 * share : 2.1 + 2 * share, std::move(chain), "with a smaller number").nodes = {at};
          }
          return;
        }
        case PatternKind::aggregate: {
          Chain chain = chain_;
          chain.nodes[at].order = program::Order::ge;
          chain.nodes[at].value = -1e300;
          add(CauseKind::aggregate, 2.5, std::move(chain), "with another bound").nodes = {at};
          return;
        }
        case PatternKind::step: case PatternKind::absence: case PatternKind::conjunction: case PatternKind::disjunction: case PatternKind::sequence: return;
      }
    });
  }

  void keys() {
    for (std::uint32_t k = 0; k < chain_.keys.size(); ++k) {
      Chain chain = chain_;
      chain.keys.erase(chain.keys.begin() + k);
      add(CauseKind::key, chain_.keys.size() > 1 ? 4.5 : 5, std::move(chain), "without the key " + chain_.keys[k].name).key = k;
    }
  }

  void steps() {
    const auto steps = steps_of(chain_);
    if (steps.size() < 2) return;
    std::vector<std::vector<std::uint32_t>> sets;
    for (const std::uint32_t step : steps) sets.push_back({step});
    // Sets of two, three … steps, as long as they are few; some step always stays.
    for (std::size_t size = 2, begin = 0; size < steps.size() && sets.size() < kMaxStepSets; ++size) {
      const std::size_t end = sets.size();
      for (std::size_t i = begin; i < end && sets.size() < kMaxStepSets; ++i) {
        for (const std::uint32_t step : steps) {
          if (step <= sets[i].back()) continue;
          if (sets.size() >= kMaxStepSets) break;
          auto more = sets[i];
          more.push_back(step);
          sets.push_back(std::move(more));
        }
      }
      begin = end;
    }
    for (const auto& set : sets) {
      auto chain = without(chain_, set);
      if (!chain) continue;
      std::string names;
      for (const std::uint32_t step : set) names += (names.empty() ? "" : " and ") + step_name(program_, chain_, step);
      Relaxation& own = add(CauseKind::step, 8 + 4 * static_cast<double>(set.size()) / static_cast<double>(steps.size()), std::move(*chain), "without " + names);
      own.nodes = set;
      own.removed = set.size();
    }
  }

  const program::Program& program_;
  const Chain& chain_;
  std::vector<Relaxation> out_;
};

}  // namespace

std::optional<Chain> without(const Chain& chain, const std::vector<std::uint32_t>& nodes) {
  Copier copier(chain, nodes);
  const std::uint32_t root = copier.copy(chain.root);
  if (root == kNone) return std::nullopt;
  Chain out = chain;
  out.nodes = copier.take();
  out.root = root;
  if (!out.where) return out;
  std::set<std::string> labels;
  walk(out, out.root, [&](std::uint32_t, const PatternNode& node) { labels.insert(node.label); });
  std::vector<std::uint32_t> parts;
  for (const std::uint32_t part : where_parts(out)) {
    const auto named = labels_of(*out.where, part);
    if (std::all_of(named.begin(), named.end(), [&](const auto& label) { return labels.contains(label); })) parts.push_back(part);
  }
  keep_parts(out, parts);
  return out;
}

Chain unordered(const Chain& chain) {
  // Absences between steps become absences of the group, which asks no less; those at the ends keep the sequence.
  Chain out = chain;
  out.nodes.clear();
  const auto add = [&](PatternNode node) {
    out.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(out.nodes.size() - 1);
  };
  const std::function<std::uint32_t(std::uint32_t)> copy = [&](std::uint32_t at) {
    PatternNode node = chain.nodes[at];
    for (auto& child : node.children) child = copy(child);
    if (node.kind != PatternKind::sequence) return add(std::move(node));
    const auto at_end = [&](std::uint32_t child) { return out.nodes[child].kind == PatternKind::absence && out.nodes[child].within >= 0; };
    PatternNode group, ends = node;
    group.kind = PatternKind::conjunction;
    ends.children.clear();
    std::vector<std::uint32_t> first, last;
    for (const std::uint32_t child : node.children) {
      if (!at_end(child)) group.children.push_back(child);
      else if (group.children.empty()) first.push_back(child);
      else last.push_back(child);
    }
    const std::uint32_t middle = group.children.size() == 1 ? group.children.front() : add(std::move(group));
    if (first.empty() && last.empty()) return middle;
    ends.children = first;
    ends.children.push_back(middle);
    ends.children.insert(ends.children.end(), last.begin(), last.end());
    ends.gaps.assign(ends.children.size() - 1, -1);
    return add(std::move(ends));
  };
  out.root = copy(chain.root);
  return out;
}

Chain with_link(const Chain& chain, std::uint32_t from, std::uint32_t to) {
  Chain out = chain;
  const auto copy = [&](std::vector<std::uint32_t>& links, std::vector<std::uint32_t>& captures) {
    const auto place = std::find(links.begin(), links.end(), from);
    if (place == links.end()) return;
    captures.push_back(captures[static_cast<std::size_t>(place - links.begin())]);
    links.push_back(to);
  };
  for (PatternNode& node : out.nodes) {
    if (node.kind != PatternKind::absence) std::replace(node.links.begin(), node.links.end(), from, to);
  }
  for (auto& key : out.keys) copy(key.links, key.captures);
  if (out.where) {
    for (auto& field : out.where->fields) copy(field.links, field.captures);
  }
  return out;
}

std::vector<std::uint32_t> steps_of(const Chain& chain) {
  std::vector<std::uint32_t> out;
  const std::function<void(std::uint32_t)> visit = [&](std::uint32_t at) {
    const PatternNode& node = chain.nodes[at];
    for (const std::uint32_t child : node.children) {
      const PatternNode& own = chain.nodes[child];
      if (own.kind == PatternKind::absence) continue;
      if (is_group(node) && !is_group(own)) out.push_back(child);
      visit(child);
    }
  };
  if (chain.nodes[chain.root].children.empty()) return {chain.root};
  visit(chain.root);
  return out;
}

std::uint64_t least_events(const Chain& chain, std::uint32_t at) {
  const PatternNode& node = chain.nodes[at];
  std::uint64_t sum = 0, least = kNone;
  switch (node.kind) {
    case PatternKind::step: case PatternKind::risk: case PatternKind::aggregate: return 1;
    case PatternKind::count: case PatternKind::n_of: case PatternKind::distinct: case PatternKind::hops: return node.number;
    case PatternKind::absence: return 0;
    case PatternKind::disjunction:
      for (const std::uint32_t child : node.children) least = std::min(least, least_events(chain, child));
      return least;
    case PatternKind::conjunction: case PatternKind::sequence:
      for (const std::uint32_t child : node.children) sum += least_events(chain, child);
      return sum;
  }
  return 1;
}

std::vector<std::uint32_t> links_of(const Chain& chain, bool absent_too) {
  std::vector<std::uint32_t> out;
  walk(chain, chain.root, [&](std::uint32_t, const PatternNode& node) {
    if (node.kind == PatternKind::absence && !absent_too) return;
    for (const std::uint32_t link : node.links) {
      if (std::find(out.begin(), out.end(), link) == out.end()) out.push_back(link);
    }
  });
  return out;
}

std::vector<std::uint32_t> where_parts(const Chain& chain) {
  if (!chain.where) return {};
  const auto& plan = chain.where->plan;
  const std::uint32_t root = plan.bodies.front().root;
  if (plan.nodes[root].kind == program::NodeKind::conjunction) return plan.nodes[root].children;
  return {root};
}

std::vector<std::string> labels_of(const program::StepCondition& where, std::uint32_t at) {
  std::vector<std::string> out;
  const program::Node& node = where.plan.nodes[at];
  for (const std::uint32_t child : node.children) {
    for (auto& label : labels_of(where, child)) out.push_back(std::move(label));
  }
  if (node.kind != program::NodeKind::atom) return out;
  const program::Atom& atom = where.plan.atoms[node.atom];
  for (const auto* operand : {&atom.left, &atom.right}) {
    if (operand == &atom.right && atom.op < program::Op::eq_field) continue;
    if (operand->from == program::From::slot && operand->slot < where.fields.size()) out.push_back(where.fields[operand->slot].label);
  }
  return out;
}

std::vector<Relaxation> relaxations_of(const program::Program& program, const Chain& chain) { return Maker(program, chain).make(); }

}  // namespace chainhunt::explain

#include "runtime/engine/pattern.h"

#include <algorithm>
#include <utility>

namespace chainhunt::engine {
namespace {

using program::PatternKind;

/// An alternative of a subtree: its leaves are numbered when it is placed in the whole.
struct Tree {
  const program::PatternNode* leaf = nullptr;
  bool sequence = false;
  std::vector<Tree> children;
  std::vector<std::int64_t> gaps;
  std::vector<Absence> absences;
};

/// `then` and `and` are associative, so a child of the same kind dissolves; not if it is about its own ends.
bool dissolves(const Tree& child, const Tree& parent) {
  if (child.leaf != nullptr || child.sequence != parent.sequence) return false;
  if (!child.sequence) return child.absences.empty();
  return std::all_of(child.absences.begin(), child.absences.end(), [&](const Absence& a) { return a.at > 0 && a.at < child.children.size(); });
}

void append(Tree& parent, Tree child, std::int64_t gap) {
  if (!parent.children.empty() && parent.sequence) parent.gaps.push_back(gap);
  if (dissolves(child, parent)) {
    for (const Absence& absence : child.absences) {
      parent.absences.push_back({static_cast<std::uint32_t>(parent.children.size()) + absence.at, absence.node});
    }
    for (std::size_t i = 0; i < child.children.size(); ++i) {
      if (i > 0 && parent.sequence) parent.gaps.push_back(child.gaps[i - 1]);
      parent.children.push_back(std::move(child.children[i]));
    }
    return;
  }
  parent.children.push_back(std::move(child));
}

std::vector<Tree> spread(const program::Chain& chain, std::uint32_t index, bool& complete) {
  const auto full = [&](const std::vector<Tree>& trees) {
    if (trees.size() < kMaxAlternatives) return false;
    complete = false;
    return true;
  };
  const program::PatternNode& node = chain.nodes[index];
  std::vector<Tree> out;
  switch (node.kind) {
    case PatternKind::step: case PatternKind::count: case PatternKind::n_of: case PatternKind::distinct: case PatternKind::risk:
    case PatternKind::aggregate: case PatternKind::hops:
      out.emplace_back().leaf = &node;
      return out;
    case PatternKind::absence: return out;  // its parent takes care of it
    case PatternKind::disjunction:
      for (const std::uint32_t child : node.children) {
        for (Tree& tree : spread(chain, child, complete)) {
          if (full(out)) return out;
          out.push_back(std::move(tree));
        }
      }
      return out;
    case PatternKind::conjunction:
    case PatternKind::sequence: break;
  }
  const bool sequence = node.kind == PatternKind::sequence;
  out.emplace_back().sequence = sequence;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const program::PatternNode& child = chain.nodes[node.children[i]];
    if (child.kind == PatternKind::absence) {
      for (Tree& tree : out) tree.absences.push_back({static_cast<std::uint32_t>(tree.children.size()), &child});
      continue;
    }
    const auto choices = spread(chain, node.children[i], complete);
    const std::int64_t gap = sequence && i > 0 ? node.gaps[i - 1] : -1;
    std::vector<Tree> longer;
    for (const Tree& prefix : out) {
      for (const Tree& choice : choices) {
        if (full(longer)) break;
        longer.push_back(prefix);
        append(longer.back(), choice, gap);
      }
    }
    out = std::move(longer);
  }
  return out;
}

Part place(Tree tree, Alternative& alternative) {
  Part part;
  if (tree.leaf != nullptr) {
    Leaf leaf;
    leaf.node = tree.leaf;
    switch (tree.leaf->kind) {
      case PatternKind::n_of: case PatternKind::distinct: leaf.colored = true; [[fallthrough]];
      case PatternKind::count: leaf.number = tree.leaf->number; break;
      case PatternKind::risk: leaf.colored = leaf.weighed = true; break;
      case PatternKind::hops: leaf.number = tree.leaf->number; [[fallthrough]];
      case PatternKind::aggregate: leaf.whole = true; break;
      case PatternKind::step: case PatternKind::conjunction: case PatternKind::disjunction: case PatternKind::sequence: case PatternKind::absence: break;
    }
    for (std::uint32_t i = 0; i < tree.leaf->links.size(); ++i) leaf.links.emplace_back(tree.leaf->links[i], i);
    std::sort(leaf.links.begin(), leaf.links.end());
    alternative.rank += leaf.number;
    part.leaf = static_cast<std::int32_t>(alternative.leaves.size());
    alternative.leaves.push_back(leaf);
    return part;
  }
  part.sequence = tree.sequence;
  part.gaps = std::move(tree.gaps);
  part.absences = std::move(tree.absences);
  for (Tree& child : tree.children) part.children.push_back(place(std::move(child), alternative));
  return part;
}

/// A leaf, or `and` of leaves.
bool order_free(const Part& part, bool root = false) {
  if (part.leaf >= 0) return true;
  if (part.sequence || (!root && !part.absences.empty())) return false;
  for (const Part& child : part.children) {
    if (child.leaf < 0) return false;
  }
  return true;
}

Group group_of(const Part& part, const Alternative& alternative, std::int64_t gap) {
  Group group;
  group.gap = gap;
  if (part.leaf >= 0) group.leaves.push_back(static_cast<std::uint32_t>(part.leaf));
  for (const Part& child : part.children) group.leaves.push_back(static_cast<std::uint32_t>(child.leaf));
  for (const std::uint32_t leaf : group.leaves) group.rank += alternative.leaves[leaf].number;
  return group;
}

void find_groups(Alternative& alternative) {
  Part& root = alternative.root;
  if (!root.sequence && root.leaf < 0) {
    for (const Absence& absence : root.absences) alternative.barred.push_back(absence.node);
  }
  if (order_free(root, true)) {
    alternative.groups.push_back(group_of(root, alternative, -1));
    return;
  }
  if (!root.sequence) return;
  for (const Part& child : root.children) {
    if (!order_free(child)) return;
  }
  for (std::size_t i = 0; i < root.children.size(); ++i) {
    alternative.groups.push_back(group_of(root.children[i], alternative, i > 0 ? root.gaps[i - 1] : -1));
  }
  alternative.absences = root.absences;
}

}  // namespace

Alternatives alternatives_of(const program::Chain& chain) {
  Alternatives out;
  for (Tree& tree : spread(chain, chain.root, out.complete)) {
    Alternative& alternative = out.list.emplace_back();
    alternative.root = place(std::move(tree), alternative);
    find_groups(alternative);
  }
  return out;
}

}  // namespace chainhunt::engine

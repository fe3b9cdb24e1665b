#include "compiler/algebra/chain_structure.h"

#include <algorithm>
#include <functional>

#include "compiler/algebra/across.h"
#include "compiler/algebra/events.h"

namespace chainhunt::algebra {
namespace {

using model::ChainId;
using model::LinkId;
using model::Pattern;
using model::PatternKind;

bool same_operand(const model::Operand& a, const model::Operand& b) {
  return a.kind == b.kind && a.name == b.name && a.type.type == b.type.type && a.field_type.type == b.field_type.type && a.function == b.function;
}

bool same_predicate(const model::Predicate& a, const model::Predicate& b) {
  return a.kind == b.kind && a.op == b.op && a.cased == b.cased && a.quantifier == b.quantifier && a.values == b.values && a.flags == b.flags &&
         same_operand(a.left, b.left) && a.right.has_value() == b.right.has_value() && (!a.right || same_operand(*a.right, *b.right)) &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), same_predicate);
}

bool any_pattern(const Pattern& pattern, const std::function<bool(const Pattern&)>& test) {
  return test(pattern) || std::any_of(pattern.children.begin(), pattern.children.end(), [&](const Pattern& child) { return any_pattern(child, test); });
}

/// `count` and `distinct` at least so many are counts of events; all others look at the whole of their window.
bool whole_window(const Pattern& pattern) {
  if (pattern.kind != PatternKind::aggregate) return false;
  const bool counts = pattern.function == "count" || pattern.function == "distinct";
  return !(counts && (pattern.op == syntax::CompareOp::ge || pattern.op == syntax::CompareOp::gt));
}

std::vector<const Pattern*> children_of(const Pattern& pattern, bool absences) {
  std::vector<const Pattern*> out;
  for (const auto& child : pattern.children) {
    if ((child.kind == PatternKind::absence) == absences) out.push_back(&child);
  }
  return out;
}

/// Whether each of n gets another of m that fits it.
bool assign(std::size_t n, std::size_t m, const std::function<bool(std::size_t, std::size_t)>& fits) {
  std::vector<std::size_t> taken(m, n);
  const std::function<bool(std::size_t, std::vector<char>&)> place = [&](std::size_t i, std::vector<char>& seen) {
    for (std::size_t j = 0; j < m; ++j) {
      if (seen[j] || !fits(i, j)) continue;
      seen[j] = 1;
      if (taken[j] == n || place(taken[j], seen)) {
        taken[j] = i;
        return true;
      }
    }
    return false;
  };
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<char> seen(m, 0);
    if (!place(i, seen)) return false;
  }
  return true;
}

}  // namespace

/// Two chains that are compared, and which key of `a` is which of `b`.
struct Structure::Frame {
  const model::Chain& a;
  const model::Chain& b;
  std::vector<std::size_t> key_of;  ///< by key of b: the key of a
  /// `b` measures from the beginning of its steps: completions of both chains must begin alike.
  bool measured = false;
};

bool Structure::contains(ChainId a, ChainId b) { return contains(a, b, false); }
bool Structure::same(ChainId a, ChainId b) { return contains(a, b, true) && contains(b, a, true); }

bool Structure::contains(ChainId id_a, ChainId id_b, bool total) {
  if (id_a == id_b) return true;
  const model::Chain& a = model_.chains[id_a];
  const model::Chain& b = model_.chains[id_b];
  const bool inner = total;  // outer chains name the keys
  if (total && a.by.size() != b.by.size()) return false;
  if (b.aligned ? !a.aligned || a.within != b.within : a.within > b.within) return false;
  if (total && a.aligned != b.aligned) return false;
  const auto whole = [](const Pattern& p) { return any_pattern(p, whole_window); };
  // What looks at all of a window depends on its length, and on all that is in it.
  if (whole(b.match) && (a.within != b.within || a.aligned != b.aligned)) return false;
  const bool forbids = any_pattern(b.match, [](const Pattern& p) { return p.kind == PatternKind::absence; });
  // An event of another entity of `a` may be one of the same entity of `b`.
  if ((forbids || whole(b.match)) && a.by.size() != b.by.size()) return false;
  if (b.where) {
    // Conditions are of named steps: all of the pattern must correspond.
    if (!a.where) return false;
    const auto own = parts_of(*a.where);
    for (const auto* part : parts_of(*b.where)) {
      if (std::none_of(own.begin(), own.end(), [&](const auto* other) { return same_predicate(*other, *part); })) return false;
    }
    total = true;
  }
  const bool measured = any_pattern(b.match, [](const Pattern& p) {
    return p.kind == PatternKind::absence || std::any_of(p.gaps.begin(), p.gaps.end(), [](std::int64_t gap) { return gap >= 0; });
  });
  Frame frame{a, b, {}, measured};
  const std::function<bool()> choose = [&]() {
    if (frame.key_of.size() == b.by.size()) return embeds(frame, a.match, b.match, total);
    const model::Key& key = b.by[frame.key_of.size()];
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < a.by.size(); ++i) {
      if (inner && a.by[i].name != key.name) continue;
      if (a.by[i].type == key.type && std::find(frame.key_of.begin(), frame.key_of.end(), i) == frame.key_of.end()) order.push_back(i);
    }
    std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return a.by[i].name == key.name; });
    for (const std::size_t i : order) {
      frame.key_of.push_back(i);
      if (choose()) return true;
      frame.key_of.pop_back();
    }
    return false;
  };
  return choose();
}

bool Structure::embeds(const Frame& frame, const Pattern& a, const Pattern& b, bool total) {
  if (a.kind == PatternKind::disjunction) {
    return std::all_of(a.children.begin(), a.children.end(), [&](const Pattern& child) { return embeds(frame, child, b, total); });
  }
  if (b.kind == PatternKind::disjunction) {
    return std::any_of(b.children.begin(), b.children.end(), [&](const Pattern& child) { return embeds(frame, a, child, total); });
  }
  if (a.kind == PatternKind::sequence && b.kind == PatternKind::sequence && sequence(frame, a, b, total)) return true;
  if (b.kind == PatternKind::conjunction && (a.kind == PatternKind::conjunction || a.kind == PatternKind::sequence) && conjunction(frame, a, b, total)) return true;
  if (!total && (a.kind == PatternKind::conjunction || a.kind == PatternKind::sequence)) {
    return std::any_of(a.children.begin(), a.children.end(), [&](const Pattern& child) {
      return child.kind != PatternKind::absence && embeds(frame, child, b, false);
    });
  }
  if (frame.b.where && a.label != b.label) return false;
  const auto enough = [&](std::int64_t have, std::int64_t need) { return total ? have == need : have >= need; };
  switch (b.kind) {
    case PatternKind::step:
      if (a.kind == PatternKind::step) return links(frame, a.links, b.links);
      return a.kind == PatternKind::count && enough(a.number, 1) && links(frame, a.links, b.links);
    case PatternKind::count:
      if (a.kind == PatternKind::step) return enough(1, b.number) && links(frame, a.links, b.links);
      return a.kind == PatternKind::count && enough(a.number, b.number) && links(frame, a.links, b.links);
    case PatternKind::n_of: return a.kind == PatternKind::n_of && enough(a.number, b.number) && assigned(frame, a, b);
    case PatternKind::risk: return a.kind == PatternKind::risk && enough(a.number, b.number) && assigned(frame, a, b);
    case PatternKind::distinct:
      if (a.kind != PatternKind::distinct || a.distinct != b.distinct || !enough(a.number, b.number)) return false;
      if (b.distinct != model::DistinctOf::fields) return assigned(frame, a, b);
      return a.fields.size() == b.fields.size() && equal_fields(a, b) && links(frame, a.links, b.links);
    case PatternKind::aggregate:
      if (a.kind != PatternKind::aggregate || a.function != b.function || a.op != b.op || a.value != b.value || a.fields.size() != b.fields.size()) return false;
      if (!equal_fields(a, b) || !links(frame, a.links, b.links)) return false;
      // All events in the window count: there must be the same ones for both.
      return !whole_window(b) || links(frame, b.links, a.links);
    case PatternKind::hops:
      return a.kind == PatternKind::hops && enough(a.number, b.number) && a.fields.size() == b.fields.size() && equal_fields(a, b) && links(frame, a.links, b.links);
    case PatternKind::conjunction: case PatternKind::sequence: case PatternKind::disjunction: case PatternKind::absence: break;
  }
  return false;
}

bool Structure::conjunction(const Frame& frame, const Pattern& a, const Pattern& b, bool total) {
  const auto own = children_of(a, false), other = children_of(b, false);
  if (total && own.size() != other.size()) return false;
  const auto forbidden = children_of(a, true);
  for (const Pattern* absence : children_of(b, true)) {
    // From the first to the last event of `a` is at least as long a stretch.
    if (a.kind != PatternKind::conjunction) return false;
    if (std::none_of(forbidden.begin(), forbidden.end(), [&](const Pattern* own_absence) { return forbids(frame, *own_absence, *absence); })) return false;
  }
  return assign(other.size(), own.size(), [&](std::size_t i, std::size_t j) { return embeds(frame, *own[j], *other[i], total); });
}

bool Structure::sequence(const Frame& frame, const Pattern& a, const Pattern& b, bool total) {
  const auto bounded = [](const Pattern& p) { return std::any_of(p.gaps.begin(), p.gaps.end(), [](std::int64_t gap) { return gap >= 0; }); };
  const auto absences = children_of(b, true);
  if (absences.empty() && !bounded(b) && !total) {
    // Its steps in the same order, others may stand between them.
    const auto own = children_of(a, false), other = children_of(b, false);
    std::size_t at = 0;
    for (const Pattern* child : other) {
      while (at < own.size() && !embeds(frame, *own[at], *child, false)) ++at;
      if (at++ >= own.size()) return false;
    }
    return true;
  }
  // Distances and stretches are from event to event: both must have the same ones. Absences of `a` that `b` has not are
  // passed over.
  std::size_t at = 0;
  for (std::size_t i = 0; i < b.children.size(); ++i, ++at) {
    const Pattern& other = b.children[i];
    const auto gap_at = [](const Pattern& p, std::size_t child) { return child > 0 && child - 1 < p.gaps.size() ? p.gaps[child - 1] : std::int64_t{-1}; };
    while (at < a.children.size() && a.children[at].kind == PatternKind::absence && other.kind != PatternKind::absence) ++at;
    if (at >= a.children.size()) return false;
    const Pattern& own = a.children[at];
    if (other.kind == PatternKind::absence) {
      if (own.kind != PatternKind::absence || !forbids(frame, own, other) || own.within < other.within) return false;
      continue;
    }
    if (!embeds(frame, own, other, true)) return false;
    const std::int64_t gap_before = gap_at(b, i);
    const bool after_absence_at_start = i > 0 && b.children[i - 1].kind == PatternKind::absence && i == 1;
    if (gap_before >= 0 && !after_absence_at_start) {
      const std::int64_t own_gap = gap_at(a, at);
      if (own_gap < 0 || own_gap > gap_before) return false;
    }
  }
  for (; at < a.children.size(); ++at) {
    if (a.children[at].kind != PatternKind::absence) return false;
  }
  return true;
}

bool Structure::links(const Frame& frame, const std::vector<LinkId>& a, const std::vector<LinkId>& b) {
  return std::all_of(a.begin(), a.end(), [&](LinkId own) { return std::any_of(b.begin(), b.end(), [&](LinkId other) { return implied(frame, own, other); }); });
}

bool Structure::assigned(const Frame& frame, const Pattern& a, const Pattern& b) {
  const bool needs = b.kind == PatternKind::distinct && b.distinct == model::DistinctOf::need;
  const auto fits = [&](LinkId own, LinkId other) {
    if (!implied(frame, own, other)) return false;
    if (b.kind == PatternKind::risk) return model_.links[other].risk >= model_.links[own].risk;
    if (!needs) return true;
    const auto& have = model_.links[other].need;
    const auto& want = model_.links[own].need;
    return std::all_of(want.begin(), want.end(), [&](const auto& need) { return std::find(have.begin(), have.end(), need) != have.end(); });
  };
  // Different needs stay different whatever the links; different links must stay different ones.
  if (needs) {
    return std::all_of(a.links.begin(), a.links.end(), [&](LinkId own) { return std::any_of(b.links.begin(), b.links.end(), [&](LinkId other) { return fits(own, other); }); });
  }
  return assign(a.links.size(), b.links.size(), [&](std::size_t i, std::size_t j) { return fits(a.links[i], b.links[j]); });
}

/// Whether every event that `b` forbids is forbidden by `a`.
bool Structure::forbids(const Frame& frame, const Pattern& a, const Pattern& b) {
  return std::all_of(b.links.begin(), b.links.end(), [&](LinkId other) {
    return std::any_of(a.links.begin(), a.links.end(), [&](LinkId own) {
      if (model_.links[own].chain != model::kNone || model_.links[other].chain != model::kNone) {
        const ChainId x = model_.links[own].chain, y = model_.links[other].chain;
        return x != model::kNone && y != model::kNone && same(x, y) && keys_agree(frame, own, other);
      }
      return link_implies(other, own) && keys_agree(frame, own, other);
    });
  });
}

bool Structure::implied(const Frame& frame, LinkId a, LinkId b) {
  const ChainId x = model_.links[a].chain, y = model_.links[b].chain;
  if (x != model::kNone || y != model::kNone) {
    // Completions end with the same events: the inner chains must correspond event by event. A completion begins as late
    // as it can, so that one of a looser chain may begin later: farther from what stands before.
    return x != model::kNone && y != model::kNone && contains(x, y, true) && (!frame.measured || contains(y, x, true)) && keys_agree(frame, a, b);
  }
  return link_implies(a, b) && keys_agree(frame, a, b) && (!frame.b.where || classes_agree(a, b));
}

bool Structure::keys_agree(const Frame& frame, LinkId a, LinkId b) {
  // Called with the links of either chain first where an aggregate is compared backwards.
  const auto field_in = [](const model::Key& key, LinkId link) -> const std::string* {
    const auto place = std::find(key.links.begin(), key.links.end(), link);
    return place == key.links.end() ? nullptr : &key.fields[static_cast<std::size_t>(place - key.links.begin())];
  };
  for (std::size_t i = 0; i < frame.key_of.size(); ++i) {
    const model::Key& other = frame.b.by[i];
    const model::Key& own = frame.a.by[frame.key_of[i]];
    const std::string* field_a = field_in(own, a);
    const std::string* field_b = field_in(other, b);
    if (field_a == nullptr || field_b == nullptr) {
      field_a = field_in(own, b);
      field_b = field_in(other, a);
      if (field_a == nullptr || field_b == nullptr) return false;
      if (!fields_agree(b, *field_a, a, *field_b)) return false;
      continue;
    }
    if (!fields_agree(a, *field_a, b, *field_b)) return false;
  }
  return true;
}

/// Whether conditions over steps name the same fields of both links' events.
bool Structure::classes_agree(LinkId a, LinkId b) const {
  for (const auto& event : model_.links[a].events) {
    for (const auto& other : model_.links[b].events) {
      if (event.event == other.event && event.class_fields != other.class_fields) return false;
    }
  }
  return true;
}

/// Whether the names stand for the same value in every event that both links read.
bool Structure::fields_agree(LinkId a, const std::string& field_a, LinkId b, const std::string& field_b) {
  if (model_.links[a].chain != model::kNone || model_.links[b].chain != model::kNone) return field_a == field_b;
  for (const auto& event : model_.links[a].events) {
    for (const auto& other : model_.links[b].events) {
      if (event.event != other.event) continue;
      const auto x = model::resolve(model_, event, field_a), y = model::resolve(model_, other, field_b);
      if (!x || !y ? field_a != field_b || x.has_value() != y.has_value() : !same_operand(*x, *y)) return false;
    }
  }
  return true;
}

bool Structure::equal_fields(const Pattern& a, const Pattern& b) {
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    for (const LinkId x : a.links) {
      for (const LinkId y : b.links) {
        if (!fields_agree(x, a.fields[i], y, b.fields[i])) return false;
      }
    }
  }
  return true;
}

bool Structure::link_implies(LinkId a, LinkId b) {
  if (a == b) return true;
  const auto known = known_.find({a, b});
  if (known != known_.end()) return known->second;
  const bool proved = algebra::implies(algebra_, model_.links[a], model_.links[b]).verdict == Verdict::proved;
  known_[{a, b}] = proved;
  return proved;
}

}  // namespace chainhunt::algebra

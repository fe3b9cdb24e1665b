#include "compiler/lint/dead_parts.h"

#include <algorithm>
#include <functional>

#include "compiler/lint/facts.h"
#include "runtime/value/compare.h"

namespace chainhunt::lint {
namespace {

using algebra::Outcome;
using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;

Predicate constant(bool truth) {
  Predicate out;
  out.kind = truth ? PredicateKind::always : PredicateKind::never;
  return out;
}

Predicate* node_at(Predicate& root, const std::vector<std::size_t>& path) {
  Predicate* at = &root;
  for (const std::size_t index : path) at = &at->children[index];
  return at;
}

/// Whether an odd number of `not` stands above.
bool below_not(const Predicate& root, const std::vector<std::size_t>& path) {
  bool odd = false;
  const Predicate* at = &root;
  for (const std::size_t index : path) {
    odd ^= at->kind == PredicateKind::negation;
    at = &at->children[index];
  }
  return odd;
}

/// The same node or one below it.
bool below(const Places::value_type& one, const Places::value_type& other) {
  return one.first == other.first && one.second.size() >= other.second.size() && std::equal(other.second.begin(), other.second.end(), one.second.begin());
}

bool text_form(CompareOp op) { return op == CompareOp::contains || op == CompareOp::starts || op == CompareOp::ends || op == CompareOp::like; }

value::TextOp text_op(CompareOp op) {
  switch (op) {
    case CompareOp::contains: return value::TextOp::contains;
    case CompareOp::starts: return value::TextOp::starts;
    case CompareOp::ends: return value::TextOp::ends;
    case CompareOp::like: return value::TextOp::like;
    default: return value::TextOp::equal;
  }
}

class Judge {
 public:
  /// With an algebra of its own, so that what a link costs does not depend on those before it.
  Judge(const Context& context, const OwnText& own) : own_(own), algebra_(context.algebra->another()) {
    for (const auto& event : own.link->events) working_.push_back(event.predicate);
    if (own.declaration != nullptr) outline_.emplace(*own.declaration);
  }

  std::vector<DeadPart> run() {
    std::vector<DeadPart> out;
    auto parts = parts_of(own_);
    // Later ones first: of two that say the same, the later one goes. Outer parts before those within them, which in a
    // Sigma rule stand elsewhere.
    const auto depth = [&](const Part& part) { return own_.sigma ? part.at.front().second.size() : 0; };
    std::sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
      if (depth(a) != depth(b)) return depth(a) < depth(b);
      return a.span.end != b.span.end ? a.span.end > b.span.end : a.span.begin < b.span.begin;
    });
    // Below what is gone nothing can be looked at. In a Sigma rule what is below stands elsewhere in the text.
    Places gone;
    const auto in_gone = [&](const Places& at) {
      return std::any_of(at.begin(), at.end(), [&](const auto& one) { return std::any_of(gone.begin(), gone.end(), [&](const auto& other) { return below(one, other); }); });
    };
    for (const Part& part : parts) {
      if (in_gone(part.at)) continue;
      unsure_ = false;
      if (!dead(part)) {
        undecided += unsure_;
        continue;
      }
      DeadPart found{part.span, part.alternative};
      found.never = part.alternative && never(part);
      if (!found.never) found.because = reason(part);
      if (outline_ && !own_.sigma) found.edit = outline_->without(part.span);
      out.push_back(found);
      gone.insert(gone.end(), part.at.begin(), part.at.end());
      for (const auto& [event, path] : part.at) *node_at(working_[event], path) = constant(!part.alternative);
    }
    entries(out, in_gone);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
    return out;
  }

  std::size_t undecided = 0;  ///< parts and entries of which the algebra could not say

 private:
  bool none(std::size_t event, std::vector<const Predicate*> yes, std::vector<const Predicate*> no) const {
    const bool spent = algebra_.work() > kMostWorkPerLink;
    const Outcome outcome = spent ? Outcome::unknown : algebra_.find(own_.link->events[event], yes, no).outcome;
    unsure_ = unsure_ || outcome == Outcome::unknown;
    return outcome == Outcome::none;
  }

  enum class Made { changed, as_before, impossible };

  /// Whether each event's predicate means the same with `change` made in all of these places: at once, since a Sigma rule
  /// may name a search twice. The changed nodes are weaker, or all stricter.
  bool same_with(const Places& at, const std::function<Made(Predicate&)>& change, bool weaker) const {
    for (std::size_t event = 0; event < working_.size(); ++event) {
      Predicate changed = working_[event];
      bool looser = false, tighter = false;
      for (const auto& [of, path] : at) {
        if (of != event) continue;
        const bool turned = below_not(changed, path);
        const Made made = change(*node_at(changed, path));
        if (made == Made::impossible) return false;
        if (made == Made::changed) (weaker != turned ? looser : tighter) = true;
      }
      if (looser && !none(event, {&changed}, {&working_[event]})) return false;
      if (tighter && !none(event, {&working_[event]}, {&changed})) return false;
    }
    return true;
  }

  bool dead(const Part& part) const {
    const PredicateKind gone = part.alternative ? PredicateKind::never : PredicateKind::always;
    return same_with(part.at, [&](Predicate& node) {
      if (node.kind == gone) return Made::as_before;
      if (node.kind == PredicateKind::always || node.kind == PredicateKind::never) return Made::impossible;
      node = constant(!part.alternative);
      return Made::changed;
    }, !part.alternative);
  }

  /// An alternative that the rest of the rule excludes, or that holds for nothing at all.
  bool never(const Part& part) const {
    return std::all_of(part.at.begin(), part.at.end(), [&](const auto& at) {
      const Predicate node = *node_at(const_cast<Predicate&>(working_[at.first]), at.second);
      return !below_not(working_[at.first], at.second) && none(at.first, {&working_[at.first], &node}, {});
    });
  }

  /// One neighbour that is enough.
  Span reason(const Part& part) const {
    const auto& [event, path] = part.at.front();
    const auto up = std::vector<std::size_t>(path.begin(), path.end() - 1);
    Predicate& root = const_cast<Predicate&>(working_[event]);
    const Predicate& parent = *node_at(root, up);
    const Predicate& node = parent.children[path.back()];
    std::vector<const Predicate*> neighbours;
    for (std::size_t i = 0; i < parent.children.size(); ++i) {
      if (i != path.back()) neighbours.push_back(&parent.children[i]);
    }
    if (!part.alternative) {
      std::vector<const Predicate*> flat;
      for (const auto* one : neighbours) {
        for (const auto* inner : conjuncts(*one)) flat.push_back(inner);
      }
      neighbours = std::move(flat);
    }
    for (const auto* one : neighbours) {
      if (one->kind == PredicateKind::always || one->kind == PredicateKind::never) continue;
      if (part.alternative ? none(event, {&node}, {one}) : none(event, {one}, {&node})) return one->span;
    }
    return {};
  }

  // ---- entries of lists -------------------------------------------------------------------------

  void entries(std::vector<DeadPart>& out, const auto& in_gone) {
    if (!outline_) return;
    std::map<Place, Places> lists;
    for (std::size_t event = 0; event < working_.size(); ++event) {
      std::vector<std::size_t> path;
      collect(working_[event], event, path, lists);
    }
    for (const auto& [place, at] : lists) {
      const Span span{own_.text.file, place.first, place.second};
      if (in_gone(at) || !in_every_event(at, working_.size())) continue;
      const syntax::Predicate* written = outline_->at(span);
      if (written == nullptr || written->right.kind != syntax::ExprKind::list) continue;
      if (const auto entry = dead_entry(at, *written)) {
        const auto& args = written->right.args;
        const Span own = args[*entry].span;
        DeadPart found{own, true};
        const bool last = *entry + 1 == args.size();
        if (!own_.sigma) found.edit = last ? Edit{{own.file, args[*entry - 1].span.end, own.end}, ""} : Edit{{own.file, own.begin, args[*entry + 1].span.begin}, ""};
        found.because = because_;
        out.push_back(std::move(found));
      }
    }
  }

  void collect(const Predicate& predicate, std::size_t event, std::vector<std::size_t>& path,
               std::map<Place, Places>& lists) const {
    for (std::size_t i = 0; i < predicate.children.size(); ++i) {
      path.push_back(i);
      collect(predicate.children[i], event, path, lists);
      path.pop_back();
    }
    if (predicate.kind == PredicateKind::compare && !predicate.right && predicate.values.size() > 1 && inside(predicate.span, own_.text)) {
      lists[place_of(predicate)].emplace_back(event, path);
    }
  }

  /// At most one at a time per list, the last: fixes within one list do not mix. `because_` is the entry that does its work.
  /// What one word of a Sigma rule became (`windash`) counts as one entry.
  std::optional<std::size_t> dead_entry(const Places& at, const syntax::Predicate& written) {
    const Predicate list = *node_at(working_[at.front().first], at.front().second);
    const auto& args = written.right.args;
    if (list.values.size() != args.size() || list.values.size() > kMaxComparedEntries) return std::nullopt;
    for (std::size_t end = list.values.size(), begin = 0; end > 0; end = begin) {
      begin = end - 1;
      while (begin > 0 && args[begin - 1].span.begin == args[begin].span.begin && args[begin - 1].span.end == args[begin].span.end) --begin;
      std::optional<std::size_t> other;
      for (std::size_t i = begin; i < end; ++i) {
        other = rival(list, i, begin, end);
        if (!other) break;
      }
      if (!other) continue;
      // Fewer alternatives are stricter; fewer demands of `all`, and fewer exceptions, are looser.
      const bool weaker = list.quantifier == syntax::Quantifier::all || list.op == CompareOp::not_in;
      unsure_ = false;
      const bool dead = same_with(at, [&](Predicate& less) {
        if (less.values.size() != list.values.size() || less.quantifier != list.quantifier || less.op != list.op) return Made::impossible;
        const auto cut = [&](auto& all) { all.erase(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)); };
        cut(less.values);
        if (!less.flags.empty()) cut(less.flags);
        return Made::changed;
      }, weaker);
      if (!dead) {
        undecided += unsure_;
        continue;
      }
      because_ = args[*other].span;
      return begin;
    }
    return std::nullopt;
  }

  /// Another entry, not within [begin, end), that may do the work of this one; a look at the texts tells mostly that there is none.
  std::optional<std::size_t> rival(const Predicate& list, std::size_t index, std::size_t begin, std::size_t end) const {
    const bool all = list.quantifier == syntax::Quantifier::all;
    const bool texts = text_form(list.op);
    if (!texts && list.op != CompareOp::in && list.op != CompareOp::not_in) return std::nullopt;
    for (std::size_t other = 0; other < list.values.size(); ++other) {
      if (other >= begin && other < end) continue;
      if (texts) {
        const std::string& narrow = list.values[all ? other : index];
        const std::string& wide = list.values[all ? index : other];
        const auto test = value::TextTest::make(text_op(list.op), wide, list.cased);
        if (test.ok() && (*test)(narrow)) return other;
        continue;
      }
      const auto type = list.left.type.type;
      if (value::compare(type, value::Cell::of_text(list.values[index]), value::prepare_any(type, list.values[other]), value::Op::eq, list.cased)) return other;
      const auto own = value::prepare_any(type, list.values[index]);
      const auto rest = value::prepare_any(type, list.values[other]);
      if (own.network && rest.network) return other;  // the algebra decides
    }
    return std::nullopt;
  }

  const OwnText& own_;
  mutable algebra::Algebra algebra_;
  std::vector<Predicate> working_;
  std::optional<Outline> outline_;
  Span because_{};
  mutable bool unsure_ = false;  // some answer since it was set was unknown
};

}  // namespace

DeadParts find_dead_parts(const Context& context) {
  DeadParts out;
  if (context.algebra == nullptr) return out;
  context.facts->search(context, "dead-parts", [&](const OwnText& own) {
    if (never_true(context, *own.link)) return true;  // everything in it is dead
    Judge judge(context, own);
    auto parts = judge.run();
    out.undecided += judge.undecided;
    for (auto& part : parts) out.parts.push_back(std::move(part));
    return !parts.empty() || judge.undecided != 0;
  });
  return out;
}

}  // namespace chainhunt::lint

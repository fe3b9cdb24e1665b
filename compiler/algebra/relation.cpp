#include "compiler/algebra/relation.h"

#include <algorithm>
#include <vector>

#include "runtime/value/cell.h"
#include "runtime/value/text.h"

namespace chainhunt::algebra {
namespace {

using model::Link;
using model::LinkEvent;
using model::LinkId;

Answer unknown(std::string reason) { return {Verdict::unknown, std::nullopt, model::kNone, std::move(reason)}; }

/// `when_found` for a witness, its opposite for none.
Answer answer_of(Search search, model::EventId event, Verdict when_found) {
  switch (search.outcome) {
    case Outcome::found: return {when_found, std::move(search.witness), event, {}};
    case Outcome::none: return {when_found == Verdict::proved ? Verdict::refuted : Verdict::proved, std::nullopt, model::kNone, {}};
    case Outcome::unknown: break;
  }
  return unknown(std::move(search.reason));
}

// ---- links ------------------------------------------------------------------------------------------

/// The events of two links that read the same records.
class Events {
 public:
  explicit Events(const model::Model& model) : model_(model) {}

  /// What `b` reads of the records of a's event; nullptr: nothing.
  const LinkEvent* counterpart(const LinkEvent& a, const Link& b) const {
    const LinkEvent* any = nullptr;
    for (const LinkEvent& event : b.events) {
      if (event.event == a.event) return &event;
      if (event.code.empty() && source_of(event) == source_of(a) && unlisted(a)) any = &event;
    }
    return any;
  }

  /// An event of another source whose records may be those of `a` as well.
  bool read_otherwise(const LinkEvent& a, const Link& b) const {
    return std::any_of(b.events.begin(), b.events.end(), [&](const LinkEvent& event) {
      if (source_of(event) == source_of(a)) return false;
      const model::Source &x = model_.sources[source_of(a)], &y = model_.sources[source_of(event)];
      return x.json == y.json && (a.code.empty() || event.code.empty() || a.code == event.code) && meet(x.channels, y.channels) && meet(providers(a), providers(event));
    });
  }

  /// Of a's event for any code: an event of `b` for one of those codes, which a reads as well and has no event of its own for.
  bool among_any(const LinkEvent& a, const Link& of_a, const LinkEvent& event) const {
    return a.code.empty() && !event.code.empty() && source_of(a) == source_of(event) && unlisted(event) &&
           std::none_of(of_a.events.begin(), of_a.events.end(), [&](const LinkEvent& own) { return own.event == event.event; });
  }

 private:
  model::SourceId source_of(const LinkEvent& event) const { return model_.events[event.event].source; }
  /// A code that an open source does not list.
  bool unlisted(const LinkEvent& event) const {
    const auto& listed = model_.sources[source_of(event)].events;
    return std::find(listed.begin(), listed.end(), event.event) == listed.end() || event.code.empty();
  }
  const std::vector<std::string>& providers(const LinkEvent& event) const {
    const auto& own = model_.events[event.event].providers;
    return own.empty() ? model_.sources[source_of(event)].providers : own;
  }
  static bool meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a.empty() || b.empty()) return true;
    return std::any_of(a.begin(), a.end(), [&](const auto& x) { return std::any_of(b.begin(), b.end(), [&](const auto& y) { return value::equal_folded(x, y); }); });
  }

  const model::Model& model_;
};

bool keeps(const Link& link) { return link.after != model::kNone; }

/// How `keep` counts.
bool same_keep(const model::Keep& a, const model::Keep& b) {
  return a.rare == b.rare && a.fields == b.fields && a.by == b.by && a.below == b.below && a.in == b.in;
}

Answer implied_by_events(Algebra& algebra, const Link& a, const Link& b);

/// Everything that b's events were kept through, a's were too: the same `keep` of the same events.
bool kept_alike(Algebra& algebra, const Link& a, const Link& b) {
  const auto& links = algebra.model().links;
  for (LinkId wanted = b.after; wanted != model::kNone; wanted = links[wanted].after) {
    bool there = false;
    for (LinkId at = a.after; at != model::kNone && !there; at = links[at].after) {
      there = at == wanted;
      if (there || !links[at].keep || !links[wanted].keep || !same_keep(*links[at].keep, *links[wanted].keep)) continue;
      there = kept_alike(algebra, links[at], links[wanted]) && kept_alike(algebra, links[wanted], links[at]) &&
              implied_by_events(algebra, links[at], links[wanted]).verdict == Verdict::proved &&
              implied_by_events(algebra, links[wanted], links[at]).verdict == Verdict::proved;
    }
    if (!there) return false;
  }
  return true;
}

// A record that is alone in its log is kept if its values and key are there to be counted, and if one is few enough.

/// What an event of the link needs for that; nothing: a lone record is not kept, or a name is not understood.
std::optional<std::vector<model::Predicate>> kept_alone(const model::Model& model, const Link& link, const LinkEvent& event) {
  std::vector<model::Predicate> out;
  for (LinkId at = link.after; at != model::kNone; at = model.links[at].after) {
    const auto& keep = model.links[at].keep;
    if (!keep || (keep->rare && keep->below < 2)) return std::nullopt;
    for (const auto* names : {&keep->fields, &keep->by}) {
      for (const auto& name : *names) {
        const auto operand = model::resolve(model, event, name);
        if (!operand) return std::nullopt;
        model::Predicate& wanted = out.emplace_back();
        wanted.kind = model::PredicateKind::exists;
        wanted.left = *operand;
        if (!value::is_text(operand->type.type)) continue;
        // Values of text, but no keys.
        wanted.kind = model::PredicateKind::compare;
        wanted.op = syntax::CompareOp::not_in;
        wanted.values = {"", "-", "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}"};
      }
    }
  }
  return out;
}

/// Whether the counted values, as the record spells them, are keys.
bool has_keys(const std::vector<model::Predicate>& wanted, const input::Record& record) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const model::Predicate& p) {
    const model::Operand& operand = p.left;
    const auto key = [&](const std::string& text) { return value::canonical(operand.type.type, text).has_value(); };
    switch (operand.kind) {
      case model::OperandKind::field: {
        const auto found = record.fields.find(operand.name);
        return found != record.fields.end() && !found->second.texts.empty() && key(found->second.texts.front());
      }
      case model::OperandKind::computer: return key(record.computer);
      case model::OperandKind::channel: return key(record.channel);
      case model::OperandKind::provider: return key(record.provider);
      case model::OperandKind::event_id: return key(record.code);
      default: return operand.kind == model::OperandKind::time || operand.kind == model::OperandKind::record_id;
    }
  });
}

/// An event that all of `yes` hold for and none of `no`, and that the links keep if it is alone in its log.
Search find_kept(Algebra& algebra, const LinkEvent& event, std::vector<const model::Predicate*> yes, std::span<const model::Predicate* const> no,
                 std::initializer_list<const Link*> links) {
  Search search = algebra.find(event, yes, no);
  if (search.outcome != Outcome::found) return search;
  std::vector<model::Predicate> wanted;
  for (const Link* link : links) {
    if (!keeps(*link)) continue;
    auto own = kept_alone(algebra.model(), *link, event);
    if (!own) return {Outcome::unknown, std::nullopt, "`" + link->name + "` keeps only some of its events, perhaps not this one"};
    for (auto& one : *own) wanted.push_back(std::move(one));
  }
  if (wanted.empty()) return search;
  for (const auto& one : wanted) yes.push_back(&one);
  search = algebra.find(event, yes, no);
  if (search.outcome == Outcome::found && has_keys(wanted, *search.witness)) return search;
  return {Outcome::unknown, std::nullopt, "`" + (*links.begin())->name + "` keeps only some of its events, perhaps not this one"};
}

/// By predicates; an event that refutes is one that a keeps where it is alone.
Answer implied_by_events(Algebra& algebra, const Link& a, const Link& b) {
  const Events events(algebra.model());
  Answer out{Verdict::proved, std::nullopt, model::kNone, {}};
  const auto ask = [&](const LinkEvent& event, const model::Predicate& own, const LinkEvent* other) {
    std::vector<const model::Predicate*> no;
    if (other != nullptr) no.push_back(&other->predicate);
    Answer answer = answer_of(find_kept(algebra, event, {&own}, no, {&a}), event.event, Verdict::refuted);
    if (answer.verdict == Verdict::refuted) {
      if (other == nullptr) answer.reason = "`" + b.name + "` does not read this event";
      if (events.read_otherwise(event, b)) answer = unknown("`" + b.name + "` may read the event by another source");
      // Found for any code; for this one b has a predicate of its own, asked below.
      const auto own_code = [&](const LinkEvent& e) { return event.code.empty() && e.code == answer.witness->code; };
      if (answer.witness && (std::any_of(a.events.begin(), a.events.end(), own_code) || std::any_of(b.events.begin(), b.events.end(), own_code))) {
        answer = unknown("codes that the source does not list");
      }
    }
    if (answer.verdict == Verdict::refuted || (answer.verdict == Verdict::unknown && out.verdict == Verdict::proved)) out = std::move(answer);
    return out.verdict != Verdict::refuted;
  };
  for (const LinkEvent& event : a.events) {
    if (!ask(event, event.predicate, events.counterpart(event, b))) return out;
    for (const LinkEvent& other : b.events) {
      if (events.among_any(event, a, other) && !ask(other, event.predicate, &other)) return out;
    }
  }
  return out;
}

bool for_a_chain(const Link& a, const Link& b) { return a.chain != model::kNone || b.chain != model::kNone; }
Answer about_chains() { return unknown("a chain that stands as a link reads no event"); }

}  // namespace

Answer satisfiable(Algebra& algebra, const LinkEvent& event, const model::Predicate& a) {
  const model::Predicate* yes[] = {&a};
  return answer_of(algebra.find(event, yes, {}), event.event, Verdict::proved);
}

Answer implies(Algebra& algebra, const LinkEvent& event, const model::Predicate& a, const model::Predicate& b) {
  const model::Predicate *yes[] = {&a}, *no[] = {&b};
  return answer_of(algebra.find(event, yes, no), event.event, Verdict::refuted);
}

Answer equivalent(Algebra& algebra, const LinkEvent& event, const model::Predicate& a, const model::Predicate& b) {
  Answer there = implies(algebra, event, a, b);
  if (there.verdict == Verdict::refuted) return there;
  Answer back = implies(algebra, event, b, a);
  return back.verdict == Verdict::proved ? there : back;
}

Answer overlaps(Algebra& algebra, const LinkEvent& event, const model::Predicate& a, const model::Predicate& b) {
  const model::Predicate* yes[] = {&a, &b};
  return answer_of(algebra.find(event, yes, {}), event.event, Verdict::proved);
}

Answer satisfiable(Algebra& algebra, const Link& a) {
  if (for_a_chain(a, a)) return about_chains();
  Answer out{Verdict::refuted, std::nullopt, model::kNone, {}};
  for (const LinkEvent& event : a.events) {
    Answer answer = answer_of(find_kept(algebra, event, {&event.predicate}, {}, {&a}), event.event, Verdict::proved);
    if (answer.verdict == Verdict::proved) return answer;
    if (answer.verdict == Verdict::unknown) out = std::move(answer);
  }
  return out;
}

Answer implies(Algebra& algebra, const Link& a, const Link& b) {
  if (for_a_chain(a, b)) return about_chains();
  Answer answer = implied_by_events(algebra, a, b);
  if (answer.verdict == Verdict::proved && !kept_alike(algebra, a, b)) {
    // Nothing of a: nothing to keep.
    if (satisfiable(algebra, a).verdict == Verdict::refuted) return answer;
    return unknown("`" + b.name + "` keeps only some of its events");
  }
  return answer;
}

Answer equivalent(Algebra& algebra, const Link& a, const Link& b) {
  Answer there = implies(algebra, a, b);
  if (there.verdict == Verdict::refuted) return there;
  Answer back = implies(algebra, b, a);
  return back.verdict == Verdict::proved ? there : back;
}

Answer overlaps(Algebra& algebra, const Link& a, const Link& b) {
  if (for_a_chain(a, b)) return about_chains();
  const Events events(algebra.model());
  Answer out{Verdict::refuted, std::nullopt, model::kNone, {}};
  // False: an event of both has been found.
  const auto ask = [&](const LinkEvent& event, const model::Predicate& x, const model::Predicate& y) {
    Answer answer = answer_of(find_kept(algebra, event, {&x, &y}, {}, {&a, &b}), event.event, Verdict::proved);
    if (answer.verdict != Verdict::refuted) out = std::move(answer);
    return out.verdict != Verdict::proved;
  };
  for (const LinkEvent& event : a.events) {
    if (events.read_otherwise(event, b) && out.verdict == Verdict::refuted) out = unknown("the two may read an event by two sources");
    if (const LinkEvent* other = events.counterpart(event, b); other != nullptr && !ask(event, event.predicate, other->predicate)) return out;
    for (const LinkEvent& other : b.events) {
      if (events.among_any(event, a, other) && !ask(other, event.predicate, other.predicate)) return out;
    }
  }
  return out;
}

}  // namespace chainhunt::algebra

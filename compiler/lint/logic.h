// What the checks that prove something have in common: a link's own words, and what the link means without them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/algebra/algebra.h"
#include "compiler/lint/lint.h"

namespace chainhunt::lint {

/// A link and the text that is its own: its declaration, or the `where` of a `(L where P)` in a pattern; of one that
/// stands for a Sigma rule, the rule's file. What parents and `let`s say stands elsewhere.
struct OwnText {
  const model::Link* link = nullptr;
  Span text;
  const syntax::Declaration* declaration = nullptr;
  bool sigma = false;  ///< the text is YAML: no edit can be made in it
};

/// Every link of the packs that were asked for, without those that stand for chains or for `keep`.
std::vector<OwnText> links_with_text(const Context& context);

inline bool inside(Span part, Span whole) { return part.file == whole.file && part.begin >= whole.begin && part.end <= whole.end; }

/// What holds together at the top of a predicate: `and`s within `and`s are taken apart.
std::vector<const model::Predicate*> conjuncts(const model::Predicate& predicate);
/// The predicate that all of these hold.
model::Predicate all_of(const std::vector<const model::Predicate*>& parts);

/// No event of the link can match.
bool never_true(const Context& context, const model::Link& link);
/// Of conditions that no event satisfies together, a smallest part with the same property. Nothing if unknown.
std::vector<const model::Predicate*> contradiction(const Context& context, const model::LinkEvent& event);

/// The same words stand in the predicate of each event that the link reads.
using Place = std::pair<std::uint32_t, std::uint32_t>;  ///< begin, end
inline Place place_of(const model::Predicate& predicate) { return {predicate.span.begin, predicate.span.end}; }

/// Where words became conditions: index of one of the link's events, then the children to go down.
using Places = std::vector<std::pair<std::size_t, std::vector<std::size_t>>>;
bool in_every_event(const Places& at, std::size_t events);

/// A part of a text that stands in an `and` or in an `or`.
///
/// Only parts that stand in the predicate of every event that the link reads. What is decided before any event is read
/// (`exists 4624.TargetUserName` in a link on 4624 and 5145) stands in some of them only, and taking the words out would
/// change the others; so would taking out what stands in an `on` of one event.
struct Part {
  bool alternative = false;
  Span span;
  Places at;
};
std::vector<Part> parts_of(const OwnText& own);

/// How a tree's predicate hangs: for edits that take a part out.
class Outline {
 public:
  explicit Outline(const syntax::Declaration& declaration);
  const syntax::Predicate* at(Span span) const;
  /// Takes the part and its `and` or `or` out; nothing where it stands alone.
  std::optional<Edit> without(Span span) const;

 private:
  std::map<Place, const syntax::Predicate*> nodes_;  // inner ones where a group has the same place
  std::map<const syntax::Predicate*, const syntax::Predicate*> parents_;
};

/// What the rule says there, on one line and cut where it is long.
std::string words(const Context& context, Span span);

/// How the witness of an answer is shown in a note: `security 4624 { user: "bob" }`.
std::string shown(const model::Model& model, model::EventId event, const input::Record& record);

}  // namespace chainhunt::lint

// Events of links on demand: what a log is made of. Internal to this folder.
//
// A maker first tries the link's plain event with the wanted values put in, because that is how a log stays readable,
// and asks the algebra only where this event will not do. Either way the event has been run through the interpreter.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/algebra/algebra.h"

namespace chainhunt::algebra {

/// A field of a link, as rules name it, and the type by which a chain compares it.
struct KeyField {
  std::string name;
  value::Type type = value::Type::text;
  bool operator==(const KeyField&) const = default;
};

struct KeyValue {
  KeyField field;
  std::string value;
};

/// What is asked of an event besides its link.
struct Wanted {
  std::vector<KeyValue> equal;
  std::vector<KeyField> present;                ///< readable as its type: it could be a key
  std::vector<std::vector<KeyValue>> differs;  ///< of each list, not all hold
  std::vector<model::LinkId> lacks;              ///< links that the event must not be of
  /// Further conditions, once the event's code is chosen; false: this code cannot meet them.
  std::function<bool(const model::LinkEvent&, std::vector<model::Predicate>& yes, std::vector<model::Predicate>& no)> more;
};

struct Made {
  Outcome outcome = Outcome::unknown;
  input::Record record;         ///< found
  std::size_t event = 0;        ///< found: index into the link's events
  std::string reason;           ///< unknown
};

class EventMaker {
 public:
  /// The algebra and its model outlive this.
  explicit EventMaker(Algebra& algebra) : algebra_(algebra) {}

  Made make(model::LinkId link, const Wanted& wanted);
  /// An event of one of the link's codes for which these hold and those do not, besides what is wanted; the link's own
  /// predicate is not asked.
  Made make(const model::LinkEvent& event, std::size_t index, const std::vector<const model::Predicate*>& yes,
            const std::vector<const model::Predicate*>& no, const Wanted& wanted);
  /// Whether an event of the link exists at all. Remembered.
  const Made& plain(model::LinkId link);

  Algebra& algebra() { return algebra_; }
  const model::Model& model() const { return algebra_.model(); }

 private:
  Algebra& algebra_;
  std::map<model::LinkId, Made> plain_;
  std::map<std::string, Made> made_;  // of wants without further conditions
};

/// The operand that a name stands for in a link's event, read as the type by which it is compared; kind `missing`
/// where the event lacks it.
model::Operand operand_of(const model::Model& model, const model::LinkEvent& event, const KeyField& field);

/// The record's spelling of the operand; nothing where it is missing, or not a single value.
std::optional<std::string> spelling_of(const input::Record& record, const model::Operand& operand);

/// An everyday value of a type, another for each number: "alice", "bob", …; nothing where there are no more.
std::optional<std::string> invented(value::Type type, std::size_t number);

/// `operand == value`.
model::Predicate equals(const model::Operand& operand, const std::string& value);

}  // namespace chainhunt::algebra

// What each link hands to the chain engine: the computer, keys, values of `distinct`, fields to show. Internal to
// this folder.
//
// A capture is a name and, for keys and `distinct`, the one type by which all links' values are compared: a
// user that one event calls an account and another a text must give one key. Shown fields keep the
// type that each event gives them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/program/program.h"

namespace chainhunt::plan {

struct Want {
  std::string name;                 ///< as rules write it
  std::optional<value::Type> type;  ///< nothing: the event's own
  bool shown = false;
};

/// The operand that a name stands for in one event of a link; `missing` where the event lacks it.
model::Operand capture_operand(const model::Model& model, const model::LinkEvent& event, const std::string& name);

class Captures {
 public:
  Captures(const model::Model& model, const model::Link& link);

  /// The index of the capture, added if it is not there yet.
  std::uint32_t of_type(const std::string& name, value::Type type);
  /// Adds the link's own `show`, or the fields that its predicate names.
  void show_own();
  /// Adds a field of a chain's `show`, if all of the link's events have it.
  void show_for_chain(const std::string& name);
  /// The types that the link's events give a name; events that lack it are passed over.
  std::vector<value::Type> types_of(const std::string& name) const;

  const std::vector<Want>& wants() const { return wants_; }
  std::vector<program::CaptureName> names() const;

 private:
  void show(const std::string& name, bool shown);
  void mention(const model::Predicate& predicate, std::vector<std::string>& names) const;

  const model::Model* model_;
  const model::Link* link_;
  std::vector<Want> wants_;
};

/// The one type by which values of these types are compared.
value::Type meeting_type(const std::vector<value::Type>& types);

}  // namespace chainhunt::plan

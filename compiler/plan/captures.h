// What each link hands to the chain engine: the computer, keys, values of `distinct`, fields to show. Internal to
// this folder.
//
// A capture is a name and, for keys and `distinct`, the one type by which all links' values are compared: a
// user that one event calls an account and another a text must give one key. Shown fields keep the
// type that each event gives them.
#pragma once

#include <map>
#include <set>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/program/program.h"

namespace chainhunt::plan {

struct Want {
  std::string name;                 ///< as rules write it
  std::optional<value::Type> type;  ///< nothing: the event's own
  bool shown = false;
};

/// The operands that names stand for in the events of links. Remembers them: roles are many, and `any` reads
/// every event. One thread.
class Names {
 public:
  explicit Names(const model::Model& model) : model_(&model) {}
  /// Kind `missing` where the event lacks the name; an open source's event has every name, as text.
  model::Operand find(const model::LinkEvent& event, const std::string& name);
  const model::Model& model() const { return *model_; }

 private:
  model::Operand look_up(const model::LinkEvent& event, const std::string& name) const;
  const model::Model* model_;
  std::map<std::pair<model::EventId, std::string>, model::Operand> known_;  // of events without class names
};

class Captures {
 public:
  /// Both outlive this.
  Captures(Names& names, const model::Link& link);

  const model::Link& link() const { return *link_; }

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

  Names* names_;
  const model::Link* link_;
  std::vector<Want> wants_;
};

/// The types that a link's events, or a chain's key or completing events, give a name.
std::vector<value::Type> types_of(Names& names, const model::Link& link, const std::string& name);

/// All links of a pattern that may fill its steps; with `forbidden`, also those of its absences.
std::set<model::LinkId> links_of(const model::Pattern& pattern, bool forbidden);

/// The one type by which values of these types are compared.
value::Type meeting_type(const std::vector<value::Type>& types);

}  // namespace chainhunt::plan

// What a rule's `detection` says, as a tree: fields with their modifiers applied, nothing known yet of logs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/import/sigma/text.h"
#include "compiler/import/sigma/yaml.h"

namespace chainhunt::sigma {

/// How a field is compared with one value. `text` covers contains, startswith and endswith: they are wildcards.
enum class Form { text, regex, network, less, at_most, greater, at_least, field, field_contains, field_starts, field_ends, exists, null };

struct Value {
  Form form = Form::text;
  Text text;            ///< text
  std::string word;     ///< regex: the pattern; network, less …: the number or network; field …: the other field
  std::string flags;    ///< regex
  bool number = false;  ///< text: written as a number, without quotes
  Span span;
};

/// One line of a map: a field and its values, or a keyword (no field).
struct Test {
  std::string field;
  Span field_span;
  /// Of each list one value must hold; of the lists one, or `all`.
  std::vector<std::vector<Value>> values;
  bool all = false;
  bool cased = false;
  bool different = false;  ///< `neq`: none of it holds
  std::string part;        ///< "hour", …: this part of a time is compared
};

struct Condition {
  enum class Kind { always, never, test, all, any, negation, reference };
  Kind kind = Kind::always;
  Span span;
  std::vector<Condition> children;
  Test test;
  std::string name;  ///< reference: a search identifier

  static Condition constant(bool truth, Span span) { return {truth ? Kind::always : Kind::never, span, {}, {}, {}}; }
  /// One child stands for itself.
  static Condition group(Kind kind, std::vector<Condition> children, Span span);
  static Condition negated(Condition child);
};

/// A search identifier's maps, lists and keywords; nothing if something is wrong with it, which was reported.
std::optional<Condition> read_search(const Node& node, Diagnostics& diagnostics);

/// One field with its modifiers (`CommandLine|contains|all`) and values (modifiers.cpp).
std::optional<Condition> read_field(const Node& key, const Node& value, Diagnostics& diagnostics);

}  // namespace chainhunt::sigma

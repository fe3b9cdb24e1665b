// A link's predicate in the few tests that query languages know: a field is there, its text has a form, it is a number
// in some relation, it has bits, it lies in a network. Comparisons by type become forms of the spelling, exactly:
//   user == "bob"          (.*\)?bob(@[^\]*)?      the account is what stands behind the last \ and before @
//   computer == "ws01"     ws01(\..*)?
//   mask == 0x80           0x0*80, or 0*128
//
// Truth stays two-valued: a test of a missing field is false, and its negation true. Backends see to it.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"

namespace chainhunt::exporting {

/// A rule that a language cannot say: code (docs/export.md), why, where. Thrown, and caught in `export_rules`.
struct Refusal {
  std::string code, message;
  Span span;
};

/// A piece of a form of text; the form is about the whole value.
struct Piece {
  enum class Kind {
    text,       ///< these characters
    any_run,    ///< any text
    any_one,    ///< any one character
    domain,     ///< nothing, or any text that ends with a backslash
    realm,      ///< nothing, or @ and any text without a backslash
    labels,     ///< nothing, or a dot and any text
    zeros,      ///< any number of 0
    folders,    ///< nothing, or any text that ends with a slash or backslash
  } kind;
  std::string text = {};
};
using Form = std::vector<Piece>;

/// What plain operators say: the text, and where runs stand. Anything else is `general`.
enum class FormShape { equal, starts, ends, contains, wildcards, general };
FormShape shape_of(const Form& form);
/// The text of `equal`, `starts`, `ends`, `contains`.
const std::string& text_of(const Form& form);

struct Test {
  enum class Kind { exists, form, regex, number, bits_all, bits_any, bits_none, network, address } kind = Kind::exists;
  model::Operand field;
  bool cased = false;
  Form form;                ///< form
  std::string text;         ///< regex: RE2's; number, bits: decimal; network, address
  std::string flags;        ///< regex: "i", "s"
  syntax::CompareOp op = syntax::CompareOp::eq;  ///< number: lt, le, gt, ge, eq
  Span span;
};

struct Condition {
  enum class Kind { always, never, conjunction, disjunction, negation, test } kind = Kind::always;
  std::vector<Condition> children;
  Test test;
};

/// Throws a Refusal for functions, comparisons of two fields, tables, `anywhere`, and types with no form.
Condition lower(const model::Predicate& predicate);

/// A regular expression of the whole value in the syntax that PCRE, RE2 and Java share, without flags.
std::string regex_of(const Form& form);
/// Characters that mean something in an expression are escaped.
std::string regex_quoted(const std::string& text);

}  // namespace chainhunt::exporting

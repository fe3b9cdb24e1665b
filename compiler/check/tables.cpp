// `lookup(TABLE, f, COLUMN)`: the column's values in the rows whose key equals f, as a list has values:
// a comparison is true if some row satisfies it.
//
// A table is fixed when rules are checked, so that a lookup is no new kind of value: what it asks becomes
// "f in (the keys of the rows that satisfy it)", which every later stage knows. Against another field it
// becomes one such question for every different value of the column.
#include <algorithm>
#include <map>

#include "compiler/check/checker.h"
#include "runtime/base/csv.h"
#include "runtime/base/text.h"
#include "runtime/value/mask.h"

namespace chainhunt::check {
namespace {

using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;
using syntax::Expr;
using syntax::ExprKind;
using value::Cell;
using value::Type;

Predicate constant(bool truth, Span span) {
  Predicate out;
  out.kind = truth ? PredicateKind::always : PredicateKind::never;
  out.span = span;
  return out;
}

std::optional<std::size_t> index_of(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

/// A cell of a table is missing as a field is: empty or "-".
bool missing(const std::string& text) { return text.empty() || text == "-"; }

value::Op order_of(CompareOp op) {
  switch (op) {
    case CompareOp::ne: return value::Op::ne;
    case CompareOp::lt: return value::Op::lt;
    case CompareOp::le: return value::Op::le;
    case CompareOp::gt: return value::Op::gt;
    case CompareOp::ge: return value::Op::ge;
    default: return value::Op::eq;
  }
}

/// `lookup(…) < g` is `g > lookup(…)`.
CompareOp turned(CompareOp op) {
  switch (op) {
    case CompareOp::lt: return CompareOp::gt;
    case CompareOp::le: return CompareOp::ge;
    case CompareOp::gt: return CompareOp::lt;
    case CompareOp::ge: return CompareOp::le;
    default: return op;
  }
}

value::TextOp text_op_of(CompareOp op) {
  switch (op) {
    case CompareOp::like: return value::TextOp::like;
    case CompareOp::starts: return value::TextOp::starts;
    case CompareOp::ends: return value::TextOp::ends;
    case CompareOp::matches: return value::TextOp::matches;
    default: return value::TextOp::contains;
  }
}

/// A checked comparison about a column, asked of single cells.
class ColumnTest {
 public:
  explicit ColumnTest(const Predicate& p) : predicate_(p), type_(p.left.type.type) {
    const bool text = p.op == CompareOp::like || p.op == CompareOp::contains || p.op == CompareOp::starts || p.op == CompareOp::ends || p.op == CompareOp::matches;
    for (std::size_t i = 0; i < p.values.size(); ++i) {
      if (!text) literals_.push_back(value::prepare_any(type_, p.values[i]));
      else if (auto test = value::TextTest::make(text_op_of(p.op), p.values[i], p.cased, i < p.flags.size() ? p.flags[i] : std::string())) tests_.push_back(std::move(*test));
    }
  }

  bool operator()(const std::string& text) const {
    if (missing(text)) return false;
    const Cell cell = Cell::of_text(text);
    switch (predicate_.op) {
      case CompareOp::in: case CompareOp::not_in: return value::is_in(type_, cell, literals_, predicate_.op == CompareOp::not_in, predicate_.cased);
      case CompareOp::eq: case CompareOp::ne: case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge:
        return value::compare(type_, cell, literals_.front(), order_of(predicate_.op), predicate_.cased);
      case CompareOp::like: case CompareOp::contains: case CompareOp::starts: case CompareOp::ends: case CompareOp::matches: {
        value::Scratch scratch;
        return value::test_text(type_, cell, tests_, predicate_.quantifier == syntax::Quantifier::all, scratch);
      }
      case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: {
        const auto bits = value::parse_mask(predicate_.values.front());
        const auto op = predicate_.op == CompareOp::has ? value::MaskOp::has : predicate_.op == CompareOp::has_any ? value::MaskOp::has_any : value::MaskOp::lacks;
        return bits && value::test_mask(cell, *bits, op);
      }
    }
    return false;
  }

 private:
  const Predicate& predicate_;
  Type type_;
  std::vector<value::Prepared> literals_;
  std::vector<value::TextTest> tests_;
};

}  // namespace

/// The three arguments, resolved.
struct Checker::Lookup {
  const TableData* table = nullptr;
  std::size_t column = 0;
  model::Operand field;   ///< whose value is looked up
  model::Operand result;  ///< stands for the column where a comparison is checked

  /// The keys of the rows whose cell passes; each once.
  template <typename Test>
  std::vector<std::string> keys(Test&& test) const {
    std::vector<std::string> out;
    for (const auto& row : table->rows) {
      if (!missing(row[table->key]) && test(row[column])) out.push_back(row[table->key]);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  Predicate among(std::vector<std::string> keys, Span span) const {
    if (keys.empty()) return constant(false, span);
    Predicate out;
    out.kind = PredicateKind::compare;
    out.span = span;
    out.left = field;
    out.op = CompareOp::in;
    out.values = std::move(keys);
    return out;
  }
};

bool Checker::is_lookup(const Expr& expr) { return expr.kind == ExprKind::call && expr.names[0].text == "lookup"; }

const TableData* Checker::table_of(std::size_t pack, const Expr& expr) {
  const auto known = tables_.find(&expr);
  if (known != tables_.end()) return known->second ? &*known->second : nullptr;
  auto& kept = tables_[&expr];
  const auto text = read_pack_file(pack, expr);
  if (!text) return nullptr;
  base::CsvReader reader(*text);
  TableData table;
  auto header = reader.next();
  if (!header) {
    error("bad-list", expr.span, "\"" + expr.text + "\" is empty; its first line names the columns");
    return nullptr;
  }
  for (const auto& name : *header) table.columns.push_back(base::sanitize_utf8(name));
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (index_of(table.columns, table.columns[i]) == i) continue;
    error("bad-list", expr.span, "\"" + expr.text + "\" has two columns `" + table.columns[i] + "`");
    return nullptr;
  }
  const auto key = index_of(table.columns, expr.names[0].text);
  if (!key) {
    suggest(error("unknown-column", expr.names[0].span, "\"" + expr.text + "\" has no column `" + expr.names[0].text + "`"), expr.names[0].text, table.columns);
    return nullptr;
  }
  table.key = *key;
  while (auto row = reader.next()) {
    if (row->size() > table.columns.size()) {
      error("bad-list", expr.span, "\"" + expr.text + "\" line " + std::to_string(reader.line()) + " has " + std::to_string(row->size()) + " cells; the first line names " + std::to_string(table.columns.size()) + " columns")
          .notes.push_back("a value that holds a comma or a quote is written in quotes");
      return nullptr;
    }
    row->resize(table.columns.size());
    for (auto& cell : *row) cell = base::sanitize_utf8(cell);
    table.rows.push_back(std::move(*row));
  }
  kept = std::move(table);
  return &*kept;
}

std::optional<Checker::Lookup> Checker::lookup_of(const Scope& scope, const Expr& call) {
  const auto word = [](const Expr& e) { return (e.kind == ExprKind::path && e.names.size() == 1) || e.kind == ExprKind::string; };
  if (call.args.size() != 3 || call.args[0].kind != ExprKind::path || !word(call.args[2])) {
    error("wrong-type", call.span, "`lookup` takes a table, a field and a column: lookup(assets, computer, owner)");
    return std::nullopt;
  }
  std::size_t home = scope.pack;
  const auto* let = let_of(scope, call.args[0], true, &home);
  if (let == nullptr) return std::nullopt;
  if (!let->value || let->value->kind != ExprKind::table) {
    error("not-a-table", call.args[0].span, "`" + let->name.text + "` is no table").notes.push_back("a table is declared by: let " + let->name.text + " = table \"FILE.csv\" key COLUMN");
    return std::nullopt;
  }
  Lookup out;
  out.table = table_of(home, *let->value);
  const auto field = operand(scope, call.args[1]);
  if (out.table == nullptr || !field) return std::nullopt;
  if (field->kind == model::OperandKind::anywhere) {
    error("wrong-type", call.args[1].span, "`anywhere` is no single value to look up");
    return std::nullopt;
  }
  const Expr& column = call.args[2];
  const std::string name = column.kind == ExprKind::string ? column.text : column.names[0].text;
  const auto index = index_of(out.table->columns, name);
  if (!index) {
    suggest(error("unknown-column", column.span, "`" + let->name.text + "` has no column `" + name + "`"), name, out.table->columns);
    return std::nullopt;
  }
  out.column = *index;
  out.field = *field;
  bool numbers = true, some = false;
  for (const auto& row : out.table->rows) {
    if (missing(row[out.column])) continue;
    some = true;
    numbers = numbers && value::parse_number(row[out.column]).has_value();
  }
  out.result.shown = "lookup(" + let->name.text + ", " + field->shown + ", " + name + ")";
  out.result.type.type = out.result.field_type.type = some && numbers ? Type::integer : Type::text;
  return out;
}

Predicate Checker::looked_up(const Scope& scope, const syntax::Predicate& syntax) {
  const Predicate never = constant(false, syntax.span);
  const bool left = is_lookup(syntax.left);
  if (left && syntax.kind == syntax::PredicateKind::compare && is_lookup(syntax.right)) {
    error("wrong-type", syntax.right.span, "a lookup is compared with values or with a field, not with another lookup");
    return never;
  }
  const auto lookup = lookup_of(scope, left ? syntax.left : syntax.right);
  if (!lookup) return never;
  const auto spent = [&](const Predicate& p) { return spend(p.values.size() + kNodeWeight, syntax.span); };
  const bool absent = lookup->field.kind == model::OperandKind::missing;
  if (syntax.kind != syntax::PredicateKind::compare) {
    const bool negated = syntax.kind == syntax::PredicateKind::missing;
    Predicate there = absent ? never : lookup->among(lookup->keys([](const std::string& cell) { return !missing(cell); }), syntax.span);
    if (!spent(there)) return never;
    if (!negated) return there;
    if (there.kind == PredicateKind::never) return constant(true, syntax.span);
    Predicate out;
    out.kind = PredicateKind::negation;
    out.span = syntax.span;
    out.children.push_back(std::move(there));
    return out;
  }

  std::map<std::string, std::vector<std::string>> keys_of;  // by the column's values
  for (const auto& row : lookup->table->rows) {
    if (!missing(row[lookup->column]) && !missing(row[lookup->table->key])) keys_of[row[lookup->column]].push_back(row[lookup->table->key]);
  }
  // The comparison is checked with the column's stand-in, then answered for every row.
  std::optional<model::Operand> other;
  CompareOp op = syntax.op;
  if (left) {
    const Predicate checked = compare_with(scope, syntax, lookup->result);
    if (checked.kind != PredicateKind::compare || absent) return never;
    if (!checked.right) {
      Predicate out = lookup->among(lookup->keys(ColumnTest(checked)), syntax.span);
      return spent(out) ? out : never;
    }
    other = checked.right;
    op = turned(op);
    if (op == CompareOp::contains || op == CompareOp::starts || op == CompareOp::ends) {
      error("wrong-type", syntax.op_span, "parts of a looked-up value are compared with literals, not with a field");
      return never;
    }
  } else {
    const auto field = operand(scope, syntax.left);
    if (!field || field->kind == model::OperandKind::missing || absent) return never;
    if (keys_of.empty()) return never;
    syntax::Predicate asked = syntax;
    // `g == lookup(…)` fits where `g == "a value"` does.
    asked.right = Expr{ExprKind::string, syntax.right.span, keys_of.empty() ? "" : keys_of.begin()->first, "", {}, {}};
    if (op == CompareOp::like || op == CompareOp::matches || op == CompareOp::in || op == CompareOp::not_in || syntax.quantifier != syntax::Quantifier::none) {
      error("wrong-type", syntax.right.span, "a lookup stands behind ==, !=, <, <=, >, >=, contains, starts or ends");
      return never;
    }
    if (compare_with(scope, asked, *field).kind != PredicateKind::compare) return never;
    other = field;
  }
  Predicate out;
  out.kind = PredicateKind::disjunction;
  out.span = syntax.span;
  for (auto& [value, keys] : keys_of) {
    Predicate both;
    both.kind = PredicateKind::conjunction;
    both.span = syntax.span;
    if (!spend(keys.size() + 3 * kNodeWeight, syntax.span)) return never;
    both.children.push_back(lookup->among(std::move(keys), syntax.span));
    Predicate& equal = both.children.emplace_back();
    equal.kind = PredicateKind::compare;
    equal.span = syntax.span;
    equal.left = *other;
    equal.op = op;
    equal.cased = syntax.cased;
    equal.values = {value};
    out.children.push_back(std::move(both));
  }
  if (out.children.empty()) return never;
  if (out.children.size() == 1) return Predicate(std::move(out.children[0]));
  return out;
}

}  // namespace chainhunt::check

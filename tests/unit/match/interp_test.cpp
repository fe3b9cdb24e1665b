// What one condition says of one value: the language's section 4 as a table.
#include <gtest/gtest.h>

#include "runtime/interp/evaluator.h"

namespace chainhunt {
namespace {

using abi::Cell;
using abi::Wire;
using program::From;
using program::Function;
using program::Op;
using value::Type;

Cell text(const char* value) { return Cell::of_text(value); }
Cell number(std::int64_t value, Wire wire = Wire::dec) { return Cell::of_number(value, wire); }
const Cell kNoCells[] = {Cell::none()};
const Cell kTwo[] = {Cell::of_text("alpha"), Cell::of_text("beta")};
const Cell kDashes[] = {Cell::of_text("-"), Cell::of_text("")};
Cell list(const Cell* cells, std::uint32_t count) { return Cell::of_list(cells, count); }

program::Atom atom_of(Op op, Type type, std::vector<std::string> values, Function function = Function::none) {
  program::Atom atom;
  atom.op = op;
  atom.left.field_type = type;
  atom.left.function = function;
  atom.left.type = function == Function::none ? type : function == Function::length || function >= Function::hour ? Type::integer : Type::text;
  atom.values = std::move(values);
  return atom;
}

/// A program that asks one atom of event plan 0, whose fields are A and B.
program::Program asking(const program::Atom& atom) {
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", Type::host, false, {}}}});
  program::EventPlan plan;
  plan.source = "p.s";
  plan.code = "1";
  plan.projection.fields = {"A", "B"};
  plan.projection.all = true;
  plan.atoms = {atom};
  plan.nodes = {{program::NodeKind::atom, 0, {}}, {program::NodeKind::negation, program::kNone, {0}}};
  program::Operand computer;
  computer.from = From::computer;
  computer.type = computer.field_type = Type::host;
  plan.bodies = {{0, 0, {{computer}}}, {0, 1, {{computer}}}};
  program.events.push_back(plan);
  return program;
}

bool holds(const program::Atom& atom, const Cell& a, const Cell& b = Cell::none()) {
  const auto program = asking(atom);
  EXPECT_TRUE(program::verify(program).ok());
  auto evaluator = interp::Evaluator::make(program);
  EXPECT_TRUE(evaluator.ok());
  if (!evaluator.ok()) return false;
  const Cell cells[] = {a, b};
  const abi::NamedCell all[] = {{text("A"), a}, {text("B"), b}};
  abi::EventView event{};
  event.header.computer = text("WS01");
  event.header.channel = text("Security");
  event.header.code = number(4624);
  event.header.time = 15'778'368'000'000'000;  // 2020-01-01, a Wednesday
  event.header.has_time = 1;
  event.fields = cells;
  event.field_count = 2;
  event.all = all;
  event.all_count = 2;
  interp::State state;
  std::uint64_t bits = 0;
  evaluator->evaluate(0, event, state, &bits);
  EXPECT_NE(bits & 1, bits >> 1 & 1) << "truth is two-valued: `not` is the other value";
  return (bits & 1) != 0;
}

struct Case {
  const char* name;
  program::Atom atom;
  Cell value;
  bool expected;
};

TEST(Interp, truth_table) {
  const Case cases[] = {
      {"== without case", atom_of(Op::eq, Type::text, {"CMD.exe"}), text("cmd.EXE"), true},
      {"== missing is false", atom_of(Op::eq, Type::text, {"x"}), Cell::none(), false},
      {"!= missing is false", atom_of(Op::ne, Type::text, {"x"}), Cell::none(), false},
      {"!= of a dash is false where a dash is missing", atom_of(Op::ne, Type::integer, {"1"}), text("-"), false},
      {"!= of a dash in text", atom_of(Op::ne, Type::text, {"x"}), text("-"), true},
      {"not in: missing is false", atom_of(Op::not_in, Type::text, {"x", "y"}), Cell::none(), false},
      {"not in: another value", atom_of(Op::not_in, Type::text, {"x", "y"}), text("z"), true},
      {"not in: a value of the list", atom_of(Op::not_in, Type::text, {"x", "y"}), text("Y"), false},
      {"in: hashed list", atom_of(Op::in, Type::text, {"a", "b", "c", "d", "e", "f", "g", "h"}), text("H"), true},
      {"in: hashed list without it", atom_of(Op::in, Type::text, {"a", "b", "c", "d", "e", "f", "g", "h"}), text("i"), false},
      {"in: empty list", atom_of(Op::in, Type::text, {}), text("a"), false},
      {"not in: empty list", atom_of(Op::not_in, Type::text, {}), text("a"), true},
      {"in: network", atom_of(Op::in, Type::ip, {"10.0.0.0/8"}), text("::ffff:10.1.2.3"), true},
      {"mask: padded hex text", atom_of(Op::eq, Type::mask, {"0x80"}), text("0x00000080"), true},
      {"mask: decimal number", atom_of(Op::eq, Type::mask, {"0x80"}), number(128), true},
      {"mask: another", atom_of(Op::eq, Type::mask, {"0x80"}), number(0x180, Wire::hex), false},
      {"has all", atom_of(Op::has, Type::mask, {"0x3"}), number(7, Wire::hex), true},
      {"has not all", atom_of(Op::has, Type::mask, {"0x3"}), number(5, Wire::hex), false},
      {"has any", atom_of(Op::has_any, Type::mask, {"0x3"}), number(5, Wire::hex), true},
      {"lacks", atom_of(Op::lacks, Type::mask, {"0x3"}), number(8, Wire::hex), true},
      {"lacks of a missing value is false", atom_of(Op::lacks, Type::mask, {"0x3"}), Cell::none(), false},
      {"<", atom_of(Op::lt, Type::integer, {"10"}), text("9"), true},
      {"< of what is no number", atom_of(Op::lt, Type::integer, {"10"}), text("nine"), false},
      {"!= of what is no number sees its spelling", atom_of(Op::ne, Type::integer, {"10"}), text("nine"), true},
      {"like", atom_of(Op::like, Type::path, {"*\\net?.exe"}), text("C:\\Windows\\NET1.exe"), true},
      {"like is about the whole value", atom_of(Op::like, Type::path, {"net?"}), text("xnet1"), false},
      {"contains any", atom_of(Op::contains, Type::text, {"x", "LPH"}), text("alpha"), true},
      {"starts", atom_of(Op::starts, Type::text, {"AL"}), text("alpha"), true},
      {"ends", atom_of(Op::ends, Type::text, {"HA"}), text("alpha"), true},
      {"ends of a missing value", atom_of(Op::ends, Type::text, {""}), Cell::none(), false},
      {"matches is with case", atom_of(Op::matches, Type::text, {"^ALPHA$"}), text("alpha"), false},
      {"list: some element ==", atom_of(Op::eq, Type::text, {"BETA"}), list(kTwo, 2), true},
      {"list: some element !=", atom_of(Op::ne, Type::text, {"BETA"}), list(kTwo, 2), true},
      {"list: some element ends", atom_of(Op::ends, Type::text, {"eta"}), list(kTwo, 2), true},
      {"list: none of the elements", atom_of(Op::eq, Type::text, {"gamma"}), list(kTwo, 2), false},
      {"list of dashes is missing", atom_of(Op::missing, Type::ip, {}), list(kDashes, 2), true},
      {"list of nothing is missing", atom_of(Op::missing, Type::text, {}), list(kNoCells, 1), true},
      {"exists: an empty text", atom_of(Op::exists, Type::text, {}), text(""), true},
      {"exists: an empty account", atom_of(Op::exists, Type::account, {}), text(""), false},
      {"exists: the null GUID", atom_of(Op::exists, Type::guid, {}), text("{00000000-0000-0000-0000-000000000000}"), false},
      {"exists: a value that does not parse", atom_of(Op::exists, Type::integer, {}), text("nine"), true},
      {"host by its first label", atom_of(Op::eq, Type::host, {"ws01.other.example"}), text("WS01.corp.example"), true},
      {"exact host", atom_of(Op::eq, Type::exact_host, {"ws01.other.example"}), text("WS01.corp.example"), false},
      {"account without its domain", atom_of(Op::eq, Type::account, {"bob"}), text("CORP\\Bob"), true},
      {"length in code points", atom_of(Op::eq, Type::text, {"3"}, Function::length), text("a\xC3\xA9z"), true},
      {"length of a missing value", atom_of(Op::ne, Type::text, {"3"}, Function::length), Cell::none(), false},
      {"basename", atom_of(Op::eq, Type::path, {"cmd.exe"}, Function::basename), text("C:\\Windows\\cmd.exe"), true},
      {"decoded", atom_of(Op::contains, Type::text, {"world"}, Function::decoded), text("aGVsbG8gd29ybGQ="), true},
      {"hour", atom_of(Op::ge, Type::time, {"13"}, Function::hour), text("2020-06-30T13:45:00Z"), true},
  };
  for (const Case& one : cases) EXPECT_EQ(holds(one.atom, one.value), one.expected) << one.name;
}

TEST(Interp, all_and_any_are_about_one_element) {
  auto atom = atom_of(Op::contains, Type::text, {"alp", "ta"});
  EXPECT_TRUE(holds(atom, list(kTwo, 2))) << "any: alpha has alp";
  atom.all = true;
  EXPECT_FALSE(holds(atom, list(kTwo, 2))) << "no element has both";
  EXPECT_TRUE(holds(atom, text("alpta")));
}

TEST(Interp, cased_counts_case) {
  auto atom = atom_of(Op::eq, Type::text, {"Alpha"});
  atom.cased = true;
  EXPECT_TRUE(holds(atom, text("Alpha")));
  EXPECT_FALSE(holds(atom, text("alpha")));
}

TEST(Interp, flags_of_an_expression) {
  auto atom = atom_of(Op::matches, Type::text, {"^ALPHA$"});
  atom.flags = {"i"};
  EXPECT_TRUE(holds(atom, text("alpha")));
}

TEST(Interp, two_fields_compare_by_type) {
  auto atom = atom_of(Op::eq_field, Type::account, {});
  atom.right.slot = 1;
  atom.right.type = atom.right.field_type = Type::account;
  EXPECT_TRUE(holds(atom, text("CORP\\Bob"), text("bob@corp.example")));
  EXPECT_FALSE(holds(atom, text("CORP\\Bob"), text("alice")));
  atom.op = Op::ne_field;
  EXPECT_FALSE(holds(atom, text("CORP\\Bob"), Cell::none())) << "present and different";
  atom.op = Op::contains_field;
  atom.left.type = atom.left.field_type = atom.right.type = atom.right.field_type = Type::text;
  EXPECT_TRUE(holds(atom, text("run alpha now"), text("ALPHA")));
}

TEST(Interp, header_values) {
  const auto header = [](From from, Op op, Type type, const char* value) {
    auto atom = atom_of(op, type, {value});
    atom.left.from = from;
    return atom;
  };
  EXPECT_TRUE(holds(header(From::computer, Op::eq, Type::host, "ws01.x"), Cell::none()));
  EXPECT_TRUE(holds(header(From::channel, Op::eq, Type::text, "security"), Cell::none()));
  EXPECT_TRUE(holds(header(From::event_id, Op::eq, Type::integer, "4624"), Cell::none()));
  EXPECT_TRUE(holds(header(From::time, Op::ge, Type::time, "2020-01-01"), Cell::none()));
  EXPECT_FALSE(holds(header(From::time, Op::gt, Type::time, "2020-01-01"), Cell::none()));
  EXPECT_FALSE(holds(header(From::provider, Op::ne, Type::text, "x"), Cell::none())) << "the record names no provider";
  EXPECT_FALSE(holds(header(From::missing, Op::ne, Type::text, "x"), text("y")));
}

TEST(Interp, anywhere_is_some_field) {
  auto atom = atom_of(Op::contains, Type::text, {"lph"});
  atom.left.from = From::anywhere;
  EXPECT_TRUE(holds(atom, Cell::none(), text("alpha")));
  EXPECT_TRUE(holds(atom, list(kTwo, 2)));
  EXPECT_FALSE(holds(atom, text("beta"), text("gamma")));
}

TEST(Interp, an_atom_is_asked_once_per_event) {
  const auto program = asking(atom_of(Op::eq, Type::text, {"x"}));
  auto evaluator = interp::Evaluator::make(program);
  ASSERT_TRUE(evaluator.ok());
  const Cell cells[] = {text("x"), Cell::none()};
  abi::EventView event{};
  event.fields = cells;
  event.field_count = 2;
  interp::State state;
  interp::Trace trace;
  std::uint64_t bits = 0;
  evaluator->evaluate(0, event, state, &bits, &trace);
  EXPECT_EQ(trace.atoms_true[0], 1u);
  EXPECT_EQ(trace.nodes_true[0], 2u) << "two bodies reached it";
  EXPECT_EQ(trace.nodes_false[1], 1u);
}

TEST(Interp, a_bad_expression_is_an_error) {
  const auto program = asking(atom_of(Op::matches, Type::text, {"("}));
  const auto evaluator = interp::Evaluator::make(program);
  ASSERT_FALSE(evaluator.ok());
  EXPECT_NE(evaluator.error().message.find("p.s 1"), std::string::npos) << evaluator.error().message;
}

TEST(Interp, fields_beyond_the_event_are_missing) {
  const auto program = asking(atom_of(Op::missing, Type::text, {}));
  auto evaluator = interp::Evaluator::make(program);
  ASSERT_TRUE(evaluator.ok());
  interp::State state;
  std::uint64_t bits = 0;
  evaluator->evaluate(0, abi::EventView{}, state, &bits);
  EXPECT_EQ(bits, 1u);
}

}  // namespace
}  // namespace chainhunt

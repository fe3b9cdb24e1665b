// Programs and events made at random, for tests that ask whether two ways of running them agree. Values come
// from small pools, so that comparisons are often true and often narrowly false.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/program/program.h"
#include "runtime/value/function.h"

namespace chainhunt::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <typename List>
  const auto& of(const List& list) {
    return list[below(std::size(list))];
  }
  std::uint64_t bits() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

inline const std::vector<std::string>& spellings() {
  static const std::vector<std::string> pool = {
      "", "-", "k", "K", "\xE2\x84\xAA", "s", "\xC5\xBF", "task", "TASK", "ta\xC5\xBFk", "tas\xE2\x84\xAA", "TA\xC5\xBF\xE2\x84\xAA", "mytask", "taskmgr.exe",
      "C:\\Windows\\System32\\cmd.exe", "c:\\WINDOWS\\system32\\CMD.EXE", "cmd.exe", "c:\\windows", "@a[z`", "`A{Z@", "@A[Z`", "\xFF", "abc\xFF", "ab\xC3", "\xFF" "abc", "stra\xC3\x9F" "e",
      "STRA\xE1\xBA\x9E" "E", "0", "1", "-1", "7", "128", "0x80", "0x00000080", "0X80", "%%1537", "%%1537 %%1538", "18446744073709551615", "9223372036854775808", "-9223372036854775808",
      "99999999999999999999", "1.5", "10.0.0.5", "::ffff:10.0.0.5", "10.0.0.6", "fe80::1", "LOCAL", "WS01", "ws01.corp.example", "\\\\WS01", "ws02", "CORP\\Bob",
      "bob@corp.example", "BOB", "alice", "S-1-5-18", "s-1-5-18", "S-1-05-18", "{00000000-0000-0000-0000-000000000000}", "{6F9619FF-8B86-D011-B42D-00C04FC964FF}",
      "6f9619ff-8b86-d011-b42d-00c04fc964ff", "2020-01-01T00:00:00Z", "2020-01-01", "2020-06-30T13:45:00.5Z", "true", "No", "%%1842", "aGVsbG8gd29ybGQ=", "aABpAA==",
      "hello world", "hi", std::string(64, 'a'), std::string(65, 'A'), std::string(64, 'A'), std::string(40, 'b') + "k" + std::string(10, 'b'), std::string(40, 'B') + "K" + std::string(10, 'b')};
  return pool;
}

/// Short texts over the characters where folding and byte tricks differ.
inline std::string folding_text(Random& random) {
  static const std::vector<std::string> parts = {"a", "A", "k", "K", "s", "S", "\xE2\x84\xAA", "\xC5\xBF", "@", "`", "[", "{", "\xFF", "\xC3\xA9", "\xC3\x89", "\\", "1"};
  std::string out;
  for (std::size_t left = random.below(14); left > 0; --left) out += parts[random.below(random.one_in(3) ? parts.size() : 6)];
  return out;
}

inline std::string any_text(Random& random) { return random.one_in(3) ? folding_text(random) : random.of(spellings()); }

/// Owns what its cells point to.
class RandomEvent {
 public:
  RandomEvent(Random& random, std::size_t fields) {
    for (std::size_t i = 0; i < fields; ++i) fields_.push_back(cell(random, true));
    for (std::size_t i = random.below(5); i > 0; --i) all_.push_back({text("n"), cell(random, true)});
    auto& header = view_.header;
    header.computer = random.one_in(5) ? abi::Cell::none() : text(any_text(random));
    header.channel = random.one_in(5) ? abi::Cell::none() : text(any_text(random));
    header.provider = random.one_in(5) ? abi::Cell::none() : text(any_text(random));
    header.code = cell(random, false);
    header.record_id = cell(random, false);
    header.time = random.one_in(2) ? 15'778'368'000'000'000 : static_cast<std::int64_t>(random.bits() >> 8);
    header.has_time = random.one_in(6) ? 0 : 1;
    view_.fields = fields_.data();
    view_.field_count = static_cast<std::uint32_t>(fields_.size());
    view_.all = all_.data();
    view_.all_count = static_cast<std::uint32_t>(all_.size());
  }
  RandomEvent(const RandomEvent&) = delete;
  RandomEvent& operator=(const RandomEvent&) = delete;
  const abi::EventView& view() const { return view_; }

 private:
  abi::Cell text(std::string value) {
    // Exactly as long as its text: a read behind it is one that the sanitizer sees.
    auto& owned = texts_.emplace_back(value.begin(), value.end());
    return {{owned.data()}, static_cast<std::uint32_t>(owned.size()), abi::Wire::text};
  }
  abi::Cell cell(Random& random, bool lists) {
    static const std::int64_t numbers[] = {0, 1, -1, 7, 10, 128, 129, 0x130197, 1537, INT64_MAX, INT64_MIN, INT64_MIN + 1, 15'778'368'000'000'000};
    switch (random.below(lists ? 12 : 10)) {
      case 0: return abi::Cell::none();
      case 1: case 2: return abi::Cell::of_number(random.of(numbers), abi::Wire::dec);
      case 3: return abi::Cell::of_number(random.of(numbers), abi::Wire::udec);
      case 4: return abi::Cell::of_number(random.of(numbers), abi::Wire::hex);
      case 10: {
        auto& cells = lists_.emplace_back();
        for (std::size_t left = random.below(4); left > 0; --left) cells.push_back(cell(random, false));
        return abi::Cell::of_list(cells.data(), static_cast<std::uint32_t>(cells.size()));
      }
      default: return text(any_text(random));
    }
  }

  abi::EventView view_{};
  std::deque<std::vector<char>> texts_;
  std::deque<std::vector<abi::Cell>> lists_;
  std::vector<abi::Cell> fields_;
  std::vector<abi::NamedCell> all_;
};

inline program::Operand random_operand(Random& random, std::size_t fields, bool anywhere) {
  using program::From;
  static const From header[] = {From::computer, From::channel, From::provider, From::event_id, From::record_id, From::time, From::missing};
  program::Operand operand;
  operand.from = random.one_in(5) ? random.of(header) : anywhere && random.one_in(12) ? From::anywhere : From::slot;
  if (operand.from == From::slot) operand.slot = static_cast<std::uint32_t>(random.below(fields));
  static const value::Type often[] = {value::Type::text, value::Type::path, value::Type::integer, value::Type::mask};
  operand.field_type = random.one_in(2) ? random.of(often) : random.of(value::kTypes);
  if (random.one_in(6)) operand.function = static_cast<program::Function>(random.below(12));
  operand.type = value::result_type(static_cast<value::Function>(operand.function), operand.field_type);
  return operand;
}

inline program::Atom random_atom(Random& random, std::size_t fields, program::Op op) {
  using program::Op;
  program::Atom atom;
  atom.op = op;
  atom.left = random_operand(random, fields, op < Op::eq_field);
  atom.cased = random.one_in(4);
  atom.all = random.one_in(2);
  std::size_t values = 0;
  switch (op) {
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge: values = 1; break;
    case Op::in: case Op::not_in: values = random.below(random.one_in(4) ? 20 : 4); break;
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches: values = random.one_in(2) ? 1 : 1 + random.below(3); break;
    case Op::has: case Op::has_any: case Op::lacks: values = 1; break;
    case Op::exists: case Op::missing: break;
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: atom.right = random_operand(random, fields, false); break;
  }
  static const std::string patterns[] = {"a", "^task", "k+$", "\\\\cmd", "[0-9]{2}", "\\x{FFFD}", "^$", "s|k", "task(mgr)?", "CORP|system32", "Windows.*cmd", "(cmd|hello).*[a-z]{3}"};
  static const std::string masks[] = {"0x0", "0x1", "0x80", "0x81", "0x130197", "0xffffffffffffffff", "0x601"};
  static const std::string networks[] = {"10.0.0.0/8", "fe80::/10", "10.0.0.5/32"};
  static const std::string numbers[] = {"0", "1", "-1", "7", "10", "128", "0x80", "9223372036854775807", "9223372036854775808", "18446744073709551615", "-9223372036854775808"};
  for (; values > 0; --values) {
    std::string value = any_text(random);
    const auto type = atom.left.type;
    if (op == Op::matches) value = random.of(patterns);
    else if (op == Op::has || op == Op::has_any || op == Op::lacks) value = random.of(masks);
    else if (type == value::Type::integer && !random.one_in(5)) value = random.of(numbers);
    else if (type == value::Type::mask && !random.one_in(5)) value = random.of(masks);
    else if (type == value::Type::ip && random.one_in(3)) value = random.of(networks);
    else if (op == Op::like) value = (random.one_in(2) ? "*" : "") + value.substr(0, random.below(6)) + (random.one_in(5) ? "?" : "") + (random.one_in(2) ? "*" : "");
    else if (op >= Op::contains && op <= Op::ends && random.one_in(2)) value = value.substr(0, 1 + random.below(4));
    atom.values.push_back(std::move(value));
    if (op == Op::matches) atom.flags.push_back(random.one_in(2) ? "i" : "");
  }
  return atom;
}

/// Links l0 …, body i of each plan belongs to link i. Every operation occurs in every plan of enough atoms.
inline program::Program random_program(Random& random, std::size_t plans, std::size_t atoms, std::size_t bodies) {
  constexpr std::size_t kFields = 5;
  program::Program program;
  for (std::size_t i = 0; i < bodies; ++i) {
    program::Link link;
    link.name = "p.l" + std::to_string(i);
    link.captures.push_back({"computer", value::Type::host, false, {}});
    program.links.push_back(std::move(link));
  }
  for (std::size_t p = 0; p < plans; ++p) {
    program::EventPlan plan;
    plan.source = "p.s";
    plan.code = std::to_string(p);
    plan.channels = {"c"};
    plan.projection.all = true;
    for (std::size_t i = 0; i < kFields; ++i) plan.projection.fields.push_back("F" + std::to_string(i));
    for (std::size_t i = 0; i < atoms; ++i) {
      const auto op = static_cast<program::Op>(i % (static_cast<std::size_t>(program::Op::ends_field) + 1));
      plan.atoms.push_back(random_atom(random, kFields, op));
      plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(i), {}});
    }
    plan.nodes.push_back({program::NodeKind::always, program::kNone, {}});
    plan.nodes.push_back({program::NodeKind::never, program::kNone, {}});
    std::vector<std::uint32_t> depth(plan.nodes.size(), 1);
    for (std::size_t i = 0; i < atoms; ++i) {
      program::Node node;
      std::size_t children = 1;
      if (random.one_in(4)) node.kind = program::NodeKind::negation;
      else {
        node.kind = random.one_in(2) ? program::NodeKind::conjunction : program::NodeKind::disjunction;
        children = 1 + random.below(4);
      }
      std::uint32_t own = 1;
      while (node.children.size() < children) {
        const auto child = static_cast<std::uint32_t>(random.below(plan.nodes.size()));
        if (depth[child] > 30) continue;
        node.children.push_back(child);
        own = std::max(own, depth[child] + 1);
      }
      plan.nodes.push_back(std::move(node));
      depth.push_back(own);
    }
    for (std::size_t i = 0; i < bodies; ++i) {
      program::Body body;
      body.link = static_cast<std::uint32_t>(i);
      // The first bodies are the atoms themselves, so that no question hides behind another.
      body.root = static_cast<std::uint32_t>(i < atoms ? i : random.below(plan.nodes.size()));
      program::Operand computer;
      computer.from = program::From::computer;
      computer.type = computer.field_type = value::Type::host;
      body.captures.push_back({computer});
      plan.bodies.push_back(std::move(body));
    }
    program.events.push_back(std::move(plan));
  }
  return program;
}

}  // namespace chainhunt::test

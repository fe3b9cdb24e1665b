#include "runtime/match/sieve.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "runtime/base/digest.h"
#include "runtime/value/function.h"
#include "runtime/value/set.h"
#include "runtime/value/text.h"

namespace chainhunt::match {
namespace {

using abi::Cell;
using abi::Wire;
using program::Atom;
using program::From;
using program::NodeKind;
using program::Op;

/// No guard.
constexpr double kNever = 1e9;

/// How a literal of so many bytes divides records: long parts of free text are rare, whole values and endings repeat.
double weight_of_text(std::size_t bytes, bool whole_field) {
  const double size = static_cast<double>(bytes);
  return (whole_field ? 16.0 : 1.0) / (1.0 + size * size);
}

/// Of `anywhere`: the fields of a record are told apart, so that times and counters do not push out what repeats.
constexpr std::size_t kTables = 32;

/// A text of fewer bytes is searched through as fast as it is looked up in memory.
constexpr std::size_t kQuick = 32;

bool is_text_form(Op op) { return op == Op::like || op == Op::contains || op == Op::starts || op == Op::ends || op == Op::matches; }

/// Any of these texts, folded, stands in every value of which the atom is true; none: not known.
struct Needed {
  std::vector<std::string> texts;
  bool exact = false;  ///< and where one stands (at the place the form says), the atom is true
};

std::string longest(const value::Wildcard& wildcard) {
  std::string out;
  for (const std::string& part : wildcard.parts()) {
    if (part.size() > out.size()) out = part;
  }
  return wildcard.cased() ? value::fold(out) : out;
}

/// Nothing: some value without any such text may satisfy it.
std::optional<std::string> needed_of(const Atom& atom, const std::string& value) {
  std::string out;
  if (atom.op == Op::like) out = longest(value::Wildcard(value, atom.cased));
  else out = value::fold(value);
  if (out.empty()) return std::nullopt;
  return out;
}

std::optional<Needed> needed(const Atom& atom) {
  Needed out;
  if (atom.op == Op::matches) {
    for (std::size_t i = 0; i < atom.values.size(); ++i) {
      const auto texts = value::Regex::needed(atom.values[i], i < atom.flags.size() ? atom.flags[i] : std::string());
      if (texts.empty()) {
        if (atom.all) continue;
        return std::nullopt;
      }
      if (atom.all && !out.texts.empty()) continue;
      out.texts.insert(out.texts.end(), texts.begin(), texts.end());
    }
    return out.texts.empty() ? std::nullopt : std::optional(out);
  }
  for (const std::string& value : atom.values) {
    auto text = needed_of(atom, value);
    if (atom.all && atom.values.size() > 1) {
      // All of them: the longest stands for the others.
      if (text && (out.texts.empty() || text->size() > out.texts.front().size())) out.texts.assign(1, std::move(*text));
      continue;
    }
    if (!text) return std::nullopt;
    out.texts.push_back(std::move(*text));
  }
  if (out.texts.empty()) return std::nullopt;
  out.exact = value::is_text(atom.left.type) && !atom.cased && atom.op != Op::like && !(atom.all && atom.values.size() > 1);
  return out;
}

/// Equality of texts: found through a table of whole values.
bool is_whole_text(const Atom& atom) { return (atom.op == Op::eq || atom.op == Op::in) && value::is_text(atom.left.type); }

/// True of few values, and costs little to ask of each: worth a guard where a body has no text.
bool is_asked(const Atom& atom) {
  switch (atom.op) {
    case Op::eq: case Op::in: case Op::has: case Op::has_any: case Op::lt: case Op::le: case Op::gt: case Op::ge: return true;
    case Op::ne: case Op::not_in: case Op::lacks: case Op::exists: case Op::missing: case Op::like: case Op::contains: case Op::starts:
    case Op::ends: case Op::matches: case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field:
    case Op::ge_field: case Op::contains_field: case Op::starts_field: case Op::ends_field: return false;
  }
  return false;
}

/// Where the values of an operand come from, so that atoms about one value stand together.
auto place_of(const program::Operand& operand) {
  return std::tuple(operand.from, operand.from == From::slot ? operand.slot : 0, operand.function, operand.field_type);
}

/// What asking an atom costs, in searches through one short text.
double cost_of(const Atom& atom) {
  double cost = 0.1;
  const double values = static_cast<double>(atom.values.size());
  switch (atom.op) {
    case Op::contains: case Op::like: cost = values; break;
    case Op::matches: cost = 4 * values; break;
    case Op::starts: case Op::ends: cost = 0.2 * values; break;  // inline
    case Op::eq: case Op::ne: case Op::in: case Op::not_in: cost = value::is_text(atom.left.type) ? 0.2 : 0.5; break;
    case Op::lt: case Op::le: case Op::gt: case Op::ge: case Op::has: case Op::has_any: case Op::lacks: case Op::exists: case Op::missing: break;
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: cost = 1; break;
  }
  if (atom.left.function != program::Function::none) cost += 1;
  if (atom.left.from == From::anywhere) cost *= 16;  // each of the record's fields
  return cost;
}

/// In the same unit: what the sieve spends on a record, its values remembered.
constexpr double kCostOfSieving = 10;

}  // namespace

bool worth_sieving(const program::EventPlan& plan) {
  double cost = 0;
  for (const Atom& atom : plan.atoms) {
    cost += cost_of(atom);
    if (cost > kCostOfSieving) return true;
  }
  return false;
}

/// All atoms about one value.
struct Sieve::Group {
  enum class Form : std::uint8_t { contains, starts, ends, asked };
  struct Literal {
    std::uint32_t atom;
    Form form;
  };
  program::Operand operand;
  Literals literals;
  std::vector<Literal> forms;                                         // by the literals' ids
  std::unordered_map<std::string, std::vector<std::uint32_t>> whole;  // folded texts
  std::vector<std::uint32_t> asked;                                   // of each value
};

Sieve::Sieve(const interp::Evaluator& evaluator, std::uint32_t plan) : evaluator_(evaluator), plan_(plan) {
  grouped_.resize(evaluator.program().events[plan].atoms.size());
  add_guards();
  for (Group& group : groups_) group.literals.build();
}

Sieve::~Sieve() = default;

void Sieve::add_atom(std::uint32_t index) {
  if (grouped_[index]) return;
  grouped_[index] = true;
  const Atom& atom = evaluator_.program().events[plan_].atoms[index];
  const auto same = [&](const Group& group) { return place_of(group.operand) == place_of(atom.left); };
  auto found = std::find_if(groups_.begin(), groups_.end(), same);
  if (found == groups_.end()) {
    groups_.emplace_back();
    found = groups_.end() - 1;
    found->operand = atom.left;
  }
  Group& group = *found;
  if (is_whole_text(atom)) {
    for (const std::string& value : atom.values) group.whole[value::fold(value)].push_back(index);
  } else if (is_text_form(atom.op)) {
    const Needed texts = *needed(atom);
    Group::Form form = Group::Form::asked;
    if (texts.exact) form = atom.op == Op::starts ? Group::Form::starts : atom.op == Op::ends ? Group::Form::ends : Group::Form::contains;
    if (atom.op == Op::matches) form = Group::Form::asked;
    for (const std::string& text : texts.texts) {
      group.literals.add(text, static_cast<std::uint32_t>(group.forms.size()));
      group.forms.push_back({index, form});
    }
  } else {
    group.asked.push_back(index);
  }
}

void Sieve::add_guards() {
  const program::EventPlan& plan = evaluator_.program().events[plan_];
  std::vector<Guard> guards(plan.nodes.size());  // children stand before their parents
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const program::Node& node = plan.nodes[i];
    Guard& guard = guards[i];
    guard.weight = kNever;
    switch (node.kind) {
      case NodeKind::always:
      case NodeKind::negation: break;
      case NodeKind::never: guard.weight = 0; break;
      case NodeKind::atom: {
        const Atom& atom = plan.atoms[node.atom];
        const bool anywhere = atom.left.from == From::anywhere;
        if (is_whole_text(atom)) {
          guard.weight = 0;
          for (const auto& value : atom.values) guard.weight += weight_of_text(value.size(), true);
        } else if (is_text_form(atom.op)) {
          if (const auto texts = needed(atom)) {
            guard.weight = 0;
            for (const auto& text : texts->texts) guard.weight += weight_of_text(text.size(), atom.op == Op::starts || atom.op == Op::ends);
          }
        } else if (is_asked(atom) && atom.left.from != From::time && atom.left.from != From::record_id) {
          guard.weight = atom.op == Op::eq || atom.op == Op::in ? 0.3 : 0.6;
        }
        if (anywhere && guard.weight < kNever) guard.weight *= 4;  // of every field
        if (guard.weight < kNever) guard.atoms = {node.atom};
        break;
      }
      case NodeKind::conjunction: {
        const Guard* best = &guard;
        for (const auto child : node.children) {
          if (guards[child].weight < best->weight) best = &guards[child];
        }
        if (best != &guard) guard = *best;
        break;
      }
      case NodeKind::disjunction:
        guard.weight = 0;
        for (const auto child : node.children) {
          if (guards[child].weight >= kNever) {
            guard = Guard{kNever, {}};
            break;
          }
          guard.weight += guards[child].weight;
          guard.atoms.insert(guard.atoms.end(), guards[child].atoms.begin(), guards[child].atoms.end());
        }
        break;
    }
  }
  std::vector<std::vector<std::uint32_t>> bodies(plan.atoms.size());
  for (std::uint32_t i = 0; i < plan.bodies.size(); ++i) {
    const Guard& guard = guards[plan.bodies[i].root];
    if (guard.weight >= kNever) {
      always_.push_back(i);
      continue;
    }
    for (const auto atom : guard.atoms) {
      add_atom(atom);
      if (bodies[atom].empty() || bodies[atom].back() != i) bodies[atom].push_back(i);
    }
  }
  first_.push_back(0);
  for (const auto& own : bodies) {
    guarded_.insert(guarded_.end(), own.begin(), own.end());
    first_.push_back(static_cast<std::uint32_t>(guarded_.size()));
  }
}

Sieve::State::State(const Sieve& sieve, Budget& budget) {
  const program::EventPlan& plan = sieve.evaluator_.program().events[sieve.plan_];
  for (const Group& group : sieve.groups_) remembered_.emplace_back(group.operand.from == From::anywhere ? kTables : 1, Remembered(budget));
  answered_.assign(plan.atoms.size(), 0);
  checked_.assign(plan.atoms.size(), 0);
  looked_at_.assign(plan.bodies.size(), 0);
}

bool Sieve::holds(std::uint32_t index, const abi::EventView& event, value::Scratch& scratch, State& state) const {
  const program::Node& node = evaluator_.program().events[plan_].nodes[index];
  switch (node.kind) {
    case NodeKind::always: return true;
    case NodeKind::never: return false;
    case NodeKind::atom: {
      std::uint32_t& answer = state.answered_[node.atom];
      if (grouped_[node.atom]) return answer >> 1 == state.record_;  // all that is true of a value has been found
      if (answer >> 1 != state.record_) answer = state.record_ << 1 | (evaluator_.atom(plan_, node.atom, event, scratch) ? 1u : 0u);
      return (answer & 1) != 0;
    }
    case NodeKind::conjunction:
      return std::all_of(node.children.begin(), node.children.end(), [&](auto child) { return holds(child, event, scratch, state); });
    case NodeKind::disjunction:
      return std::any_of(node.children.begin(), node.children.end(), [&](auto child) { return holds(child, event, scratch, state); });
    case NodeKind::negation: return !holds(node.children.front(), event, scratch, state);
  }
  return false;
}

void Sieve::look_at(std::uint32_t body, const abi::EventView& event, value::Scratch& scratch, State& state, std::uint64_t* bits) const {
  if (state.looked_at_[body] == state.record_) return;
  state.looked_at_[body] = state.record_;
  if (holds(evaluator_.program().events[plan_].bodies[body].root, event, scratch, state)) bits[body / 64] |= std::uint64_t{1} << (body % 64);
}

void Sieve::next_value(State& state) {
  if (++state.value_ != 0) return;
  std::fill(state.checked_.begin(), state.checked_.end(), 0);
  state.value_ = 1;
}

void Sieve::found(std::uint32_t atom, State& state) {
  if (state.answered_[atom] >> 1 == state.record_) return;  // of another value of this record
  state.answered_[atom] = state.record_ << 1 | 1;
  state.found_.push_back(atom);
}

/// Fills State::true_ with the group's atoms that are true of one element.
void Sieve::find(const Group& group, const Cell& element, const abi::EventView& event, value::Scratch& scratch, State& state) const {
  if (element.wire == Wire::absent) return;  // nothing here is true of what is not there
  next_value(state);
  const auto check = [&](std::uint32_t atom, bool known) {
    if (state.checked_[atom] == state.value_) return;
    state.checked_[atom] = state.value_;
    if (known || evaluator_.ask(plan_, atom, element, event, scratch)) state.true_.push_back(atom);
  };
  if (!group.literals.empty() || !group.whole.empty()) {
    const value::Spelling spelling(element);
    state.folded_.clear();
    value::fold_to(spelling.view(), state.folded_);
    if (!group.whole.empty()) {
      if (const auto found = group.whole.find(state.folded_); found != group.whole.end()) {
        for (const auto atom : found->second) check(atom, false);
      }
    }
    const std::size_t size = state.folded_.size();
    group.literals.find(state.folded_, [&](std::uint32_t id, std::size_t at, std::size_t bytes) {
      const Group::Literal& literal = group.forms[id];
      switch (literal.form) {
        case Group::Form::contains: check(literal.atom, true); break;
        case Group::Form::starts:
          if (at == 0) check(literal.atom, true);
          break;
        case Group::Form::ends:
          if (at + bytes == size) check(literal.atom, true);
          break;
        case Group::Form::asked: check(literal.atom, false); break;
      }
    });
  }
  for (const auto atom : group.asked) check(atom, false);
}

void Sieve::ask_value(const Group& group, Remembered& remembered, const Cell& cell, const abi::EventView& event, value::Scratch& scratch, State& state) const {
  if (cell.wire == Wire::absent || cell.wire == Wire::list) return;  // a list in a list is no value
  ++state.counts_.values;
  const bool plain = group.asked.empty() && group.operand.function == program::Function::none;
  const bool quick = plain && cell.wire == Wire::text && cell.size < kQuick;
  const std::vector<std::uint32_t>* atoms = quick ? nullptr : remembered.find(cell);
  if (atoms != nullptr) {
    ++state.counts_.remembered;
  } else {
    state.true_.clear();
    Cell applied = cell;
    if (group.operand.function != program::Function::none) {
      applied = value::apply(static_cast<value::Function>(group.operand.function), group.operand.field_type, cell, scratch);
    }
    value::any_element(applied, [&](const Cell& element) {
      find(group, element, event, scratch, state);
      return false;
    });
    if (!quick) remembered.remember(cell, state.true_);
    atoms = &state.true_;
  }
  for (const auto atom : *atoms) found(atom, state);
}

/// All values of a record at once: joined by a byte that no folded text holds, so that nothing is found across two.
void Sieve::ask_anywhere(const Group& group, const abi::EventView& event, value::Scratch& scratch, State& state) const {
  constexpr char kBetween = '\xff';
  state.folded_.clear();
  for (std::uint32_t i = 0; i < event.all_count; ++i) {
    value::any_element(event.all[i].value, [&](const Cell& element) {
      if (element.wire == Wire::absent || element.wire == Wire::list) return false;
      const value::Spelling spelling(element);
      value::fold_to(spelling.view(), state.folded_);
      state.folded_ += kBetween;
      return false;
    });
  }
  next_value(state);
  group.literals.find(state.folded_, [&](std::uint32_t id, std::size_t, std::size_t) {
    const auto [atom, form] = group.forms[id];
    if (state.checked_[atom] == state.value_) return;
    state.checked_[atom] = state.value_;
    if (form == Group::Form::contains || evaluator_.atom(plan_, atom, event, scratch)) found(atom, state);
  });
}

void Sieve::ask_group(const Group& group, std::size_t index, const abi::EventView& event, value::Scratch& scratch, State& state) const {
  if (group.operand.from == From::anywhere && group.whole.empty() && group.asked.empty() && group.operand.function == program::Function::none) {
    ask_anywhere(group, event, scratch, state);
    return;
  }
  if (group.operand.from == From::anywhere) {
    for (std::uint32_t i = 0; i < event.all_count; ++i) {
      const std::string_view name = event.all[i].name.view();
      Remembered& remembered = state.remembered_[index][base::hash(name) % kTables];
      value::any_element(event.all[i].value, [&](const Cell& element) {
        ask_value(group, remembered, element, event, scratch, state);
        return false;
      });
    }
    return;
  }
  program::Operand raw = group.operand;
  raw.function = program::Function::none;
  value::any_element(interp::value_of(raw, event, scratch), [&](const Cell& element) {
    ask_value(group, state.remembered_[index].front(), element, event, scratch, state);
    return false;
  });
}

void Sieve::match(const abi::EventView& event, value::Scratch& scratch, State& state, std::uint64_t* bits) const {
  std::fill_n(bits, evaluator_.words_of(plan_), 0);
  if (++state.record_ >= 1u << 31) {
    std::fill(state.answered_.begin(), state.answered_.end(), 0);
    std::fill(state.looked_at_.begin(), state.looked_at_.end(), 0);
    state.record_ = 1;
  }
  state.found_.clear();
  for (std::size_t i = 0; i < groups_.size(); ++i) ask_group(groups_[i], i, event, scratch, state);
  for (const auto atom : state.found_) {
    for (std::uint32_t i = first_[atom]; i < first_[atom + 1]; ++i) look_at(guarded_[i], event, scratch, state, bits);
  }
  for (const auto body : always_) look_at(body, event, scratch, state, bits);
}

}  // namespace chainhunt::match

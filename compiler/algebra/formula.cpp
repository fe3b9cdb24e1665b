#include "compiler/algebra/formula.h"

#include <algorithm>

#include "runtime/base/text.h"

namespace chainhunt::algebra {
namespace {

using model::OperandKind;
using model::PredicateKind;
using syntax::CompareOp;

void put(std::string& key, std::string_view text) {
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

void put(std::string& key, const model::Operand& operand) {
  key += static_cast<char>('a' + static_cast<int>(operand.kind));
  key += static_cast<char>('a' + static_cast<int>(operand.function));
  key += static_cast<char>('a' + static_cast<int>(operand.type.type));
  // Lowering takes the field's type only where there is a function.
  const auto& field_type = operand.function == model::Function::none ? operand.type : operand.field_type;
  key += static_cast<char>('a' + static_cast<int>(field_type.type));
  put(key, operand.kind == OperandKind::field ? operand.name : std::string());
}

std::string key_of(const model::Predicate& atom) {
  std::string key;
  key += static_cast<char>('a' + static_cast<int>(atom.kind));
  put(key, atom.left);
  if (atom.kind != PredicateKind::compare) return key;
  key += static_cast<char>('a' + static_cast<int>(atom.op));
  key += atom.cased ? 'c' : '-';
  key += atom.quantifier == syntax::Quantifier::all ? 'a' : '-';
  if (atom.right) {
    put(key, *atom.right);
    return key;
  }
  for (std::size_t i = 0; i < atom.values.size(); ++i) {
    put(key, atom.values[i]);
    if (atom.op == CompareOp::matches) put(key, i < atom.flags.size() ? atom.flags[i] : std::string());
  }
  return key;
}

std::uint64_t fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: the same everywhere
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// Equal values are answered by looking, automata cost more the less they fix.
std::uint32_t cost_of(const model::Predicate& atom) {
  constexpr std::uint32_t kExists = 1, kCompare = 2, kParts = 4, kPattern = 8, kRegex = 20, kAnywhere = 30, kTwoFields = 40;
  if (atom.kind != PredicateKind::compare) return kExists;
  if (atom.right) return kTwoFields;
  if (atom.left.kind == OperandKind::anywhere) return kAnywhere;
  const std::uint32_t function = atom.left.function == model::Function::none ? 0 : kParts;
  const auto many = static_cast<std::uint32_t>(std::min<std::size_t>(atom.values.size(), 16));
  if (atom.op == CompareOp::matches) return kRegex * std::max(many, 1u) + function;
  if (atom.op == CompareOp::like) return kPattern * std::max(many, 1u) + function;
  if (is_text_form(atom.op)) return kParts * std::max(many, 1u) + function;
  return kCompare + many / 4 + function;
}

}  // namespace

Formulas::Formulas(const model::Model& model) : Formulas([&] {
  auto lasting = std::make_shared<Lasting>();
  for (const auto& link : model.links) {
    for (const auto& event : link.events) lasting->insert(&event.predicate);
  }
  return lasting;
}()) {}

Formulas::Formulas(std::shared_ptr<const Lasting> lasting) : lasting_(std::move(lasting)) {
  nodes_.emplace_back();  // always
  // As HeaderField numbers them.
  for (const auto kind : {OperandKind::computer, OperandKind::channel, OperandKind::provider, OperandKind::event_id, OperandKind::record_id, OperandKind::time}) {
    model::Operand operand;
    operand.kind = kind;
    field(operand);
  }
}

FieldId Formulas::field(const model::Operand& operand) {
  std::string key(1, static_cast<char>('a' + static_cast<int>(operand.kind)));
  if (operand.kind == OperandKind::field) {
    for (const char c : operand.name) key += base::lower_ascii(c);
  }
  const auto [found, fresh] = field_ids_.try_emplace(std::move(key), static_cast<FieldId>(fields_.size()));
  if (fresh) fields_.push_back({operand.kind, operand.name});
  return found->second;
}

Literal Formulas::literal(const model::Predicate& predicate) {
  const bool missing = predicate.kind == PredicateKind::missing;
  std::string key;
  if (missing) {
    model::Predicate exists = predicate;
    exists.kind = PredicateKind::exists;
    return literal(exists).negated();
  }
  key = key_of(predicate);
  if (const auto found = atom_ids_.find(key); found != atom_ids_.end()) return Literal::of(found->second, true);
  const auto id = static_cast<AtomId>(atoms_.size());
  atom_ids_.emplace(key, id);
  model::Predicate own = predicate;
  own.children.clear();
  own.span = {};
  if (own.left.function == model::Function::none) own.left.field_type = own.left.type;
  if (own.right && own.right->function == model::Function::none) own.right->field_type = own.right->type;
  Atom& atom = atoms_.emplace_back(std::move(own), std::move(key));
  const auto place = [&](const model::Operand& operand) {
    return operand.kind == OperandKind::anywhere || operand.kind == OperandKind::missing ? kNothing : field(operand);
  };
  atom.left = place(atom.predicate.left);
  atom.two_fields = atom.predicate.right.has_value();
  if (atom.two_fields) atom.right = place(*atom.predicate.right);
  atom.rank = fingerprint(atom.key);
  atom.cost = cost_of(atom.predicate);
  return Literal::of(id, true);
}

Formula Formulas::add(Node node) {
  nodes_.push_back(std::move(node));
  return Formula::of(static_cast<std::uint32_t>(nodes_.size() - 1));
}

Formula Formulas::group(Shape shape, std::vector<Formula> children) {
  const bool conjunction = shape == Shape::conjunction;
  const Formula neutral = conjunction ? always() : !always();
  std::vector<Formula> kept;
  for (const Formula child : children) {
    if (child == neutral) continue;
    if (child == !neutral) return child;
    if (std::find(kept.begin(), kept.end(), child) == kept.end()) kept.push_back(child);
  }
  if (kept.empty()) return neutral;
  if (kept.size() == 1) return kept.front();
  const auto [found, fresh] = group_ids_.try_emplace({shape, kept}, static_cast<std::uint32_t>(nodes_.size()));
  if (!fresh) return Formula::of(found->second);
  Node node;
  node.shape = shape;
  for (const Formula child : kept) node.cost += this->node(child).cost;
  node.children = std::move(kept);
  return add(std::move(node));
}

Formula Formulas::build(const model::Predicate& predicate) {
  switch (predicate.kind) {
    case PredicateKind::always: return always();
    case PredicateKind::never: return !always();
    case PredicateKind::conjunction:
    case PredicateKind::disjunction: {
      std::vector<Formula> children;
      for (const auto& child : predicate.children) children.push_back(build(child));
      return group(predicate.kind == PredicateKind::conjunction ? Shape::conjunction : Shape::disjunction, std::move(children));
    }
    case PredicateKind::negation: return predicate.children.empty() ? !always() : !build(predicate.children.front());
    case PredicateKind::exists:
    case PredicateKind::missing:
    case PredicateKind::compare: break;
  }
  // As lowering has it: no text is among none.
  const bool list = is_list_form(predicate.op);
  if (predicate.kind == PredicateKind::compare && !predicate.right && predicate.values.empty() && !list && predicate.quantifier != syntax::Quantifier::all) {
    return !always();
  }
  return of(literal(predicate));
}

Formula Formulas::of(Literal literal) {
  const auto [found, fresh] = atom_nodes_.try_emplace(literal.atom(), static_cast<std::uint32_t>(nodes_.size()));
  if (fresh) add(Node{Shape::atom, literal.atom(), {}, atoms_[literal.atom()].cost});
  return Formula::of(found->second, !literal.truth());
}

Formula Formulas::of(const model::Predicate& predicate) {
  if (!lasting_->contains(&predicate)) return build(predicate);
  const auto known = known_.find(&predicate);
  if (known != known_.end()) return known->second;
  const Formula formula = build(predicate);
  known_.emplace(&predicate, formula);
  return formula;
}

}  // namespace chainhunt::algebra

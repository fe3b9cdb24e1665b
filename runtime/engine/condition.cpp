#include "runtime/engine/condition.h"

#include <algorithm>

namespace chainhunt::engine {
namespace {

using abi::Cell;

/// The fields that a node's atoms read.
void fields_of(const program::EventPlan& plan, std::uint32_t node, std::vector<std::uint32_t>& out) {
  const program::Node& own = plan.nodes[node];
  for (const std::uint32_t child : own.children) fields_of(plan, child, out);
  if (own.kind != program::NodeKind::atom) return;
  const program::Atom& atom = plan.atoms[own.atom];
  for (const auto* operand : {&atom.left, &atom.right}) {
    if (operand->from == program::From::slot && operand->slot < plan.projection.fields.size()) out.push_back(operand->slot);
  }
}

}  // namespace

Result<std::unique_ptr<Condition>> Condition::make(const program::Chain& chain) {
  if (!chain.where) return std::unique_ptr<Condition>();
  std::unique_ptr<Condition> out(new Condition());
  const program::StepCondition& where = *chain.where;
  out->where_ = &where;
  for (const auto& field : where.fields) {
    const auto found = std::find(out->labels_.begin(), out->labels_.end(), field.label);
    out->field_labels_.push_back(static_cast<std::uint32_t>(found - out->labels_.begin()));
    if (found == out->labels_.end()) out->labels_.push_back(field.label);
  }
  const std::uint32_t root = where.plan.bodies.front().root;
  std::vector<std::uint32_t> parts = {root};
  if (where.plan.nodes[root].kind == program::NodeKind::conjunction) parts = where.plan.nodes[root].children;
  for (const std::uint32_t part : parts) {
    program::EventPlan plan = where.plan;
    plan.bodies.front().root = part;
    out->program_.events.push_back(std::move(plan));
    std::vector<std::uint32_t> fields;
    fields_of(where.plan, part, fields);
    auto& labels = out->part_labels_.emplace_back();
    for (const std::uint32_t field : fields) labels.push_back(out->field_labels_[field]);
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  }
  auto evaluator = interp::Evaluator::make(out->program_);
  if (!evaluator) return evaluator.error();
  out->evaluator_ = std::make_unique<interp::Evaluator>(std::move(*evaluator));
  return out;
}

bool Condition::holds(std::size_t part, const std::vector<const EntityHit*>& steps, State& state) const {
  state.cells.clear();
  state.elements.clear();
  std::size_t elements = 0;
  for (const auto& step : steps) {
    if (step == nullptr) continue;
    for (const auto& captured : step->captures) elements += captured.elements.size();
  }
  state.elements.reserve(elements * where_->fields.size() + 1);  // cells of lists point into it
  for (std::size_t f = 0; f < where_->fields.size(); ++f) {
    const auto& field = where_->fields[f];
    const EntityHit* hit = steps[field_labels_[f]];
    const auto link = hit == nullptr ? field.links.end() : std::find(field.links.begin(), field.links.end(), hit->link);
    Cell& cell = state.cells.emplace_back(Cell::none());
    if (link == field.links.end()) continue;
    const std::uint32_t capture = field.captures[static_cast<std::size_t>(link - field.links.begin())];
    if (capture >= hit->captures.size()) continue;
    const Captured& captured = hit->captures[capture];
    if (!captured.present) continue;
    if (captured.elements.empty()) {
      cell = Cell::of_text(captured.text);
      continue;
    }
    const std::size_t first = state.elements.size();
    for (const auto& element : captured.elements) state.elements.push_back(Cell::of_text(element));
    cell = Cell::of_list(state.elements.data() + first, static_cast<std::uint32_t>(captured.elements.size()));
  }
  abi::EventView view;
  view.fields = state.cells.data();
  view.field_count = static_cast<std::uint32_t>(state.cells.size());
  std::uint64_t bits = 0;
  evaluator_->evaluate(static_cast<std::uint32_t>(part), view, state.interp, &bits);
  return bits != 0;
}

}  // namespace chainhunt::engine

#include "runtime/match/recognisers.h"

#include <algorithm>

namespace chainhunt::match {

std::uint32_t Recognisers::slot(const std::string& path) {
  if (path.empty()) return abi::RecordSource::kNoSlot;
  auto& fields = projection_.fields;
  const auto found = std::find(fields.begin(), fields.end(), path);
  const auto at = static_cast<std::uint32_t>(found - fields.begin());
  if (found == fields.end()) fields.push_back(path);
  return at;
}

Result<std::unique_ptr<Recognisers>> Recognisers::make(const program::Program& program) {
  if (program.sources.empty()) return std::unique_ptr<Recognisers>();
  std::unique_ptr<Recognisers> out(new Recognisers());
  for (const program::RecordSource& own : program.sources) {
    abi::RecordSource source;
    source.name = own.name;
    source.time = out->slot(own.time_path);
    source.code = out->slot(own.code_path);
    source.computer = out->slot(own.computer_path);
    source.only_code = own.only_code;
    source.time_format = own.time_format;
    source.zone = own.zone;
    out->sources_.push_back(std::move(source));
    program::EventPlan plan = own.recognise;
    for (auto& atom : plan.atoms) {
      for (auto* operand : {&atom.left, &atom.right}) {
        if (operand->from == program::From::slot && operand->slot < own.recognise.projection.fields.size()) {
          operand->slot = out->slot(own.recognise.projection.fields[operand->slot]);
        }
      }
    }
    out->projection_.all = out->projection_.all || plan.projection.all;
    out->program_.events.push_back(std::move(plan));
  }
  for (auto& plan : out->program_.events) plan.projection = out->projection_;
  auto evaluator = interp::Evaluator::make(out->program_);
  if (!evaluator) return evaluator.error();
  out->evaluator_ = std::make_unique<interp::Evaluator>(std::move(*evaluator));
  return out;
}

const abi::RecordSource* Recognisers::recognise(const abi::EventView& event, interp::State& state) const {
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    std::uint64_t holds = 0;
    evaluator_->evaluate(i, event, state, &holds);
    if (holds != 0) return &sources_[i];
  }
  return nullptr;
}

}  // namespace chainhunt::match

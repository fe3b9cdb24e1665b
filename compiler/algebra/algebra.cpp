#include "compiler/algebra/algebra.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <unordered_map>

#include "compiler/algebra/search.h"
#include "compiler/plan/lower.h"
#include "runtime/base/text.h"
#include "runtime/interp/evaluator.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::OperandKind;
using model::PredicateKind;
using syntax::CompareOp;

model::Predicate header_atom(OperandKind kind, const char* name, value::Type type, CompareOp op, std::vector<std::string> values) {
  model::Predicate out;
  out.kind = PredicateKind::compare;
  out.left.kind = kind;
  out.left.name = out.left.shown = name;
  out.left.type.type = out.left.field_type.type = type;
  out.op = op;
  out.values = std::move(values);
  return out;
}

FieldValue text_value(std::string text) { return {true, false, {std::move(text)}}; }

}  // namespace

class Algebra::Impl {
 public:
  Impl(const model::Model& model, const Limits& limits, Formulas formulas)
      : model_(model), limits_(limits), formulas_(std::move(formulas)), answers_(formulas_, limits_), searcher_(formulas_, answers_, limits_) {}
  std::unique_ptr<Impl> another() const { return std::make_unique<Impl>(model_, limits_, formulas_.another()); }

  Search find(model::EventId event, const std::string& code, std::span<const model::Predicate* const> yes, std::span<const model::Predicate* const> no) {
    const Context& context = context_of(event, code);
    std::vector<Formula> roots;
    const auto want = [&](Formula root) {
      if (std::find(roots.begin(), roots.end(), root) == roots.end()) roots.push_back(root);
    };
    for (const auto* predicate : yes) want(formulas_.of(*predicate));
    for (const auto* predicate : no) want(!formulas_.of(*predicate));
    for (const Formula root : roots) {
      if (std::find(roots.begin(), roots.end(), !root) != roots.end()) return {Outcome::none, {}, {}};
    }
    // Each alone first: that is remembered, and often is the answer.
    if (roots.size() > 1) {
      const SearchResult* lucky = nullptr;
      for (const Formula root : roots) {
        const SearchResult& own = single(context, root);
        if (own.outcome == Outcome::none) return {Outcome::none, {}, {}};
        if (lucky != nullptr || own.outcome != Outcome::found) continue;
        if (std::all_of(roots.begin(), roots.end(), [&](Formula other) { return evaluate(formulas_, other, own.values); })) lucky = &own;
      }
      if (lucky != nullptr) return search_of(context, *lucky);
    }
    return search_of(context, roots.size() == 1 ? single(context, roots.front()) : searcher_.run(context, roots));
  }

  const model::Model& model() const { return model_; }
  std::uint64_t work() const { return searcher_.work(); }

 private:
  const SearchResult& single(const Context& context, Formula root) {
    auto& known = singles_[&context];
    const auto found = known.find(root.code);
    if (found != known.end()) return found->second;
    return known.emplace(root.code, searcher_.run(context, {root})).first->second;
  }

  const Context& context_of(model::EventId id, const std::string& code) {
    const auto [found, fresh] = contexts_.try_emplace({id, code});
    Context& context = found->second;
    if (!fresh) return context;
    const model::Event& event = model_.events[id];
    const model::Source& source = model_.sources[event.source];
    context.event = id;
    context.code = code;
    const auto base = [&](OperandKind kind, const char* name, value::Type type, CompareOp op, std::vector<std::string> values) {
      context.base.push_back(formulas_.literal(header_atom(kind, name, type, op, std::move(values))));
    };
    const auto present = [&](OperandKind kind, const char* name, value::Type type) {
      model::Predicate atom = header_atom(kind, name, type, CompareOp::eq, {});
      atom.kind = PredicateKind::exists;
      context.base.push_back(formulas_.literal(atom));
    };
    context.defaults.set(kComputer, text_value("TEST"));
    if (!source.channels.empty()) {
      base(OperandKind::channel, "channel", value::Type::text, CompareOp::in, source.channels);
      context.defaults.set(kChannel, text_value(source.channels.front()));
    }
    // A record of a source of one's own comes from that source: the reader that recognises it says so.
    const std::vector<std::string> recognised = {source.pack + "." + source.name};
    const auto& providers = source.json ? recognised : event.providers.empty() ? source.providers : event.providers;
    if (!providers.empty()) {
      base(OperandKind::provider, "provider", value::Type::text, CompareOp::in, providers);
      context.defaults.set(kProvider, text_value(providers.front()));
    }
    if (code.empty()) {
      context.open_code = true;
      present(OperandKind::event_id, "event_id", value::Type::integer);
      std::vector<std::string> listed;
      for (const model::EventId other : source.events) {
        if (!model_.events[other].code.empty()) listed.push_back(model_.events[other].code);
      }
      if (!listed.empty()) base(OperandKind::event_id, "event_id", value::Type::integer, CompareOp::not_in, listed);
      context.defaults.set(kEventId, text_value(unlisted(listed)));
    } else {
      base(OperandKind::event_id, "event_id", value::Type::integer, CompareOp::eq, {code});
      context.defaults.set(kEventId, text_value(code));
    }
    base(OperandKind::record_id, "record_id", value::Type::integer, CompareOp::ge, {"0"});
    context.defaults.set(kRecordId, text_value("0"));
    present(OperandKind::time, "time", value::Type::time);
    context.defaults.set(kTime, text_value(value::print_time(input::kInventedStart)));
    for (const model::Field& field : event.fields) {
      if (!value::is_text(field.type.type)) continue;
      model::Operand operand;
      operand.name = field.path.empty() ? field.name : field.path;
      operand.shown = field.snake;
      operand.type = operand.field_type = field.type;
      context.places.push_back({formulas_.field(operand), operand});
    }
    return context;
  }

  static std::string unlisted(const std::vector<std::string>& listed) {
    for (int code = 1;; ++code) {
      std::string text = std::to_string(code);
      if (std::find(listed.begin(), listed.end(), text) == listed.end()) return text;
    }
  }

  Search search_of(const Context& context, const SearchResult& result) {
    Search out{result.outcome, std::nullopt, result.reason};
    if (result.outcome != Outcome::found) return out;
    const auto text = [&](FieldId field) {
      const FieldValue* value = result.values.find(field);
      return value == nullptr || !value->present ? std::string() : value->texts.front();
    };
    input::Record record;
    record.computer = text(kComputer);
    record.channel = text(kChannel);
    record.provider = text(kProvider);
    record.code = text(kEventId);
    if (const auto number = value::parse_number(text(kRecordId))) record.record_id = number->bits();
    if (const auto ticks = value::parse_time(text(kTime))) record.time = *ticks;
    for (const auto& [field, value] : result.values.fields) {
      const FieldName& name = formulas_.name(field);
      if (name.kind == OperandKind::field && value.present) record.fields[name_in(context.event, name.name)] = {value.texts, value.list};
    }
    out.witness = std::move(record);
    return out;
  }

  /// As the event spells it.
  std::string name_in(model::EventId event, const std::string& name) const {
    for (const model::Field& field : model_.events[event].fields) {
      const std::string& own = field.path.empty() ? field.name : field.path;
      if (base::equal_ascii_case(own, name)) return own;
    }
    return name;
  }

  const model::Model& model_;
  const Limits limits_;
  Formulas formulas_;
  FieldAnswers answers_;
  Searcher searcher_;
  std::map<std::pair<model::EventId, std::string>, Context> contexts_;
  std::unordered_map<const Context*, std::unordered_map<std::uint32_t, SearchResult>> singles_;
};

Algebra::Algebra(const model::Model& model, const Limits& limits) : impl_(std::make_unique<Impl>(model, limits, Formulas(model))) {}
Algebra::Algebra(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Algebra::Algebra(Algebra&&) noexcept = default;
Algebra::~Algebra() = default;

Search Algebra::find(model::EventId event, std::span<const model::Predicate* const> yes, std::span<const model::Predicate* const> no) {
  return impl_->find(event, impl_->model().events[event].code, yes, no);
}

Search Algebra::find(const model::LinkEvent& event, std::span<const model::Predicate* const> yes, std::span<const model::Predicate* const> no) {
  return impl_->find(event.event, event.code, yes, no);
}

const model::Model& Algebra::model() const { return impl_->model(); }

std::uint64_t Algebra::work() const { return impl_->work(); }

Algebra Algebra::another() const { return Algebra(impl_->another()); }

bool holds(const model::Predicate& predicate, const input::Record& record) {
  program::Program program;
  program::EventPlan& plan = program.events.emplace_back();
  plan::Lowering lowering(plan);
  program::Body body;
  body.root = lowering.predicate(predicate);
  plan.bodies.push_back(std::move(body));
  const auto evaluator = interp::Evaluator::make(program);
  if (!evaluator) return false;
  const input::RecordView view(record, plan.projection);
  interp::State state;
  std::uint64_t bits = 0;
  evaluator->evaluate(0, view.event(), state, &bits);
  return bits != 0;
}

}  // namespace chainhunt::algebra

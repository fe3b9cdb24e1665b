// Tests in rule files: what they name must exist. Running them is the driver's business.
#include <algorithm>

#include "compiler/check/checker.h"
#include "runtime/value/time.h"

namespace chainhunt::check {
namespace {

bool is_instant(const syntax::Expr& expr) {
  if (expr.kind == syntax::ExprKind::time) return value::parse_time(expr.text).has_value();
  return value::parse_duration(expr.text).has_value() || (expr.kind == syntax::ExprKind::number && value::parse_number(expr.text).has_value());
}

bool is_count(const std::optional<syntax::Expr>& expr) {
  const auto number = expr ? value::parse_number(expr->text) : value::Number{};
  return number && number->to_int64() && *number->to_int64() >= 0;
}

}  // namespace

void Checker::check_tests(std::size_t pack) {
  for (const auto& [home, declaration] : tests_) {
    if (home != pack) continue;
    const auto& syntax = std::get<syntax::TestDecl>(declaration->value);
    model::EventId event = kNone;
    bool any_event = false, expects = false, nothing = false;
    const Span* finds = nullptr;
    for (const auto& step : syntax.steps) {
      if (const auto* at = std::get_if<syntax::TestAt>(&step)) {
        if (!is_instant(at->at)) error("bad-duration", at->at.span, "`" + at->at.text + "` is neither a duration from the start nor a time");
        if (at->same && !any_event) error("bad-test", at->span, "`same` stands before any event");
        if (!at->same) {
          event = kNone;
          const std::size_t where = find(pack, at->source, {&PackInfo::sources}, "source");
          if (where != kNone && at->code) event = event_of(source_ids_.at({where, at->source.name.text}), value::parse_number(at->code->text) && at->code->kind == syntax::ExprKind::number ? value::print_number(*value::parse_number(at->code->text)) : at->code->text, at->code->span);
          if (!at->code) error("bad-test", at->span, "an event needs an event id");
        }
        any_event = true;
        if (event == kNone) continue;
        for (const auto& field : at->fields) {
          if (field.name.text == "computer" || model_.sources[model_.events[event].source].open) continue;
          const Scope scope{pack, event, nullptr, nullptr, 0};
          if (const auto found = operand_of(scope, field.name.text)) {
            note_spelling(scope, field.name, *found);
          } else {
            suggest(error("unknown-field", field.name.span, title_of(event) + " has no field `" + field.name.text + "`"), field.name.text, names_of(event));
          }
        }
      } else if (const auto* expect = std::get_if<syntax::TestExpect>(&step)) {
        expects = true;
        nothing = nothing || expect->nothing;
        for (const auto* number : {&expect->times, &expect->events}) {
          if (!is_count(*number)) error("bad-number", (*number)->span, "`" + (*number)->text + "` is no number of findings or events");
        }
        for (const auto* instant : {&expect->from, &expect->to}) {
          if (*instant && !is_instant(**instant)) error("bad-duration", (*instant)->span, "`" + (*instant)->text + "` is neither a duration from the start nor a time");
        }
        if (expect->nothing) continue;
        if (expect->link) {
          find(pack, expect->name, {&PackInfo::links}, "link");
          continue;
        }
        if (!(expect->times && expect->times->text == "0")) finds = finds ? finds : &expect->span;
        const std::size_t where = find(pack, expect->name, {&PackInfo::chains}, "chain");
        const auto id = where == kNone ? kNone : chain(where, expect->name.name.text);
        if (id == kNone || model_.chains[id].by.empty()) continue;
        for (const auto& [key, value] : expect->by) {
          std::vector<std::string> keys;
          for (const auto& k : model_.chains[id].by) keys.push_back(k.name);
          if (std::find(keys.begin(), keys.end(), key.text) != keys.end()) continue;
          auto& d = error("bad-test", key.span, "`" + model_.chains[id].name + "` is not found by `" + key.text + "`");
          d.notes.push_back("it is found by `" + keys[0] + "`" + (keys.size() > 1 ? " and others" : ""));
        }
      }
    }
    if (nothing && finds != nullptr) error("bad-test", *finds, "the test expects a finding and `nothing`");
    if (!expects) error("bad-test", syntax.name.span, "the test expects nothing at all").notes.push_back("`expect nothing` says that no chain fires");
    model_.tests.push_back({packs_[pack].name, syntax.name.text, syntax, syntax.name.span});
  }
}

}  // namespace chainhunt::check

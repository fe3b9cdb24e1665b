// Tests in rule files: what they name must exist. Running them is the driver's business.
#include "compiler/check/checker.h"

namespace chainhunt::check {

void Checker::check_tests(std::size_t pack) {
  for (const auto& [home, declaration] : tests_) {
    if (home != pack) continue;
    const auto& syntax = std::get<syntax::TestDecl>(declaration->value);
    model::EventId event = kNone;
    bool any_event = false, expects = false;
    for (const auto& step : syntax.steps) {
      if (const auto* at = std::get_if<syntax::TestAt>(&step)) {
        if (at->same && !any_event) error("bad-test", at->span, "`same` stands before any event");
        if (!at->same) {
          event = kNone;
          const std::size_t where = find(pack, at->source, {&PackInfo::sources}, "source");
          if (where != kNone && at->code) event = event_of(source_ids_.at({where, at->source.name.text}), at->code->text, at->code->span);
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
        if (!expect->nothing) {
          if (expect->link) find(pack, expect->name, {&PackInfo::links}, "link");
          else find(pack, expect->name, {&PackInfo::chains}, "chain");
        }
      }
    }
    if (!expects) error("bad-test", syntax.name.span, "the test expects nothing at all").notes.push_back("`expect nothing` says that no chain fires");
    model_.tests.push_back({packs_[pack].name, syntax.name.text, syntax, syntax.name.span});
  }
}

}  // namespace chainhunt::check

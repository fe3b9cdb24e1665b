// Masks, sources, classes and roles; and which events a selector stands for.
#include <algorithm>

#include "compiler/check/checker.h"

namespace chainhunt::check {
namespace {

std::vector<std::string> texts(const std::vector<syntax::Expr>& expressions) {
  std::vector<std::string> out;
  for (const auto& e : expressions) out.push_back(e.text);
  return out;
}

std::string dotted(const syntax::Expr& path) {
  std::string out;
  for (const auto& name : path.names) out += (out.empty() ? "" : ".") + name.text;
  return out;
}

/// "UTC", "+02:00", "-0530", in ticks.
std::optional<std::int64_t> zone_of(const std::string& text) {
  constexpr std::int64_t kTicksPerMinute = 60LL * 10'000'000;
  if (text == "UTC" || text == "Z") return 0;
  std::string digits = text.substr(std::min<std::size_t>(1, text.size()));
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  if (text.empty() || (text[0] != '+' && text[0] != '-') || digits.size() != 4) return std::nullopt;
  for (const char c : digits) if (c < '0' || c > '9') return std::nullopt;
  const int hours = std::stoi(digits.substr(0, 2)), minutes = std::stoi(digits.substr(2));
  if (hours > 18 || minutes > 59 || hours * 60 + minutes > 18 * 60) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes) * kTicksPerMinute;
}

/// Codes are compared as spelled by readers: 0x10 and 16 are one.
std::string code_text(const syntax::Expr& code) {
  if (code.kind != syntax::ExprKind::number) return code.text;
  const auto number = value::parse_number(code.text);
  return number ? value::print_number(*number) : code.text;
}

}  // namespace

void Checker::check_masks(std::size_t pack) {
  for (const auto& [name, declaration] : packs_[pack].masks) {
    const auto& syntax = std::get<syntax::MaskDecl>(declaration->value);
    model::Mask mask{packs_[pack].name, name, {}, syntax.name.span};
    std::set<std::string> seen;
    for (const auto& bit : syntax.bits) {
      const auto number = value::parse_number(bit.value.text);
      if (!number) {
        error("wrong-type", bit.value.span, "`" + bit.value.text + "` is no number of 64 bits");
        continue;
      }
      if (!seen.insert(bit.name.text).second) error("duplicate-name", bit.name.span, "`" + bit.name.text + "` stands twice in mask `" + name + "`");
      mask.bits.push_back({bit.name.text, number->bits()});
    }
    mask_ids_[{pack, name}] = static_cast<model::MaskId>(model_.masks.size());
    model_.masks.push_back(std::move(mask));
  }
}

void Checker::check_sources(std::size_t pack) {
  for (const auto& [name, declaration] : packs_[pack].sources) {
    const auto& syntax = std::get<syntax::SourceDecl>(declaration->value);
    const auto id = static_cast<model::SourceId>(model_.sources.size());
    source_ids_[{pack, name}] = id;
    model::Source source;
    source.pack = packs_[pack].name;
    source.name = name;
    source.open = syntax.open;
    source.providers = texts(syntax.providers);
    source.channels = texts(syntax.channels);
    source.span = syntax.name.span;
    source.json = syntax.json.has_value();
    if (syntax.time) source.time_path = dotted(*syntax.time);
    source.time_format = syntax.time_format;
    if (!source.time_format.empty() && source.time_format != "iso" && source.time_format != "epoch_s" && source.time_format != "epoch_ms") {
      error("wrong-type", syntax.time->span, "times are read `as iso`, `as epoch_s` or `as epoch_ms`, not `as " + source.time_format + "`");
    }
    if (syntax.zone) {
      const auto zone = zone_of(syntax.zone->text);
      if (zone) source.zone = *zone;
      else error("wrong-type", syntax.zone->span, "a zone is its distance from UTC, such as `zone \"+02:00\"`; names of places change theirs twice a year");
    }
    if (syntax.code) source.code_path = dotted(*syntax.code);
    if (syntax.computer) source.computer_path = dotted(*syntax.computer);
    if (source.json) {
      const auto absent = [&](bool there, const char* clause) {
        if (!there) error("missing-clause", syntax.name.span, "source `" + name + "` does not say where its records hold their `" + clause + "`").notes.push_back(std::string("add `") + clause + " FIELD`");
      };
      absent(syntax.time.has_value(), "time");
      absent(syntax.code.has_value() || syntax.events.size() <= 1, "code");  // all records are of the only event
    } else {
      for (const auto* path : {&syntax.time, &syntax.code, &syntax.computer}) {
        if (*path) error("misplaced-clause", (*path)->span, "only a source of JSON records says where its fields are; Windows' logs are known").notes.push_back("begin with `json exists FIELD`");
      }
    }
    if (!source.json && source.providers.empty() && source.channels.empty() &&
        std::any_of(syntax.events.begin(), syntax.events.end(), [](const auto& e) { return e.providers.empty(); })) {
      error("no-recognition", syntax.name.span, "source `" + name + "` names neither a provider nor a channel, so no record can belong to it");
    }
    model_.sources.push_back(std::move(source));
    for (const auto& item : syntax.events) {
      model::Event event;
      event.source = id;
      event.code = code_text(item.code);
      event.title = item.title ? item.title->text : "";
      event.providers = texts(item.providers);
      event.span = item.code.span;
      std::map<std::string, std::string> spelled;
      for (const auto& f : item.fields) {
        model::Field field;
        field.name = f.name.text;
        field.snake = model::snake_case(f.name.text);
        field.path = f.path ? dotted(*f.path) : "";
        field.span = f.span;
        if (f.type.text == "mask") {
          field.type.type = value::Type::mask;
          const std::size_t home = find(pack, {{}, *f.type.mask, f.type.mask->span}, {&PackInfo::masks}, "mask");
          if (home != kNone) field.type.mask = mask_ids_.at({home, f.type.mask->text});
        } else if (const auto type = value::type_from_name(f.type.text)) {
          field.type.type = *type;
        } else {
          std::vector<std::string> names;
          for (const auto t : value::kTypes) names.emplace_back(value::name_of(t));
          suggest(error("unknown-type", f.type.span, "no type `" + f.type.text + "`"), f.type.text, names);
        }
        const auto [at, fresh] = spelled.emplace(field.snake, field.name);
        if (!fresh) {
          error("duplicate-name", f.span, "`" + field.name + "` and `" + at->second + "` are both written `" + field.snake + "`");
          continue;
        }
        event.fields.push_back(std::move(field));
      }
      const auto event_id = static_cast<model::EventId>(model_.events.size());
      if (!event_ids_.emplace(std::pair(id, event.code), event_id).second) {
        error("duplicate-name", item.code.span, "event " + event.code + " stands twice in source `" + name + "`");
        continue;
      }
      model_.events.push_back(std::move(event));
      model_.sources[id].events.push_back(event_id);
    }
    if (syntax.json) {
      Scope scope;
      scope.pack = pack;
      scope.record = true;
      model_.sources[id].recognise = predicate(scope, *syntax.json);
    }
  }
}

void Checker::check_classes(std::size_t pack) {
  for (const auto& [name, declaration] : packs_[pack].classes) {
    const auto& syntax = std::get<syntax::ClassDecl>(declaration->value);
    auto& fields_of = classes_[{pack, name}];
    std::set<std::string> names;
    for (const auto& field : syntax.fields) {
      if (!names.insert(field.name.text).second) error("duplicate-name", field.name.span, "`" + field.name.text + "` stands twice in class `" + name + "`");
    }
    for (std::size_t m = 0; m < syntax.members.size(); ++m) {
      const auto& source = syntax.members[m].source;
      if (syntax.members[m].any || find(pack, source, {&PackInfo::classes}, "class", false) != kNone) {
        error("class-member", syntax.members[m].span, "a class is made of sources' events").notes.push_back("name them: `security 4688 | sysmon 1`");
        continue;
      }
      for (const Selected& selected : select(pack, syntax.members[m])) {
        ClassFields& fields = fields_of[selected.event];
        for (const auto& field : syntax.fields) {
          if (m >= field.fields.size()) continue;
          if (!model::resolve(model_, selected.event, field.fields[m].text)) {
            suggest(error("unknown-field", field.fields[m].span, title_of(selected.event) + " has no field `" + field.fields[m].text + "`"),
                    field.fields[m].text, names_of(selected.event));
            fields[field.name.text].clear();
            continue;
          }
          fields[field.name.text] = field.fields[m].text;
        }
      }
    }
    for (const auto& field : syntax.fields) {
      if (field.fields.size() == syntax.members.size()) continue;
      error("class-row", field.span, "`" + field.name.text + "` names " + std::to_string(field.fields.size()) + (field.fields.size() == 1 ? " field for " : " fields for ") +
                                         std::to_string(syntax.members.size()) + " events");
    }
  }
}

void Checker::check_roles(std::size_t pack) {
  for (const auto& [home, declaration] : roles_) {
    if (home != pack) continue;
    const auto& syntax = std::get<syntax::RoleDecl>(declaration->value);
    for (const auto& item : syntax.sources) {
      const std::size_t where = find(pack, item.source, {&PackInfo::sources}, "source");
      if (where == kNone) continue;
      const auto event = event_of(source_ids_.at({where, item.source.name.text}), code_text(item.code), item.code.span);
      if (event == kNone) continue;
      const auto& fields = model_.events[event].fields;
      const auto field = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == item.field.text || f.snake == item.field.text; });
      if (field == fields.end()) {
        suggest(error("unknown-field", item.field.span, title_of(event) + " has no field `" + item.field.text + "`"), item.field.text, names_of(event));
        continue;
      }
      const auto [before, fresh] = role_spans_.emplace(std::pair(syntax.name.text, event), item.field.span);
      if (fresh) {
        model_.roles.push_back({syntax.name.text, event, field->name});
        continue;
      }
      const auto same = [&](const auto& r) { return r.role == syntax.name.text && r.event == event && r.field == field->name; };
      if (std::any_of(model_.roles.begin(), model_.roles.end(), same)) continue;  // said twice, in two packs perhaps
      error("duplicate-role", item.field.span, title_of(event) + " already has another field as `" + syntax.name.text + "`").labels.push_back({before->second, "declared here"});
    }
  }
}

std::string Checker::title_of(model::EventId event) const {
  const auto& e = model_.events[event];
  return "`" + model_.sources[e.source].name + (e.code.empty() ? "" : " " + e.code) + "`";
}

std::vector<std::string> Checker::names_of(model::EventId event) const {
  std::vector<std::string> names = {"computer", "channel", "provider", "event_id", "record_id", "time"};
  for (const auto& field : model_.events[event].fields) names.push_back(field.snake);
  for (const auto& role : model_.roles) {
    if (role.event == event) names.push_back(role.role);
  }
  return names;
}

model::EventId Checker::open_event(model::SourceId source, const std::string& code) {
  const auto known = event_ids_.find({source, code});
  if (known != event_ids_.end()) return known->second;
  const auto id = static_cast<model::EventId>(model_.events.size());
  model::Event event;
  event.source = source;
  event.code = code;
  event.span = model_.sources[source].span;
  model_.events.push_back(std::move(event));
  event_ids_[{source, code}] = id;
  return id;
}

model::EventId Checker::event_of(model::SourceId source, const std::string& code, Span span) {
  const auto known = event_ids_.find({source, code});
  if (known != event_ids_.end()) return known->second;
  const model::Source& s = model_.sources[source];
  if (s.open) return open_event(source, code);
  auto& d = error("unknown-event", span, "`" + s.name + "` has no event " + code);
  for (const auto& other : model_.sources) {
    const auto id = source_ids_.find({pack_named(other.pack), other.name});
    if (id == source_ids_.end() || !event_ids_.contains({id->second, code})) continue;
    const auto& title = model_.events[event_ids_.at({id->second, code})].title;
    d.notes.push_back(code + " is an event of `" + other.name + "`" + (title.empty() ? "" : ": " + title));
    if (d.notes.size() == 3) break;
  }
  return kNone;
}

void Checker::select_source(model::SourceId source, std::vector<Selected>& out) {
  for (const auto event : model_.sources[source].events) out.push_back({event, nullptr, nullptr});
  // What an open source does not list belongs to it all the same.
  if (model_.sources[source].open) out.push_back({open_event(source, ""), nullptr, nullptr});
}

std::vector<Selected> Checker::select(std::size_t pack, const syntax::Selector& selector) {
  std::vector<Selected> out;
  const syntax::Predicate* where = selector.where ? &*selector.where : nullptr;
  if (selector.any) {
    for (const auto& [key, source] : source_ids_) {
      if (key.first == pack || packs_[pack].imports.contains(packs_[key.first].name)) select_source(source, out);
    }
  } else {
    const std::size_t home = find(pack, selector.source, {&PackInfo::sources, &PackInfo::classes}, "source");
    if (home == kNone) return out;
    const auto class_found = classes_.find({home, selector.source.name.text});
    if (class_found != classes_.end()) {
      for (const auto& [event, fields] : class_found->second) out.push_back({event, &fields, nullptr});
      if (!selector.codes.empty()) error("class-code", selector.codes[0].span, "`" + selector.source.name.text + "` is a class; it takes no event id");
    } else if (const auto source = source_ids_.find({home, selector.source.name.text}); source != source_ids_.end()) {
      for (const auto& code : selector.codes) {
        const auto event = event_of(source->second, code_text(code), code.span);
        if (event != kNone) out.push_back({event, nullptr, nullptr});
      }
      if (selector.codes.empty()) select_source(source->second, out);
    }
  }
  for (auto& selected : out) selected.where = where;
  return out;
}

void Checker::note_spelling(const Scope& scope, const syntax::Name& name, const model::Operand& operand) {
  std::string better;
  if (operand.kind == model::OperandKind::field && operand.shown != name.text) {
    // Roles outrank fields: the rules' own spelling must still mean this field.
    const auto same = operand_of(scope, operand.shown);
    if (same && same->kind == operand.kind && same->name == operand.name) better = operand.shown;
  }
  spellings_[{name.span.file, name.span.begin, name.span.end}].insert(better);
}

std::optional<model::Operand> Checker::operand_of(const Scope& scope, const std::string& name) {
  std::string wanted = name;
  if (scope.fields != nullptr) {
    const auto found = scope.fields->find(name);
    if (found != scope.fields->end()) {
      if (found->second.empty()) return std::nullopt;
      wanted = found->second;
    }
  }
  auto& cache = operands_[scope.event];
  auto found = cache.find(wanted);
  if (found == cache.end()) found = cache.emplace(wanted, model::resolve(model_, scope.event, wanted)).first;
  auto operand = found->second;
  if (operand && wanted != name) operand->shown = name;
  return operand;
}

}  // namespace chainhunt::check

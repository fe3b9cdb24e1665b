#include "compiler/import/sigma/logs.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/value/name.h"
#include "runtime/value/number.h"
#include "runtime/value/text.h"

namespace chainhunt::sigma {
namespace {

using Kind = Condition::Kind;
using Names = std::set<std::string>;

syntax::Name name_of(const std::string& text, Span span) { return {text, span}; }

syntax::QName qname(const std::string& text, Span span) { return {std::nullopt, name_of(text, span), span}; }

syntax::Expr code_expr(const std::string& code, Span span) {
  syntax::Expr out;
  out.kind = !code.empty() && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }) ? syntax::ExprKind::number : syntax::ExprKind::string;
  out.text = code;
  out.span = span;
  return out;
}

syntax::Selector selector(const std::string& source, const std::vector<std::string>& codes, Span span) {
  syntax::Selector out;
  out.span = span;
  out.source = qname(source, span);
  for (const auto& code : codes) out.codes.push_back(code_expr(code, span));
  return out;
}

/// `sysmon 12, 13` -> sysmon, {12, 13}.
std::pair<std::string, std::vector<std::string>> reads_of(const std::string& text) {
  const std::size_t space = text.find(' ');
  std::pair<std::string, std::vector<std::string>> out{text.substr(0, space), {}};
  for (std::size_t at = space; at != std::string::npos && at < text.size();) {
    const std::size_t begin = text.find_first_not_of(" ,", at);
    if (begin == std::string::npos) break;
    at = text.find_first_of(" ,", begin);
    out.second.push_back(text.substr(begin, at == std::string::npos ? at : at - begin));
  }
  return out;
}

/// Numbers as readers spell codes.
std::string canonical(const std::string& field, const std::string& text) {
  if (field == "EventID") {
    if (const auto number = value::parse_number(text)) return value::print_number(*number);
  }
  return value::fold(text);
}

/// What a test lets the field be; nothing if it lets it be too much to say.
std::optional<Names> values_of(const Test& test) {
  Names out;
  bool first = true;
  for (const auto& list : test.values) {
    Names own;
    for (const Value& value : list) {
      const auto content = value.form == Form::text ? value.text.content() : std::nullopt;
      if (!content) return std::nullopt;
      own.insert(canonical(test.field, *content));
    }
    if (test.all && !first) {
      Names both;
      std::set_intersection(out.begin(), out.end(), own.begin(), own.end(), std::inserter(both, both.end()));
      out = std::move(both);
    } else {
      out.insert(own.begin(), own.end());
    }
    first = false;
  }
  return out;
}

bool add_category(const CategoryRow& row, const Catalogue& catalogue, Span span, Logs& out) {
  const auto [name, codes] = reads_of(row.reads);
  syntax::Selector own = selector(name, codes, span);
  if (!row.where.empty()) {
    syntax::Predicate where;
    where.kind = syntax::PredicateKind::reference;
    where.span = span;
    where.left.kind = syntax::ExprKind::path;
    where.left.span = span;
    where.left.names = {name_of(row.where, span)};
    own.where = std::move(where);
  }
  if (!row.where.empty()) out.packs.insert(row.pack);
  if (const ClassInfo* cls = catalogue.class_named(name)) {
    out.cls = cls;
    out.packs.insert(cls->pack);
    for (std::size_t i = 0; i < cls->members.size(); ++i) {
      const SourceInfo* source = catalogue.source(cls->members[i].source);
      if (source == nullptr) return false;
      const auto event = source->events.find(cls->members[i].code);
      out.events.push_back({source, cls->members[i].code, event == source->events.end() ? nullptr : &event->second, i});
    }
  } else if (const SourceInfo* source = catalogue.source(name)) {
    out.packs.insert(source->pack);
    for (const auto& code : codes.empty() ? std::vector<std::string>{""} : codes) {
      const auto event = source->events.find(code);
      out.events.push_back({source, code, event == source->events.end() ? nullptr : &event->second, 0});
    }
  } else {
    return false;
  }
  out.on.push_back(std::move(own));
  return true;
}

/// As the checker finds names that are not spelled exactly.
std::string squeezed(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c != '_' && c != ' ') out += base::lower_ascii(c);
  }
  return out;
}

bool by_number(const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }

/// Does the pack's event say everything about the records that the rule asks for?
bool covers(const SourceInfo& source, const EventInfo& event, const std::optional<Names>& providers) {
  const auto& own = event.providers.empty() ? source.providers : event.providers;
  if (own.empty()) return true;
  Names folded;
  for (const auto& name : own) folded.insert(value::fold(name));
  if (providers) return std::includes(folded.begin(), folded.end(), providers->begin(), providers->end());
  // A log that many providers share: the same number is another event of another provider.
  return !source.providers.empty();
}

void add_service(const ServiceRow& row, const Condition& whole, const Detection& none, const Catalogue& catalogue, Span span, Logs& out) {
  out.service = true;
  const SourceInfo* source = row.source.empty() ? nullptr : catalogue.source(row.source);
  const SourceInfo* log = catalogue.source(row.log);
  const auto codes = possible(whole, "EventID", none);
  const auto providers = possible(whole, "Provider_Name", none);
  std::vector<std::string> listed, others;
  if (codes) {
    std::vector<std::string> sorted(codes->begin(), codes->end());
    std::sort(sorted.begin(), sorted.end(), by_number);
    for (const auto& code : sorted) {
      const auto event = source == nullptr ? decltype(source->events.end()){} : source->events.find(code);
      if (source != nullptr && event != source->events.end() && covers(*source, event->second, providers)) {
        out.events.push_back({source, code, &event->second, 0});
        listed.push_back(code);
      } else {
        out.events.push_back({log, code, nullptr, 0});
        others.push_back(code);
      }
    }
  } else {
    out.events.push_back({log, "", nullptr, 0});
  }
  for (const LogEvent& event : out.events) out.packs.insert(event.source->pack);
  if (!listed.empty()) out.on.push_back(selector(row.source, listed, span));
  if (!others.empty() || !codes) out.on.push_back(selector(row.log, others, span));
}

/// Does some event list a field of exactly this name?
bool lists(const Logs& logs, const std::string& field) {
  return std::any_of(logs.events.begin(), logs.events.end(), [&](const LogEvent& event) { return event.listed != nullptr && event.listed->fields.contains(field); });
}

}  // namespace

std::string header_name(const std::string& field) {
  if (field == "EventID") return "event_id";
  if (field == "Provider_Name") return "provider";
  if (field == "Channel") return "channel";
  if (field == "Computer" || field == "ComputerName") return "computer";
  if (field == "EventRecordID") return "record_id";
  if (field == "TimeCreated" || field == "TimeCreated_SystemTime") return "time";
  return {};
}

std::optional<Names> possible(const Condition& condition, const std::string& field, const Detection& detection) {
  switch (condition.kind) {
    case Kind::always: case Kind::negation: return std::nullopt;
    case Kind::never: return Names{};
    case Kind::reference: {
      const Condition* search = detection.search(condition.name);
      return search == nullptr ? std::nullopt : possible(*search, field, detection);
    }
    case Kind::test: return condition.test.field == field ? values_of(condition.test) : std::nullopt;
    case Kind::all: {
      std::optional<Names> out;
      for (const Condition& child : condition.children) {
        auto own = possible(child, field, detection);
        if (!own) continue;
        if (!out) {
          out = std::move(own);
          continue;
        }
        Names both;
        std::set_intersection(out->begin(), out->end(), own->begin(), own->end(), std::inserter(both, both.end()));
        out = std::move(both);
      }
      return out;
    }
    case Kind::any: {
      Names out;
      for (const Condition& child : condition.children) {
        const auto own = possible(child, field, detection);
        if (!own) return std::nullopt;
        out.insert(own->begin(), own->end());
      }
      return out;
    }
  }
  return std::nullopt;
}

syntax::Selector select_event(const LogEvent& event, Span span) {
  return selector(event.source->name, event.code.empty() ? std::vector<std::string>() : std::vector{event.code}, span);
}

Condition settled(const Condition& condition, const Logs& logs) {
  if (condition.kind == Kind::test) {
    const std::string& field = condition.test.field;
    if ((field != "EventID" && field != "Provider_Name" && field != "Channel") || lists(logs, field)) return condition;
    const auto wanted = values_of(condition.test);
    if (!wanted) return condition;
    bool always = true, never = true;
    for (const LogEvent& event : logs.events) {
      Names seen;
      if (field == "EventID") {
        if (!event.code.empty()) seen.insert(event.code);
      } else if (field == "Channel") {
        for (const auto& name : event.source->channels) seen.insert(value::fold(name));
      } else {
        for (const auto& name : event.listed != nullptr && !event.listed->providers.empty() ? event.listed->providers : event.source->providers) seen.insert(value::fold(name));
      }
      const bool any = std::any_of(seen.begin(), seen.end(), [&](const auto& name) { return wanted->contains(name); });
      always = always && !seen.empty() && std::includes(wanted->begin(), wanted->end(), seen.begin(), seen.end());
      never = never && !seen.empty() && !any;
    }
    if (always || never) return Condition::constant(always, condition.span);
    return condition;
  }
  if (condition.children.empty()) return condition;
  Condition out;
  out.kind = condition.kind;
  out.span = condition.span;
  if (condition.kind == Kind::negation) {
    Condition child = settled(condition.children[0], logs);
    if (child.kind == Kind::always || child.kind == Kind::never) return Condition::constant(child.kind == Kind::never, condition.span);
    out.children.push_back(std::move(child));
    return out;
  }
  const Kind decisive = condition.kind == Kind::all ? Kind::never : Kind::always;
  const Kind neutral = condition.kind == Kind::all ? Kind::always : Kind::never;
  for (const Condition& own : condition.children) {
    Condition child = settled(own, logs);
    if (child.kind == decisive) return Condition::constant(decisive == Kind::always, condition.span);
    if (child.kind != neutral) out.children.push_back(std::move(child));
  }
  if (out.children.empty()) return Condition::constant(neutral == Kind::always, condition.span);
  return Condition::group(out.kind, std::move(out.children), condition.span);
}

std::optional<Logs> find_logs(const LogSource& source, const Condition& whole, const Catalogue& catalogue, Diagnostics& diagnostics) {
  Logs out;
  const Detection no_references;
  const std::string& product = source.product;
  if (!source.category.empty()) {
    if (const auto* rows = catalogue.category(product, source.category)) {
      for (const CategoryRow& row : *rows) {
        if (!add_category(row, catalogue, source.span, out)) {
          diagnostics.error("sigma-table", source.span, "the table of log sources sends `" + source.category + "` to `" + row.reads + "`, which no loaded pack declares");
          return std::nullopt;
        }
      }
      out.renamed = catalogue.fields(source.category);
      return out;
    }
  }
  if (!source.service.empty() || source.category.empty()) {
    if (const auto* row = catalogue.service(product, source.service)) {
      if ((!row->source.empty() && catalogue.source(row->source) == nullptr) || catalogue.source(row->log) == nullptr) {
        diagnostics.error("sigma-table", source.span, "the table of log sources sends `" + source.service + "` to sources that no loaded pack declares");
        return std::nullopt;
      }
      add_service(*row, whole, no_references, catalogue, source.span, out);
      return out;
    }
  }
  std::string what;
  for (const auto& [key, value] : {std::pair{"product", &source.product}, {"category", &source.category}, {"service", &source.service}}) {
    if (!value->empty()) what += (what.empty() ? "" : ", ") + std::string(key) + " " + *value;
  }
  if (catalogue.knows_product(product)) {
    auto& d = diagnostics.error("sigma-no-log", source.span, "no loaded pack knows the log of " + what);
    const std::string near = nearest_name(source.service, catalogue.services(product));
    if (!near.empty()) d.notes.push_back("did you mean the service `" + near + "`?");
    d.notes.push_back("a pack maps logs by a table `sigma.tsv` beside its rules");
  } else {
    diagnostics.warning("sigma-no-source", source.span, "no loaded pack reads " + (what.empty() ? std::string("a log that is not named") : what) + "; the rule is left out");
  }
  return std::nullopt;
}

std::vector<FieldPlace> find_field(const Logs& logs, const std::string& field, Span span, const Catalogue& catalogue) {
  const auto path = [&](const std::string& name, const std::string& code) {
    syntax::Expr out;
    out.kind = syntax::ExprKind::path;
    out.span = span;
    if (!code.empty()) out.names.push_back(name_of(code, span));
    out.names.push_back(name_of(name, span));
    return out;
  };
  // An event may have a field of its own of that name: 104 says in `Channel` which log was cleared.
  if (const std::string header = header_name(field); !header.empty() && !lists(logs, field)) {
    static const std::set<std::string> numbers = {"event_id", "record_id"};
    return {{path(header, ""), numbers.contains(header) ? "int" : header == "time" ? "time" : header == "computer" ? "host" : "text", true, nullptr}};
  }

  // What each event calls it.
  struct Own { const LogEvent* event; std::string name, type, row_name; bool listed, reached; const FieldRow* row; };
  std::vector<Own> owns;
  std::size_t naming = 0;  // the class's member whose names Sigma uses
  if (logs.cls != nullptr) {
    for (std::size_t i = 0; i < logs.cls->members.size(); ++i) {
      if (logs.cls->members[i].source == "sysmon") naming = i;
    }
  }
  for (const LogEvent& event : logs.events) {
    Own own{&event, field, "text", "", false, false, nullptr};
    if (logs.cls != nullptr && event.source->name == logs.cls->members[event.member].source && event.code == logs.cls->members[event.member].code) {
      for (const auto& row : logs.cls->rows) {
        if (naming >= row.fields.size() || event.member >= row.fields.size() || row.fields[naming] != field) continue;
        own.name = row.fields[event.member];
        own.row_name = row.name;
      }
    }
    for (const FieldRow* row : logs.renamed) {
      if (row->code != event.code || row->sigma != field) continue;
      own.name = row->event;
      own.row_name.clear();
      own.row = row;
    }
    if (event.listed != nullptr) {
      auto type = event.listed->fields.find(own.name);
      if (type == event.listed->fields.end()) {
        // `Process Name` is ProcessName in Sigma, which strips spaces.
        type = std::find_if(event.listed->fields.begin(), event.listed->fields.end(), [&](const auto& pair) { return squeezed(pair.first) == squeezed(own.name); });
      }
      if (type != event.listed->fields.end()) {
        own.name = type->first;
        own.type = type->second;
        own.listed = true;
      }
    }
    own.reached = own.listed || (event.source->open && event.listed == nullptr);
    owns.push_back(std::move(own));
  }
  const auto same = [&](auto&& part) { return std::all_of(owns.begin(), owns.end(), [&](const Own& own) { return part(own) == part(owns[0]); }); };
  const auto all = [&](auto&& test) { return std::all_of(owns.begin(), owns.end(), test); };
  const auto simple = [&](const Own& own) { return own.type == "text" || own.type == "path"; };
  // One name and kind of value for all: a class's row, or the field itself.
  const std::string type = all(simple) ? "text" : same([](const Own& own) { return own.type; }) ? owns[0].type : "mixed";
  const auto spelling = [&](const std::string& name, auto&& mine) {
    const std::string snake = value::snake_case(name);
    // A role or a header name of this spelling may mean something else; an open log is asked for the name as it is.
    const bool original = std::any_of(owns.begin(), owns.end(), [&](const Own& own) {
      return mine(own) && (!own.listed || catalogue.outranked(snake, own.event->source->name, own.event->code, name));
    });
    return original ? name : snake;
  };
  if (same([](const Own& own) { return own.row_name; }) && !owns[0].row_name.empty()) return {{path(owns[0].row_name, ""), type, true, nullptr}};
  const bool one_name = same([](const Own& own) { return own.name; }) && all([](const Own& own) { return own.row == nullptr; });
  if (one_name && all([](const Own& own) { return own.reached; })) {
    return {{path(spelling(owns[0].name, [](const Own&) { return true; }), ""), type, true, nullptr}};
  }
  // A service's event may carry more than the pack lists: text(f) finds it everywhere.
  const bool somewhere = std::any_of(owns.begin(), owns.end(), [](const Own& own) { return own.listed; });
  if (one_name && (logs.service || !somewhere)) return {{path(owns[0].name, ""), "text", false, nullptr}};
  // Each event by its own name; events that lack it have no part.
  std::vector<FieldPlace> out;
  for (const Own& own : owns) {
    if (!own.reached) continue;
    const std::string simple_type = simple(own) ? "text" : own.type;
    const std::string name = spelling(own.name, [&](const Own& other) { return &other == &own; });
    const bool twice = std::any_of(out.begin(), out.end(), [&](const FieldPlace& place) { return place.path.names.size() == 2 && place.path.names[0].text == own.event->code && place.path.names[1].text == name; });
    if (!twice) out.push_back({path(name, own.event->code), simple_type, true, own.row});
  }
  // The log whose names Sigma uses first.
  std::stable_sort(out.begin(), out.end(), [&](const FieldPlace& a, const FieldPlace& b) { return (a.path.names.back().text == value::snake_case(field)) > (b.path.names.back().text == value::snake_case(field)); });
  return out;
}

}  // namespace chainhunt::sigma

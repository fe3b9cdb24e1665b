#include "compiler/driver/testing/used_events.h"

#include <set>
#include <string>
#include <utility>

#include "runtime/value/number.h"

namespace chainhunt::driver::testing {
namespace {

/// By the names of sources alone, whatever their packs: rather too many than too few.
using Used = std::set<std::pair<std::string, std::string>>;

std::string code_of(const std::string& text) {
  const auto number = value::parse_number(text);
  return number ? value::print_number(*number) : text;
}

void add(Used& used, const syntax::Selector& selector) {
  for (const auto& code : selector.codes) used.emplace(selector.source.name.text, code_of(code.text));
}

Used used_in(const Loaded& loaded) {
  Used used;
  for (const auto& link : loaded.model->links) {
    for (const auto& own : link.events) {
      const auto& event = loaded.model->events[own.event];
      used.emplace(loaded.model->sources[event.source].name, code_of(event.code));
    }
  }
  for (const auto& test : loaded.model->tests) {
    for (const auto& step : test.syntax.steps) {
      const auto* at = std::get_if<syntax::TestAt>(&step);
      if (at != nullptr && at->code) used.emplace(at->source.name.text, code_of(at->code->text));
    }
  }
  for (const auto& file : loaded.files) {
    for (const auto& declaration : file.declarations) {
      // Also what links say that did not come to read an event of it.
      if (const auto* own = std::get_if<syntax::ClassDecl>(&declaration.value)) {
        for (const auto& member : own->members) add(used, member);
      } else if (const auto* link = std::get_if<syntax::LinkDecl>(&declaration.value); link != nullptr && link->clauses) {
        for (const auto& selector : link->clauses->on) add(used, selector);
      }
    }
  }
  return used;
}

/// A class may have all events of a source as a member.
std::set<std::string> whole_sources(const Loaded& loaded) {
  std::set<std::string> out;
  for (const auto& file : loaded.files) {
    for (const auto& declaration : file.declarations) {
      const auto* own = std::get_if<syntax::ClassDecl>(&declaration.value);
      if (own == nullptr) continue;
      for (const auto& member : own->members) {
        if (member.codes.empty()) out.insert(member.source.name.text);
      }
    }
  }
  return out;
}

}  // namespace

std::vector<syntax::File> files_with_used_events(const Loaded& loaded) {
  const Used used = used_in(loaded);
  const std::set<std::string> whole = whole_sources(loaded);
  const auto unused = [&](const std::string& source, const std::string& code) { return !whole.contains(source) && !used.contains({source, code_of(code)}); };
  std::vector<syntax::File> files = loaded.files;
  for (auto& file : files) {
    for (auto& declaration : file.declarations) {
      if (auto* source = std::get_if<syntax::SourceDecl>(&declaration.value)) {
        std::erase_if(source->events, [&](const auto& event) { return unused(source->name.text, event.code.text); });
      } else if (auto* role = std::get_if<syntax::RoleDecl>(&declaration.value)) {
        std::erase_if(role->sources, [&](const auto& own) { return unused(own.source.name.text, own.code.text); });
      }
    }
  }
  return files;
}

}  // namespace chainhunt::driver::testing

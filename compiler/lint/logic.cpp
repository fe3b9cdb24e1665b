#include "compiler/lint/logic.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "compiler/lint/facts.h"
#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

using model::Predicate;
using model::PredicateKind;

constexpr std::size_t kLongestWords = 60;

void flatten(const Predicate& predicate, std::vector<const Predicate*>& out) {
  if (predicate.kind != PredicateKind::conjunction) {
    out.push_back(&predicate);
    return;
  }
  for (const auto& child : predicate.children) flatten(child, out);
}

}  // namespace

std::vector<OwnText> links_with_text(const Context& context) {
  std::map<std::pair<FileId, std::uint32_t>, const syntax::Declaration*> named;
  std::vector<std::pair<Span, const syntax::Declaration*>> all;
  for (const auto& file : context.files) {
    for (const auto& declaration : file.declarations) {
      if (const auto* link = std::get_if<syntax::LinkDecl>(&declaration.value)) named[{link->name.span.file, link->name.span.begin}] = &declaration;
      all.emplace_back(declaration.span, &declaration);
    }
  }
  const auto before = [](Span a, Span b) { return std::pair(a.file, a.begin) < std::pair(b.file, b.begin); };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return before(a.first, b.first); });
  std::vector<OwnText> out;
  for (const auto& link : context.model.links) {
    if (link.chain != model::kNone || link.keep || link.events.empty() || !context.asked(link.pack)) continue;
    if (!link.anonymous) {
      const auto found = named.find({link.span.file, link.span.begin});
      if (found == named.end()) continue;
      Span text = found->second->span;
      const bool sigma = context.is_sigma(text.file);
      if (sigma) text = {text.file, 0, static_cast<std::uint32_t>(context.sources.files[text.file].text.size())};
      out.push_back({&link, text, found->second, sigma});
      continue;
    }
    auto after = std::upper_bound(all.begin(), all.end(), link.span, [&](Span span, const auto& entry) { return before(span, entry.first); });
    if (after != all.begin() && inside(link.span, (--after)->first)) out.push_back({&link, link.span, after->second});
  }
  return out;
}

std::vector<const Predicate*> conjuncts(const Predicate& predicate) {
  std::vector<const Predicate*> out;
  flatten(predicate, out);
  return out;
}

Predicate all_of(const std::vector<const Predicate*>& parts) {
  Predicate out;
  if (parts.empty()) return out;
  out.kind = PredicateKind::conjunction;
  out.span = parts.front()->span;
  for (const auto* part : parts) out.children.push_back(*part);
  return out;
}

bool never_true(const Context& context, const model::Link& link) {
  if (context.facts != nullptr && context.facts->known_to_match(context, link)) return false;
  return !link.events.empty() && std::all_of(link.events.begin(), link.events.end(), [&](const auto& event) {
    const Predicate* yes[] = {&event.predicate};
    return context.algebra->find(event, yes, {}).outcome == algebra::Outcome::none;
  });
}

std::vector<const Predicate*> contradiction(const Context& context, const model::LinkEvent& event) {
  auto parts = conjuncts(event.predicate);
  const auto none = [&](const std::vector<const Predicate*>& some) { return context.algebra->find(event, some, {}).outcome == algebra::Outcome::none; };
  if (!none(parts)) return {};
  // From the front, so that what was said later stays: a parent is there before those who narrow it.
  for (std::size_t i = 0; i < parts.size();) {
    auto fewer = parts;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (!fewer.empty() && none(fewer)) parts = std::move(fewer);
    else ++i;
  }
  return parts;
}

bool in_every_event(const Places& at, std::size_t events) {
  std::set<std::size_t> seen;
  for (const auto& [event, path] : at) seen.insert(event);
  return seen.size() == events;
}

std::vector<Part> parts_of(const OwnText& own) {
  std::map<std::pair<Place, bool>, Part> parts;
  for (std::size_t event = 0; event < own.link->events.size(); ++event) {
    std::vector<std::size_t> path;
    const std::function<void(const Predicate&)> go = [&](const Predicate& predicate) {
      const bool alternative = predicate.kind == PredicateKind::disjunction;
      for (std::size_t i = 0; i < predicate.children.size(); ++i) {
        const Predicate& child = predicate.children[i];
        path.push_back(i);
        const bool group = predicate.kind == PredicateKind::conjunction && child.kind == PredicateKind::conjunction;
        if (predicate.kind != PredicateKind::negation && !group && inside(child.span, own.text)) {
          Part& part = parts[{place_of(child), alternative}];
          part.alternative = alternative;
          part.span = child.span;
          // Not a part of itself: what a Sigma rule says in one place may become several nodes.
          const auto outer = [&](const auto& at) { return at.first == event && at.second.size() < path.size() && std::equal(at.second.begin(), at.second.end(), path.begin()); };
          if (std::none_of(part.at.begin(), part.at.end(), outer)) part.at.emplace_back(event, path);
        }
        go(child);
        path.pop_back();
      }
    };
    go(own.link->events[event].predicate);
  }
  std::vector<Part> out;
  for (auto& [place, part] : parts) {
    if (in_every_event(part.at, own.link->events.size())) out.push_back(std::move(part));
  }
  return out;
}

Outline::Outline(const syntax::Declaration& declaration) {
  Visitor visitor;
  visitor.predicate = [&](const syntax::Predicate& predicate) {
    const auto known = nodes_.find({predicate.span.begin, predicate.span.end});
    if (known == nodes_.end() || known->second->kind == syntax::PredicateKind::group) nodes_[{predicate.span.begin, predicate.span.end}] = &predicate;
    for (const auto& child : predicate.children) parents_[&child] = &predicate;
  };
  walk(declaration, visitor);
}

const syntax::Predicate* Outline::at(Span span) const {
  const auto found = nodes_.find({span.begin, span.end});
  return found == nodes_.end() ? nullptr : found->second;
}

std::optional<Edit> Outline::without(Span span) const {
  const syntax::Predicate* node = at(span);
  while (node != nullptr) {
    const auto up = parents_.find(node);
    if (up == parents_.end()) return std::nullopt;
    const syntax::Predicate& parent = *up->second;
    if (parent.kind == syntax::PredicateKind::group) {
      node = &parent;
      continue;
    }
    if (parent.kind != syntax::PredicateKind::conjunction && parent.kind != syntax::PredicateKind::disjunction) return std::nullopt;
    const auto index = static_cast<std::size_t>(node - parent.children.data());
    if (index + 1 < parent.children.size()) return Edit{{span.file, node->span.begin, parent.children[index + 1].span.begin}, ""};
    if (index == 0) return std::nullopt;
    return Edit{{span.file, parent.children[index - 1].span.end, node->span.end}, ""};
  }
  return std::nullopt;
}

std::string words(const Context& context, Span span) {
  std::string out;
  for (const char c : context.text(span)) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.size() > kLongestWords) {
    std::size_t cut = kLongestWords;
    while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xc0) == 0x80) --cut;
    out = out.substr(0, cut) + "…";
  }
  return out;
}

std::string shown(const model::Model& model, model::EventId event, const input::Record& record) {
  const auto& own = model.events[event];
  std::string fields;
  const auto add = [&](const std::string& name, const std::string& text) {
    std::string quoted;
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c);
    fields += fmt::format("{}{}: \"{}\"", fields.empty() ? "" : ", ", name, quoted);
  };
  if (record.computer != "TEST") add("computer", record.computer);
  for (const auto& [name, value] : record.fields) {
    const auto known = std::find_if(own.fields.begin(), own.fields.end(), [&](const auto& field) { return (field.path.empty() ? field.name : field.path) == name; });
    for (const auto& text : value.texts) add(known == own.fields.end() ? name : known->snake, text);
  }
  return fmt::format("{} {} {{{}}}", model.sources[own.source].name, record.code, fields.empty() ? "" : " " + fields + " ");
}

}  // namespace chainhunt::lint

#include "compiler/lint/meaning.h"

#include <algorithm>

#include <fmt/format.h>

namespace chainhunt::lint {
namespace {

/// Text in a form that cannot be mistaken for the structure around it.
std::string quoted(const std::string& text) { return fmt::format("{}:{}", text.size(), text); }

std::string joined(std::vector<std::string> parts, bool sorted) {
  if (sorted) std::sort(parts.begin(), parts.end());
  return fmt::format("({})", fmt::join(parts, " "));
}

std::string list(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const auto& text : texts) parts.push_back(quoted(text));
  return joined(std::move(parts), true);
}

class Writer {
 public:
  explicit Writer(const model::Model& model) : model_(model) {}

  std::string operand(const model::Operand& o) const {
    return fmt::format("[{} {} {} {}]", static_cast<int>(o.kind), quoted(o.name), static_cast<int>(o.function), static_cast<int>(o.type.type));
  }

  std::string predicate(const model::Predicate& p) const {
    std::vector<std::string> parts;
    for (const auto& child : p.children) parts.push_back(predicate(child));
    std::string out = fmt::format("{}{}", static_cast<int>(p.kind), joined(std::move(parts), true));
    using enum model::PredicateKind;
    if (p.kind == compare || p.kind == exists || p.kind == missing) out += operand(p.left);
    if (p.kind != compare) return out;
    // The order of a list says nothing; flags belong to their values.
    std::vector<std::string> values;
    for (std::size_t i = 0; i < p.values.size(); ++i) values.push_back(quoted(p.values[i]) + (i < p.flags.size() ? "/" + p.flags[i] : ""));
    return out + fmt::format("{} {} {}{}{}", static_cast<int>(p.op), p.cased, static_cast<int>(p.quantifier), joined(std::move(values), true), p.right ? operand(*p.right) : "");
  }

  std::string events(const model::Link& link) const {
    std::vector<std::string> parts;
    for (const auto& event : link.events) {
      const auto& source = model_.sources[model_.events[event.event].source];
      parts.push_back(fmt::format("{}.{} {} {}", source.pack, source.name, quoted(event.code), predicate(event.predicate)));
    }
    std::string out = joined(std::move(parts), true);
    if (link.keep) out += fmt::format("keep{} {} {} {} {}", link.keep->rare, list(link.keep->fields), list(link.keep->by), link.keep->below, link.keep->in);
    if (link.after != model::kNone) out += " after " + events(model_.links[link.after]);
    if (link.chain != model::kNone) out += " chain " + chain(model_.chains[link.chain]);
    return out;
  }

  std::string pattern(const model::Pattern& p) const {
    std::vector<std::string> links, children;
    for (const auto link : p.links) links.push_back(events(model_.links[link]));
    for (const auto& child : p.children) children.push_back(pattern(child));
    using enum model::PatternKind;
    const bool any_order = p.kind == conjunction || p.kind == disjunction;
    return fmt::format("{{{} {} {} {} gaps({}) {} {} ({}) {} {} {} {}}}", static_cast<int>(p.kind), p.label, joined(std::move(links), true), joined(std::move(children), any_order),
                       fmt::join(p.gaps, " "), p.number, static_cast<int>(p.distinct), fmt::join(p.fields, " "), p.function, static_cast<int>(p.op), p.value, p.within);
  }

  std::string chain(const model::Chain& c) const {
    std::vector<std::string> keys;
    for (const auto& key : c.by) {
      std::vector<std::string> fields;
      for (std::size_t i = 0; i < key.fields.size() && i < key.links.size(); ++i) fields.push_back(events(model_.links[key.links[i]]) + "=" + key.fields[i]);
      keys.push_back(key.name + joined(std::move(fields), true));
    }
    return fmt::format("{} by {} within {} {} {} {}", pattern(c.match), joined(std::move(keys), true), c.within, c.aligned, c.suppress, c.where ? predicate(*c.where) : "");
  }

 private:
  const model::Model& model_;
};

}  // namespace

std::string meaning(const model::Model& model, const model::Predicate& predicate) { return Writer(model).predicate(predicate); }

std::string meaning(const model::Model& model, const model::Link& link) {
  return fmt::format("{} need {} attack {} risk {}", Writer(model).events(link), list(link.need), list(link.attack), link.risk);
}

std::string meaning(const model::Model& model, const model::Chain& chain) {
  return fmt::format("{} need {} attack {} risk {} severity {}", Writer(model).chain(chain), list(chain.need), list(chain.attack), chain.risk, static_cast<int>(chain.severity));
}

}  // namespace chainhunt::lint

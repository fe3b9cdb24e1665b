#include "runtime/explain/funnel.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "runtime/explain/relax.h"

namespace chainhunt::explain {
namespace {

using program::PatternKind;

class Maker {
 public:
  Maker(const FunnelInput& input) : input_(input), program_(input.study->program) {}

  LinkFunnel link(std::uint32_t index, const program::Chain& chain) const {
    LinkFunnel out;
    const program::Link& own = program_.links[index];
    out.link = own.shown_name;
    out.chain = own.completion.has_value();
    for (std::uint32_t p = 0; p < input_.study->predicates[index].size(); ++p) {
      const Predicate& predicate = input_.study->predicates[index][p];
      Funnel& funnel = out.events.emplace_back();
      funnel.source = program_.events[predicate.plan].source;
      funnel.code = program_.events[predicate.plan].code;
      if (input_.gathered->counts.empty()) continue;
      const PredicateCounts& counts = input_.gathered->counts[index][p];
      funnel.records = counts.records;
      funnel.matched = counts.matched;
      for (std::size_t i = 0; i < predicate.parts.size(); ++i) funnel.stages.push_back({predicate.parts[i].text, counts.passed[i], counts.alone[i]});
      const auto needed = fields_needed(*input_.study, predicate, *input_.keys, index);
      for (std::size_t i = 0; i < needed.size(); ++i) funnel.fields.push_back({needed[i].field, needed[i].by, counts.filled[i]});
    }
    out.kept = input_.outcome->links[index].hits;
    out.hits = own.after == program::kNone ? out.kept : input_.gathered->of_link[index];
    for (const engine::Hit& hit : *input_.hits) {
      if (hit.link != index || entities_of(chain, hit).empty()) continue;
      ++out.with_key;
      out.of_entity += belongs(chain, hit, input_.entity);
    }
    return out;
  }

  /// Whether the logs hold what a link needs.
  bool possible(std::uint32_t index) const {
    const auto& completion = program_.links[index].completion;
    if (completion) return possible(program_.chains[completion->chain], program_.chains[completion->chain].root);
    if (input_.gathered->counts.empty()) return true;
    for (std::uint32_t p = 0; p < input_.study->predicates[index].size(); ++p) {
      const PredicateCounts& counts = input_.gathered->counts[index][p];
      if (counts.records > 0 && std::all_of(counts.filled.begin(), counts.filled.end(), [](auto n) { return n > 0; })) return true;
    }
    return false;
  }

  bool possible(const program::Chain& chain, std::uint32_t at) const {
    const program::PatternNode& node = chain.nodes[at];
    const auto count = static_cast<std::size_t>(std::count_if(node.links.begin(), node.links.end(), [&](std::uint32_t link) { return possible(link); }));
    switch (node.kind) {
      case PatternKind::absence: return true;
      case PatternKind::n_of: return count >= node.number;
      case PatternKind::distinct: return node.distinct == program::DistinctOf::link ? count >= node.number : count > 0;
      case PatternKind::step: case PatternKind::count: case PatternKind::risk: case PatternKind::aggregate: case PatternKind::hops: return count > 0;
      case PatternKind::disjunction: return std::any_of(node.children.begin(), node.children.end(), [&](auto child) { return possible(chain, child); });
      case PatternKind::conjunction: case PatternKind::sequence:
        return std::all_of(node.children.begin(), node.children.end(), [&](auto child) { return possible(chain, child); });
    }
    return true;
  }

 private:
  const FunnelInput& input_;
  const program::Program& program_;
};

std::string short_source(const Funnel& funnel) {
  return funnel.source.substr(funnel.source.rfind('.') + 1) + (funnel.code.empty() ? " (any code)" : " " + funnel.code);
}

}  // namespace

KeyCaptures key_captures(const program::Program& program, const program::Chain& chain) {
  KeyCaptures out(program.links.size());
  for (const auto& key : chain.keys) {
    for (std::size_t i = 0; i < key.links.size(); ++i) out[key.links[i]].emplace_back(key.captures[i], key.name);
  }
  return out;
}

void explain_links(const FunnelInput& input, std::uint32_t index, ChainExplained& out) {
  const program::Chain& chain = input.study->program.chains[index];
  const Maker maker(input);
  const auto wanted = links_of(chain, false);
  std::map<std::string, std::vector<std::string>> without_records;  // codes -> links
  std::vector<std::string> codes, unfilled;
  for (const std::uint32_t link : links_of(chain, true)) {
    LinkFunnel funnel = maker.link(link, chain);
    funnel.absent = std::find(wanted.begin(), wanted.end(), link) == wanted.end();
    if (!funnel.chain && !funnel.absent) {
      std::string names;
      bool none = true;
      for (const Funnel& event : funnel.events) {
        none = none && event.records == 0;
        const std::string name = short_source(event);
        if (names.find(name) == std::string::npos) names += (names.empty() ? "" : " or ") + name;
        for (const Filled& field : event.fields) {
          if (event.records == 0 || field.records > 0) continue;
          const std::string text = fmt::format("`{}` is not filled in any of the {} records of {}, and {} needs it", field.field, event.records, name,
                                               field.needed_by.starts_with("key ") ? "the " + field.needed_by : "`" + field.needed_by + "`");
          if (std::find(unfilled.begin(), unfilled.end(), text) == unfilled.end()) unfilled.push_back(text);
        }
      }
      if (none) {
        if (!without_records.contains(names)) codes.push_back(names);
        without_records[names].push_back(funnel.link);
      }
    }
    out.links.push_back(std::move(funnel));
  }
  for (const std::string& names : codes) {
    std::string links;
    for (const std::string& link : without_records[names]) links += (links.empty() ? "" : ", ") + link;
    out.blind.push_back(fmt::format("no record of {} in the whole input, so no {}", names, links));
  }
  out.blind.insert(out.blind.end(), unfilled.begin(), unfilled.end());
  out.possible = maker.possible(chain, chain.root);
}

}  // namespace chainhunt::explain

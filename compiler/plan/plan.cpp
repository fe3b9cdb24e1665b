#include "compiler/plan/plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "compiler/plan/captures.h"
#include "compiler/plan/lower.h"
#include "compiler/plan/pass.h"
#include "compiler/plan/refuse.h"
#include "compiler/plan/select.h"
#include "runtime/value/text.h"

namespace chainhunt::plan {
namespace {

using model::ChainId;
using model::LinkId;
using model::PatternKind;

program::Severity severity_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::info: return program::Severity::info;
    case model::Severity::low: return program::Severity::low;
    case model::Severity::medium: return program::Severity::medium;
    case model::Severity::high: return program::Severity::high;
    case model::Severity::critical: return program::Severity::critical;
  }
  return program::Severity::medium;
}

program::DistinctOf distinct_of(model::DistinctOf distinct) {
  switch (distinct) {
    case model::DistinctOf::fields: return program::DistinctOf::fields;
    case model::DistinctOf::need: return program::DistinctOf::need;
    case model::DistinctOf::link: return program::DistinctOf::link;
  }
  return program::DistinctOf::fields;
}

program::PatternKind kind_of(PatternKind kind) {
  switch (kind) {
    case PatternKind::step: return program::PatternKind::step;
    case PatternKind::conjunction: return program::PatternKind::conjunction;
    case PatternKind::disjunction: return program::PatternKind::disjunction;
    case PatternKind::sequence: return program::PatternKind::sequence;
    case PatternKind::count: return program::PatternKind::count;
    case PatternKind::n_of: return program::PatternKind::n_of;
    case PatternKind::distinct: return program::PatternKind::distinct;
    case PatternKind::absence:
    case PatternKind::risk:
    case PatternKind::aggregate:
    case PatternKind::hops: break;  // refused before
  }
  return program::PatternKind::step;
}

void collect_links(const model::Pattern& pattern, std::set<LinkId>& out) {
  out.insert(pattern.links.begin(), pattern.links.end());
  for (const auto& child : pattern.children) collect_links(child, out);
}

std::set<LinkId> links_of(const model::Chain& chain) {
  std::set<LinkId> out;
  collect_links(chain.match, out);
  return out;
}

class Planner {
 public:
  Planner(const model::Model& model, const Options& options, Diagnostics& diagnostics)
      : model_(model), options_(options), diagnostics_(diagnostics), names_(model) {}

  std::optional<program::Program> run() {
    select();
    if (links_.empty()) return std::nullopt;
    for (const LinkId link : links_) {
      index_[link] = static_cast<std::uint32_t>(captures_.size());
      captures_.emplace_back(names_, model_.links[link]);
    }
    for (const ChainId chain : chains_) add_chain(model_.chains[chain]);
    for (Captures& captures : captures_) captures.show_own();
    for (const ChainId id : chains_) {
      for (const LinkId link : links_of(model_.chains[id])) {
        for (const auto& name : model_.chains[id].show) captures_[index_.at(link)].show_for_chain(name);
      }
    }
    for (const LinkId link : links_) add_link(link);
    add_events();
    if (!verified("lowering")) return std::nullopt;
    for (const Pass* pass : pipeline()) {
      pass->run(program_);
      if (!verified(pass->name)) return std::nullopt;
    }
    return std::move(program_);
  }

 private:
  bool verified(const char* stage) {
    const auto result = program::verify(program_);
    if (!result) diagnostics_.error("internal", {}, "the plan does not verify after `" + std::string(stage) + "`: " + result.error().message);
    return result.ok();
  }

  // ---- what runs ----

  void refuse(const std::string& construct, const std::string& kind, const std::string& name, Span span) {
    diagnostics_.error("not-yet", span, construct + " belongs to a later version; " + kind + " `" + name + "` is left out");
  }

  bool can_run(const model::Chain& chain) {
    if (const std::string construct = not_yet(model_, chain); !construct.empty()) {
      refuse(construct, "chain", chain.name, chain.span);
      return false;
    }
    const PatternSize size = size_of(chain.match);
    if (size.alternatives > kMaxAlternatives) {
      diagnostics_.error("too-many-alternatives", chain.span,
                         "chain `" + chain.name + "` has more than " + std::to_string(kMaxAlternatives) + " alternatives once `or` is spread out");
      return false;
    }
    if (size.events > kMaxMatchEvents) {
      diagnostics_.error("too-many-events", chain.span,
                         "a match of chain `" + chain.name + "` has more than " + std::to_string(kMaxMatchEvents) + " events");
      return false;
    }
    return !links_of(chain).empty();  // without links, the checker has said why
  }

  void select() {
    std::set<LinkId> live;
    for (ChainId id = 0; id < model_.chains.size(); ++id) {
      const model::Chain& chain = model_.chains[id];
      if (!selected(chain, options_) || !can_run(chain)) continue;
      chains_.push_back(id);
      live.merge(links_of(chain));
    }
    for (LinkId id = 0; id < model_.links.size(); ++id) {
      const model::Link& link = model_.links[id];
      if (!selected(link, options_)) continue;
      if (link.keep.empty()) live.insert(id);
      else refuse("`keep`", "link", link.name, link.span);
    }
    // By name, so that the program does not depend on the order of files.
    links_.assign(live.begin(), live.end());
    std::sort(links_.begin(), links_.end(), [&](LinkId a, LinkId b) {
      return std::pair(model_.links[a].qualified(), a) < std::pair(model_.links[b].qualified(), b);
    });
    std::sort(chains_.begin(), chains_.end(), [&](ChainId a, ChainId b) { return model_.chains[a].qualified() < model_.chains[b].qualified(); });
  }

  // ---- chains ----

  void add_chain(const model::Chain& own) {
    program::Chain chain;
    chain.name = own.qualified();
    chain.doc = own.doc;
    chain.within = own.within;
    chain.aligned = own.aligned;
    chain.suppress = own.suppress;
    chain.severity = severity_of(own.severity);
    chain.need = own.need;
    chain.attack = own.attack;
    chain.show = own.show;
    const auto used = links_of(own);
    for (const model::Key& key : own.by) {
      program::Key out;
      out.name = key.name;
      for (std::size_t i = 0; i < key.links.size() && i < key.fields.size(); ++i) {
        if (!used.contains(key.links[i])) continue;
        const std::uint32_t link = index_.at(key.links[i]);
        out.links.push_back(link);
        out.captures.push_back(captures_[link].of_type(key.fields[i], key.type));
      }
      chain.keys.push_back(std::move(out));
    }
    chain.root = add_pattern(own.match, chain);
    program_.chains.push_back(std::move(chain));
  }

  std::uint32_t add_pattern(const model::Pattern& own, program::Chain& chain) {
    program::PatternNode node;
    node.kind = kind_of(own.kind);
    node.label = own.label;
    for (const auto& child : own.children) node.children.push_back(add_pattern(child, chain));
    for (const LinkId link : own.links) node.links.push_back(index_.at(link));
    node.number = static_cast<std::uint32_t>(std::clamp<std::int64_t>(own.number, 0, program::kNone));
    node.distinct = distinct_of(own.distinct);
    if (own.kind == PatternKind::sequence) {
      node.gaps = own.gaps;
      node.gaps.resize(node.children.empty() ? 0 : node.children.size() - 1, -1);
    }
    if (own.kind == PatternKind::distinct && own.distinct == model::DistinctOf::fields) add_counted(own, node);
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  void add_counted(const model::Pattern& own, program::PatternNode& node) {
    node.captures.resize(own.links.size());
    for (const auto& field : own.fields) {
      std::vector<value::Type> types;
      for (const LinkId link : own.links) {
        const auto some = captures_[index_.at(link)].types_of(field);
        types.insert(types.end(), some.begin(), some.end());
      }
      const value::Type type = meeting_type(types);
      for (std::size_t i = 0; i < own.links.size(); ++i) node.captures[i].push_back(captures_[index_.at(own.links[i])].of_type(field, type));
    }
  }

  // ---- links and events ----

  void add_link(LinkId id) {
    const model::Link& own = model_.links[id];
    program::Link link;
    link.name = own.qualified();
    // An anonymous link is reported as the one that it narrows.
    const model::Link* shown = &own;
    while (shown->anonymous && shown->parent != model::kNone) shown = &model_.links[shown->parent];
    link.shown_name = shown->name;
    link.doc = own.doc;
    link.anonymous = own.anonymous;
    link.need = own.need;
    link.attack = own.attack;
    link.risk = own.risk;
    link.captures = captures_[index_.at(id)].names();
    program_.links.push_back(std::move(link));
  }

  using Reading = std::vector<std::pair<LinkId, const model::LinkEvent*>>;  // what links ask of one event, in order of links

  void add_events() {
    std::map<model::EventId, Reading> readings;
    for (const LinkId id : links_) {
      for (const auto& event : model_.links[id].events) {
        const model::SourceId source = model_.events[event.event].source;
        if (!model_.sources[source].json) readings[event.event].emplace_back(id, &event);
        else if (refused_sources_.insert(source).second) {
          refuse("a source of custom JSON", "what link `" + model_.links[id].name + "` reads of", model_.sources[source].name, model_.sources[source].span);
        }
      }
    }
    complete_unlisted(readings);
    // By source and code, numbers by value.
    std::map<std::tuple<std::string, std::size_t, std::string, model::EventId>, const Reading*> order;
    for (const auto& [id, reading] : readings) {
      const std::string& code = model_.events[id].code;
      order[{source_name(id), code.size(), code, id}] = &reading;
    }
    for (const auto& [key, reading] : order) add_event(std::get<model::EventId>(key), *reading);
  }

  std::string source_name(model::EventId id) const {
    const model::Source& source = model_.sources[model_.events[id].source];
    return source.pack + "." + source.name;
  }

  void add_event(model::EventId id, const Reading& reading) {
    const model::Event& event = model_.events[id];
    const model::Source& source = model_.sources[event.source];
    program::EventPlan plan;
    plan.source = source_name(id);
    plan.code = event.code;
    for (const auto& name : source.channels) plan.channels.push_back(value::fold(name));
    for (const auto& name : event.providers.empty() ? source.providers : event.providers) plan.providers.push_back(value::fold(name));
    Lowering lowering(plan);
    for (const auto& [link, own] : reading) {
      program::Body body;
      body.link = index_.at(link);
      body.root = lowering.predicate(own->predicate);
      for (const Want& want : captures_[body.link].wants()) {
        program::Operand operand = operand_of(names_.find(*own, want.name), plan);
        if (want.type && operand.function == program::Function::none) operand.type = operand.field_type = *want.type;
        body.captures.push_back({operand});
      }
      plan.bodies.push_back(std::move(body));
    }
    program_.events.push_back(std::move(plan));
  }

  /// A record belongs to the most exact plan of its source. So the plan of a code that an open source does not
  /// list needs the bodies of the links that read any such code.
  void complete_unlisted(std::map<model::EventId, Reading>& readings) const {
    for (auto& [id, reading] : readings) {
      const model::Event& event = model_.events[id];
      const auto& listed = model_.sources[event.source].events;
      if (event.code.empty() || std::find(listed.begin(), listed.end(), id) != listed.end()) continue;
      for (const auto& [other, more] : readings) {
        if (!model_.events[other].code.empty() || model_.events[other].source != event.source) continue;
        for (const auto& entry : more) {
          const bool there = std::any_of(reading.begin(), reading.end(), [&](const auto& own) { return own.first == entry.first; });
          if (!there) reading.push_back(entry);
        }
      }
      std::stable_sort(reading.begin(), reading.end(), [&](const auto& a, const auto& b) { return index_.at(a.first) < index_.at(b.first); });
    }
  }

  const model::Model& model_;
  const Options& options_;
  Diagnostics& diagnostics_;
  Names names_;
  std::vector<ChainId> chains_;
  std::vector<LinkId> links_;
  std::map<LinkId, std::uint32_t> index_;  // into captures_ and Program::links
  std::vector<Captures> captures_;
  std::set<model::SourceId> refused_sources_;
  program::Program program_;
};

constexpr const Pass* kPipeline[] = {&pass_fold, &pass_order, &pass_share};

}  // namespace

std::span<const Pass* const> pipeline() { return kPipeline; }

std::optional<program::Program> plan(const model::Model& model, const Options& options, Diagnostics& diagnostics) {
  return Planner(model, options, diagnostics).run();
}

}  // namespace chainhunt::plan

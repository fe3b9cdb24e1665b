#include "compiler/plan/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/body.h"
#include "runtime/value/text.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::plan {
namespace {

using model::ChainId;
using model::LinkId;

/// A pattern is normalised into alternatives; more than this many are refused here, so that the engine
/// never meets them. The engine's own limit is the same.
constexpr std::size_t kMaxAlternatives = 256;
/// Events in one match: above, a count belongs into an aggregate.
constexpr std::int64_t kMaxMatchEvents = 1'000'000;

template <typename Rule>
bool named_by(const Rule& rule, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == rule.qualified() || word == rule.name || word == rule.pack) return true;
    if (word.find('*') != std::string::npos || word.find('?') != std::string::npos) {
      const value::Wildcard glob(word);
      if (glob.matches(rule.qualified()) || glob.matches(rule.name)) return true;
    }
    if (std::find(rule.need.begin(), rule.need.end(), word) != rule.need.end()) return true;
    if (std::find(rule.attack.begin(), rule.attack.end(), word) != rule.attack.end()) return true;
    for (const auto& entry : rule.meta) {
      if (entry.key == "status" && std::find(entry.values.begin(), entry.values.end(), word) != entry.values.end()) return true;
    }
  }
  return false;
}

void fields_in(const model::Predicate& predicate, std::vector<std::string>& out) {
  const auto add = [&](const model::Operand& operand) {
    if (operand.kind != model::OperandKind::field) return;
    if (std::find(out.begin(), out.end(), operand.shown) == out.end()) out.push_back(operand.shown);
  };
  switch (predicate.kind) {
    case model::PredicateKind::compare: case model::PredicateKind::exists: case model::PredicateKind::missing:
      add(predicate.left);
      if (predicate.right) add(*predicate.right);
      break;
    case model::PredicateKind::always: case model::PredicateKind::never: case model::PredicateKind::conjunction:
    case model::PredicateKind::disjunction: case model::PredicateKind::negation: break;
  }
  for (const auto& child : predicate.children) fields_in(child, out);
}

void links_in(const model::Pattern& pattern, std::vector<LinkId>& out) {
  for (const LinkId link : pattern.links) {
    if (std::find(out.begin(), out.end(), link) == out.end()) out.push_back(link);
  }
  for (const auto& child : pattern.children) links_in(child, out);
}

/// What of a pattern cannot be planned yet; empty: all of it can.
std::string not_yet(const model::Model& model, const model::Pattern& pattern) {
  switch (pattern.kind) {
    case model::PatternKind::absence: return "absence (`not`)";
    case model::PatternKind::risk: return "`risk`";
    case model::PatternKind::aggregate: return "the aggregate `" + pattern.function + "`";
    case model::PatternKind::hops: return "`hops`";
    case model::PatternKind::step: case model::PatternKind::conjunction: case model::PatternKind::disjunction:
    case model::PatternKind::sequence: case model::PatternKind::count: case model::PatternKind::n_of: case model::PatternKind::distinct: break;
  }
  if (!pattern.chains.empty()) return "a chain used as a link (`" + model.chains[pattern.chains[0]].name + "`)";
  for (const LinkId link : pattern.links) {
    if (!model.links[link].keep.empty()) return "`keep` (in link `" + model.links[link].name + "`)";
  }
  for (const auto& child : pattern.children) {
    if (auto found = not_yet(model, child); !found.empty()) return found;
  }
  return {};
}

/// Alternatives after distributing over `or`, and events of the largest match; both saturate.
std::pair<std::size_t, std::int64_t> size_of(const model::Pattern& pattern) {
  std::size_t alternatives = pattern.kind == model::PatternKind::disjunction ? 0 : 1;
  std::int64_t events = 0;
  for (const auto& child : pattern.children) {
    const auto [a, e] = size_of(child);
    if (pattern.kind == model::PatternKind::disjunction) {
      alternatives += a;
      events = std::max(events, e);
    } else {
      alternatives = std::min<std::size_t>(alternatives * a, kMaxAlternatives + 1);
      events += e;
    }
  }
  if (pattern.children.empty()) events = pattern.kind == model::PatternKind::step ? 1 : pattern.number;
  return {alternatives, std::min(events, kMaxMatchEvents + 1)};
}

class Planner {
 public:
  Planner(const model::Model& model, const Options& options, Diagnostics& diagnostics)
      : model_(model), options_(options), diagnostics_(diagnostics) {}

  std::optional<program::Program> run() {
    select();
    for (const LinkId link : order_) {
      ids_[link] = static_cast<std::uint32_t>(program_.links.size());
      add_link(link);
    }
    add_events();
    for (const ChainId chain : chains_) add_chain(model_.chains[chain]);
    if (program_.links.empty()) return std::nullopt;
    return std::move(program_);
  }

 private:
  bool chosen_pack(const std::string& pack) const {
    return options_.packs.empty() || std::find(options_.packs.begin(), options_.packs.end(), pack) != options_.packs.end();
  }
  template <typename Rule>
  bool chosen(const Rule& rule) const {
    if (!chosen_pack(rule.pack)) return false;
    if (!options_.only.empty() && !named_by(rule, options_.only)) return false;
    return !named_by(rule, options_.exclude);
  }

  void refuse(const std::string& construct, const std::string& kind, const std::string& name, Span span) {
    diagnostics_.error("not-yet", span, construct + " belongs to a later version; " + kind + " `" + name + "` is left out");
  }

  void select() {
    std::set<LinkId> live;
    for (ChainId id = 0; id < model_.chains.size(); ++id) {
      const model::Chain& chain = model_.chains[id];
      if (!chosen(chain)) continue;
      std::string construct = not_yet(model_, chain.match);
      if (construct.empty() && chain.where) construct = "`where` over steps";
      if (construct.empty()) {
        const auto [alternatives, events] = size_of(chain.match);
        if (alternatives > kMaxAlternatives) {
          diagnostics_.error("too-many-alternatives", chain.span,
                             "chain `" + chain.name + "` has more than " + std::to_string(kMaxAlternatives) + " alternatives once `or` is spread out");
          continue;
        }
        if (events > kMaxMatchEvents) {
          diagnostics_.error("too-many-events", chain.span,
                             "a match of chain `" + chain.name + "` has more than " + std::to_string(kMaxMatchEvents) + " events");
          continue;
        }
      }
      std::vector<LinkId> links;
      links_in(chain.match, links);
      if (!construct.empty()) {
        refuse(construct, "chain", chain.name, chain.span);
        continue;
      }
      if (links.empty()) continue;  // the checker has said why
      chains_.push_back(id);
      live.insert(links.begin(), links.end());
    }
    for (LinkId id = 0; id < model_.links.size(); ++id) {
      const model::Link& link = model_.links[id];
      if (link.anonymous || !chosen(link)) continue;
      if (!link.keep.empty()) {
        refuse("`keep`", "link", link.name, link.span);
        continue;
      }
      live.insert(id);
    }
    // By name, so that the program does not depend on the order of files.
    order_.assign(live.begin(), live.end());
    std::sort(order_.begin(), order_.end(), [&](LinkId a, LinkId b) {
      return std::pair(model_.links[a].qualified(), a) < std::pair(model_.links[b].qualified(), b);
    });
    std::sort(chains_.begin(), chains_.end(), [&](ChainId a, ChainId b) { return model_.chains[a].qualified() < model_.chains[b].qualified(); });
  }

  std::optional<model::Operand> operand_in(const model::LinkEvent& event, const std::string& name) {
    const auto key = std::pair(event.event, name);
    if (event.class_fields.empty()) {
      const auto known = resolved_.find(key);
      if (known != resolved_.end()) return known->second;
    }
    auto operand = model::resolve(model_, event, name);
    if (!operand && model_.sources[model_.events[event.event].source].open) {
      operand.emplace();
      operand->name = operand->shown = name;
    }
    if (event.class_fields.empty()) resolved_[key] = operand;
    return operand;
  }

  std::uint32_t capture(LinkId link, const std::string& name, bool shown) {
    program::Link& out = program_.links[ids_.at(link)];
    for (std::uint32_t i = 0; i < out.captures.size(); ++i) {
      if (out.captures[i].name != name) continue;
      out.captures[i].shown = out.captures[i].shown || shown;
      return i;
    }
    program::CaptureName capture;
    capture.name = name;
    capture.shown = shown;
    bool typed = false;
    for (const auto& event : model_.links[link].events) {
      const auto operand = operand_in(event, name);
      if (!operand || typed) continue;
      typed = true;
      capture.type = operand->type.type;
      if (operand->type.mask == model::kNone) continue;
      for (const auto& bit : model_.masks[operand->type.mask].bits) capture.bits.push_back({bit.name, bit.value});
    }
    out.captures.push_back(std::move(capture));
    return static_cast<std::uint32_t>(out.captures.size() - 1);
  }

  void add_link(LinkId id) {
    const model::Link& link = model_.links[id];
    program::Link out;
    out.name = link.qualified();
    // An anonymous link is reported as the one that it narrows.
    const model::Link* shown = &link;
    while (shown->anonymous && shown->parent != model::kNone) shown = &model_.links[shown->parent];
    out.shown_name = shown->name;
    out.anonymous = link.anonymous;
    out.doc = link.doc;
    out.need = link.need;
    out.attack = link.attack;
    out.risk = link.risk;
    program_.links.push_back(std::move(out));
    capture(id, "computer", false);
    // Keys and counted values first: their captures are part of what a chain is.
    for (const ChainId c : chains_) {
      const model::Chain& chain = model_.chains[c];
      for (const auto& key : chain.by) {
        for (std::size_t i = 0; i < key.links.size(); ++i) {
          if (key.links[i] == id) capture(id, key.fields[i], false);
        }
      }
      capture_counted(chain.match, id);
    }
    std::vector<std::string> show = link.show;
    if (show.empty()) {
      for (const auto& event : link.events) fields_in(event.predicate, show);
    }
    for (const std::string& name : show) capture(id, name, true);
    for (const ChainId c : chains_) {
      std::vector<LinkId> links;
      links_in(model_.chains[c].match, links);
      if (std::find(links.begin(), links.end(), id) == links.end()) continue;
      for (const std::string& name : model_.chains[c].show) {
        const bool everywhere = std::all_of(link.events.begin(), link.events.end(), [&](const auto& e) { return operand_in(e, name).has_value(); });
        if (everywhere) capture(id, name, false);
      }
    }
  }

  void capture_counted(const model::Pattern& pattern, LinkId id) {
    if (std::find(pattern.links.begin(), pattern.links.end(), id) != pattern.links.end()) {
      for (const std::string& field : pattern.fields) capture(id, field, false);
    }
    for (const auto& child : pattern.children) capture_counted(child, id);
  }

  void add_events() {
    // One plan per event code with a live link, in the order of source and code.
    std::map<std::pair<std::string, std::string>, model::EventId> live;
    for (const LinkId id : order_) {
      for (const auto& event : model_.links[id].events) {
        const model::Event& e = model_.events[event.event];
        const model::Source& source = model_.sources[e.source];
        if (source.json) {
          if (json_refused_.insert(e.source).second) refuse("a source of custom JSON", "what link `" + model_.links[id].name + "` reads of", source.name, source.span);
          continue;
        }
        live[{source.pack + "." + source.name, std::string(8 - std::min<std::size_t>(8, e.code.size()), '0') + e.code}] = event.event;
      }
    }
    for (const auto& [key, event_id] : live) {
      const model::Event& event = model_.events[event_id];
      const model::Source& source = model_.sources[event.source];
      program::EventPlan plan;
      plan.source = key.first;
      plan.code = event.code;
      for (const auto& channel : source.channels) plan.channels.push_back(value::fold(channel));
      for (const auto& provider : event.providers.empty() ? source.providers : event.providers) plan.providers.push_back(value::fold(provider));
      BodyBuilder builder(plan);
      for (const LinkId id : order_) {
        for (const auto& link_event : model_.links[id].events) {
          if (link_event.event != event_id) continue;
          program::Body body;
          body.link = ids_.at(id);
          body.root = builder.node(link_event.predicate);
          if (plan.nodes[body.root].kind == program::NodeKind::never) continue;
          for (const auto& capture : program_.links[body.link].captures) {
            const auto operand = operand_in(link_event, capture.name);
            program::Operand missing;
            missing.from = program::From::missing;
            body.captures.push_back({operand ? builder.operand(*operand) : missing});
          }
          plan.bodies.push_back(std::move(body));
        }
      }
      if (!plan.bodies.empty()) program_.events.push_back(std::move(plan));
    }
  }

  std::uint32_t add_node(program::Chain& chain, const model::Pattern& pattern) {
    program::PatternNode node;
    switch (pattern.kind) {
      case model::PatternKind::conjunction: node.kind = program::PatternKind::conjunction; break;
      case model::PatternKind::disjunction: node.kind = program::PatternKind::disjunction; break;
      case model::PatternKind::sequence: node.kind = program::PatternKind::sequence; break;
      case model::PatternKind::count: node.kind = program::PatternKind::count; break;
      case model::PatternKind::n_of: node.kind = program::PatternKind::n_of; break;
      case model::PatternKind::distinct: node.kind = program::PatternKind::distinct; break;
      case model::PatternKind::step: case model::PatternKind::absence: case model::PatternKind::risk:
      case model::PatternKind::aggregate: case model::PatternKind::hops: break;
    }
    for (const auto& child : pattern.children) node.children.push_back(add_node(chain, child));
    node.label = pattern.label;
    node.gaps = pattern.gaps;
    node.number = static_cast<std::uint32_t>(pattern.number);
    node.distinct = static_cast<program::DistinctOf>(pattern.distinct);
    for (const LinkId link : pattern.links) {
      node.links.push_back(ids_.at(link));
      if (pattern.kind != model::PatternKind::distinct || pattern.distinct != model::DistinctOf::fields) continue;
      auto& captures = node.captures.emplace_back();
      for (const std::string& field : pattern.fields) captures.push_back(capture(link, field, false));
    }
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  void add_chain(const model::Chain& chain) {
    program::Chain out;
    out.name = chain.qualified();
    out.doc = chain.doc;
    out.root = add_node(out, chain.match);
    for (const auto& key : chain.by) {
      program::Key program_key;
      program_key.name = key.name;
      for (std::size_t i = 0; i < key.links.size(); ++i) {
        program_key.links.push_back(ids_.at(key.links[i]));
        program_key.captures.push_back(capture(key.links[i], key.fields[i], false));
      }
      out.keys.push_back(std::move(program_key));
    }
    out.within = chain.within;
    out.aligned = chain.aligned;
    out.suppress = chain.suppress;
    out.severity = static_cast<program::Severity>(chain.severity);
    out.need = chain.need;
    out.attack = chain.attack;
    out.show = chain.show;
    program_.chains.push_back(std::move(out));
  }

  const model::Model& model_;
  const Options& options_;
  Diagnostics& diagnostics_;
  program::Program program_;
  std::vector<ChainId> chains_;
  std::vector<LinkId> order_;
  std::map<LinkId, std::uint32_t> ids_;
  std::map<std::pair<model::EventId, std::string>, std::optional<model::Operand>> resolved_;
  std::set<model::SourceId> json_refused_;
};

}  // namespace

std::optional<program::Program> plan(const model::Model& model, const Options& options, Diagnostics& diagnostics) {
  return Planner(model, options, diagnostics).run();
}

}  // namespace chainhunt::plan

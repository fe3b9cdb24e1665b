#include "compiler/plan/plan.h"

#include <algorithm>
#include <cmath>
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
    case PatternKind::absence: return program::PatternKind::absence;
    case PatternKind::risk: return program::PatternKind::risk;
    case PatternKind::aggregate: return program::PatternKind::aggregate;
    case PatternKind::hops: return program::PatternKind::hops;
  }
  return program::PatternKind::step;
}

program::Aggregate aggregate_of(const std::string& function) {
  if (function == "count") return program::Aggregate::count;
  if (function == "distinct") return program::Aggregate::distinct;
  if (function == "sum") return program::Aggregate::sum;
  if (function == "avg") return program::Aggregate::average;
  if (function == "median") return program::Aggregate::median;
  return program::Aggregate::percentile;
}

program::Order order_of(syntax::CompareOp op) {
  switch (op) {
    case syntax::CompareOp::eq: return program::Order::eq;
    case syntax::CompareOp::ne: return program::Order::ne;
    case syntax::CompareOp::lt: return program::Order::lt;
    case syntax::CompareOp::le: return program::Order::le;
    case syntax::CompareOp::gt: return program::Order::gt;
    default: return program::Order::ge;
  }
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
    for (const ChainId chain : chains_) add_chain(chain);
    for (const LinkId link : links_) ask_kept(link);
    for (Captures& captures : captures_) captures.show_own();
    for (const ChainId id : chains_) {
      for (const LinkId link : links_of(model_.chains[id].match, false)) {
        for (const auto& name : model_.chains[id].show) captures_[index_.at(link)].show_for_chain(name);
      }
    }
    // What a chain hands on is captured by its links: the outermost ask first.
    for (auto chain = chains_.rbegin(); chain != chains_.rend(); ++chain) ask_inner_links(*chain);
    for (const LinkId link : links_) add_link(link);
    add_events();
    add_sources();
    if (!verified("lowering")) return std::nullopt;
    for (const Pass* pass : pipeline()) {
      if (options_.author_order && pass == &pass_order) continue;
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

  bool can_run(const model::Chain& chain) {
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
    return !links_of(chain.match, false).empty();  // without links, the checker has said why
  }

  /// The chains that a chain is made of, itself last; false: one of them cannot run.
  bool with_inner(ChainId id, std::set<ChainId>& out) {
    if (out.contains(id)) return true;
    for (const LinkId link : links_of(model_.chains[id].match, true)) {
      const ChainId inner = model_.links[link].chain;
      if (inner != model::kNone && !with_inner(inner, out)) return false;
    }
    if (!can_run(model_.chains[id])) return false;
    out.insert(id);
    return true;
  }

  /// How many chains stand inside each other, this one included.
  std::size_t depth_of(ChainId id) const {
    std::size_t depth = 0;
    for (const LinkId link : links_of(model_.chains[id].match, true)) {
      if (model_.links[link].chain != model::kNone) depth = std::max(depth, depth_of(model_.links[link].chain));
    }
    return depth + 1;
  }

  /// How many `keep`s a link's events pass.
  std::size_t keeps_of(LinkId id) const {
    std::size_t keeps = model_.links[id].keep ? 0 : model::kNone;  // what is counted stands before all others
    for (LinkId at = model_.links[id].after; at != model::kNone && keeps != model::kNone; at = model_.links[at].after) ++keeps;
    return keeps;
  }

  void select() {
    std::set<LinkId> live;
    std::set<ChainId> chains;
    for (ChainId id = 0; id < model_.chains.size(); ++id) {
      std::set<ChainId> with;
      if (!selected(model_.chains[id], options_) || !with_inner(id, with)) continue;
      reported_.insert(id);
      chains.merge(with);
    }
    for (const ChainId id : chains) live.merge(links_of(model_.chains[id].match, true));
    for (LinkId id = 0; id < model_.links.size(); ++id) {
      if (selected(model_.links[id], options_)) live.insert(id);
    }
    for (const LinkId id : std::set<LinkId>(live)) {
      for (LinkId at = model_.links[id].after; at != model::kNone; at = model_.links[at].after) live.insert(at);
    }
    // By name, so that the program does not depend on the order of files; what others are made of goes first.
    links_.assign(live.begin(), live.end());
    std::sort(links_.begin(), links_.end(), [&](LinkId a, LinkId b) {
      return std::tuple(keeps_of(a), model_.links[a].qualified(), a) < std::tuple(keeps_of(b), model_.links[b].qualified(), b);
    });
    chains_.assign(chains.begin(), chains.end());
    std::sort(chains_.begin(), chains_.end(), [&](ChainId a, ChainId b) {
      return std::pair(depth_of(a), model_.chains[a].qualified()) < std::pair(depth_of(b), model_.chains[b].qualified());
    });
    for (std::size_t i = 0; i < chains_.size(); ++i) chain_index_[chains_[i]] = static_cast<std::uint32_t>(i);
  }

  // ---- chains ----

  void add_chain(ChainId id) {
    const model::Chain& own = model_.chains[id];
    program::Chain chain;
    chain.reported = reported_.contains(id);
    chain.name = own.qualified();
    chain.doc = own.doc;
    chain.within = own.within;
    chain.aligned = own.aligned;
    chain.suppress = own.suppress;
    chain.severity = severity_of(own.severity);
    chain.need = own.need;
    chain.attack = own.attack;
    chain.show = own.show;
    const auto used = links_of(own.match, true);
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
    if (own.where) add_where(own, chain);
    program_.chains.push_back(std::move(chain));
  }

  void add_where(const model::Chain& own, program::Chain& chain) {
    program::StepCondition& where = chain.where.emplace();
    where.plan.source = chain.name;
    where.plan.code = "where";
    Lowering lowering(where.plan);
    program::Body body;
    body.root = lowering.predicate(*own.where);
    where.plan.bodies.push_back(std::move(body));
    std::map<std::uint32_t, value::Type> types;
    for (auto& atom : where.plan.atoms) {
      for (auto* operand : {&atom.left, &atom.right}) {
        if (operand->from == program::From::slot) types.emplace(operand->slot, operand->field_type);
      }
    }
    for (std::size_t slot = 0; slot < where.plan.projection.fields.size(); ++slot) {
      const std::string& name = where.plan.projection.fields[slot];
      program::StepCondition::Field field;
      field.label = name.substr(0, name.find('.'));
      const std::string member = name.substr(name.find('.') + 1);
      for (const auto& [label, links] : own.steps) {
        if (label != field.label) continue;
        for (const LinkId link : links) {
          field.links.push_back(index_.at(link));
          field.captures.push_back(captures_[index_.at(link)].of_type(member, types.contains(static_cast<std::uint32_t>(slot)) ? types.at(static_cast<std::uint32_t>(slot)) : value::Type::text));
        }
      }
      where.fields.push_back(std::move(field));
    }
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
    node.within = own.within;
    if (own.kind == PatternKind::aggregate) {
      node.function = aggregate_of(own.function);
      if (node.function == program::Aggregate::percentile) node.percent = static_cast<std::uint32_t>(std::stoul(own.function.substr(1)));
      node.order = order_of(own.op);
      node.value = own.value;
      count_at_least(node);
    }
    if (own.kind == PatternKind::hops || own.kind == PatternKind::aggregate || (own.kind == PatternKind::distinct && own.distinct == model::DistinctOf::fields)) {
      add_counted(own, node);
    }
    chain.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(chain.nodes.size() - 1);
  }

  /// `count L >= 5` is `5 L`, and `distinct f of L > 3` is `4 distinct f of L`: any so many are a match.
  static void count_at_least(program::PatternNode& node) {
    const bool counts = node.function == program::Aggregate::count || node.function == program::Aggregate::distinct;
    const bool at_least = node.order == program::Order::ge || node.order == program::Order::gt;
    const double least = node.order == program::Order::gt ? std::floor(node.value) + 1 : std::ceil(node.value);
    if (!counts || !at_least || least > static_cast<double>(kMaxMatchEvents)) return;
    node.kind = node.function == program::Aggregate::count ? program::PatternKind::count : program::PatternKind::distinct;
    node.number = least < 1 ? 1 : static_cast<std::uint32_t>(least);
    node.function = program::Aggregate::count;
    node.value = 0;
    node.order = program::Order::ge;
  }

  void add_counted(const model::Pattern& own, program::PatternNode& node) {
    node.captures.resize(own.links.size());
    std::vector<value::Type> types;
    for (const auto& field : own.fields) {
      // A path's places are compared with each other, values of one field only with themselves.
      const bool places = own.kind == PatternKind::hops;
      if (!places) types.clear();
      for (const auto& name : places && types.empty() ? own.fields : std::vector{field}) {
        for (const LinkId link : own.links) {
          const auto some = captures_[index_.at(link)].types_of(name);
          types.insert(types.end(), some.begin(), some.end());
        }
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
    if (own.after != model::kNone) link.after = index_.at(own.after);
    if (own.keep) {
      program::Keep& keep = link.keep.emplace();
      keep.rare = own.keep->rare;
      keep.below = static_cast<std::uint32_t>(std::min<std::int64_t>(own.keep->below, program::kNone));
      keep.in = own.keep->in;
      for (const auto& name : own.keep->fields) keep.fields.push_back(value_of(id, name));
      for (const auto& name : own.keep->by) keep.by.push_back(value_of(id, name));
    }
    if (own.chain != model::kNone) link.completion = completion_of(id);
    program_.links.push_back(std::move(link));
  }

  /// A capture by the one type that all of the link's events give the name.
  std::uint32_t value_of(LinkId id, const std::string& name) {
    Captures& captures = captures_[index_.at(id)];
    return captures.of_type(name, meeting_type(captures.types_of(name)));
  }

  /// Where the captures of a chain's completions come from; asks its links for them.
  program::Completion completion_of(LinkId id) {
    const model::Chain& chain = model_.chains[model_.links[id].chain];
    program::Completion out;
    out.chain = chain_index_.at(model_.links[id].chain);
    for (const Want& want : std::vector<Want>(captures_[index_.at(id)].wants())) {
      auto& source = out.captures.emplace_back();
      const auto key = std::find_if(chain.by.begin(), chain.by.end(), [&](const auto& k) { return k.name == want.name; });
      if (key != chain.by.end()) {
        source.key = static_cast<std::uint32_t>(key - chain.by.begin());
        continue;
      }
      const value::Type type = want.type ? *want.type : meeting_type(captures_[index_.at(id)].types_of(want.name));
      for (const LinkId inner : links_of(chain.match, false)) {
        if (types_of(names_, model_.links[inner], want.name).empty()) continue;
        source.links.push_back(index_.at(inner));
        source.captures.push_back(captures_[index_.at(inner)].of_type(want.name, type));
      }
    }
    return out;
  }

  void ask_kept(LinkId id) {
    if (!model_.links[id].keep) return;
    for (const auto* names : {&model_.links[id].keep->fields, &model_.links[id].keep->by}) {
      for (const auto& name : *names) value_of(id, name);
    }
  }

  void ask_inner_links(ChainId id) {
    for (const LinkId link : links_of(model_.chains[id].match, true)) {
      if (model_.links[link].chain != model::kNone) completion_of(link);
    }
  }

  using Reading = std::vector<std::pair<LinkId, const model::LinkEvent*>>;  // what links ask of one event, in order of links

  void add_events() {
    std::map<model::EventId, Reading> readings;
    for (const LinkId id : links_) {
      for (const auto& event : model_.links[id].events) {
        readings[event.event].emplace_back(id, &event);
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

  /// All declared sources, also those that nothing here reads: which source a record belongs to does not depend on
  /// what is selected.
  void add_sources() {
    std::vector<const model::Source*> sources;
    for (const auto& source : model_.sources) {
      if (source.json && source.recognise && !source.time_path.empty()) sources.push_back(&source);
    }
    std::sort(sources.begin(), sources.end(), [](const auto* a, const auto* b) {
      return std::tie(a->pack, a->span.file, a->span.begin) < std::tie(b->pack, b->span.file, b->span.begin);
    });
    const auto reads = [&](const model::Source& source) {
      const std::string name = value::fold(source.pack + "." + source.name);
      return std::any_of(program_.events.begin(), program_.events.end(), [&](const auto& e) { return e.providers == std::vector{name}; });
    };
    // Where no link reads any, recognising would only cost.
    if (std::none_of(sources.begin(), sources.end(), [&](const auto* s) { return reads(*s); })) return;
    for (const auto* own : sources) {
      program::RecordSource source;
      source.name = own->pack + "." + own->name;
      source.recognise.source = source.name;
      source.recognise.code = "json";
      Lowering lowering(source.recognise);
      program::Body body;
      body.root = lowering.predicate(*own->recognise);
      source.recognise.bodies.push_back(std::move(body));
      source.time_path = own->time_path;
      source.code_path = own->code_path;
      source.computer_path = own->computer_path;
      if (own->code_path.empty() && own->events.size() == 1) source.only_code = model_.events[own->events.front()].code;
      source.time_format = own->time_format == "epoch_s" ? abi::TimeFormat::epoch_s : own->time_format == "epoch_ms" ? abi::TimeFormat::epoch_ms : abi::TimeFormat::iso;
      source.zone = own->zone;
      program_.sources.push_back(std::move(source));
    }
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
    // The reader that recognises a declared source's record names the source as its provider.
    if (source.json) {
      plan.providers.push_back(value::fold(plan.source));
    } else {
      for (const auto& name : source.channels) plan.channels.push_back(value::fold(name));
      for (const auto& name : event.providers.empty() ? source.providers : event.providers) plan.providers.push_back(value::fold(name));
    }
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
  std::map<ChainId, std::uint32_t> chain_index_;  // into Program::chains
  std::set<ChainId> reported_;
  std::vector<Captures> captures_;
  program::Program program_;
};

constexpr const Pass* kPipeline[] = {&pass_fold, &pass_order, &pass_share};

}  // namespace

std::span<const Pass* const> pipeline() { return kPipeline; }

std::optional<program::Program> plan(const model::Model& model, const Options& options, Diagnostics& diagnostics) {
  return Planner(model, options, diagnostics).run();
}

}  // namespace chainhunt::plan

#include "runtime/explain/causes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "runtime/explain/aggregate.h"
#include "runtime/explain/describe.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::explain {
namespace {

using program::Chain;
using program::PatternKind;
using program::PatternNode;

/// Values told of one cause.
constexpr std::size_t kMaxValues = 3;

std::string clock(std::int64_t time) { return value::print_time(time).substr(11, 12); }

/// A bound as a rule would give it: in whole milliseconds, none lower.
std::int64_t rounded_up(std::int64_t ticks) {
  const std::int64_t unit = ticks > 600 * value::kTicksPerSecond ? value::kTicksPerSecond : value::kTicksPerMillisecond;
  return (ticks + unit - 1) / unit * unit;
}

/// 2 for just above, 3 for twice as long, one more for each doubling.
double distance_of(std::int64_t used, std::int64_t allowed) {
  return 2 + std::log2(static_cast<double>(std::max<std::int64_t>(used, 1)) / static_cast<double>(std::max<std::int64_t>(allowed, value::kTicksPerMillisecond)));
}

std::string shown(const Value& value) { return value.present ? value.text.empty() ? "empty" : value.text : "missing"; }

bool has_link(const std::vector<std::uint32_t>& links, std::uint32_t link) { return std::find(links.begin(), links.end(), link) != links.end(); }

/// All links below a node.
std::vector<std::uint32_t> links_below(const Chain& chain, std::uint32_t at) {
  std::vector<std::uint32_t> out = chain.nodes[at].links;
  for (const std::uint32_t child : chain.nodes[at].children) {
    for (const std::uint32_t link : links_below(chain, child)) out.push_back(link);
  }
  return out;
}

std::int64_t span_of(const Hits& hits) { return hits.empty() ? 0 : hits.back()->event.time - hits.front()->event.time; }

}  // namespace

Hits Causes::match_of(const Chain& chain, const Hits& hits, const Entity& entity) const {
  Hits found = bench_.shortest(chain, hits, entity);
  // What the same records are to links that have nothing to do with it is left out.
  std::vector<std::uint32_t> links = links_of(chain, false);
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto& completion = study_.program.links[links[i]].completion;
    if (!completion) continue;
    for (const std::uint32_t link : links_of(study_.program.chains[completion->chain], false)) links.push_back(link);
  }
  std::erase_if(found, [&](const engine::Hit* hit) { return !has_link(links, hit->link); });
  if (found.empty() || found.size() > kMaxMeasured) return found;
  // Absent links' events are no evidence; a chain that minds them was asked on all hits before.
  return bench_.fires(chain, found, entity) ? bench_.shrink(chain, found, entity) : found;
}

template <typename With>
std::int64_t Causes::least(std::int64_t low, std::int64_t high, const Hits& hits, const Entity& entity, With&& with) const {
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    if (bench_.fires(with(middle), hits, entity)) high = middle;
    else low = middle;
  }
  return high;
}

std::string Causes::links_of_record(const Hits& match, const engine::Hit& hit) const {
  std::string out;
  for (const engine::Hit* own : match) {
    if (same_record(*own, hit)) out += (out.empty() ? "" : "+") + study_.program.links[own->link].shown_name;
  }
  return out;
}

std::optional<Made> Causes::make(const Relaxation& relaxation, const Entity& entity, const Hits& own, const std::vector<engine::Hit>& all) const {
  std::optional<Made> made;
  switch (relaxation.kind) {
    case CauseKind::window: made = window(relaxation, entity, own); break;
    case CauseKind::gap: made = gap(relaxation, entity, own); break;
    case CauseKind::alignment: made = alignment(relaxation, entity, own); break;
    case CauseKind::order: made = order(relaxation, entity, own); break;
    case CauseKind::absence: made = absence(relaxation, entity, own); break;
    case CauseKind::across: made = across(relaxation, entity, own); break;
    case CauseKind::count: made = count(relaxation, entity, own); break;
    case CauseKind::aggregate: made = aggregate(relaxation, entity, own); break;
    case CauseKind::condition: made = condition(relaxation, entity, own); break;
    case CauseKind::keep: made = keep(relaxation, entity, own); break;
    case CauseKind::key: made = key(relaxation, entity, all, own); break;
    case CauseKind::step: made = step(relaxation, entity, own); break;
    case CauseKind::one_record: case CauseKind::limit: break;  // found on the way
  }
  if (made && made->match.empty()) return std::nullopt;
  return made;
}

std::optional<Made> Causes::window(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  const auto with = [&](std::int64_t within) {
    Chain chain = chain_;
    chain.within = within;
    return chain;
  };
  Hits found = bench_.shortest(relaxation.chain, own, entity);
  if (found.empty()) return std::nullopt;
  const std::int64_t longest = std::min(relaxation.chain.within, span_of(found));
  std::int64_t needed = longest;
  if (own.size() <= kMaxMeasured && bench_.fires(with(longest), own, entity)) needed = least(chain_.within, longest, own, entity, with);
  needed = rounded_up(needed);
  // What is told must fire on everything that the entity did.
  if (needed <= chain_.within || !bench_.fires(with(needed), own, entity)) return std::nullopt;
  Made made;
  made.match = match_of(with(needed), own, entity);
  const std::int64_t used = span_of(made.match);
  made.cause.kind = CauseKind::window;
  made.cause.seen = measured(used);
  made.cause.wanted = value::print_duration(chain_.within);
  made.cause.text = fmt::format("the window: these events take {}, {} more than the {} allowed", measured(used), measured(used - chain_.within), value::print_duration(chain_.within));
  made.cause.change = "within " + value::print_duration(needed);
  made.cause.distance = distance_of(needed, chain_.within);
  return made;
}

std::optional<Made> Causes::gap(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  const std::uint32_t at = relaxation.nodes.front();
  const std::int64_t allowed = chain_.nodes[at].gaps[relaxation.gap];
  const auto with = [&](std::int64_t bound) {
    Chain chain = chain_;
    chain.nodes[at].gaps[relaxation.gap] = bound;
    return chain;
  };
  std::int64_t needed = chain_.within;
  if (own.size() <= kMaxMeasured && bench_.fires(with(needed), own, entity)) needed = least(allowed, needed, own, entity, with);
  const std::int64_t used = needed;
  needed = rounded_up(needed);
  if (needed <= allowed || !bench_.fires(with(needed), own, entity)) return std::nullopt;
  Made made;
  made.match = match_of(with(needed), own, entity);
  const std::string step = pattern_text(study_.program, chain_, chain_.nodes[at].children[relaxation.gap + 1], true);
  made.cause.kind = CauseKind::gap;
  made.cause.link = step;
  made.cause.seen = measured(used);
  made.cause.wanted = value::print_duration(allowed);
  made.cause.text = fmt::format("the gap: {} comes {} after what stands before it, {} more than the {} allowed", step, measured(used), measured(used - allowed),
                                value::print_duration(allowed));
  made.cause.change = "then within " + value::print_duration(needed) + " " + step;
  made.cause.distance = distance_of(needed, allowed);
  return made;
}

std::optional<Made> Causes::alignment(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  if (made.match.empty()) return std::nullopt;
  const std::int64_t last = made.match.back()->event.time;
  const std::int64_t length = std::max<std::int64_t>(1, chain_.within);
  const std::int64_t edge = last - (last % length + length) % length;
  made.cause.kind = CauseKind::alignment;
  made.cause.text = fmt::format("the calendar window: the events lie on both sides of {}, where a window of {} begins", clock(edge), value::print_duration(chain_.within));
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance;
  return made;
}

std::optional<Made> Causes::order(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  if (made.match.empty()) return std::nullopt;
  std::string came;
  const engine::Hit* before = nullptr;
  for (const engine::Hit* hit : made.match) {
    if (before != nullptr && same_record(*before, *hit)) continue;
    if (before != nullptr) came += fmt::format(", {} later ", measured(hit->event.time - before->event.time));
    came += links_of_record(made.match, *hit);
    before = hit;
  }
  made.cause.kind = CauseKind::order;
  made.cause.seen = came;
  made.cause.wanted = pattern_text(study_.program, chain_, chain_.root);
  made.cause.text = fmt::format("the order: {}; the chain asks for {}", came, made.cause.wanted);
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance;
  return made;
}

std::optional<Made> Causes::absence(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  const PatternNode& node = chain_.nodes[relaxation.nodes.front()];
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  if (made.match.empty()) return std::nullopt;
  // Each event of the absent links alone: does the match fire with only it beside?
  Hits rest;
  std::vector<const engine::Hit*> breaking;
  std::string what;
  std::size_t asked = 0;
  for (const engine::Hit* hit : own) {
    if (!has_link(node.links, hit->link) || asked >= 2000) continue;
    const std::int64_t near = std::max(chain_.within, std::max<std::int64_t>(node.within, 0));
    if (hit->event.time < made.match.front()->event.time - near || hit->event.time > made.match.back()->event.time + near) continue;
    ++asked;
    Hits with = made.match;
    with.push_back(hit);
    if (bench_.fires(chain_, with, entity)) continue;
    breaking.push_back(hit);
    if (breaking.size() <= kMaxValues) {
      what += fmt::format("{}{} at {}", what.empty() ? "" : ", ", study_.program.links[hit->link].shown_name, clock(hit->event.time));
      if (hit->event.has_record_id) what += fmt::format(" (record {})", hit->event.record_id);
    }
  }
  if (breaking.size() > kMaxValues) what += fmt::format(" and {} more", breaking.size() - kMaxValues);
  if (what.empty()) what = "one of them happened";
  const std::string text = pattern_text(study_.program, chain_, relaxation.nodes.front());
  made.cause.kind = CauseKind::absence;
  made.cause.link = links_text(study_.program, node.links);
  made.cause.seen = what;
  made.cause.wanted = text;
  made.cause.text = fmt::format("the absence: {}; the chain asks for `{}`", what, text);
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance;
  return made;
}

std::optional<Made> Causes::across(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  if (made.match.empty()) return std::nullopt;
  const auto& where = *chain_.where;
  const std::uint32_t part = where_parts(chain_)[relaxation.part];
  // Which event filled which step: the first of its links that no other step has taken.
  std::map<std::string, const engine::Hit*> filled;
  std::set<const engine::Hit*> taken;
  for (const PatternNode& node : chain_.nodes) {
    if (node.label.empty() || filled.contains(node.label)) continue;
    for (const engine::Hit* hit : made.match) {
      if (!has_link(node.links, hit->link) || !taken.insert(hit).second) continue;
      filled[node.label] = hit;
      break;
    }
  }
  std::vector<std::string> fields;
  std::string seen;
  const std::function<void(std::uint32_t)> visit = [&](std::uint32_t at) {
    const program::Node& node = where.plan.nodes[at];
    for (const std::uint32_t child : node.children) visit(child);
    if (node.kind != program::NodeKind::atom) return;
    const program::Atom& atom = where.plan.atoms[node.atom];
    for (const auto* operand : {&atom.left, &atom.right}) {
      if (operand == &atom.right && atom.op < program::Op::eq_field) continue;
      if (operand->from != program::From::slot || operand->slot >= where.fields.size()) continue;
      const auto& field = where.fields[operand->slot];
      const std::string& name = where.plan.projection.fields[operand->slot];
      if (std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
      fields.push_back(name);
      Value value;
      if (const auto hit = filled.find(field.label); hit != filled.end()) {
        const auto place = std::find(field.links.begin(), field.links.end(), hit->second->link);
        if (place != field.links.end()) {
          Named named;
          named.capture = field.captures[static_cast<std::size_t>(place - field.links.begin())];
          value = value_of(*hit->second, named);
        }
      }
      seen += fmt::format("{}{} is {}", seen.empty() ? "" : ", ", name, shown(value));
    }
  };
  visit(part);
  made.cause.kind = CauseKind::across;
  made.cause.seen = seen;
  made.cause.wanted = condition_text(where.plan, part);
  made.cause.text = fmt::format("the condition over steps: {}; the chain asks for {}", seen, made.cause.wanted);
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance;
  return made;
}

std::optional<Made> Causes::count(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  const std::uint32_t at = relaxation.nodes.front();
  const auto with = [&](std::int64_t number) {
    Chain chain = chain_;
    chain.nodes[at].number = static_cast<std::uint32_t>(number);
    return chain;
  };
  // The greatest number with which it fires.
  std::int64_t low = relaxation.chain.nodes[at].number, high = chain_.nodes[at].number;
  if (own.size() <= kMaxMeasured) {
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (bench_.fires(with(middle), own, entity) ? low : high) = middle;
    }
  }
  Made made;
  made.match = match_of(with(low), own, entity);
  if (made.match.empty()) return std::nullopt;
  const std::int64_t wanted = chain_.nodes[at].number;
  made.lacking = static_cast<std::size_t>(wanted - low);
  const std::string text = pattern_text(study_.program, chain_, at);
  made.cause.kind = CauseKind::count;
  made.cause.link = links_text(study_.program, chain_.nodes[at].links);
  made.cause.seen = std::to_string(low);
  made.cause.wanted = std::to_string(wanted);
  made.cause.text = fmt::format("the number: {} at most within {}; the chain asks for {}", low, value::print_duration(chain_.within), text);
  const Chain changed = with(low);
  made.cause.change = pattern_text(study_.program, changed, at);
  made.cause.distance = 2 + 4 * static_cast<double>(wanted - low) / static_cast<double>(wanted);
  return made;
}

std::optional<Made> Causes::aggregate(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  const std::uint32_t at = relaxation.nodes.front();
  const PatternNode& node = chain_.nodes[at];
  if (own.size() > kMaxMeasured) return std::nullopt;
  const auto actual = nearest_value(chain_, node, own);
  if (!actual) return std::nullopt;
  Chain changed = chain_;
  // `>` of what was seen would still not hold.
  auto& own_node = changed.nodes[at];
  own_node.value = *actual;
  if (node.order == program::Order::gt || node.order == program::Order::ge) own_node.order = program::Order::ge;
  if (node.order == program::Order::lt || node.order == program::Order::le) own_node.order = program::Order::le;
  if (node.order == program::Order::ne) own_node.order = program::Order::eq;
  if (!bench_.fires(changed, own, entity)) return std::nullopt;
  Made made;
  made.match = bench_.shortest(changed, own, entity);
  const std::string text = pattern_text(study_.program, chain_, at);
  made.cause.kind = CauseKind::aggregate;
  made.cause.link = links_text(study_.program, node.links);
  made.cause.seen = number_text(*actual);
  made.cause.wanted = fmt::format("{} {}", order_text(node.order), number_text(node.value));
  made.cause.text = fmt::format("the value: {} is the nearest within {}; the chain asks for {}", made.cause.seen, value::print_duration(chain_.within), text);
  made.cause.change = pattern_text(study_.program, changed, at);
  const double a = std::abs(*actual) + 1, b = std::abs(node.value) + 1;
  made.cause.distance = 2 + std::min(5.0, std::abs(std::log2(a / b)));
  return made;
}

std::optional<Made> Causes::condition(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  const Relaxed& relaxed = study_.relaxed[relaxation.link - study_.first_relaxed];
  const Part& part = study_.predicates[relaxed.link][relaxed.predicate].parts[relaxed.part];
  // An event that fits another step as it is does not stand for this one, unless all do.
  const auto lacks = [&](const engine::Hit* hit) { return hit->link == relaxation.link && !evidence_.exact(*hit); };
  const auto serves = [&](const engine::Hit* hit) {
    return std::any_of(made.match.begin(), made.match.end(), [&](const auto* own) { return same_record(*own, *hit) && own->link != relaxation.link; });
  };
  Hits rest;
  for (const engine::Hit* hit : made.match) {
    if (!lacks(hit) || !serves(hit)) rest.push_back(hit);
  }
  if (std::any_of(rest.begin(), rest.end(), lacks)) made.match = std::move(rest);
  std::vector<std::string> values;
  for (const engine::Hit* hit : made.match) {
    if (!lacks(hit)) continue;
    ++made.lacking;
    std::string seen;
    for (const Named& named : part.fields) {
      const Value value = value_of(*hit, named);
      seen += fmt::format("{}{} is {}", seen.empty() ? "" : ", ", value.name, named.capture == program::kNone ? "not so" : shown(value));
    }
    if (std::find(values.begin(), values.end(), seen) == values.end()) values.push_back(seen);
  }
  if (values.empty()) return std::nullopt;
  std::string seen;
  for (std::size_t i = 0; i < values.size() && i < kMaxValues; ++i) seen += (i == 0 ? "" : "; ") + values[i];
  if (values.size() > kMaxValues) seen += fmt::format("; and {} more", values.size() - kMaxValues);
  const std::string& link = study_.program.links[relaxed.link].shown_name;
  made.cause.kind = CauseKind::condition;
  made.cause.link = link;
  made.cause.seen = seen;
  made.cause.wanted = part.text;
  made.cause.text = fmt::format("a condition: {}; {} asks for {}", seen, link, part.text);
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance + 0.5 * static_cast<double>(made.lacking - 1);
  return made;
}

std::optional<Made> Causes::keep(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  if (made.match.empty()) return std::nullopt;
  const std::string& link = study_.program.links[relaxation.link].shown_name;
  made.cause.kind = CauseKind::keep;
  made.cause.link = link;
  made.cause.text = fmt::format("`keep` of {} dropped an event that the chain needs", link);
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance;
  return made;
}

std::optional<Made> Causes::key(const Relaxation& relaxation, const Entity& entity, const std::vector<engine::Hit>& all, const Hits& own) const {
  const program::Key& key = chain_.keys[relaxation.key];
  Entity rest;
  std::string value;
  for (const auto& [name, text] : entity) {
    if (name == key.name) value = text;
    else rest.emplace_back(name, text);
  }
  // Around what the entity did; others' hits have any value of this key.
  std::vector<std::int64_t> times;
  for (const engine::Hit* hit : own) {
    if (!entities_of(chain_, *hit).empty()) times.push_back(hit->event.time);
  }
  Hits near;
  for (const engine::Hit& hit : all) {
    if (!belongs(chain_, hit, rest)) continue;
    const auto next = std::lower_bound(times.begin(), times.end(), hit.event.time - chain_.within);
    if (next != times.end() && *next <= hit.event.time + chain_.within) near.push_back(&hit);
  }
  if (near.size() > kMaxMeasured) return std::nullopt;
  if (!bench_.fires(relaxation.chain, near, rest)) return std::nullopt;
  const auto ours = [&](const engine::Hit& hit) { return !entities_of(chain_, hit).empty() && belongs(chain_, hit, entity); };
  Made made;
  made.match = bench_.shrink(relaxation.chain, near, rest, ours);
  std::string others, link;
  std::vector<std::string> values;
  const engine::Hit* before = nullptr;
  for (const engine::Hit* hit : made.match) {
    if (ours(*hit)) continue;
    if (before == nullptr || !same_record(*before, *hit)) ++made.lacking;
    before = hit;
    std::string other = "missing";
    for (std::size_t i = 0; i < key.links.size(); ++i) {
      if (key.links[i] != hit->link || key.captures[i] >= hit->captures.size()) continue;
      const auto& keys = hit->captures[key.captures[i]].keys;
      if (!keys.empty()) other = keys.front();
    }
    const std::string& name = study_.program.links[hit->link].shown_name;
    if (link.empty()) link = name;
    const std::string text = fmt::format("{} of {}", other, name);
    if (std::find(values.begin(), values.end(), text) != values.end()) continue;
    values.push_back(text);
    if (values.size() <= kMaxValues) others += (others.empty() ? "" : ", ") + text;
  }
  if (others.empty() || std::none_of(made.match.begin(), made.match.end(), [&](const auto* hit) { return ours(*hit); })) return std::nullopt;
  made.cause.kind = CauseKind::key;
  made.cause.link = link;
  made.cause.seen = others;
  made.cause.wanted = value;
  made.cause.text = fmt::format("the key {}: {} here, {}", key.name, value, others);
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance + 0.2 * static_cast<double>(values.size() - 1);
  return made;
}

std::optional<Made> Causes::step(const Relaxation& relaxation, const Entity& entity, const Hits& own) const {
  Made made;
  made.match = match_of(relaxation.chain, own, entity);
  if (made.match.empty()) return std::nullopt;
  std::string names;
  for (const std::uint32_t node : relaxation.nodes) made.lacking += least_events(chain_, node);
  for (const std::uint32_t node : relaxation.nodes) names += (names.empty() ? "" : ", ") + pattern_text(study_.program, chain_, node, true);
  made.cause.kind = CauseKind::step;
  made.cause.link = names;
  made.cause.change = relaxation.change;
  made.cause.distance = relaxation.distance;
  if (relaxation.removed == 1) {
    // The very event may be there, and fill another step already: a copy of it would do.
    const auto links = links_below(chain_, relaxation.nodes.front());
    for (const engine::Hit* used : made.match) {
      std::vector<engine::Hit> copies;
      for (const engine::Hit* hit : own) {
        if (!same_record(*hit, *used) || !has_link(links, hit->link)) continue;
        copies.push_back(*hit);
        copies.back().event.record_id += 1'000'000'000;
        copies.back().event.digest += "copy";
      }
      if (copies.empty()) continue;
      Hits with = own;
      for (const engine::Hit& hit : copies) with.push_back(&hit);
      if (!bench_.fires(chain_, with, entity)) continue;
      made.cause.kind = CauseKind::one_record;
      made.cause.text = fmt::format("one event for two steps: the event of {} at {} fits {} as well, and one event fills one step",
                                    links_of_record(made.match, *used), clock(used->event.time), names);
      made.cause.change = "with that event twice";
      made.cause.distance = 1.5;
      return made;
    }
  }
  std::size_t there = 0;
  for (const std::uint32_t node : relaxation.nodes) {
    for (const std::uint32_t link : links_below(chain_, node)) {
      there += static_cast<std::size_t>(std::count_if(own.begin(), own.end(), [&](const auto* hit) { return hit->link == link && !entities_of(chain_, *hit).empty(); }));
    }
  }
  made.cause.text = fmt::format("a step is missing: {}", names);
  made.cause.text += there == 0 ? ", which never happened here" : fmt::format(", whose {} event{} here do not fit", there, there == 1 ? "" : "s");
  return made;
}

}  // namespace chainhunt::explain

#include "compiler/algebra/versions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace chainhunt::algebra {
namespace {

using model::EventId;
using model::LinkId;
using model::Model;
using model::Pattern;
using model::Predicate;

bool same_field(const std::optional<model::Operand>& a, const std::optional<model::Operand>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->kind == b->kind && a->name == b->name && a->type.type == b->type.type;
}

std::set<std::string> codes_of(const Model& model, const model::Source& source) {
  std::set<std::string> out;
  for (const EventId event : source.events) out.insert(model.events[event].code);
  return out;
}

class Joiner {
 public:
  Joiner(const Model& old_version, const Model& new_version) : old_(old_version) {
    out_.model = new_version;
    events_of_.resize(new_version.sources.size());
    for (EventId id = 0; id < new_version.events.size(); ++id) events_of_[new_version.events[id].source].push_back(id);
  }

  Versions run() {
    masks();
    names();
    const auto links = static_cast<LinkId>(out_.model.links.size());
    const auto chains = static_cast<model::ChainId>(out_.model.chains.size());
    for (LinkId id = 0; id < old_.links.size(); ++id) out_.link_of.push_back(links + id);
    for (model::ChainId id = 0; id < old_.chains.size(); ++id) out_.chain_of.push_back(chains + id);
    for (model::Link link : old_.links) {
      link.pack = "~" + link.pack;
      for (auto* id : {&link.parent, &link.after}) *id = *id == model::kNone ? model::kNone : links + *id;
      if (link.chain != model::kNone) link.chain += chains;
      for (auto& event : link.events) {
        event.event = event_for(event, used_[out_.model.links.size() - links]);
        predicate(event.predicate);
      }
      out_.model.links.push_back(std::move(link));
    }
    for (model::Chain chain : old_.chains) {
      chain.pack = "~" + chain.pack;
      pattern(chain.match, links);
      for (auto& key : chain.by) {
        for (auto& link : key.links) link += links;
      }
      for (auto& link : chain.any) link += links;
      for (auto& [label, own] : chain.steps) {
        for (auto& link : own) link += links;
      }
      if (chain.where) predicate(*chain.where);
      out_.model.chains.push_back(std::move(chain));
    }
    return std::move(out_);
  }

 private:
  void masks() {
    for (const auto& mask : old_.masks) {
      const auto found = std::find_if(out_.model.masks.begin(), out_.model.masks.end(), [&](const auto& own) { return own.pack == mask.pack && own.name == mask.name; });
      mask_of_.push_back(static_cast<model::MaskId>(found - out_.model.masks.begin()));
      if (found == out_.model.masks.end()) out_.model.masks.push_back(mask);
    }
  }

  void type(model::FieldType& type) const {
    if (type.mask != model::kNone) type.mask = mask_of_[type.mask];
  }

  /// The names that rules look up in a link's events.
  void names() {
    used_.resize(old_.links.size());
    for (LinkId id = 0; id < old_.links.size(); ++id) {
      const auto& keep = old_.links[id].keep;
      if (!keep) continue;
      used_[id].insert(keep->fields.begin(), keep->fields.end());
      used_[id].insert(keep->by.begin(), keep->by.end());
    }
    for (const auto& chain : old_.chains) {
      for (const auto& key : chain.by) {
        for (std::size_t i = 0; i < key.links.size(); ++i) used_[key.links[i]].insert(key.fields[i]);
      }
      looked_up(chain.match, chain.show);
      if (chain.where) step_fields(*chain.where, chain);
    }
  }
  void looked_up(const Pattern& pattern, const std::vector<std::string>& show) {
    for (const LinkId link : pattern.links) {
      used_[link].insert(pattern.fields.begin(), pattern.fields.end());
      used_[link].insert(show.begin(), show.end());
    }
    for (const auto& child : pattern.children) looked_up(child, show);
  }
  void step_fields(const Predicate& predicate, const model::Chain& chain) {
    for (const auto& child : predicate.children) step_fields(child, chain);
    for (const auto* operand : {&predicate.left, predicate.right ? &*predicate.right : nullptr}) {
      const std::size_t dot = operand == nullptr ? std::string::npos : operand->name.find('.');
      if (dot == std::string::npos) continue;
      for (const auto& [label, links] : chain.steps) {
        if (operand->name.compare(0, dot, label) != 0) continue;
        for (const LinkId link : links) used_[link].insert(operand->name.substr(dot + 1));
      }
    }
  }

  /// The new version's event that an old link's is, or one of its own.
  EventId event_for(const model::LinkEvent& own, const std::set<std::string>& names) {
    const auto& event = old_.events[own.event];
    const auto& source = old_.sources[event.source];
    for (model::SourceId id = 0; id < events_of_.size(); ++id) {
      const auto& other = out_.model.sources[id];
      if (other.pack != source.pack || other.name != source.name || other.open != source.open || other.json != source.json) continue;
      if (other.providers != source.providers || other.channels != source.channels) continue;
      // Any code that the source does not list: it must list the same ones.
      if (own.code.empty() && codes_of(old_, source) != codes_of(out_.model, other)) continue;
      for (const EventId candidate : events_of_[id]) {
        const auto& is = out_.model.events[candidate];
        if (is.code != event.code || is.providers != event.providers) continue;
        model::LinkEvent there = own;
        there.event = candidate;
        const bool serves = std::all_of(names.begin(), names.end(), [&](const auto& name) {
          return same_field(model::resolve(old_, own, name), model::resolve(out_.model, there, name));
        });
        if (serves) return candidate;
      }
    }
    return separate(own.event);
  }

  EventId separate(EventId id) {
    if (const auto known = separate_.find(id); known != separate_.end()) return known->second;
    const auto& event = old_.events[id];
    const auto [source, fresh_source] = separate_sources_.emplace(event.source, static_cast<model::SourceId>(out_.model.sources.size()));
    if (fresh_source) {
      model::Source own = old_.sources[event.source];
      own.pack = "~" + own.pack;
      own.events.clear();
      out_.model.sources.push_back(std::move(own));
    }
    const auto fresh = static_cast<EventId>(out_.model.events.size());
    model::Event own = event;
    own.source = source->second;
    for (auto& field : own.fields) type(field.type);
    out_.model.events.push_back(std::move(own));
    out_.model.sources[source->second].events.push_back(fresh);
    for (const auto& role : old_.roles) {
      if (role.event == id) out_.model.roles.push_back({role.role, fresh, role.field});
    }
    separate_[id] = fresh;
    return fresh;
  }

  void predicate(Predicate& predicate) const {
    for (auto& child : predicate.children) this->predicate(child);
    for (auto* operand : {&predicate.left, predicate.right ? &*predicate.right : nullptr}) {
      if (operand == nullptr) continue;
      type(operand->type);
      type(operand->field_type);
    }
  }

  static void pattern(Pattern& pattern, LinkId offset) {
    for (auto& link : pattern.links) link += offset;
    for (auto& child : pattern.children) Joiner::pattern(child, offset);
  }

  const Model& old_;
  Versions out_;
  std::vector<std::vector<EventId>> events_of_;                 // by the new version's source: also what it does not list
  std::vector<model::MaskId> mask_of_;
  std::vector<std::set<std::string>> used_;                     // by old link
  std::map<EventId, EventId> separate_;
  std::map<model::SourceId, model::SourceId> separate_sources_;
};

// ---- what a rule says ----

class Meaning {
 public:
  explicit Meaning(const Model& model) : model_(model) {}

  std::string take() { return std::move(out_); }

  void link(LinkId id) {
    const model::Link& link = model_.links[id];
    out_ += "link(";
    for (const auto& event : link.events) {
      out_ += std::to_string(event.event) + ' ' + event.code + ':';
      predicate(event.predicate);
      for (const auto& [own, field] : event.class_fields) text(own), text(field);
    }
    for (const auto& need : link.need) text(need);  // `distinct need` counts them
    number(link.risk);
    if (link.keep) {
      number(link.keep->rare);
      for (const auto* names : {&link.keep->fields, &link.keep->by}) {
        for (const auto& name : *names) text(name);
        out_ += ';';
      }
      number(link.keep->below);
      number(link.keep->in);
    }
    if (link.after != model::kNone) this->link(link.after);
    if (link.chain != model::kNone) {
      chain(link.chain);
      for (const auto& name : model_.chains[link.chain].show) text(name);
    }
    out_ += ')';
  }

  void chain(model::ChainId id) {
    const model::Chain& chain = model_.chains[id];
    out_ += "chain(";
    pattern(chain.match);
    for (const auto& key : chain.by) {
      text(key.name);
      number(static_cast<std::int64_t>(key.type));
      for (const auto& field : key.fields) text(field);
    }
    number(chain.within);
    number(chain.aligned);
    if (chain.where) predicate(*chain.where);
    out_ += ')';
  }

 private:
  void text(const std::string& text) { out_ += std::to_string(text.size()) + '"' + text; }
  void number(std::int64_t number) { out_ += std::to_string(number) + ','; }

  void operand(const model::Operand& operand) {
    number(static_cast<std::int64_t>(operand.kind));
    text(operand.name);
    number(static_cast<std::int64_t>(operand.type.type));
    number(static_cast<std::int64_t>(operand.field_type.type));
    number(static_cast<std::int64_t>(operand.function));
  }

  void predicate(const Predicate& predicate) {
    out_ += '(';
    number(static_cast<std::int64_t>(predicate.kind));
    const bool leaf = predicate.kind == model::PredicateKind::compare || predicate.kind == model::PredicateKind::exists || predicate.kind == model::PredicateKind::missing;
    if (leaf) operand(predicate.left);
    if (predicate.kind == model::PredicateKind::compare) {
      number(static_cast<std::int64_t>(predicate.op));
      number(predicate.cased);
      number(static_cast<std::int64_t>(predicate.quantifier));
      for (const auto& value : predicate.values) text(value);
      out_ += ';';
      for (const auto& flag : predicate.flags) text(flag);
      if (predicate.right) operand(*predicate.right);
    }
    for (const auto& child : predicate.children) this->predicate(child);
    out_ += ')';
  }

  void pattern(const Pattern& pattern) {
    out_ += '[';
    number(static_cast<std::int64_t>(pattern.kind));
    text(pattern.label);
    for (const LinkId own : pattern.links) link(own);
    for (const std::int64_t gap : pattern.gaps) number(gap);
    number(pattern.number);
    number(static_cast<std::int64_t>(pattern.distinct));
    for (const auto& field : pattern.fields) text(field);
    text(pattern.function);
    number(static_cast<std::int64_t>(pattern.op));
    text(std::to_string(pattern.value));
    number(pattern.within);
    for (const auto& child : pattern.children) this->pattern(child);
    out_ += ']';
  }

  const Model& model_;
  std::string out_;
};

}  // namespace

Versions join(const Model& old_version, const Model& new_version) { return Joiner(old_version, new_version).run(); }

std::string meaning_of_link(const Model& model, LinkId link) {
  Meaning meaning(model);
  meaning.link(link);
  return meaning.take();
}

std::string meaning_of_chain(const Model& model, model::ChainId chain) {
  Meaning meaning(model);
  meaning.chain(chain);
  return meaning.take();
}

}  // namespace chainhunt::algebra

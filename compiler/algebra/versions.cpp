#include "compiler/algebra/versions.h"

#include <algorithm>
#include <map>
#include <set>

namespace chainhunt::algebra {
namespace {

using model::EventId;
using model::LinkId;
using model::Model;
using model::Pattern;
using model::Predicate;

std::set<std::pair<std::string, std::string>> roles_of(const Model& model, EventId event) {
  std::set<std::pair<std::string, std::string>> out;
  for (const auto& role : model.roles) {
    if (role.event == event) out.emplace(role.role, role.field);
  }
  return out;
}

std::string mask_name(const Model& model, model::MaskId mask) { return mask == model::kNone ? "" : model.masks[mask].pack + "." + model.masks[mask].name; }

/// Whether rules written for the event as it was mean the same for it as it is.
bool serves(const Model& old_version, EventId old_id, const Model& new_version, EventId new_id) {
  const auto &was = old_version.events[old_id], &is = new_version.events[new_id];
  const auto &source_was = old_version.sources[was.source], &source_is = new_version.sources[is.source];
  if (was.providers != is.providers || source_was.providers != source_is.providers || source_was.channels != source_is.channels) return false;
  if (source_was.open != source_is.open || source_was.json != source_is.json) return false;
  for (const auto& field : was.fields) {
    const auto found = std::find_if(is.fields.begin(), is.fields.end(), [&](const auto& own) {
      return own.name == field.name && own.snake == field.snake && own.path == field.path && own.type.type == field.type.type &&
             mask_name(new_version, own.type.mask) == mask_name(old_version, field.type.mask);
    });
    if (found == is.fields.end()) return false;
  }
  const auto roles_was = roles_of(old_version, old_id), roles_is = roles_of(new_version, new_id);
  if (!std::includes(roles_is.begin(), roles_is.end(), roles_was.begin(), roles_was.end())) return false;
  // A new role, or a new field, must not take a name that meant something before.
  for (const auto& [role, field] : roles_is) {
    if (!roles_was.contains({role, field}) && model::resolve(old_version, old_id, role)) return false;
  }
  return true;
}

class Joiner {
 public:
  Joiner(const Model& old_version, const Model& new_version) : old_(old_version) { out_.model = new_version; }

  Versions run() {
    masks();
    events();
    const auto links = static_cast<LinkId>(out_.model.links.size());
    const auto chains = static_cast<model::ChainId>(out_.model.chains.size());
    for (LinkId id = 0; id < old_.links.size(); ++id) out_.link_of.push_back(links + id);
    for (model::ChainId id = 0; id < old_.chains.size(); ++id) out_.chain_of.push_back(chains + id);
    for (model::Link link : old_.links) {
      link.pack = "~" + link.pack;
      for (auto* id : {&link.parent, &link.after}) *id = *id == model::kNone ? model::kNone : links + *id;
      if (link.chain != model::kNone) link.chain += chains;
      for (auto& event : link.events) {
        event.event = out_.event_of[event.event];
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

  void events() {
    std::map<model::SourceId, model::SourceId> added;  // sources of the old version that have events of their own
    for (EventId id = 0; id < old_.events.size(); ++id) {
      const auto& event = old_.events[id];
      const auto& source = old_.sources[event.source];
      EventId found = model::kNone;
      for (const auto& own : out_.model.sources) {
        if (own.pack != source.pack || own.name != source.name) continue;
        for (const EventId candidate : own.events) {
          const auto& is = out_.model.events[candidate];
          if (is.code == event.code && is.providers == event.providers) found = candidate;
        }
      }
      if (found != model::kNone && serves(old_, id, out_.model, found)) {
        out_.event_of.push_back(found);
        continue;
      }
      if (!added.contains(event.source)) {
        added[event.source] = static_cast<model::SourceId>(out_.model.sources.size());
        model::Source own = source;
        own.pack = "~" + own.pack;
        own.events.clear();
        out_.model.sources.push_back(std::move(own));
      }
      const auto fresh = static_cast<EventId>(out_.model.events.size());
      model::Event own = event;
      own.source = added[event.source];
      for (auto& field : own.fields) type(field.type);
      out_.model.events.push_back(std::move(own));
      out_.model.sources[added[event.source]].events.push_back(fresh);
      for (const auto& role : old_.roles) {
        if (role.event == id) out_.model.roles.push_back({role.role, fresh, role.field});
      }
      out_.event_of.push_back(fresh);
    }
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
  std::vector<model::MaskId> mask_of_;
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

#include "runtime/explain/evidence.h"

#include <algorithm>

namespace chainhunt::explain {
namespace {

std::string name_of(const engine::Hit& hit, std::uint32_t link) {
  return hit.event.digest + std::to_string(hit.event.time) + "/" + std::to_string(hit.event.record_id) + "/" + std::to_string(link);
}

}  // namespace

bool same_record(const engine::Hit& a, const engine::Hit& b) {
  return a.event.time == b.event.time && a.event.digest == b.event.digest && a.event.record_id == b.event.record_id && a.event.computer == b.event.computer &&
         a.event.channel == b.event.channel;
}

Value value_of(const engine::Hit& hit, const Named& named) {
  Value out;
  out.name = named.name;
  if (named.capture >= hit.captures.size()) return out;
  out.text = hit.captures[named.capture].text;
  out.present = hit.captures[named.capture].present;
  return out;
}

Evidence::Evidence(const Study& study, const match::Prepared& prepared, const std::vector<engine::Hit>& exact) : study_(study), prepared_(prepared) {
  // Only what some link with a part less may ask about.
  for (const engine::Hit& hit : exact) {
    if (!study.program.links[hit.link].completion) exact_.insert(name_of(hit, hit.link));
  }
}

bool Evidence::exact(const engine::Hit& hit) const { return !study_.is_relaxed(hit.link) || exact_.contains(name_of(hit, study_.origin(hit.link))); }

const Predicate* Evidence::predicate_of(const engine::Hit& hit) const {
  const match::Kind* kind = prepared_.kind_of(hit.shown_channel, hit.event.provider, hit.event.event_id);
  if (kind == nullptr) return nullptr;
  const Predicate* found = nullptr;
  for (const Predicate& predicate : study_.predicates[hit.link]) {
    for (const auto& use : kind->uses) {
      if (use.plan != predicate.plan) continue;
      // Two `on` of one code: which of them it was, a hit does not say.
      if (found != nullptr) return nullptr;
      found = &predicate;
    }
  }
  return found;
}

const Part* Evidence::lacking(const engine::Hit& hit) const {
  if (!study_.is_relaxed(hit.link)) return nullptr;
  const Relaxed& relaxed = study_.relaxed[hit.link - study_.first_relaxed];
  const Predicate* predicate = predicate_of(hit);
  if (predicate == nullptr || relaxed.predicate == program::kNone || predicate != &study_.predicates[hit.link][relaxed.predicate]) return nullptr;
  return &predicate->parts[relaxed.part];
}

std::vector<Event> Evidence::events_of(const std::vector<const engine::Hit*>& hits, const program::Chain& chain) const {
  std::vector<Event> out;
  const engine::Hit* before = nullptr;
  for (const engine::Hit* hit : hits) {
    if (before == nullptr || !same_record(*before, *hit)) {
      Event& event = out.emplace_back();
      event.time = hit->event.time;
      event.computer = hit->shown_computer;
      event.channel = hit->shown_channel;
      event.event_id = hit->event.event_id;
      if (hit->event.has_record_id) event.record_id = hit->event.record_id;
      event.source = hit->source;
    }
    before = hit;
    Event& event = out.back();
    for (const auto& key : chain.keys) {
      const auto place = std::find(key.links.begin(), key.links.end(), study_.origin(hit->link));
      if (place == key.links.end()) continue;
      const std::uint32_t capture = key.captures[static_cast<std::size_t>(place - key.links.begin())];
      if (capture >= hit->captures.size()) continue;
      if (std::any_of(event.keys.begin(), event.keys.end(), [&](const auto& own) { return own.first == key.name; })) continue;
      std::string text;
      for (const std::string& value : hit->captures[capture].keys) text += (text.empty() ? "" : ", ") + value;
      event.keys.emplace_back(key.name, text);
    }
    const auto& captures = study_.program.links[hit->link].captures;
    for (std::size_t i = 0; i < captures.size() && i < hit->captures.size(); ++i) {
      const bool wanted = chain.show.empty() ? captures[i].shown : std::find(chain.show.begin(), chain.show.end(), captures[i].name) != chain.show.end();
      if (!wanted || !hit->captures[i].present) continue;
      if (std::any_of(event.fields.begin(), event.fields.end(), [&](const auto& own) { return own.first == captures[i].name; })) continue;
      event.fields.emplace_back(captures[i].name, hit->captures[i].text);
    }
    Reading reading;
    reading.link = study_.program.links[hit->link].shown_name;
    if (const Predicate* predicate = predicate_of(*hit); predicate != nullptr) {
      const Part* lacks = exact(*hit) ? nullptr : lacking(*hit);
      for (const Part& part : predicate->parts) {
        Condition& condition = reading.conditions.emplace_back();
        condition.text = part.text;
        condition.holds = &part != lacks;
        for (const Named& named : part.fields) {
          if (named.capture != program::kNone) condition.values.push_back(value_of(*hit, named));
        }
      }
    }
    // A link and the same link without something read a record that fits both alike.
    const bool known = std::any_of(event.readings.begin(), event.readings.end(), [&](const Reading& own) {
      return own.link == reading.link && own.conditions.size() == reading.conditions.size() &&
             std::equal(own.conditions.begin(), own.conditions.end(), reading.conditions.begin(), [](const auto& a, const auto& b) { return a.holds == b.holds; });
    });
    if (!known) event.readings.push_back(std::move(reading));
  }
  return out;
}

}  // namespace chainhunt::explain

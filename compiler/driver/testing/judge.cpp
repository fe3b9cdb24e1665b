#include "compiler/driver/testing/judge.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/driver/testing/place.h"
#include "runtime/base/text.h"
#include "runtime/value/key.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver::testing {
namespace {

/// Findings shown of one failed expectation, events of one finding, links of one chain, places of one link.
constexpr std::size_t kShownFindings = 3, kShownEvents = 12, kShownLinks = 12, kShownPlaces = 6;

std::optional<std::uint64_t> count_of(const std::optional<syntax::Expr>& expr, std::uint64_t otherwise) {
  if (!expr) return otherwise;
  const auto number = value::parse_number(expr->text);
  if (!number || number->negative) return std::nullopt;
  return number->magnitude;
}

/// As a test writes it: an offset where it is within reach of one, else a time.
std::string shown_time(std::int64_t ticks) {
  const std::int64_t offset = ticks - input::kInventedStart;
  constexpr std::int64_t kYear = 366 * value::kTicksPerDay;
  return offset >= 0 && offset < kYear ? value::print_duration(offset) : value::print_time(ticks);
}

std::string times_of(std::uint64_t count) { return count == 1 ? "once" : fmt::format("{} times", count); }

void append(std::vector<DiffLine>& to, std::vector<DiffLine> lines) { std::move(lines.begin(), lines.end(), std::back_inserter(to)); }

}  // namespace

void Judge::judge(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const {
  if (expect.nothing) nothing(expect, failures);
  else if (expect.link) link(expect, failures);
  else chain(expect, failures);
}

void Judge::nothing(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const {
  std::vector<const engine::Finding*> found;
  for (const auto& finding : log_.outcome.findings) {
    if (log_.slice.program.chains[finding.chain].name.starts_with(test_.pack + ".")) found.push_back(&finding);
  }
  if (found.empty()) return;
  const auto& first = log_.slice.program.chains[found.front()->chain].name;
  TestFailure failure{expect.span, found.size() == 1 ? fmt::format("expected nothing, found {}", first) : fmt::format("expected nothing, found {} and {} more", first, found.size() - 1), {}};
  for (std::size_t i = 0; i < std::min(found.size(), kShownFindings); ++i) {
    failure.lines.push_back({'+', log_.slice.program.chains[found[i]->chain].name});
    append(failure.lines, summary(*found[i]));
    append(failure.lines, evidence(*found[i]));
  }
  if (found.size() > kShownFindings) failure.lines.push_back({' ', fmt::format("and {} more", found.size() - kShownFindings)});
  failures.push_back(std::move(failure));
}

void Judge::link(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const {
  const std::string name = bench_.qualified(test_.pack, expect.name, true);
  const auto times = count_of(expect.times, 1);
  std::uint64_t seen = 0;
  std::vector<std::string> places;
  log_.outcome.hits.each([&](const engine::Hit& hit) {
    if (log_.slice.program.links[hit.link].name != name) return;
    ++seen;
    if (places.size() < kShownEvents) places.push_back(fmt::format("    {:<8} {}", shown_time(hit.event.time), place_of(hit)));
  });
  if (times && seen == *times) return;
  TestFailure failure{expect.span, fmt::format("expected link {} {}, it matched {}", name, times_of(times.value_or(1)), seen == 0 ? "nothing" : times_of(seen)), {}};
  for (std::string& place : places) failure.lines.push_back({'+', std::move(place)});
  if (seen > places.size()) failure.lines.push_back({' ', fmt::format("    and {} more", seen - places.size())});
  failures.push_back(std::move(failure));
}

void Judge::chain(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const {
  const std::string name = bench_.qualified(test_.pack, expect.name, false);
  const std::uint32_t whole = bench_.chain(name);
  if (whole == program::kNone) {
    // It uses what this version does not run; that was an error of its own.
    failures.push_back({expect.span, fmt::format("{} does not run", name), {}});
    return;
  }
  struct Candidate { const engine::Finding* finding; std::vector<Property> properties; std::size_t wrong; };
  std::vector<Candidate> candidates;
  std::size_t fitting = 0;
  for (const auto& finding : log_.outcome.findings) {
    if (log_.slice.chains[finding.chain] != whole) continue;
    Candidate candidate{&finding, compare(expect, finding), 0};
    candidate.wrong = static_cast<std::size_t>(std::count_if(candidate.properties.begin(), candidate.properties.end(), [](const auto& p) { return p.seen.has_value(); }));
    fitting += candidate.wrong == 0;
    candidates.push_back(std::move(candidate));
  }
  const std::uint64_t times = count_of(expect.times, 1).value_or(1);
  if (fitting == times) return;
  TestFailure failure{expect.span, {}, {}};
  failure.message = fmt::format("expected {} {}, found {}", name, times_of(times), fitting == 0 ? (candidates.empty() ? "none" : "none like it") : times_of(fitting));
  // Where there are too many, the ones too many are what is looked for; else the nearest of the others.
  const bool too_many = fitting > times;
  std::erase_if(candidates, [&](const Candidate& c) { return (c.wrong == 0) != too_many; });
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.wrong < b.wrong; });
  for (std::size_t i = 0; i < std::min(candidates.size(), kShownFindings); ++i) {
    const Candidate& candidate = candidates[i];
    if (too_many) {
      failure.lines.push_back({'+', name});
      append(failure.lines, summary(*candidate.finding));
    } else {
      failure.lines.push_back({' ', i == 0 ? "nearest: " + name : name});
      for (const Property& property : candidate.properties) {
        failure.lines.push_back({property.seen ? '-' : ' ', "  " + property.expected});
        if (property.seen) failure.lines.push_back({'+', "  " + *property.seen});
      }
    }
    append(failure.lines, evidence(*candidate.finding));
  }
  if (candidates.size() > kShownFindings) failure.lines.push_back({' ', fmt::format("and {} more", candidates.size() - kShownFindings)});
  if (candidates.empty() && fitting < times) append(failure.lines, links_of(whole));
  failures.push_back(std::move(failure));
}

std::vector<Judge::Property> Judge::compare(const syntax::TestExpect& expect, const engine::Finding& finding) const {
  std::vector<Property> out;
  for (const auto& [key, wanted] : expect.by) {
    Property property{fmt::format("by {} = \"{}\"", key.text, wanted.text), fmt::format("no key {}", key.text)};
    for (const auto& [name, shown] : finding.entity) {
      if (name != key.text) continue;
      if (same_entity(finding, name, wanted.text, shown)) property.seen.reset();
      else property.seen = fmt::format("by {} = \"{}\"", key.text, base::printable(shown));
    }
    out.push_back(std::move(property));
  }
  const auto add = [&](const std::string& expected, const std::string& seen, bool equal) { out.push_back({expected, equal ? std::nullopt : std::optional(seen)}); };
  if (expect.events) add("events " + expect.events->text, fmt::format("events {}", finding.events), count_of(expect.events, 0) == finding.events);
  if (expect.from) add("from " + expect.from->text, "from " + shown_time(finding.first), instant_of(*expect.from) == finding.first);
  if (expect.to) add("to " + expect.to->text, "to " + shown_time(finding.last), instant_of(*expect.to) == finding.last);
  return out;
}

/// Entities are compared as values of the key's type: "FS01" and "fs01.corp.example" are one computer.
bool Judge::same_entity(const engine::Finding& finding, const std::string& key, const std::string& wanted, const std::string& shown) const {
  if (const model::Chain* chain = bench_.declared(log_.slice.chains[finding.chain])) {
    for (const auto& own : chain->by) {
      if (own.name != key) continue;
      const auto a = value::canonical(own.type, wanted);
      return a && *a == value::canonical(own.type, shown);
    }
  }
  return wanted == shown;
}

std::vector<DiffLine> Judge::summary(const engine::Finding& finding) const {
  std::vector<DiffLine> out;
  for (const auto& [key, shown] : finding.entity) out.push_back({'+', fmt::format("  by {} = \"{}\"", key, base::printable(shown))});
  out.push_back({'+', fmt::format("  events {} from {} to {}", finding.events, shown_time(finding.first), shown_time(finding.last))});
  return out;
}

std::vector<DiffLine> Judge::evidence(const engine::Finding& finding) const {
  std::vector<DiffLine> out;
  for (const auto& event : finding.evidence) {
    if (out.size() == kShownEvents) {
      out.push_back({' ', fmt::format("    and {} more", finding.evidence.size() - kShownEvents)});
      break;
    }
    std::string links;
    engine::Hit first;
    for (std::size_t i = 0; i < event.hits.size(); ++i) {
      const engine::Hit hit = log_.outcome.hits[event.hits[i]];
      links += (i == 0 ? "" : ", ") + log_.slice.program.links[hit.link].shown_name;
      if (i == 0) first = hit;
    }
    out.push_back({' ', fmt::format("    {:<8} {}  {}", shown_time(first.event.time), place_of(first), links)});
  }
  return out;
}

std::vector<DiffLine> Judge::links_of(std::uint32_t whole) const {
  std::vector<DiffLine> out;
  const auto& chains = log_.slice.chains;
  const auto place = std::find(chains.begin(), chains.end(), whole);
  if (place == chains.end()) return {{' ', "no event matches any of its links"}};
  const auto& chain = log_.slice.program.chains[static_cast<std::size_t>(place - chains.begin())];
  std::vector<std::uint32_t> links;
  for (const auto& node : chain.nodes) {
    if (node.kind == program::PatternKind::absence) continue;
    for (const std::uint32_t link : node.links) {
      if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(link);
    }
  }
  std::vector<std::vector<std::string>> seen(links.size());
  const auto note = [&](const engine::Hit& hit) {
    const auto own = std::find(links.begin(), links.end(), hit.link);
    if (own != links.end()) seen[static_cast<std::size_t>(own - links.begin())].push_back(fmt::format("{:<8} {}{}", shown_time(hit.event.time), place_of(hit), keys_of(hit, chain)));
  };
  for (const engine::Hit& hit : log_.outcome.hits.all()) note(hit);  // completions too
  // With `any` there are many: those that were matched say enough.
  const bool all = links.size() <= kShownLinks;
  std::size_t unmatched = 0;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const std::string& name = log_.slice.program.links[links[i]].shown_name;
    if (seen[i].empty()) {
      ++unmatched;
      if (all) out.push_back({' ', "  " + name + " matches nothing"});
      continue;
    }
    out.push_back({' ', "  " + name + " matches"});
    for (std::size_t k = 0; k < std::min(seen[i].size(), kShownPlaces); ++k) out.push_back({' ', "    " + seen[i][k]});
    if (seen[i].size() > kShownPlaces) out.push_back({' ', fmt::format("    and {} more", seen[i].size() - kShownPlaces)});
  }
  if (!all) out.push_back({' ', fmt::format("  {} other links match nothing", unmatched)});
  return out;
}

std::string Judge::place_of(const engine::Hit& hit) const {
  if (hit.source > 0 && hit.source <= log_.replayed.size()) {
    return hit.event.has_record_id ? fmt::format("{} record {}", log_.replayed[hit.source - 1], hit.event.record_id) : log_.replayed[hit.source - 1];
  }
  if (!hit.event.has_record_id || hit.event.record_id == 0 || hit.event.record_id > log_.records.size()) return "?";
  return fmt::format("line {}", line_of(sources_, log_.records[hit.event.record_id - 1]));
}

std::string Judge::keys_of(const engine::Hit& hit, const program::Chain& chain) const {
  std::string out;
  for (const auto& key : chain.keys) {
    for (std::size_t i = 0; i < key.links.size(); ++i) {
      if (key.links[i] != hit.link || key.captures[i] >= hit.captures.size()) continue;
      const auto& captured = hit.captures[key.captures[i]];
      out += captured.present ? fmt::format(", {} = \"{}\"", key.name, base::printable(captured.text)) : fmt::format(", no {}", key.name);
    }
  }
  return out;
}

}  // namespace chainhunt::driver::testing

#include "compiler/algebra/log.h"

#include <algorithm>

#include "compiler/algebra/made_log.h"

namespace chainhunt::algebra {
namespace {

/// Above so many records a log is not tried for being smallest: it is what the pattern asks for.
constexpr std::size_t kMaxShrunk = 300;

void shrink(const Trial& trial, std::vector<Entry>& log) {
  if (log.size() > kMaxShrunk) return;
  for (std::size_t at = log.size(); at-- > 0 && log.size() > 1;) {
    std::vector<Entry> less = log;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(at));
    if (trial.fires(records_of(less))) log = std::move(less);
  }
  for (std::size_t i = 0; i < log.size(); ++i) log[i].record.record_id = i + 1;
}

}  // namespace

std::vector<input::Record> records_of(const std::vector<Entry>& log) {
  std::vector<input::Record> out;
  for (const auto& entry : log) out.push_back(entry.record);
  return out;
}

MadeLog make_log(EventMaker& maker, model::ChainId chain, const Trial& trial, model::LinkId with) {
  MadeLog out;
  if (!trial.refused().empty()) {
    out.reason = "the chain cannot be run: " + trial.refused();
    return out;
  }
  Ways ways;
  bool all_proved = true;
  std::string proof, unknown;
  std::size_t tried = 0;
  do {
    if (++tried > kMaxWays) {
      all_proved = false;
      if (unknown.empty()) unknown = "more than " + std::to_string(kMaxWays) + " ways through the pattern";
      break;
    }
    FillSearch search = fill(maker, chain, skeleton_of(maker, chain, ways, with));
    if (search.outcome == Outcome::none) {
      if (proof.empty()) proof = search.reason;
      continue;
    }
    all_proved = false;
    if (search.outcome == Outcome::unknown) {
      if (unknown.empty()) unknown = search.reason;
      continue;
    }
    const auto& entries = search.filled.entries;
    if (with != model::kNone && std::none_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.link == with; })) continue;
    if (trial.fires(records_of(entries))) {
      out.outcome = Outcome::found;
      out.filled = std::move(search.filled);
      return out;
    }
    if (unknown.empty()) unknown = "the events that were found do not fire the chain together";
  } while (ways.next());
  out.outcome = all_proved ? Outcome::none : Outcome::unknown;
  out.reason = all_proved ? proof : unknown;
  return out;
}

std::string never_fires(Algebra& algebra, model::ChainId chain) {
  EventMaker maker(algebra);
  Ways ways;
  std::string proof;
  std::size_t tried = 0;
  do {
    if (++tried > kMaxWays) return {};
    const FillSearch search = fill(maker, chain, skeleton_of(maker, chain, ways, model::kNone));
    if (search.outcome != Outcome::none) return {};
    if (proof.empty()) proof = search.reason;
  } while (ways.next());
  return proof;
}

LogSearch witness_log(Algebra& algebra, model::ChainId chain) {
  EventMaker maker(algebra);
  const Trial trial = Trial::of_chain(algebra.model(), chain);
  MadeLog made = make_log(maker, chain, trial);
  LogSearch out{made.outcome, {}, made.reason};
  if (made.outcome != Outcome::found) return out;
  out.log = std::move(made.filled.entries);
  shrink(trial, out.log);
  return out;
}

LogSearch witness_log_of_link(Algebra& algebra, model::LinkId link) {
  EventMaker maker(algebra);
  LogSearch out;
  // What `keep` counts must be there.
  Wanted wanted;
  for (auto at = link; at != model::kNone; at = algebra.model().links[at].after) {
    const auto& keep = algebra.model().links[at].keep;
    if (!keep || algebra.model().links[at].events.empty()) continue;
    for (const auto* names : {&keep->fields, &keep->by}) {
      for (const auto& name : *names) {
        const auto found = model::resolve(algebra.model(), algebra.model().links[at].events.front(), name);
        wanted.present.push_back({name, found ? found->type.type : value::Type::text});
      }
    }
  }
  Made made = maker.make(link, wanted);
  out.outcome = made.outcome;
  if (made.outcome == Outcome::none) out.reason = "no event can be a " + algebra.model().links[link].name;
  if (made.outcome == Outcome::unknown) out.reason = made.reason;
  if (made.outcome != Outcome::found) return out;
  made.record.record_id = 1;
  const Trial trial = Trial::of_link(algebra.model(), link);
  if (!trial.refused().empty() || !trial.fires(std::vector{made.record})) {
    out.outcome = Outcome::unknown;
    out.reason = trial.refused().empty() ? "the event that was found is not of the link" : "the link cannot be run: " + trial.refused();
    return out;
  }
  out.log.push_back({std::move(made.record), link, made.event});
  return out;
}

}  // namespace chainhunt::algebra

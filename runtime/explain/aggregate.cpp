// Plain: the window behind every event is summed up anew, so the cost is events times events in a window.
#include "runtime/explain/aggregate.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "runtime/explain/evidence.h"
#include "runtime/value/number.h"

namespace chainhunt::explain {
namespace {

/// Beyond so many events the plain way takes too long.
constexpr std::size_t kMaxGiven = 3000;

struct Given {
  std::int64_t time = 0;
  std::string name;    // distinct
  double amount = 0;   // the others but count
};

std::vector<Given> given_of(const program::PatternNode& node, const Hits& hits) {
  std::vector<Given> out;
  const engine::Hit* before = nullptr;
  for (const engine::Hit* hit : hits) {
    const auto place = std::find(node.links.begin(), node.links.end(), hit->link);
    if (place == node.links.end()) continue;
    if (before != nullptr && same_record(*before, *hit)) continue;
    Given given{hit->event.time, {}, 0};
    if (node.function != program::Aggregate::count) {
      bool missing = false;
      for (const std::uint32_t capture : node.captures[static_cast<std::size_t>(place - node.links.begin())]) {
        auto keys = capture < hit->captures.size() ? hit->captures[capture].keys : std::vector<std::string>();
        missing = missing || keys.empty();
        std::sort(keys.begin(), keys.end());
        for (const auto& key : keys) given.name += std::to_string(key.size()) + ":" + key;
        given.name += ";";
        if (node.function == program::Aggregate::distinct) continue;
        const auto number = keys.size() == 1 ? value::parse_number(keys[0]) : std::nullopt;
        missing = missing || !number;
        if (number) given.amount = number->negative ? -static_cast<double>(number->magnitude) : static_cast<double>(number->magnitude);
      }
      if (missing) continue;
    }
    before = hit;
    out.push_back(std::move(given));
  }
  return out;
}

double value_of(const program::PatternNode& node, std::vector<Given>::const_iterator begin, std::vector<Given>::const_iterator end) {
  const auto count = static_cast<std::size_t>(end - begin);
  std::vector<double> amounts;
  std::set<std::string> names;
  double sum = 0;
  for (auto at = begin; at != end; ++at) {
    amounts.push_back(at->amount);
    names.insert(at->name);
    sum += at->amount;
  }
  std::sort(amounts.begin(), amounts.end());
  switch (node.function) {
    case program::Aggregate::count: return static_cast<double>(count);
    case program::Aggregate::distinct: return static_cast<double>(names.size());
    case program::Aggregate::sum: return sum;
    case program::Aggregate::average: return sum / static_cast<double>(count);
    case program::Aggregate::median: return (amounts[(count + 1) / 2 - 1] + amounts[count / 2]) / 2;
    case program::Aggregate::percentile: return amounts[(count * node.percent + 99) / 100 - 1];
  }
  return 0;
}

}  // namespace

std::optional<double> nearest_value(const program::Chain& chain, const program::PatternNode& node, const Hits& hits) {
  const std::vector<Given> given = given_of(node, hits);
  std::optional<double> best;
  if (given.size() > kMaxGiven) return best;
  const std::int64_t length = std::max<std::int64_t>(1, chain.within);
  const auto window = [&](std::int64_t time) { return time / length - (time % length < 0 ? 1 : 0); };
  std::size_t first = 0;
  for (std::size_t at = 0; at < given.size();) {
    std::size_t next = at + 1;
    const auto together = [&](std::size_t i) { return chain.aligned ? window(given[i].time) == window(given[at].time) : given[i].time == given[at].time; };
    while (next < given.size() && together(next)) ++next;
    if (chain.aligned) first = at;
    else while (given[at].time - given[first].time > chain.within) ++first;
    const double value = value_of(node, given.begin() + static_cast<std::ptrdiff_t>(first), given.begin() + static_cast<std::ptrdiff_t>(next));
    if (!best || std::abs(value - node.value) < std::abs(*best - node.value)) best = value;
    at = next;
  }
  return best;
}

}  // namespace chainhunt::explain

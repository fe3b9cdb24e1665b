#include "runtime/engine/records.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace chainhunt::engine {
namespace {

auto identity(const Hit& hit) {
  const EventIdentity& e = hit.event;
  return std::tie(e.time, e.computer, e.channel, e.has_record_id, e.record_id, e.provider, e.event_id);
}

bool in_order(const Hit& a, const Hit& b) {
  const auto ia = identity(a), ib = identity(b);
  if (ia != ib) return ia < ib;
  return std::tie(a.event.digest, a.source, a.offset, a.link) < std::tie(b.event.digest, b.source, b.offset, b.link);
}

/// The same record as read from one place, or, unless duplicates count, from any.
bool one_record(const Hit& a, const Hit& b, bool keep_duplicates) {
  if (identity(a) != identity(b)) return false;
  if (!keep_duplicates && a.event.has_record_id) return true;
  return a.source == b.source && a.offset == b.offset;
}

}  // namespace

std::uint64_t order_and_deduplicate(std::vector<Hit>& hits, bool keep_duplicates) {
  std::sort(hits.begin(), hits.end(), in_order);
  std::uint64_t dropped = 0;
  std::vector<Hit> kept;
  kept.reserve(hits.size());
  std::vector<std::uint32_t> links;  // of the record at hand
  std::size_t first = 0;             // in `hits`, of the record at hand
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const bool fresh = i == 0 || !one_record(hits[first], hits[i], keep_duplicates);
    if (fresh) {
      first = i;
      links.clear();
    } else if (hits[i].event.digest != hits[first].event.digest || hits[i].source != hits[first].source || hits[i].offset != hits[first].offset) {
      // Another copy of the record: with equal bytes it has the same hits, with other bytes the smaller stands for both.
      const Hit& before = hits[i - 1];
      if (before.source != hits[i].source || before.offset != hits[i].offset) ++dropped;
      continue;
    }
    if (std::find(links.begin(), links.end(), hits[i].link) != links.end()) continue;
    links.push_back(hits[i].link);
    kept.push_back(Hit(hits[i]));
  }
  hits = std::move(kept);
  return dropped;
}

std::vector<std::uint32_t> record_numbers(const std::vector<Hit>& hits, bool keep_duplicates) {
  std::vector<std::uint32_t> numbers(hits.size());
  for (std::size_t i = 0, number = 0; i < hits.size(); ++i) {
    if (i > 0 && !one_record(hits[i - 1], hits[i], keep_duplicates)) ++number;
    numbers[i] = static_cast<std::uint32_t>(number);
  }
  return numbers;
}

std::vector<std::uint32_t> log_numbers(const std::vector<Hit>& hits) {
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> known;
  std::vector<std::uint32_t> numbers;
  numbers.reserve(hits.size());
  for (const Hit& hit : hits) {
    numbers.push_back(known.emplace(std::pair<std::string_view, std::string_view>(hit.event.computer, hit.event.channel), known.size()).first->second);
  }
  return numbers;
}

}  // namespace chainhunt::engine

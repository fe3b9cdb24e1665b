#include "runtime/engine/records.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

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

/// Hits are large: sorts what decides nearly always, the time, with their places, then moves each hit once.
void sort(std::vector<Hit>& hits) {
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  order.reserve(hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) order.emplace_back(hits[i].event.time, i);
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return in_order(hits[a.second], hits[b.second]);
  });
  // Each circle of places is moved along by one, without a second table of hits.
  for (std::size_t start = 0; start < order.size(); ++start) {
    if (order[start].second == start) continue;
    Hit first = std::move(hits[start]);
    std::size_t at = start;
    while (order[at].second != start) {
      const std::size_t from = std::exchange(order[at].second, at);
      hits[at] = std::move(hits[from]);
      at = from;
    }
    order[at].second = at;
    hits[at] = std::move(first);
  }
}

/// The same record as read from one place, or, unless duplicates count, from any.
bool one_record(const Hit& a, const Hit& b, bool keep_duplicates) {
  if (identity(a) != identity(b)) return false;
  if (!keep_duplicates && a.event.has_record_id) return true;
  return a.source == b.source && a.offset == b.offset;
}

}  // namespace

std::uint64_t order_and_deduplicate(std::vector<Hit>& hits, bool keep_duplicates) {
  sort(hits);
  std::uint64_t dropped = 0;
  std::size_t kept = 0;
  std::vector<std::uint32_t> links;  // of the record at hand, whose first hit is the last kept with its links
  struct { std::string digest; std::uint32_t source = 0; std::uint64_t offset = 0; } copy, before;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const bool fresh = kept == 0 || !one_record(hits[kept - 1], hits[i], keep_duplicates);
    if (fresh) {
      links.clear();
      copy = {hits[i].event.digest, hits[i].source, hits[i].offset};
    } else if (hits[i].event.digest != copy.digest || hits[i].source != copy.source || hits[i].offset != copy.offset) {
      // Another copy of the record: with equal bytes it has the same hits, with other bytes the smaller stands for both.
      if (before.source != hits[i].source || before.offset != hits[i].offset) ++dropped;
      before = {{}, hits[i].source, hits[i].offset};
      continue;
    }
    before = {{}, hits[i].source, hits[i].offset};
    if (std::find(links.begin(), links.end(), hits[i].link) != links.end()) continue;
    links.push_back(hits[i].link);
    if (kept != i) hits[kept] = std::move(hits[i]);
    ++kept;
  }
  hits.erase(hits.begin() + static_cast<std::ptrdiff_t>(kept), hits.end());
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

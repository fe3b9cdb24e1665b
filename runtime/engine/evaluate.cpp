// A run of the engine, over hits that are sorted already and may be on disk. Chains made of chains go by levels:
// the completions of one level are hits of the next. Per level two sweeps:
//
//   1. filter.h tells, entity by entity, the spans of time in which matches can be at all;
//   2. hits within such spans are gathered by entity, and when a span is over it is solved (findings.h), many at
//      once on several threads.
//
// Most hits are never held: what stands in memory are the filters' few bytes per live entity, the spans, and the
// hits of spans that are open. Where that is more than Options::memory the level is begun anew with entities dealt
// out to twice as many passes, by their names' digests; so memory changes nothing but time.
#include <algorithm>
#include <atomic>
#include <numeric>
#include <queue>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "runtime/engine/engine.h"
#include "runtime/engine/filter.h"
#include "runtime/engine/findings.h"
#include "runtime/engine/hit_sorter.h"
#include "runtime/engine/stream.h"

namespace chainhunt::engine {
namespace {

constexpr const char* kEntityLimit = "a record's keys have more combinations of values than are followed; matches may be missing";
constexpr const char* kAlternativeLimit = "the pattern has more alternatives than are followed; matches may be missing";
constexpr const char* kConditionLimit = "the condition over its steps cannot be evaluated; it finds nothing";

/// Spans that are solved at once hold so many hits; enough to keep threads busy.
constexpr std::size_t kBatchHits = 65'536;
/// More passes than this would help nobody: a level then takes the memory that it needs.
constexpr std::uint32_t kMaxParts = 4'096;

/// Which entities a pass is about: those whose digest falls to its part.
struct Part {
  std::uint32_t index = 0, count = 1;
  bool holds(std::uint64_t hash) const { return count == 1 || (hash & 0xffffffffu) % count == index; }
};

class Evaluation {
 public:
  Evaluation(const program::Program& program, const Options& options) : program_(program), options_(options) {}

  Result<Outcome> run(SortedHits hits) {
    outcome_.duplicates = hits.dropped();
    outcome_.links.resize(program_.links.size());
    std::vector<std::uint64_t> without(program_.links.size(), 0);
    auto sorted = std::make_unique<SortedHits>(std::move(hits));
    std::unique_ptr<Keeps> keeps;
    if (std::any_of(program_.links.begin(), program_.links.end(), [](const auto& link) { return link.keep.has_value(); })) {
      auto made = Keeps::make(program_, *sorted, options_.baseline, without, options_.learn ? &outcome_.seen : nullptr);
      if (!made) return made.error();
      keeps = std::move(*made);
    }
    outcome_.hits = RunHits(std::move(sorted), std::move(keeps));
    for (std::size_t link = 0; link < without.size(); ++link) outcome_.links[link].without_key = without[link];
    prepare();
    const std::uint32_t deepest = levels_.empty() ? 0 : *std::max_element(levels_.begin(), levels_.end());
    for (std::uint32_t level = 0; level <= deepest; ++level) {
      if (auto done = solve_level(level); !done) return done.error();
    }
    finish();
    return std::move(outcome_);
  }

 private:
  void prepare() {
    run_.program = &program_;
    run_.hits = outcome_.hits.read();
    run_.coverage = options_.coverage;
    run_.limits = options_.limits;
    reasons_.assign(program_.chains.size(), nullptr);
    levels_.assign(program_.chains.size(), 0);
    for (std::uint32_t chain = 0; chain < program_.chains.size(); ++chain) {
      run_.chains.push_back(ready_chain(program_, chain));
      auto where = Condition::make(program_.chains[chain]);
      if (!where) reasons_[chain] = kConditionLimit;
      else run_.chains.back().where = std::move(*where);
      if (!run_.chains.back().alternatives.complete) reasons_[chain] = kAlternativeLimit;
      // A chain's level is above those that it is made of.
      for (const auto& node : program_.chains[chain].nodes) {
        for (const std::uint32_t link : node.links) {
          if (const auto& completion = program_.links[link].completion) levels_[chain] = std::max(levels_[chain], levels_[completion->chain] + 1);
        }
      }
    }
  }

  // ---- one level ----

  Result<void> solve_level(std::uint32_t level) {
    std::vector<std::uint32_t> chains;
    for (std::uint32_t chain = 0; chain < program_.chains.size(); ++chain) {
      if (levels_[chain] == level && reasons_[chain] != kConditionLimit) chains.push_back(chain);
    }
    const std::size_t findings = outcome_.findings.size();
    std::vector<Completed> completions;
    for (Part part; part.index < part.count;) {
      auto spans = filter(chains, level, part);
      if (!spans) return spans.error();
      bool fits = spans->has_value();
      if (fits) {
        auto solved = gather(chains, **spans, part, completions);
        if (!solved) return solved.error();
        fits = *solved;
      }
      if (fits) {
        ++part.index;
        continue;
      }
      part = {0, part.count * 2};
      outcome_.findings.resize(findings);
      completions.clear();
    }
    return add_completions(std::move(completions));
  }

  using Spans = std::vector<std::vector<Span>>;  // by chain of the level

  /// First sweep. No spans: more memory than there is.
  Result<std::optional<Spans>> filter(const std::vector<std::uint32_t>& chains, std::uint32_t level, Part part) {
    ++outcome_.passes;
    Stream stream(outcome_.hits, run_.completed);
    const auto [first, last] = stream.reach();
    std::vector<Filter> filters;
    std::vector<EntityKeys> keys;
    const auto users = users_of(chains);
    for (const std::uint32_t chain : chains) {
      filters.emplace_back(run_, chain, first, last);
      keys.emplace_back(program_, chain, options_.limits.entities_per_hit);
    }
    // Statistics are of one pass, also where a level is begun anew.
    const bool counts = part.index == 0 && counted_ <= level;
    std::vector<LinkCount> links = outcome_.links;
    std::size_t steps = 0;
    while (true) {
      const auto more = stream.next();
      if (!more) return more.error();
      if (!*more) break;
      const std::uint32_t link = stream.link();
      if (counts && level == 0) ++links[link].hits;
      if (users[link].empty()) continue;
      bool lacks = false;
      for (const auto& [at, fills] : users[link]) {
        const auto see = [&](std::string_view name) {
          const std::uint64_t hash = hash_of(name);
          if (part.holds(hash)) filters[at].see(hash, link, stream.time(), filters[at].asks(link) ? &stream.sketch().captures : nullptr);
        };
        const auto capture = keys[at].only_capture(link);
        if (const auto key = capture ? stream.single_key(*capture) : std::nullopt) {
          if (fills) see(*key);
          continue;
        }
        const auto found = keys[at].each(stream.sketch(), [&](const std::string& name, const auto&) {
          if (fills) see(name);
        });
        lacks = lacks || found == EntityKeys::Found::none;
        if (found == EntityKeys::Found::some) reasons_[chains[at]] = kEntityLimit;
      }
      // A hit that several levels cannot use counts once, at the lowest that asks for it.
      if (lacks && counts && level == lowest_level(link)) ++links[link].without_key;
      if (++steps % 65'536 == 0 && part.count < kMaxParts && bytes_of(filters) > options_.memory) return std::optional<Spans>();
    }
    if (counts) {
      outcome_.links = std::move(links);
      counted_ = level + 1;
    }
    std::optional<Spans> out(std::in_place);
    for (Filter& filter : filters) out->push_back(filter.finish());
    return out;
  }

  static std::size_t bytes_of(const std::vector<Filter>& filters) {
    return std::accumulate(filters.begin(), filters.end(), std::size_t{0}, [](std::size_t sum, const Filter& f) { return sum + f.bytes(); });
  }

  /// Per link the chains of the level that ask for it, and whether it fills a step there or is only forbidden.
  std::vector<std::vector<std::pair<std::uint32_t, bool>>> users_of(const std::vector<std::uint32_t>& chains) const {
    std::vector<std::vector<std::pair<std::uint32_t, bool>>> out(program_.links.size());
    for (std::uint32_t at = 0; at < chains.size(); ++at) {
      std::vector<bool> seen(program_.links.size(), false);
      for (const auto& node : program_.chains[chains[at]].nodes) {
        for (const std::uint32_t link : node.links) {
          if (!seen[link]) out[link].emplace_back(at, run_.chains[chains[at]].fills[link] != 0);
          seen[link] = true;
        }
      }
    }
    return out;
  }

  std::uint32_t lowest_level(std::uint32_t link) {
    if (lowest_.empty()) {
      lowest_.assign(program_.links.size(), 0xffffffff);
      for (std::size_t chain = 0; chain < program_.chains.size(); ++chain) {
        for (const auto& node : program_.chains[chain].nodes) {
          for (const std::uint32_t used : node.links) lowest_[used] = std::min(lowest_[used], levels_[chain]);
        }
      }
    }
    return lowest_[link];
  }

  /// A span while its hits are gathered; several entities may share its digest.
  struct Open {
    std::int64_t to = 0, exact = 0;
    std::unordered_map<std::string, Entity> entities;
  };

  /// Second sweep. False: more memory than there is.
  Result<bool> gather(const std::vector<std::uint32_t>& chains, Spans& spans, Part part, std::vector<Completed>& completions) {
    if (std::all_of(spans.begin(), spans.end(), [](const auto& own) { return own.empty(); })) return true;
    ++outcome_.passes;
    Stream stream(outcome_.hits, run_.completed);
    std::vector<EntityKeys> keys;
    for (const std::uint32_t chain : chains) keys.emplace_back(program_, chain, options_.limits.entities_per_hit);
    const auto users = users_of(chains);
    for (std::size_t at = 0; at < chains.size(); ++at) {
      // What is forbidden matters before and behind a match; an aggregate looks at all of the window before it.
      for (Span& span : spans[at]) {
        const auto& ready = run_.chains[chains[at]];
        span.exact = span.from;
        const std::int64_t before = std::max(ready.before, ready.windows && !program_.chains[chains[at]].aligned ? program_.chains[chains[at]].within : 0);
        if (before > 0) span.from = earlier(span.from, before);
        if (ready.after > 0) span.to = later(span.to, ready.after);
      }
      join(spans[at]);
    }
    std::vector<std::size_t> next(chains.size(), 0);
    const auto next_begin = [&] {  // of the spans that are not open yet: most hits begin none
      std::int64_t begin = std::numeric_limits<std::int64_t>::max();
      for (std::size_t at = 0; at < chains.size(); ++at) {
        if (next[at] < spans[at].size()) begin = std::min(begin, spans[at][next[at]].from);
      }
      return begin;
    };
    std::int64_t soonest = next_begin();
    std::vector<std::unordered_map<std::uint64_t, Open>> open(chains.size());
    using Ending = std::tuple<std::int64_t, std::size_t, std::uint64_t>;  // to, chain, digest
    std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings;
    std::vector<Entity> batch;
    std::size_t batch_hits = 0, held = 0;
    const auto close = [&](Open& own) {
      for (auto& [name, entity] : own.entities) {
        batch_hits += entity.hits.size();
        batch.push_back(std::move(entity));
      }
    };
    const auto flush = [&] {
      for (const Entity& entity : batch) {
        for (const EntityHit& hit : entity.hits) held -= bytes_of(hit);
      }
      solve(batch, completions);
      batch.clear();
      batch_hits = 0;
    };
    while (true) {
      const auto more = stream.next();
      if (!more) return more.error();
      if (!*more) break;
      const std::int64_t time = stream.time();
      for (std::size_t at = 0; at < chains.size() && soonest <= time; ++at) {
        for (; next[at] < spans[at].size() && spans[at][next[at]].from <= time; ++next[at]) {
          const Span& span = spans[at][next[at]];
          Open& own = open[at][span.hash];
          own.to = span.to;
          own.exact = span.exact;
          endings.emplace(span.to, at, span.hash);
        }
      }
      if (soonest <= time) soonest = next_begin();
      while (!endings.empty() && std::get<0>(endings.top()) < time) {
        const auto [to, at, hash] = endings.top();
        endings.pop();
        const auto found = open[at].find(hash);
        if (found == open[at].end() || found->second.to != to) continue;
        close(found->second);
        open[at].erase(found);
      }
      if (batch_hits >= kBatchHits || (batch_hits > 0 && held > options_.memory / 2)) flush();
      for (const auto& [at, fills] : users[stream.link()]) {
        if (open[at].empty()) continue;
        const auto capture = keys[at].only_capture(stream.link());
        const auto key = capture ? stream.single_key(*capture) : std::nullopt;
        if (key && !open[at].contains(hash_of(*key))) continue;
        keys[at].each(stream.sketch(), [&](const std::string& name, const auto& values) {
          const auto own = open[at].find(hash_of(name));
          if (own == open[at].end()) return;
          Entity& entity = own->second.entities[name];
          if (entity.hits.size() >= options_.limits.entity_hits) {
            entity.cut_short = true;
            batch_hits += entity.hits.size();
            batch.push_back(std::move(entity));
            entity = {};
            entity.cut_short = true;
          }
          if (entity.hits.empty()) {
            entity.chain = chains[at];
            entity.exact = own->second.exact;
            entity.keys.clear();
            for (const std::string* value : values) entity.keys.push_back(*value);
          }
          entity.hits.push_back(entity_hit(stream, run_.chains[chains[at]]));
          held += bytes_of(entity.hits.back());
        });
      }
      if (held > options_.memory && part.count < kMaxParts) return false;
    }
    for (auto& own : open) {
      for (auto& [hash, span] : own) close(span);
    }
    flush();
    return true;
  }

  /// Spans of one digest that touch are one; all in order of their beginnings.
  static void join(std::vector<Span>& spans) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return std::tie(a.hash, a.from) < std::tie(b.hash, b.from); });
    std::size_t kept = 0;
    for (const Span& span : spans) {
      if (kept > 0 && spans[kept - 1].hash == span.hash && span.from <= spans[kept - 1].to) spans[kept - 1].to = std::max(spans[kept - 1].to, span.to);
      else spans[kept++] = span;
    }
    spans.resize(kept);
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return std::tie(a.from, a.hash) < std::tie(b.from, b.hash); });
  }

  EntityHit entity_hit(Stream& stream, const ReadyChain& ready) {
    const Hit& hit = stream.hit();
    EntityHit out;
    out.index = stream.index();
    out.record = stream.record();
    out.time = hit.event.time;
    if (const Completed* completed = stream.completed()) {
      out.start = completed->start;
      out.firsts = completed->firsts;
      out.open = completed->open;
    }
    out.record_id = hit.event.record_id;
    out.link = hit.link;
    out.log = logs_.of(hit.event);
    out.numbered = hit.event.has_record_id;
    out.captures.assign(hit.captures.begin(), hit.captures.begin() + static_cast<std::ptrdiff_t>(std::min(ready.captures, hit.captures.size())));
    return out;
  }

  static std::size_t bytes_of(const EntityHit& hit) { return sizeof(EntityHit) + hit.captures.size() * (sizeof(Captured) + 64); }

  void solve(const std::vector<Entity>& entities, std::vector<Completed>& completions) {
    std::vector<EntityResult> results(entities.size());
    std::atomic<std::size_t> next{0};
    const std::size_t stride = std::max<std::size_t>(1, entities.size() / (std::max(1u, options_.threads) * 64));
    const auto work = [&] {
      for (std::size_t at = next.fetch_add(stride); at < entities.size(); at = next.fetch_add(stride)) {
        for (std::size_t i = at; i < std::min(at + stride, entities.size()); ++i) results[i] = solve_entity(run_, entities[i]);
      }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options_.threads && i * stride < entities.size(); ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    for (EntityResult& result : results) {
      if (result.incomplete) outcome_.complete = false;
      std::move(result.findings.begin(), result.findings.end(), std::back_inserter(outcome_.findings));
      std::move(result.completions.begin(), result.completions.end(), std::back_inserter(completions));
    }
  }

  // ---- between levels, and at the end ----

  /// The completions as hits behind the others, in canonical order, whatever the order of the entities.
  Result<void> add_completions(std::vector<Completed> fresh) {
    std::sort(fresh.begin(), fresh.end(), [](const Completed& a, const Completed& b) {
      return std::tie(a.record, a.chain, a.keys, a.start) < std::tie(b.record, b.chain, b.keys, b.start);
    });
    for (std::uint32_t link = 0; link < program_.links.size(); ++link) {
      if (!program_.links[link].completion) continue;
      for (const Completed& own : fresh) {
        if (program_.links[link].completion->chain != own.chain) continue;
        outcome_.hits.add_completion(hit_of(link, own));
        run_.completed.push_back(own);
        ++outcome_.links[link].hits;
      }
    }
    if (!outcome_.hits.error().empty()) return Error{outcome_.hits.error()};
    return {};
  }

  /// A completion as a hit of a link that stands for its chain.
  Hit hit_of(std::uint32_t index, const Completed& completed) const {
    std::vector<Hit> events;
    for (const std::uint64_t hit : completed.hits) events.push_back(outcome_.hits[hit]);
    Hit out = events.front();
    out.link = index;
    out.captures.clear();
    for (const auto& source : program_.links[index].completion->captures) {
      Captured& captured = out.captures.emplace_back();
      if (source.key != program::kNone) {
        captured.text = completed.keys[source.key];
        captured.keys = {captured.text};
        captured.present = true;
        continue;
      }
      // The first of the event's links that has it.
      for (const Hit& event : events) {
        const auto place = std::find(source.links.begin(), source.links.end(), event.link);
        if (place == source.links.end()) continue;
        const std::uint32_t capture = source.captures[static_cast<std::size_t>(place - source.links.begin())];
        if (capture >= event.captures.size() || !event.captures[capture].present) continue;
        captured = event.captures[capture];
        break;
      }
    }
    return out;
  }

  void finish() {
    auto& findings = outcome_.findings;
    for (Finding& finding : findings) {
      if (!finding.complete || reasons_[finding.chain] == nullptr) continue;
      finding.complete = false;
      finding.reason = reasons_[finding.chain];
    }
    for (const char* reason : reasons_) {
      if (reason != nullptr) outcome_.complete = false;
    }
    for (const Finding& finding : findings) {
      if (!finding.complete) outcome_.complete = false;
    }
    // Point 8, entity by entity.
    std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
      return std::tie(a.chain, a.entity, a.first_record, a.part, a.last, a.leader) < std::tie(b.chain, b.entity, b.first_record, b.part, b.last, b.leader);
    });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < findings.size(); ++i) {
      const std::int64_t suppress = program_.chains[findings[i].chain].suppress;
      if (suppress > 0 && kept > 0 && findings[kept - 1].chain == findings[i].chain && findings[kept - 1].entity == findings[i].entity &&
          findings[i].first - findings[kept - 1].first < suppress) {
        Finding& reported = findings[kept - 1];
        ++reported.suppressed;
        // What was not complete stays visible in the finding that stands for it.
        if (!findings[i].complete) {
          reported.complete = false;
          reported.reason = findings[i].reason;
        }
        continue;
      }
      if (kept != i) findings[kept] = std::move(findings[i]);
      ++kept;
    }
    findings.resize(kept);
    std::sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
      return std::tie(a.first, program_.chains[a.chain].name, a.entity, a.first_record, a.part, a.last, a.leader) <
             std::tie(b.first, program_.chains[b.chain].name, b.entity, b.first_record, b.part, b.last, b.leader);
    });
  }

  const program::Program& program_;
  const Options& options_;
  Outcome outcome_;
  Run run_;
  LogNumbers logs_;  // the same for all levels: completions remember logs
  std::vector<std::uint32_t> levels_, lowest_;
  std::uint32_t counted_ = 0;         // levels whose hits are in the statistics
  std::vector<const char*> reasons_;  // why a whole chain may lack matches
};

}  // namespace

Result<Outcome> evaluate(const program::Program& program, SortedHits hits, const Options& options) {
  return Evaluation(program, options).run(std::move(hits));
}

Result<Outcome> evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options, bool keep_duplicates) {
  HitSorter sorter({(std::size_t{1} << 20) + hits.size() * 2048, {}, keep_duplicates});
  if (auto added = sorter.add(hits); !added) return added.error();
  hits = {};
  auto sorted = sorter.finish();
  if (!sorted) return sorted.error();
  return evaluate(program, std::move(*sorted), options);
}

}  // namespace chainhunt::engine

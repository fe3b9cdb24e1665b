#include "compiler/algebra/implications.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "compiler/plan/lower.h"
#include "runtime/interp/evaluator.h"

namespace chainhunt::algebra {
namespace {

/// What is spent on the links that one link may imply: some seconds. The rest is undecided.
constexpr std::uint64_t kMostWorkPerLink = 200'000'000;

/// With fewer links a second thread, which remembers no answers of the first, does not pay.
constexpr std::size_t kLinksForTwoThreads = 300;

/// All links that read one event code, as a program of one plan; body i is the predicate of `links[i]`.
struct Table {
  std::vector<model::LinkId> links;
  std::vector<const model::Predicate*> predicates;
  program::Program program;
  std::unique_ptr<interp::Evaluator> evaluator;
  interp::State state;

  void build() {
    program::EventPlan& plan = program.events.emplace_back();
    plan::Lowering lowering(plan);
    for (const auto* predicate : predicates) {
      program::Body body;
      body.root = lowering.predicate(*predicate);
      plan.bodies.push_back(std::move(body));
    }
    if (auto made = interp::Evaluator::make(program); made.ok()) evaluator = std::make_unique<interp::Evaluator>(std::move(*made));
  }

  /// The links that match, as indices.
  std::vector<std::size_t> matching(const input::Record& record) {
    std::vector<std::size_t> out;
    const input::RecordView view(record, program.events.front().projection);
    std::vector<std::uint64_t> bits(evaluator->words_of(0));
    evaluator->evaluate(0, view.event(), state, bits.data());
    for (std::size_t i = 0; i < links.size(); ++i) {
      if (bits[i / 64] >> (i % 64) & 1) out.push_back(i);
    }
    return out;
  }
};

/// Like LinkEvent: an event, and the code where an open source does not list it.
using Code = std::pair<model::EventId, std::string>;

class Finder {
 public:
  Finder(Algebra& algebra, const std::vector<model::LinkId>& links, const KnownImplications& known)
      : algebra_(algebra), model_(algebra.model()), known_(known) {
    for (const model::LinkId id : links) {
      const model::Link& link = model_.links[id];
      if (link.chain != model::kNone || link.keep || link.events.empty()) continue;
      links_.push_back(id);
      for (const auto& event : link.events) {
        for (Tables* tables : {&all_, known_.links.contains(id) ? nullptr : &new_}) {
          if (tables == nullptr) continue;
          Table& table = (*tables)[{event.event, event.code}];
          table.links.push_back(id);
          table.predicates.push_back(&event.predicate);
        }
      }
    }
    // Where nothing is new nothing is asked.
    for (auto& [code, table] : new_) {
      table.build();
      Table& whole = all_.at(code);
      if (whole.links.size() > table.links.size()) whole.build();
    }
  }

  std::size_t size() const { return links_.size(); }

  /// Asks about every `step`th link, from the `first` on.
  void run(std::size_t first, std::size_t step) {
    for (std::size_t i = first; i < links_.size(); i += step) {
      for (const model::LinkId wide : implied_by(links_[i])) implied.emplace_back(links_[i], wide);
    }
  }

  std::vector<LinkPair> implied, undecided;  ///< what was found

 private:
  std::vector<model::LinkId> implied_by(model::LinkId id) {
    const model::Link& link = model_.links[id];
    const auto table_of = [&](const model::LinkEvent& event) { return table_for(id, {event.event, event.code}); };
    if (std::none_of(link.events.begin(), link.events.end(), table_of)) return {};
    // In each event that can match at all the other must match too.
    std::set<model::LinkId> left;
    std::set<model::LinkId> doubtful;
    bool first = true;
    // One of its own, so that what a link costs does not depend on those before it.
    Algebra algebra = algebra_.another();
    for (const auto& event : link.events) {
      const model::Predicate* yes[] = {&event.predicate};
      const Search own = algebra.find(event, yes, {});
      if (own.outcome == Outcome::none) continue;
      if (own.outcome == Outcome::unknown) return {};
      Table* const table = table_of(event);
      if (table == nullptr || !table->evaluator) return {};
      const auto also = implied_in(algebra, *table, id, event, *own.witness, first ? nullptr : &left, doubtful);
      left = std::set<model::LinkId>(also.begin(), also.end());
      first = false;
      if (left.empty()) break;
    }
    for (const model::LinkId wide : doubtful) {
      if (left.erase(wide) != 0) undecided.emplace_back(id, wide);
    }
    return {left.begin(), left.end()};
  }

  std::vector<model::LinkId> implied_in(Algebra& algebra, Table& table, model::LinkId id, const model::LinkEvent& event, const input::Record& witness,
                                        const std::set<model::LinkId>* among, std::set<model::LinkId>& doubtful) {
    std::vector<std::size_t> candidates = table.matching(witness);
    std::erase_if(candidates, [&](std::size_t i) {
      const model::LinkId other = table.links[i];
      return other == id || model_.links[other].after != model::kNone || (among != nullptr && !among->contains(other));
    });
    std::vector<model::LinkId> out;
    while (!candidates.empty()) {
      const std::size_t wide = candidates.front();
      candidates.erase(candidates.begin());
      const model::Predicate* yes[] = {&event.predicate};
      const model::Predicate* no[] = {table.predicates[wide]};
      const bool spent = algebra.work() > kMostWorkPerLink;
      const Search counter = spent ? Search{} : algebra.find(event, yes, no);
      if (counter.outcome == Outcome::unknown) doubtful.insert(table.links[wide]);
      if (counter.outcome != Outcome::found) {
        out.push_back(table.links[wide]);
        continue;
      }
      const auto matching = table.matching(*counter.witness);
      std::erase_if(candidates, [&](std::size_t i) { return !std::binary_search(matching.begin(), matching.end(), i); });
    }
    return out;
  }

  using Tables = std::map<Code, Table>;

  /// Of the links that this one may imply and of which that is not known; null: there are none.
  Table* table_for(model::LinkId id, const Code& code) {
    const auto fresh = new_.find(code);
    if (fresh == new_.end()) return nullptr;
    Table& whole = all_.at(code);
    return known_.links.contains(id) || whole.links.size() == fresh->second.links.size() ? &fresh->second : &whole;
  }

  Algebra& algebra_;
  const model::Model& model_;
  const KnownImplications& known_;
  std::vector<model::LinkId> links_;
  Tables all_, new_;
};

}  // namespace

Implications implications(Algebra& algebra, const std::vector<model::LinkId>& links, const KnownImplications& known) {
  Finder own(algebra, links, known);
  if (own.size() < kLinksForTwoThreads) {
    own.run(0, 1);
  } else {
    Algebra another = algebra.another();
    Finder other(another, links, known);
    std::thread thread([&] { other.run(1, 2); });
    own.run(0, 2);
    thread.join();
    own.implied.insert(own.implied.end(), other.implied.begin(), other.implied.end());
    own.undecided.insert(own.undecided.end(), other.undecided.begin(), other.undecided.end());
  }
  std::set<LinkPair> implied(own.implied.begin(), own.implied.end());
  implied.insert(known.implied.begin(), known.implied.end());
  Implications out;
  for (const auto& [narrow, wide] : implied) {
    const bool equal = implied.contains({wide, narrow});
    if (!equal || narrow < wide) out.proved.push_back({narrow, wide, equal});
  }
  out.undecided = std::move(own.undecided);
  out.undecided.insert(out.undecided.end(), known.undecided.begin(), known.undecided.end());
  std::sort(out.undecided.begin(), out.undecided.end());
  return out;
}

}  // namespace chainhunt::algebra

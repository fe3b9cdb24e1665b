#include "compiler/algebra/text/search.h"

#include <algorithm>

#include "runtime/base/text.h"

namespace chainhunt::algebra::text {
namespace {

constexpr std::uint32_t kRoot = 0xffffffff;

Verdict turned(Verdict verdict, bool truth) {
  if (truth || verdict == Verdict::maybe) return verdict;
  return verdict == Verdict::yes ? Verdict::no : Verdict::yes;
}

}  // namespace

void ProductSearch::begin(const std::vector<const Clauses*>& demands, const Limits& limits) {
  automata_.clear();
  literals_.clear();
  clause_ends_.clear();
  impossible_ = false;
  for (const Clauses* clauses : demands) {
    for (const Clause& clause : *clauses) {
      if (clause.empty()) impossible_ = true;
      for (const Term& term : clause) {
        auto known = std::find(automata_.begin(), automata_.end(), term.automaton.get());
        if (known == automata_.end()) known = automata_.insert(known, term.automaton.get());
        literals_.push_back({static_cast<std::uint32_t>(known - automata_.begin()), term.truth});
      }
      clause_ends_.push_back(static_cast<std::uint32_t>(literals_.size()));
    }
  }
  product_.clear();
  parent_.clear();
  letter_.clear();
  at_ = judged_ = 0;
  length_ = 0;
  longest_ = limits.text_length;
  most_ = limits.states * std::max<std::size_t>(1, demands.size());
  most_each_ = limits.states;
  steps_ = 0;
  most_steps_ = limits.steps;
  if (impossible_) return;
  std::vector<const Partition*> partitions;
  for (const Automaton* automaton : automata_) partitions.push_back(&automaton->partition());
  alphabet_ = &alphabets_.make(partitions);
  tuple_.clear();
  for (const Automaton* automaton : automata_) tuple_.push_back(automaton->start());
  if (hopeless(tuple_.data())) {
    impossible_ = true;
    return;
  }
  product_.add(tuple_);
  parent_.push_back(kRoot);
  letter_.push_back(0);
  level_end_ = 1;
}

Verdict ProductSearch::judge(const std::uint32_t* tuple) const {
  Verdict all = Verdict::yes;
  std::uint32_t at = 0;
  for (const std::uint32_t end : clause_ends_) {
    Verdict any = Verdict::no;
    for (; at < end; ++at) any = std::max(any, turned(automata_[literals_[at].automaton]->verdict(tuple[literals_[at].automaton]), literals_[at].truth));
    all = std::min(all, any);
    if (all == Verdict::no) return all;
  }
  return all;
}

bool ProductSearch::hopeless(const std::uint32_t* tuple) const {
  std::uint32_t at = 0;
  for (const std::uint32_t end : clause_ends_) {
    bool hope = false;
    for (; at < end; ++at) {
      const Fate fate = automata_[literals_[at].automaton]->fate(tuple[literals_[at].automaton]);
      hope = hope || fate != (literals_[at].truth ? Fate::never : Fate::always);
    }
    if (!hope) return true;
  }
  return false;
}

std::string ProductSearch::spell(std::uint32_t state) const {
  std::u32string letters;
  for (std::uint32_t at = state; parent_[at] != kRoot; at = parent_[at]) letters += letter_[at];
  std::string out;
  for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) base::append_utf8(out, *letter);
  return out;
}

Ending ProductSearch::next(std::string& spelling) {
  if (impossible_) return Ending::none;
  const std::size_t width = automata_.size();
  const std::size_t symbols = alphabet_->codes.size();
  while (true) {
    // Every state is judged when it is first there, so a shortest spelling is found before its level is expanded.
    while (judged_ < parent_.size()) {
      const std::uint32_t state = judged_++;
      const Verdict verdict = judge(product_[state].data());
      if (verdict == Verdict::no) continue;
      spelling = spell(state);
      return verdict == Verdict::yes ? Ending::found : Ending::perhaps;
    }
    if (at_ == parent_.size()) return Ending::none;
    if (at_ == level_end_) {
      level_end_ = static_cast<std::uint32_t>(parent_.size());
      ++length_;
    }
    if (length_ >= longest_) return Ending::too_long;
    if (parent_.size() > most_) return Ending::too_many;
    if (steps_ > most_steps_) return Ending::too_long_a_search;
    steps_ += width * symbols;
    for (std::size_t i = 0; i < width; ++i) {
      if (automata_[i]->states() > most_each_) return Ending::crowded;
    }
    const std::uint32_t state = at_++;
    const auto here = product_[state];
    from_.assign(here.begin(), here.end());
    rows_.resize(width);
    const auto read_rows = [&] {
      for (std::size_t i = 0; i < width; ++i) rows_[i] = automata_[i]->row(from_[i]);
    };
    read_rows();
    bool first = true;
    for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
      const ClassId* ids = alphabet_->classes.data() + symbol * width;
      bool same = !first, open = true;
      first = false;
      for (std::size_t i = 0; i < width; ++i) {
        std::uint32_t to = rows_[i][ids[i]];
        if (to == Automaton::kUnknown) {
          to = automata_[i]->step(from_[i], ids[i]);
          read_rows();
        }
        same = same && tuple_[i] == to;
        tuple_[i] = to;
        open = open && automata_[i]->fate(to) == Fate::open;
      }
      // What the symbol before led to is known, one way or the other.
      if (same || (!open && hopeless(tuple_.data()))) continue;
      const bool fresh = product_.add(tuple_).second;
      if (!fresh) continue;
      parent_.push_back(state);
      letter_.push_back(alphabet_->codes[symbol]);
    }
  }
}

}  // namespace chainhunt::algebra::text

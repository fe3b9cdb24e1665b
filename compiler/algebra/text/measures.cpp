#include "compiler/algebra/text/measures.h"

#include <algorithm>
#include <string>

#include "runtime/value/text.h"

namespace chainhunt::algebra::text {

// Classes are numbered in the order of (folded) code points: 2 * i + 1 is the literal's i-th different code point,
// 2 * i what lies between two of them. Folding moves code points about, so each moved one is a class of its own.
Order::Order(value::Op op, std::string_view literal, bool cased) {
  const std::u32string text = code_points(literal, cased);
  std::u32string known = text;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const auto id_of = [&](char32_t code) {
    const auto place = std::lower_bound(known.begin(), known.end(), code);
    const auto index = static_cast<ClassId>(place - known.begin());
    return place != known.end() && *place == code ? 2 * index + 1 : 2 * index;
  };
  std::vector<char32_t> edges{0};
  for (const char32_t code : known) edges.insert(edges.end(), {code, code + 1});
  if (!cased) {
    for (const char32_t code : moved_by_folding()) edges.insert(edges.end(), {code, code + 1});
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  partition_ = {};
  partition_.from.clear();
  partition_.classes.clear();
  for (const char32_t edge : edges) {
    if (edge > kLastCode) break;
    const ClassId id = id_of(cased ? edge : value::fold(edge));
    if (!partition_.classes.empty() && partition_.classes.back() == id) continue;
    partition_.from.push_back(edge);
    partition_.classes.push_back(id);
  }
  partition_.count = static_cast<ClassId>(2 * known.size() + 1);
  for (const char32_t code : text) literal_.push_back(id_of(code));

  const auto holds = [op](int order) {
    switch (op) {
      case value::Op::eq: return order == 0;
      case value::Op::ne: return order != 0;
      case value::Op::lt: return order < 0;
      case value::Op::le: return order <= 0;
      case value::Op::gt: return order > 0;
      case value::Op::ge: return order >= 0;
    }
    return false;
  };
  // State i: the literal's first i code points have been read.
  for (std::size_t i = 0; i <= literal_.size(); ++i) add(verdict_of(holds(i < literal_.size() ? -1 : 0)), Fate::open);
  less_ = add(verdict_of(holds(-1)), fate_of(holds(-1)));
  greater_ = add(verdict_of(holds(1)), fate_of(holds(1)));
}

Automaton::State Order::next(State state, ClassId id) {
  if (state == less_ || state == greater_) return state;
  if (state == literal_.size()) return greater_;
  return id == literal_[state] ? state + 1 : id < literal_[state] ? less_ : greater_;
}

Length::Length(std::vector<Verdict> truth) : last_(static_cast<std::uint32_t>(truth.size()) - 1) {
  std::size_t settled = truth.size() - 1;
  while (settled > 0 && truth[settled - 1] == truth.back()) --settled;
  for (std::size_t n = 0; n < truth.size(); ++n) {
    add(truth[n], n < settled || truth[n] == Verdict::maybe ? Fate::open : fate_of(truth[n] == Verdict::yes));
  }
}

Automaton::State Length::next(State state, ClassId) { return std::min(state + 1, last_); }

}  // namespace chainhunt::algebra::text

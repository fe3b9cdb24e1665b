#include "compiler/algebra/text/glob.h"

#include <string>
#include <unordered_map>

#include "runtime/base/text.h"
#include "runtime/value/text.h"

namespace chainhunt::algebra::text {

std::u32string glob_tokens(std::string_view pattern, bool cased) {
  std::u32string out;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '*' || c == '?') {
      out += c == '*' ? kAnyRun : kAnyOne;
      ++at;
    } else if (c == '[' && at + 2 < pattern.size() && pattern[at + 2] == ']' &&
               (pattern[at + 1] == '*' || pattern[at + 1] == '?' || pattern[at + 1] == '[')) {
      out += static_cast<char32_t>(pattern[at + 1]);
      at += 3;
    } else {
      const base::CodePoint code = base::decode_utf8(pattern, at);
      out += cased ? code.value : value::fold(code.value);
      at += code.size;
    }
  }
  return out;
}

Glob::Glob(std::string_view pattern, bool cased) {
  std::unordered_map<char32_t, ClassId> ids;
  std::vector<std::pair<char32_t, ClassId>> points;
  ClassId count = 1;
  star_.push_back(false);
  for (const char32_t code : glob_tokens(pattern, cased)) {
    if (code == kAnyRun) {
      star_.back() = true;
      continue;
    }
    star_.push_back(false);
    if (code == kAnyOne) {
      tokens_.push_back(kAny);
      continue;
    }
    const auto [known, fresh] = ids.emplace(code, count);
    if (fresh) {
      for (const char32_t variant : cased ? std::vector{code} : variants(code)) points.emplace_back(variant, count);
      ++count;
    }
    tokens_.push_back(known->second);
  }
  partition_ = Partition::of_points(std::move(points), count);
  start_ = state_of({0});
}

Automaton::State Glob::state_of(std::vector<std::uint32_t> places) {
  std::size_t from = places.size();
  while (from > 0 && !star_[places[from - 1]]) --from;
  if (from > 1) places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(from - 1));
  const auto [number, fresh] = sets_.add(places);
  if (!fresh) return number;
  const auto end = static_cast<std::uint32_t>(tokens_.size());
  const bool over = !places.empty() && places.back() == end;
  return add(verdict_of(over), places.empty() ? Fate::never : over && star_[end] ? Fate::always : Fate::open);
}

Automaton::State Glob::next(State state, ClassId id) {
  std::vector<std::uint32_t> out;
  for (const std::uint32_t place : sets_[state]) {  // ascending, and so is `out`: a place yields itself and the next
    if (star_[place] && (out.empty() || out.back() != place)) out.push_back(place);
    if (place < tokens_.size() && (tokens_[place] == kAny || tokens_[place] == id)) out.push_back(place + 1);
  }
  return state_of(std::move(out));
}

}  // namespace chainhunt::algebra::text

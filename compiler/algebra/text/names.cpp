#include "compiler/algebra/text/names.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "compiler/algebra/text/part.h"
#include "compiler/algebra/text/words.h"

namespace chainhunt::algebra::text {
namespace {

// Classes of what SIDs are spelled with: 1 + the value of a hexadecimal digit, then these.
constexpr ClassId kFirstDigit = 1, kX = 17, kS = 18, kDash = 19, kPercent = 20, kOpen = 21, kClose = 22, kSidClasses = 23;

Partition sid_partition() {
  std::vector<std::pair<char32_t, ClassId>> points;
  for (ClassId i = 0; i < 10; ++i) points.emplace_back(U'0' + i, kFirstDigit + i);
  for (ClassId i = 0; i < 6; ++i) {
    points.emplace_back(U'a' + i, kFirstDigit + 10 + i);
    points.emplace_back(U'A' + i, kFirstDigit + 10 + i);
  }
  for (const auto& [code, id] : std::initializer_list<std::pair<char32_t, ClassId>>{
           {'x', kX}, {'X', kX}, {'s', kS}, {'S', kS}, {'-', kDash}, {'%', kPercent}, {'{', kOpen}, {'}', kClose}}) {
    points.emplace_back(code, id);
  }
  return Partition::of_points(std::move(points), kSidClasses);
}

int digit_of(ClassId id, bool hex) {
  const int digit = static_cast<int>(id) - static_cast<int>(kFirstDigit);
  return digit < 0 || digit >= (hex ? 16 : 10) ? -1 : digit;
}

// Where in a SID's spelling a reader stands. The stages from kNumber on are within or before a number.
enum SidStage : std::uint32_t { kStart, kAfterPercent, kBeforeS, kAfterS, kClosed, kNumber, kZero, kDecimal, kAfterX, kHex, kLost };
constexpr std::uint32_t kParts = 17;  // revision, authority, fifteen sub-authorities

std::string_view largest(std::uint32_t part) { return part == 0 ? "255" : part == 1 ? "281474976710655" : "4294967295"; }
std::uint32_t largest_hex_digits(std::uint32_t part) { return part == 0 ? 2 : part == 1 ? 12 : 8; }

}  // namespace

SidSyntax::SidSyntax() {
  partition_ = sid_partition();
  start_ = state_of({});
}

Automaton::State SidSyntax::state_of(const Key& key) {
  const std::uint32_t words[] = {key.stage, key.wrapped, key.part, key.digits, key.order};
  const auto [number, fresh] = keys_.add(words);
  if (!fresh) return number;
  const bool over = key.stage == kClosed || ((key.stage == kZero || key.stage == kDecimal || key.stage == kHex) && key.part >= 1 && key.wrapped == 0);
  return add(verdict_of(over), key.stage == kLost ? Fate::never : Fate::open);
}

Automaton::State SidSyntax::next(State state, ClassId id) {
  const auto words = keys_[state];
  Key key{words[0], words[1], words[2], words[3], words[4]};
  const Key lost{kLost};
  // `order`: the digits against those of the largest number: 0 equal, 1 less, 2 greater.
  const auto decimal = [&](int digit) {
    key.stage = kDecimal;
    if (digit == 0 && key.digits == 0) return state_of(key);
    const std::string_view most = largest(key.part);
    if (key.digits == most.size()) return state_of(lost);
    const int against = most[key.digits] - '0';
    if (key.order == 0 && digit != against) key.order = digit < against ? 1 : 2;
    ++key.digits;
    return state_of(key.digits == most.size() && key.order == 2 ? lost : key);
  };
  const auto behind_number = [&] {
    if (id == kDash && key.part + 1 < kParts) return state_of({kNumber, key.wrapped, key.part + 1, 0, 0});
    if (id == kClose && key.wrapped != 0 && key.part >= 1) return state_of({kClosed});
    return state_of(lost);
  };
  switch (key.stage) {
    case kStart:
      if (id == kS) return state_of({kAfterS});
      return state_of(id == kPercent ? Key{kAfterPercent} : lost);
    case kAfterPercent: return state_of(id == kOpen ? Key{kBeforeS, 1} : lost);
    case kBeforeS: return state_of(id == kS ? Key{kAfterS, 1} : lost);
    case kAfterS: return state_of(id == kDash ? Key{kNumber, key.wrapped} : lost);
    case kNumber: {
      const int digit = digit_of(id, false);
      if (digit < 0) return state_of(lost);
      if (digit > 0) return decimal(digit);
      key.stage = kZero;
      return state_of(key);
    }
    case kZero:
      if (id == kX) return state_of({kAfterX, key.wrapped, key.part});
      [[fallthrough]];
    case kDecimal: {
      const int digit = digit_of(id, false);
      return digit < 0 ? behind_number() : decimal(digit);
    }
    case kAfterX:
    case kHex: {
      const int digit = digit_of(id, true);
      if (digit < 0) return key.stage == kHex ? behind_number() : state_of(lost);
      key.stage = kHex;
      if (digit != 0 || key.digits > 0) ++key.digits;
      return state_of(key.digits > largest_hex_digits(key.part) ? lost : key);
    }
    default: return state_of(lost);
  }
}

// A thread per SID that may still come of it: its number, wrapped or not, part, stage, digits matched.
SidEqual::SidEqual(std::span<const std::string> canonical) {
  partition_ = sid_partition();
  for (const std::string& sid : canonical) {
    std::vector<Number>& numbers = sids_.emplace_back();
    for (std::size_t at = 2; at <= sid.size();) {
      const std::size_t end = std::min(sid.find('-', at), sid.size());
      std::uint64_t value = 0;
      std::from_chars(sid.data() + at, sid.data() + end, value);
      Number& number = numbers.emplace_back();
      if (value != 0) {
        char hex[24];
        number.decimal = std::to_string(value);
        number.hex.assign(hex, std::to_chars(hex, hex + sizeof hex, value, 16).ptr);
      }
      at = end + 1;
    }
  }
  std::vector<std::uint32_t> threads;
  for (std::uint32_t i = 0; i < sids_.size(); ++i) threads.insert(threads.end(), {i, 0, 0, kStart, 0});
  start_ = state_of(threads);
}

Automaton::State SidEqual::state_of(const std::vector<std::uint32_t>& threads) {
  const auto [number, fresh] = sets_.add(threads);
  if (!fresh) return number;
  bool over = false;
  for (std::size_t t = 0; t < threads.size(); t += 5) {
    const auto& numbers = sids_[threads[t]];
    const std::uint32_t stage = threads[t + 3];
    if (stage == kClosed) over = true;
    if (threads[t + 1] != 0 || threads[t + 2] + 1 != numbers.size()) continue;
    const Number& last = numbers.back();
    over = over || ((stage == kZero || stage == kDecimal) && threads[t + 4] == last.decimal.size()) || (stage == kHex && threads[t + 4] == last.hex.size());
  }
  return add(verdict_of(over), threads.empty() ? Fate::never : Fate::open);
}

Automaton::State SidEqual::next(State state, ClassId id) {
  const std::vector<std::uint32_t> now(sets_[state].begin(), sets_[state].end());
  std::vector<std::uint32_t> out;
  for (std::size_t t = 0; t < now.size(); t += 5) {
    std::uint32_t sid = now[t], wrapped = now[t + 1], part = now[t + 2], stage = now[t + 3], digits = now[t + 4];
    const auto go = [&](std::uint32_t to) { out.insert(out.end(), {sid, wrapped, part, to, digits}); };
    const auto digit_matches = [&](const std::string& text, bool hex) {
      const int digit = digit_of(id, hex);
      return digit >= 0 && digits < text.size() && text[digits] == "0123456789abcdef"[digit];
    };
    const auto& numbers = sids_[sid];
    const auto behind = [&](const std::string& text) {
      if (digits != text.size()) return;
      if (id == kDash && part + 1 < numbers.size()) {
        ++part;
        digits = 0;
        go(kNumber);
      } else if (id == kClose && wrapped != 0 && part + 1 == numbers.size()) {
        go(kClosed);
      }
    };
    const bool zero = id == kFirstDigit && digits == 0;  // a leading one
    switch (stage) {
      case kStart:
        if (id == kS) go(kAfterS);
        if (id == kPercent) go(kAfterPercent);
        break;
      case kAfterPercent:
        wrapped = 1;
        if (id == kOpen) go(kBeforeS);
        break;
      case kBeforeS:
        if (id == kS) go(kAfterS);
        break;
      case kAfterS:
        if (id == kDash) go(kNumber);
        break;
      case kNumber:
      case kZero:
      case kDecimal:
        if (zero) {
          go(stage == kNumber ? kZero : kDecimal);
        } else if (stage == kZero && id == kX) {
          go(kAfterX);
        } else if (digit_matches(numbers[part].decimal, false)) {
          ++digits;
          go(kDecimal);
        } else if (stage != kNumber) {
          behind(numbers[part].decimal);
        }
        break;
      case kAfterX:
      case kHex:
        if (zero) {
          go(kHex);
        } else if (digit_matches(numbers[part].hex, true)) {
          ++digits;
          go(kHex);
        } else if (stage == kHex) {
          behind(numbers[part].hex);
        }
        break;
      default: break;
    }
  }
  return state_of(out);
}

// States: 0 … 36 without a brace, then the same behind one, then behind the closing one.
GuidSyntax::GuidSyntax() {
  std::vector<std::pair<char32_t, ClassId>> points{{'-', 2}, {'{', 3}, {'}', 4}};
  for (const char c : std::string_view("0123456789abcdefABCDEF")) points.emplace_back(static_cast<unsigned char>(c), 1);
  partition_ = Partition::of_points(std::move(points), 5);
  for (std::uint32_t i = 0; i < 2 * (kSize + 1); ++i) add(verdict_of(i == kSize), Fate::open);
  add(Verdict::yes, Fate::open);
  dead_ = add(Verdict::no, Fate::never);
}

Automaton::State GuidSyntax::next(State state, ClassId id) {
  const std::uint32_t braced = kSize + 1, closed = 2 * (kSize + 1);
  if (state >= closed) return dead_;
  if (state == 0 && id == 3) return braced;
  const std::uint32_t place = state % braced;
  if (place == kSize) return state > kSize && id == 4 ? closed : dead_;
  const bool dash = place == 8 || place == 13 || place == 18 || place == 23;
  return id == (dash ? 2u : 1u) ? state + 1 : dead_;
}

namespace {

// An IPv4 part is as far as its digits say: what may follow them within 0 … 255.
enum Octet : std::uint32_t { kEmpty, kComplete, kOne, kTwo, kShort, kTwoFive };
enum HostStage : std::uint32_t { kLeading, kHead, kVersion4, kDotsBehind, kMaybe, kNoAddress };
constexpr ClassId kHostDigit = 1;  // 1: 0, 2: 1, 3: 2, 4: 3 and 4, 5: 5, 6: 6 … 9
constexpr ClassId kHostHex = 7, kColon = 8, kDot = 9, kHostPercent = 10, kBackslash = 11;

// stage, IPv4 part (4: it is none), octet, colons (up to 2), whether anything stands there
std::uint32_t pack(std::uint32_t stage, std::uint32_t part, std::uint32_t octet, std::uint32_t colons) {
  return stage | part << 4 | octet << 8 | colons << 12;
}

// kNoAddress where the digit does not fit.
std::uint32_t octet_after(std::uint32_t octet, ClassId digit) {
  constexpr std::uint32_t none = 0xff;
  switch (octet) {
    case kEmpty: return digit == 1 ? kComplete : digit == 2 ? kOne : digit == 3 ? kTwo : kShort;
    case kOne: return kShort + 10;  // 1x: one more digit, any
    case kTwo: return digit <= 4 ? kShort + 10 : digit == 5 ? kTwoFive : kComplete;
    case kShort: return kComplete;
    case kTwoFive: return digit <= 5 ? kComplete : none;
    case kShort + 10: return kComplete;
    default: return none;
  }
}

}  // namespace

HostAddress::HostAddress() {
  std::vector<std::pair<char32_t, ClassId>> points{{'0', 1}, {'1', 2}, {'2', 3}, {'3', 4}, {'4', 4}, {'5', 5}, {'6', 6}, {'7', 6}, {'8', 6}, {'9', 6},
                                                   {':', kColon}, {'.', kDot}, {'%', kHostPercent}, {'\\', kBackslash}};
  for (const char c : std::string_view("abcdefABCDEF")) points.emplace_back(static_cast<unsigned char>(c), kHostHex);
  partition_ = Partition::of_points(std::move(points), 12);
  start_ = state_of(pack(kLeading, 0, kEmpty, 0));
}

Automaton::State HostAddress::state_of(std::uint32_t key) {
  const auto known = std::find(keys_.begin(), keys_.end(), key);
  if (known != keys_.end()) return static_cast<State>(known - keys_.begin());
  keys_.push_back(key);
  const std::uint32_t stage = key & 0xf, part = key >> 4 & 0xf, octet = key >> 8 & 0xf, colons = key >> 12;
  Verdict verdict = Verdict::no;
  if ((stage == kHead && part == 3 && octet != kEmpty) || stage == kDotsBehind) verdict = Verdict::yes;
  if ((stage == kHead && colons == 2) || stage == kMaybe) verdict = Verdict::maybe;
  return add(verdict, stage == kNoAddress ? Fate::never : Fate::open);
}

// IPv4 and the head of an IPv6 are read at once. The head ends at a dot (an embedded IPv4, or the label's end) or at
// a zone; with two colons in it, it may be one.
Automaton::State HostAddress::next(State state, ClassId id) {
  const std::uint32_t key = keys_[state];
  std::uint32_t stage = key & 0xf, part = key >> 4 & 0xf, octet = key >> 8 & 0xf, colons = key >> 12;
  constexpr std::uint32_t kNotVersion4 = 4;
  if (stage == kLeading && id == kBackslash) return state;
  if (stage == kMaybe || stage == kNoAddress) return state;
  const State lost = state_of(pack(kNoAddress, 0, 0, 0));
  if (stage == kDotsBehind) return id == kDot ? state : lost;
  const bool six = colons == 2;
  if (id == kDot) {
    if (part == kNotVersion4) return six ? state_of(pack(kMaybe, 0, 0, 0)) : lost;
    if (octet == kEmpty) return lost;
    if (part == 3) return state_of(pack(kDotsBehind, 0, 0, 0));
    return state_of(pack(kHead, part + 1, kEmpty, colons));
  }
  if (id == kHostPercent) return six ? state_of(pack(kMaybe, 0, 0, 0)) : lost;
  if (id == kColon || id == kHostHex) {
    if (part > 0 && part != kNotVersion4) return lost;  // behind a dot the head is over
    colons = std::min<std::uint32_t>(2, colons + (id == kColon ? 1 : 0));
    return state_of(pack(kHead, kNotVersion4, kEmpty, colons));
  }
  if (id < kHostDigit || id > 6) return lost;
  if (part == kNotVersion4) return state_of(pack(kHead, kNotVersion4, kEmpty, colons));
  const std::uint32_t after = octet_after(octet, id);
  if (after != 0xff) return state_of(pack(kHead, part, after, colons));
  return part == 0 ? state_of(pack(kHead, kNotVersion4, kEmpty, colons)) : lost;
}

std::shared_ptr<Automaton> host_equal(value::Type type, std::span<const value::Prepared> literals) {
  std::vector<std::string> names, version4;
  bool networks = false, addresses = false;
  for (const value::Prepared& literal : literals) {
    if (!literal.parsed) continue;
    if (literal.network) {
      networks = true;
    } else if (literal.address) {
      addresses = true;
      if (literal.address->is_v4()) version4.push_back(value::print_address(*literal.address));
    } else {
      names.push_back(literal.canonical);
    }
  }
  std::vector<std::shared_ptr<Automaton>> parts{
      std::make_shared<HostAddress>(),
      std::make_shared<Part>(type == value::Type::host ? PartForm::host_label : PartForm::host_name, std::make_shared<Words>(WordsForm::equal, names, false)),
      std::make_shared<Part>(PartForm::host_name, std::make_shared<Words>(WordsForm::equal, version4, true))};
  return std::make_shared<Combined>(std::move(parts), [networks, addresses](std::span<const Verdict> seen) {
    const Verdict address = seen[0], name = seen[1], version4 = seen[2];
    if (address == Verdict::no) return name;
    if (address == Verdict::yes) return version4 == Verdict::no && networks ? Verdict::maybe : version4;
    return networks || addresses || name == Verdict::yes ? Verdict::maybe : Verdict::no;
  });
}

// States: blanks before, content, one or two `=`, blanks behind, lost.
Decodable::Decodable() {
  std::vector<std::pair<char32_t, ClassId>> points{{'=', 2}, {' ', 3}, {'\t', 3}, {'\r', 3}, {'\n', 3}};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) points.emplace_back(static_cast<unsigned char>(c), 1);
  partition_ = Partition::of_points(std::move(points), 4);
  add(Verdict::no, Fate::open);
  for (int i = 1; i < 5; ++i) add(Verdict::maybe, Fate::open);
  add(Verdict::no, Fate::never);
}

Automaton::State Decodable::next(State state, ClassId id) {
  constexpr State lost = 5;
  if (id == 0 || state == lost) return lost;
  if (id == 3) return state == 0 ? 0 : 4;
  if (id == 2) return state == 1 ? 2 : state == 2 ? 3 : lost;
  return state <= 1 ? 1 : lost;
}

}  // namespace chainhunt::algebra::text

// One field of type int, mask, ip, time or bool.
//
// The values that a log can spell fall into classes, asked in this order:
//   missing
//   literals of the author that meet everything: what people like to see
//   values that parse: as sets of numbers (value_set.h), with bits (bits.h) and calendars (calendar.h) on top
//   lists of access codes (%%1537): no ints, but `has` sees their bits
//   spellings that do not parse: comparisons see only whether they are spelled as one of the literals
// `none` needs all of them to be empty. A demand that sees the spelling of a value (length, parts of text) is not
// understood as a set: it is left out of the search, values found are tried in several spellings, and if none
// passes the answer is unknown, unless what is left was already empty.
#include <algorithm>
#include <cassert>

#include "compiler/algebra/bits.h"
#include "compiler/algebra/calendar.h"
#include "compiler/algebra/field.h"
#include "compiler/algebra/value_set.h"
#include "runtime/base/text.h"
#include "runtime/input/record.h"
#include "runtime/value/account.h"
#include "runtime/value/mask.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::Function;
using value::Type;

/// Of one set of values, where spellings count: how many are tried.
constexpr std::size_t kTriedValues = 16;
/// Longest number that is padded to meet a demand on its length.
constexpr std::size_t kLongestPadding = 64;
constexpr const char* kBools[] = {"true", "false", "1", "0", "yes", "no", "%%1842", "%%1843"};
constexpr std::uint16_t kFirstSpecificCode = 0x610;  // bit 0 of an unknown kind of object
constexpr std::uint16_t kFirstStandardCode = 0x601;  // bit 16
constexpr std::uint64_t kCodeBits = 0x31FFFFF & ~std::uint64_t{0xE00000};

bool is_calendar(const Condition& condition) { return condition.atom().left.function >= Function::hour; }

bool is_bits(const Condition& condition, Type type) {
  return condition.atom().kind == model::PredicateKind::compare && is_mask_form(condition.atom().op) && !condition.atom().right &&
         condition.atom().left.function == Function::none && condition.broken().empty() && (type == Type::integer || type == Type::mask);
}

class Solver {
 public:
  Solver(const model::FieldType& type, std::span<const Ready> demands, const Limits& limits) : type_(type.type), demands_(demands), limits_(limits) {
    for (const Ready& demand : demands) {
      if (is_plain(*demand.condition)) plain_.push_back(demand);
      else if (type_ == Type::time && is_calendar(*demand.condition)) calendar_.demand(demand);
      else if (is_bits(*demand.condition, type_)) bits_.push_back(demand);
      else spelled_.push_back(demand);
    }
  }

  FieldAnswer solve() {
    if (meets_all(nullptr)) return {Outcome::found, std::nullopt, {}};
    if (!literals() && !values() && !codes() && !unparsed()) {
      if (!reason_.empty()) return {Outcome::unknown, std::nullopt, reason_};
      if (!spelled_.empty() && some_value_) return {Outcome::unknown, std::nullopt, "the spelling of " + std::string(value::name_of(type_)) + " values is asked about"};
      return {Outcome::none, std::nullopt, {}};
    }
    return {Outcome::found, std::move(found_), {}};
  }

 private:
  bool meets_all(const std::string* spelling) const {
    return std::all_of(demands_.begin(), demands_.end(), [&](const Ready& demand) { return demand.meets(spelling); });
  }
  bool take(std::string spelling) {
    if (!meets_all(&spelling)) return false;
    found_ = std::move(spelling);
    return true;
  }

  // ---- the author's own ----

  bool parses(const std::string& spelling) const { return value::parses(type_, value::Cell::of_text(spelling)); }

  bool literals() {
    for (const bool positive : {true, false}) {
      for (const Ready& demand : demands_) {
        const model::Predicate& atom = demand.condition->atom();
        const bool wanted = (atom.op != syntax::CompareOp::ne && atom.op != syntax::CompareOp::not_in) == demand.truth;
        if (wanted != positive || atom.left.function != Function::none || atom.right) continue;
        for (const auto& literal : atom.values) {
          // The largest of all says only that the value parses (search.cpp).
          const char* largest = largest_of(type_);
          if (largest != nullptr && literal == largest && demands_.size() > 1) continue;
          if (parses(literal) && take(literal)) return true;
        }
      }
    }
    return false;
  }

  // ---- values that parse ----

  /// A value of the set; `spellings` of it are tried until one passes. Only where spellings count is there more than one.
  bool offer(std::vector<std::string> spellings) {
    some_value_ = true;
    for (auto& spelling : spellings) {
      if (take(std::move(spelling))) return true;
    }
    assert(!spelled_.empty());
    return false;
  }

  /// Zeros in front, to every length near one that is asked for.
  void pad(const std::string& front, const std::string& digits, std::vector<std::string>& out) const {
    for (const Ready& demand : spelled_) {
      const model::Predicate& atom = demand.condition->atom();
      if (atom.left.function != Function::length) continue;
      for (const auto& literal : atom.values) {
        const auto length = value::parse_number(literal);
        if (!length || length->negative || length->magnitude > kLongestPadding) continue;
        for (const std::size_t wanted : {length->magnitude, length->magnitude + 1, length->magnitude - 1}) {
          if (wanted > front.size() + digits.size() && wanted <= kLongestPadding + 1) out.push_back(front + std::string(wanted - front.size() - digits.size(), '0') + digits);
        }
      }
    }
  }

  std::vector<std::string> spellings_of(std::uint64_t bits, bool negative) const {
    std::vector<std::string> out;
    const std::string hex = value::print_hex(bits);
    const std::string decimal = value::print_number(negative ? value::Number{true, ~bits + 1} : value::Number::of_unsigned(bits));
    if (type_ == Type::mask) out = {hex, decimal};
    else out = {decimal};
    if (spelled_.empty()) return out;
    if (type_ != Type::mask && !negative) out.push_back(hex);
    pad(negative ? "-" : "", decimal.substr(negative ? 1 : 0), out);
    if (!negative) pad("0x", hex.substr(2), out);
    if (!negative) pad("+", decimal, out);
    return out;
  }

  Intervals plain_values() const {
    const Domain domain = domain_of(type_);
    Intervals out = Intervals::of(domain.first, domain.last);
    for (const Ready& demand : plain_) {
      out = out.meet(values_of(*demand.condition, demand.truth, type_));
      if (out.empty()) break;
    }
    return out;
  }

  bool values() {
    switch (type_) {
      case Type::boolean: return bools();
      case Type::time: return times(plain_values());
      case Type::ip: return addresses(plain_values());
      default: return numbers(plain_values());
    }
  }

  bool bools() {
    for (const char* spelling : kBools) {
      if (take(spelling)) return true;
    }
    if (spelled_.empty()) return false;
    // All there are: `cased` may ask for any.
    for (const std::string_view word : {"true", "false", "yes", "no"}) {
      for (unsigned upper = 0; upper < 1u << word.size(); ++upper) {
        std::string spelling(word);
        for (std::size_t i = 0; i < word.size(); ++i) {
          if ((upper >> i & 1) != 0) spelling[i] = static_cast<char>(spelling[i] - 'a' + 'A');
        }
        if (take(std::move(spelling))) return true;
      }
    }
    return false;
  }

  bool times(const Intervals& set) {
    const auto ticks = [](Wide at) { return at >= kShift ? static_cast<std::int64_t>(at - kShift) : -static_cast<std::int64_t>(kShift - at); };
    // From where invented logs begin, then from the beginning.
    std::size_t tried = 0;
    for (const bool later : {true, false}) {
      for (const auto& range : set.ranges()) {
        const std::int64_t from = later ? std::max(ticks(range.first), input::kInventedStart) : ticks(range.first);
        const std::int64_t to = later ? ticks(range.last) : std::min(ticks(range.last), input::kInventedStart - 1);
        const auto found = calendar_.find(from, to);
        if (!found) continue;
        std::string spelling = value::print_time(*found);
        std::vector<std::string> spellings;
        if (*found % value::kTicksPerSecond == 0) spellings.push_back(spelling.substr(0, 19) + "Z");
        spellings.push_back(std::move(spelling));
        if (*found % value::kTicksPerDay == 0) spellings.push_back(spellings.front().substr(0, 10));
        if (offer(std::move(spellings))) return true;
        if (++tried == kTriedValues) return false;
      }
    }
    return false;
  }

  bool addresses(const Intervals& set) {
    const auto at = [](const char* text) { return place_of(*value::parse_address(text)); };
    // What people know first: private, IPv4, documentation.
    const Intervals known[] = {Intervals::of(at("10.0.0.1"), at("10.255.255.254")), Intervals::of(at("1.0.0.1"), at("223.255.255.254")),
                               Intervals::of(at("0.0.0.0"), at("255.255.255.255")), Intervals::of(at("2001:db8::1"), at("2001:db8::ffff")), set};
    for (const Intervals& some : known) {
      const Intervals both = set.meet(some);
      std::size_t tried = 0;
      for (const auto& range : both.ranges()) {
        const value::Address address = address_at(range.first);
        std::vector<std::string> spellings = {value::print_address(address)};
        if (address.is_v4()) spellings.push_back("::ffff:" + spellings.front());
        if (offer(std::move(spellings))) return true;
        if (++tried == kTriedValues) break;
      }
    }
    return false;
  }

  BitSearch bit_search() const {
    BitSearch out;
    for (const Ready& demand : bits_) {
      const std::uint64_t bits = demand.condition->bits();
      const auto op = demand.condition->atom().op;
      if (op == syntax::CompareOp::has && demand.truth) out.ones |= bits;
      else if (op == syntax::CompareOp::has) out.alternatives.push_back({bits, false});
      else if ((op == syntax::CompareOp::has_any) == demand.truth) out.alternatives.push_back({bits, true});
      else out.zeros |= bits;
    }
    return out;
  }

  bool numbers(const Intervals& set) {
    BitSearch search = bit_search();
    // Ints are shifted; what is not negative first, because people write it.
    std::vector<Segment> positive, negative;
    for (const auto& range : set.ranges()) {
      const auto low = [](Wide at) { return static_cast<std::uint64_t>(at); };
      if (type_ == Type::mask) {
        positive.push_back({low(range.first), low(range.last)});
        continue;
      }
      if (range.last >= kShift) positive.push_back({low(std::max(range.first, kShift) - kShift), low(range.last - kShift)});
      if (range.first < kShift) negative.push_back({low(range.first + kShift), low(std::min(range.last, kShift - 1) + kShift)});
    }
    for (const bool below_zero : {false, true}) {
      std::vector<Segment> segments = below_zero ? negative : positive;
      for (std::size_t tried = 0; tried < kTriedValues; ++tried) {
        const auto number = search.find(segments, limits_.branches);
        if (search.exhausted()) reason_ = "too many alternatives of bits";
        if (!number) break;
        if (offer(spellings_of(*number, below_zero))) return true;
        // Where the spelling counts: the next number.
        while (!segments.empty() && segments.front().last <= *number) segments.erase(segments.begin());
        if (segments.empty()) break;
        segments.front().first = std::max(segments.front().first, *number + 1);
      }
    }
    return false;
  }

  // ---- what is there and does not parse ----

  /// As ints, lists of access codes do not parse; as masks they do, and are no other values than numbers.
  bool codes() {
    if (type_ != Type::integer || bits_.empty()) return false;
    BitSearch search = bit_search();
    search.zeros |= ~kCodeBits;
    const auto bits = search.find({{1, kCodeBits}}, limits_.branches);
    if (search.exhausted()) reason_ = "too many alternatives of bits";
    if (!bits) return false;
    std::string spelling;
    for (int bit = 0; bit < 64; ++bit) {
      if ((*bits >> bit & 1) == 0) continue;
      const int code = bit < 16 ? kFirstSpecificCode + bit : bit <= 20 ? kFirstStandardCode + bit - 16 : kFirstStandardCode + bit - 24 + 5;
      spelling += (spelling.empty() ? "%%" : " %%") + std::to_string(code);
    }
    // Comparisons may forbid the one spelling; there are others.
    return take(spelling) || take(spelling + ",") || take(spelling + " " + spelling);
  }

  /// Functions of such a value are missing and no text form sees it, so that nothing but comparisons can tell two apart.
  bool unparsed() {
    for (const Ready& demand : demands_) {
      for (const auto& literal : demand.condition->atom().values) {
        std::string lower = literal, upper = literal;
        for (char& c : lower) c = base::lower_ascii(c);
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        for (const auto& spelling : {literal, lower, upper}) {
          if (!spelling.empty() && !parses(spelling) && take(spelling)) return true;
        }
        if (type_ == Type::boolean && long_s(literal)) return true;
      }
    }
    // Another than all of them.
    std::string other = "?";
    for (std::size_t i = 0; i <= demands_.size() * 4 + 4; ++i, other += '?') {
      if (take(other)) return true;
    }
    return false;
  }

  /// `yes` and `false` are also spelled with U+017F, as far as comparing without case sees; neither is a bool then.
  bool long_s(const std::string& literal) {
    const std::size_t at = literal.find_first_of("sS");
    if (at == std::string::npos) return false;
    std::string spelling = literal;
    spelling.replace(at, 1, "\xC5\xBF");
    return take(std::move(spelling));
  }

  Type type_;
  std::span<const Ready> demands_;
  const Limits& limits_;
  std::vector<Ready> plain_, bits_, spelled_;
  Calendar calendar_;
  bool some_value_ = false;  ///< what is understood as sets left values that the spelling alone refused
  std::string reason_, found_;
};

}  // namespace

FieldAnswer solve_ready(const model::FieldType& type, std::span<const Ready> demands, const Limits& limits) {
  for (const Ready& demand : demands) {
    if (!demand.condition->broken().empty()) return {Outcome::unknown, std::nullopt, demand.condition->broken()};
  }
  return Solver(type, demands, limits).solve();
}

FieldAnswer solve_value(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits) {
  std::vector<Condition> conditions;
  conditions.reserve(demands.size());
  std::vector<Ready> ready;
  for (const Demand& demand : demands) {
    conditions.emplace_back(*demand.atom);
    ready.push_back({&conditions.back(), demand.truth});
  }
  return solve_ready(type, ready, limits);
}

}  // namespace chainhunt::algebra

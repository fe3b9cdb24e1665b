#include "runtime/value/set.h"

#include "runtime/base/digest.h"
#include "runtime/value/account.h"
#include "runtime/value/text.h"

namespace chainhunt::value {

std::size_t Set::Hash::operator()(std::string_view text) const { return static_cast<std::size_t>(base::hash(text)); }

Set::Set(Type type, std::span<const Prepared> values, bool cased) : type_(type), cased_(cased) {
  for (const Prepared& value : values) {
    const std::string& spelling = cased ? value.spelling : value.folded;
    spellings_.insert(spelling);
    if (value.network) {
      networks_.push_back(*value.network);
    } else if (value.parsed) {
      canonical_.insert(value.canonical);
    } else {
      unparsed_.insert(spelling);
    }
  }
}

bool Set::holds(const Cell& element) const {
  const Spelling spelling(element);
  const auto spelled_in = [&](const Strings& strings) {
    return !strings.empty() && strings.contains(cased_ ? sanitize(spelling.view()) : fold(spelling.view()));
  };
  if (is_text(type_)) return spelled_in(spellings_);
  const auto known = canonical(type_, element);
  if (!known) return spelled_in(spellings_);
  if (canonical_.contains(*known) || spelled_in(unparsed_)) return true;
  if (networks_.empty()) return false;
  const auto address = type_ == Type::ip     ? address_of(element)
                       : type_ == Type::host ? host_address(spelling.view())
                                             : parse_address(host_name(spelling.view()));
  if (!address) return false;
  for (const Network& network : networks_) {
    if (network.contains(*address)) return true;
  }
  return false;
}

bool Set::test(const Cell& cell, bool negated) const {
  return any_element(cell, [&](const Cell& element) { return !is_missing(type_, element) && holds(element) != negated; });
}

}  // namespace chainhunt::value

// Predicates by chance, over fields with few values: what the tests compare with trying every record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chainhunt::algebra::test {

/// The same sequence everywhere (the distributions of <random> differ between libraries).
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint32_t below(std::uint32_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>(state_ >> 33) % limit;
  }
  template <typename T>
  const T& of(const std::vector<T>& all) { return all[below(static_cast<std::uint32_t>(all.size()))]; }

 private:
  std::uint64_t state_;
};

/// A field of the test schema with few values.
struct SmallField {
  std::string name;       ///< in rules
  std::string record;     ///< in records; "": of the header, or `anywhere`
  std::string type;       ///< "int", "mask", "text", "bool", "ip", "time", "account", "host", "sid", "anywhere"
};

std::vector<SmallField> small_fields();
/// What the field can be spelled as.
std::vector<std::string> spellings(const SmallField& field);
/// That the field holds nothing but these, or is missing.
std::string domain(const SmallField& field);

/// A condition on one field, or between two of one type.
std::string condition(Chance& chance, const std::vector<SmallField>& fields, bool pairs);
/// Conditions under `and`, `or`, `not`, at most `depth` deep.
std::string formula(Chance& chance, const std::vector<SmallField>& fields, int depth, bool pairs);

}  // namespace chainhunt::algebra::test

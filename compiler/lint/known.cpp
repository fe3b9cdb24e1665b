#include "compiler/lint/known.h"

#include <cstdint>
#include <cstring>

namespace chainhunt::lint {
namespace {

constexpr std::string_view kMark = "chainhunt proofs 1\n";

class Writer {
 public:
  void number(std::uint64_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void digest(const base::Digest& value) {
    number(value.high);
    number(value.low);
  }
  void digests(const auto& list) {
    number(list.size());
    for (const auto& one : list) digest(one);
  }
  void pairs(const std::vector<Known::Pair>& list) {
    number(list.size());
    for (const auto& [narrow, wide] : list) {
      digest(narrow);
      digest(wide);
    }
  }
  std::string out{kMark};
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    if (rest_.size() < sizeof value) {
      good = false;
      return 0;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  base::Digest digest() {
    base::Digest value;
    value.high = number();
    value.low = number();
    return value;
  }
  /// As many as stand there, never more than the bytes can hold.
  std::uint64_t count(std::size_t each) {
    const std::uint64_t value = number();
    good = good && value <= rest_.size() / each;
    return good ? value : 0;
  }
  std::string text() {
    const std::size_t size = count(1);
    const std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }
  void digests(std::set<base::Digest>& list) {
    for (std::uint64_t i = count(16); i > 0; --i) list.insert(list.end(), digest());
  }
  void pairs(std::vector<Known::Pair>& list) {
    for (std::uint64_t i = count(32); i > 0; --i) {
      const base::Digest narrow = digest();
      list.emplace_back(narrow, digest());
    }
  }
  bool done() const { return good && rest_.empty(); }
  bool good = true;

 private:
  std::string_view rest_;
};

}  // namespace

std::string Known::bytes() const {
  Writer writer;
  writer.digest(setting);
  writer.digests(links);
  writer.pairs(implied);
  writer.pairs(undecided);
  writer.digests(can_match);
  writer.number(clean.size());
  for (const auto& [search, digests] : clean) {
    writer.number(search.size());
    writer.out += search;
    writer.digests(digests);
  }
  writer.digest(base::digest(writer.out));
  return std::move(writer.out);
}

std::optional<Known> Known::parse(std::string_view bytes) {
  constexpr std::size_t kDigestBytes = 16;
  if (bytes.size() < kMark.size() + kDigestBytes || !bytes.starts_with(kMark)) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kDigestBytes);
  if (Reader(bytes.substr(body.size())).digest() != base::digest(body)) return std::nullopt;
  Known known;
  Reader reader(body.substr(kMark.size()));
  known.setting = reader.digest();
  reader.digests(known.links);
  reader.pairs(known.implied);
  reader.pairs(known.undecided);
  reader.digests(known.can_match);
  for (std::uint64_t i = reader.count(16); i > 0; --i) {
    const std::string search = reader.text();
    reader.digests(known.clean[search]);
  }
  if (!reader.done()) return std::nullopt;
  return known;
}

}  // namespace chainhunt::lint

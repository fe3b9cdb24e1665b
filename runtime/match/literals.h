// Many literals in one text, in one pass: which of them does it contain, and where?
//
// The idea: each literal lends four of its bytes, the ones that fewest other literals lend, to a table. The text's
// bytes are looked up four at a time in a bit set that says "some literal lends these"; nearly always none does.
// Where one may, the whole literal is compared.
//   literals "\whoami.exe" lends "hoam", "-encodedcommand" lends "dedc"
//   text     c:\windows\system32\whoami.exe -all     one place of the set, one comparison
// Literals of two or three bytes lend two, those of one byte lend it.
//
// Exact: every place of every literal is reported, nothing else. Bytes are compared as they are; whoever wants them
// without case folds both sides first (value::fold: folded UTF-8 contains a folded needle's bytes exactly where its
// code points stand). Time: linear in the text as long as the literals differ; at worst text times literals.
// Immutable once built, safe on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::match {

class Literals {
 public:
  /// `id` is the caller's and may stand at several literals. An empty literal is refused with false: it is everywhere.
  bool add(std::string_view literal, std::uint32_t id);
  /// Before the first find(), after the last add().
  void build();
  bool empty() const { return literals_.empty(); }
  std::size_t size() const { return literals_.size(); }

  /// Calls `found(id, at, size)` for every place of every literal, in no particular order.
  template <typename Found>
  void find(std::string_view text, Found&& found) const {
    const char* const bytes = text.data();
    if (!longs_.empty() && text.size() >= kLong) {
      const std::size_t last = text.size() - kLong;
      for (std::size_t at = 0; at <= last; ++at) {
        const std::uint32_t gram = load<std::uint32_t>(bytes + at);
        const std::uint32_t hash = spread(gram);
        if (set_[hash >> 6] >> (hash & 63) & 1) report(text, at, look_up(gram), found);
      }
    }
    if (!pairs_.empty() && text.size() >= kShort) {
      for (std::size_t at = 0; at + kShort <= text.size(); ++at) {
        const std::uint16_t gram = load<std::uint16_t>(bytes + at);
        if (pair_set_[gram >> 6] >> (gram & 63) & 1) report(text, at, pairs_[pair_rank(gram)], found);
      }
    }
    if (!singles_.empty()) {
      for (std::size_t at = 0; at < text.size(); ++at) report(text, at, singles_[static_cast<unsigned char>(bytes[at])], found);
    }
  }

 private:
  static constexpr std::size_t kLong = 4, kShort = 2;  // bytes lent

  struct Literal {
    std::uint32_t at, size;  // in bytes_
    std::uint32_t id;
  };
  struct Lent {
    std::uint32_t literal;
    std::uint32_t offset;    // of the lent bytes in the literal
  };
  /// Those in lent_ that lend the same bytes.
  struct Range { std::uint32_t first = 0, count = 0; };
  struct Place {
    std::uint32_t gram = 0;
    Range range;
  };

  template <typename Gram>
  static Gram load(const char* at) {
    Gram gram;
    std::memcpy(&gram, at, sizeof gram);
    return gram;
  }
  std::uint32_t spread(std::uint32_t gram) const { return gram * 0x9E3779B1u >> shift_; }
  std::string_view bytes_of(const Literal& literal) const { return std::string_view(bytes_).substr(literal.at, literal.size); }
  std::uint32_t pair_rank(std::uint16_t gram) const { return pair_index_[gram]; }
  Range look_up(std::uint32_t gram) const {
    for (std::size_t at = gram * 0x85EBCA6Bu >> table_shift_;; at = (at + 1) & (longs_.size() - 1)) {
      if (longs_[at].range.count == 0 || longs_[at].gram == gram) return longs_[at].range;
    }
  }
  template <typename Found>
  void report(std::string_view text, std::size_t at, Range range, Found& found) const {
    for (const Lent* lent = lent_.data() + range.first; range.count > 0; --range.count, ++lent) {
      const Literal& literal = literals_[lent->literal];
      if (at < lent->offset) continue;
      const std::size_t begin = at - lent->offset;
      if (literal.size > text.size() - begin || std::memcmp(text.data() + begin, bytes_.data() + literal.at, literal.size) != 0) continue;
      found(literal.id, begin, literal.size);
    }
  }

  std::string bytes_;
  std::vector<Literal> literals_;
  std::vector<Lent> lent_;
  std::vector<std::uint64_t> set_;         // bits by spread()
  std::vector<Place> longs_;               // open addressing, a power of two, at most half full
  std::vector<std::uint64_t> pair_set_;    // bits by two bytes
  std::vector<std::uint16_t> pair_index_;  // by two bytes: in pairs_
  std::vector<Range> pairs_, singles_;     // singles_ by byte
  std::uint32_t shift_ = 31, table_shift_ = 31;
};

}  // namespace chainhunt::match

// `like`: wildcards over the whole value. `*` is any run of code points, `?` exactly one; `[*]`, `[?]`,
// `[[]` stand for the character inside, any other `[` for itself.
//
// Time: O(n) for a pattern without `?`, O(n·m) at worst, never exponential (greedy segments: the
// leftmost place of each middle segment is as good as any other). Immutable, safe on any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::value {

class Wildcard {
 public:
  /// Every pattern is valid. Without case unless `cased`; invalid UTF-8 counts as U+FFFD.
  explicit Wildcard(std::string_view pattern, bool cased = false);

  bool matches(std::string_view text) const;

  /// No wildcard at all: the value must equal `prefix()`.
  bool literal() const { return !star_ && !question_; }
  /// Text that every match starts with, ends with, and the literal runs between wildcards, in order,
  /// all folded unless cased; may be empty. For planning: necessary, not sufficient.
  const std::string& prefix() const { return prefix_; }
  const std::string& suffix() const { return suffix_; }
  const std::vector<std::string>& parts() const { return parts_; }
  bool cased() const { return cased_; }

  /// `*x*`, `x*`, `*x`, `x` without `?`: then a plain text test says exactly the same.
  enum class Shape : unsigned char { general, equal, starts, ends, contains };
  Shape shape() const { return shape_; }

  /// The pattern that matches exactly `text`.
  static std::string escape(std::string_view text);

 private:
  // What stands between two stars, folded unless cased; in `codes` a `?` is kAnyCode.
  struct Segment {
    std::u32string codes;
    std::string bytes;  // the same in UTF-8; `?` is kAnyByte
    bool question = false;
  };
  template <typename Unit>
  friend bool match_segments(const std::vector<Segment>& segments, std::basic_string_view<Unit> text);

  std::vector<Segment> segments_;
  std::string prefix_, suffix_;
  std::vector<std::string> parts_;
  bool cased_ = false;
  bool star_ = false;
  bool question_ = false;
  Shape shape_ = Shape::general;
};

}  // namespace chainhunt::value

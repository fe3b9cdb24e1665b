// A pattern is cut at its stars. The first segment stands at the start, the last at the end, and each one
// between takes the leftmost place behind the one before: if any choice succeeds, the leftmost does, so
// there is nothing to come back to.
//
// A segment without `?` is searched for in folded UTF-8 bytes, which is the same as searching code points.
// Only `?` needs to know where code points are; over ASCII text every byte is one.
#include "runtime/value/wildcard.h"

#include <cstring>

#include "runtime/base/text.h"
#include "runtime/value/text.h"

namespace chainhunt::value {
namespace {

constexpr char32_t kAnyCode = 0x110000;  // no code point
constexpr char kAnyByte = '\xFF';        // never in UTF-8
constexpr std::size_t kStack = 1024;     // texts up to this size are folded on the stack

template <typename Unit>
constexpr Unit any_unit() {
  if constexpr (sizeof(Unit) == 1) {
    return kAnyByte;
  } else {
    return kAnyCode;
  }
}

template <typename Unit>
bool stands_at(std::basic_string_view<Unit> text, std::size_t at, std::basic_string_view<Unit> segment) {
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != any_unit<Unit>() && segment[i] != text[at + i]) return false;
  }
  return true;
}

template <typename Unit>
std::size_t find_segment(std::basic_string_view<Unit> text, std::size_t from, std::basic_string_view<Unit> segment, bool question) {
  constexpr std::size_t none = std::basic_string_view<Unit>::npos;
  if (segment.size() > text.size() - from) return none;
  if (!question) {
    if constexpr (sizeof(Unit) == 1) {
      if (segment.empty()) return from;
      const void* place = memmem(text.data() + from, text.size() - from, segment.data(), segment.size());
      return place == nullptr ? none : static_cast<std::size_t>(static_cast<const Unit*>(place) - text.data());
    }
  }
  for (std::size_t at = from; at + segment.size() <= text.size(); ++at) {
    if (stands_at(text, at, segment)) return at;
  }
  return none;
}

}  // namespace

template <typename Unit>
bool match_segments(const std::vector<Wildcard::Segment>& segments, std::basic_string_view<Unit> text) {
  const auto view = [](const Wildcard::Segment& segment) -> std::basic_string_view<Unit> {
    if constexpr (sizeof(Unit) == 1) {
      return segment.bytes;
    } else {
      return segment.codes;
    }
  };
  const auto first = view(segments.front());
  if (segments.size() == 1) return text.size() == first.size() && stands_at(text, 0, first);
  const auto last = view(segments.back());
  if (text.size() < first.size() + last.size()) return false;
  if (!stands_at(text, 0, first) || !stands_at(text, text.size() - last.size(), last)) return false;
  const auto inner = text.substr(0, text.size() - last.size());
  std::size_t at = first.size();
  for (std::size_t i = 1; i + 1 < segments.size(); ++i) {
    const auto segment = view(segments[i]);
    const std::size_t place = find_segment(inner, at, segment, segments[i].question);
    if (place == std::basic_string_view<Unit>::npos) return false;
    at = place + segment.size();
  }
  return true;
}

Wildcard::Wildcard(std::string_view pattern, bool cased) : cased_(cased) {
  segments_.emplace_back();
  std::string run;  // literal text since the last wildcard
  bool any_wildcard = false;
  const auto end_run = [&] {
    if (!any_wildcard) prefix_ = run;
    if (!run.empty()) parts_.push_back(run);
    run.clear();
  };
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '*') {
      end_run();
      any_wildcard = star_ = true;
      segments_.emplace_back();
      ++at;
      continue;
    }
    Segment& segment = segments_.back();
    if (c == '?') {
      end_run();
      any_wildcard = question_ = segment.question = true;
      segment.codes.push_back(kAnyCode);
      segment.bytes.push_back(kAnyByte);
      ++at;
      continue;
    }
    char32_t code = 0;
    if (c == '[' && at + 2 < pattern.size() && pattern[at + 2] == ']' &&
        (pattern[at + 1] == '*' || pattern[at + 1] == '?' || pattern[at + 1] == '[')) {
      code = static_cast<unsigned char>(pattern[at + 1]);
      at += 3;
    } else {
      const base::CodePoint read = base::decode_utf8(pattern, at);
      code = cased ? read.value : fold(read.value);
      at += read.size;
    }
    segment.codes.push_back(code);
    base::append_utf8(segment.bytes, code);
    base::append_utf8(run, code);
  }
  suffix_ = run;
  end_run();
  if (question_) return;
  const bool two = segments_.size() == 2;
  if (!star_) {
    shape_ = Shape::equal;
  } else if (two && segments_[0].bytes.empty()) {
    shape_ = Shape::ends;
  } else if (two && segments_[1].bytes.empty()) {
    shape_ = Shape::starts;
  } else if (segments_.size() == 3 && segments_[0].bytes.empty() && segments_[2].bytes.empty()) {
    shape_ = Shape::contains;
  }
}

bool Wildcard::matches(std::string_view text) const {
  switch (shape_) {
    case Shape::equal: return equal_prepared(text, prefix_, cased_);
    case Shape::starts: return starts_prepared(text, prefix_, cased_);
    case Shape::ends: return ends_prepared(text, suffix_, cased_);
    case Shape::contains: return contains_prepared(text, segments_[1].bytes, cased_);
    case Shape::general: break;
  }
  if (!prefix_.empty() && !starts_prepared(text, prefix_, cased_)) return false;
  if (!suffix_.empty() && !ends_prepared(text, suffix_, cased_)) return false;
  if (base::is_ascii(text)) {
    if (cased_) return match_segments<char>(segments_, text);
    if (text.size() <= kStack) {
      char folded[kStack];
      for (std::size_t i = 0; i < text.size(); ++i) folded[i] = base::lower_ascii(text[i]);
      return match_segments<char>(segments_, {folded, text.size()});
    }
  }
  const std::string folded = cased_ ? sanitize(text) : fold(text);
  if (!question_ || base::is_ascii(folded)) return match_segments<char>(segments_, folded);
  std::u32string codes;
  codes.reserve(folded.size());
  for (std::size_t at = 0; at < folded.size();) {
    const base::CodePoint code = base::decode_utf8(folded, at);
    codes.push_back(code.value);
    at += code.size;
  }
  return match_segments<char32_t>(segments_, codes);
}

std::string Wildcard::escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '*' || c == '?' || c == '[') {
      out += '[';
      out += c;
      out += ']';
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace chainhunt::value

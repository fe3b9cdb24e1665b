#include "runtime/input/xml/stream.h"

#include <algorithm>

namespace chainhunt::input::xml {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::size_t kLongestWord = 16;  // "<![CDATA[", "</Events", with what follows

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool ends_name(char c) { return is_blank(c) || c == '>' || c == '/'; }

/// `text` begins with this word (`<Event`), and the name ends there: `<EventID` is another.
bool opens(std::string_view text, std::string_view word) {
  return text.size() > word.size() && text.substr(0, word.size()) == word && ends_name(text[word.size()]);
}

/// Behind the '>' of the tag that `text` begins with, npos if it does not end in `text`. Quotes hold any '>', but, as XML
/// has it, no '<': so a '<' tells at once that the tag is none, however little of the text is there.
std::size_t tag_end(std::string_view text) {
  char quote = '\0';
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') break;
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Begins begins_record(std::string_view text) {
  constexpr std::string_view kEvent = "<Event", kSystem = "<System";
  if (text.size() <= kEvent.size()) return kEvent.substr(0, text.size()) == text.substr(0, kEvent.size()) ? Begins::unknown : Begins::no;
  if (!opens(text, kEvent)) return Begins::no;
  const std::string_view tag = text.substr(0, kMaxTagBytes);
  const std::size_t end = tag_end(tag);
  if (end == std::string_view::npos) {
    const bool cut = text.size() < kMaxTagBytes && tag.find('<', 1) == std::string_view::npos;
    return cut ? Begins::unknown : Begins::no;
  }
  std::size_t at = end;
  while (at < text.size() && is_blank(text[at])) ++at;
  const std::string_view rest = text.substr(at);
  if (rest.size() <= kSystem.size()) return kSystem.substr(0, rest.size()) == rest.substr(0, kSystem.size()) ? Begins::unknown : Begins::no;
  return opens(rest, kSystem) ? Begins::yes : Begins::no;
}

EventStream::EventStream(const Limits& limits, abi::Sink& sink, FileReport& report)
    : max_record_(static_cast<std::size_t>(std::min<std::uint64_t>(limits.max_line_bytes, kMaxEventBytes))),
      report_(report), deliverer_(sink, report) {}

std::size_t EventStream::feed(std::string_view bytes, bool last) {
  bytes_ = bytes;
  at_ = 0;
  if (base_ == 0) {
    const std::string_view mark = bytes.substr(0, kBom.size());
    if (mark == kBom) at_ = kBom.size();
    else if (!last && mark == kBom.substr(0, mark.size())) return 0;
  }
  while (outside(last) == Step::on) {
  }
  const std::size_t taken = last ? bytes.size() : at_;
  base_ += taken;
  bytes_ = {};
  return taken;
}

void EventStream::stray(const char* reason) {
  if (!stray_) add_skip(report_, base_ + at_, reason);
  stray_ = true;
}

EventStream::Step EventStream::outside(bool last) {
  while (at_ < bytes_.size() && is_blank(bytes_[at_])) ++at_;
  if (at_ == bytes_.size()) return Step::wait;
  const std::string_view rest = bytes_.substr(at_);
  if (rest[0] != '<') {
    stray("not an <Event>");
    at_ = std::min(bytes_.find('<', at_), bytes_.size());
    return Step::on;
  }
  if (rest.size() < kLongestWord && !last) return Step::wait;
  switch (begins_record(rest)) {
    case Begins::yes: return record(last);
    case Begins::unknown:
      if (!last) return Step::wait;
      break;
    case Begins::no: break;
  }
  // What an export has around its records: <?xml …?>, <Events>, comments.
  const std::string_view near = rest.substr(0, kMaxTagBytes);
  std::size_t end = std::string_view::npos;
  if (near.substr(0, 2) == "<?") end = near.find("?>") == std::string_view::npos ? end : near.find("?>") + 2;
  else if (near.substr(0, 4) == "<!--") end = near.find("-->") == std::string_view::npos ? end : near.find("-->") + 3;
  else if (opens(near, "<Events") || opens(near, "</Events")) end = tag_end(near);
  else {
    stray(opens(near, "<Event") ? "an <Event> that does not begin with <System>" : "not an <Event>");
    ++at_;
    return Step::on;
  }
  if (end == std::string_view::npos) {
    if (rest.size() < kMaxTagBytes && !last) return Step::wait;
    stray("markup that does not end");
    end = 1;
  }
  at_ += end;
  return Step::on;
}

EventStream::Step EventStream::record(bool last) {
  const std::size_t begin = at_;
  const std::size_t limit = bytes_.size() - begin > max_record_ ? begin + max_record_ : bytes_.size();
  const std::string_view within = bytes_.substr(0, limit);
  unsigned open = 1;  // <Event> elements
  const auto past = [&](std::size_t at, std::string_view closing) {
    const std::size_t found = within.find(closing, at);
    return found == std::string_view::npos ? limit : found + closing.size();
  };
  std::size_t at = begin + 1;
  for (;;) {
    at = within.find('<', at);
    if (at == std::string_view::npos || (limit - at < kLongestWord && !last && limit == bytes_.size())) {
      if (limit < bytes_.size()) {
        fail(limit, "record longer than the limit");
        return Step::on;
      }
      if (!last) return Step::wait;
      if (at == std::string_view::npos) {
        fail(limit, "the input ends within a record");
        return Step::on;
      }
    }
    const std::string_view rest = within.substr(at);
    if (rest.substr(0, 9) == "<![CDATA[") {
      at = past(at, "]]>");
    } else if (rest.substr(0, 4) == "<!--") {
      at = past(at, "-->");
    } else if (opens(rest, "</Event")) {
      const std::size_t end = rest.find_first_not_of(" \t\r\n", 7);
      if (end == std::string_view::npos) {
        at = limit;  // its '>' may follow
      } else if (rest[end] == '>') {
        at += end + 1;
        if (--open == 0) break;
      } else {
        ++at;
      }
    } else if (opens(rest, "<Event")) {
      const Begins begins = begins_record(rest);
      if (begins == Begins::yes) {
        fail(at, "the record does not end before the next one begins");
        at_ = at;
        return Step::on;
      }
      if (begins == Begins::unknown && !last && limit == bytes_.size()) return Step::wait;
      const std::size_t end = tag_end(rest.substr(0, kMaxTagBytes));
      if (end == std::string_view::npos || rest[end - 2] != '/') ++open;
      ++at;
    } else {
      ++at;
    }
  }
  const std::string_view text = bytes_.substr(begin, at - begin);
  const char* const wrong = reader_.read(text, tape_);
  if (wrong) {
    add_skip(report_, base_ + begin, wrong);
  } else {
    deliverer_.deliver(tape_, 0, base_ + begin, text);
  }
  stray_ = false;
  at_ = at;
  return Step::on;
}

/// Notes damage in the record at the cursor. Reading goes on behind its first byte, so that a record within what was
/// lost is found; behind `stop` once that has cost too much.
void EventStream::fail(std::size_t stop, const char* reason) {
  add_skip(report_, base_ + at_, reason);
  stray_ = true;
  reread_ += stop - at_;
  at_ = reread_ > kRereadBytes + 4 * (base_ + at_) ? stop : at_ + 1;
}

}  // namespace chainhunt::input::xml

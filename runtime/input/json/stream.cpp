#include "runtime/input/json/stream.h"

#include <algorithm>
#include <cstring>

namespace chainhunt::input::json {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::int64_t kMaxColumn = 4096;  // deeper indentation counts as "somewhere in the line"

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

RecordStream::RecordStream(const Limits& limits, abi::Sink& sink, FileReport& report, std::uint64_t base)
    : max_record_(std::min(limits.max_line_bytes, kMaxRecordBytes)), report_(report), deliverer_(sink, report), begin_(base), base_(base) {}

std::size_t RecordStream::feed(std::string_view bytes, bool last) {
  bytes_ = bytes;
  at_ = 0;
  if (base_ == 0) {
    const std::string_view mark = bytes.substr(0, kBom.size());
    if (mark == kBom) at_ = kBom.size();
    else if (!last && mark == kBom.substr(0, mark.size())) return 0;
  }
  for (;;) {
    if (resuming_) {
      if (resume(last) == Step::wait) break;
      continue;
    }
    if (!skip_blanks()) break;
    const char c = bytes_[at_];
    if (place_ == Place::tail) {
      if (tail(last) == Step::wait) break;
      continue;
    }
    if (c == ']' && place_ == Place::array) {
      ++at_;
      column_ = -1;
      place_ = wrapped_ ? Place::tail : Place::top;
      continue;
    }
    if (c == '[' && place_ == Place::top) {
      const std::size_t inside = bytes_.find_first_not_of(" \t\r\n", at_ + 1);
      if (inside == std::string_view::npos && !last && bytes_.size() - at_ < max_record_) break;
      // "[2021-04-22 …" is a line of text, not an array of records.
      if (inside == std::string_view::npos || (bytes_[inside] != '{' && bytes_[inside] != ']')) {
        fail(at_, "not a JSON object", false);
        continue;
      }
      ++at_;
      column_ = -1;
      place_ = Place::array;
      wrapped_ = false;
      continue;
    }
    if (c == '{' && place_ == Place::top) {
      const int opened = open_wrapper(last);
      if (opened < 0) break;
      if (opened > 0) continue;
    }
    if (c == '{' || place_ == Place::array) {
      if (record(last) == Step::wait) break;
      continue;
    }
    fail(at_, "not a JSON object", false);
  }
  if (last && place_ != Place::top && !resuming_) {
    add_skip(report_, offset(bytes.size()), "the input ends within an array of records");
    place_ = Place::top;
  }
  const std::size_t taken = last ? bytes.size() : at_;
  base_ += taken;
  bytes_ = {};
  return taken;
}

/// Blanks and the commas between records. False at the end of the bytes.
bool RecordStream::skip_blanks() {
  for (; at_ < bytes_.size(); ++at_) {
    const char c = bytes_[at_];
    if (c == '\n') {
      column_ = 0;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      if (column_ >= 0 && column_ < kMaxColumn) ++column_;
    } else if (c == ',' && place_ != Place::tail) {
      column_ = -1;
    } else {
      return true;
    }
  }
  return false;
}

int RecordStream::open_wrapper(bool last) {
  const std::size_t end = std::min(bytes_.size(), at_ + kWrapperPeek);
  std::size_t at = at_ + 1;
  const int ran_out = end < at_ + kWrapperPeek && !last ? -1 : 0;
  const auto blanks = [&] {
    while (at < end && is_blank(bytes_[at])) ++at;
    return at < end;
  };
  if (!blanks()) return ran_out;
  if (bytes_[at] != '"') return 0;
  const std::size_t name = ++at;
  while (at < end && bytes_[at] != '"' && bytes_[at] != '\\') ++at;
  if (at == end) return ran_out;
  if (!holds_records(bytes_.substr(name, at - name))) return 0;
  ++at;
  if (!blanks()) return ran_out;
  if (bytes_[at] != ':') return 0;
  ++at;
  if (!blanks()) return ran_out;
  if (bytes_[at] != '[') return 0;
  const std::size_t inside = ++at;
  if (!blanks()) return ran_out;
  if (bytes_[at] != '{' && bytes_[at] != ']') return 0;
  at_ = inside;
  column_ = -1;
  place_ = Place::array;
  wrapped_ = true;
  return 1;
}

RecordStream::Step RecordStream::record(bool last) {
  const std::size_t have = bytes_.size() - at_;
  const bool cut = have > max_record_;
  const char* const begin = bytes_.data() + at_;
  const char* const end = begin + (cut ? static_cast<std::size_t>(max_record_) : have);
  const Parse parse = tape_.parse(begin, end);
  const std::size_t stop = static_cast<std::size_t>(parse.stop - bytes_.data());
  switch (parse.verdict) {
    case Verdict::ok: break;
    case Verdict::incomplete:
      if (cut) {
        fail(stop, "record longer than the limit", true);
        return Step::on;
      }
      if (!last) return Step::wait;
      fail(stop, "the input ends within a record", false);
      return Step::on;
    case Verdict::bad: fail(stop, parse.reason, false); return Step::on;
    case Verdict::too_deep: fail(stop, parse.reason, true); return Step::on;
    case Verdict::too_many: fail(stop, parse.reason, true); return Step::on;
  }
  if (tape_.is(0, Kind::object)) {
    deliverer_.deliver_all(tape_, offset(at_));
  } else {
    add_skip(report_, offset(at_), "not a JSON object");
  }
  at_ = stop;
  column_ = -1;
  return Step::on;
}

/// Behind {"events":[…]: more members, which nobody needs, and the closing brace.
RecordStream::Step RecordStream::tail(bool last) {
  if (bytes_[at_] == '}') {
    ++at_;
    column_ = -1;
    place_ = Place::top;
    return Step::on;
  }
  const std::size_t begin = at_;
  const auto leave = [&](const char* reason) {
    place_ = Place::top;
    fail(begin, reason, true);
    return Step::on;
  };
  std::size_t at = at_;
  const auto blanks = [&] {
    while (at < bytes_.size() && is_blank(bytes_[at])) ++at;
    return at < bytes_.size();
  };
  const auto value = [&] {
    const std::size_t size = std::min<std::size_t>(bytes_.size() - at, static_cast<std::size_t>(max_record_));
    const bool cut = size < bytes_.size() - at;
    const Parse parse = tape_.parse(bytes_.data() + at, bytes_.data() + at + size);
    if (parse.verdict == Verdict::ok) at = static_cast<std::size_t>(parse.stop - bytes_.data());
    // Longer than any record may be: not worth waiting for.
    return parse.verdict == Verdict::incomplete && cut ? Verdict::bad : parse.verdict;
  };
  const char* const kReason = "not JSON behind the array of records";
  const auto ended = [&] { return last ? leave("the input ends within the object around the records") : Step::wait; };
  if (bytes_[at] != ',') return leave(kReason);
  ++at;
  if (!blanks()) return ended();
  if (bytes_[at] != '"') return leave(kReason);
  Verdict verdict = value();
  if (verdict == Verdict::incomplete) return ended();
  if (verdict != Verdict::ok) return leave(kReason);
  if (!blanks()) return ended();
  if (bytes_[at] != ':') return leave(kReason);
  ++at;
  if (!blanks()) return ended();
  verdict = value();
  if (verdict == Verdict::incomplete) return ended();
  if (verdict != Verdict::ok) return leave(kReason);
  at_ = at;
  column_ = -1;
  return Step::on;
}

/// Notes damage in the record at the cursor and begins to look for the next record.
void RecordStream::fail(std::size_t stop, const char* reason, bool behind_stop) {
  add_skip(report_, offset(at_), reason);
  const bool braced = bytes_[at_] == '{';
  wanted_column_ = braced ? std::max<std::int64_t>(column_, 0) : -1;
  reread_ += stop - at_;
  if (behind_stop || reread_ > kRereadBytes + 4 * offset(at_)) {
    at_ = std::max(stop, at_);
    wanted_column_ = -1;
  }
  resuming_ = true;
  line_begun_ = false;
}

/// Moves to the next line where a record may begin.
RecordStream::Step RecordStream::resume(bool last) {
  for (;;) {
    if (!line_begun_) {
      const void* found = at_ < bytes_.size() ? std::memchr(bytes_.data() + at_, '\n', bytes_.size() - at_) : nullptr;
      if (!found) {
        at_ = bytes_.size();
        return Step::wait;
      }
      at_ = static_cast<std::size_t>(static_cast<const char*>(found) - bytes_.data()) + 1;
      line_begun_ = true;
      column_ = 0;
    }
    if (wanted_column_ < 0) break;
    std::size_t at = at_;
    while (at < bytes_.size() && (bytes_[at] == ' ' || bytes_[at] == '\t') && at - at_ < static_cast<std::size_t>(kMaxColumn)) ++at;
    if (at == bytes_.size()) {
      if (last) at_ = at;
      return Step::wait;
    }
    const bool same_column = static_cast<std::int64_t>(at - at_) == wanted_column_;
    const bool opens = bytes_[at] == '{' || (bytes_[at] == '[' && place_ == Place::top);
    const bool closes = bytes_[at] == ']' && place_ == Place::array && static_cast<std::int64_t>(at - at_) < wanted_column_;
    if ((opens && same_column) || closes) break;
    line_begun_ = false;
  }
  resuming_ = false;
  line_begun_ = false;
  return Step::on;
}

}  // namespace chainhunt::input::json

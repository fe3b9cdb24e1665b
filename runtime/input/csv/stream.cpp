#include "runtime/input/csv/stream.h"

#include <algorithm>
#include <cstring>

#include "runtime/input/xml/stream.h"

namespace chainhunt::input::csv {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::size_t kMaxName = 128;
constexpr char kSeparators[] = {',', ';', '\t'};

std::string_view unquoted(const Cell& cell, json::Arena& arena) {
  if (!cell.doubled) return cell.text;
  char* const begin = static_cast<char*>(arena.take(cell.text.size()));
  std::size_t size = 0;
  for (std::size_t i = 0; i < cell.text.size(); ++i) {
    begin[size++] = cell.text[i];
    if (cell.text[i] == '"') ++i;
  }
  return {begin, size};
}

/// Names as exports spell them, not prose: no blanks at the ends, no control characters.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && name.front() != ' ' && name.back() != ' ' &&
         std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '"' || c == '<' || c == '{'; });
}

std::string_view without_zone(std::string_view name) {
  for (const std::string_view suffix : {" [UTC]", " [Local Time]"}) {
    if (name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

}  // namespace

Row read_row(std::string_view text, char separator, bool last, std::vector<Cell>& cells) {
  cells.clear();
  Row row;
  const auto stop = [&](Verdict verdict, std::size_t at, const char* reason) {
    row.verdict = verdict;
    row.size = at;
    row.reason = reason;
    return row;
  };
  const auto finish = [&](std::size_t at) {
    row.size = at;
    row.next = at == text.size() ? at : at + (text[at] == '\r' ? 2 : 1);
    return row;
  };
  const auto ends_row = [&](std::size_t at) {
    return text[at] == '\n' || (text[at] == '\r' && (at + 1 < text.size() ? text[at + 1] == '\n' : false));
  };
  std::size_t at = 0;
  for (;;) {
    if (cells.size() >= kMaxColumns) return stop(Verdict::bad, at, "too many fields in one row");
    if (at < text.size() && text[at] == '"') {
      Cell cell;
      const std::size_t begin = ++at;
      for (;;) {
        const void* const found = at < text.size() ? std::memchr(text.data() + at, '"', text.size() - at) : nullptr;
        if (!found) return last ? stop(Verdict::bad, text.size(), "the input ends within a quoted field") : stop(Verdict::incomplete, text.size(), nullptr);
        at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        if (at + 1 == text.size() && !last) return stop(Verdict::incomplete, text.size(), nullptr);
        if (at + 1 < text.size() && text[at + 1] == '"') {
          cell.doubled = true;
          at += 2;
          continue;
        }
        break;
      }
      cell.text = text.substr(begin, at - begin);
      cells.push_back(cell);
      ++at;
    } else {
      const std::size_t begin = at;
      while (at < text.size() && text[at] != separator && text[at] != '\n') ++at;
      std::size_t end = at;
      if (at < text.size() && text[at] == '\n' && end > begin && text[end - 1] == '\r') at = --end;
      cells.push_back({text.substr(begin, end - begin), false});
    }
    if (at == text.size()) return last ? finish(at) : stop(Verdict::incomplete, at, nullptr);
    if (text[at] == separator) {
      ++at;
      continue;
    }
    if (ends_row(at)) return finish(at);
    if (text[at] == '\r' && at + 1 == text.size()) {
      if (!last) return stop(Verdict::incomplete, at, nullptr);
      row.size = at;
      row.next = text.size();
      return row;
    }
    return stop(Verdict::bad, at, "text behind a closing quote");
  }
}

std::optional<Header> read_header(std::string_view text, bool last, bool& incomplete) {
  incomplete = false;
  if (text.size() > kMaxHeaderBytes) {
    text = text.substr(0, kMaxHeaderBytes);
    last = false;
  }
  const bool more_would_help = !last && text.size() < kMaxHeaderBytes;
  std::optional<Header> best;
  std::vector<Cell> cells;
  json::Arena arena;
  for (const char separator : kSeparators) {
    const Row row = read_row(text, separator, last, cells);
    if (row.verdict == Verdict::incomplete) {
      incomplete = incomplete || more_would_help;
      continue;
    }
    if (row.verdict != Verdict::ok || cells.size() < 2 || (best && cells.size() <= best->names.size())) continue;
    Header header;
    header.separator = separator;
    header.size = row.next;
    bool known = false, sound = true;
    for (const Cell& cell : cells) {
      const std::string_view name = without_zone(unquoted(cell, arena));
      sound = sound && is_name(name);
      known = known || json::tells_records(name);
      header.names.emplace_back(name);
    }
    if (sound && known) best = std::move(header);
  }
  return best;
}

RowStream::RowStream(const Limits& limits, abi::Sink& sink, FileReport& report)
    : max_record_(static_cast<std::size_t>(std::min<std::uint64_t>(limits.max_line_bytes, json::kMaxRecordBytes))),
      report_(report), deliverer_(sink, report) {}

std::size_t RowStream::feed(std::string_view bytes, bool last) {
  bytes_ = bytes;
  at_ = 0;
  if (!begun_) {
    const std::string_view mark = bytes.substr(0, kBom.size());
    if (mark == kBom) at_ = kBom.size();
    else if (!last && mark == kBom.substr(0, mark.size())) return 0;
    bool incomplete = false;
    header_ = read_header(bytes.substr(at_), last, incomplete);
    if (incomplete) return 0;
    begun_ = true;
    if (!header_) {
      add_skip(report_, at_, "no header that names an event id or a time");
    } else {
      const auto& names = header_->names;
      const auto place = [&](std::string_view name) { return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()); };
      raw_ = place("_raw");
      viewer_ = place("Event ID") < names.size() && place("Date and Time") < names.size();
      at_ += header_->size;
    }
  }
  if (!header_) at_ = bytes.size();
  while (at_ < bytes.size() && row(last)) {
  }
  const std::size_t taken = last ? bytes.size() : at_;
  base_ += taken;
  bytes_ = {};
  return taken;
}

/// False: more bytes are needed.
bool RowStream::row(bool last) {
  if (resuming_) {
    const std::size_t end = bytes_.find('\n', at_);
    at_ = end == std::string_view::npos ? bytes_.size() : end + 1;
    resuming_ = end == std::string_view::npos;
    return true;
  }
  if (bytes_[at_] == '\n' || bytes_.substr(at_, 2) == "\r\n") {
    at_ += bytes_[at_] == '\n' ? 1 : 2;
    return true;
  }
  const bool cut = bytes_.size() - at_ > max_record_;
  const std::string_view text = bytes_.substr(at_, max_record_);
  const Row row = read_row(text, header_->separator, last && !cut, cells_);
  if (row.verdict == Verdict::incomplete) {
    if (!cut) return false;
    fail(at_ + text.size(), "record longer than the limit");
    return true;
  }
  if (row.verdict == Verdict::bad) {
    fail(at_ + row.size, row.reason);
    return true;
  }
  const std::size_t named = header_->names.size();
  if (cells_.size() != named && !(viewer_ && cells_.size() == named + 1)) {
    fail(at_ + row.size, std::to_string(cells_.size()) + (cells_.size() == 1 ? " field" : " fields") + " where the header names " + std::to_string(named));
    return true;
  }
  emit(text.substr(0, row.size));
  at_ += row.next;
  return true;
}

void RowStream::emit(std::string_view text) {
  const std::uint64_t offset = base_ + at_;
  if (raw_ < cells_.size()) {
    // Splunk's own fields are made of the record, which says more.
    tape_.begin();
    const std::string_view raw = unquoted(cells_[raw_], tape_.arena());
    if (!raw.empty() && raw[0] == '<' && xml::begins_record(raw) == xml::Begins::yes && !xml_.read(raw, tape_)) {
      deliverer_.deliver(tape_, 0, offset, text);
      return;
    }
  }
  tape_.begin();
  tape_.open({}, json::Kind::object);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].text.empty()) continue;
    tape_.add(i < header_->names.size() ? std::string_view(header_->names[i]) : "Message", unquoted(cells_[i], tape_.arena()));
  }
  tape_.close();
  deliverer_.deliver(tape_, 0, offset, text);
}

void RowStream::fail(std::size_t stop, std::string reason) {
  add_skip(report_, base_ + at_, std::move(reason));
  reread_ += stop - at_;
  if (reread_ > kRereadBytes + 4 * (base_ + at_)) at_ = stop;
  resuming_ = true;
}

}  // namespace chainhunt::input::csv

// JSON logs: NDJSON, pretty-printed objects, arrays, {"events":[…]}, in any of the layouts of
// json/layouts.cpp.
#include "runtime/input/json/stream.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
namespace {

int sniff(std::string_view head) {
  constexpr int kCertain = 90, kLikely = 80, kPossible = 30, kBlank = 5;
  std::size_t at = head.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos) return head.empty() ? 0 : kBlank;  // only blanks: no records, no error
  const auto next = [&] {
    const std::size_t behind = head.find_first_not_of(" \t\r\n", at + 1);
    return behind == std::string_view::npos ? '\0' : head[behind];
  };
  if (head[at] == '{') return next() == '"' || next() == '}' ? kCertain : next() == '\0' ? kPossible : 0;
  if (head[at] == '[' && (next() == '{' || next() == ']')) return kLikely;
  // A damaged first line in front of records.
  return head.find("\n{\"") != std::string_view::npos ? kPossible : 0;
}

void read(const Source& source, abi::Sink& sink, FileReport& report) {
  json::RecordStream stream(*source.limits, sink, report);
  stream.feed(source.bytes, true);
}

std::unique_ptr<Stream> stream(const Limits& limits, abi::Sink& sink, FileReport& report) {
  return std::make_unique<json::RecordStream>(limits, sink, report);
}

/// Only lines that are records each are cut: the first must be one, as far as its ends tell.
std::vector<std::uint64_t> cuts(const Source& source, std::uint64_t size) {
  constexpr std::size_t kLongestLook = 1u << 20;  // for a line that begins like a record
  std::vector<std::uint64_t> out;
  const std::string_view bytes = source.bytes;
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == std::string_view::npos || bytes[first] != '{') return out;
  const std::size_t line = bytes.substr(0, first + kLongestLook).find('\n', first);
  if (line == std::string_view::npos) return out;
  const std::size_t end = bytes.find_last_not_of(" \t\r\n", line);
  if (bytes[end] != '}' || line + 1 >= bytes.size() || bytes[line + 1] != '{') return out;
  for (std::uint64_t at = size; at < bytes.size();) {
    const std::size_t newline = bytes.substr(0, at + kLongestLook).find("\n{", at);
    if (newline == std::string_view::npos) {
      at += size;
      continue;
    }
    out.push_back(newline + 1);
    at = newline + 1 + size;
  }
  return out;
}

class Part final : public PartReader {
 public:
  Part(const Source& source, std::uint64_t begin, abi::Sink& sink, FileReport& report)
      : bytes_(source.bytes), at_(begin), stream_(*source.limits, sink, report, begin) {}
  void read(std::uint64_t end, bool last) override {
    at_ += stream_.feed(bytes_.substr(at_, end - at_), last);
    end_ = end;
  }
  bool whole() const override { return at_ == end_ && stream_.whole(); }

 private:
  std::string_view bytes_;
  std::uint64_t at_, end_ = 0;
  json::RecordStream stream_;
};

std::unique_ptr<PartReader> part(const Source& source, std::uint64_t begin, abi::Sink& sink, FileReport& report) {
  return std::make_unique<Part>(source, begin, sink, report);
}

}  // namespace

extern const Format format_json;
const Format format_json = {"json", sniff, read, stream, cuts, part};

}  // namespace chainhunt::input

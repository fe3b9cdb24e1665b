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

}  // namespace

extern const Format format_json;
const Format format_json = {"json", sniff, read, stream};

}  // namespace chainhunt::input

// links: runtime_input
// The JSON reader on hostile bytes: no crash, no sanitizer report, and
//  - whole input and input cut into pieces give the same records and skips,
//  - where simdjson reads a text as one JSON value, so does the tape; where it refuses, so does the tape,
//    save for what tape.h reads on purpose (invalid UTF-8, lone surrogates, numbers out of range).
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/input/json/tape.h"
#include "runtime/input/reader.h"

namespace {

using namespace chainhunt;

constexpr std::uint64_t kPrime = 1099511628211ull;

/// Touches every byte it is given and sums it up.
class Digest final : public abi::Sink {
 public:
  Digest() {
    projection_.fields = {"Image", "AccessMask", "user.name", "Data", "ProcessID", "Level", "a", "IpAddress"};
    projection_.all = true;
  }
  const abi::Projection* want(const abi::Header& header) override {
    cell(header.channel);
    cell(header.provider);
    cell(header.computer);
    cell(header.code);
    cell(header.record_id);
    return &projection_;
  }
  void event(const abi::EventView& event, const abi::Projection&, std::string_view bytes) override {
    mix(static_cast<std::uint64_t>(event.header.time));
    mix(event.header.offset);
    for (std::uint32_t i = 0; i < event.field_count; ++i) cell(event.fields[i]);
    for (std::uint32_t i = 0; i < event.all_count; ++i) {
      cell(event.all[i].name);
      cell(event.all[i].value);
    }
    text(bytes);
  }
  std::uint64_t sum = 14695981039346656037ull;

  void text(std::string_view bytes) {
    mix(bytes.size());
    for (const char c : bytes) mix(static_cast<unsigned char>(c));
  }
  void mix(std::uint64_t value) { sum = (sum ^ value) * kPrime; }

 private:
  void cell(const abi::Cell& value) {
    mix(static_cast<std::uint64_t>(value.wire));
    switch (value.wire) {
      case abi::Wire::absent: return;
      case abi::Wire::text: text(value.view()); return;
      case abi::Wire::dec: case abi::Wire::udec: case abi::Wire::hex: mix(static_cast<std::uint64_t>(value.number)); return;
      case abi::Wire::list:
        for (std::uint32_t i = 0; i < value.size; ++i) {
          if (value.cells[i].wire == abi::Wire::list) std::abort();
          cell(value.cells[i]);
        }
        return;
    }
  }
  abi::Projection projection_;
};

std::uint64_t digest(const input::FileReport& report, const Digest& sink) {
  Digest sum = sink;
  sum.mix(report.records);
  sum.mix(report.no_time);
  for (const input::Skip& skip : report.skips) {
    sum.mix(skip.offset);
    sum.text(skip.reason);
  }
  return sum.sum;
}

const input::Format* json_format() {
  for (const input::Format* format : input::all_formats()) {
    if (std::string_view(format->name) == "json") return format;
  }
  std::abort();
}

void compare_with_simdjson(std::string_view bytes) {
  static simdjson::dom::parser parser;
  static input::json::Tape tape;
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return;
  const std::size_t last = bytes.find_last_not_of(" \t\r\n");
  bytes = bytes.substr(first, last - first + 1);
  if (bytes[0] != '{' && bytes[0] != '[') return;
  const auto error = parser.parse(simdjson::padded_string(bytes)).error();
  const input::json::Parse parse = tape.parse(bytes.data(), bytes.data() + bytes.size());
  const bool ours = parse.verdict == input::json::Verdict::ok && parse.stop == bytes.data() + bytes.size();
  if (error == simdjson::SUCCESS && !ours) std::abort();
  if (ours && error != simdjson::SUCCESS && error != simdjson::UTF8_ERROR && error != simdjson::STRING_ERROR &&
      error != simdjson::NUMBER_ERROR && error != simdjson::DEPTH_ERROR) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 61;  // also the first byte of the text: harmless
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  input::Limits limits;
  limits.max_line_bytes = 4096;
  limits.max_expanded_bytes = 1 << 20;

  Digest through_everything;
  input::read_bytes(bytes, "fuzz", through_everything, limits);

  const input::Format* const json = json_format();
  Digest whole;
  input::FileReport whole_report;
  json->read(input::Source{bytes, &limits}, whole, whole_report);

  Digest pieces;
  input::FileReport pieces_report;
  const auto stream = json->stream(limits, pieces, pieces_report);
  std::size_t begin = 0;
  for (std::size_t end = 0; end < bytes.size();) {
    end = end + step < bytes.size() ? end + step : bytes.size();
    begin += stream->feed(bytes.substr(begin, end - begin), false);
    if (begin > end) std::abort();
  }
  stream->feed(bytes.substr(begin), true);
  if (digest(whole_report, whole) != digest(pieces_report, pieces)) std::abort();

  compare_with_simdjson(bytes);
  return 0;
}

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
#include "tests/fuzz/digest.h"

namespace {

using namespace chainhunt;

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
  const input::Limits limits = fuzz::small_limits();
  fuzz::Digest through_everything;
  input::read_bytes(bytes, "fuzz", through_everything, limits);
  static const input::Format* const json = fuzz::format_named("json");
  fuzz::compare_pieces(*json, bytes, step, limits);
  compare_with_simdjson(bytes);
  return 0;
}

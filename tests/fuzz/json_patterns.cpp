// links: runtime_input
// JSON records compared with earlier ones against records parsed: the same events, the same report. The fuzzer's lines
// are read twice over and then once more with a byte changed here and there, so that most of them meet a pattern.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/input/json/stream.h"
#include "tests/fuzz/digest.h"

namespace {

using namespace chainhunt;

std::uint64_t read(std::string_view log, bool patterns, const input::Limits& limits) {
  fuzz::Digest sink;
  input::FileReport report;
  input::json::RecordStream stream(limits, sink, report);
  if (!patterns) stream.parse_all();
  stream.feed(log, true);
  return fuzz::digest(report, sink);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  const std::string_view lines(reinterpret_cast<const char*>(data) + 4, size - 4);
  std::string log(lines);
  log += '\n';
  log += lines;
  log += '\n';
  std::string changed(lines);
  for (std::size_t at = data[0]; at < changed.size(); at += 1 + data[1]) changed[at] = static_cast<char>(changed[at] ^ (data[2] & 0x5f));
  if (data[3] < changed.size()) changed.erase(data[3], 1);
  log += changed;
  log += '\n';
  log += lines;
  // Exactly as long as the text: reading behind it is seen.
  const std::vector<char> exact(log.begin(), log.end());
  const input::Limits limits = fuzz::small_limits();
  if (read({exact.data(), exact.size()}, true, limits) != read({exact.data(), exact.size()}, false, limits)) std::abort();
  return 0;
}

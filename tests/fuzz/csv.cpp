// links: runtime_input
// CSV on hostile bytes: no crash, no sanitizer report, and whole input and input cut into pieces read the same.
#include "tests/fuzz/digest.h"

using namespace chainhunt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 61;  // also the first byte of the text: harmless
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const input::Limits limits = fuzz::small_limits();
  static const input::Format* const format = fuzz::format_named("csv");
  if (format->sniff(bytes) < 0) std::abort();
  fuzz::compare_pieces(*format, bytes, step, limits);
  return 0;
}

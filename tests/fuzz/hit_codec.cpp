// links: runtime_engine
// Hostile bytes as an encoded hit: no crash, no sanitizer report, and
//  - what is read is written again as the same bytes,
//  - the parts of its key lie where decoding and encoding put them,
//  - any prefix of what is read is refused.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/engine/hit_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chainhunt;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static engine::Hit hit;  // reused, as cursors do
  const engine::KeyParts parts = engine::key_parts(bytes);
  const bool in_line = parts.identity <= parts.digest && parts.digest <= parts.place && parts.place <= parts.key;
  if (!in_line || (size >= 8 && parts.key > size)) std::abort();
  if (!engine::decode(bytes, hit)) return 0;
  std::string again;
  engine::encode(hit, again);
  if (again != bytes) std::abort();

  if (parts.has_record_id != hit.event.has_record_id) std::abort();
  // Other parts of the key leave its identity as it is.
  engine::Hit copy = hit;
  copy.event.digest += 'x';
  copy.source ^= 1;
  copy.link ^= 1;
  copy.captures.clear();
  again.clear();
  engine::encode(copy, again);
  const engine::KeyParts of_copy = engine::key_parts(again);
  if (of_copy.identity != parts.identity || again.compare(0, parts.identity, bytes.substr(0, parts.identity)) != 0) std::abort();

  for (std::size_t shorter = 0; shorter < size; shorter += 1 + size / 64) {
    if (engine::decode(bytes.substr(0, shorter), copy)) std::abort();
  }
  return 0;
}

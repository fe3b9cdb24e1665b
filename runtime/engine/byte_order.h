// Numbers as bytes in a stated order, on any machine. Internal to this folder.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace chainhunt::engine {

inline std::uint64_t swapped(std::uint64_t number) { return __builtin_bswap64(number); }
inline std::uint32_t swapped(std::uint32_t number) { return __builtin_bswap32(number); }

/// `in` holds as many bytes as the number.
template <typename Number>
Number read_little_endian(const char* in) {
  Number number;
  std::memcpy(&number, in, sizeof number);
  return std::endian::native == std::endian::little ? number : swapped(number);
}
template <typename Number>
Number read_big_endian(const char* in) {
  return swapped(read_little_endian<Number>(in));
}

template <typename Number>
void write_little_endian(Number number, char* out) {
  if (std::endian::native != std::endian::little) number = swapped(number);
  std::memcpy(out, &number, sizeof number);
}
template <typename Number>
void write_big_endian(Number number, char* out) {
  write_little_endian(swapped(number), out);
}

}  // namespace chainhunt::engine

// Bytes piece by piece: from a file, from memory, out of gzip and zstd, from UTF-16.
//
// Each wraps the one below it. Single-threaded; an object outlives those that wrap it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/input/reader.h"

namespace chainhunt::input {

class Pieces {
 public:
  virtual ~Pieces() = default;
  /// Up to `size` (> 0) bytes into `out`; 0 at the end or after an error, which `error()` then names.
  virtual std::size_t read(char* out, std::size_t size) = 0;
  /// Empty, or what stopped the reading before its end. What was read before is good.
  virtual const std::string& error() const = 0;
};

/// Reads a file descriptor, which it does not close. Where `stop` is not null and becomes true, the input ends.
std::unique_ptr<Pieces> pieces_of_file(int descriptor, const std::atomic<bool>* stop = nullptr);
/// Reads `head`, then `rest` (may be null, else outlives this).
std::unique_ptr<Pieces> pieces_of_memory(std::string_view head, Pieces* rest = nullptr);
/// RFC 1952, any number of members; zero padding behind them is ignored.
std::unique_ptr<Pieces> pieces_of_gzip(Pieces& compressed, const Limits& limits);
/// RFC 8878, any number of frames; windows up to 128 MB, the library's default.
std::unique_ptr<Pieces> pieces_of_zstd(Pieces& compressed, const Limits& limits);
/// UTF-16 with its byte order mark still in front, to UTF-8; unpaired surrogates become U+FFFD.
std::unique_ptr<Pieces> pieces_of_utf16(Pieces& text);

enum class Wrapping { none, gzip, zstd };
/// By the magic number.
Wrapping wrapping_of(std::string_view head);
bool is_utf16(std::string_view head);

}  // namespace chainhunt::input

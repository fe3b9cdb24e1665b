// What the fuzz targets of text formats share: a sink that touches every byte and sums it up, and the check that a
// format reads the same whole and in pieces.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/input/reader.h"

namespace chainhunt::fuzz {

inline constexpr std::uint64_t kPrime = 1099511628211ull;

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

inline std::uint64_t digest(const input::FileReport& report, const Digest& sink) {
  Digest sum = sink;
  sum.mix(report.records);
  sum.mix(report.no_time);
  for (const input::Skip& skip : report.skips) {
    sum.mix(skip.offset);
    sum.text(skip.reason);
  }
  return sum.sum;
}

inline const input::Format* format_named(std::string_view name) {
  for (const input::Format* format : input::all_formats()) {
    if (format->name == name) return format;
  }
  std::abort();
}

/// Aborts if the format reads these bytes otherwise in pieces than whole.
inline void compare_pieces(const input::Format& format, std::string_view bytes, std::size_t step, const input::Limits& limits) {
  Digest whole;
  input::FileReport whole_report;
  format.read(input::Source{bytes, &limits}, whole, whole_report);

  Digest pieces;
  input::FileReport pieces_report;
  const auto stream = format.stream(limits, pieces, pieces_report);
  std::size_t begin = 0;
  for (std::size_t end = 0; end < bytes.size();) {
    end = end + step < bytes.size() ? end + step : bytes.size();
    begin += stream->feed(bytes.substr(begin, end - begin), false);
    if (begin > end) std::abort();
  }
  stream->feed(bytes.substr(begin), true);
  if (digest(whole_report, whole) != digest(pieces_report, pieces)) std::abort();
}

/// Limits that small inputs meet.
inline input::Limits small_limits() {
  input::Limits limits;
  limits.max_line_bytes = 4096;
  limits.max_expanded_bytes = 1 << 20;
  limits.max_archive_entries = 100;
  return limits;
}

}  // namespace chainhunt::fuzz

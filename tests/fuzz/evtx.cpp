// links: runtime_evtx runtime_input
// Arbitrary bytes as an EVTX file: no crash, no hang, and what is handed over is whole.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/evtx/bytes.h"
#include "runtime/evtx/value.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
extern const Format format_evtx;
}

namespace {

using namespace chainhunt;

// Larger inputs only repeat what one chunk and a bit show.
constexpr std::size_t kMaxInput = 80 * 1024;

class Everything : public abi::Sink {
 public:
  const abi::Projection* want(const abi::Header& header) override {
    read(header.computer);
    read(header.channel);
    read(header.provider);
    read(header.code);
    return &projection_;
  }
  void event(const abi::EventView& event, const abi::Projection&, std::string_view bytes) override {
    if (event.field_count != projection_.fields.size() || bytes.size() < 28) std::abort();
    for (std::uint32_t i = 0; i < event.field_count; ++i) read(event.fields[i]);
    for (std::uint32_t i = 0; i < event.all_count; ++i) {
      read(event.all[i].name);
      read(event.all[i].value);
    }
    sum_ += static_cast<unsigned char>(bytes.front()) + static_cast<unsigned char>(bytes.back());
    ++events;
  }
  std::uint64_t events = 0;

 private:
  // Touches every byte, so that the sanitizers see what is dead or outside.
  void read(const abi::Cell& cell) {
    text_.clear();
    evtx::append_text(cell, text_);
    for (const char c : text_) sum_ += static_cast<unsigned char>(c);
  }
  const abi::Projection projection_{{"AccessMask", "SubjectUserName", "Level", "UserID", "Data", "Keywords"}, true};
  std::string text_;
  volatile std::uint64_t sum_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMaxInput) return -1;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Everything sink;
  input::FileReport report;
  const input::Limits limits;
  input::format_evtx.sniff(bytes);
  input::format_evtx.read({bytes, &limits}, sink, report);
  if (report.records != sink.events) std::abort();
  return 0;
}

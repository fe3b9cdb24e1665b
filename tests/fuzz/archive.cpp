// links: runtime_input
// Hostile archives: no crash, no sanitizer report, limits hold, and parts are left as they are entered.
#include "tests/fuzz/digest.h"

namespace {

using namespace chainhunt;

class Parts final : public abi::Sink {
 public:
  const abi::Projection* want(const abi::Header& header) override { return inner_.want(header); }
  void event(const abi::EventView& event, const abi::Projection& projection, std::string_view bytes) override { inner_.event(event, projection, bytes); }
  void part(std::string_view path) override { part_ = path; }
  const std::string& now() const { return part_; }

 private:
  fuzz::Digest inner_;
  std::string part_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const input::Limits limits = fuzz::small_limits();
  Parts sink;
  const input::FileReport report = input::read_bytes(bytes, "fuzz", sink, limits);
  if (!sink.now().empty()) std::abort();
  std::uint64_t records = 0;
  for (const auto& member : report.members) records += member.records;
  if (!report.members.empty() && records != report.records) std::abort();
  return 0;
}

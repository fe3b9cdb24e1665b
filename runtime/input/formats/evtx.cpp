// Windows event logs as Windows keeps them (.evtx), and lone chunks as carving tools find them.
#include <algorithm>

#include "runtime/evtx/chunk.h"
#include "runtime/evtx/file.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
namespace {

int sniff(std::string_view head) { return evtx::looks_like_evtx(head); }

/// Chunks know nothing of each other.
class Part final : public PartReader {
 public:
  Part(const Source& source, std::uint64_t begin, abi::Sink& sink, FileReport& report) : file_(source.bytes), sink_(sink), report_(report) {
    if (begin == 0) {
      note(file_.header());
    } else {
      while (next_ < file_.chunk_count() && file_.chunk_offset(next_) < begin) ++next_;
    }
  }
  void read(std::uint64_t end, bool) override {
    evtx::Tally tally;
    for (; next_ < file_.chunk_count() && file_.chunk_offset(next_) < end; ++next_) reader_.read(file_.chunk(next_), file_.chunk_offset(next_), sink_, tally);
    note(tally);
  }
  bool whole() const override { return true; }

 private:
  void note(const evtx::Tally& tally) {
    report_.records += tally.records;
    report_.no_time += tally.no_time;
    for (const evtx::Issue& issue : tally.issues) add_skip(report_, issue.offset, issue.reason, issue.records);
    report_.more_skips += tally.more_issues;
  }

  evtx::File file_;
  abi::Sink& sink_;
  FileReport& report_;
  evtx::ChunkReader reader_;
  std::size_t next_ = 0;
};

void read(const Source& source, abi::Sink& sink, FileReport& report) {
  Part all(source, 0, sink, report);
  all.read(source.bytes.size(), true);
  report.format = "evtx";
  report.bytes = source.bytes.size();
}

std::vector<std::uint64_t> cuts(const Source& source, std::uint64_t size) {
  const evtx::File file(source.bytes);
  std::vector<std::uint64_t> out;
  const std::size_t chunks = std::max<std::size_t>(1, size / evtx::kChunkBytes);
  for (std::size_t i = chunks; i < file.chunk_count(); i += chunks) out.push_back(file.chunk_offset(i));
  return out;
}

std::unique_ptr<PartReader> part(const Source& source, std::uint64_t begin, abi::Sink& sink, FileReport& report) {
  return std::make_unique<Part>(source, begin, sink, report);
}

}  // namespace

extern const Format format_evtx;
const Format format_evtx = {"evtx", sniff, read, nullptr, cuts, part};

}  // namespace chainhunt::input

// Windows event logs as Windows keeps them (.evtx), and lone chunks as carving tools find them.
#include "runtime/evtx/chunk.h"
#include "runtime/evtx/file.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
namespace {

int sniff(std::string_view head) { return evtx::looks_like_evtx(head); }

void read(const Source& source, abi::Sink& sink, FileReport& report) {
  const evtx::File file(source.bytes);
  evtx::Tally tally;
  tally.add(file.header());
  evtx::ChunkReader reader;
  for (std::size_t i = 0; i < file.chunk_count(); ++i) reader.read(file.chunk(i), file.chunk_offset(i), sink, tally);
  report.format = "evtx";
  report.bytes = source.bytes.size();
  report.records += tally.records;
  report.no_time += tally.no_time;
  report.more_skips += tally.more_issues;
  for (const evtx::Issue& issue : tally.issues) {
    if (report.skips.size() < kMaxSkips) report.skips.push_back({issue.offset, issue.reason, issue.records});
    else ++report.more_skips;
  }
}

}  // namespace

extern const Format format_evtx;
const Format format_evtx = {"evtx", sniff, read};

}  // namespace chainhunt::input

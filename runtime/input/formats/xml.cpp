// Event logs as XML: what the Event Viewer exports, what `wevtutil qe` prints, and Splunk's XmlWinEventLog.
#include "runtime/input/reader.h"
#include "runtime/input/xml/stream.h"

namespace chainhunt::input {
namespace {

int sniff(std::string_view head) {
  constexpr int kCertain = 90, kLikely = 80, kPossible = 25;
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return 0;
  for (std::size_t at = head.find("<Event", first); at != std::string_view::npos; at = head.find("<Event", at + 1)) {
    const xml::Begins begins = xml::begins_record(head.substr(at));
    // Damaged or foreign lines in front of records, such as a syslog header.
    if (begins == xml::Begins::yes) return head[first] == '<' ? kCertain : kPossible;
    // A file that ends behind its root, or within its first record.
    if (head[first] == '<' && (begins == xml::Begins::unknown || head.substr(at, 7) == "<Events")) return kLikely;
  }
  return 0;
}

void read(const Source& source, abi::Sink& sink, FileReport& report) {
  xml::EventStream stream(*source.limits, sink, report);
  stream.feed(source.bytes, true);
}

std::unique_ptr<Stream> stream(const Limits& limits, abi::Sink& sink, FileReport& report) {
  return std::make_unique<xml::EventStream>(limits, sink, report);
}

}  // namespace

extern const Format format_xml;
const Format format_xml = {"xml", sniff, read, stream};

}  // namespace chainhunt::input

// Damaged files, made from good ones: nothing crashes, the rest is read, and every loss is reported.
#include <functional>

#include "runtime/evtx/bytes.h"
#include "runtime/evtx/file.h"
#include "tests/unit/evtx/build.h"
#include "tests/unit/evtx/collect.h"

namespace chainhunt::evtx::testing {
namespace {

constexpr std::size_t kChunk = kFileHeaderBytes;  // where the first chunk starts

std::vector<Event> ten() {
  std::vector<Event> events;
  for (std::uint32_t i = 0; i < 10; ++i) {
    events.push_back(share_event(i));
    events.back().record_id = 100 + i;
  }
  return events;
}

std::vector<std::size_t> record_offsets(const std::string& file) {
  std::vector<std::size_t> offsets;
  for (std::size_t at = kChunk + kChunkHeaderBytes; load32(file.data() + at) == kRecordSignature; at += load32(file.data() + at + 4)) offsets.push_back(at);
  return offsets;
}

void put32(std::string& file, std::size_t at, std::uint32_t value) { std::memcpy(file.data() + at, &value, 4); }

// Makes both checksums of the first chunk right again, so that only the damage under test shows.
void reseal(std::string& file) {
  const std::uint32_t free = load32(file.data() + kChunk + 48);
  const std::string_view chunk = std::string_view(file).substr(kChunk);
  if (free >= kChunkHeaderBytes && free <= chunk.size()) put32(file, kChunk + 52, checksum(chunk.substr(kChunkHeaderBytes, free - kChunkHeaderBytes)));
  put32(file, kChunk + 124, checksum(chunk.substr(0, 120), chunk.substr(128, kChunkHeaderBytes - 128)));
}

struct Case {
  const char* name;
  std::function<void(std::string&)> damage;
  bool sealed;               // checksums are made right afterwards
  std::vector<int> read;     // records that are still read, as 0 … 9
  std::vector<const char*> reasons;
};

const Case kCases[] = {
    {"nothing", [](std::string&) {}, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {}},
    {"a flipped bit in a value", [](std::string& f) { f[record_offsets(f)[3] + 300] ^= 1; }, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a chunk's checksum differs"}},
    {"the file header's checksum", [](std::string& f) { f[124] ^= 1; }, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"the file header's checksum differs"}},
    {"the chunk header's checksum", [](std::string& f) { f[kChunk + 124] ^= 1; }, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a chunk header's checksum differs"}},
    {"the string table", [](std::string& f) { std::fill_n(f.begin() + kChunk + 128, 256, '\xff'); }, true, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {}},
    {"a wrong chunk count", [](std::string& f) { f[42] = 9; put32(f, 124, checksum(std::string_view(f).substr(0, 120))); }, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {}},
    {"a chunk without signature", [](std::string& f) { f[kChunk] = 'X'; }, false, {}, {"a chunk without its signature"}},
    {"a chunk of zeros", [](std::string& f) { std::fill(f.begin() + kChunk, f.end(), '\0'); }, false, {}, {}},
    {"a record's signature", [](std::string& f) { f[record_offsets(f)[4]] = 0; }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a record is damaged"}},
    {"a record of size 0", [](std::string& f) { put32(f, record_offsets(f)[4] + 4, 0); }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a record is damaged"}},
    {"a record larger than its chunk", [](std::string& f) { put32(f, record_offsets(f)[4] + 4, 0x7fffffff); }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a record is damaged"}},
    {"a record's second size", [](std::string& f) { put32(f, record_offsets(f)[5] - 4, 8); }, true, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a record's two sizes differ"}},
    {"a template outside the chunk", [](std::string& f) { put32(f, record_offsets(f)[4] + 24 + 10, 0x7fffffff); }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a template definition lies outside the chunk"}},
    {"a template in its own record's values", [](std::string& f) { put32(f, record_offsets(f)[4] + 24 + 10, static_cast<std::uint32_t>(record_offsets(f)[4] - kChunk)); }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a template definition is larger than the chunk"}},
    {"more values than a record has room for", [](std::string& f) { put32(f, record_offsets(f)[4] + 24 + 14, 0x40000000); }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a template instance has more values than room"}},
    {"a value larger than its record", [](std::string& f) { put32(f, record_offsets(f)[4] + 24 + 18, 0x0004ffff); }, true, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {"a record's values are cut off"}},
    {"the template that all records use", [](std::string& f) { f[record_offsets(f)[0] + 24 + 14 + 24 + 4] = '\x7f'; }, true, {}, {"an unknown BinXML token"}},
    {"records behind the free-space offset", [](std::string& f) { put32(f, kChunk + 48, static_cast<std::uint32_t>(record_offsets(f)[6] - kChunk)); }, true, {0, 1, 2, 3, 4, 5}, {}},
    {"a free-space offset outside the chunk", [](std::string& f) { put32(f, kChunk + 48, 0xffffffff); }, true, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a chunk's free-space offset lies outside the chunk"}},
    {"a free-space offset inside the header", [](std::string& f) { put32(f, kChunk + 48, 8); }, true, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a chunk's free-space offset lies outside the chunk"}},
    {"a hole of zeros", [](std::string& f) { const auto at = record_offsets(f); std::fill(f.begin() + static_cast<std::ptrdiff_t>(at[4]), f.begin() + static_cast<std::ptrdiff_t>(at[6]), '\0'); }, true, {0, 1, 2, 3, 6, 7, 8, 9}, {"a record is damaged"}},
    {"cut off inside a record", [](std::string& f) { f.resize(record_offsets(f)[7] + 50); }, false, {0, 1, 2, 3, 4, 5, 6}, {"a chunk is cut off", "a record is damaged"}},
    {"cut off inside the chunk header", [](std::string& f) { f.resize(kChunk + 100); }, false, {}, {"a chunk is cut off inside its header"}},
    {"cut off inside the file header", [](std::string& f) { f.resize(100); }, false, {}, {"the file ends inside its header"}},
    {"garbage behind the last chunk", [](std::string& f) { f += "garbage"; }, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a chunk is cut off inside its header"}},
    {"a lone chunk", [](std::string& f) { f.erase(0, kChunk); }, false, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {}},
};

TEST(Damage, TheRestIsReadAndTheLossReported) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    std::string file = file_of(ten());
    c.damage(file);
    if (c.sealed) reseal(file);
    Collect collect;
    const auto report = read_all(file, collect);
    std::vector<int> read;
    for (const Record& record : collect.records) read.push_back(static_cast<int>(record.number) - 100);
    EXPECT_EQ(read, c.read);
    EXPECT_EQ(report.records, c.read.size());
    for (const char* reason : c.reasons) {
      bool found = false;
      for (const input::Skip& skip : report.skips) found = found || skip.reason == reason;
      EXPECT_TRUE(found) << reason << (report.skips.empty() ? "" : " but " + report.skips[0].reason);
    }
    if (c.reasons.empty()) {
      EXPECT_TRUE(report.skips.empty()) << report.skips[0].reason;
    }
  }
}

TEST(Damage, EveryCutReadsAPrefix) {
  const std::string file = file_of(ten());
  const std::size_t end = record_offsets(file).back() + 400;
  std::size_t last = 0;
  for (std::size_t size = 0; size < end; size += 7) {
    Collect collect;
    read_all(std::string_view(file).substr(0, size), collect);
    ASSERT_GE(collect.records.size(), last) << size;
    last = collect.records.size();
  }
  EXPECT_GE(last, 9u);
}

// Every byte of the first records takes every value of a few: no crash, and at most what was there.
TEST(Damage, EveryByteOfARecordMayBeWrong) {
  std::string file = file_of(ten());
  const std::size_t from = kChunk, to = record_offsets(file)[2];
  file.resize(record_offsets(file).back() + 600);
  for (std::size_t at = from; at < to; ++at) {
    for (const unsigned char bad : {0x00, 0x01, 0x0c, 0x7f, 0xff}) {
      const char good = file[at];
      file[at] = static_cast<char>(bad);
      Collect collect({"AccessMask", "Level"});
      const auto report = read_all(file, collect);
      ASSERT_LE(collect.records.size(), 10u) << at;
      ASSERT_EQ(report.records, collect.records.size());
      file[at] = good;
    }
  }
}

// A BinXML value that is the document it stands in, and a template whose definition holds an instance
// of itself, must end.
TEST(Damage, SelfReferenceEnds) {
  std::string file = file_of(ten());
  const auto offsets = record_offsets(file);
  // The first record's inner template instance points at the outer definition: outer in outer in outer …
  const std::uint32_t outer = load32(file.data() + offsets[1] + 24 + 10);
  const std::size_t descriptors = offsets[1] + 24 + 18;
  std::size_t inner = descriptors + 14 * 4;
  for (int i = 0; i < 13; ++i) inner += load16(file.data() + descriptors + 4 * static_cast<std::size_t>(i));
  ASSERT_EQ(file[inner], '\x0f');
  put32(file, inner + 4 + 6, outer);
  reseal(file);
  Collect collect;
  read_all(file, collect);
  EXPECT_GE(collect.records.size(), 9u);

  // A document whose template instance token lies in its own definition.
  std::string loop(kChunkHeaderBytes, '\0');
  std::memcpy(loop.data(), kChunkSignature.data(), 8);
  put32(loop, 48, kChunkHeaderBytes + 200);
  const std::uint32_t record = kChunkHeaderBytes;
  loop.resize(record + 200, '\0');
  put32(loop, record, kRecordSignature);
  put32(loop, record + 4, 200);
  put32(loop, record + 196, 200);
  std::size_t at = record + 24;
  loop.replace(at, 6, std::string("\x0f\x01\x01\x00\x0c\x01", 6));
  put32(loop, at + 10, static_cast<std::uint32_t>(at + 14));      // definition inline
  put32(loop, at + 14 + 20, 60);                                  // its size
  const std::size_t body = at + 14 + 24;
  loop.replace(body, 6, std::string("\x0f\x01\x01\x00\x0c\x01", 6));
  put32(loop, body + 10, static_cast<std::uint32_t>(at + 14));    // the same definition again
  Collect empty;
  const auto report = read_all(loop, empty);
  EXPECT_LE(report.records, 1u);
}

TEST(Damage, OneValueNamedThousandsOfTimesIsBounded) {
  // 200 fields of one unnamed list each with 60,000 bytes would be 12 MB of text: the budget stops it.
  Event event = share_event(1);
  event.data.clear();
  event.data.push_back({"A", text(std::string(20'000, 'x'))});
  for (int i = 0; i < 600; ++i) event.data.push_back({"", null_value()});
  std::string file = file_of({event});
  // All substitutions of the inner template become number 0.
  const std::size_t end = record_offsets(file)[0] + load32(file.data() + record_offsets(file)[0] + 4);
  for (std::size_t at = record_offsets(file)[0]; at + 6 < end; ++at) {
    if (file[at] == '\x02' && file[at + 1] == '\x0e' && file[at + 4] == '\0' && file[at + 5] == '\x04') file[at + 2] = file[at + 3] = '\0';
  }
  Collect collect;
  const auto report = read_all(file, collect);
  EXPECT_EQ(report.records, 0u);
  bool told = false;
  for (const auto& skip : report.skips) told = told || skip.reason == "a record with too much text";
  EXPECT_TRUE(told);
}

TEST(Damage, NobodyWantsThenNothingIsDelivered) {
  class Nobody : public abi::Sink {
   public:
    const abi::Projection* want(const abi::Header&) override { return nullptr; }
    void event(const abi::EventView&, const abi::Projection&, std::string_view) override { ADD_FAILURE(); }
  } nobody;
  EXPECT_EQ(read_all(file_of(ten()), nobody).records, 10u);
}

TEST(Sniff, FilesAndLoneChunks) {
  EXPECT_EQ(input::format_evtx.sniff(file_of(ten())), 100);
  EXPECT_EQ(input::format_evtx.sniff(file_of(ten()).substr(kChunk)), 100);
  EXPECT_EQ(input::format_evtx.sniff(std::string_view("ElfFile", 7)), 0);
  EXPECT_EQ(input::format_evtx.sniff("{\"EventID\": 1}"), 0);
}

}  // namespace
}  // namespace chainhunt::evtx::testing

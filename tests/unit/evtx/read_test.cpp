// What the reader promises its sink: projections per event, names, System parts, lifetimes of texts.
#include "tests/unit/evtx/build.h"
#include "tests/unit/evtx/collect.h"

namespace chainhunt::evtx::testing {
namespace {

// Two projections in turn over one template: each gets its own slots.
class Alternate : public abi::Sink {
 public:
  const abi::Projection* want(const abi::Header& header) override {
    EXPECT_EQ(text_of(header.computer), "FS01.corp.example");
    return header.code.number == 1 ? nullptr : header.record_id.number % 2 ? &odd : &even;
  }
  void event(const abi::EventView& event, const abi::Projection& projection, std::string_view) override {
    EXPECT_EQ(event.field_count, projection.fields.size());
    EXPECT_EQ(event.all, nullptr);
    std::string line;
    for (std::uint32_t i = 0; i < event.field_count; ++i) line += (i ? " " : "") + text_of(event.fields[i]);
    lines.push_back(line);
  }
  const abi::Projection odd{{"AccessMask", "Nothing", "level"}, false};
  const abi::Projection even{{"SHARENAME"}, false};
  std::vector<std::string> lines;
};

TEST(Reader, EachProjectionHasItsOwnSlots) {
  std::vector<Event> events;
  for (std::uint32_t i = 0; i < 4; ++i) {
    events.push_back(share_event(i));
    events.back().level = 4;
  }
  events[2].code = 1;
  Alternate sink;
  EXPECT_EQ(read_all(file_of(events), sink).records, 4u);
  EXPECT_EQ(sink.lines, (std::vector<std::string>{"0x0  4", "\\\\*\\C$", "\\\\*\\C$"}));
}

TEST(Reader, TheRecordsOwnDataComesBeforeSystem) {
  Event hides = share_event(1);
  hides.level = 4;
  hides.data = {{"Level", text("mine")}, {"computer", text("other")}};
  Event plain = share_event(1);
  plain.level = 5;
  plain.user_sid = "S-1-5-18";
  plain.activity_id = "{14207D89-0121-68FA-6E11-000000003F02}";
  plain.keywords = 0x8020000000000000;
  Collect collect({"Level", "Computer", "UserID", "ActivityID", "Keywords", "ThreadID", "Opcode"});
  read_all(file_of({hides, plain}), collect);
  ASSERT_EQ(collect.records.size(), 2u);
  EXPECT_EQ(collect.records[0].asked[0], "mine");
  EXPECT_EQ(collect.records[0].asked[1], "other");
  EXPECT_EQ(collect.records[0].asked_wires[2], abi::Wire::absent);
  EXPECT_EQ(collect.records[0].computer, "FS01.corp.example");
  EXPECT_EQ(collect.records[1].asked, (std::vector<std::string>{"5", "FS01.corp.example", "S-1-5-18", "{14207D89-0121-68FA-6E11-000000003F02}", "0x8020000000000000", "88", "0"}));
  EXPECT_EQ(collect.records[1].asked_wires[4], abi::Wire::hex);
}

TEST(Reader, UserDataIsKnownByPathAndWithoutItsFirstElement) {
  Event event = share_event(1);
  event.user_data = true;
  event.data = {{"LogFileCleared.Channel", text("System")}, {"LogFileCleared.Who.Name", text("alice")}, {"LogFileCleared.Who.Name", text("bob")}};
  Collect collect({"LogFileCleared.Channel", "Channel", "Who.Name", "Name"});
  read_all(file_of({event}), collect);
  ASSERT_EQ(collect.records.size(), 1u);
  EXPECT_EQ(collect.records[0].asked, (std::vector<std::string>{"System", "System", "alice,bob", ""}));
  EXPECT_EQ(collect.records[0].asked_wires[2], abi::Wire::list);
  EXPECT_EQ(collect.records[0].asked_wires[3], abi::Wire::absent);
}

TEST(Reader, RecordsCarryTheirBytesAndOffset) {
  const std::string file = file_of({share_event(1), share_event(2)});
  Collect collect;
  read_all(file, collect);
  ASSERT_EQ(collect.records.size(), 2u);
  for (const Record& record : collect.records) {
    EXPECT_EQ(record.bytes, file.substr(record.header.offset, record.bytes.size()));
    EXPECT_EQ(load32(record.bytes.data()), 0x2a2au);
    EXPECT_EQ(load32(record.bytes.data() + record.bytes.size() - 4), record.bytes.size());
  }
}

TEST(Reader, ARecordWithoutTimeIsCounted) {
  Event event = share_event(1);
  event.time = -kFiletimeToUnix;  // FILETIME 0: not set
  Collect collect;
  const auto report = read_all(file_of({event}), collect);
  EXPECT_EQ(report.no_time, 1u);
  ASSERT_EQ(collect.records.size(), 1u);
  EXPECT_EQ(collect.records[0].header.has_time, 0u);
}

TEST(Reader, ChangingComputersAreNotMixedUp) {
  std::vector<Event> events;
  for (int i = 0; i < 6; ++i) {
    events.push_back(share_event(1));
    events.back().computer = i % 2 ? "WS" + std::to_string(i) : "";
  }
  Collect collect;
  read_all(file_of(events), collect);
  ASSERT_EQ(collect.records.size(), 6u);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(collect.records[static_cast<std::size_t>(i)].computer, events[static_cast<std::size_t>(i)].computer);
}

}  // namespace
}  // namespace chainhunt::evtx::testing

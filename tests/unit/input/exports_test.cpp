// An EVTX file of the public logs, written as XML and as CSV by this test, reads as the file itself does.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "runtime/evtx/value.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

namespace fs = std::filesystem;
const fs::path kData = CHAINHUNT_DATA;

using Fields = std::map<std::string, std::vector<std::string>>;
struct Read {
  std::string channel, provider, computer, code, record_id;
  std::int64_t time;
  Fields fields;
  bool operator==(const Read&) const = default;
};

/// Every record with its fields as texts.
class Texts final : public abi::Sink {
 public:
  const abi::Projection* want(const abi::Header&) override { return &projection_; }
  void event(const abi::EventView& event, const abi::Projection&, std::string_view) override {
    const abi::Header& h = event.header;
    Read read{text(h.channel), text(h.provider), text(h.computer), text(h.code), text(h.record_id), h.time, {}};
    for (std::uint32_t i = 0; i < event.all_count; ++i) {
      const abi::Cell& cell = event.all[i].value;
      auto& values = read.fields[text(event.all[i].name)];
      if (cell.wire != abi::Wire::list) values.push_back(text(cell));
      else for (std::uint32_t j = 0; j < cell.size; ++j) values.push_back(text(cell.cells[j]));
    }
    reads.push_back(std::move(read));
  }
  std::vector<Read> reads;

 private:
  static std::string text(const abi::Cell& cell) {
    std::string out;
    evtx::append_text(cell, out);
    return out;
  }
  const abi::Projection projection_{{}, true};
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else if (c == '\'') out += "&apos;";
    else if (c == '\0') out += "&#0;";
    else out += c;
  }
  return out;
}

std::string iso(std::int64_t ticks) {
  // .NET's form needs no calendar here, but has milliseconds only; an epoch with a fraction has them all.
  const std::int64_t second = ticks / 10'000'000, rest = ticks % 10'000'000;
  std::string fraction = std::to_string(rest);
  return std::to_string(second) + "." + std::string(7 - fraction.size(), '0') + fraction;
}

std::string as_xml(const std::vector<Read>& reads) {
  std::string out = "<Events>";
  for (const Read& r : reads) {
    out += "<Event><System><Provider Name='" + escaped(r.provider) + "'/><EventID>" + r.code + "</EventID><TimeCreated SystemTime='" + iso(r.time) +
           "'/><EventRecordID>" + r.record_id + "</EventRecordID><Channel>" + escaped(r.channel) + "</Channel><Computer>" + escaped(r.computer) +
           "</Computer></System><EventData>";
    for (const auto& [name, values] : r.fields) {
      for (const auto& value : values) out += (name == "Data" ? "<Data>" : "<Data Name='" + escaped(name) + "'>") + escaped(value) + "</Data>";
    }
    out += "</EventData></Event>\n";
  }
  return out + "</Events>";
}

std::string quoted(const std::string& text) {
  std::string out;
  out.push_back('"');
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out.push_back('"');
  return out;
}

std::string as_csv(const std::vector<Read>& reads) {
  std::set<std::string> names;
  for (const Read& r : reads) for (const auto& [name, values] : r.fields) names.insert(name);
  std::string out = "EventCode;LogName;SourceName;ComputerName;RecordNumber;_time";
  for (const auto& name : names) out.append(";").append(quoted(name));
  for (const Read& r : reads) {
    out += '\n';
    out += r.code + ";" + quoted(r.channel) + ";" + quoted(r.provider) + ";" + quoted(r.computer) + ";" + r.record_id + ";" + iso(r.time);
    for (const auto& name : names) {
      const auto found = r.fields.find(name);
      out += ';';
      if (found != r.fields.end()) out += quoted(found->second.front());
    }
  }
  return out + "\n";
}

TEST(Exports, an_evtx_file_reads_the_same_as_xml_and_csv) {
  if (!fs::exists(kData / "logs/evtx")) GTEST_SKIP() << "no public logs here (CHAINHUNT_DATA)";
  std::size_t records = 0, fields = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kData / "logs/evtx")) {
    if (entry.path().extension() != ".evtx") continue;
    Texts sink;
    read_file(entry.path().string(), sink);
    auto& reads = sink.reads;
    for (Read& read : reads) {
      // What the forms below cannot say: several values under one name, no value, names of their own envelopes.
      std::erase_if(read.fields, [](const auto& f) {
        static const std::set<std::string> kEnvelope = {"Channel", "Computer", "Message", "SystemTime", "EventID", "host", "source", "index", "timestamp", "tag"};
        return (f.second.size() != 1) || f.first.empty() || f.second[0].find('\0') != std::string::npos || kEnvelope.contains(f.first);
      });
    }
    std::erase_if(reads, [](const Read& r) { return r.channel.empty() || r.provider.empty() || r.code.empty() || r.time <= 1'000'000'000'0000000; });
    if (reads.empty()) continue;
    Texts xml;
    const FileReport xml_report = read_bytes(as_xml(reads), "x", xml);
    EXPECT_EQ(xml_report.format, "xml");
    ASSERT_TRUE(xml_report.skips.empty()) << entry.path() << xml_report.skips[0].reason;
    ASSERT_EQ(xml.reads.size(), reads.size()) << entry.path();
    for (std::size_t i = 0; i < reads.size(); ++i) ASSERT_EQ(xml.reads[i], reads[i]) << entry.path() << " " << i;

    Texts csv;
    const FileReport csv_report = read_bytes(as_csv(reads), "x", csv);
    EXPECT_EQ(csv_report.format, "csv");
    ASSERT_TRUE(csv_report.skips.empty()) << entry.path() << csv_report.skips[0].reason;
    ASSERT_EQ(csv.reads.size(), reads.size()) << entry.path();
    for (std::size_t i = 0; i < reads.size(); ++i) {
      Read expected = reads[i];
      std::erase_if(expected.fields, [](const auto& f) { return f.second[0].empty(); });  // an empty cell is no field
      ASSERT_EQ(csv.reads[i], expected) << entry.path() << " " << i;
      fields += expected.fields.size();
    }
    records += reads.size();
  }
  EXPECT_GT(records, 7000u);
  EXPECT_GT(fields, 70000u);
}

}  // namespace
}  // namespace chainhunt::input

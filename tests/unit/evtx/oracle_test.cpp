// Every record of every real file, field for field, against an independent decoder.
#include <gtest/gtest.h>
#include <simdjson.h>
#include <zlib.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "runtime/evtx/chunk.h"
#include "tests/unit/evtx/collect.h"

namespace chainhunt::evtx::testing {
namespace {

const std::string kLogs = std::string(CHAINHUNT_DATA) + "/logs/";

struct Expected {
  std::map<std::string, std::string> data;  // Header, Header#2, … joined as one list
  std::map<std::string, std::string> system;
  std::uint64_t number = 0;
};

std::string gunzip(const std::string& path) {
  std::string out, block(1 << 20, '\0');
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file) return out;
  for (int n; (n = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0;) out.append(block.data(), static_cast<std::size_t>(n));
  gzclose(file);
  return out;
}

// "Header#2" is the second element of the path "Header".
std::string base_name(const std::string& name) {
  const std::size_t hash = name.rfind('#');
  return hash != std::string::npos && hash + 1 < name.size() && name.find_first_not_of("0123456789", hash + 1) == std::string::npos ? name.substr(0, hash) : name;
}

std::map<std::string, std::vector<Expected>> load_oracle() {
  std::map<std::string, std::vector<Expected>> files;
  const std::string text = gunzip(kLogs + "decoded.ndjson.gz");
  simdjson::ondemand::parser parser;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    simdjson::padded_string line(text.data() + at, end - at);
    at = end + 1;
    auto document = parser.iterate(line);
    Expected expected;
    std::string file;
    for (auto field : document.get_object()) {
      const std::string key(std::string_view(field.unescaped_key()));
      auto value = field.value();
      if (key == "data") {
        for (auto part : value.get_object()) {
          const std::string name = base_name(std::string(std::string_view(part.unescaped_key())));
          const std::string content(std::string_view(part.value().get_string()));
          const auto [found, fresh] = expected.data.try_emplace(name, content);
          if (!fresh) found->second += "," + content;
        }
      } else if (key == "rid") {
        expected.number = value.get_uint64();
      } else if (key == "file") {
        file = std::string(std::string_view(value.get_string()));
      } else {
        expected.system[key] = std::string(std::string_view(value.get_string()));
      }
    }
    files[file].push_back(std::move(expected));
  }
  return files;
}

std::string path_of(const std::string& file) { return kLogs + file; }

// Where the bytes say something else than the oracle (docs/evtx.md shows them).
struct Exception {
  const char* file;
  std::uint64_t number;
  const char* field;
  const char* oracle_lacks;  // what stands here behind the oracle's text
};
constexpr Exception kExceptions[] = {
    // The array's last string is empty, and ended by its own NUL; the oracle trims it away.
    {"evtx-parser/permissive/Application_no_crc32.evtx", 439, "Data", ","},
};
// Records behind a hole of zeros and before the free-space offset; the oracle stops at the hole.
struct More {
  const char* file;
  std::uint64_t first, last;
};
constexpr More kMore[] = {{"evtx-parser/permissive/sample_with_a_bad_chunk_magic.evtx", 47675, 47705}};

bool excepted(const std::string& file, std::uint64_t number, const std::string& name, const std::string& oracle, const std::string& here) {
  for (const Exception& e : kExceptions) {
    if (file == e.file && number == e.number && name == e.field && here == oracle + e.oracle_lacks) return true;
  }
  return false;
}

TEST(Oracle, EveryRecordOfEveryFileFieldForField) {
  if (!std::filesystem::exists(kLogs + "decoded.ndjson.gz")) GTEST_SKIP() << "no shared logs below " << kLogs;
  const auto files = load_oracle();
  ASSERT_GT(files.size(), 300u);
  std::size_t records = 0, differences = 0;
  std::ostringstream shown;
  const auto differ = [&](const std::string& file, std::uint64_t number, const std::string& what, const std::string& want, const std::string& have) {
    if (++differences <= 40) shown << file << " #" << number << " " << what << ": oracle <" << want.substr(0, 300) << "> here <" << have.substr(0, 300) << ">\n";
  };
  for (const auto& [file, expected] : files) {
    Collect collect({"Level", "Task", "Opcode", "Keywords", "Version", "ProcessID", "UserID"});
    const std::string bytes = slurp(path_of(file));
    ASSERT_FALSE(bytes.empty()) << file;
    read_all(bytes, collect);
    for (const More& more : kMore) {
      if (file != more.file) continue;
      const std::size_t erased = std::erase_if(collect.records, [&](const Record& r) { return r.number >= more.first && r.number <= more.last; });
      EXPECT_EQ(erased, more.last - more.first + 1) << file;
    }
    if (collect.records.size() != expected.size()) {
      differ(file, 0, "records", std::to_string(expected.size()), std::to_string(collect.records.size()));
      continue;
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Expected& want = expected[i];
      const Record& have = collect.records[i];
      ++records;
      if (want.number != have.number) differ(file, have.number, "record number", std::to_string(want.number), std::to_string(have.number));
      std::map<std::string, std::string> data(have.data.begin(), have.data.end());
      for (const auto& [name, value] : want.data) {
        const auto found = data.find(name);
        if (found == data.end()) differ(file, want.number, name, value, "(absent)");
        else if (found->second != value && !excepted(file, want.number, name, value, found->second)) {
          std::size_t same = 0;
          while (same < value.size() && same < found->second.size() && value[same] == found->second[same]) ++same;
          differ(file, want.number, name, value.substr(same), found->second.substr(same));
        }
      }
      for (const auto& [name, value] : data) {
        if (!want.data.contains(name)) differ(file, want.number, name, "(absent)", value);
      }
      const auto system = [&](const char* name, const std::string& value) {
        const auto found = want.system.find(name);
        const std::string text = found == want.system.end() ? "" : found->second;
        if (text != value) differ(file, want.number, std::string("System ") + name, text, value);
      };
      system("Provider", have.provider);
      system("Channel", have.channel);
      system("Computer", have.computer);
      system("EventID", have.code);
      if (want.system.at("EventRecordID") != "") system("EventRecordID", have.id);
      if (have.header.has_time) {
        // Times that forwarding wrote as text have nine digits in the oracle: compared as times.
        std::int64_t ticks = 0;
        EXPECT_TRUE(parse_time(want.system.at("Time"), ticks)) << file;
        EXPECT_EQ(ticks, have.header.time) << file << " #" << want.number;
      } else {
        EXPECT_TRUE(want.system.at("Time").empty() || want.system.at("Time").starts_with("1601-01-01T00:00:00")) << file;
      }
      static constexpr const char* kNames[] = {"Level", "Task", "Opcode", "Keywords", "Version", "PID", "UserID"};
      static constexpr const char* kFields[] = {"Level", "Task", "Opcode", "Keywords", "Version", "ProcessID", "UserID"};
      for (std::size_t k = 0; k < std::size(kNames); ++k) {
        bool hidden = false;
        for (const auto& [name, value] : data) hidden = hidden || strcasecmp(base_name(name).c_str(), kFields[k]) == 0 || name.ends_with(std::string(".") + kFields[k]);
        if (!hidden) system(kNames[k], have.asked[k]);
      }
    }
  }
  EXPECT_EQ(differences, 0u) << shown.str();
  EXPECT_GT(records, 17'000u);
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

// Slot maps and shapes against reading each record on its own; names asked for one by one against all.
TEST(Real, SlotMapsReadWhatTheGeneralWayReads) {
  if (!std::filesystem::exists(kLogs)) GTEST_SKIP() << "no shared logs below " << kLogs;
  std::size_t records = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kLogs)) {
    if (entry.path().extension() != ".evtx") continue;
    const std::string bytes = slurp(entry.path().string());
    const File file(bytes);
    Collect general;
    ChunkReader slow(true);
    Tally slow_tally;
    for (std::size_t i = 0; i < file.chunk_count(); ++i) slow.read(file.chunk(i), file.chunk_offset(i), general, slow_tally);
    std::set<std::string> names;
    for (const Record& record : general.records) {
      for (const auto& [name, value] : record.data) {
        if (names.size() < 100) names.insert(upper(name));
      }
    }
    const std::vector<std::string> asked(names.begin(), names.end());
    Collect quick(asked);
    ChunkReader fast;
    Tally fast_tally;
    for (std::size_t i = 0; i < file.chunk_count(); ++i) fast.read(file.chunk(i), file.chunk_offset(i), quick, fast_tally);
    ASSERT_EQ(quick.records.size(), general.records.size()) << entry.path();
    EXPECT_EQ(fast_tally.issues.size(), slow_tally.issues.size()) << entry.path();
    for (std::size_t i = 0; i < quick.records.size(); ++i) {
      const Record& have = quick.records[i];
      const Record& want = general.records[i];
      ASSERT_EQ(have.data, want.data) << entry.path() << " #" << want.number;
      ASSERT_EQ(have.wires, want.wires) << entry.path() << " #" << want.number;
      ASSERT_EQ(have.id, want.id);
      ASSERT_EQ(have.header.time, want.header.time);
      ASSERT_EQ(have.computer, want.computer);
      ++records;
      for (std::size_t k = 0; k < asked.size(); ++k) {
        std::string expected = "(absent)";
        for (const auto& [name, value] : want.data) {
          if (upper(name) == asked[k]) { expected = value; break; }
        }
        if (expected == "(absent)") continue;  // a System part or a shortened UserData name may answer
        ASSERT_EQ(have.asked[k], expected) << asked[k] << " in " << entry.path() << " #" << want.number;
      }
    }
  }
  EXPECT_GT(records, 17'000u);
}

TEST(Oracle, DamagedAndOddFilesYieldWhatOtherReadersFind) {
  const std::string table = slurp(kLogs + "ROBUSTNESS.tsv");
  if (table.empty()) GTEST_SKIP() << "no shared logs below " << kLogs;
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  std::size_t files = 0;
  while (std::getline(lines, line)) {
    std::istringstream columns(line);
    std::string set, file, origin, records;
    std::getline(columns, set, '\t');
    std::getline(columns, file, '\t');
    std::getline(columns, origin, '\t');
    std::getline(columns, records, '\t');
    const std::string bytes = slurp(path_of(file));
    if (bytes.empty()) continue;
    ++files;
    Collect collect;
    read_all(bytes, collect);
    EXPECT_GE(collect.records.size(), std::stoul(records)) << file;
  }
  EXPECT_GT(files, 10u);
}

}  // namespace
}  // namespace chainhunt::evtx::testing

// The fuzzer's seeds (tests/fuzz/seeds/evtx) are written by the writer, here: set CHAINHUNT_UPDATE_SEEDS
// to write them anew.
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "runtime/evtx/file.h"
#include "tests/unit/evtx/build.h"
#include "tests/unit/evtx/collect.h"

namespace chainhunt::evtx::testing {
namespace {

// A chunk without the zeros behind its records; with the file header's first bytes or without.
std::string trimmed(std::string file, bool lone) {
  file.resize(file.find_last_not_of('\0') + 4);  // the last record's size ends in zeros
  return lone ? file.substr(kFileHeaderBytes) : file;
}

std::map<std::string, std::string> seeds() {
  std::map<std::string, std::string> out;
  Event plain = share_event(0x100180);
  Event user = share_event(1);
  user.user_data = true;
  user.data = {{"LogFileCleared.SubjectUserName", text("alice")}, {"LogFileCleared.More.X", hex32(1)}, {"LogFileCleared.More.X", null_value()}};
  const std::array<std::string, 2> words = {"a", "b"};
  const std::array<std::uint64_t, 2> numbers = {1, 2};
  Event types = share_event(1);
  types.data = {{"", text_list(words)}, {"Data", null_value()}, {"N", number_list(Type::uint32, numbers)}, {"I", number(Type::int16, 0x8000)},
                {"B", boolean(true)}, {"R", real(1.5)}, {"F", filetime(kNoon)}, {"G", *guid("{14207D89-0121-68FA-6E11-000000003F02}")},
                {"S", *sid("S-1-5-21-1-2-3-500")}, {"A", {static_cast<std::uint8_t>(Type::ansi), "ansi"}}, {"Binary", binary("\x01\x02")}};
  Event extras = share_event(2);
  extras.qualifiers = 16384;
  extras.user_sid = "S-1-5-18";
  extras.activity_id = "{14207D89-0121-68FA-6E11-000000003F02}";
  out["lone_chunk"] = trimmed(file_of({plain, plain}), true);
  out["user_data"] = trimmed(file_of({user}), true);
  out["types"] = trimmed(file_of({types}), true);
  out["extras"] = trimmed(file_of({extras, plain, user, types}), true);
  out["file"] = trimmed(file_of({plain}), false);
  std::string holed = trimmed(file_of({plain, types, plain}), true);
  std::fill_n(holed.begin() + kChunkHeaderBytes + 2000, 300, '\0');
  out["hole"] = holed;
  return out;
}

TEST(Seeds, AreWhatTheWriterMakes) {
  const std::filesystem::path folder = std::filesystem::path(CHAINHUNT_SOURCE) / "tests/fuzz/seeds/evtx";
  for (const auto& [name, bytes] : seeds()) {
    if (std::getenv("CHAINHUNT_UPDATE_SEEDS")) std::ofstream(folder / name, std::ios::binary) << bytes;
    EXPECT_EQ(slurp((folder / name).string()), bytes) << name;
    Collect collect;
    EXPECT_GT(read_all(bytes, collect).records, 0u) << name;
  }
}

}  // namespace
}  // namespace chainhunt::evtx::testing

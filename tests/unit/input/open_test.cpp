// Files: compression, bombs, encodings, what is no log, folders.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

namespace fs = std::filesystem;
using test::Collect;

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string utf16(std::string_view ascii, bool big) {
  std::string out = big ? "\xfe\xff" : "\xff\xfe";
  for (const char c : ascii) {
    if (big) out += '\0';
    out += c;
    if (!big) out += '\0';
  }
  return out;
}

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "{\"v\":" + std::to_string(i) + ",\"pad\":\"" + std::to_string(i * 7919) + "\"}\n";
  return text;
}

/// A folder of its own that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "chainhunt_input_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string put(const std::string& name, std::string_view bytes) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void expect_same(const std::string& bytes, std::size_t records) {
  const Folder folder;
  const std::string path = folder.put("log", bytes);
  for (const bool in_memory : {false, true}) {
    Collect sink({"v"});
    const FileReport report = in_memory ? read_bytes(bytes, "log", sink) : read_file(path, sink);
    EXPECT_EQ(report.error, "");
    EXPECT_EQ(report.records, records);
    EXPECT_TRUE(report.skips.empty()) << report.skips[0].offset << " " << report.skips[0].reason;
    ASSERT_EQ(sink.events.size(), records);
    for (std::size_t i = 0; i < records; ++i) ASSERT_EQ(sink.events[i].fields[0], std::to_string(i));
  }
}

TEST(Open, plain) { expect_same(lines(1000), 1000); }
TEST(Open, gzip_of_several_blocks) { expect_same(gzip(lines(250000)), 250000); }
TEST(Open, zstd_of_several_blocks) { expect_same(zstd(lines(250000)), 250000); }
TEST(Open, utf16_little_endian) { expect_same(utf16(lines(60000), false), 60000); }
TEST(Open, utf16_big_endian_in_gzip) { expect_same(gzip(utf16(lines(1000), true)), 1000); }
TEST(Open, several_gzip_members_and_padding) {
  const std::string text = lines(1000);
  // The cut lies within a record.
  expect_same(gzip(text.substr(0, 1234)) + gzip("") + gzip(text.substr(1234)) + std::string(512, '\0'), 1000);
}
TEST(Open, several_zstd_frames) {
  const std::string text = lines(1000);
  expect_same(zstd(text.substr(0, 1234)) + zstd(text.substr(1234)), 1000);
}
TEST(Open, an_array_over_many_blocks) {
  std::string text = lines(300000);
  std::replace(text.begin(), text.end(), '\n', ',');
  text.back() = ']';
  expect_same(gzip("[" + text), 300000);
}
TEST(Open, one_record_larger_than_a_block) {
  expect_same(gzip("{\"v\":0,\"pad\":\"" + std::string(20u << 20, 'x') + "\"}\n{\"v\":1}"), 2);
}

TEST(Open, utf16_beyond_ascii) {
  // é, an emoji, and a lone surrogate.
  std::string bytes = utf16("{\"v\":\"", false);
  for (const unsigned unit : {0xe9u, 0xd83du, 0xde00u, 0xd800u}) {
    bytes += static_cast<char>(unit & 0xff);
    bytes += static_cast<char>(unit >> 8);
  }
  bytes += utf16("\"}", false).substr(2);
  Collect sink({"v"});
  EXPECT_EQ(read_bytes(bytes, "x", sink).error, "");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].fields[0], "'\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd'");
}

struct Damage {
  const char* name;
  std::string bytes;
  bool some_records;
  const char* error;  // part of it
};

TEST(Open, damaged_compression_keeps_what_was_read) {
  const std::string text = lines(200000);
  const std::string packed = gzip(text);
  const std::string frame = zstd(text);
  std::string flipped = packed;
  for (std::size_t i = 0; i < 64; ++i) flipped[packed.size() / 2 + i] = static_cast<char>(0xff);
  const Damage cases[] = {
      {"gzip_cut", packed.substr(0, packed.size() / 2), true, "gzip data end early"},
      {"gzip_trailer_cut", packed.substr(0, packed.size() - 3), true, "gzip data end early"},
      {"gzip_flipped", flipped, true, "damaged"},
      {"gzip_trailing_bytes", packed + "tail", true, "bytes behind"},
      {"gzip_header_only", packed.substr(0, 5), false, "gzip data end early"},
      {"zstd_cut", frame.substr(0, frame.size() / 2), true, "zstd data end early"},
      {"zstd_trailing_bytes", frame + "tail", true, "zstd data are damaged"},
      {"zstd_magic_only", frame.substr(0, 4), false, "zstd data end early"},
  };
  for (const Damage& damage : cases) {
    Collect sink({"v"});
    const FileReport report = read_bytes(damage.bytes, damage.name, sink);
    EXPECT_NE(report.error.find(damage.error), std::string::npos) << damage.name << ": " << report.error;
    EXPECT_EQ(report.records > 1000, damage.some_records) << damage.name;
    EXPECT_LE(report.records, 200000u);
  }
}

TEST(Open, bombs_are_given_up) {
  const std::string blanks(128u << 20, ' ');
  struct Row {
    const char* name;
    std::uint64_t max_bytes;
    std::uint64_t max_ratio;
    std::uint64_t most_read;
  };
  const Row rows[] = {{"size", 1 << 20, 1u << 30, 1 << 20}, {"ratio", 1ull << 40, 100, 80u << 20}};
  for (const std::string& bomb : {gzip("{\"v\":1}\n" + blanks), zstd("{\"v\":1}\n" + blanks)}) {
    for (const Row& row : rows) {
      Limits limits;
      limits.max_expanded_bytes = row.max_bytes;
      limits.max_expansion_ratio = row.max_ratio;
      Collect sink({"v"});
      const FileReport report = read_bytes(bomb, "bomb", sink, limits);
      EXPECT_NE(report.error.find("expands to more than"), std::string::npos) << row.name << report.error;
      EXPECT_LE(report.bytes, row.most_read) << row.name;
      EXPECT_EQ(report.records, 1u) << row.name;
    }
  }
}

TEST(Open, nothing_in_it) {
  for (const std::string& empty : {std::string(), gzip(""), zstd(""), utf16("", false), std::string("\xef\xbb\xbf")}) {
    Collect sink;
    const FileReport report = read_bytes(empty, "empty", sink);
    EXPECT_EQ(report.error, "");
    EXPECT_EQ(report.records, 0u);
    EXPECT_TRUE(report.skips.empty());
  }
  const Folder folder;
  Collect sink;
  EXPECT_EQ(read_file(folder.put("empty", ""), sink).error, "");
}

TEST(Open, what_is_no_log) {
  const std::pair<std::string, const char*> cases[] = {
      {"MZ\x90 this is a program", "starts with 4d 5a 90"},
      {"plain text, no log", "starts with \"plain text, no l\""},
      {gzip(gzip("{\"v\":1}")), "starts with 1f 8b"},
      {"[2024-01-01] text", "starts with \"[2024-01-01] tex\""},
  };
  for (const auto& [bytes, message] : cases) {
    Collect sink;
    const FileReport report = read_bytes(bytes, "x", sink);
    EXPECT_NE(report.error.find(message), std::string::npos) << report.error;
    EXPECT_TRUE(sink.events.empty());
  }
}

TEST(Open, what_cannot_be_opened) {
  const Folder folder;
  Collect sink;
  EXPECT_NE(read_file((folder.path() / "none").string(), sink).error.find("cannot open"), std::string::npos);
  EXPECT_EQ(read_file(folder.path().string(), sink).error, "is a folder");
}

TEST(ListInputs, folders_are_walked_sorted_without_hidden_files_and_loops) {
  const Folder folder;
  folder.put("b.json", "{}");
  folder.put("a/z.json", "{}");
  folder.put("a/.hidden", "{}");
  folder.put(".git/x", "{}");
  fs::create_directory_symlink(folder.path(), folder.path() / "a" / "loop");
  fs::create_symlink(folder.path() / "b.json", folder.path() / "c.json");
  const std::string root = folder.path().string();
  const auto files = list_inputs(std::vector<std::string>{root, root + "/b.json", "-"});
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(*files, (std::vector<std::string>{root + "/a/z.json", root + "/b.json", root + "/c.json", root + "/b.json", "-"}));
}

TEST(ListInputs, a_missing_path_is_named) {
  const auto files = list_inputs(std::vector<std::string>{"/nowhere/at/all.json"});
  ASSERT_FALSE(files.ok());
  EXPECT_NE(files.error().message.find("/nowhere/at/all.json"), std::string::npos);
}

}  // namespace
}  // namespace chainhunt::input

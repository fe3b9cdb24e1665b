// Archives: members and their names, archives in archives, bombs, damage, encryption.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

namespace fs = std::filesystem;
using test::Collect;

struct File {
  std::string name, bytes;
};

enum class Kind { zip, stored_zip, tar, seven_zip, encrypted_zip };

/// An archive as libarchive writes it.
std::string pack(Kind kind, const std::vector<File>& files) {
  archive* const a = archive_write_new();
  switch (kind) {
    case Kind::zip: archive_write_set_format_zip(a); break;
    case Kind::stored_zip:
      archive_write_set_format_zip(a);
      archive_write_zip_set_compression_store(a);
      break;
    case Kind::encrypted_zip:
      archive_write_set_format_zip(a);
      archive_write_set_options(a, "zip:encryption=traditional");
      archive_write_set_passphrase(a, "secret");
      break;
    case Kind::tar: archive_write_set_format_pax_restricted(a); break;
    case Kind::seven_zip: archive_write_set_format_7zip(a); break;
  }
  std::size_t size = 1 << 20;
  for (const File& file : files) size += file.bytes.size() + 4096;
  std::string out(size, '\0');
  std::size_t used = 0;
  EXPECT_EQ(archive_write_open_memory(a, out.data(), out.size(), &used), ARCHIVE_OK);
  for (const File& file : files) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, file.name.c_str());
    const bool folder = !file.name.empty() && file.name.back() == '/';
    archive_entry_set_filetype(entry, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.bytes.size()));
    EXPECT_EQ(archive_write_header(a, entry), ARCHIVE_OK) << archive_error_string(a);
    EXPECT_EQ(archive_write_data(a, file.bytes.data(), file.bytes.size()), static_cast<la_ssize_t>(file.bytes.size()));
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
  out.resize(used);
  return out;
}

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

std::string records(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += "{\"v\":" + std::to_string(i) + "}\n";
  return text;
}

/// Notes where each record stands.
class Parts final : public abi::Sink {
 public:
  const abi::Projection* want(const abi::Header&) override { return &projection_; }
  void event(const abi::EventView& event, const abi::Projection&, std::string_view) override {
    seen.push_back(part_ + ":" + std::to_string(event.header.offset) + "=" + test::shown(event.fields[0]));
  }
  void part(std::string_view path) override { part_ = path; }
  std::vector<std::string> seen;
  const std::string& now() const { return part_; }

 private:
  std::string part_;
  const abi::Projection projection_{{"v"}, false};
};

const std::vector<File> kFiles = {{"a.json", records(0, 2)}, {"dir/", ""}, {"dir/b.csv", "time,v\n2024-01-01T00:00:00Z,7\n"}, {".hidden.json", records(5, 6)},
                                  {"__MACOSX/x.json", records(5, 6)}, {"./c.json.gz", gzip(records(2, 3))}, {"empty.json", ""}};
const std::vector<std::string> kSeen = {"a.json:0=0", "a.json:8=1", "dir/b.csv:7='7'", "./c.json.gz:0=2"};

std::vector<std::string> paths(const FileReport& report) {
  std::vector<std::string> out;
  for (const auto& member : report.members) out.push_back(member.path);
  return out;
}

TEST(Archives, every_kind_from_memory_from_a_file_and_from_a_pipe) {
  for (const auto& [kind, format] : {std::pair{Kind::zip, "zip"}, {Kind::stored_zip, "zip"}, {Kind::tar, "tar"}, {Kind::seven_zip, "7z"}}) {
    const std::string bytes = pack(kind, kFiles);
    for (const bool zipped : {false, true}) {
      Parts sink;
      const FileReport report = read_bytes(zipped ? gzip(bytes) : bytes, "logs.x", sink);
      EXPECT_EQ(report.error, "") << format;
      EXPECT_EQ(report.format, format);
      auto seen = sink.seen;
      auto expected = kSeen;
      // libarchive's 7z writer puts the empty ones last.
      std::sort(seen.begin(), seen.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(seen, expected) << format << zipped;
      EXPECT_EQ(report.records, 4u);
      EXPECT_EQ(report.members.size(), 4u);
      EXPECT_EQ(report.members[0].path, "logs.x/a.json");
      EXPECT_EQ(sink.now(), "");
      for (const auto& member : report.members) EXPECT_EQ(member.error, "") << member.path;
    }
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    close(ends[1]);
    const int before = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    Parts sink;
    const FileReport report = read_file("-", sink);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
    EXPECT_EQ(report.error, "") << format;
    EXPECT_EQ(sink.seen.size(), kSeen.size()) << format;
  }
}

TEST(Archives, one_in_another_and_no_more) {
  const std::string inner = pack(Kind::tar, {{"in.json", records(1, 2)}});
  Parts sink;
  const FileReport report = read_bytes(pack(Kind::zip, {{"x/inner.tar", inner}, {"inner.tar.gz", gzip(inner)}}), "o.zip", sink);
  EXPECT_EQ(sink.seen, (std::vector<std::string>{"x/inner.tar/in.json:0=1", "inner.tar.gz/in.json:0=1"}));
  ASSERT_EQ(report.members.size(), 2u);
  ASSERT_EQ(report.members[0].members.size(), 1u);
  EXPECT_EQ(report.members[0].members[0].path, "o.zip/x/inner.tar/in.json");
  EXPECT_EQ(report.records, 2u);

  Parts second;
  const std::string two = pack(Kind::zip, {{"two.zip", pack(Kind::zip, {{"inner.tar", inner}, {"ok.json", records(3, 4)}})}});
  const FileReport deep = read_bytes(two, "o.zip", second);
  EXPECT_EQ(second.seen, (std::vector<std::string>{"two.zip/ok.json:0=3"}));
  EXPECT_EQ(deep.members[0].members[0].error, "an archive in an archive in an archive is not opened");
}

TEST(Archives, names_cannot_steer_a_terminal_or_lead_elsewhere) {
  Parts sink;
  const FileReport report = read_bytes(pack(Kind::tar, {{"../../etc/\x1b[31mx\n.json", records(0, 1)}}), "t", sink);
  ASSERT_EQ(report.members.size(), 1u);
  EXPECT_EQ(report.members[0].path.find_first_of("\x1b\n"), std::string::npos) << report.members[0].path;
  EXPECT_EQ(report.records, 1u);
}

TEST(Archives, what_is_no_log_in_it_is_said_and_loses_nothing_else) {
  Parts sink;
  const FileReport report = read_bytes(pack(Kind::zip, {{"readme.txt", "hello, reader"}, {"a.json", records(0, 1)}}), "z", sink);
  EXPECT_EQ(report.error, "");
  EXPECT_NE(report.members[0].error.find("not a log format"), std::string::npos);
  EXPECT_EQ(report.records, 1u);
  Parts none;
  EXPECT_EQ(read_bytes(pack(Kind::zip, {}), "z", none).error, "no file in the zip archive");
}

TEST(Archives, bombs_are_given_up) {
  const std::string blanks(80u << 20, ' ');
  Limits size;
  size.max_expanded_bytes = 1 << 20;
  Limits ratio;
  ratio.max_expansion_ratio = 100;
  Limits entries;
  entries.max_archive_entries = 3;
  const std::string bomb = pack(Kind::zip, {{"a.json", records(0, 1)}, {"bomb.json", blanks}, {"b.json", records(0, 1)}});
  for (const Limits& limits : {size, ratio}) {
    for (const std::string& bytes : {bomb, pack(Kind::zip, {{"in.zip", bomb}}), pack(Kind::tar, {{"in.json.gz", gzip(blanks)}, {"b.json", records(0, 1)}})}) {
      Parts sink;
      const FileReport report = read_bytes(bytes, "z", sink, limits);
      std::string errors = report.error;
      for (const auto& member : report.members) {
        errors += member.error;
        for (const auto& inner : member.members) errors += inner.error;
      }
      EXPECT_NE(errors.find("expands to more than"), std::string::npos) << errors;
      EXPECT_LE(report.bytes, 80u << 20);
    }
  }
  Parts sink;
  const FileReport many = read_bytes(pack(Kind::zip, {{"a", records(0, 1)}, {"b", records(0, 1)}, {"c", records(0, 1)}, {"d", records(0, 1)}}), "z", sink, entries);
  EXPECT_EQ(many.error, "more than 3 files and folders in it");
  EXPECT_EQ(many.records, 3u);
}

TEST(Archives, encrypted_members_are_named) {
  Parts sink;
  const FileReport report = read_bytes(pack(Kind::encrypted_zip, {{"a.json", records(0, 5)}, {"b.json", records(0, 5)}}), "z", sink);
  ASSERT_EQ(report.members.size(), 2u) << report.error;
  for (const auto& member : report.members) EXPECT_EQ(member.error, "encrypted: cannot be read without its password");
  EXPECT_TRUE(sink.seen.empty());
}

TEST(Archives, damage_keeps_what_can_be_read) {
  std::string noise;
  for (int i = 0; i < 20000; ++i) noise += "{\"v\":" + std::to_string(i * 7919 % 100003) + "}\n";
  const std::vector<File> files = {{"a.json", records(0, 3)}, {"bad.json", noise}, {"c.json", records(3, 5)}};
  // In the middle of the second: the directory at the end leads to the third.
  std::string zip = pack(Kind::zip, files);
  for (std::size_t i = 0; i < 64; ++i) zip[zip.size() / 2 + i] = '\x55';
  Parts sink;
  const FileReport report = read_bytes(zip, "z", sink);
  ASSERT_EQ(report.members.size(), 3u) << report.error;
  EXPECT_EQ(report.members[0].records, 3u);
  EXPECT_NE(report.members[1].error.find("damaged"), std::string::npos) << report.members[1].error;
  EXPECT_EQ(report.members[2].records, 2u);
  // Cut off: no directory.
  for (const Kind kind : {Kind::zip, Kind::tar}) {
    const std::string whole = pack(kind, files);
    Parts cut;
    const FileReport half = read_bytes(whole.substr(0, whole.size() / 2), "z", cut);
    ASSERT_GE(half.members.size(), 2u);
    EXPECT_EQ(half.members[0].records, 3u);
    EXPECT_GT(half.members[1].records, 100u);
    EXPECT_NE(half.members[1].error + half.error, "");
  }
  Parts seven;
  const std::string whole = pack(Kind::seven_zip, files);
  EXPECT_NE(read_bytes(whole.substr(0, whole.size() / 2), "z", seven).error, "");
}

TEST(Archives, an_evtx_file_in_each_kind) {
  const fs::path folder = fs::path(CHAINHUNT_SOURCE) / "rules/friday_fun/samples";
  std::vector<File> files;
  std::uint64_t expected = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".evtx") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files.push_back({entry.path().filename().string(), std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>())});
    Parts sink;
    expected += read_bytes(files.back().bytes, "x", sink).records;
  }
  ASSERT_GT(expected, 0u);
  for (const Kind kind : {Kind::zip, Kind::tar, Kind::seven_zip}) {
    Parts sink;
    const FileReport report = read_bytes(pack(kind, files), "x", sink);
    EXPECT_EQ(report.records, expected);
    EXPECT_EQ(report.error, "");
    EXPECT_EQ(paths(report).size(), files.size());
  }
}

}  // namespace
}  // namespace chainhunt::input

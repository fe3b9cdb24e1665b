// Hits sorted within a memory budget: the codec, and the sorter against order_and_deduplicate.
#include "runtime/engine/hit_sorter.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <random>
#include <thread>
#include <tuple>

#include "runtime/engine/hit_codec.h"
#include "runtime/engine/records.h"
#include "runtime/engine/spill.h"

namespace chainhunt {
namespace {

using engine::Hit;
using engine::HitSorter;
using engine::SortedHits;
using engine::SorterOptions;

std::string bytes_of(const Hit& hit) {
  std::string out;
  engine::encode(hit, out);
  return out;
}

/// All fields, through no code of the codec.
auto all_of(const Hit& hit) {
  std::vector<std::tuple<std::vector<std::string>, std::string, std::vector<std::string>, bool>> captures;
  for (const auto& captured : hit.captures) captures.emplace_back(captured.keys, captured.text, captured.elements, captured.present);
  const auto& e = hit.event;
  return std::tuple(hit.link, std::tuple(e.time, e.computer, e.channel, e.has_record_id, e.record_id, e.provider, e.event_id, e.digest),
                    hit.shown_channel, hit.shown_computer, hit.source, hit.offset, captures);
}

Hit odd_hit() {
  using std::string_literals::operator""s;
  Hit hit;
  hit.link = std::numeric_limits<std::uint32_t>::max();
  hit.event = {std::numeric_limits<std::int64_t>::min(), "a\0b"s, "\0"s, true, std::numeric_limits<std::uint64_t>::max(),
               "\xff\xfe\0\0\1"s, "", std::string(16, '\0')};
  hit.shown_channel = "Security\0"s;
  hit.shown_computer = std::string(70'000, 'x');
  hit.source = 1;
  hit.offset = 1ull << 40;
  hit.captures = {{{}, "", {}, false}, {{""}, "", {""}, true}, {{"a", "b\0"s, std::string(200, 'k')}, "a, b\0"s, {"a", "b\0"s}, true}, {{}, "shown", {}, true}};
  return hit;
}

TEST(hit_codec, gives_back_odd_values) {
  Hit plain;
  Hit negative = odd_hit();
  negative.event.time = -1;
  negative.event.record_id = 0;
  Hit read = odd_hit();  // what it held before is gone
  for (const Hit& hit : {plain, odd_hit(), negative, plain}) {
    const auto decoded = engine::decode(bytes_of(hit), read);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_EQ(all_of(read), all_of(hit));
  }
}

TEST(hit_codec, refuses_what_is_cut_off_or_followed) {
  Hit hit = odd_hit();
  hit.shown_computer = std::string(200, 'x');
  const std::string bytes = bytes_of(hit);
  Hit read;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = engine::decode(std::string_view(bytes).substr(0, size), read);
    ASSERT_FALSE(decoded.ok()) << size;
    EXPECT_NE(decoded.error().message.find("damaged hit at byte"), std::string::npos);
  }
  EXPECT_FALSE(engine::decode(bytes + '\0', read).ok());
}

TEST(hit_codec, refuses_damaged_numbers_or_reads_them_as_written) {
  Hit hit = odd_hit();
  hit.shown_computer = "x";
  const std::string bytes = bytes_of(hit);
  Hit read;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(value);
      if (engine::decode(damaged, read).ok()) {
        EXPECT_EQ(bytes_of(read), damaged);
      }
    }
  }
}

TEST(hit_codec, announced_lengths_beyond_the_end_take_no_memory) {
  Hit hit;
  std::string bytes = bytes_of(hit);
  bytes.resize(bytes.size() - 9);  // the parts and the number of captures
  bytes += '\xff';
  bytes += "\xff\xff\xff\xff\xff\xff\xff\xff\1";
  Hit read;
  const auto decoded = engine::decode(bytes, read);
  ASSERT_FALSE(decoded.ok());
  EXPECT_NE(decoded.error().message.find("announces"), std::string::npos) << decoded.error().message;
}

/// Few values for each field, so that there are ties of every length, and copies of records.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}
  Hit make() {
    const std::string texts[] = {"", "a", std::string("a\0", 2), std::string("a\0b", 3), "ab", "b", "\xff"};
    const auto text = [&] { return texts[pick(7)]; };
    Hit hit;
    hit.event.time = static_cast<std::int64_t>(pick(40)) - 20;
    hit.event.computer = pick(3) == 0 ? text() : "host";
    hit.event.channel = pick(3) == 0 ? text() : "security";
    hit.event.has_record_id = pick(4) != 0;
    hit.event.record_id = hit.event.has_record_id ? (pick(2) == 0 ? pick(3) : 254 + pick(4)) : 0;
    hit.event.provider = pick(5) == 0 ? text() : "provider";
    hit.event.event_id = pick(5) == 0 ? "4624" : "4625";
    hit.event.digest = std::string(15, '\0') + static_cast<char>(pick(2));
    hit.source = static_cast<std::uint32_t>(pick(3));
    hit.offset = pick(2) * 255 + pick(2);
    hit.link = static_cast<std::uint32_t>(pick(3));
    // The rest is one for each place and link: which of repeated hits is kept must not show.
    hit.shown_channel = "Security";
    hit.shown_computer = bytes_of(hit);
    hit.captures = {{{"host"}, "HOST", {}, true}, {{}, "", {}, false}, {{hit.shown_computer, "z"}, "list", {hit.shown_computer, "z"}, true}};
    return hit;
  }
  std::vector<Hit> make(std::size_t count) {
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < count; ++i) hits.push_back(make());
    return hits;
  }
  std::size_t pick(std::size_t below) { return random_() % below; }
  template <typename T>
  void shuffle(T& values) { std::shuffle(values.begin(), values.end(), random_); }

 private:
  std::mt19937 random_;
};

TEST(hit_codec, bytes_are_in_canonical_order) {
  Generator generator(1);
  std::vector<Hit> hits = generator.make(3000);
  std::vector<std::string> bytes;
  for (const Hit& hit : hits) bytes.push_back(bytes_of(hit));
  std::sort(bytes.begin(), bytes.end());
  // Times apart for all records: nothing is a duplicate, order alone is compared.
  const auto key = [](const Hit& h) {
    const auto& e = h.event;
    return std::tuple(e.time, e.computer, e.channel, e.has_record_id, e.record_id, e.provider, e.event_id, e.digest, h.source, h.offset,
                      h.link);
  };
  std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) { return key(a) < key(b); });
  for (std::size_t i = 0; i < hits.size(); ++i) ASSERT_EQ(bytes[i], bytes_of(hits[i])) << i;
}

struct Expected {
  std::vector<Hit> hits;
  std::uint64_t dropped = 0;
};

Expected expected_of(std::vector<Hit> hits, bool keep_duplicates) {
  Expected out;
  out.dropped = engine::order_and_deduplicate(hits, keep_duplicates);
  out.hits = std::move(hits);
  return out;
}

/// One pass and lookups all over, compared with what the vector gives.
void compare(const SortedHits& sorted, const Expected& expected, bool keep_duplicates) {
  ASSERT_EQ(sorted.size(), expected.hits.size());
  EXPECT_EQ(sorted.dropped(), expected.dropped);
  const auto records = engine::record_numbers(expected.hits, keep_duplicates);
  const auto logs = engine::log_numbers(expected.hits);
  SortedHits::Cursor cursor = sorted.cursor();
  engine::LogNumbers log_numbers;
  for (std::size_t i = 0; i < expected.hits.size(); ++i) {
    const auto more = cursor.next();
    ASSERT_TRUE(more.ok()) << more.error().message;
    ASSERT_TRUE(*more);
    ASSERT_EQ(cursor.index(), i);
    ASSERT_EQ(all_of(cursor.hit()), all_of(expected.hits[i])) << i;
    ASSERT_EQ(cursor.record(), records[i]);
    ASSERT_EQ(cursor.same_record(), i > 0 && records[i - 1] == records[i]);
    ASSERT_EQ(log_numbers.of(cursor.hit().event), logs[i]);
  }
  const auto more = cursor.next();
  ASSERT_TRUE(more.ok());
  EXPECT_FALSE(*more);
  SortedHits::Lookup lookup = sorted.lookup();
  for (std::size_t i = 0, at = 0; i < std::min<std::size_t>(2000, expected.hits.size()); ++i, at = (at + 7919) % expected.hits.size()) {
    const auto hit = lookup.at(i % 3 == 0 ? at : i);
    ASSERT_TRUE(hit.ok()) << hit.error().message;
    ASSERT_EQ(all_of(*hit), all_of(expected.hits[i % 3 == 0 ? at : i]));
  }
  EXPECT_FALSE(lookup.at(sorted.size()).ok());
}

/// Adds the hits in batches of random sizes on some threads.
SortedHits sort(const std::vector<Hit>& hits, SorterOptions options, unsigned threads, Generator& generator) {
  HitSorter sorter(options);
  std::vector<std::vector<std::vector<Hit>>> batches(threads);
  for (std::size_t at = 0, next = 0; at < hits.size(); at = next) {
    next = std::min(hits.size(), at + 1 + generator.pick(300));
    batches[generator.pick(threads)].emplace_back(hits.data() + at, hits.data() + next);
  }
  std::vector<std::thread> running;
  for (auto& own : batches) {
    running.emplace_back([&] {
      for (auto& batch : own) {
        const auto added = sorter.add(batch);
        EXPECT_TRUE(added.ok()) << added.error().message;
      }
    });
  }
  for (auto& thread : running) thread.join();
  auto sorted = sorter.finish();
  EXPECT_TRUE(sorted.ok()) << sorted.error().message;
  return std::move(*sorted);
}

TEST(hit_sorter, gives_what_sorting_in_memory_gives) {
  Generator generator(2);
  std::vector<Hit> hits = generator.make(20'000);
  for (const bool keep_duplicates : {false, true}) {
    const Expected expected = expected_of(hits, keep_duplicates);
    ASSERT_LT(expected.hits.size(), 19'500u);
    ASSERT_GT(expected.hits.size(), 10'000u);
    ASSERT_EQ(expected.dropped > 0, !keep_duplicates);
    // All in memory; a few runs; many; more than can be merged at once.
    for (const std::size_t memory : {std::size_t{64} << 20, std::size_t{4} << 20, std::size_t{256} << 10, std::size_t{1}}) {
      for (const unsigned threads : {1u, 3u}) {
        SCOPED_TRACE(testing::Message() << "memory " << memory << ", threads " << threads << ", keep " << keep_duplicates);
        generator.shuffle(hits);
        const SortedHits sorted = sort(hits, {memory, testing::TempDir(), keep_duplicates}, threads, generator);
        compare(sorted, expected, keep_duplicates);
        const engine::SpillCounts& spilled = sorted.spilled();
        if (memory == std::size_t{64} << 20) {
          EXPECT_EQ(sorted.bytes_on_disk(), 0u);
          EXPECT_EQ(spilled.runs + spilled.merges + spilled.bytes_written, 0u);
        } else {
          EXPECT_GT(sorted.bytes_on_disk(), 0u);
          EXPECT_GT(spilled.bytes_written, sorted.bytes_on_disk());
          EXPECT_GT(spilled.runs, memory == std::size_t{4} << 20 ? 1u : 10u);
          EXPECT_EQ(spilled.merges > 2, memory == 1) << spilled.merges;
        }
      }
    }
  }
}

TEST(hit_sorter, no_hits_and_few_hits) {
  Generator generator(3);
  for (const std::size_t count : {0u, 1u, 2u, 7u}) {
    const std::vector<Hit> hits = generator.make(count);
    compare(sort(hits, {1 << 20, testing::TempDir(), false}, 1, generator), expected_of(hits, false), false);
  }
}

TEST(hit_sorter, hits_larger_than_a_block_and_than_the_memory) {
  Generator generator(4);
  std::vector<Hit> hits = generator.make(2000);
  for (std::size_t i = 0; i < hits.size(); i += 97) hits[i].captures[0].text = std::string(1000 * i, static_cast<char>('a' + hits[i].link));
  // Each with a time of its own: hits repeated with other captures have no order in memory.
  for (std::size_t i = 0; i < hits.size(); ++i) hits[i].event.time = static_cast<std::int64_t>(i);
  const Expected expected = expected_of(hits, false);
  generator.shuffle(hits);
  compare(sort(hits, {128 << 10, testing::TempDir(), false}, 2, generator), expected, false);
}

TEST(hit_sorter, several_passes_at_once) {
  Generator generator(5);
  const std::vector<Hit> hits = generator.make(5000);
  const Expected expected = expected_of(hits, false);
  const SortedHits sorted = sort(hits, {512 << 10, testing::TempDir(), false}, 2, generator);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { compare(sorted, expected, false); });
  for (auto& thread : threads) thread.join();
}

TEST(hit_sorter, a_folder_that_cannot_be_written_is_named) {
  for (const std::string& folder : std::vector<std::string>{"/nonexistent/folder", "/proc", CHAINHUNT_SOURCE "/CMakeLists.txt"}) {
    Generator generator(6);
    HitSorter sorter({1, folder, false});
    bool failed = false;
    for (int i = 0; i < 100 && !failed; ++i) failed = !sorter.add(generator.make(50)).ok();
    EXPECT_TRUE(failed);
    // It stays failed.
    const auto again = sorter.add(generator.make(1));
    ASSERT_FALSE(again.ok());
    const auto sorted = sorter.finish();
    ASSERT_FALSE(sorted.ok());
    EXPECT_EQ(sorted.error().message, again.error().message);
    for (const std::string& part : {folder, std::string("--temp"), std::string("--memory")}) {
      EXPECT_NE(again.error().message.find(part), std::string::npos) << again.error().message;
    }
  }
}

TEST(hit_sorter, a_folder_is_not_asked_where_memory_does) {
  Generator generator(7);
  const std::vector<Hit> hits = generator.make(100);
  compare(sort(hits, {1 << 20, "/nonexistent/folder", false}, 1, generator), expected_of(hits, false), false);
}

/// No file of this process grows beyond `bytes` while it lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_;
};

TEST(hit_sorter, a_full_disk_is_an_error_wherever_it_comes) {
  Generator generator(8);
  const std::vector<Hit> hits = generator.make(4000);
  const Expected expected = expected_of(hits, false);
  const std::string folder = testing::TempDir();
  int failed = 0, passed = 0;
  for (rlim_t room = 1000; passed == 0; room += room / 2) {
    const FullDisk full(room);
    HitSorter sorter({1, folder, false});
    const auto added = sorter.add(hits);
    const auto sorted = sorter.finish();
    if (!added) {
      EXPECT_FALSE(sorted.ok());
    }
    if (sorted) {
      ++passed;
      compare(*sorted, expected, false);
    } else {
      ++failed;
      EXPECT_NE(sorted.error().message.find(folder), std::string::npos) << sorted.error().message;
    }
  }
  EXPECT_GT(failed, 5);
}

TEST(spill, files_leave_no_name) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("chainhunt_spill_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  for (const auto naming : {engine::SpillFile::Naming::none, engine::SpillFile::Naming::unlinked}) {
    const auto file = engine::SpillFile::open(folder, naming);
    ASSERT_TRUE(file.ok()) << file.error().message;
    ASSERT_TRUE((*file)->append("some bytes").ok());
    char bytes[5] = {};
    const auto got = (*file)->read(5, bytes, 5);
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(std::string(bytes, *got), "bytes");
    EXPECT_TRUE(std::filesystem::is_empty(folder));
  }
  std::filesystem::remove(folder);
}

TEST(spill, damage_is_an_error) {
  Generator generator(9);
  const auto file = engine::SpillFile::open(testing::TempDir());
  ASSERT_TRUE(file.ok());
  engine::RunWriter writer(**file, 4096);
  for (const Hit& hit : generator.make(100)) ASSERT_TRUE(writer.add(bytes_of(hit)).ok());
  const auto run = writer.finish();
  ASSERT_TRUE(run.ok());
  std::string bytes(run->end, '\0');
  ASSERT_TRUE((*file)->read(0, bytes.data(), bytes.size()).ok());
  // Each byte damaged in turn, in a copy behind the ones before.
  for (std::size_t at = 0; at < bytes.size(); at += 5) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    engine::SortedRun copy = *run;
    copy.begin = (*file)->size();
    ASSERT_TRUE((*file)->append(damaged).ok());
    copy.end = (*file)->size();
    engine::BlockReader blocks(**file);
    engine::RunReader reader(**file, blocks, copy, engine::RunReader::Afterwards::keep);
    for (;;) {
      const auto more = reader.next();
      if (!more) {
        EXPECT_NE(more.error().message.find("damaged"), std::string::npos) << more.error().message;
        break;
      }
      if (!*more) break;
      Hit hit;
      ASSERT_TRUE(engine::decode(reader.hit(), hit).ok());
    }
  }
}

TEST(block_index, stays_small_and_finds_the_place_before) {
  for (const std::size_t most : {2u, 3u, 8u, 1000u}) {
    engine::BlockIndex index(most);
    for (std::uint64_t block = 0; block < 500; ++block) index.add({block * 10, block * 100});
    std::uint64_t known = 0;
    for (std::uint64_t hit = 0; hit < 5000; ++hit) {
      const auto place = index.before(hit);
      ASSERT_LE(place.first_hit, hit);
      ASSERT_EQ(place.at, place.first_hit * 10);
      ASSERT_GE(place.first_hit, known);
      // No more blocks lie between than forgetting every second one explains.
      ASSERT_LE(hit - place.first_hit, 10 * 2 * (500 / most + 1));
      known = place.first_hit;
    }
  }
}

}  // namespace
}  // namespace chainhunt

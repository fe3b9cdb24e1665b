// How fast hits are sorted, and in how much memory:
//
//   sort_hits HITS vector              a vector, by order_and_deduplicate
//   sort_hits HITS sorter MB [FOLDER]  HitSorter, then a pass and lookups
//   sort_hits HITS none                making the hits alone, which the others' first figure includes
//
// Hits come from two threads in batches, in nearly the order of their times as files give them, with one in a
// hundred twice.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/engine/hit_sorter.h"
#include "runtime/engine/records.h"

namespace {

using namespace chainhunt;
using engine::Hit;

constexpr std::size_t kBatch = 1024;
constexpr unsigned kThreads = 2;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void report(const char* what, double seconds, std::size_t hits) {
  std::printf("%-24s %7.2f s  %9.0f hits/s  peak %6.0f MB\n", what, seconds, static_cast<double>(hits) / seconds, peak_megabytes());
}

engine::Captured captured(std::string key, std::string text) { return {{std::move(key)}, std::move(text), true}; }

/// A process creation of one of 500 hosts, of one of 200 files read one after another by each of the threads.
Hit make(std::mt19937_64& random, std::uint64_t number, std::uint64_t hits) {
  static const char* const images[] = {"powershell.exe", "cmd.exe", "rundll32.exe", "wmic.exe",
                                       "net.exe", "schtasks.exe", "reg.exe", "svchost.exe"};
  const std::uint64_t file = number * 200 / hits, bits = random();
  const std::string host = "ws" + std::to_string(1000 + bits % 500);
  const std::string user = "user" + std::to_string(bits / 7 % 900);
  const std::string image = images[bits / 11 % 8];
  Hit hit;
  hit.link = static_cast<std::uint32_t>(bits / 13 % 40);
  hit.event.time = 132'000'000'000'000'000 + static_cast<std::int64_t>(number % (hits / 200 + 1) * 10'000'000 + bits % 100'000'000);
  hit.event.computer = host;
  hit.event.channel = "microsoft-windows-sysmon/operational";
  hit.event.has_record_id = true;
  hit.event.record_id = number * 17 + 100'000;
  hit.event.provider = "microsoft-windows-sysmon";
  hit.event.event_id = "1";
  hit.event.digest.resize(16);
  for (int i = 0; i < 2; ++i) {
    const std::uint64_t half = random();
    std::memcpy(hit.event.digest.data() + 8 * i, &half, 8);
  }
  hit.shown_channel = "Microsoft-Windows-Sysmon/Operational";
  hit.shown_computer = "WS" + host.substr(2) + ".corp.example.org";
  hit.source = static_cast<std::uint32_t>(file);
  hit.offset = number % (hits / 200 + 1) * 1800 + 4096;
  const std::string guid = "{" + std::to_string(random()) + "-0000}";
  hit.captures = {captured(host, hit.shown_computer), captured("corp\\" + user, "CORP\\" + user),
                  captured("c:\\windows\\system32\\" + image, "C:\\Windows\\System32\\" + image),
                  captured(image + " /c query user " + user + " > \\\\" + host + "\\admin$\\t" + std::to_string(bits % 9999),
                           image + " /c query user " + user + " > \\\\" + host + "\\ADMIN$\\t" + std::to_string(bits % 9999)),
                  captured(guid, guid), captured(std::to_string(bits % 65536), std::to_string(bits % 65536))};
  return hit;
}

template <typename Take>
void make_all(std::uint64_t hits, Take take) {
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t) {
    threads.emplace_back([=] {
      std::mt19937_64 random(t);
      std::vector<Hit> batch;
      for (std::uint64_t number = hits * t / kThreads; number < hits * (t + 1) / kThreads; ++number) {
        batch.push_back(make(random, number, hits));
        if (number % 100 == 0 && number > 0) batch.push_back(batch.front());
        if (batch.size() < kBatch) continue;
        take(std::move(batch));
        batch.clear();
      }
      take(std::move(batch));
    });
  }
  for (auto& thread : threads) thread.join();
}

int fail(const Error& error) {
  std::fprintf(stderr, "sort_hits: %s\n", error.message.c_str());
  return 2;
}

int measure_sorter(std::uint64_t count, engine::SorterOptions options) {
  double start = now();
  engine::HitSorter sorter(options);
  make_all(count, [&](std::vector<Hit>&& batch) {
    if (auto added = sorter.add(batch); !added) std::exit(fail(added.error()));
  });
  report("make and add", now() - start, count);
  start = now();
  const auto sorted = sorter.finish();
  if (!sorted) return fail(sorted.error());
  report("finish", now() - start, count);
  const engine::SpillCounts& spilled = sorted->spilled();
  std::printf("%-24s %s hits, %s runs, %s merges, %s MB written, %s MB on disk\n", "", std::to_string(sorted->size()).c_str(),
              std::to_string(spilled.runs).c_str(), std::to_string(spilled.merges).c_str(),
              std::to_string(spilled.bytes_written >> 20).c_str(), std::to_string(sorted->bytes_on_disk() >> 20).c_str());
  start = now();
  auto cursor = sorted->cursor();
  std::uint64_t records = 0;
  for (;;) {
    const auto more = cursor.next();
    if (!more) return fail(more.error());
    if (!*more) break;
    records += cursor.same_record() ? 0 : 1;
  }
  report("pass", now() - start, sorted->size());
  std::mt19937_64 random(1);
  auto lookup = sorted->lookup();
  constexpr std::size_t kLookups = 20'000;
  start = now();
  for (std::size_t i = 0; i < kLookups; ++i) {
    if (const auto hit = lookup.at(random() % sorted->size()); !hit) return fail(hit.error());
  }
  report("lookups anywhere", now() - start, kLookups);
  start = now();
  for (std::size_t i = 0; i < kLookups; ++i) {
    if (const auto hit = lookup.at(sorted->size() / 2 + i % (sorted->size() / 2)); !hit) return fail(hit.error());
  }
  report("lookups of neighbours", now() - start, kLookups);
  return records == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 3;
  const std::uint64_t count = std::strtoull(argv[1], nullptr, 10);
  const std::string way = argv[2];
  if (way == "sorter" && argc > 3) {
    return measure_sorter(count, {std::strtoull(argv[3], nullptr, 10) << 20, argc > 4 ? argv[4] : "", false});
  }
  std::vector<Hit> hits;
  std::mutex mutex;
  double start = now();
  make_all(count, [&](std::vector<Hit>&& batch) {
    if (way == "none") return;
    const std::lock_guard lock(mutex);
    std::move(batch.begin(), batch.end(), std::back_inserter(hits));
  });
  report(way == "none" ? "make" : "make and add", now() - start, count);
  if (way == "none") return 0;
  start = now();
  const std::uint64_t dropped = engine::order_and_deduplicate(hits, false);
  report("order_and_deduplicate", now() - start, count);
  std::printf("%-24s %zu hits, %llu dropped\n", "", hits.size(), static_cast<unsigned long long>(dropped));
  return 0;
}

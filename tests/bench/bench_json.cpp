// One rule of four fields over JSON lines: our reader and matcher, against simdjson On-Demand reading the same fields,
// against counting newlines. Medians of the runs, each way once per run, so that all see the same machine.
//
// usage: bench_json RUNS FILE…     (write_logs makes the files; in winlogbeat's layout)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <simdjson.h>

#include "runtime/input/reader.h"
#include "runtime/match/matcher.h"
#include "runtime/match/prepared.h"

namespace {

using namespace chainhunt;

double seconds(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Process starts with this image, whose command line, parent and user hold these.
constexpr const char* kFields[] = {"Image", "CommandLine", "ParentImage", "User"};

program::Program rule() {
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", value::Type::host, false, {}}}});
  program::EventPlan plan;
  plan.source = "p.sysmon";
  plan.code = "1";
  plan.providers = {"microsoft-windows-sysmon"};
  program::Node all;
  all.kind = program::NodeKind::conjunction;
  for (const char* field : kFields) {
    program::Atom atom;
    atom.op = program::Op::contains;
    atom.left.slot = static_cast<std::uint32_t>(plan.projection.fields.size());
    atom.values = {field == kFields[0] ? "e" : field == kFields[1] ? "-" : field == kFields[2] ? "s" : "o"};
    plan.projection.fields.push_back(field);
    all.children.push_back(static_cast<std::uint32_t>(plan.nodes.size()));
    plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(plan.atoms.size()), {}});
    plan.atoms.push_back(std::move(atom));
  }
  plan.nodes.push_back(std::move(all));
  program::Operand computer;
  computer.from = program::From::computer;
  computer.type = computer.field_type = value::Type::host;
  plan.bodies.push_back({0, static_cast<std::uint32_t>(plan.nodes.size() - 1), {{computer}}});
  program.events.push_back(std::move(plan));
  return program;
}

struct Found {
  std::uint64_t records = 0, starts = 0, hits = 0;
  bool operator==(const Found&) const = default;
};

bool has(std::string_view text, char lower) {
  return text.find(lower) != std::string_view::npos || text.find(static_cast<char>(lower & ~0x20)) != std::string_view::npos;
}

/// What the rule asks, by simdjson: provider and event id of every record, four fields of process starts.
/// There is room for simdjson's padding behind the bytes.
Found by_simdjson(const char* bytes, std::size_t size) {
  Found out;
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document_stream documents;
  if (parser.iterate_many(bytes, size, 16u << 20).get(documents)) std::exit(1);
  for (auto document : documents) {
    ++out.records;
    auto winlog = document["winlog"];
    std::string_view provider, code, texts[4];
    if (winlog["provider_name"].get(provider) || provider != "Microsoft-Windows-Sysmon") continue;
    if (winlog["event_id"].get(code) || code != "1") continue;
    simdjson::ondemand::object data;
    if (winlog["event_data"].get(data)) continue;
    std::size_t have = 0;
    for (std::size_t i = 0; i < 4; ++i) have += data[kFields[i]].get(texts[i]) ? 0 : 1;
    ++out.starts;
    if (have == 4 && has(texts[0], 'e') && texts[1].find('-') != std::string_view::npos && has(texts[2], 's') && has(texts[3], 'o')) ++out.hits;
  }
  return out;
}

Found by_us(std::string_view bytes, const match::Prepared& prepared) {
  Found out;
  match::Matcher matcher(prepared, {}, [&](engine::Hit&) { ++out.hits; });
  const auto report = input::read_bytes(bytes, "log", matcher);
  out.records = report.records;
  out.starts = matcher.counts().wanted;
  return out;
}

std::uint64_t newlines(std::string_view bytes) {
  std::uint64_t count = 0;
  for (const char *at = bytes.data(), *end = at + bytes.size(); (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) != nullptr; ++at) ++count;
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_json RUNS FILE…\n");
    return 3;
  }
  const int runs = std::max(1, std::atoi(argv[1]));
  const program::Program program = rule();
  const auto prepared = match::prepare(program);
  if (!prepared.ok()) return 2;
  std::printf("%-40s %10s %10s %10s %12s %12s\n", "one rule of four fields, one thread", "newlines", "simdjson", "chainhunt", "of simdjson", "of newlines");
  int status = 0;
  for (int i = 2; i < argc; ++i) {
    const int file = open(argv[i], O_RDONLY);
    struct stat status_of {};
    if (file < 0 || fstat(file, &status_of) != 0) {
      std::perror(argv[i]);
      return 3;
    }
    const auto size = static_cast<std::size_t>(status_of.st_size);
    // Read into memory once: simdjson wants room behind the text, and both ways shall see the same pages.
    auto* const map = static_cast<char*>(mmap(nullptr, size + simdjson::SIMDJSON_PADDING, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (std::size_t at = 0; at < size;) {
      const ssize_t got = read(file, map + at, size - at);
      if (got <= 0) return 3;
      at += static_cast<std::size_t>(got);
    }
    close(file);
    const std::string_view bytes(map, size);
    std::vector<double> scan, simd, ours;
    Found expected, found;
    std::uint64_t lines = 0;
    for (int run = 0; run < runs; ++run) {
      scan.push_back(seconds([&] { lines = newlines(bytes); }));
      simd.push_back(seconds([&] { expected = by_simdjson(map, size); }));
      ours.push_back(seconds([&] { found = by_us(bytes, **prepared); }));
    }
    const auto speed = [&](const std::vector<double>& times) { return static_cast<double>(size) / 1e6 / median(times); };
    const char* const slash = std::strrchr(argv[i], '/');
    std::printf("%-40s %10.0f %10.0f %10.0f %11.2fx %11.2fx  MB/s, %llu records, %llu process starts, %llu hits\n", slash ? slash + 1 : argv[i], speed(scan),
                speed(simd), speed(ours), median(simd) / median(ours), median(scan) / median(ours), static_cast<unsigned long long>(found.records),
                static_cast<unsigned long long>(found.starts), static_cast<unsigned long long>(found.hits));
    if (!(found == expected) || found.records != lines) {
      std::fprintf(stderr, "bench_json: %s: simdjson finds %llu records, %llu process starts, %llu hits\n", argv[i], static_cast<unsigned long long>(expected.records),
                   static_cast<unsigned long long>(expected.starts), static_cast<unsigned long long>(expected.hits));
      status = 1;
    }
    munmap(map, size + simdjson::SIMDJSON_PADDING);
  }
  return status;
}

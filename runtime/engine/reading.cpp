#include "runtime/engine/reading.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/input/parts.h"

namespace chainhunt::engine {
namespace {

/// Largest files first, so that no thread is left alone with a large one at the end.
std::vector<std::pair<std::uint64_t, std::size_t>> by_size(const std::vector<std::string>& files) {
  std::vector<std::pair<std::uint64_t, std::size_t>> sizes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(files[i], failure);
    sizes.emplace_back(failure ? 0 : size, i);
  }
  std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return sizes;
}

/// What reading a part gave, kept apart.
struct PartWork {
  explicit PartWork(HitSorter& sorter) : feed(sorter, HitSorter::Feed::Hold::yes) {}

  HitSorter::Feed feed;
  std::uint32_t source = 0;
  input::FileReport report;
  std::unique_ptr<match::Matcher> matcher;
  std::unique_ptr<input::PartReader> reader;
};

/// A file that is read by parts.
struct SplitFile {
  std::size_t index = 0;
  std::unique_ptr<input::Parts> parts;
  std::size_t next = 0;        // part to be handed out
  std::size_t settled = 0;     // parts that are accounted for
  std::size_t covered = 0;     // parts that the reader of the one being settled has read, at least `settled`
  bool settling = false;       // a thread is at it
  std::map<std::size_t, std::unique_ptr<PartWork>> done;  // read, not settled
};

class Reading {
 public:
  Reading(const match::Prepared& prepared, const std::vector<std::string>& files, const ReplayOptions& options, bool reach, HitSorter& sorter, Sources& sources)
      : prepared_(prepared), files_(files), options_(options), limits_(options.limits), reach_(reach), sorter_(sorter), sources_(sources), sizes_(by_size(files)) {
    result_.reports.resize(files.size());
    limits_.stop = options.stop;
  }

  ReadResult run() {
    const unsigned threads = std::max(1u, options_.threads);
    // One thread gains nothing from parts but that it can stop and tell how far it is.
    for (; whole_ < sizes_.size() && sizes_[whole_].first >= 2 * options_.part_bytes; ++whole_) {
      auto parts = input::Parts::open(files_[sizes_[whole_].second], options_.limits, options_.part_bytes);
      if (!parts) break;
      auto& file = split_.emplace_back();
      file.index = sizes_[whole_].second;
      file.parts = std::move(parts);
      result_.reports[file.index] = file.parts->report();
    }
    most_ahead_ = 4 * threads;
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads && (!split_.empty() || i < files_.size()); ++i) others.emplace_back([this] { work(); });
    work();
    for (auto& thread : others) thread.join();
    return std::move(result_);
  }

 private:
  void work() {
    HitSorter::Feed feed(sorter_);
    for (;;) {
      std::unique_lock lock(mutex_);
      SplitFile* file = nullptr;
      std::size_t part = 0;
      for (;;) {
        if (failed_) return;
        if (stopped()) {
          result_.stopped = result_.stopped || whole_ < sizes_.size() || std::any_of(split_.begin(), split_.end(), [](const SplitFile& file) { return file.settled < file.parts->count(); });
          break;
        }
        file = next_part(part);
        if (file != nullptr || !waiting_for_parts()) break;
        changed_.wait(lock);
      }
      if (stopped()) break;
      if (file != nullptr) {
        lock.unlock();
        read_part(*file, part);
        continue;
      }
      if (whole_ >= sizes_.size()) break;
      const auto [size, index] = sizes_[whole_++];
      lock.unlock();
      read_whole(index, size, feed);
    }
    if (!feed.flush().ok()) failed_ = true;
  }

  bool stopped() const { return options_.stop != nullptr && *options_.stop; }

  /// A part to be read; null: there is none, or none now.
  SplitFile* next_part(std::size_t& part) {
    for (SplitFile& file : split_) {
      file.next = std::max(file.next, file.covered);
      if (file.next >= file.parts->count() || file.next >= file.settled + most_ahead_) continue;
      part = file.next++;
      return &file;
    }
    return nullptr;
  }
  /// Nothing but parts is left, and some have to wait until those before them are settled.
  bool waiting_for_parts() const {
    return whole_ >= sizes_.size() && std::any_of(split_.begin(), split_.end(), [](const SplitFile& file) { return file.next < file.parts->count(); });
  }

  std::unique_ptr<match::Matcher> matcher(HitSorter::Feed& feed, const std::uint32_t& source, std::size_t index, std::uint32_t* named) {
    match::Options matching;
    matching.since = options_.since;
    matching.until = options_.until;
    matching.reach = reach_;
    matching.interpret = options_.interpret;
    if (named != nullptr) matching.on_part = [this, named, index](std::string_view part) { *named = sources_.number(index, part); };
    return std::make_unique<match::Matcher>(prepared_, matching, [this, &feed, &source](Hit& hit) {
      hit.source = source;
      if (!feed.add(hit).ok()) failed_ = true;
    });
  }

  void account(const match::Matcher& matcher) {
    if (reach_) result_.coverage.add(matcher.coverage());
    const auto values = matcher.counts().values;
    result_.values.values += values.values;
    result_.values.remembered += values.remembered;
  }

  void progress(std::size_t files, std::uint64_t bytes) {
    files_done_ += files;
    bytes_done_ += bytes;
    if (options_.progress) options_.progress(files_done_, bytes_done_);
  }

  void read_whole(std::size_t index, std::uint64_t size, HitSorter::Feed& feed) {
    std::uint32_t source = static_cast<std::uint32_t>(index);
    const auto matcher = this->matcher(feed, source, index, &source);
    result_.reports[index] = input::read_file(files_[index], *matcher, limits_);
    const std::lock_guard lock(mutex_);
    result_.stopped = result_.stopped || result_.reports[index].stopped;
    account(*matcher);
    progress(1, size);
  }

  void read_part(SplitFile& file, std::size_t part) {
    auto work = std::make_unique<PartWork>(sorter_);
    work->source = static_cast<std::uint32_t>(file.index);
    work->matcher = matcher(work->feed, work->source, file.index, nullptr);
    work->reader = file.parts->read(part, *work->matcher, work->report);
    std::unique_lock lock(mutex_);
    if (part >= file.covered) file.done.emplace(part, std::move(work));
    settle(file, lock);
  }

  /// Accounts for parts in order, as far as they are read.
  void settle(SplitFile& file, std::unique_lock<std::mutex>& lock) {
    if (file.settling) return;
    file.settling = true;
    while (!file.done.empty() && file.done.begin()->first == file.settled) {
      std::unique_ptr<PartWork> work = std::move(file.done.begin()->second);
      file.done.erase(file.done.begin());
      std::size_t end = std::max(file.covered, file.settled + 1);
      while (end < file.parts->count() && !work->reader->whole() && !failed_) {
        // Something is open where the next part begins: whoever has read that one did so in vain.
        file.covered = end + 1;
        file.done.erase(end);
        lock.unlock();
        file.parts->read_on(*work->reader, end);
        lock.lock();
        end = file.covered;
      }
      lock.unlock();
      if (!work->feed.release().ok()) failed_ = true;
      for (std::size_t part = file.settled; part < end; ++part) file.parts->release(part);
      lock.lock();
      add_part(result_.reports[file.index], work->report);
      account(*work->matcher);
      std::uint64_t bytes = 0;
      for (std::size_t part = file.settled; part < end; ++part) bytes += file.parts->bytes(part);
      file.settled = file.covered = end;
      while (!file.done.empty() && file.done.begin()->first < end) file.done.erase(file.done.begin());
      progress(end == file.parts->count() ? 1 : 0, bytes);
      changed_.notify_all();
    }
    file.settling = false;
    changed_.notify_all();
  }

  const match::Prepared& prepared_;
  const std::vector<std::string>& files_;
  const ReplayOptions& options_;
  input::Limits limits_;
  const bool reach_;
  HitSorter& sorter_;
  Sources& sources_;
  const std::vector<std::pair<std::uint64_t, std::size_t>> sizes_;
  std::size_t most_ahead_ = 0;        // parts of a file read beyond what is settled: they hold their hits
  std::atomic<bool> failed_{false};   // what could not be kept fails again when sorting ends; reading on is in vain

  std::mutex mutex_;                  // guards what follows
  std::condition_variable changed_;
  std::deque<SplitFile> split_;
  std::size_t whole_ = 0;             // in sizes_: the next file that is read in one
  std::size_t files_done_ = 0;
  std::uint64_t bytes_done_ = 0;
  ReadResult result_;
};

}  // namespace

ReadResult read_files(const match::Prepared& prepared, const std::vector<std::string>& files, const ReplayOptions& options, bool reach,
                      HitSorter& sorter, Sources& sources) {
  return Reading(prepared, files, options, reach, sorter, sources).run();
}

}  // namespace chainhunt::engine

#include "compiler/driver/testing/mutate.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "compiler/check/check.h"
#include "compiler/driver/testing/run_tests.h"
#include "compiler/driver/testing/used_events.h"
#include "compiler/parse/parse.h"

namespace chainhunt::driver::testing {
namespace {

std::string mutated_file(const Mutant& mutant, const std::string& text) {
  std::string out = text;
  return out.replace(mutant.edit.begin, mutant.edit.end - mutant.edit.begin, mutant.replacement);
}

/// What does not depend on the mutant.
class Trial {
 public:
  Trial(const Loaded& loaded, const std::string& run) : loaded_(loaded), run_(run) {
    for (const std::string& pack : loaded.packs) {
      auto users = users_of(*loaded.model, {pack});
      std::erase_if(users, [&](const std::string& user) { return !loaded.packs.contains(user); });
      users_[pack].assign(users.begin(), users.end());
    }
  }

  /// Packs whose tests may notice a change of this one, itself first.
  std::vector<std::string> users_first(const std::string& pack) const {
    std::vector<std::string> out = {pack};
    for (const std::string& user : users_.at(pack)) {
      if (user != pack) out.push_back(user);
    }
    return out;
  }

  /// How these packs run as they stand.
  const std::string& dump_of(const std::string& pack) {
    const std::lock_guard lock(mutex_);
    const auto [place, fresh] = dumps_.try_emplace(pack);
    if (fresh) {
      Diagnostics diagnostics;
      std::string error;
      if (const auto bench = bench_of(*loaded_.model, pack, diagnostics, error)) place->second = program::dump(bench->program());
    }
    return place->second;
  }

  /// What the tests of the packs that use a pack need.
  std::unique_ptr<Bench> bench_of(const model::Model& model, const std::string& pack, Diagnostics& diagnostics, std::string& error) const {
    std::set<std::string> packs(users_.at(pack).begin(), users_.at(pack).end());
    // Tests may expect findings of packs that theirs imports.
    for (const auto& own : model.packs) {
      if (std::find(users_.at(pack).begin(), users_.at(pack).end(), own.name) != users_.at(pack).end()) packs.insert(own.imports.begin(), own.imports.end());
    }
    return Bench::make(model, {packs.begin(), packs.end()}, diagnostics, error);
  }

  const std::string& run() const { return run_; }

 private:
  const Loaded& loaded_;
  const std::string& run_;
  std::map<std::string, std::vector<std::string>> users_;  // by pack
  std::map<std::string, std::string> dumps_;               // by mutated pack
  std::mutex mutex_;                                       // guards dumps_
};

/// One thread's copy of the rules, in which one file at a time is another.
class Worker {
 public:
  Worker(Trial& trial, const Loaded& loaded) : trial_(trial), sources_(loaded.sources), files_(files_with_used_events(loaded)) {}

  Fate run(const Mutant& mutant) {
    const FileId id = mutant.edit.file;
    std::string& text = sources_.files[id].text;
    std::string own = mutated_file(mutant, text);
    std::swap(text, own);
    const Fate fate = run_changed(mutant, id);
    std::swap(sources_.files[id].text, own);
    return fate;
  }

 private:
  Fate run_changed(const Mutant& mutant, FileId id) {
    Diagnostics diagnostics;
    auto parsed = parse::parse(id, sources_, diagnostics);
    if (!parsed || diagnostics.has_errors()) return Fate::skipped;
    const auto place = std::find_if(files_.begin(), files_.end(), [&](const auto& file) { return file.id == id; });
    std::swap(*place, *parsed);
    const auto model = check::check(files_, sources_, diagnostics);
    const Fate fate = model && !diagnostics.has_errors() ? run_checked(mutant, *model, diagnostics) : Fate::skipped;
    std::swap(*place, *parsed);
    return fate;
  }

  Fate run_checked(const Mutant& mutant, const model::Model& model, Diagnostics& diagnostics) {
    std::string error;
    const auto bench = trial_.bench_of(model, mutant.pack, diagnostics, error);
    if (!bench || diagnostics.has_errors()) return Fate::skipped;
    for (const std::string& pack : trial_.users_first(mutant.pack)) {
      auto tests = pick_tests(model, {pack}, trial_.run());
      // Those beside the rule are the ones meant for it.
      std::stable_partition(tests.begin(), tests.end(), [&](const auto* test) { return test->span.file == mutant.edit.file; });
      for (const auto* test : tests) {
        if (!run_test(*bench, *test, sources_).empty()) return Fate::killed;
      }
    }
    return program::dump(bench->program()) == trial_.dump_of(mutant.pack) ? Fate::same : Fate::survived;
  }

  Trial& trial_;
  Sources sources_;
  std::vector<syntax::File> files_;
};

}  // namespace

std::size_t Mutated::count(Fate fate) const {
  return static_cast<std::size_t>(std::count_if(results.begin(), results.end(), [&](const auto& r) { return r.fate == fate; }));
}

unsigned Mutated::percent() const {
  const std::size_t killed = count(Fate::killed), all = killed + count(Fate::survived);
  return all == 0 ? 100 : static_cast<unsigned>(killed * 100 / all);
}

Mutated mutate(const Loaded& loaded, const std::string& run, unsigned threads) {
  Mutated out;
  for (const Rule& rule : rules_of(loaded, loaded.packs)) {
    for (Mutant& mutant : mutants_of(rule, loaded.sources)) {
      if (out.results.size() < kMaxMutants) out.results.push_back({std::move(mutant), Fate::skipped});
      else ++out.left_out;
    }
  }
  Trial trial(loaded, run);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Worker worker(trial, loaded);
    for (std::size_t at = next++; at < out.results.size(); at = next++) out.results[at].fate = worker.run(out.results[at].mutant);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads && i < out.results.size(); ++i) others.emplace_back(work);
  work();
  for (auto& thread : others) thread.join();
  return out;
}

}  // namespace chainhunt::driver::testing

#include "compiler/driver/rule_diff.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/algebra/chain_relation.h"
#include "compiler/driver/test_text.h"
#include "compiler/driver/witness_json.h"
#include "runtime/value/number.h"

namespace chainhunt::driver {
namespace {

using algebra::Verdict;

std::string joined(const std::vector<std::string>& list) { return list.empty() ? "none" : fmt::format("{}", fmt::join(list, ", ")); }

const char* severity_name(model::Severity severity) {
  static constexpr const char* kNames[] = {"info", "low", "medium", "high", "critical"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string meta_text(const std::vector<model::MetaEntry>& meta) {
  std::map<std::string, std::string> sorted;
  for (const auto& entry : meta) sorted[entry.key] = fmt::format("{}", fmt::join(entry.values, ", "));
  std::string out;
  for (const auto& [key, value] : sorted) out += key + "=" + value + ";";
  return out;
}

class Comparison {
 public:
  Comparison(const Loaded& old_version, const Loaded& new_version, const std::set<std::string>& without)
      : without_(without), old_(*old_version.model), new_(*new_version.model), old_packs_(old_version.packs), new_packs_(new_version.packs),
        versions_(algebra::join(old_, new_)), algebra_(versions_.model) {}

  RuleDiff run() {
    std::map<std::string, std::pair<model::LinkId, model::LinkId>> links;  // old, new
    const auto none = std::pair(model::kNone, model::kNone);
    for (model::LinkId id = 0; id < old_.links.size(); ++id) {
      if (!old_.links[id].anonymous && old_packs_.contains(old_.links[id].pack)) links.emplace(old_.links[id].qualified(), none).first->second.first = id;
    }
    for (model::LinkId id = 0; id < new_.links.size(); ++id) {
      if (!new_.links[id].anonymous && new_packs_.contains(new_.links[id].pack)) links.emplace(new_.links[id].qualified(), none).first->second.second = id;
    }
    for (const auto& [name, ids] : links) {
      if (!without_.contains("link " + name)) link(ids.first, ids.second);
    }
    std::map<std::string, std::pair<model::ChainId, model::ChainId>> chains;
    for (model::ChainId id = 0; id < old_.chains.size(); ++id) {
      if (old_packs_.contains(old_.chains[id].pack)) chains.emplace(old_.chains[id].qualified(), none).first->second.first = id;
    }
    for (model::ChainId id = 0; id < new_.chains.size(); ++id) {
      if (new_packs_.contains(new_.chains[id].pack)) chains.emplace(new_.chains[id].qualified(), none).first->second.second = id;
    }
    for (const auto& [name, ids] : chains) {
      if (!without_.contains("chain " + name)) chain(ids.first, ids.second);
    }
    std::stable_sort(diff_.rules.begin(), diff_.rules.end(), [](const RuleChange& a, const RuleChange& b) {
      return std::pair(!a.chain, a.qualified()) < std::pair(!b.chain, b.qualified());
    });
    packs();
    return std::move(diff_);
  }

 private:
  void note(RuleChange& out, const char* what, const std::string& before, const std::string& after, Step step) {
    if (before == after) return;
    out.notes.push_back(step == Step::patch ? std::string(what) + " changed" : fmt::format("{} {} -> {}", what, before, after));
    out.step = std::max(out.step, step);
  }

  template <typename Rule>
  void common_notes(RuleChange& out, const Rule& before, const Rule& after) {
    note(out, "need", joined(before.need), joined(after.need), Step::minor);
    note(out, "attack", joined(before.attack), joined(after.attack), Step::minor);
    note(out, "risk", std::to_string(before.risk), std::to_string(after.risk), Step::minor);
    note(out, "show", joined(before.show), joined(after.show), Step::minor);
    note(out, "meta", meta_text(before.meta), meta_text(after.meta), Step::patch);
    note(out, "description", before.doc, after.doc, Step::patch);
  }

  void finish(RuleChange out) {
    switch (out.change) {
      case Change::removed: case Change::stricter: case Change::incomparable: case Change::unknown: out.step = Step::major; break;
      case Change::added: case Change::looser: out.step = std::max(out.step, Step::minor); break;
      case Change::equal: if (out.rewritten) out.step = std::max(out.step, Step::patch); break;
    }
    if (out.change == Change::equal && !out.rewritten && out.notes.empty()) {
      ++diff_.unchanged;
      return;
    }
    diff_.rules.push_back(std::move(out));
  }

  /// From what is known of both directions.
  static Change change_of(Verdict kept, Verdict nothing_new) {
    if (kept == Verdict::proved && nothing_new == Verdict::proved) return Change::equal;
    if (kept == Verdict::proved && nothing_new == Verdict::refuted) return Change::looser;
    if (kept == Verdict::refuted && nothing_new == Verdict::proved) return Change::stricter;
    if (kept == Verdict::refuted && nothing_new == Verdict::refuted) return Change::incomparable;
    return Change::unknown;
  }

  void link(model::LinkId before, model::LinkId after) {
    RuleChange out;
    const auto& named = after != model::kNone ? new_.links[after] : old_.links[before];
    out.pack = named.pack;
    out.name = named.name;
    if (before == model::kNone || after == model::kNone) {
      out.change = before == model::kNone ? Change::added : Change::removed;
      return finish(std::move(out));
    }
    common_notes(out, old_.links[before], new_.links[after]);
    const model::LinkId was = versions_.link_of[before];
    const bool same = algebra::meaning_of_link(versions_.model, was) == algebra::meaning_of_link(versions_.model, after);
    out.rewritten = !same && out.notes.empty();
    if (!same) {
      const auto& links = versions_.model.links;
      const auto kept = algebra::implies(algebra_, links[was], links[after]);
      const auto nothing_new = algebra::implies(algebra_, links[after], links[was]);
      out.change = change_of(kept.verdict, nothing_new.verdict);
      if (out.change == Change::unknown) out.reason = kept.verdict == Verdict::unknown ? kept.reason : nothing_new.reason;
      for (const auto* answer : {&nothing_new, &kept}) {
        if (answer->verdict != Verdict::refuted) continue;
        auto log = entries_of(versions_.model, {after, was}, *answer);
        if (!log.empty()) example(out, answer == &nothing_new, std::move(log), {fmt::format("link {} {} times", out.name, answer == &nothing_new ? 1 : 0)});
      }
    }
    finish(std::move(out));
  }

  void chain(model::ChainId before, model::ChainId after) {
    RuleChange out;
    out.chain = true;
    const auto& named = after != model::kNone ? new_.chains[after] : old_.chains[before];
    out.pack = named.pack;
    out.name = named.name;
    if (before == model::kNone || after == model::kNone) {
      out.change = before == model::kNone ? Change::added : Change::removed;
      return finish(std::move(out));
    }
    const auto &was = old_.chains[before], &is = new_.chains[after];
    note(out, "severity", severity_name(was.severity), severity_name(is.severity), Step::minor);
    note(out, "suppress", value::print_duration(was.suppress), value::print_duration(is.suppress), Step::minor);
    common_notes(out, was, is);
    const auto keys = [](const model::Chain& chain) {
      std::vector<std::string> names;
      for (const auto& key : chain.by) names.push_back(key.name);
      return names.empty() ? std::string("all") : joined(names);
    };
    // Findings are of other entities: who reads them must know, whatever fires.
    note(out, "by", keys(was), keys(is), Step::major);
    const model::ChainId old_id = versions_.chain_of[before];
    const bool same = algebra::meaning_of_chain(versions_.model, old_id) == algebra::meaning_of_chain(versions_.model, after);
    out.rewritten = !same && out.notes.empty();
    if (!same) {
      const auto kept = algebra::implies(algebra_, old_id, after);
      const auto nothing_new = algebra::implies(algebra_, after, old_id);
      out.change = change_of(kept.verdict, nothing_new.verdict);
      if (out.change == Change::unknown) out.reason = kept.verdict == Verdict::unknown ? kept.reason : nothing_new.reason;
      for (const auto* answer : {&nothing_new, &kept}) {
        if (answer->verdict != Verdict::refuted) continue;
        bool exact = true;
        const auto trial = algebra::Trial::of_chain(versions_.model, after);
        example(out, answer == &nothing_new, answer->witness, expectations(is, trial.run(algebra::records_of(answer->witness), exact)));
      }
    }
    finish(std::move(out));
  }

  void example(RuleChange& out, bool fires_new, std::vector<algebra::Entry> log, const std::vector<std::string>& expects) {
    Example example;
    example.fires_new = fires_new;
    const std::string name = fmt::format("{}: {}", out.name, fires_new ? "found now" : "no longer found");
    example.test = formatted(test_of(versions_.model, out.pack, name, log, expects).text);
    example.log = std::move(log);
    out.examples.push_back(std::move(example));
  }

  // ---- versions ----

  static std::vector<std::uint64_t> numbers(const std::string& version) {
    std::vector<std::uint64_t> out;
    std::size_t at = 0;
    for (int i = 0; i < 3; ++i) {
      std::uint64_t value = 0;
      while (at < version.size() && version[at] >= '0' && version[at] <= '9') value = value * 10 + static_cast<std::uint64_t>(version[at++] - '0');
      out.push_back(value);
      if (at < version.size() && version[at] == '.') ++at;
    }
    return out;
  }

  static bool raised(const std::string& before, const std::string& after, Step step) {
    if (step == Step::none) return true;
    const auto was = numbers(before), is = numbers(after);
    const std::size_t parts = step == Step::major ? 1 : step == Step::minor ? 2 : 3;
    return std::vector(is.begin(), is.begin() + static_cast<std::ptrdiff_t>(parts)) > std::vector(was.begin(), was.begin() + static_cast<std::ptrdiff_t>(parts));
  }

  void packs() {
    std::map<std::string, PackChange> packs;
    for (const auto& pack : old_.packs) {
      if (old_packs_.contains(pack.name)) packs[pack.name].old_version = pack.version;
    }
    for (const auto& pack : new_.packs) {
      if (new_packs_.contains(pack.name)) packs[pack.name].new_version = pack.version;
    }
    for (const auto& rule : diff_.rules) packs[rule.pack].step = std::max(packs[rule.pack].step, rule.step);
    for (auto& [name, pack] : packs) {
      pack.name = name;
      if (pack.old_version.empty() || pack.new_version.empty()) {
        // A pack that comes or goes as a whole: its version says nothing.
        pack.raised = true;
      } else {
        pack.raised = raised(pack.old_version, pack.new_version, pack.step);
      }
      if (pack.step != Step::none || pack.old_version != pack.new_version) diff_.packs.push_back(pack);
    }
  }

  const std::set<std::string>& without_;
  const model::Model& old_;
  const model::Model& new_;
  const std::set<std::string>& old_packs_;
  const std::set<std::string>& new_packs_;
  algebra::Versions versions_;
  algebra::Algebra algebra_;
  RuleDiff diff_;
};

}  // namespace

const char* name_of(Change change) {
  switch (change) {
    case Change::added: return "added";
    case Change::removed: return "removed";
    case Change::equal: return "equal";
    case Change::looser: return "looser";
    case Change::stricter: return "stricter";
    case Change::incomparable: return "incomparable";
    case Change::unknown: return "unknown";
  }
  return "";
}

const char* name_of(Step step) {
  switch (step) {
    case Step::none: return "none";
    case Step::patch: return "patch";
    case Step::minor: return "minor";
    case Step::major: return "major";
  }
  return "";
}

RuleDiff compare_rules(const Loaded& old_version, const Loaded& new_version, const std::set<std::string>& without) {
  return Comparison(old_version, new_version, without).run();
}

}  // namespace chainhunt::driver

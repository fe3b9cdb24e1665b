#include "compiler/driver/backtest.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/codegen/codegen.h"
#include "compiler/plan/plan.h"
#include "runtime/engine/replay.h"

namespace chainhunt::driver {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string range(std::uint64_t least, std::uint64_t most) {
  if (least == most) return std::to_string(least);
  if (most == std::numeric_limits<std::uint64_t>::max()) return fmt::format("at least {}", least);
  return fmt::format("{} to {}", least, most);
}

}  // namespace

Result<ReplayOutcome> replay_rules(const Loaded& loaded, const ReplayRequest& request) {
  const auto files = input::list_inputs(request.logs);
  if (!files.ok()) return files.error();
  if (files->empty()) return Error{"no log file in " + request.logs.front()};
  plan::Options selection;
  selection.packs.assign(loaded.packs.begin(), loaded.packs.end());
  Diagnostics diagnostics;
  const auto program = plan::plan(*loaded.model, selection, diagnostics);
  ReplayOutcome out;
  for (const auto& diagnostic : diagnostics.all()) out.warnings.push_back(diagnostic.message);
  for (const auto& chain : loaded.model->chains) {
    if (loaded.packs.contains(chain.pack)) out.findings[chain.qualified()];
  }
  if (!program) return out;  // no rule is left: nothing is found
  auto prepared = match::prepare(*program);
  if (!prepared.ok()) return prepared.error();
  // Native code where it can be made; what is found does not depend on it.
  auto native = codegen::compile(*program);
  if (native.ok()) codegen::install(**native, **prepared);
  engine::ReplayOptions options;
  options.threads = request.threads;
  options.log_complete = request.complete;
  const auto replayed = engine::replay(*program, **prepared, *files, options);
  if (!replayed.ok()) return replayed.error();
  out.complete = replayed->outcome.complete;
  bool read_nothing = true;
  for (const auto& report : replayed->reports) {
    out.records += report.records;
    read_nothing = read_nothing && !report.error.empty() && report.records == 0;
    if (!report.error.empty()) out.warnings.push_back(report.path + ": " + report.error);
  }
  if (read_nothing) return Error{out.warnings.back()};
  for (const auto& finding : replayed->outcome.findings) {
    out.findings[program->chains[finding.chain].name].push_back({finding.entity, finding.first, finding.last});
  }
  for (auto& [chain, list] : out.findings) std::sort(list.begin(), list.end());
  return out;
}

std::vector<ChainFindings> compare_findings(const Replayed& before, const Replayed& after) {
  std::map<std::string, ChainFindings> all;
  static const std::vector<ReplayedFinding> none;
  const auto of = [](const Replayed& list, const std::string& chain) -> const std::vector<ReplayedFinding>& {
    const auto found = list.find(chain);
    return found == list.end() ? none : found->second;
  };
  for (const auto* list : {&before, &after}) {
    for (const auto& [chain, findings] : *list) all[chain].chain = chain;
  }
  std::vector<ChainFindings> out;
  for (auto& [chain, change] : all) {
    const auto &was = of(before, chain), &is = of(after, chain);
    change.before = was.size();
    change.after = is.size();
    std::set_difference(is.begin(), is.end(), was.begin(), was.end(), std::back_inserter(change.gained));
    std::set_difference(was.begin(), was.end(), is.begin(), is.end(), std::back_inserter(change.lost));
    if (!change.gained.empty() || !change.lost.empty()) out.push_back(std::move(change));
  }
  return out;
}

Result<Expectations> parse_expectations(const std::string& text) {
  using nlohmann::json;
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return Error{"not JSON"};
  if (!root.is_object()) return Error{"the file is no object; it is {\"findings\": {\"pack.chain\": {\"min\": 1, \"max\": 5}}}"};
  Expectations out;
  const auto whole = [](const json& value) { return value.is_number_unsigned(); };
  for (const auto& [key, value] : root.items()) {
    if (key == "unexpected") {
      if (value == "fail") out.unexpected = Unexpected::fail;
      else if (value == "warn") out.unexpected = Unexpected::warn;
      else if (value == "ignore") out.unexpected = Unexpected::ignore;
      else return Error{"\"unexpected\" is " + value.dump() + "; it is \"fail\", \"warn\" or \"ignore\""};
      continue;
    }
    if (key != "findings") return Error{"no key \"" + key + "\" is known; there are \"findings\" and \"unexpected\""};
    if (!value.is_object()) return Error{"\"findings\" is no object of chains"};
    for (const auto& [chain, count] : value.items()) {
      auto& range = out.findings[chain];
      range = {0, std::numeric_limits<std::uint64_t>::max()};
      if (whole(count)) {
        range = {count.get<std::uint64_t>(), count.get<std::uint64_t>()};
        continue;
      }
      if (!count.is_object()) return Error{"\"" + chain + "\" is " + count.dump() + "; it is a whole number, or an object with \"min\", \"max\" or both"};
      for (const auto& [bound, number] : count.items()) {
        if (bound != "min" && bound != "max") return Error{"\"" + chain + "\" has \"" + bound + "\"; there are \"min\" and \"max\""};
        if (!whole(number)) return Error{"\"" + chain + "\": \"" + bound + "\" is " + number.dump() + ", no whole number"};
        (bound == "min" ? range.first : range.second) = number.get<std::uint64_t>();
      }
      if (range.first > range.second) return Error{"\"" + chain + "\": \"min\" is greater than \"max\""};
    }
  }
  return out;
}

std::vector<Judged> judge(const Expectations& expectations, Unexpected unexpected, const Replayed& findings) {
  std::vector<Judged> out;
  for (const auto& [chain, range_of] : expectations.findings) {
    Judged one{chain, 0, {}, false};
    const auto found = findings.find(chain);
    if (found == findings.end()) {
      one.failure = "no such chain in the rules";
    } else {
      one.findings = found->second.size();
      if (one.findings < range_of.first || one.findings > range_of.second) {
        one.failure = fmt::format("{} finding{}; expected {}", one.findings, one.findings == 1 ? "" : "s", range(range_of.first, range_of.second));
      }
    }
    out.push_back(std::move(one));
  }
  for (const auto& [chain, list] : findings) {
    if (expectations.findings.contains(chain) || list.empty() || unexpected == Unexpected::ignore) continue;
    out.push_back({chain, list.size(), fmt::format("{} finding{}; none expected", list.size(), list.size() == 1 ? "" : "s"), unexpected == Unexpected::warn});
  }
  std::sort(out.begin(), out.end(), [](const Judged& a, const Judged& b) { return a.chain < b.chain; });
  return out;
}

std::string junit(const std::vector<Judged>& judged) {
  const auto failures = std::count_if(judged.begin(), judged.end(), [](const Judged& one) { return !one.failure.empty() && !one.warning; });
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites tests=\"{}\" failures=\"{}\">\n  <testsuite name=\"chainhunt backtest\" tests=\"{}\" failures=\"{}\">\n", judged.size(), failures,
                     judged.size(), failures);
  for (const Judged& one : judged) {
    const std::size_t dot = one.chain.find('.');
    const std::string pack = dot == std::string::npos ? "" : one.chain.substr(0, dot);
    const std::string name = dot == std::string::npos ? one.chain : one.chain.substr(dot + 1);
    out += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(pack), escaped(name));
    if (one.failure.empty()) out += "/>\n";
    else if (one.warning) out += fmt::format(">\n      <system-out>warning: {}</system-out>\n    </testcase>\n", escaped(one.failure));
    else out += fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", escaped(one.failure));
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace chainhunt::driver

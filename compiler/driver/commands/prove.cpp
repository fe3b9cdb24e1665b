// chainhunt prove: what two rules are to each other, with an example.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/algebra/chain_relation.h"
#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/rule_name.h"
#include "compiler/driver/test_text.h"
#include "compiler/driver/witness_json.h"
#include "runtime/output/json_text.h"

namespace chainhunt::driver {
namespace {

using algebra::Verdict;

struct Options {
  std::string question, format = "text";
  std::vector<std::string> names, rules;
};

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved: return "proved";
    case Verdict::refuted: return "refuted";
    case Verdict::unknown: return "unknown";
  }
  return "";
}

/// The answer about links in the form of one about chains.
algebra::ChainAnswer of_links(const model::Model& model, const std::vector<model::LinkId>& links, algebra::Answer answer) {
  algebra::ChainAnswer out{answer.verdict, entries_of(model, links, answer), answer.reason};
  return out;
}

algebra::ChainAnswer ask(algebra::Algebra& algebra, const std::string& question, const std::vector<RuleId>& rules) {
  const model::Model& model = algebra.model();
  if (rules.front().chain) {
    if (question == "satisfiable") return algebra::satisfiable(algebra, rules[0].id);
    if (question == "implies") return algebra::implies(algebra, rules[0].id, rules[1].id);
    if (question == "equivalent") return algebra::equivalent(algebra, rules[0].id, rules[1].id);
    return algebra::overlaps(algebra, rules[0].id, rules[1].id);
  }
  std::vector<model::LinkId> links;
  for (const auto& rule : rules) links.push_back(rule.id);
  const auto& a = model.links[links.front()];
  if (question == "satisfiable") {
    // With its `keep`: one event by itself is rare, and the first.
    algebra::LogSearch search = algebra::witness_log_of_link(algebra, links.front());
    const Verdict verdict = search.outcome == algebra::Outcome::found ? Verdict::proved : search.outcome == algebra::Outcome::none ? Verdict::refuted : Verdict::unknown;
    return {verdict, std::move(search.log), std::move(search.reason)};
  }
  const auto& b = model.links[links.back()];
  if (question == "implies") return of_links(model, links, algebra::implies(algebra, a, b));
  if (question == "equivalent") return of_links(model, links, algebra::equivalent(algebra, a, b));
  return of_links(model, links, algebra::overlaps(algebra, a, b));
}

/// The lines of a test about the rules asked for: what the witness shows of each.
std::vector<std::string> expects(const model::Model& model, const std::vector<RuleId>& rules, const std::vector<algebra::Entry>& log) {
  std::vector<std::string> out;
  const auto records = algebra::records_of(log);
  bool exact = true;
  for (const auto& rule : rules) {
    if (rule.chain) {
      const auto lines = expectations(model.chains[rule.id], algebra::Trial::of_chain(model, rule.id).run(records, exact));
      out.insert(out.end(), lines.begin(), lines.end());
    } else {
      out.push_back(fmt::format("link {} {} times", model.links[rule.id].name, algebra::Trial::of_link(model, rule.id).run(records, exact).size()));
    }
  }
  return out;
}

std::string sentence(const Options& options, const std::vector<std::string>& names) {
  if (options.question == "satisfiable") return names[0] + " is satisfiable";
  if (options.question == "implies") return names[0] + " implies " + names[1];
  if (options.question == "equivalent") return names[0] + " and " + names[1] + " are equivalent";
  return names[0] + " and " + names[1] + " overlap";
}

int run(const Options& options) {
  const std::size_t wanted = options.question == "satisfiable" ? 1 : 2;
  if (options.names.size() != wanted) {
    fmt::print(stderr, "chainhunt: prove {} asks about {}, not {}\n", options.question, wanted == 1 ? "one rule" : "two rules", options.names.size());
    return kUsage;
  }
  Loaded loaded = load(options.rules);
  if (!loaded.error.empty()) {
    fmt::print(stderr, "chainhunt: {}\n", loaded.error);
    return kUsage;
  }
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!loaded.model || loaded.diagnostics.has_errors()) return kRuleError;
  const model::Model& model = *loaded.model;
  std::vector<RuleId> rules;
  std::vector<std::string> names;
  for (const auto& name : options.names) {
    std::string error;
    const auto rule = rule_named(model, name, error);
    if (!rule) {
      fmt::print(stderr, "chainhunt: {}\n", error);
      return kUsage;
    }
    rules.push_back(*rule);
    names.push_back(qualified_name(model, *rule));
  }
  if (rules.front().chain != rules.back().chain) {
    fmt::print(stderr, "chainhunt: {} is a {}, {} a {}; links are compared with links and chains with chains\n", names[0], rules[0].chain ? "chain" : "link", names[1],
               rules[1].chain ? "chain" : "link");
    return kUsage;
  }
  algebra::Algebra algebra(model);
  const algebra::ChainAnswer answer = ask(algebra, options.question, rules);
  std::string test;
  if (!answer.witness.empty()) {
    const std::string& pack = rules[0].chain ? model.chains[rules[0].id].pack : model.links[rules[0].id].pack;
    test = formatted(test_of(model, pack, fmt::format("{}: {}", name_of(answer.verdict), sentence(options, options.names)), answer.witness, expects(model, rules, answer.witness)).text);
  }
  if (options.format == "json") {
    std::string out = "{\"version\":1,\"question\":";
    output::append_json(out, options.question);
    out += ",\"rules\":[";
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0) out += ',';
      output::append_json(out, names[i]);
    }
    out += "],\"answer\":";
    output::append_json(out, name_of(answer.verdict));
    out += ",\"reason\":";
    output::append_json(out, answer.reason);
    out += ",\"witness\":";
    append_records(out, answer.witness);
    out += ",\"test\":";
    output::append_json(out, test);
    fmt::print("{}}}\n", out);
  } else {
    fmt::print("{}: {}{}\n{}", name_of(answer.verdict), sentence(options, names), answer.reason.empty() ? "" : ": " + answer.reason, test);
  }
  return answer.verdict == Verdict::proved ? kFine : kFindings;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("question", options->question, "satisfiable A, implies A B, equivalent A B, or overlaps A B")
      ->type_name("QUESTION")->required()->check(CLI::IsMember({"satisfiable", "implies", "equivalent", "overlaps"}));
  app.add_option("names", options->names, "Chains, or links, with or without their pack")->type_name("NAME")->required()->expected(1, 2);
  app.add_option("-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES")->allow_extra_args(false);
  app.add_option("-f,--format", options->format, "Output format")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_prove = {"prove", "What two rules are to each other, with an example", 7, setup};

}  // namespace chainhunt::driver

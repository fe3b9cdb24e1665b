// Reads `.chainhunt.toml`. Only this file includes the TOML library, and its exceptions stop here.
#include "compiler/lint/policy.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <re2/re2.h>
#include <toml++/toml.h>

#include "compiler/lint/lint.h"
#include "compiler/lint/pages.h"

namespace chainhunt::lint {
namespace {

/// TOML has lines and columns, both from 1; columns count code points.
std::uint32_t offset_of(const std::string& text, toml::source_position at) {
  std::size_t offset = 0;
  for (toml::source_index line = 1; line < at.line && offset < text.size(); ++line) {
    const std::size_t newline = text.find('\n', offset);
    offset = newline == std::string::npos ? text.size() : newline + 1;
  }
  for (toml::source_index column = 1; column < at.column && offset < text.size() && text[offset] != '\n'; ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80) ++offset;
  }
  return static_cast<std::uint32_t>(offset);
}

class Reader {
 public:
  Reader(FileId file, const std::string& text, Diagnostics& diagnostics) : file_(file), text_(text), diagnostics_(diagnostics) {}

  void read(const toml::table& table, Policy& policy) {
    for (const auto& [key, node] : table) {
      if (key == "levels") section(key, node, [&](const toml::key& k, const toml::node& n) { level(k, n, policy); });
      else if (key == "rules") section(key, node, [&](const toml::key& k, const toml::node& n) { rules(k, n, policy); });
      else unknown(key, {"levels", "rules"});
    }
  }

  void error(Span span, const std::string& message, const std::string& note = {}) {
    auto& d = diagnostics_.error("bad-policy", span, message);
    if (!note.empty()) d.notes.push_back(note);
  }
  Span span(const toml::source_region& region) const {
    const std::uint32_t begin = offset_of(text_, region.begin);
    return {file_, begin, std::max(begin, offset_of(text_, region.end))};
  }

 private:
  template <typename Each>
  void section(const toml::key& key, const toml::node& node, Each&& each) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return error(span(key.source()), fmt::format("`{}` is no table", key.str()), fmt::format("write `[{}]`, and what belongs to it below", key.str()));
    for (const auto& [k, n] : *table) each(k, n);
  }

  void unknown(const toml::key& key, const std::vector<std::string>& known) {
    const std::string name(key.str());
    const std::string near = nearest_name(name, known);
    error(span(key.source()), fmt::format("no such key: `{}`", name), near.empty() ? fmt::format("keys here are {}", fmt::join(known, ", ")) : fmt::format("did you mean `{}`?", near));
  }

  void level(const toml::key& key, const toml::node& node, Policy& policy) {
    const std::string code(key.str());
    const CodeText* page = page_of(code);
    if (page == nullptr) {
      std::vector<std::string> known;
      for (const CodeText& text : pages()) known.push_back(text.code);
      const std::string near = nearest_name(code, known);
      return error(span(key.source()), fmt::format("no check is called `{}`", code), near.empty() ? "`chainhunt check --list` names them" : fmt::format("did you mean `{}`?", near));
    }
    if (page->level == DiagnosticLevel::error && !is_check(code)) {
      return error(span(key.source()), fmt::format("`{}` is an error of the language", code), "only warnings and checks have a level to choose");
    }
    const auto value = node.value<std::string>();
    const std::map<std::string, std::optional<DiagnosticLevel>> names = {
        {"off", std::nullopt}, {"note", DiagnosticLevel::note}, {"warning", DiagnosticLevel::warning}, {"error", DiagnosticLevel::error}};
    const auto chosen = value ? names.find(*value) : names.end();
    if (chosen == names.end()) return error(span(node.source()), fmt::format("`{}` is no level", value.value_or("this")), "levels are \"off\", \"note\", \"warning\", \"error\"");
    policy.levels[code] = chosen->second;
  }

  void rules(const toml::key& key, const toml::node& node, Policy& policy) {
    if (key == "required_meta") policy.required_meta = texts(key, node);
    else if (key == "severities") {
      policy.severities = texts(key, node);
      const std::set<std::string> known = {"info", "low", "medium", "high", "critical"};
      for (const auto& severity : policy.severities) {
        if (!known.contains(severity)) error(span(node.source()), fmt::format("`{}` is no severity", severity), "severities are info, low, medium, high, critical");
      }
    } else if (key == "link_name") policy.link_name = pattern(node);
    else if (key == "chain_name") policy.chain_name = pattern(node);
    else unknown(key, {"required_meta", "severities", "link_name", "chain_name"});
  }

  std::vector<std::string> texts(const toml::key& key, const toml::node& node) {
    std::vector<std::string> out;
    const toml::array* list = node.as_array();
    bool wrong = list == nullptr;
    if (list != nullptr) {
      for (const auto& entry : *list) {
        const auto text = entry.value<std::string>();
        wrong = wrong || !text;
        if (text) out.push_back(*text);
      }
    }
    if (wrong) error(span(node.source()), fmt::format("`{}` is no list of strings", key.str()), fmt::format("write `{} = [\"…\"]`", key.str()));
    return out;
  }

  std::string pattern(const toml::node& node) {
    const auto text = node.value<std::string>();
    if (!text) {
      error(span(node.source()), "no string", "a regular expression in quotes that the whole name fits: '[a-z]+_[a-z_]+'");
      return {};
    }
    const re2::RE2 regex(*text, re2::RE2::Quiet);
    if (!regex.ok()) error(span(node.source()), "no regular expression: " + regex.error());
    return regex.ok() ? *text : std::string();
  }

  FileId file_;
  const std::string& text_;
  Diagnostics& diagnostics_;
};

}  // namespace

Policy read_policy(FileId file, const Sources& sources, Diagnostics& diagnostics) {
  Policy policy;
  const std::string& text = sources.files[file].text;
  Reader reader(file, text, diagnostics);
  try {
    reader.read(toml::parse(text), policy);
  } catch (const toml::parse_error& failure) {
    reader.error(reader.span(failure.source()), std::string(failure.description()));
  }
  return policy;
}

}  // namespace chainhunt::lint

// SARIF 2.1.0 (OASIS), with what GitHub's code scanning shows: rules with help, levels, related locations, fixes, and
// fingerprints that outlive moved lines. Regions count code points; their end column stands behind the last one.
#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

#include "compiler/base/located.h"
#include "compiler/base/renderer.h"

namespace chainhunt {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "https://json.schemastore.org/sarif-2.1.0.json";

/// A path as a URI reference: RFC 3986 unreserved characters and `/` stand, the rest is percent-encoded. An absolute
/// path becomes a file URI; "./" in front says nothing.
std::string uri(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  std::string out = path.starts_with("/") ? "file://" : "";
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
    if (plain) out += c;
    else out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

Json region(const Located& at) {
  return {{"startLine", at.begin.line}, {"startColumn", at.begin.column}, {"endLine", at.end.line}, {"endColumn", at.end.column}};
}

Json physical(const Sources& sources, Span span) {
  const Located at = located(sources, span);
  Json out = {{"artifactLocation", {{"uri", uri(at.path)}}}, {"region", region(at)}};
  const std::string& text = sources.files[span.file].text;
  if (span.end > span.begin && span.end <= text.size()) out["region"]["snippet"]["text"] = text.substr(span.begin, span.end - span.begin);
  return out;
}

Json fix_of(const Sources& sources, const Fix& fix) {
  std::map<FileId, Json> changes;
  for (const Edit& edit : fix.edits) {
    changes.emplace(edit.span.file, Json::array()).first->second.push_back({{"deletedRegion", region(located(sources, edit.span))}, {"insertedContent", {{"text", edit.replacement}}}});
  }
  Json artifacts = Json::array();
  for (auto& [file, replacements] : changes) {
    artifacts.push_back({{"artifactLocation", {{"uri", uri(sources.files[file].path)}}}, {"replacements", std::move(replacements)}});
  }
  return {{"description", {{"text", fix.title}}}, {"artifactChanges", std::move(artifacts)}};
}

Json rule(const CodeText& code) {
  const std::string_view text = code.text;  // its first paragraph says it all, shortly
  const std::string markdown = std::string("# ") + code.code + ": " + code.title + "\n\n" + code.text;
  return {
      {"id", code.code},
      {"name", code.code},
      {"shortDescription", {{"text", code.title}}},
      {"fullDescription", {{"text", std::string(text.substr(0, text.find("\n\n")))}}},
      {"help", {{"text", code.text}, {"markdown", markdown}}},
      {"defaultConfiguration", {{"level", level_name(code.level)}}},
  };
}

std::string render(const Rendering& r) {
  Json rules = Json::array(), results = Json::array();
  std::map<std::string, std::size_t> index;
  for (const Diagnostic& d : r.diagnostics) {
    if (index.contains(d.code)) continue;
    for (const CodeText& code : r.codes) {
      if (d.code != code.code) continue;
      index[d.code] = rules.size();
      rules.push_back(rule(code));
      break;
    }
  }
  for (const Diagnostic& d : r.diagnostics) {
    Json result = {{"ruleId", d.code}};
    if (const auto at = index.find(d.code); at != index.end()) result["ruleIndex"] = at->second;
    result["level"] = level_name(d.level);
    std::string message = d.message;
    for (const auto& note : d.notes) message += "\n" + note;
    result["message"]["text"] = message;
    if (d.span.file < r.sources.files.size()) {
      Json location = {{"physicalLocation", physical(r.sources, d.span)}};
      if (!d.rule.empty()) location["logicalLocations"] = Json::array({{{"fullyQualifiedName", d.rule}}});
      result["locations"] = Json::array({std::move(location)});
    }
    for (std::size_t i = 0; i < d.labels.size(); ++i) {
      const Label& label = d.labels[i];
      if (label.span.file >= r.sources.files.size()) continue;
      result["relatedLocations"].push_back({{"id", i + 1}, {"physicalLocation", physical(r.sources, label.span)}, {"message", {{"text", label.text}}}});
    }
    if (!d.fingerprint.empty()) result["partialFingerprints"]["chainhunt/v1"] = d.fingerprint;
    if (d.fix) result["fixes"] = Json::array({fix_of(r.sources, *d.fix)});
    results.push_back(std::move(result));
  }
  Json run = {
      {"tool", {{"driver", {{"name", "chainhunt"}, {"semanticVersion", r.version}, {"version", r.version}, {"rules", std::move(rules)}}}}},
      {"automationDetails", {{"id", "chainhunt/check/"}}},
      {"columnKind", "unicodeCodePoints"},
      {"results", std::move(results)},
  };
  const Json document = {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer renderer_sarif = {"sarif", "SARIF 2.1.0, for code scanning", render};

}  // namespace chainhunt

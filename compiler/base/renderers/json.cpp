// One JSON document; docs/cli.md describes the keys.
#include <nlohmann/json.hpp>

#include "compiler/base/located.h"
#include "compiler/base/renderer.h"

namespace chainhunt {
namespace {

using Json = nlohmann::ordered_json;

Json place(const Sources& sources, Span span) {
  const Located at = located(sources, span);
  if (at.path.empty()) return Json::object();
  return {{"file", at.path}, {"line", at.begin.line}, {"column", at.begin.column}, {"end_line", at.end.line}, {"end_column", at.end.column}};
}

std::string render(const Rendering& r) {
  Json list = Json::array();
  for (const Diagnostic& d : r.diagnostics) {
    Json entry = {{"code", d.code}, {"level", level_name(d.level)}, {"message", d.message}};
    entry.update(place(r.sources, d.span));
    if (!d.rule.empty()) entry["rule"] = d.rule;
    if (!d.fingerprint.empty()) entry["fingerprint"] = d.fingerprint;
    for (const Label& label : d.labels) {
      Json related = place(r.sources, label.span);
      related["message"] = label.text;
      entry["related"].push_back(std::move(related));
    }
    if (!d.notes.empty()) entry["notes"] = d.notes;
    if (d.fix) {
      Json edits = Json::array();
      for (const Edit& edit : d.fix->edits) {
        Json one = place(r.sources, edit.span);
        one["text"] = edit.replacement;
        edits.push_back(std::move(one));
      }
      entry["fix"] = {{"title", d.fix->title}, {"sure", d.fix->sure}, {"edits", std::move(edits)}};
    }
    list.push_back(std::move(entry));
  }
  const Json document = {{"version", 1}, {"chainhunt", r.version}, {"files", r.files}, {"diagnostics", std::move(list)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer renderer_json = {"json", "one JSON document", render};

}  // namespace chainhunt

#include "compiler/import/sigma/document.h"

#include <algorithm>

#include "compiler/import/sigma/condition.h"
#include "runtime/base/text.h"

namespace chainhunt::sigma {
namespace {

std::string text_of(const Node& node, std::string_view key) {
  const Node* value = node.find(key);
  return value != nullptr && value->is_scalar() ? value->text : std::string();
}

std::vector<std::string> texts_of(const Node& node, std::string_view key) {
  std::vector<std::string> out;
  for (Word& word : words_of(node.find(key))) out.push_back(std::move(word.text));
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), base::lower_ascii);
  return text;
}

bool fail(Diagnostics& diagnostics, Span span, std::string message, std::string note = {}) {
  auto& d = diagnostics.error("sigma-document", span, std::move(message));
  if (!note.empty()) d.notes.push_back(std::move(note));
  return false;
}

bool read_source(const Node& node, LogSource& out, Diagnostics& diagnostics) {
  const Node* source = node.find("logsource");
  if (source == nullptr || !source->is_map()) return fail(diagnostics, source ? source->span : node.span, "the document does not say which logs it reads", "add `logsource:` with product, category or service");
  out.span = node.key_span("logsource");
  out.product = lower(text_of(*source, "product"));
  out.category = lower(text_of(*source, "category"));
  out.service = lower(text_of(*source, "service"));
  return true;
}

/// `skip` are keys of the map that are no search identifiers.
bool read_detection(const Node& map, std::initializer_list<std::string_view> skip, Detection& out, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < map.keys.size() && i < map.items.size(); ++i) {
    const std::string& name = map.keys[i].text;
    if (name == "condition" || std::find(skip.begin(), skip.end(), name) != skip.end()) continue;
    auto search = read_search(map.items[i], diagnostics);
    if (!search) return false;
    search->span = map.keys[i].span;
    names.push_back(name);
    out.searches.emplace_back(name, std::move(*search));
  }
  const Node* condition = map.find("condition");
  if (condition == nullptr) return fail(diagnostics, map.span, "the detection has no condition", names.size() == 1 ? "add `condition: " + names[0] + "`" : "");
  if (names.empty()) return fail(diagnostics, map.span, "the detection has no search identifier");
  auto read = read_condition(*condition, names, diagnostics);
  if (!read) return false;
  out.condition = std::move(*read);
  return true;
}

bool read_rule(const Node& node, Document& out, Diagnostics& diagnostics) {
  const Node* detection = node.find("detection");
  if (!detection->is_map()) return fail(diagnostics, node.key_span("detection"), "`detection` is no map");
  return read_source(node, out.source, diagnostics) && read_detection(*detection, {"timeframe"}, out.detection, diagnostics);
}

bool read_filter(const Node& node, Document& out, Diagnostics& diagnostics) {
  const Node* filter = node.find("filter");
  if (!filter->is_map()) return fail(diagnostics, node.key_span("filter"), "`filter` is no map");
  out.filtered = words_of(filter->find("rules"));
  out.filters_any = out.filtered.size() == 1 && base::equal_ascii_case(out.filtered[0].text, "any");
  if (out.filtered.empty()) return fail(diagnostics, node.key_span("filter"), "the filter names no rules", "add `rules:` with their ids or names, or `rules: any`");
  return read_source(node, out.source, diagnostics) && read_detection(*filter, {"rules"}, out.detection, diagnostics);
}

void read_meta(const Node& node, Document& out) {
  if (const Node* title = node.find("title"); title != nullptr && title->is_scalar()) out.title = {title->text, title->span};
  out.span = out.title.text.empty() ? Span{node.span.file, node.span.begin, node.span.begin} : out.title.span;
  out.id = text_of(node, "id");
  out.name = text_of(node, "name");
  out.description = text_of(node, "description");
  out.status = lower(text_of(node, "status"));
  out.level = lower(text_of(node, "level"));
  if (const Node* level = node.find("level")) out.level_span = level->span;
  out.author = text_of(node, "author");
  out.date = text_of(node, "date");
  out.modified = text_of(node, "modified");
  out.taxonomy = text_of(node, "taxonomy");
  out.references = texts_of(node, "references");
  out.false_positives = texts_of(node, "falsepositives");
  out.tags = words_of(node.find("tags"));
  out.fields = words_of(node.find("fields"));
}

bool read_document(const Node& node, Document& out, Diagnostics& diagnostics) {
  if (!node.is_map()) return fail(diagnostics, node.span, "the document is no map, so it is no Sigma rule");
  read_meta(node, out);
  if (node.find("action") != nullptr) {
    return fail(diagnostics, node.key_span("action"), "`action` belongs to an older Sigma, where documents shared parts", "write each rule whole");
  }
  if (!out.taxonomy.empty() && out.taxonomy != "sigma") {
    diagnostics.error("sigma-unsupported", node.find("taxonomy")->span, "the rule names fields by the taxonomy `" + out.taxonomy + "`, which is not known")
        .notes.push_back("rules are read in Sigma's own taxonomy");
    return false;
  }
  if (!out.level.empty() && out.level != "informational" && out.level != "low" && out.level != "medium" && out.level != "high" && out.level != "critical") {
    return fail(diagnostics, out.level_span, "no level `" + out.level + "`", "there are informational, low, medium, high and critical");
  }
  if (const Node* correlation = node.find("correlation")) {
    out.kind = Document::Kind::correlation;
    if (!correlation->is_map()) return fail(diagnostics, node.key_span("correlation"), "`correlation` is no map");
    if (text_of(node, "generate") == "true") out.correlation.generate = true;
    return read_correlation(*correlation, out.correlation, diagnostics);
  }
  if (node.find("filter") != nullptr) {
    out.kind = Document::Kind::filter;
    return read_filter(node, out, diagnostics);
  }
  if (node.find("detection") != nullptr) return read_rule(node, out, diagnostics);
  return fail(diagnostics, out.span, "the document has no `detection`, `correlation` or `filter`, so it is no Sigma rule");
}

}  // namespace

const Condition* Detection::search(const std::string& name) const {
  for (const auto& [own, condition] : searches) {
    if (own == name) return &condition;
  }
  return nullptr;
}

std::vector<Word> words_of(const Node* node) {
  std::vector<Word> out;
  if (node == nullptr) return out;
  if (node->is_scalar()) out.push_back({node->text, node->span});
  if (node->is_sequence()) {
    for (const Node& item : node->items) {
      if (item.is_scalar()) out.push_back({item.text, item.span});
    }
  }
  return out;
}

Documents read_documents(FileId file, const std::string& text, Diagnostics& diagnostics) {
  Documents out;
  const auto nodes = read_yaml(file, text, diagnostics);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind == NodeKind::null) continue;  // nothing behind a last `---`
    ++out.total;
    Document document;
    if (!read_document(nodes[i], document, diagnostics)) continue;
    document.first_in_file = i == 0;
    document.last_in_file = i + 1 == nodes.size();
    out.documents.push_back(std::move(document));
  }
  return out;
}

}  // namespace chainhunt::sigma

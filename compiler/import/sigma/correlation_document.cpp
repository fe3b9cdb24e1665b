// The `correlation` part of a document, read but not yet joined with the rules that it names.
#include <algorithm>
#include <array>

#include "compiler/import/sigma/condition.h"
#include "compiler/import/sigma/document.h"

namespace chainhunt::sigma {
namespace {

constexpr std::array<std::string_view, 8> kTypes = {"event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg", "value_percentile", "value_median"};
constexpr std::array<std::string_view, 6> kOps = {"gt", "gte", "lt", "lte", "eq", "neq"};

bool fail(Diagnostics& diagnostics, Span span, std::string message, std::string note = {}) {
  auto& d = diagnostics.error("sigma-correlation", span, std::move(message));
  if (!note.empty()) d.notes.push_back(std::move(note));
  return false;
}

bool one_word(const Node& node, std::string_view key, Word& out, Diagnostics& diagnostics) {
  const Node* value = node.find(key);
  if (value == nullptr || !value->is_scalar()) return fail(diagnostics, value == nullptr ? node.span : value->span, "the correlation does not say its `" + std::string(key) + "`");
  out = {value->text, value->span};
  return true;
}

/// `30s`, `5m`, `1h`, `1d`: the same in Chain.
bool timespan(const Word& word, Diagnostics& diagnostics) {
  const std::string& text = word.text;
  const bool digits = text.size() > 1 && std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
  if (digits && std::string_view("smhd").find(text.back()) != std::string_view::npos && text.size() < 10) return true;
  return fail(diagnostics, word.span, "`" + text + "` is no time span", "a number and one of s, m, h, d: `90m`");
}

/// Digits, perhaps with a point among them: as Chain writes numbers.
bool is_number(const std::string& text) {
  const std::size_t point = text.find('.');
  const auto digits = [&](std::size_t from, std::size_t to) { return from < to && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(to), [](char c) { return c >= '0' && c <= '9'; }); };
  return text.size() < 20 && (point == std::string::npos ? digits(0, text.size()) : digits(0, point) && digits(point + 1, text.size()));
}

bool bounds(const Node& node, Correlation& out, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
    const std::string& key = node.keys[i].text;
    const Node& value = node.items[i];
    if (key == "field") {
      out.fields = words_of(&value);
      continue;
    }
    if (!value.is_scalar() || !is_number(value.text)) return fail(diagnostics, value.span, "`" + key + "` takes a number");
    if (key == "percentile") {
      out.percentile = Word{value.text, value.span};
    } else if (std::find(kOps.begin(), kOps.end(), key) != kOps.end()) {
      out.bounds.push_back({key, {value.text, value.span}});
    } else {
      return fail(diagnostics, node.keys[i].span, "no bound `" + key + "`", "there are gt, gte, lt, lte, eq and neq");
    }
  }
  return true;
}

}  // namespace

bool read_correlation(const Node& node, Correlation& out, Diagnostics& diagnostics) {
  if (!one_word(node, "type", out.type, diagnostics)) return false;
  if (std::find(kTypes.begin(), kTypes.end(), out.type.text) == kTypes.end()) {
    const std::string near = nearest_name(out.type.text, {kTypes.begin(), kTypes.end()});
    return fail(diagnostics, out.type.span, "no type of correlation `" + out.type.text + "`", near.empty() ? "" : "did you mean `" + near + "`?");
  }
  const bool temporal = out.type.text.starts_with("temporal");
  out.rules = words_of(node.find("rules"));
  if (out.rules.empty()) return fail(diagnostics, node.span, "the correlation names no rules");
  out.group_by = words_of(node.find("group-by"));
  if (!one_word(node, "timespan", out.timespan, diagnostics) || !timespan(out.timespan, diagnostics)) return false;
  if (const Node* generate = node.find("generate"); generate != nullptr && generate->text == "true") out.generate = true;
  if (const Node* aliases = node.find("aliases"); aliases != nullptr && aliases->is_map()) {
    for (std::size_t i = 0; i < aliases->keys.size() && i < aliases->items.size(); ++i) {
      Alias alias{{aliases->keys[i].text, aliases->keys[i].span}, {}};
      const Node& map = aliases->items[i];
      if (!map.is_map()) return fail(diagnostics, alias.name.span, "an alias says which field stands for it in each rule");
      for (std::size_t j = 0; j < map.keys.size() && j < map.items.size(); ++j) {
        alias.fields.emplace_back(Word{map.keys[j].text, map.keys[j].span}, Word{map.items[j].text, map.items[j].span});
      }
      out.aliases.push_back(std::move(alias));
    }
  }
  const Node* condition = node.find("condition");
  out.condition_span = condition == nullptr ? out.type.span : node.key_span("condition");
  if (condition == nullptr) {
    return temporal || fail(diagnostics, out.type.span, "`" + out.type.text + "` needs a condition", "`condition: { gte: 10 }`");
  }
  if (condition->is_map()) {
    if (!bounds(*condition, out, diagnostics)) return false;
    if (out.bounds.empty() && !temporal) return fail(diagnostics, out.condition_span, "the condition has no bound", "add gt, gte, lt, lte, eq or neq");
    const bool wants_field = out.type.text.starts_with("value_");
    if (wants_field && out.fields.empty()) return fail(diagnostics, out.condition_span, "`" + out.type.text + "` needs the field", "add `field:` to the condition");
    return true;
  }
  if (!temporal) return fail(diagnostics, condition->span, "only temporal correlations take a condition over rules");
  std::vector<std::string> names;
  for (const Word& rule : out.rules) names.push_back(rule.text);
  auto read = read_condition(*condition, names, diagnostics);
  if (!read) return false;
  out.pattern = std::move(*read);
  return true;
}

}  // namespace chainhunt::sigma

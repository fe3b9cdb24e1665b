#include "compiler/import/sigma/aggregation.h"

#include <algorithm>

namespace chainhunt::sigma {
namespace {

/// The words of `count(x) by y, z > 10`; empty parts where it is not of that shape.
struct Aggregation {
  std::string function, field, by, op, number;
};

Aggregation read(const std::string& text) {
  Aggregation out;
  std::size_t at = 0;
  const auto spaces = [&] { while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at; };
  const auto take = [&](const char* stop) {
    const std::size_t end = std::min(text.find_first_of(stop, at), text.size());
    std::string word = text.substr(at, end - at);
    at = end;
    while (!word.empty() && word.back() == ' ') word.pop_back();
    return word;
  };
  spaces();
  out.function = take(" (");
  if (at < text.size() && text[at] == '(') {
    ++at;
    out.field = take(")");
    if (at < text.size()) ++at;
  }
  spaces();
  if (text.compare(at, 3, "by ") == 0) {
    at += 3;
    spaces();
    out.by = take("<>=");
  }
  spaces();
  const std::size_t op = at;
  while (at < text.size() && (text[at] == '<' || text[at] == '>' || text[at] == '=')) ++at;
  out.op = text.substr(op, at - op);
  spaces();
  out.number = take(" ");
  return out;
}

}  // namespace

void report_aggregation(const std::string& expression, Span span, Diagnostics& diagnostics) {
  auto& d = diagnostics.error("sigma-aggregation", span, "an aggregation behind `|` is no longer part of Sigma");
  const Aggregation parts = read(expression);
  const std::string op = parts.op == ">" ? "gt" : parts.op == ">=" ? "gte" : parts.op == "<" ? "lt" : parts.op == "<=" ? "lte" : "eq";
  const std::string number = parts.number.empty() ? "…" : parts.number;
  const std::string by = parts.by.empty() ? "" : "  group-by: [" + parts.by + "]\n";
  std::string type = parts.function == "count" ? parts.field.empty() ? "event_count" : "value_count" : parts.function == "sum" ? "value_sum" : parts.function == "avg" ? "value_avg" : "";
  if (parts.function == "near") type = "temporal";
  if (type.empty()) {
    d.notes.push_back("write a correlation document (type: event_count, value_count, value_sum, value_avg, temporal) that names this rule");
    return;
  }
  const std::string field = type == "temporal" || parts.field.empty() ? "" : "field: " + parts.field + ", ";
  d.notes.push_back("give the rule a `name`, end its condition before the pipe, and add a document behind `---`:\n"
                    "correlation:\n  type: " + type + "\n  rules: [" + (type == "temporal" ? "this rule's name, the other's" : "this rule's name") + "]\n" + by +
                    "  timespan: (what `timeframe` says)" + (type == "temporal" ? "" : "\n  condition: { " + field + op + ": " + number + " }"));
}

}  // namespace chainhunt::sigma

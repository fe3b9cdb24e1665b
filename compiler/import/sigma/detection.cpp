#include "compiler/import/sigma/detection.h"

namespace chainhunt::sigma {
namespace {

using Kind = Condition::Kind;

/// A keyword stands without a field.
Node no_field(Span span) {
  Node key;
  key.kind = NodeKind::scalar;
  key.span = span;
  return key;
}

}  // namespace

Condition Condition::group(Kind kind, std::vector<Condition> children, Span span) {
  if (children.size() == 1) return std::move(children[0]);
  Condition out;
  out.kind = kind;
  out.span = span;
  out.children = std::move(children);
  return out;
}

Condition Condition::negated(Condition child) {
  Condition out;
  out.kind = Kind::negation;
  out.span = child.span;
  out.children.push_back(std::move(child));
  return out;
}

std::optional<Condition> read_search(const Node& node, Diagnostics& diagnostics) {
  switch (node.kind) {
    case NodeKind::map: {
      std::vector<Condition> parts;
      for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
        auto part = read_field(node.keys[i], node.items[i], diagnostics);
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
      }
      if (parts.empty()) break;
      return Condition::group(Kind::all, std::move(parts), node.span);
    }
    case NodeKind::sequence: {
      std::vector<Condition> parts;
      for (const Node& item : node.items) {
        auto part = read_search(item, diagnostics);
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
      }
      if (parts.empty()) break;
      return Condition::group(Kind::any, std::move(parts), node.span);
    }
    case NodeKind::scalar: return read_field(no_field(node.span), node, diagnostics);
    case NodeKind::null: break;
  }
  diagnostics.error("sigma-document", node.span, "a search identifier holds neither a field nor a keyword");
  return std::nullopt;
}

}  // namespace chainhunt::sigma

// A stand-in until the automata land: candidates made of the literals, else unknown.
#include "compiler/algebra/field.h"

namespace chainhunt::algebra {

FieldAnswer solve_text(const model::FieldType&, std::span<const Demand> demands, const Limits&) {
  const auto passes = [&](const std::string* spelling) {
    for (const Demand& demand : demands) {
      if (!meets(demand, spelling)) return false;
    }
    return true;
  };
  if (passes(nullptr)) return {Outcome::found, std::nullopt, {}};
  std::vector<std::string> tried;
  std::string starts, parts, ends;
  bool equal = false;
  for (const Demand& demand : demands) {
    if (!demand.truth || demand.atom->left.function != model::Function::none) continue;
    equal = equal || demand.atom->op == syntax::CompareOp::eq;
    for (std::string text : demand.atom->values) {
      if (demand.atom->op == syntax::CompareOp::like) {
        std::erase(text, '*');
        for (char& c : text) c = c == '?' ? 'a' : c;
      }
      tried.push_back(text);
      if (demand.atom->op == syntax::CompareOp::starts) starts = text;
      else if (demand.atom->op == syntax::CompareOp::ends) ends = text;
      else if (demand.atom->op == syntax::CompareOp::contains) parts += text;
    }
  }
  tried.push_back(starts + parts + ends);
  for (const char* text : {"a", "b", "x", "aa", "ab", "-", "", "zzz", "C:\\a\\b.exe"}) tried.push_back(text);
  for (const auto& text : tried) {
    if (passes(&text)) return {Outcome::found, text, {}};
  }
  if (equal) return {Outcome::none, std::nullopt, {}};
  return {Outcome::unknown, std::nullopt, "text"};
}

}  // namespace chainhunt::algebra

#include <algorithm>

#include "runtime/engine/findings.h"

namespace chainhunt::engine {

ReadyChain ready_chain(const program::Program& program, std::uint32_t index) {
  const program::Chain& chain = program.chains[index];
  ReadyChain out;
  out.alternatives = alternatives_of(chain);
  out.fills.assign(program.links.size(), 0);
  const auto ask = [&](const std::vector<std::uint32_t>& captures) {
    for (const std::uint32_t capture : captures) out.captures = std::max<std::size_t>(out.captures, capture + 1);
  };
  for (const auto& node : chain.nodes) {
    if (node.kind == program::PatternKind::absence) {
      out.absences.push_back(&node);
      continue;
    }
    for (const std::uint32_t link : node.links) out.fills[link] = 1;
    out.windows = out.windows || node.kind == program::PatternKind::aggregate;
    for (const auto& captures : node.captures) ask(captures);
    if (node.kind != program::PatternKind::sequence) continue;
    const auto& first = chain.nodes[node.children.front()];
    const auto& last = chain.nodes[node.children.back()];
    if (first.kind == program::PatternKind::absence) out.before = std::max(out.before, first.within);
    if (last.kind == program::PatternKind::absence) out.after = std::max(out.after, last.within);
  }
  if (chain.where) {
    for (const auto& field : chain.where->fields) ask(field.captures);
  }
  out.completes = std::any_of(program.links.begin(), program.links.end(), [&](const auto& link) { return link.completion && link.completion->chain == index; });
  return out;
}

}  // namespace chainhunt::engine

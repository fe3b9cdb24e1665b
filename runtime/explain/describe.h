// Programs in the words of rules: conditions, patterns, durations. Internal to this folder.
//
// A plan does not keep the author's text: `let` names are written out, masks are numbers.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/program/program.h"

namespace chainhunt::explain {

/// `basename(image)`; of a step's condition `a.source_ip`.
std::string operand_text(const program::Operand& operand, const program::EventPlan& plan);
/// A node of a predicate; `inner`: as a member of a group, in parentheses where it is a group itself.
std::string condition_text(const program::EventPlan& plan, std::uint32_t node, bool inner = false);
/// A node of a pattern, likewise.
std::string pattern_text(const program::Program& program, const program::Chain& chain, std::uint32_t node, bool inner = false);
/// The names of links, `a or b`; of many only the first ones.
std::string links_text(const program::Program& program, const std::vector<std::uint32_t>& links);
/// `computer, user`, or `all`.
std::string keys_text(const program::Chain& chain);
/// Measured: "15.2 s", "340 ms", "3 h 20 min"; zero is "0 ms".
std::string measured(std::int64_t ticks);
/// A number without needless digits.
std::string number_text(double value);
const char* order_text(program::Order order);

}  // namespace chainhunt::explain

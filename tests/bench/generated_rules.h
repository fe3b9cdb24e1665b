// Rules about process starts (Sysmon 1) as large rule sets have them, made as a program without going through text: images by
// their ends, parts of command lines, parents, exceptions. What tests/bench/write_rules.py writes as text.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/program/program.h"

namespace chainhunt::bench {

/// Equal arguments give equal programs. Whatever their number, the same fields are live, and the first rule alone is
/// meant to match traffic (tests/bench/traffic.h): so that more rules are not more hits.
program::Program generated_rules(std::size_t rules, std::uint64_t seed);

}  // namespace chainhunt::bench

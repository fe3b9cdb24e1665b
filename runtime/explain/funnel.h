// From counts to funnels, and to what the logs cannot show. Internal to this folder.
#pragma once

#include <vector>

#include "runtime/explain/bench.h"
#include "runtime/explain/explain.h"
#include "runtime/explain/survey.h"

namespace chainhunt::explain {

struct FunnelInput {
  const Study* study = nullptr;
  const Gathered* gathered = nullptr;
  const engine::Outcome* outcome = nullptr;
  const std::vector<engine::Hit>* hits = nullptr;  ///< the outcome's
  const KeyCaptures* keys = nullptr;
  Entity entity;
};

/// Fills `links`, `blind` and `possible` of one chain.
void explain_links(const FunnelInput& input, std::uint32_t chain, ChainExplained& out);

/// By link the captures that a chain takes its keys from.
KeyCaptures key_captures(const program::Program& program, const program::Chain& chain);

}  // namespace chainhunt::explain

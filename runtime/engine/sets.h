// The sets of events that fill a whole leaf: the windows of an aggregate, the paths of hops. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {

/// A number as exact as fields are: -2^63 … 2^64-1; sums of them do not overflow.
using Amount = __int128;

/// What an event gives a whole leaf; nothing: it takes no part.
struct Given {
  std::uint32_t event = 0;            ///< index into the stretch's
  std::uint32_t color = 0;            ///< distinct: the value; hops: the place it comes from
  std::uint32_t to = 0;               ///< hops: the place it goes to
  Amount amount = 0;                  ///< sum, average, median, percentile
};

/// Point 10 of the language: at each event, all given events of the window that ends with it, if the function of them
/// compares as asked. With `aligned` the stretch is one window, asked once. Windows that end before `exact` are left out.
Sets windows_of(const program::PatternNode& node, const std::vector<Event>& events, const std::vector<Given>& given, std::int64_t within, bool aligned,
                std::int64_t exact);

/// Point 11: paths of node.number events. Their number may be great: for the root of a pattern only which events are
/// on some path, and which share one, matters; `covering` then leaves out paths that add nothing to that.
Sets paths_of(const program::PatternNode& node, const std::vector<Event>& events, const std::vector<Given>& given, std::int64_t within, bool covering,
              Budget& budget);

}  // namespace chainhunt::engine

// What earlier runs proved about rules, so that only what changed is proved again. Held by digests of what rules mean
// and what they are written like; the driver keeps it in a file.
//
// Only proofs are kept, no findings: what a check says is made anew each time, places and all. Equal digests are taken
// for equal rules (128 bits); `setting` stands for all that a proof depends on besides: the program and the sources.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/digest.h"

namespace chainhunt::lint {

struct Known {
  using Pair = std::pair<base::Digest, base::Digest>;  ///< narrow, wide

  base::Digest setting;
  std::set<base::Digest> links;                        ///< all implications among these are in `implied` or `undecided`
  std::vector<Pair> implied;                           ///< both ways where links are equal
  std::vector<Pair> undecided;
  std::set<base::Digest> can_match;                    ///< links not proved to match nothing
  /// Links, by their words too, in which a search found nothing; by the search.
  std::map<std::string, std::set<base::Digest>> clean;

  friend bool operator==(const Known&, const Known&) = default;

  /// As bytes, with a digest of their own at the end.
  std::string bytes() const;
  /// Nothing if the bytes are not whole, or of another format.
  static std::optional<Known> parse(std::string_view bytes);
};

}  // namespace chainhunt::lint

// What several checks ask about the same rules, found once per run.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "compiler/algebra/implications.h"
#include "compiler/lint/dead_parts.h"
#include "compiler/lint/known.h"
#include "compiler/lint/logic.h"

namespace chainhunt::lint {

class Facts {
 public:
  /// With what is known from earlier runs, null: nothing. It outlives the facts.
  explicit Facts(const Known* known) : known_(known) {}

  const std::vector<DeadPart>& dead_parts(const Context& context) {
    if (!dead_parts_) dead_parts_ = find_dead_parts(context);
    return dead_parts_->parts;
  }
  /// Among all links with a name, those of imported packs included.
  const algebra::Implications& implications(const Context& context);
  /// Conditions, and pairs of links, that could not be decided, of what was asked.
  std::size_t undecided_parts() const { return dead_parts_ ? dead_parts_->undecided : 0; }
  std::size_t undecided() const { return implications_ ? implications_->undecided.size() : 0; }
  /// Whether an earlier run could not prove that nothing matches the link.
  bool known_to_match(const Context& context, const model::Link& link);
  /// Calls `look` for each link in which an earlier run did not find nothing; it says whether it found something.
  void search(const Context& context, const std::string& search, const std::function<bool(const OwnText&)>& look);
  /// The link or chain whose name stands there, or null.
  const model::Link* link_at(const Context& context, Span name);
  const model::Chain* chain_at(const Context& context, Span name);
  /// What is known now of the rules of this run; what was not asked is as before.
  Known known(const Context& context);

 private:
  base::Digest digest(const Context& context, const model::Link& link);
  base::Digest digest(const Context& context, const OwnText& own);
  std::vector<model::LinkId> named_links(const Context& context) const;

  const Known* known_;
  std::map<model::LinkId, base::Digest> digests_;
  std::map<std::string, std::set<base::Digest>> clean_;  // of this run
  std::map<Place, const model::Link*> links_;            // by file and begin of the name; made when first asked
  std::map<Place, const model::Chain*> chains_;
  std::optional<DeadParts> dead_parts_;
  std::optional<algebra::Implications> implications_;
};

}  // namespace chainhunt::lint

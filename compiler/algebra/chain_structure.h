// Whether one chain's matches are matches of another, told from their patterns. Internal to this folder.
//
//   match a and b        by user  within 1m
//   match a and b and c  by user  within 30s      each match of it holds one of the chain above
//
// A proof by comparison: parts of the other pattern find their counterparts in the one, whose links imply theirs, whose
// gaps are no longer, whose absences forbid at least as much. What is not proved here may hold all the same.
#pragma once

#include <map>
#include <utility>

#include "compiler/algebra/relation.h"
#include "compiler/model/model.h"

namespace chainhunt::algebra {

class Structure {
 public:
  explicit Structure(Algebra& algebra) : algebra_(algebra), model_(algebra.model()) {}

  /// Every match of `a` holds a match of `b` of the same entity (as far as `b` has keys).
  bool contains(model::ChainId a, model::ChainId b);
  /// Both ways, event by event: the chains have the same matches.
  bool same(model::ChainId a, model::ChainId b);

 private:
  struct Frame;
  bool embeds(const Frame& frame, const model::Pattern& a, const model::Pattern& b, bool total);
  bool conjunction(const Frame& frame, const model::Pattern& a, const model::Pattern& b, bool total);
  bool sequence(const Frame& frame, const model::Pattern& a, const model::Pattern& b, bool total);
  bool links(const Frame& frame, const std::vector<model::LinkId>& a, const std::vector<model::LinkId>& b);
  bool assigned(const Frame& frame, const model::Pattern& a, const model::Pattern& b);
  bool forbids(const Frame& frame, const model::Pattern& a, const model::Pattern& b);
  bool implied(const Frame& frame, model::LinkId a, model::LinkId b);
  bool contains(model::ChainId a, model::ChainId b, bool total);
  bool keys_agree(const Frame& frame, model::LinkId a, model::LinkId b);
  bool fields_agree(model::LinkId a, const std::string& field_a, model::LinkId b, const std::string& field_b);
  bool classes_agree(model::LinkId a, model::LinkId b) const;
  bool equal_fields(const model::Pattern& a, const model::Pattern& b);
  bool link_implies(model::LinkId a, model::LinkId b);

  Algebra& algebra_;
  const model::Model& model_;
  std::map<std::pair<model::LinkId, model::LinkId>, bool> known_;
};

}  // namespace chainhunt::algebra

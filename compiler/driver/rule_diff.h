// What a change of rules means, rule by rule.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/algebra/log.h"
#include "compiler/algebra/versions.h"
#include "compiler/driver/load.h"

namespace chainhunt::driver {

/// How a rule of the new version stands to the one of the same name in the old. `looser`: it finds all that the old one
/// finds, and more; `stricter`: less, and nothing else; `incomparable`: some more and some less.
enum class Change { added, removed, equal, looser, stricter, incomparable, unknown };

/// The part of a pack's version that a change asks to be raised.
enum class Step { none, patch, minor, major };

struct Example {
  bool fires_new = false;                 ///< the new version's rule only; else the old one's only
  std::vector<algebra::Entry> log;        ///< one event, for links
  std::string test;                       ///< of the new version, formatted
};

struct RuleChange {
  bool chain = false;
  std::string pack, name;
  Change change = Change::equal;
  Step step = Step::none;
  bool rewritten = false;                 ///< equal, and written differently
  std::vector<std::string> notes;         ///< what else changed: "severity low -> high"
  std::vector<Example> examples;
  std::string reason;                     ///< unknown: what could not be told
  std::string qualified() const { return pack + "." + name; }
};

struct PackChange {
  std::string name, old_version, new_version;  ///< a version is empty where there is no such pack
  Step step = Step::none;                      ///< the highest of its rules
  bool raised = true;                          ///< the version was raised at least so far
};

struct RuleDiff {
  std::vector<RuleChange> rules;          ///< all that changed, by name; those that did not are only counted
  std::vector<PackChange> packs;
  std::size_t unchanged = 0;
};

/// `without`: rules that do not check in the new version, as "link pack.name" and "chain pack.name"; they are left out.
RuleDiff compare_rules(const Loaded& old_version, const Loaded& new_version, const std::set<std::string>& without = {});

const char* name_of(Change change);
const char* name_of(Step step);

}  // namespace chainhunt::driver

// Lists of words: `==`, `in`, `starts`, `ends`, `contains`, each with any of its values, in one automaton however
// many there are. All are walks through one trie of the (folded) words; for `ends` and `contains` the trie has
// Aho and Corasick's links to the longest suffix that begins a word, too.
//
//   ends any ("\cmd.exe", "d.exe"):  "…\cmX" falls back to the root, "…\cmd.exe" stands on a word's end
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/algebra/text/automaton.h"

namespace chainhunt::algebra::text {

enum class WordsForm : std::uint8_t { equal, starts, ends, contains };

class Words : public Automaton {
 public:
  Words(WordsForm form, std::span<const std::string> words, bool cased);

 protected:
  State next(State state, ClassId id) override;

 private:
  static constexpr std::uint32_t kNowhere = 0xffffffff;
  struct Node {
    std::uint32_t child = kNowhere, sibling = kNowhere, suffix = 0;
    ClassId id = 0;
    bool word = false;
  };

  std::uint32_t child(std::uint32_t node, ClassId id) const;
  void link_suffixes();
  State state_of(std::uint32_t node);

  WordsForm form_;
  std::vector<Node> nodes_;
  std::vector<State> state_of_;        // by node
  std::vector<std::uint32_t> node_of_;  // by state
  State won_ = kUnknown, lost_ = kUnknown;
};

}  // namespace chainhunt::algebra::text

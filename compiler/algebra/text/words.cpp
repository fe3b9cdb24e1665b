#include "compiler/algebra/text/words.h"

namespace chainhunt::algebra::text {

Words::Words(WordsForm form, std::span<const std::string> words, bool cased) : form_(form) {
  nodes_.emplace_back();
  std::unordered_map<char32_t, ClassId> ids;
  std::vector<std::pair<char32_t, ClassId>> points;
  ClassId count = 1;
  for (const std::string& word : words) {
    std::uint32_t node = 0;
    for (const char32_t code : code_points(word, cased)) {
      const auto [known, fresh] = ids.emplace(code, count);
      if (fresh) {
        if (cased) {
          points.emplace_back(code, count);
        } else {
          for (const char32_t variant : variants(code)) points.emplace_back(variant, count);
        }
        ++count;
      }
      const ClassId id = known->second;
      std::uint32_t below = child(node, id);
      if (below == kNowhere) {
        below = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({kNowhere, nodes_[node].child, 0, id, false});
        nodes_[node].child = below;
      }
      node = below;
    }
    nodes_[node].word = true;
  }
  partition_ = Partition::of_points(std::move(points), count);
  if (form_ == WordsForm::ends || form_ == WordsForm::contains) link_suffixes();
  state_of_.assign(nodes_.size(), kUnknown);
  start_ = state_of(0);
}

std::uint32_t Words::child(std::uint32_t node, ClassId id) const {
  std::uint32_t at = nodes_[node].child;
  while (at != kNowhere && nodes_[at].id != id) at = nodes_[at].sibling;
  return at;
}

// Breadth first, so that a node's suffix, which is shorter, is linked before it.
void Words::link_suffixes() {
  std::vector<std::uint32_t> order{0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t node = order[i];
    for (std::uint32_t at = nodes_[node].child; at != kNowhere; at = nodes_[at].sibling) {
      std::uint32_t suffix = 0;
      for (std::uint32_t up = node; up != 0;) {
        up = nodes_[up].suffix;
        if (const std::uint32_t found = child(up, nodes_[at].id); found != kNowhere) {
          suffix = found;
          break;
        }
      }
      nodes_[at].suffix = suffix;
      nodes_[at].word = nodes_[at].word || nodes_[suffix].word;
      order.push_back(at);
    }
  }
  if (nodes_[0].word) {
    for (Node& node : nodes_) node.word = true;  // the empty word ends everything
  }
}

Automaton::State Words::state_of(std::uint32_t node) {
  const auto settled = [&](State& state, bool truth) {
    if (state == kUnknown) {
      state = add(verdict_of(truth), fate_of(truth));
      node_of_.push_back(0);
    }
    return state;
  };
  if (node == kNowhere) return settled(lost_, false);
  const bool word = nodes_[node].word;
  if (word && (form_ == WordsForm::starts || form_ == WordsForm::contains)) return settled(won_, true);
  if (state_of_[node] == kUnknown) {
    // No word at all (an empty list): nothing is ever found.
    const bool hopeless = nodes_.size() == 1 && !nodes_[0].word;
    const bool all = nodes_[0].word && form_ == WordsForm::ends;
    state_of_[node] = add(verdict_of(word), hopeless ? Fate::never : all ? Fate::always : Fate::open);
    node_of_.push_back(node);
  }
  return state_of_[node];
}

Automaton::State Words::next(State state, ClassId id) {
  if (state == won_ || state == lost_) return state;
  std::uint32_t node = node_of_[state];
  if (form_ == WordsForm::equal || form_ == WordsForm::starts) return state_of(id == 0 ? kNowhere : child(node, id));
  while (true) {
    if (id != 0) {
      if (const std::uint32_t below = child(node, id); below != kNowhere) return state_of(below);
    }
    if (node == 0) return state_of(0);
    node = nodes_[node].suffix;
  }
}

}  // namespace chainhunt::algebra::text

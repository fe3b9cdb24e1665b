#include "compiler/algebra/text/regex.h"

#include <algorithm>

#include "runtime/base/text.h"

namespace chainhunt::algebra::text {
namespace {

constexpr std::uint32_t kAtEnd = 0xfffffffe;
constexpr std::size_t kLongestSample = 200;  // code points

}  // namespace

RegexAutomaton::RegexAutomaton(const RegexNode& root) {
  const std::uint32_t match = push({Do::match});
  first_ = emit(root, match);
  if (!fits_) return;
  if (words_) word_set_ = set_of(word_characters());
  if (lines_) line_set_ = set_of({{'\n', '\n'}});
  beyond_set_ = words_ ? set_of({{0x80, kLastCode}}) : 0;
  std::vector<const Ranges*> sets;
  for (const Ranges& set : sets_) sets.push_back(&set);
  partition_ = partition_of(sets, members_);
  mark_.assign(steps_.size(), 0);
  // A class of the set of what is not ASCII stands for the bytes within such a code point: neither letter nor line.
  for (ClassId id = 0; words_ && id < partition_.count; ++id) {
    if (!members_[beyond_set_][id]) continue;
    std::vector<std::uint32_t> places{first_};
    within_ = follow(places, kOther, id);
    break;
  }
  start_ = state_of({}, begins_ || lines_ ? kBegin : kOther);
}

std::uint32_t RegexAutomaton::push(Step step) {
  if (steps_.size() >= kRegexSteps) {
    fits_ = false;
    return 0;
  }
  steps_.push_back(step);
  return static_cast<std::uint32_t>(steps_.size() - 1);
}

std::uint32_t RegexAutomaton::set_of(const Ranges& ranges) {
  const auto known = std::find(sets_.begin(), sets_.end(), ranges);
  if (known != sets_.end()) return static_cast<std::uint32_t>(known - sets_.begin());
  sets_.push_back(ranges);
  return static_cast<std::uint32_t>(sets_.size() - 1);
}

// From the back: every step knows the one that follows.
std::uint32_t RegexAutomaton::emit(const RegexNode& node, std::uint32_t next) {
  if (!fits_) return 0;
  switch (node.kind) {
    case RegexKind::empty: return next;
    case RegexKind::set: return push({Do::take, RegexKind::empty, set_of(node.set), next});
    case RegexKind::sequence:
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) next = emit(*child, next);
      return next;
    case RegexKind::alternatives: {
      std::uint32_t out = emit(node.children.back(), next);
      for (std::size_t i = node.children.size() - 1; i-- > 0;) {
        const std::uint32_t one = emit(node.children[i], next);
        out = push({Do::split, RegexKind::empty, 0, one, out});
      }
      return out;
    }
    case RegexKind::repeat: {
      const RegexNode& child = node.children.front();
      std::uint32_t out = next;
      if (node.most < 0) {
        const std::uint32_t loop = push({Do::split, RegexKind::empty, 0, 0, next});
        const std::uint32_t body = emit(child, loop);
        if (!fits_) return 0;
        steps_[loop].next = body;
        out = loop;
      } else {
        for (int i = node.least; i < node.most && fits_; ++i) {
          const std::uint32_t body = emit(child, out);
          out = push({Do::split, RegexKind::empty, 0, body, next});
        }
      }
      for (int i = 0; i < node.least && fits_; ++i) out = emit(child, out);
      return out;
    }
    case RegexKind::begin_text: begins_ = true; break;
    case RegexKind::begin_line:
    case RegexKind::end_line: lines_ = true; break;
    case RegexKind::word_boundary:
    case RegexKind::no_word_boundary: words_ = true; break;
    case RegexKind::end_text: break;
  }
  return push({Do::check, node.kind, 0, next});
}

int RegexAutomaton::holds(RegexKind check, std::uint32_t before, std::uint32_t after) const {
  switch (check) {
    case RegexKind::begin_text: return before == kBegin;
    case RegexKind::begin_line: return before == kBegin || before == kLine;
    case RegexKind::end_text: return after == kUndecided ? -1 : after == kAtEnd;
    case RegexKind::end_line: return after == kUndecided ? -1 : after == kAtEnd || members_[line_set_][after];
    case RegexKind::word_boundary:
    case RegexKind::no_word_boundary: {
      if (after == kUndecided) return -1;
      const bool ahead = after != kAtEnd && members_[word_set_][after];
      return ((before == kWord) != ahead) == (check == RegexKind::word_boundary);
    }
    default: return 1;
  }
}

bool RegexAutomaton::follow(std::vector<std::uint32_t>& places, std::uint32_t before, std::uint32_t after) {
  ++round_;
  stack_.assign(places.rbegin(), places.rend());
  places.clear();
  while (!stack_.empty()) {
    const std::uint32_t at = stack_.back();
    stack_.pop_back();
    if (mark_[at] == round_) continue;
    mark_[at] = round_;
    const Step& step = steps_[at];
    switch (step.what) {
      case Do::match: return true;
      case Do::take: places.push_back(at); break;
      case Do::split:
        stack_.push_back(step.other);
        stack_.push_back(step.next);
        break;
      case Do::check: {
        const int truth = holds(step.check, before, after);
        if (truth < 0) places.push_back(at);
        if (truth > 0) stack_.push_back(step.next);
        break;
      }
    }
  }
  std::sort(places.begin(), places.end());
  return false;
}

Automaton::State RegexAutomaton::state_of(std::vector<std::uint32_t> places, std::uint32_t before) {
  places.push_back(first_);
  if (follow(places, before, kUndecided)) {
    if (won_ != kUnknown) return won_;
    // A tuple of its own, so that numbers of tuples stay numbers of states.
    const auto [number, fresh] = known_.add(std::vector<std::uint32_t>{kUndecided});
    return fresh ? won_ = add(Verdict::yes, Fate::always) : number;
  }
  std::vector<std::uint32_t> tuple{before};
  tuple.insert(tuple.end(), places.begin(), places.end());
  const auto [number, fresh] = known_.add(tuple);
  if (!fresh) return number;
  // No place is left, and the beginning leads nowhere from here on (`^…`).
  const bool hopeless = places.empty() && before != kBegin && !(lines_ && before == kLine) && !words_ && !lines_;
  const bool over = follow(places, before, kAtEnd);
  return add(verdict_of(over), hopeless ? Fate::never : Fate::open);
}

Automaton::State RegexAutomaton::next(State state, ClassId id) {
  if (state == won_) return state;
  const auto tuple = known_[state];
  const std::uint32_t before = tuple[0];
  std::vector<std::uint32_t> places(tuple.begin() + 1, tuple.end());
  const auto win = [&] { return state_of({0}, kOther); };  // step 0 is the match
  if (follow(places, before, id) || (within_ && members_[beyond_set_][id])) return win();
  std::vector<std::uint32_t> out;
  for (const std::uint32_t at : places) {
    const Step& step = steps_[at];
    if (step.what == Do::take && members_[step.set][id]) out.push_back(step.next);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  std::uint32_t now = kOther;
  if (lines_ && members_[line_set_][id]) now = kLine;
  if (words_ && members_[word_set_][id]) now = kWord;
  return state_of(std::move(out), now);
}

namespace {

// One text that the node matches, its alternatives chosen by `choice`. False if there is none or it gets long.
class Sampler {
 public:
  explicit Sampler(std::size_t choice) : choice_(choice) {}

  bool add(const RegexNode& node) {
    switch (node.kind) {
      case RegexKind::empty: return true;
      case RegexKind::set: {
        if (node.set.empty() || ++size_ > kLongestSample) return false;
        if (node.written != 0) {
          base::append_utf8(out.text, node.written);
          return true;
        }
        auto best = most_readable(node.set.front().first, node.set.front().second);
        for (const auto& [first, last] : node.set) best = std::min(best, most_readable(first, last));
        base::append_utf8(out.text, best.second);
        return true;
      }
      case RegexKind::sequence: return std::all_of(node.children.begin(), node.children.end(), [&](const RegexNode& child) { return add(child); });
      case RegexKind::alternatives: return add(node.children[choice_ % node.children.size()]);
      case RegexKind::repeat:
        for (int i = 0; i < node.least; ++i) {
          if (!add(node.children.front())) return false;
        }
        return true;
      case RegexKind::begin_text:
      case RegexKind::begin_line:
        out.from_begin = out.from_begin || out.text.empty();
        return true;
      case RegexKind::end_text:
      case RegexKind::end_line: out.to_end = true; return true;
      case RegexKind::word_boundary:
      case RegexKind::no_word_boundary: return true;
    }
    return false;
  }

  RegexSample out;

 private:
  std::size_t choice_, size_ = 0;
};

std::size_t widest(const RegexNode& node) {
  std::size_t out = node.kind == RegexKind::alternatives ? node.children.size() : 1;
  for (const RegexNode& child : node.children) out = std::max(out, widest(child));
  return out;
}

}  // namespace

std::vector<RegexSample> samples(const RegexNode& root, std::size_t most) {
  std::vector<RegexSample> out;
  for (std::size_t choice = 0; choice < std::min(most, widest(root)); ++choice) {
    Sampler sampler(choice);
    if (sampler.add(root)) out.push_back(std::move(sampler.out));
  }
  return out;
}

}  // namespace chainhunt::algebra::text

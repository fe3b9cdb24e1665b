#include "compiler/algebra/text/candidates.h"

#include <algorithm>

#include "runtime/value/text.h"

namespace chainhunt::algebra::text {
namespace {

/// Ways to choose among the alternatives of the atoms that are tried.
constexpr std::size_t kChoices = 16;

// Values that are nothing special, for questions that name none.
std::span<const std::string_view> ordinary(value::Type type) {
  static constexpr std::string_view texts[] = {"x", "a", "0", ""};
  static constexpr std::string_view accounts[] = {"alice", "CORP\\alice", "bob"};
  static constexpr std::string_view hosts[] = {"ws01", "ws01.corp.example", "srv02"};
  static constexpr std::string_view sids[] = {"S-1-5-21-1004336348-1177238915-682003330-1001", "S-1-5-18", "x"};
  static constexpr std::string_view guids[] = {"{6f9619ff-8b86-d011-b42d-00c04fc964ff}", "x"};
  switch (type) {
    case value::Type::account:
    case value::Type::exact_account: return accounts;
    case value::Type::host:
    case value::Type::exact_host: return hosts;
    case value::Type::sid: return sids;
    case value::Type::guid: return guids;
    default: return texts;
  }
}

// What a value must look like for its part to have this shape.
Shape around_function(const Shape& shape, value::Function function, bool again) {
  Shape out = shape;
  const auto behind_folder = [again](const std::string& name) { return std::string(again ? 1 : 0, '\\').append(name); };
  switch (function) {
    case value::Function::basename:
      // The second time with a folder before it, in case another demand wants one.
      if (shape.whole) {
        out.prefix.clear();
        out.suffix = behind_folder(shape.prefix);
        out.whole = false;
      } else if (!shape.prefix.empty()) {
        out.middles.insert(out.middles.begin(), behind_folder(shape.prefix));
        out.prefix.clear();
      }
      return out;
    case value::Function::dirname:
    case value::Function::domain:
      out.suffix = shape.suffix + "\\x";
      if (shape.whole) out.whole = false;
      return out;
    case value::Function::length:
    case value::Function::decoded: return {};
    default: return out;
  }
}

class Composer {
 public:
  void clear() {
    prefix_ = suffix_ = {};
    middles_.clear();
    whole_ = false;
  }
  void add(const Shape& shape) {
    if (whole_) return;
    if (shape.whole) {
      whole_ = true;
      prefix_ = shape.prefix;
      return;
    }
    if (shape.prefix.size() > prefix_.size()) prefix_ = shape.prefix;
    if (shape.suffix.size() > suffix_.size()) suffix_ = shape.suffix;
    for (const std::string& middle : shape.middles) middles_.push_back(&middle);
  }
  std::string text() const {
    if (whole_) return std::string(prefix_);
    std::string out(prefix_);
    // What another piece holds already need not be said again; the longest first.
    std::vector<const std::string*> middles = middles_;
    std::stable_sort(middles.begin(), middles.end(), [](const auto* a, const auto* b) { return a->size() > b->size(); });
    std::vector<const std::string*> needed;
    for (const std::string* middle : middles) {
      bool held = value::contains(prefix_, *middle) || value::contains(suffix_, *middle);
      for (const std::string* other : needed) held = held || value::contains(*other, *middle);
      if (!held) needed.push_back(middle);
    }
    for (const std::string* middle : middles_) {
      if (std::find(needed.begin(), needed.end(), middle) != needed.end()) out += *middle;
    }
    out += suffix_;
    return out;
  }

 private:
  std::string_view prefix_, suffix_;
  std::vector<const std::string*> middles_;
  bool whole_ = false;
};

}  // namespace

bool try_candidates(value::Type type, std::span<const Wanted> wanted, const std::function<bool(const std::string&)>& try_it) {
  std::size_t most = 0;
  bool functions = false;
  for (const Wanted& want : wanted) {
    if (!want.truth || !want.atom->positive) continue;
    most = std::max(most, want.atom->shapes.size());
    functions = functions || want.atom->probe.function() != value::Function::none;
  }
  Composer composer;
  std::vector<Shape> kept;
  for (std::size_t choice = 0; choice < std::min(most, kChoices); ++choice) {
    for (const bool again : {false, true}) {
      if (again && !functions) break;
      composer.clear();
      kept.clear();
      kept.reserve(wanted.size());
      for (const Wanted& want : wanted) {
        if (!want.truth || !want.atom->positive || want.atom->shapes.empty()) continue;
        const Shape& shape = want.atom->shapes[choice % want.atom->shapes.size()];
        if (want.atom->probe.function() == value::Function::none) {
          // The second time an account leaves room for a domain before it.
          if (again && shape.whole && want.atom->probe.type() == value::Type::account) {
            kept.push_back({.suffix = std::string(1, '\\').append(shape.prefix)});
            composer.add(kept.back());
          } else {
            composer.add(shape);
          }
        } else {
          kept.push_back(around_function(shape, want.atom->probe.function(), again));
          composer.add(kept.back());
        }
      }
      if (try_it(composer.text())) return true;
    }
  }
  if (most > 0) return false;
  for (const std::string_view text : ordinary(type)) {
    if (try_it(std::string(text))) return true;
  }
  return false;
}

}  // namespace chainhunt::algebra::text

#include "compiler/algebra/text/solver.h"

#include <algorithm>
#include <cassert>

#include "compiler/algebra/text/atom.h"
#include "compiler/algebra/text/candidates.h"
#include "compiler/algebra/text/contradiction.h"
#include "compiler/algebra/text/encoding.h"
#include "compiler/algebra/text/search.h"

namespace chainhunt::algebra::text {
namespace {

/// What a solver keeps of automata, roughly; above it all are forgotten and made again when asked for.
constexpr std::size_t kKeptBytes = 256 * 1024 * 1024;
/// Spellings that automata do not decide and that are tried, per question.
constexpr std::size_t kTried = 64;
/// No reason that should ever be read.
constexpr std::string_view kMistake = "a mistake in the automata of texts";

}  // namespace

class TextSolver::Impl {
 public:
  FieldAnswer solve(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits) {
    if (kept_bytes_ > kKeptBytes) forget();
    const bool fresh = kept_bytes_ == 0;
    FieldAnswer answer = solve_once(type, demands, limits);
    if (!crowded_) return answer;
    // An automaton has met the limit. If earlier questions had a part in that, this one is asked again by itself, so
    // that answers do not depend on what was asked before.
    forget();
    if (!fresh) answer = solve_once(type, demands, limits);
    forget();
    return answer;
  }

  std::uint64_t steps() const { return steps_ + (content_solver_ ? content_solver_->steps() : 0); }

 private:
  FieldAnswer solve_once(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits) {
    crowded_ = false;
    type_ = type.type;
    wanted_.clear();
    for (const Demand& demand : demands) {
      const Wanted wanted{&atoms_.of(*demand.atom), demand.atom, demand.truth};
      const auto known = std::find_if(wanted_.begin(), wanted_.end(), [&](const Wanted& w) { return w.atom == wanted.atom; });
      if (known == wanted_.end()) {
        wanted_.push_back(wanted);
      } else if (known->truth != wanted.truth) {
        return {Outcome::none, {}, {}};
      }
    }
    for (const Wanted& want : wanted_) {
      if (!want.atom->probe.fine()) return unknown("a value of a rule that cannot be read");
    }
    if (meets(nullptr)) return {Outcome::found, std::nullopt, {}};

    if (const auto answer = solve_content(limits)) return *answer;

    std::string found;
    const auto try_it = [&](const std::string& text) {
      if (!meets(&text)) return false;
      found = text;
      return true;
    };
    if (try_candidates(type_, wanted_, try_it)) return {Outcome::found, found, {}};
    if (const auto answer = among_named(try_it)) return *answer ? FieldAnswer{Outcome::found, found, {}} : FieldAnswer{Outcome::none, {}, {}};
    if (contradictory(wanted_)) return {Outcome::none, {}, {}};
    return search(limits);
  }

  void forget() {
    atoms_.clear();
    kept_bytes_ = 0;
  }

  static FieldAnswer unknown(std::string reason) { return {Outcome::unknown, std::nullopt, std::move(reason)}; }

  bool meets(const std::string* text) {
    scratch_.reset();
    for (const Wanted& want : wanted_) {
      if (want.atom->probe(text, scratch_) != want.truth) return false;
    }
    return true;
  }

  /// If one demand names all values it is true of, and case is nothing to the others (or it names the case, too): whether
  /// one of them will do. Else nothing.
  template <typename Try>
  std::optional<bool> among_named(const Try& try_it) {
    const Atom* best = nullptr;
    for (const Wanted& want : wanted_) {
      if (!want.truth || !want.atom->finite) continue;
      // An exact account is compared without case, `cased` or not.
      const bool decides = (want.atom->cased && value::is_text(type_)) || std::none_of(wanted_.begin(), wanted_.end(), [](const Wanted& w) { return w.atom->cased; });
      if (decides && (best == nullptr || want.atom->shapes.size() < best->shapes.size())) best = want.atom;
    }
    if (best == nullptr) return std::nullopt;
    for (const Shape& shape : best->shapes) {
      if (try_it(shape.prefix)) return true;
    }
    return false;
  }

  /// What is demanded of the field's Base64 content is answered for the content, and that is encoded: any text is the
  /// content of some value. Nothing if no content is demanded, or if none that was tried meets the rest.
  std::optional<FieldAnswer> solve_content(const Limits& limits) {
    bool demanded = false;
    std::vector<model::Predicate> atoms;
    std::vector<bool> truths;
    for (const Wanted& want : wanted_) {
      if (want.atom->probe.function() != value::Function::decoded) continue;
      const model::Predicate& atom = *want.predicate;
      const bool about_missing = atom.kind == model::PredicateKind::missing;
      demanded = demanded || want.truth != about_missing;
      atoms.push_back(atom);
      atoms.back().left.function = model::Function::none;
      atoms.back().left.type = atoms.back().left.field_type = {};
      truths.push_back(want.truth);
    }
    if (!demanded) return std::nullopt;
    model::Predicate exists;
    exists.kind = model::PredicateKind::exists;
    std::vector<Demand> demands{{&exists, true}};
    for (std::size_t i = 0; i < atoms.size(); ++i) demands.push_back({&atoms[i], truths[i]});
    if (!content_solver_) content_solver_ = std::make_unique<Impl>();
    const FieldAnswer content = content_solver_->solve({}, demands, limits);
    if (content.outcome == Outcome::none) return content;
    if (content.outcome == Outcome::unknown) return std::nullopt;
    for (std::string& text : encodings(*content.spelling)) {
      if (meets(&text)) return FieldAnswer{Outcome::found, std::move(text), {}};
    }
    return std::nullopt;
  }

  FieldAnswer search(const Limits& limits) {
    clauses_.clear();
    const std::size_t before = search_bytes();
    for (const Wanted& want : wanted_) {
      const Lowered& lowered = atoms_.lower(*want.atom, *want.predicate);
      clauses_.push_back(want.truth ? &lowered.when_true : &lowered.when_false);
    }
    search_.begin(clauses_, limits);
    FieldAnswer answer = searched(limits);
    steps_ += search_.steps();
    kept_bytes_ += search_bytes() - before;
    return answer;
  }

  FieldAnswer searched(const Limits& limits) {
    std::string text;
    bool doubtful = false;
    for (std::size_t tried = 0; tried < kTried; ++tried) {
      const Ending ending = search_.next(text);
      switch (ending) {
        case Ending::found:
        case Ending::perhaps:
          if (meets(&text)) return {Outcome::found, text, {}};
          if (ending == Ending::found) {
            assert(false && "an automaton says yes where runtime/value says no");
            return unknown(std::string(kMistake));
          }
          doubtful = true;
          continue;
        case Ending::none: return doubtful ? unknown(unread()) : FieldAnswer{Outcome::none, {}, {}};
        case Ending::crowded: crowded_ = true; [[fallthrough]];
        case Ending::too_many: return unknown("more than " + std::to_string(limits.states) + " states of a field's automata");
        case Ending::too_long_a_search: return unknown("more than " + std::to_string(limits.steps) + " steps of a field's automata");
        case Ending::too_long: return unknown("a text longer than " + std::to_string(limits.text_length));
      }
    }
    return unknown(unread());
  }

  /// What the automata of this question's atoms hold.
  std::size_t search_bytes() const {
    std::size_t out = 0;
    for (const Wanted& want : wanted_) out += want.atom->bytes();
    return out;
  }

  std::string unread() const {
    for (const Wanted& want : wanted_) {
      if (want.atom->lowered && !want.atom->lowered->unread.empty()) return want.atom->lowered->unread;
    }
    return "addresses among names of hosts";
  }

  Atoms atoms_;
  ProductSearch search_;
  std::uint64_t steps_ = 0;
  value::Scratch scratch_;
  value::Type type_ = value::Type::text;
  std::vector<Wanted> wanted_;
  std::unique_ptr<Impl> content_solver_;
  std::vector<const Clauses*> clauses_;
  std::size_t kept_bytes_ = 0;
  bool crowded_ = false;  ///< an automaton met its limit
};

TextSolver::TextSolver() : impl_(std::make_unique<Impl>()) {}
TextSolver::TextSolver(TextSolver&&) noexcept = default;
TextSolver& TextSolver::operator=(TextSolver&&) noexcept = default;
TextSolver::~TextSolver() = default;

FieldAnswer TextSolver::solve(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits) {
  return impl_->solve(type, demands, limits);
}

std::uint64_t TextSolver::steps() const { return impl_->steps(); }

}  // namespace chainhunt::algebra::text

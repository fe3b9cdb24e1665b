#include "compiler/algebra/text/lowering.h"

#include <algorithm>

#include "compiler/algebra/text/glob.h"
#include "compiler/algebra/text/measures.h"
#include "compiler/algebra/text/names.h"
#include "compiler/algebra/text/part.h"
#include "compiler/algebra/text/regex.h"
#include "compiler/algebra/text/words.h"

namespace chainhunt::algebra::text {
namespace {

using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;
using value::Function;
using value::Type;

/// Lengths up to which a comparison that is not a plain order is tabulated.
constexpr std::size_t kTabulated = 4096;

bool is_host(Type type) { return type == Type::host || type == Type::exact_host; }
bool is_account(Type type) { return type == Type::account || type == Type::exact_account; }
bool is_order(CompareOp op) { return op == CompareOp::lt || op == CompareOp::le || op == CompareOp::gt || op == CompareOp::ge; }
bool is_equality(CompareOp op) { return op == CompareOp::eq || op == CompareOp::ne || op == CompareOp::in || op == CompareOp::not_in; }

// What counts as missing outside of text and path; see value::is_missing.
const std::vector<std::string>& absent_spellings() {
  static const std::vector<std::string> words{"", "-", "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}"};
  return words;
}

/// One atom's way into clauses.
class Lowering {
 public:
  Lowering(const Predicate& predicate, const Probe& probe, SharedAutomata& shared) : predicate_(predicate), probe_(probe), shared_(shared) {}

  Lowered run() {
    const Type field = probe_.field_type();
    const Function function = probe_.function();
    core_all_ = true;
    if (function == Function::none) {
      if (predicate_.kind == PredicateKind::compare && predicate_.op >= CompareOp::like && predicate_.op <= CompareOp::matches) {
        guard_parses(field);
      } else {
        guard_present(field);
      }
    } else {
      guard_parses(field);
      guard_function(function, field);
    }
    if (predicate_.kind == PredicateKind::compare) compare();
    if (!core_.empty() && never_absent()) {
      std::erase_if(guards_, [&](const Term& term) { return term.automaton == absent_; });
    }
    clauses();
    if (predicate_.kind == PredicateKind::missing) std::swap(out_.when_true, out_.when_false);
    return std::move(out_);
  }

 private:
  template <typename Make>
  std::shared_ptr<Automaton> shared(std::string_view kind, std::string_view what, Make make) {
    std::string key(kind);
    append_key(key, what);
    auto& known = shared_[key];
    if (!known) known = make();
    return known;
  }

  void guard(std::shared_ptr<Automaton> automaton, bool truth) { guards_.push_back({std::move(automaton), truth}); }

  void guard_present(Type type) {
    if (value::is_text(type)) return;
    absent_ = shared("absent", "", [] { return std::make_shared<Words>(WordsForm::equal, absent_spellings(), true); });
    guard(absent_, false);
  }

  /// What is compared is false of every spelling that counts as missing anyway, so that nobody need look.
  bool never_absent() const {
    if (absent_ == nullptr) return false;
    for (const std::string& text : absent_spellings()) {
      const std::u32string codes = code_points(text, true);
      bool all = true, any = false;
      for (const Term& term : core_) {
        auto state = term.automaton->start();
        for (const char32_t code : codes) state = term.automaton->step(state, term.automaton->partition().of(code));
        const bool perhaps = term.automaton->verdict(state) != verdict_of(!term.truth);
        all = all && perhaps;
        any = any || perhaps;
      }
      if (core_all_ ? all : any) return false;
    }
    return true;
  }

  void guard_parses(Type type) {
    guard_present(type);
    const auto there = [&](PartForm form, std::string_view name) {
      guard(shared("there", name, [&] { return std::make_shared<Part>(form, std::make_shared<Anything>()); }), true);
    };
    if (is_account(type)) there(PartForm::account_name, "account");
    if (is_host(type)) there(PartForm::host_label, "host");
    if (type == Type::sid) guard(shared("sid", "", [] { return std::make_shared<SidSyntax>(); }), true);
    if (type == Type::guid) guard(shared("guid", "", [] { return std::make_shared<GuidSyntax>(); }), true);
  }

  // That the function gives something at all.
  void guard_function(Function function, Type type) {
    if (function == Function::decoded) {
      guard(shared("decodable", "", [] { return std::make_shared<Decodable>(); }), true);
    }
    if (function != Function::domain) return;
    if (is_host(type)) {
      guard(shared("address", "", [] { return std::make_shared<HostAddress>(); }), false);
    }
    const PartForm form = is_host(type) ? PartForm::host_domain : PartForm::account_domain;
    guard(shared("domain", is_host(type) ? "host" : "account", [&] { return std::make_shared<Part>(form, std::make_shared<Anything>()); }), true);
  }

  /// The automaton for what the function gives, as one for the spelling.
  std::shared_ptr<Automaton> over_function(std::shared_ptr<Automaton> inner) {
    switch (probe_.function()) {
      case Function::basename: return std::make_shared<Part>(PartForm::basename, std::move(inner));
      case Function::dirname: return std::make_shared<Part>(PartForm::dirname, std::move(inner));
      case Function::domain:
        return std::make_shared<Part>(is_host(probe_.field_type()) ? PartForm::host_domain : PartForm::account_domain, std::move(inner));
      default: return inner;
    }
  }

  std::shared_ptr<Automaton> words(WordsForm form, const std::vector<std::string>& values, bool cased) {
    std::string key;
    key += static_cast<char>(form);
    key += static_cast<char>(cased);
    key += static_cast<char>(probe_.function());
    key += static_cast<char>(probe_.function() == Function::domain && is_host(probe_.field_type()));
    for (const std::string& value : values) append_key(key, value);
    return shared("words", key, [&] { return over_function(std::make_shared<Words>(form, values, cased)); });
  }

  void core(std::shared_ptr<Automaton> automaton, bool truth = true) { core_.push_back({std::move(automaton), truth}); }

  void unread(std::string why) {
    if (out_.unread.empty()) out_.unread = std::move(why);
    core(shared("unread", "", [] { return std::make_shared<Unread>(); }));
  }

  void compare() {
    core_all_ = predicate_.quantifier == syntax::Quantifier::all;
    const Function function = probe_.function();
    if (function == Function::decoded) {
      out_.unread = "what the Base64 content of a field is";
      core_all_ = true;
      return;  // whether there is a content is all that the guard says, and that is a maybe
    }
    if (probe_.type() == Type::integer) return length();
    if (is_equality(predicate_.op)) return equality();
    if (is_order(predicate_.op)) return order();
    text_form();
  }

  void length() {
    // A number of code points parses, so only the literals' own values count; beyond all of them nothing changes.
    std::size_t last = 0;
    bool steady = predicate_.op != CompareOp::has && predicate_.op != CompareOp::has_any && predicate_.op != CompareOp::lacks;
    for (const value::Prepared& literal : probe_.literals()) {
      if (!literal.parsed || literal.number < value::Number::of(0)) continue;
      if (literal.number > value::Number::of(static_cast<std::int64_t>(kTabulated))) {
        steady = false;
      } else {
        last = std::max(last, static_cast<std::size_t>(literal.number.bits()));
      }
    }
    std::vector<Verdict> truth;
    value::Scratch scratch;
    for (std::size_t n = 0; n <= (steady ? last + 1 : kTabulated); ++n) {
      truth.push_back(verdict_of(probe_.ask(value::Cell::of_number(static_cast<std::int64_t>(n), value::Wire::dec), scratch)));
    }
    if (!steady) {
      truth.push_back(Verdict::maybe);
      out_.unread = "a length beyond " + std::to_string(kTabulated);
    }
    core(std::make_shared<Length>(std::move(truth)));
  }

  void equality() {
    const bool negated = predicate_.op == CompareOp::ne || predicate_.op == CompareOp::not_in;
    const Type type = probe_.type();
    std::vector<std::string> spelled, known;  // literals that count by spelling, and canonical ones
    for (const value::Prepared& literal : probe_.literals()) {
      if (!literal.parsed || value::is_text(type) || type == Type::sid || type == Type::guid) spelled.push_back(literal.spelling);
      if (literal.parsed && !value::is_text(type)) known.push_back(literal.canonical);
    }
    core_all_ = negated;
    const auto equals = [&](std::shared_ptr<Automaton> automaton) { core(std::move(automaton), !negated); };
    if (!spelled.empty()) equals(words(WordsForm::equal, spelled, predicate_.cased));
    if (known.empty()) return;
    switch (type) {
      case Type::account: equals(std::make_shared<Part>(PartForm::account_name, std::make_shared<Words>(WordsForm::equal, known, false))); return;
      case Type::exact_account: equals(words(WordsForm::equal, known, false)); return;
      case Type::host:
      case Type::exact_host: equals(host_equal(type, probe_.literals())); return;
      case Type::sid: equals(std::make_shared<SidEqual>(known)); return;
      case Type::guid: {
        std::vector<std::string> both;
        for (const std::string& guid : known) {
          both.push_back(guid);
          both.push_back(std::string(1, '{').append(guid).append(1, '}'));
        }
        equals(words(WordsForm::equal, both, false));
        return;
      }
      default: unread("== of a " + std::string(value::name_of(type))); return;
    }
  }

  void order() {
    core_all_ = true;
    if (!value::is_text(probe_.type())) return unread("the order of values of type " + std::string(value::name_of(probe_.type())));
    const value::Op op = predicate_.op == CompareOp::lt   ? value::Op::lt
                         : predicate_.op == CompareOp::le ? value::Op::le
                         : predicate_.op == CompareOp::gt ? value::Op::gt
                                                          : value::Op::ge;
    if (predicate_.values.empty()) {
      core_all_ = false;  // any of no literals
      return;
    }
    core(over_function(std::make_shared<Order>(op, predicate_.values.front(), predicate_.cased)));
  }

  void text_form() {
    const bool cased = predicate_.cased;
    const std::vector<std::string>& values = predicate_.values;
    switch (predicate_.op) {
      case CompareOp::contains: pieces(WordsForm::contains, values); break;
      case CompareOp::starts: pieces(WordsForm::starts, values); break;
      case CompareOp::ends: pieces(WordsForm::ends, values); break;
      case CompareOp::like: {
        std::vector<std::string> by_form[4];
        for (const std::string& value : values) {
          const value::Wildcard wildcard(value, true);
          using Form = value::Wildcard::Shape;
          switch (wildcard.shape()) {
            case Form::equal: by_form[static_cast<int>(WordsForm::equal)].push_back(wildcard.prefix()); break;
            case Form::starts: by_form[static_cast<int>(WordsForm::starts)].push_back(wildcard.prefix()); break;
            case Form::ends: by_form[static_cast<int>(WordsForm::ends)].push_back(wildcard.suffix()); break;
            case Form::contains: 
              by_form[static_cast<int>(WordsForm::contains)].push_back(wildcard.parts().empty() ? std::string() : wildcard.parts()[0]);
              break;
            case Form::general:
              core(over_function(std::make_shared<Glob>(value, cased)));
              break;
          }
        }
        for (int form = 0; form < 4; ++form) pieces(static_cast<WordsForm>(form), by_form[form]);
        break;
      }
      case CompareOp::matches:
        for (std::size_t i = 0; i < values.size(); ++i) matches(values[i], i < predicate_.flags.size() ? predicate_.flags[i] : std::string());
        break;
      default: unread("this comparison of a text"); break;
    }
  }

  // Words of one form: one automaton for any of them, one each for all of them.
  void pieces(WordsForm form, const std::vector<std::string>& values) {
    if (values.empty()) return;
    if (!core_all_) return core(words(form, values, predicate_.cased));
    for (const std::string& value : values) core(words(form, {value}, predicate_.cased));
  }

  void matches(const std::string& pattern, const std::string& flags) {
    const auto tree = parse_regex(pattern, flags);
    if (!tree) return unread(tree.error().message);
    std::string key;
    key += static_cast<char>(probe_.function());
    key += static_cast<char>(probe_.function() == Function::domain && is_host(probe_.field_type()));
    append_key(key, flags);
    append_key(key, pattern);
    const auto automaton = shared("regex", key, [&]() -> std::shared_ptr<Automaton> {
      auto made = std::make_shared<RegexAutomaton>(*tree);
      return made->fits() ? over_function(std::move(made)) : nullptr;
    });
    if (automaton == nullptr) return unread("a regular expression of more than " + std::to_string(kRegexSteps) + " steps");
    core(automaton);
  }

  void clauses() {
    for (const Term& term : guards_) out_.when_true.push_back({term});
    Clause broken;
    for (const Term& term : guards_) broken.push_back({term.automaton, !term.truth});
    if (core_all_) {
      for (const Term& term : core_) {
        out_.when_true.push_back({term});
        broken.push_back({term.automaton, !term.truth});
      }
      out_.when_false.push_back(std::move(broken));
      return;
    }
    out_.when_true.push_back(core_);
    for (const Term& term : core_) {
      out_.when_false.push_back(broken);
      out_.when_false.back().push_back({term.automaton, !term.truth});
    }
  }

  const Predicate& predicate_;
  const Probe& probe_;
  SharedAutomata& shared_;
  Lowered out_;
  std::shared_ptr<Automaton> absent_;
  std::vector<Term> guards_, core_;
  bool core_all_ = true;
};

}  // namespace

Lowered lower(const Predicate& predicate, const Probe& probe, SharedAutomata& shared) { return Lowering(predicate, probe, shared).run(); }

void append_key(std::string& key, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  key.append(reinterpret_cast<const char*>(&size), sizeof size);
  key.append(part);
}

}  // namespace chainhunt::algebra::text

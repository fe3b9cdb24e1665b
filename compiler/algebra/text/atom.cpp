#include "compiler/algebra/text/atom.h"

#include <algorithm>

#include "compiler/algebra/text/glob.h"
#include "compiler/algebra/text/measures.h"
#include "compiler/algebra/text/names.h"
#include "compiler/algebra/text/part.h"
#include "compiler/algebra/text/regex.h"
#include "compiler/algebra/text/words.h"
#include "runtime/base/text.h"

namespace chainhunt::algebra::text {
namespace {

using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;
using value::Function;
using value::Type;

/// Lengths up to which a comparison that is not a plain order is tabulated.
constexpr std::size_t kTabulated = 4096;
/// Texts that are taken from one regular expression to be tried.
constexpr std::size_t kSamples = 8;

bool is_host(Type type) { return type == Type::host || type == Type::exact_host; }
bool is_account(Type type) { return type == Type::account || type == Type::exact_account; }
bool is_order(CompareOp op) { return op == CompareOp::lt || op == CompareOp::le || op == CompareOp::gt || op == CompareOp::ge; }
bool is_equality(CompareOp op) { return op == CompareOp::eq || op == CompareOp::ne || op == CompareOp::in || op == CompareOp::not_in; }

void append_key(std::string& key, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  key.append(reinterpret_cast<const char*>(&size), sizeof size);
  key.append(part);
}

std::string written(std::u32string_view codes) {
  std::string out;
  for (const char32_t code : codes) base::append_utf8(out, code);
  return out;
}

// A value that the pattern matches, with the author's case: `?` is an x, `*` is nothing.
Shape shape_of_like(std::string_view pattern) {
  Shape out;
  std::vector<std::u32string> runs{{}};
  for (const char32_t token : glob_tokens(pattern, true)) {
    if (token == kAnyRun) {
      runs.emplace_back();
    } else {
      runs.back() += token == kAnyOne ? U'x' : token;
    }
  }
  out.prefix = written(runs.front());
  out.whole = runs.size() == 1;
  if (out.whole) return out;
  out.suffix = written(runs.back());
  for (std::size_t i = 1; i + 1 < runs.size(); ++i) {
    if (!runs[i].empty()) out.middles.push_back(written(runs[i]));
  }
  return out;
}

}  // namespace

/// One atom's way into clauses.
class Atoms::Lowering {
 public:
  Lowering(Atoms& home, const Predicate& predicate, Atom& out) : home_(home), predicate_(predicate), out_(out) {}

  void run() {
    const Type field = out_.probe.field_type();
    const Function function = out_.probe.function();
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
    out_.positive = predicate_.kind == PredicateKind::compare && predicate_.op != CompareOp::ne && predicate_.op != CompareOp::not_in;
    clauses();
    if (predicate_.kind == PredicateKind::missing) std::swap(out_.when_true, out_.when_false);
  }

 private:
  template <typename Make>
  std::shared_ptr<Automaton> shared(std::string_view kind, std::string_view what, Make make) {
    std::string key(kind);
    append_key(key, what);
    auto& known = home_.automata_[key];
    if (!known) known = make();
    return known;
  }

  void guard(std::shared_ptr<Automaton> automaton, bool truth) { guards_.push_back({std::move(automaton), truth}); }

  void guard_present(Type type) {
    if (value::is_text(type)) return;
    guard(shared("absent", "", [] {
            static const std::vector<std::string> words{"", "-", "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}"};
            return std::make_shared<Words>(WordsForm::equal, words, true);
          }),
          false);
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
      out_.cased = true;
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
    switch (out_.probe.function()) {
      case Function::basename: return std::make_shared<Part>(PartForm::basename, std::move(inner));
      case Function::dirname: return std::make_shared<Part>(PartForm::dirname, std::move(inner));
      case Function::domain:
        return std::make_shared<Part>(is_host(out_.probe.field_type()) ? PartForm::host_domain : PartForm::account_domain, std::move(inner));
      default: return inner;
    }
  }

  std::shared_ptr<Automaton> words(WordsForm form, const std::vector<std::string>& values, bool cased) {
    std::string key;
    key += static_cast<char>(form);
    key += static_cast<char>(cased);
    key += static_cast<char>(out_.probe.function());
    key += static_cast<char>(out_.probe.function() == Function::domain && is_host(out_.probe.field_type()));
    for (const std::string& value : values) append_key(key, value);
    return shared("words", key, [&] { return over_function(std::make_shared<Words>(form, values, cased)); });
  }

  void core(std::shared_ptr<Automaton> automaton, bool truth = true) { core_.push_back({std::move(automaton), truth}); }

  void unread(std::string why) {
    if (out_.unread.empty()) out_.unread = std::move(why);
    core(shared("unread", "", [] { return std::make_shared<Unread>(); }));
  }

  void compare() {
    out_.cased = out_.cased || predicate_.cased;
    core_all_ = predicate_.quantifier == syntax::Quantifier::all;
    const Function function = out_.probe.function();
    if (function == Function::decoded) {
      out_.unread = "what the Base64 content of a field is";
      core_all_ = true;
      return;  // whether there is a content is all that the guard says, and that is a maybe
    }
    if (out_.probe.type() == Type::integer) return length();
    if (is_equality(predicate_.op)) return equality();
    if (is_order(predicate_.op)) return order();
    text_form();
  }

  void length() {
    // A number of code points parses, so only the literals' own values count; beyond all of them nothing changes.
    std::size_t last = 0;
    bool steady = predicate_.op != CompareOp::has && predicate_.op != CompareOp::has_any && predicate_.op != CompareOp::lacks;
    for (const value::Prepared& literal : out_.probe.literals()) {
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
      truth.push_back(verdict_of(out_.probe.ask(value::Cell::of_number(static_cast<std::int64_t>(n), value::Wire::dec), scratch)));
    }
    if (!steady) {
      truth.push_back(Verdict::maybe);
      out_.unread = "a length beyond " + std::to_string(kTabulated);
    }
    core(std::make_shared<Length>(std::move(truth)));
  }

  void equality() {
    const bool negated = predicate_.op == CompareOp::ne || predicate_.op == CompareOp::not_in;
    const Type type = out_.probe.type();
    std::vector<std::string> spelled, known;  // literals that count by spelling, and canonical ones
    for (std::size_t i = 0; i < out_.probe.literals().size(); ++i) {
      const value::Prepared& literal = out_.probe.literals()[i];
      if (!literal.parsed || value::is_text(type) || type == Type::sid || type == Type::guid) spelled.push_back(literal.spelling);
      if (literal.parsed && !value::is_text(type)) known.push_back(literal.canonical);
      out_.shapes.push_back({.prefix = predicate_.values[i], .whole = true});
    }
    core_all_ = negated;
    out_.finite = (value::is_text(type) || type == Type::exact_account) && !negated && out_.probe.function() == Function::none;
    const auto equals = [&](std::shared_ptr<Automaton> automaton) { core(std::move(automaton), !negated); };
    if (!spelled.empty()) equals(words(WordsForm::equal, spelled, predicate_.cased));
    if (known.empty()) return;
    switch (type) {
      case Type::account: equals(std::make_shared<Part>(PartForm::account_name, std::make_shared<Words>(WordsForm::equal, known, false))); return;
      case Type::exact_account: equals(words(WordsForm::equal, known, false)); return;
      case Type::host:
      case Type::exact_host: equals(host_equal(type, out_.probe.literals())); return;
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
    if (!value::is_text(out_.probe.type())) return unread("the order of values of type " + std::string(value::name_of(out_.probe.type())));
    const value::Op op = predicate_.op == CompareOp::lt   ? value::Op::lt
                         : predicate_.op == CompareOp::le ? value::Op::le
                         : predicate_.op == CompareOp::gt ? value::Op::gt
                                                          : value::Op::ge;
    if (predicate_.values.empty()) {
      core_all_ = false;  // any of no literals
      return;
    }
    out_.shapes.push_back({.prefix = predicate_.values.front()});
    core(over_function(std::make_shared<Order>(op, predicate_.values.front(), predicate_.cased)));
  }

  void text_form() {
    const bool cased = predicate_.cased;
    const std::vector<std::string>& values = predicate_.values;
    switch (predicate_.op) {
      case CompareOp::contains: list(WordsForm::contains, values); break;
      case CompareOp::starts: list(WordsForm::starts, values); break;
      case CompareOp::ends: list(WordsForm::ends, values); break;
      case CompareOp::like: {
        std::vector<std::string> by_form[4];
        for (const std::string& value : values) {
          out_.shapes.push_back(shape_of_like(value));
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
        out_.cased = true;
        for (std::size_t i = 0; i < values.size(); ++i) matches(values[i], i < predicate_.flags.size() ? predicate_.flags[i] : std::string());
        break;
      default: unread("this comparison of a text"); break;
    }
    if (predicate_.quantifier == syntax::Quantifier::all && out_.shapes.size() > 1) merge_shapes();
  }

  void list(WordsForm form, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      Shape shape;
      (form == WordsForm::starts ? shape.prefix : form == WordsForm::ends ? shape.suffix : shape.middles.emplace_back()) = value;
      out_.shapes.push_back(std::move(shape));
    }
    pieces(form, values);
  }

  // Words of one form: one automaton for any of them, one each for all of them.
  void pieces(WordsForm form, const std::vector<std::string>& values) {
    if (values.empty()) return;
    if (!core_all_) return core(words(form, values, predicate_.cased));
    for (const std::string& value : values) core(words(form, {value}, predicate_.cased));
  }

  void matches(const std::string& pattern, const std::string& flags) {
    const auto tree = parse_regex(pattern, flags);
    if (!tree) {
      // Nothing is known of it, but RE2 can still be asked about likely values.
      out_.shapes.push_back({.middles = {pattern}});
      return unread(tree.error().message);
    }
    for (RegexSample& sample : samples(*tree, kSamples)) {
      Shape shape;
      shape.whole = sample.from_begin && sample.to_end;
      (sample.from_begin ? shape.prefix : sample.to_end ? shape.suffix : shape.middles.emplace_back()) = std::move(sample.text);
      out_.shapes.push_back(std::move(shape));
    }
    std::string key;
    key += static_cast<char>(out_.probe.function());
    key += static_cast<char>(out_.probe.function() == Function::domain && is_host(out_.probe.field_type()));
    append_key(key, flags);
    append_key(key, pattern);
    const auto automaton = shared("regex", key, [&]() -> std::shared_ptr<Automaton> {
      auto made = std::make_shared<RegexAutomaton>(*tree);
      return made->fits() ? over_function(std::move(made)) : nullptr;
    });
    if (automaton == nullptr) return unread("a regular expression of more than " + std::to_string(kRegexSteps) + " steps");
    core(automaton);
  }

  void merge_shapes() {
    Shape all;
    for (Shape& shape : out_.shapes) {
      if (shape.whole) all.whole = true;
      if (shape.prefix.size() > all.prefix.size()) all.prefix = std::move(shape.prefix);
      if (shape.suffix.size() > all.suffix.size()) all.suffix = std::move(shape.suffix);
      for (std::string& middle : shape.middles) all.middles.push_back(std::move(middle));
    }
    out_.shapes.clear();
    out_.shapes.push_back(std::move(all));
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

  Atoms& home_;
  const Predicate& predicate_;
  Atom& out_;
  std::vector<Term> guards_, core_;
  bool core_all_ = true;
};

Atoms::Atoms() = default;
Atoms::~Atoms() = default;

const Atom& Atoms::of(const Predicate& predicate) {
  key_.clear();
  const auto byte = [&](auto value) { key_ += static_cast<char>(value); };
  byte(predicate.kind);
  byte(predicate.left.function);
  byte(predicate.left.type.type);
  byte(predicate.left.field_type.type);
  if (predicate.kind == PredicateKind::compare) {
    byte(predicate.op);
    byte(predicate.cased);
    byte(predicate.quantifier);
    for (const std::string& value : predicate.values) append_key(key_, value);
    if (predicate.op == CompareOp::matches) {
      for (const std::string& flags : predicate.flags) append_key(key_, flags);
    }
  }
  auto& known = atoms_[key_];
  if (!known) {
    known = std::make_unique<Atom>(predicate);
    Lowering(*this, predicate, *known).run();
  }
  return *known;
}

std::size_t Atoms::bytes() const {
  std::size_t out = 0;
  const auto add = [&](const Clauses& clauses) {
    for (const Clause& clause : clauses) {
      for (const Term& term : clause) out += term.automaton->bytes();
    }
  };
  for (const auto& [key, atom] : atoms_) {
    out += key.size() * 8;
    add(atom->when_true);
  }
  return out;
}

void Atoms::clear() {
  atoms_.clear();
  automata_.clear();
}

}  // namespace chainhunt::algebra::text

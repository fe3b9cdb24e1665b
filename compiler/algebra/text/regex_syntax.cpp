#include "compiler/algebra/text/regex_syntax.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include <re2/re2.h>

#include "runtime/base/text.h"

namespace chainhunt::algebra::text {
namespace {

struct NamedSet {
  std::string_view name;
  std::initializer_list<std::pair<char32_t, char32_t>> ranges;
};

// What RE2 calls Perl and POSIX classes; all are ASCII.
const NamedSet kPosix[] = {
    {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}}, {"alpha", {{'A', 'Z'}, {'a', 'z'}}}, {"ascii", {{0, 0x7F}}},
    {"blank", {{'\t', '\t'}, {' ', ' '}}}, {"cntrl", {{0, 0x1F}, {0x7F, 0x7F}}}, {"digit", {{'0', '9'}}}, {"graph", {{'!', '~'}}},
    {"lower", {{'a', 'z'}}}, {"print", {{' ', '~'}}}, {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    {"space", {{'\t', '\r'}, {' ', ' '}}}, {"upper", {{'A', 'Z'}}}, {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
    {"\\d", {{'0', '9'}}}, {"\\s", {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}}, {"\\w", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}}};

const NamedSet* named(std::string_view name) {
  for (const NamedSet& set : kPosix) {
    if (set.name == name) return &set;
  }
  return nullptr;
}

Ranges with_case(Ranges ascii) {
  const Ranges known = normalised(ascii);
  for (char32_t c = 'a'; c <= 'z'; ++c) {
    if (!contains(known, c) && !contains(known, c - 32)) continue;
    ascii.insert(ascii.end(), {{c, c}, {c - 32, c - 32}});
    if (c == 'k') ascii.emplace_back(0x212A, 0x212A);
    if (c == 's') ascii.emplace_back(0x17F, 0x17F);
  }
  return normalised(std::move(ascii));
}

// Every code point that `item` (a class or a single character, as an expression) matches, by trying all.
std::optional<Ranges> ask_re2(const std::string& item) {
  static std::mutex mutex;
  static std::map<std::string, std::optional<Ranges>> known;  // facts about RE2, for the whole process
  const std::lock_guard lock(mutex);
  const auto [found, fresh] = known.try_emplace(item);
  if (!fresh) return found->second;
  re2::RE2::Options options;
  options.set_log_errors(false);
  const re2::RE2 runs("((?:" + item + ")+)", options);
  if (!runs.ok()) return std::nullopt;
  Ranges out;
  std::string block;
  constexpr char32_t kBlock = 0x10000;
  for (char32_t first = 0; first <= kLastCode; first += kBlock) {
    block.clear();
    for (char32_t code = first; code < first + kBlock; ++code) {
      if (code < 0xD800 || code > 0xDFFF) base::append_utf8(block, code);
    }
    re2::StringPiece rest(block), run;
    while (re2::RE2::FindAndConsume(&rest, runs, &run)) {
      const std::string_view text(run.data(), run.size());
      // Neighbours but for the surrogates, which are in no text.
      char32_t last = 0;
      for (std::size_t at = 0; at < text.size();) {
        const base::CodePoint code = base::decode_utf8(text, at);
        if (at == 0 || code.value != last + 1) out.emplace_back(code.value, code.value);
        out.back().second = last = code.value;
        at += code.size;
      }
    }
  }
  found->second = normalised(std::move(out));
  return found->second;
}

class Parser {
 public:
  Parser(std::string_view pattern, std::string_view flags) : text_(pattern) {
    for (const char flag : flags) set_flag(flag, true);
  }

  Result<RegexNode> run() {
    RegexNode out = alternatives(0);
    if (problem_.empty() && at_ < text_.size()) fail("a closing parenthesis");
    if (!problem_.empty()) return Error{"the construct " + problem_ + " of a regular expression"};
    return out;
  }

 private:
  struct Flags {
    bool fold = false, dot_all = false, lines = false;
  };

  bool more() const { return at_ < text_.size() && problem_.empty(); }
  char here() const { return text_[at_]; }
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void fail(std::string_view what) {
    if (problem_.empty()) problem_ = what;
  }
  char32_t take() {
    const base::CodePoint code = base::decode_utf8(text_, at_);
    at_ += code.size;
    return code.value;
  }
  bool set_flag(char flag, bool on) {
    switch (flag) {
      case 'i': flags_.fold = on; return true;
      case 's': flags_.dot_all = on; return true;
      case 'm': flags_.lines = on; return true;
      case 'U': return true;  // greed changes what is found, not whether
      default: return false;
    }
  }

  static RegexNode node(RegexKind kind) {
    RegexNode out;
    out.kind = kind;
    return out;
  }
  static RegexNode set(Ranges ranges) {
    RegexNode out = node(RegexKind::set);
    out.set = std::move(ranges);
    return out;
  }

  RegexNode literal(char32_t code) {
    RegexNode out = set(folded({{code, code}}));
    out.written = code;
    return out;
  }

  // Code points that are written as they are, with their cases under `i`.
  Ranges folded(Ranges ranges) {
    ranges = normalised(std::move(ranges));
    if (!flags_.fold) return ranges;
    if (ranges.empty() || ranges.back().second < 0x80) return with_case(std::move(ranges));
    std::string item = "(?i)[";
    for (const auto& [first, last] : ranges) item += hex(first) + "-" + hex(last);
    return asked(item + "]");
  }

  Ranges asked(const std::string& item) {
    if (auto known = ask_re2(item)) return *std::move(known);
    fail(item);
    return {};
  }

  static std::string hex(char32_t code) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out = "\\x{";
    for (int shift = 20; shift >= 0; shift -= 4) out += digits[code >> shift & 0xF];
    return out += "}";
  }

  RegexNode alternatives(int depth) {
    if (depth > kRegexDepth) {
      fail("groups nested deeper than " + std::to_string(kRegexDepth));
      return {};
    }
    RegexNode out = node(RegexKind::alternatives);
    out.children.push_back(sequence(depth));
    while (more() && here() == '|') {
      ++at_;
      out.children.push_back(sequence(depth));
    }
    if (out.children.size() == 1) return RegexNode(std::move(out.children.front()));
    return out;
  }

  RegexNode sequence(int depth) {
    RegexNode out = node(RegexKind::sequence);
    while (more() && here() != '|' && here() != ')') item(out.children, depth);
    return out;
  }

  void item(std::vector<RegexNode>& out, int depth) {
    switch (here()) {
      case '(': return group(out, depth);
      case '[': return out.push_back(bracket());
      case '.':
        ++at_;
        return out.push_back(set(flags_.dot_all ? Ranges{{0, kLastCode}} : complement({{'\n', '\n'}})));
      case '^':
        ++at_;
        return out.push_back(node(flags_.lines ? RegexKind::begin_line : RegexKind::begin_text));
      case '$':
        ++at_;
        return out.push_back(node(flags_.lines ? RegexKind::end_line : RegexKind::end_text));
      case '*': return repeat(out, 0, -1, 1);
      case '+': return repeat(out, 1, -1, 1);
      case '?': return repeat(out, 0, 1, 1);
      case '{': return counted(out);
      case '\\': return escape(out);
      default: return out.push_back(literal(take()));
    }
  }

  void repeat(std::vector<RegexNode>& out, int least, int most, std::size_t size) {
    at_ += size;
    if (more() && here() == '?') ++at_;
    if (out.empty()) return fail("a repetition of nothing");
    RegexNode whole = node(RegexKind::repeat);
    whole.least = least;
    whole.most = most;
    whole.children.push_back(std::move(out.back()));
    out.back() = std::move(whole);
  }

  // `{2}`, `{2,}`, `{2,5}`; anything else is a brace.
  void counted(std::vector<RegexNode>& out) {
    std::size_t at = at_ + 1;
    const auto number = [&]() -> int {
      if (at >= text_.size() || !base::is_digit(text_[at])) return -1;
      if (text_[at] == '0' && at + 1 < text_.size() && base::is_digit(text_[at + 1])) return -1;
      int value = 0;
      while (at < text_.size() && base::is_digit(text_[at]) && value < 100'000) value = value * 10 + (text_[at++] - '0');
      return value;
    };
    const int least = number();
    int most = least;
    bool fits = least >= 0;
    if (fits && at < text_.size() && text_[at] == ',') {
      ++at;
      most = at < text_.size() && text_[at] == '}' ? -1 : number();
      fits = (at < text_.size() && text_[at] == '}' && text_[at - 1] == ',') || most >= 0;
    }
    if (!fits || at >= text_.size() || text_[at] != '}') return out.push_back(literal(take()));
    repeat(out, least, most, at + 1 - at_);
  }

  void group(std::vector<RegexNode>& out, int depth) {
    const Flags outer = flags_;
    ++at_;
    if (more() && here() == '?') {
      ++at_;
      if (starts("P<") || starts("<")) {
        const std::size_t end = text_.find('>', at_);
        if (end == std::string_view::npos || starts("<=") || starts("<!")) return fail("(?" + std::string(text_.substr(at_, 2)));
        at_ = end + 1;
      } else {
        bool on = true;
        while (more() && here() != ':' && here() != ')') {
          const char flag = here();
          ++at_;
          if (flag == '-') {
            on = false;
          } else if (!set_flag(flag, on)) {
            return fail("(?" + std::string(1, flag));
          }
        }
        if (!more()) return fail("(?");
        if (text_[at_++] == ')') return;  // holds to the end of the group around it
      }
    }
    out.push_back(alternatives(depth + 1));
    if (!more() || here() != ')') return fail("an open parenthesis");
    ++at_;
    flags_ = outer;
  }

  /// \d \s \w and their complements; nothing is taken if it is another escape.
  std::optional<Ranges> perl() {
    if (at_ + 1 >= text_.size()) return std::nullopt;
    const char c = text_[at_ + 1];
    const NamedSet* known = named({std::string("\\") + base::lower_ascii(c)});
    if (known == nullptr) return std::nullopt;
    at_ += 2;
    return group_set(*known, c < 'a');
  }

  // Of a complement the positive set is folded, not the complement.
  Ranges group_set(const NamedSet& known, bool negated) {
    Ranges ranges = normalised(known.ranges);
    if (flags_.fold) ranges = with_case(std::move(ranges));
    return negated ? complement(ranges) : ranges;
  }

  /// \pL, \p{Greek}, \P{^Greek}
  std::optional<Ranges> unicode() {
    if (!starts("\\p") && !starts("\\P")) return std::nullopt;
    std::size_t end = at_ + 2;
    if (end < text_.size() && text_[end] == '{') end = text_.find('}', end);
    if (end >= text_.size()) {
      fail("\\p");
      return Ranges{};
    }
    const std::size_t size = text_[at_ + 2] == '{' ? end + 1 - at_ : 2 + base::decode_utf8(text_, at_ + 2).size;
    const std::string item(text_.substr(at_, size));
    at_ += size;
    return asked((flags_.fold ? "(?i)" : "") + item);
  }

  /// An escaped single code point; what stands behind the backslash has been looked at for everything else.
  char32_t escaped() {
    ++at_;
    if (at_ >= text_.size()) {
      fail("a backslash at the end");
      return 0;
    }
    const char c = here();
    if (c >= '0' && c <= '7') {
      char32_t code = 0;
      for (int i = 0; i < 3 && at_ < text_.size() && here() >= '0' && here() <= '7'; ++i) code = code * 8 + static_cast<char32_t>(text_[at_++] - '0');
      return code;
    }
    if (c == 'x') {
      ++at_;
      const bool braces = at_ < text_.size() && here() == '{';
      if (braces) ++at_;
      char32_t code = 0;
      std::size_t digits = 0;
      while (at_ < text_.size() && base::hex_digit(here()) >= 0 && (braces || digits < 2) && code <= kLastCode) {
        code = code * 16 + static_cast<char32_t>(base::hex_digit(text_[at_++]));
        ++digits;
      }
      if (digits == 0 || code > kLastCode || (braces && (at_ >= text_.size() || text_[at_++] != '}'))) fail("\\x");
      return code;
    }
    constexpr std::string_view names = "afnrtv", codes = "\a\f\n\r\t\v";
    if (const std::size_t place = names.find(c); place != std::string_view::npos) {
      ++at_;
      return static_cast<char32_t>(codes[place]);
    }
    if (static_cast<unsigned char>(c) >= 0x80 || base::is_digit(c) || (base::lower_ascii(c) >= 'a' && base::lower_ascii(c) <= 'z')) fail("\\" + std::string(1, c));
    return take();
  }

  void escape(std::vector<RegexNode>& out) {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    const auto assertion = [&](RegexKind kind) {
      at_ += 2;
      out.push_back(node(kind));
    };
    switch (c) {
      case 'A': return assertion(RegexKind::begin_text);
      case 'z': return assertion(RegexKind::end_text);
      case 'b': return assertion(RegexKind::word_boundary);
      case 'B': return assertion(RegexKind::no_word_boundary);
      case 'C': return fail("\\C");
      case 'Q':
        at_ += 2;
        while (at_ < text_.size() && !starts("\\E")) out.push_back(literal(take()));
        at_ = std::min(text_.size(), at_ + 2);
        return;
      default: break;
    }
    if (auto ranges = perl()) return out.push_back(set(*std::move(ranges)));
    if (auto ranges = unicode()) return out.push_back(set(*std::move(ranges)));
    out.push_back(literal(escaped()));
  }

  RegexNode bracket() {
    ++at_;
    bool negated = false;
    if (more() && here() == '^') {
      negated = true;
      ++at_;
    }
    Ranges written, named_sets;
    for (bool first = true; more() && (here() != ']' || first); first = false) {
      if (starts("[:")) {
        if (const std::size_t end = text_.find(":]", at_ + 2); end != std::string_view::npos) {
          std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
          const bool without = name.starts_with('^');
          if (without) name.remove_prefix(1);
          const NamedSet* known = name.starts_with('\\') ? nullptr : named(name);
          if (known == nullptr) {
            fail("[:");
            break;
          }
          for (const auto& range : group_set(*known, without)) named_sets.push_back(range);
          at_ = end + 2;
          continue;
        }
      }
      if (here() == '\\') {
        auto ranges = perl();
        if (!ranges) ranges = unicode();
        if (ranges) {
          named_sets.insert(named_sets.end(), ranges->begin(), ranges->end());
          continue;
        }
      }
      const char32_t low = here() == '\\' ? escaped() : take();
      char32_t high = low;
      if (at_ + 1 < text_.size() && here() == '-' && text_[at_ + 1] != ']') {
        ++at_;
        high = here() == '\\' ? escaped() : take();
      }
      if (high < low) fail("a range from high to low");
      written.emplace_back(low, high);
    }
    if (!more()) fail("an open bracket");
    ++at_;
    Ranges all = folded(std::move(written));
    all.insert(all.end(), named_sets.begin(), named_sets.end());
    all = normalised(std::move(all));
    return set(negated ? complement(all) : all);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Flags flags_;
  std::string problem_;
};

}  // namespace

Result<RegexNode> parse_regex(std::string_view pattern, std::string_view flags) { return Parser(pattern, flags).run(); }

const Ranges& word_characters() {
  static const Ranges words = normalised(named("word")->ranges);
  return words;
}

}  // namespace chainhunt::algebra::text

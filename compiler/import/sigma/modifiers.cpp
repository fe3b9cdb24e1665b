// Fields with their modifiers: `CommandLine|windash|contains|all`. Modifiers that change the value (encodings,
// wildcards) are applied in the author's order; the others say how it is compared.
#include <algorithm>
#include <array>

#include "compiler/import/sigma/detection.h"
#include "runtime/base/text.h"
#include "runtime/value/address.h"
#include "runtime/value/number.h"
#include "runtime/value/regex.h"

namespace chainhunt::sigma {
namespace {

constexpr std::array<std::string_view, 33> kModifiers = {
    "all", "base64", "base64offset", "cased", "cidr", "contains", "day", "endswith", "exists", "expand", "fieldref", "gt", "gte", "hour",
    "i", "lt", "lte", "m", "minute", "month", "neq", "re", "s", "startswith", "utf16", "utf16be", "utf16le", "week", "wide", "windash", "year",
    "weekday", "second"};

/// What Chain can write between backticks.
bool can_be_named(const std::string& field) {
  return std::none_of(field.begin(), field.end(), [](char c) { return c == '`' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// A word in a message.
std::string quoted(std::string_view word) {
  std::string out(1, '`');
  out.append(word).push_back('`');
  return out;
}

struct Modifier {
  std::string name;
  Span span;
};

class FieldReader {
 public:
  FieldReader(const Node& key, Diagnostics& diagnostics) : key_(key), diagnostics_(diagnostics) {}

  std::optional<Condition> read(const Node& value) {
    if (!split()) return std::nullopt;
    if (!can_be_named(test_.field)) return fail("sigma-value", test_.field_span, "a field's name holds a backtick or a control character, which no log has");
    if (value.is_map()) return fail("sigma-value", value.span, "a map stands where a value is expected");
    const bool list = value.is_sequence();
    if (list && value.items.empty()) return fail("sigma-value", value.span, "the list of values is empty");
    const std::size_t count = list ? value.items.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      auto alternatives = one(list ? value.items[i] : value);
      if (!alternatives) return std::nullopt;
      test_.values.push_back(std::move(*alternatives));
    }
    Condition out;
    out.kind = Condition::Kind::test;
    out.span = {key_.span.file, key_.span.begin, std::max(key_.span.end, value.span.end)};
    const bool absent = exists_ && !*exists_;
    const bool different = test_.different;
    test_.different = false;
    out.test = std::move(test_);
    return absent || different ? Condition::negated(std::move(out)) : std::move(out);
  }

 private:
  bool has(std::string_view name) const {
    return std::any_of(modifiers_.begin(), modifiers_.end(), [&](const Modifier& m) { return m.name == name; });
  }

  std::nullopt_t fail(const char* code, Span span, std::string message, std::string note = {}) {
    auto& d = diagnostics_.error(code, span, std::move(message));
    if (!note.empty()) d.notes.push_back(std::move(note));
    return std::nullopt;
  }

  bool split() {
    const std::string& text = key_.text;
    std::size_t at = text.find('|');
    test_.field = text.substr(0, at);
    // Places inside the key are known where it stands as it is, without escapes.
    const bool exact = key_.span.end - key_.span.begin >= text.size();
    const std::uint32_t quote = key_.plain || !exact ? 0 : 1;
    const auto place = [&](std::size_t from, std::size_t size) {
      if (!exact || key_.span.end < key_.span.begin + quote + from + size) return key_.span;
      const auto begin = static_cast<std::uint32_t>(key_.span.begin + quote + from);
      return Span{key_.span.file, begin, static_cast<std::uint32_t>(begin + size)};
    };
    test_.field_span = test_.field.empty() ? key_.span : place(0, test_.field.size());
    while (at != std::string::npos) {
      const std::size_t next = text.find('|', at + 1);
      const std::string name = text.substr(at + 1, next == std::string::npos ? next : next - at - 1);
      if (!add({name, place(at + 1, name.size())})) return false;
      at = next;
    }
    return consistent();
  }

  bool add(Modifier modifier) {
    const std::string& name = modifier.name;
    if (std::find(kModifiers.begin(), kModifiers.end(), name) == kModifiers.end()) {
      auto& d = diagnostics_.error("sigma-modifier", modifier.span, "no modifier " + quoted(name));
      const std::string near = nearest_name(name, {kModifiers.begin(), kModifiers.end()});
      if (!near.empty()) d.notes.push_back("did you mean " + quoted(near) + "?");
      return false;
    }
    if (name == "week" || name == "second") {
      fail("sigma-unsupported", modifier.span, quoted(name) + " of a time cannot be asked for", "there are minute, hour, day, weekday, month and year");
      return false;
    }
    test_.all = test_.all || name == "all";
    test_.cased = test_.cased || name == "cased";
    test_.different = test_.different || name == "neq";
    for (const std::string_view part : {"minute", "hour", "day", "weekday", "month", "year"}) {
      if (name == part) test_.part = name;
    }
    modifiers_.push_back(std::move(modifier));
    return true;
  }

  /// Pairs that mean nothing together.
  bool consistent() {
    const auto clash = [&](std::string_view a, std::initializer_list<std::string_view> others) {
      if (!has(a)) return false;
      for (const std::string_view other : others) {
        const auto found = std::find_if(modifiers_.begin(), modifiers_.end(), [&](const Modifier& m) { return m.name == other; });
        if (found == modifiers_.end()) continue;
        fail("sigma-modifier", found->span, quoted(other) + " means nothing together with " + quoted(a));
        return true;
      }
      return false;
    };
    for (const std::string_view sub : {"i", "m", "s"}) {
      const auto found = std::find_if(modifiers_.begin(), modifiers_.end(), [&](const Modifier& m) { return m.name == sub; });
      if (found == modifiers_.end() || has("re")) continue;
      fail("sigma-modifier", found->span, quoted(sub) + " is a flag of `re`, which is not there");
      return false;
    }
    if (test_.field.empty()) {
      for (const Modifier& m : modifiers_) {
        for (const std::string_view wrong : {"exists", "fieldref", "cidr", "gt", "gte", "lt", "lte", "startswith", "endswith", "minute", "hour", "day", "weekday", "month", "year", "cased"}) {
          if (m.name != wrong) continue;
          fail("sigma-modifier", m.span, "a keyword is looked for in the whole record; `" + m.name + "` asks of a field");
          return false;
        }
      }
    }
    return !clash("re", {"cidr", "startswith", "endswith", "windash", "base64", "base64offset", "exists", "fieldref", "expand", "gt", "gte", "lt", "lte"}) &&
           !clash("cidr", {"contains", "startswith", "endswith", "exists", "fieldref", "gt", "gte", "lt", "lte"}) &&
           !clash("exists", {"contains", "startswith", "endswith", "fieldref", "all", "neq", "gt", "gte", "lt", "lte", "expand"});
  }

  std::optional<std::vector<Value>> one(const Node& node) {
    Value value;
    value.span = node.span;
    if (node.kind == NodeKind::null) {
      if (test_.field.empty()) return fail("sigma-value", node.span, "a keyword is null");
      value.form = Form::null;
      return std::vector{value};
    }
    if (!node.is_scalar()) return fail("sigma-value", node.span, "a list stands in a list of values");
    const std::string& raw = node.text;
    if (has("exists")) {
      const bool yes = base::equal_ascii_case(raw, "true") || base::equal_ascii_case(raw, "yes");
      const bool no = base::equal_ascii_case(raw, "false") || base::equal_ascii_case(raw, "no");
      if (!yes && !no) return fail("sigma-value", node.span, "`exists` takes true or false");
      exists_ = yes;
      value.form = Form::exists;
      return std::vector{value};
    }
    if (has("fieldref")) {
      value.form = has("contains") ? Form::field_contains : has("startswith") ? Form::field_starts : has("endswith") ? Form::field_ends : Form::field;
      value.word = raw;
      if (raw.empty() || !can_be_named(raw)) return fail("sigma-value", node.span, "`fieldref` names no field");
      return std::vector{value};
    }
    if (has("cidr")) return network(std::move(value), raw);
    if (has("re")) return regex(std::move(value), raw);
    for (const auto& [name, form] : {std::pair{"gt", Form::greater}, {"gte", Form::at_least}, {"lt", Form::less}, {"lte", Form::at_most}}) {
      if (!has(name)) continue;
      if (!value::parse_number(raw)) return fail("sigma-value", node.span, quoted(name) + " compares numbers; this is none");
      value.form = form;
      value.word = raw;
      return std::vector{value};
    }
    value.number = node.plain && value::parse_number(raw).has_value();
    return text(std::move(value), raw);
  }

  std::optional<std::vector<Value>> network(Value value, const std::string& raw) {
    if (!value::parse_network(raw) && !value::parse_address(raw)) return fail("sigma-value", value.span, "\"" + raw + "\" is no network such as 10.0.0.0/8");
    value.form = Form::network;
    value.word = raw;
    return std::vector{value};
  }

  std::optional<std::vector<Value>> regex(Value value, const std::string& raw) {
    value.form = Form::regex;
    // An expression of Chain stands on one line and holds no control characters.
    for (const char c : raw) {
      static constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) value.word += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
      else value.word += c;
    }
    if (has("m")) value.word = "(?m)" + value.word;
    if (value.word.starts_with("*")) value.word = "\\" + value.word;
    if (has("i")) value.flags += 'i';
    if (has("s")) value.flags += 's';
    if (raw.empty()) return fail("sigma-regex", value.span, "an empty expression matches everything");
    const auto compiled = value::Regex::compile(value.word, value.flags);
    if (!compiled.ok()) {
      return fail("sigma-regex", value.span, compiled.error().message, "Sigma's expressions have . ^ $ * + ? { } [ ] | ( ); looking around and back references take no linear time");
    }
    return std::vector{value};
  }

  std::optional<std::vector<Value>> text(Value value, const std::string& raw) {
    std::vector<Text> texts = {value.number ? Text::literal(raw) : Text::parse(raw, has("expand"))};
    bool bytes = false;
    for (const Modifier& m : modifiers_) {
      const bool utf16_form = m.name == "utf16le" || m.name == "wide" || m.name == "utf16be" || m.name == "utf16";
      const bool encodes = utf16_form || m.name == "base64" || m.name == "base64offset";
      std::vector<Text> made;
      for (Text& own : texts) {
        if (encodes) {
          const auto content = own.content();
          if (!content) return fail("sigma-value", value.span, quoted(m.name) + " encodes a value; a wildcard cannot be encoded");
          if (utf16_form) made.push_back(Text::literal(utf16(*content, m.name == "utf16be", m.name == "utf16")));
          else if (m.name == "base64") made.push_back(Text::literal(base64(*content)));
          else for (std::string& part : base64_offsets(*content)) made.push_back(Text::literal(std::move(part)));
          bytes = utf16_form;
          continue;
        }
        if (m.name == "windash") {
          auto variants = windash(own);
          if (!variants) return fail("sigma-value", value.span, "`windash` makes more than " + std::to_string(kMaxVariants) + " variants of this value");
          for (Text& variant : *variants) made.push_back(std::move(variant));
          continue;
        }
        if (m.name == "contains" || m.name == "endswith") own.open_start();
        if (m.name == "contains" || m.name == "startswith") own.open_end();
        made.push_back(std::move(own));
      }
      texts = std::move(made);
    }
    if (texts.empty()) return fail("sigma-value", value.span, "the value is too short to be found in Base64");
    std::vector<Value> out;
    for (Text& own : texts) {
      const bool readable = std::all_of(own.pieces().begin(), own.pieces().end(), [](const Piece& piece) { return base::valid_utf8(piece.text); });
      if (bytes && !readable) {
        return fail("sigma-unsupported", value.span, "UTF-16 of this value is no text; it can be looked for in Base64 only", "add `base64offset|contains`");
      }
      if (test_.field.empty()) {
        own.open_start();
        own.open_end();
      }
      out.push_back(value);
      out.back().text = std::move(own);
    }
    return out;
  }

  const Node& key_;
  Diagnostics& diagnostics_;
  Test test_;
  std::vector<Modifier> modifiers_;
  std::optional<bool> exists_;
};

}  // namespace

std::optional<Condition> read_field(const Node& key, const Node& value, Diagnostics& diagnostics) { return FieldReader(key, diagnostics).read(value); }

}  // namespace chainhunt::sigma

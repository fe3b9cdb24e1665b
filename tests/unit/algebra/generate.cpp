#include "tests/unit/algebra/generate.h"

#include "runtime/value/number.h"

namespace chainhunt::algebra::test {
namespace {

constexpr const char* kLongS = "fal\xC5\xBF" "e";  // is == "false" without case, and no bool

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string number(Chance& chance) { return std::to_string(chance.below(16)); }
std::string bits(Chance& chance) { return value::print_hex(chance.below(16)); }

std::string word(Chance& chance) {
  std::string out;
  for (std::uint32_t left = chance.below(3); left > 0; --left) out += "abAB"[chance.below(4)];
  return out;
}

std::string address(Chance& chance) { return "10.0.0." + std::to_string(chance.below(16)); }
std::string network(Chance& chance) {
  static const std::vector<std::string> kNetworks = {"10.0.0.0/29", "10.0.0.8/29", "10.0.0.0/28", "10.0.0.4/30"};
  return chance.of(kNetworks);
}

std::string order(Chance& chance) { return chance.of(std::vector<std::string>{"==", "!=", "<", "<=", ">", ">="}); }

std::string instant(Chance& chance) { return "2021-01-0" + std::to_string(1 + chance.below(3)) + "T0" + std::to_string(chance.below(3)) + ":00:00Z"; }

std::string list(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "(" : ", ") + item;
  return out + ")";
}

std::string about_number(Chance& chance, const std::string& f, bool mask) {
  const auto value = [&] { return mask ? bits(chance) : number(chance); };
  switch (chance.below(6)) {
    case 0: return f + (chance.below(2) == 0 ? " in " : " not in ") + list({value(), value(), value()});
    case 1: return f + " has " + bits(chance);
    case 2: return f + " has any " + bits(chance);
    case 3: return f + " lacks " + bits(chance);
    default: return f + " " + order(chance) + " " + value();
  }
}

std::string about_text(Chance& chance, const std::string& f) {
  const std::string cased = chance.below(3) == 0 ? " cased" : "";
  switch (chance.below(10)) {
    case 0: return f + " in " + list({quoted(word(chance)), quoted(word(chance)), quoted(word(chance))});
    case 1: return f + cased + " contains " + quoted(word(chance));
    case 2: return f + cased + " starts " + quoted(word(chance));
    case 3: return f + cased + " ends " + quoted(word(chance));
    case 4: return f + cased + " like " + quoted(word(chance) + (chance.below(2) == 0 ? "*" : "?") + word(chance));
    case 5: return f + " matches /" + chance.of(std::vector<std::string>{"^a", "b$", "ab", "^[aB]+$", "^.$"}) + "/" + (chance.below(2) == 0 ? "i" : "");
    case 6: return "length(" + f + ") " + order(chance) + " " + std::to_string(chance.below(4));
    case 7: return f + " contains " + (chance.below(2) == 0 ? "any " : "all ") + list({quoted(word(chance)), quoted(word(chance))});
    default: return f + cased + (chance.below(2) == 0 ? " == " : " != ") + quoted(word(chance));
  }
}

std::string about_name(Chance& chance, const SmallField& field) {
  const std::string& f = field.name;
  const std::vector<std::string> values = field.type == "account" ? std::vector<std::string>{"a", "b", "X\\\\a", "a@x"}
                                          : field.type == "host" ? std::vector<std::string>{"a", "b", "a.x", "10.0.0.1", "TEST"}
                                                                 : std::vector<std::string>{"S-1-5-18", "S-1-5-19"};
  const auto value = [&] { return quoted(chance.of(values)); };
  switch (chance.below(5)) {
    case 0: return f + (chance.below(2) == 0 ? " in " : " not in ") + list({value(), value()});
    case 1: return f + chance.of(std::vector<std::string>{" contains ", " starts ", " ends "}) + quoted(chance.of(std::vector<std::string>{"a", "x", "1"}));
    case 2: return "length(" + f + ") " + order(chance) + " " + std::to_string(chance.below(4));
    case 3:
      if (field.type != "sid") return "domain(" + f + ")" + (chance.below(2) == 0 ? " == " : " != ") + "\"x\"";
      [[fallthrough]];
    default: return f + (chance.below(2) == 0 ? " == " : " != ") + value();
  }
}

}  // namespace

std::vector<SmallField> small_fields() {
  return {{"n", "N", "int"}, {"m", "M", "int"}, {"bits", "Bits", "mask"}, {"bits2", "Bits2", "mask"}, {"f", "F", "text"}, {"g", "G", "text"},
          {"ok", "Ok", "bool"}, {"sure", "Sure", "bool"}, {"ip", "Ip", "ip"}, {"ip2", "Ip2", "ip"}, {"when", "When", "time"}, {"until", "Until", "time"},
          {"user", "User", "account"}, {"user2", "User2", "account"}, {"host", "Host", "host"}, {"computer", "", "host"}, {"sid", "Sid", "sid"},
          {"anywhere", "", "anywhere"}};
}

std::vector<std::string> spellings(const SmallField& field) {
  std::vector<std::string> out;
  if (field.type == "int" || field.type == "mask") {
    for (int i = 0; i < 16; ++i) out.push_back(std::to_string(i));
    for (int i = 1; i < 16; ++i) {
      std::string codes;
      for (int bit = 0; bit < 4; ++bit) {
        if ((i >> bit & 1) != 0) codes += (codes.empty() ? "%%" : " %%") + std::to_string(1552 + bit);
      }
      if (field.type == "int") out.push_back(codes);
    }
    out.push_back("?");
  } else if (field.type == "text") {
    out.push_back("");
    for (const char a : {'a', 'b', 'A', 'B'}) {
      out.push_back(std::string(1, a));
      for (const char b : {'a', 'b', 'A', 'B'}) out.push_back({a, b});
    }
  } else if (field.type == "account") {
    out = {"a", "b", "A", "X\\a", "X\\b", "a@x", "a@y", "X\\-", "Y\\a", "ab", "\\"};
  } else if (field.type == "host") {
    out = {"TEST", "a", "b", "A", "a.x", "b.x", "a.y", "\\\\a", "10.0.0.1", "10.0.0.2", "::1", "."};
  } else if (field.type == "sid") {
    out = {"S-1-5-18", "S-1-5-19", "s-1-05-18", "%{S-1-5-18}", "?", "Nobody"};
  } else if (field.type == "bool") {
    out = {"true", "false", "?", kLongS};
  } else if (field.type == "ip") {
    for (int i = 0; i < 16; ++i) out.push_back("10.0.0." + std::to_string(i));
    for (const char* text : {"?", "10.0.0.0/29", "10.0.0.8/29", "10.0.0.0/28", "10.0.0.4/30"}) out.push_back(text);
  } else {
    for (int day = 1; day <= 3; ++day) {
      for (int minutes = 0; minutes < 4 * 60; minutes += 30) {
        for (const char* second : {":00Z", ":00.0000001Z"}) {
          out.push_back("2021-01-0" + std::to_string(day) + "T0" + std::to_string(minutes / 60) + ":" + (minutes % 60 == 0 ? "00" : "30") + second);
        }
      }
    }
    out.push_back("?");
  }
  return out;
}

std::string domain(const SmallField& field) {
  const std::string& f = field.name;
  if (field.type == "int") return "not (" + f + " < 0 or " + f + " > 15 or " + f + " has any 0xfffffffffffffff0)";
  if (field.type == "mask") return "not (" + f + " > 15)";
  if (field.type == "text") {
    std::vector<std::string> all;
    for (const auto& text : spellings(field)) all.push_back(quoted(text));
    return "(missing " + f + " or " + f + " in " + list(all) + ")";
  }
  if (field.type == "ip") return "not (" + f + " < 10.0.0.0 or " + f + " > 10.0.0.15)";
  if (field.type == "account") return "not (length(" + f + ") > 3)";
  return "(exists " + f + " or missing " + f + ")";
}

std::string condition(Chance& chance, const std::vector<SmallField>& fields, bool pairs) {
  const SmallField& field = chance.of(fields);
  const std::string& f = field.name;
  if (chance.below(8) == 0 && field.type != "anywhere") return (chance.below(2) == 0 ? "exists " : "missing ") + f;
  if (pairs && chance.below(3) == 0) {
    std::vector<SmallField> others;
    for (const auto& other : fields) {
      const bool numbers = (other.type == "int" && field.type == "mask") || (other.type == "mask" && field.type == "int");
      if (other.type == field.type || numbers || other.type == "text" || field.type == "text") others.push_back(other);
    }
    const SmallField& second = chance.of(others);
    const std::string& g = second.name;
    if (second.type != field.type) return f + (chance.below(2) == 0 ? " == " : " != ") + g;
    if (chance.below(4) == 0 && (field.type == "text" || field.type == "account" || field.type == "host")) {
      const std::string part = chance.of(std::vector<std::string>{"domain", "basename", "dirname"});
      return part + "(" + f + ")" + (chance.below(2) == 0 ? " == " : " != ") + chance.of(std::vector<std::string>{"domain", "basename", "dirname"}) + "(" + g + ")";
    }
    if (field.type == "text" && chance.below(2) == 0) return f + chance.of(std::vector<std::string>{" contains ", " starts ", " ends "}) + g;
    if (field.type == "bool" || field.type == "account" || field.type == "host" || field.type == "sid") return f + (chance.below(2) == 0 ? " == " : " != ") + g;
    return f + " " + order(chance) + " " + g;
  }
  if (field.type == "int" || field.type == "mask") return about_number(chance, f, field.type == "mask");
  if (field.type == "text") return about_text(chance, f);
  if (field.type == "anywhere") return "anywhere " + (chance.below(3) == 0 ? std::string("matches /^a|b$/") : "contains " + quoted(word(chance)));
  if (field.type == "account" || field.type == "host" || field.type == "sid") return about_name(chance, field);
  if (field.type == "bool") return f + (chance.below(2) == 0 ? " == " : " != ") + (chance.below(2) == 0 ? "true" : "false");
  if (field.type == "ip") {
    switch (chance.below(3)) {
      case 0: return f + (chance.below(2) == 0 ? " in " : " not in ") + list({address(chance), network(chance)});
      case 1: return f + (chance.below(2) == 0 ? " == " : " != ") + network(chance);
      default: return f + " " + order(chance) + " " + address(chance);
    }
  }
  switch (chance.below(4)) {
    case 0: return "hour(" + f + ") " + order(chance) + " " + std::to_string(chance.below(4));
    case 1: return "day(" + f + ") " + order(chance) + " " + std::to_string(chance.below(4));
    case 2: return "minute(" + f + ") " + order(chance) + " 30";
    default: return f + " " + order(chance) + " " + instant(chance);
  }
}

std::string formula(Chance& chance, const std::vector<SmallField>& fields, int depth, bool pairs) {
  if (depth == 0 || chance.below(4) == 0) {
    const std::string one = condition(chance, fields, pairs);
    return chance.below(4) == 0 ? "not (" + one + ")" : one;
  }
  const char* word = chance.below(2) == 0 ? " and " : " or ";
  std::string out = "(";
  out += formula(chance, fields, depth - 1, pairs);
  for (std::uint32_t more = 1 + chance.below(2); more > 0; --more) out += word + formula(chance, fields, depth - 1, pairs);
  out += ")";
  return chance.below(5) == 0 ? "not " + out : out;
}

}  // namespace chainhunt::algebra::test

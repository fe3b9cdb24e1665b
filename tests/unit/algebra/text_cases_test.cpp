// Questions that people can answer, with the answers.
#include <gtest/gtest.h>

#include "compiler/algebra/text/solver.h"
#include "tests/unit/algebra/text_demands.h"

namespace chainhunt::algebra::testing {
namespace {

using value::Type;
using enum CompareOp;

const On text{Type::text};

/// "found: …", "missing", "none", "unknown: …"
std::string answer(Type type, const std::vector<Made>& made, const Limits& limits = {}) {
  const FieldAnswer out = solve_text({type}, demands(made), limits);
  switch (out.outcome) {
    case Outcome::found:
      EXPECT_TRUE(holds(made, out.spelling ? &*out.spelling : nullptr));
      return out.spelling ? "found: " + *out.spelling : "missing";
    case Outcome::none: return "none";
    case Outcome::unknown: return "unknown: " + out.reason;
  }
  return "";
}

TEST(TextCases, Equality) {
  EXPECT_EQ(answer(Type::path, {On(Type::path).is(eq, {"C:\\Windows\\cmd.exe"})}), "found: C:\\Windows\\cmd.exe");
  EXPECT_EQ(answer(Type::text, {text.is(eq, {"A"}), text.is(eq, {"a"})}), "found: A");
  EXPECT_EQ(answer(Type::text, {text.is(eq, {"A"}, true), text.is(eq, {"a"}, true)}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(eq, {"A"}), text.is(ne, {"a"})}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(eq, {"ab"}), no(text.is(eq, {"AB"}, true)), no(text.is(eq, {"ab"}, true))}), "found: aB");
  EXPECT_EQ(answer(Type::text, {text.is(ne, {"x"})}), "found: a");
  EXPECT_EQ(answer(Type::text, {no(text.is(eq, {"x"}))}), "missing");
  EXPECT_EQ(answer(Type::text, {text.exists(), no(text.is(eq, {"x"}))}), "found: a");
  EXPECT_EQ(answer(Type::text, {text.is(in, {"a", "b"}), text.is(not_in, {"A", "c"})}), "found: b");
  EXPECT_EQ(answer(Type::text, {text.is(in, {"a", "b"}), text.is(not_in, {"A", "B", "c"})}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(in, {})}), "none");
  EXPECT_EQ(answer(Type::text, {no(text.exists()), no(text.missing())}), "none");
}

TEST(TextCases, Parts) {
  EXPECT_EQ(answer(Type::text, {text.is(starts, {"C:\\"}), text.is(ends, {"\\cmd.exe"}), text.is(contains, {"temp"})}), "found: C:\\temp\\cmd.exe");
  EXPECT_EQ(answer(Type::text, {text.is(starts, {"a"}), text.is(starts, {"b"})}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(contains, {"mimikatz"}), no(text.is(contains, {"KAT"}))}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(contains, {"a"}, true), text.is(contains, {"A"}, true)}), "found: aA");
  EXPECT_EQ(answer(Type::text, {text.is(starts, {"aba"}), text.is(ends, {"aba"}), text.is(like, {"?????"})}), "found: ababa");
  EXPECT_EQ(answer(Type::text, {text.all(contains, {"ab", "bc"}), no(text.is(contains, {"abbc"}))}), "found: abc");
  EXPECT_EQ(answer(Type::text, {text.any(ends, {".exe", ".dll"}), no(text.is(ends, {".EXE"}))}), "found: .dll");
  EXPECT_EQ(answer(Type::text, {text.is(contains, {""}), text.is(eq, {""})}), "found: ");
  EXPECT_EQ(answer(Type::text, {no(text.is(contains, {""})), text.exists()}), "none");
}

TEST(TextCases, Like) {
  EXPECT_EQ(answer(Type::text, {text.is(like, {"*\\net?.exe"}), no(text.is(like, {"*\\net1.exe"}))}), "found: \\netx.exe");
  EXPECT_EQ(answer(Type::text, {text.is(like, {"a*b"}), no(text.is(like, {"a*"}))}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(like, {"[*]"}), text.is(ne, {"*"})}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(like, {"a*b*c"}), no(text.is(like, {"a*c"}))}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(like, {"???"}), text.is(like, {"a*"}), text.is(like, {"*b"})}), "found: aab");
}

TEST(TextCases, Order) {
  EXPECT_EQ(answer(Type::text, {text.is(lt, {"b"}), text.is(gt, {"a"})}), "found: aa");
  EXPECT_EQ(answer(Type::text, {text.is(lt, {"a"}), text.is(gt, {"a"})}), "none");
  EXPECT_EQ(answer(Type::text, {text.is(le, {"a"}), text.is(ge, {"A"}), text.is(ne, {"a"})}), "none");
}

TEST(TextCases, Length) {
  const On length{Type::text, model::Function::length};
  EXPECT_EQ(answer(Type::text, {length.is(gt, {"3"}), text.is(starts, {"ab"})}), "found: abaa");
  EXPECT_EQ(answer(Type::text, {length.is(lt, {"3"}), text.is(starts, {"abc"})}), "none");
  EXPECT_EQ(answer(Type::text, {length.is(in, {"2", "7"}), text.is(contains, {"abc"})}), "found: aaaaabc");
  EXPECT_EQ(answer(Type::text, {length.is(ge, {"9999"})}), "unknown: a text longer than 4096");
}

TEST(TextCases, Functions) {
  const On base{Type::path, model::Function::basename}, dir{Type::path, model::Function::dirname};
  const On path{Type::path};
  EXPECT_EQ(answer(Type::path, {base.is(eq, {"cmd.exe"})}), "found: cmd.exe");
  EXPECT_EQ(answer(Type::path, {base.is(eq, {"cmd.exe"}), path.is(starts, {"C:\\"})}), "found: C:\\cmd.exe");
  EXPECT_EQ(answer(Type::path, {base.is(eq, {"cmd.exe"}), no(path.is(ends, {"cmd.exe"}))}), "none");
  EXPECT_EQ(answer(Type::path, {base.is(contains, {"\\"})}), "none");
  EXPECT_EQ(answer(Type::path, {dir.is(eq, {"C:\\Windows"}), base.is(eq, {"cmd.exe"})}), "found: C:\\Windows\\cmd.exe");
  EXPECT_EQ(answer(Type::path, {dir.is(eq, {"C:\\Windows"}), no(path.is(starts, {"c:\\win"}))}), "none");
}

TEST(TextCases, Regexes) {
  EXPECT_EQ(answer(Type::text, {text.matches("^net[0-9]+\\.exe$")}), "found: net0.exe");
  EXPECT_EQ(answer(Type::text, {text.matches("(?i)powershell"), no(text.is(contains, {"powershell"}))}), "none");
  EXPECT_EQ(answer(Type::text, {text.matches("powershell", "i"), no(text.is(contains, {"powershell"}, true))}), "found: powershelL");
  EXPECT_EQ(answer(Type::text, {text.matches("^a.c$"), text.is(contains, {"b"})}), "found: abc");
  EXPECT_EQ(answer(Type::text, {text.matches("\\bkey\\b"), text.is(contains, {"akey"})}), "found: akey!key");
  EXPECT_EQ(answer(Type::text, {text.matches("^[a-f]{3}$"), no(text.matches("[a-f]+"))}), "none");
  EXPECT_EQ(answer(Type::text, {text.matches("^(a|b)*$"), no(text.matches("^a*b*$")), no(text.matches("^b"))}), "found: aba");
  EXPECT_EQ(answer(Type::text, {text.matches("\\p{Greek}"), text.is(lt, {"b"})}), "found: a\u03B1");
  EXPECT_EQ(answer(Type::text, {text.matches("a\\Cb")}), "unknown: the construct \\C of a regular expression");
}

TEST(TextCases, Base64) {
  const On decoded{Type::text, model::Function::decoded};
  EXPECT_EQ(answer(Type::text, {decoded.is(contains, {"IEX"})}), "found: SUVY");
  EXPECT_EQ(answer(Type::text, {decoded.is(contains, {"IEX"}), text.is(starts, {"SQBFAFgA"}, true)}), "found: SQBFAFgA");
  EXPECT_EQ(answer(Type::text, {decoded.is(contains, {"abc"}), no(decoded.is(contains, {"b"}))}), "none");
  EXPECT_EQ(answer(Type::text, {decoded.is(eq, {""})}), "found: //4=");
  EXPECT_EQ(answer(Type::text, {decoded.exists(), no(decoded.is(contains, {"a"}))}), "found: eA==");
  EXPECT_EQ(answer(Type::text, {no(decoded.is(contains, {"a"})), text.is(contains, {"b"})}), "found: b");
  EXPECT_EQ(answer(Type::text, {decoded.missing(), text.is(starts, {"b"})}), "found: b");
  EXPECT_EQ(answer(Type::text, {decoded.exists(), text.is(contains, {"!"})}), "none");
  EXPECT_EQ(answer(Type::text, {decoded.is(contains, {"a"}), text.is(starts, {"zzzz"})}), "unknown: what the Base64 content of a field is");
}

TEST(TextCases, Accounts) {
  const On account{Type::account}, domain{Type::account, model::Function::domain};
  EXPECT_EQ(answer(Type::account, {account.is(eq, {"bob"}), account.is(eq, {"CORP\\Bob"})}), "found: bob");
  EXPECT_EQ(answer(Type::account, {account.is(eq, {"bob"}), domain.is(eq, {"corp"})}), "found: corp\\bob");
  EXPECT_EQ(answer(Type::account, {account.is(eq, {"bob"}), no(account.is(contains, {"BOB"}))}), "none");
  EXPECT_EQ(answer(Type::account, {account.is(eq, {"bob"}), account.is(ends, {"$"}), no(account.is(contains, {"\\"}))}), "found: bob@$");
  EXPECT_EQ(answer(Type::account, {account.missing()}), "missing");
  EXPECT_EQ(answer(Type::account, {account.exists(), domain.missing(), account.is(contains, {"\\"})}), "found: \\a");
  const On exact{Type::exact_account};
  EXPECT_EQ(answer(Type::exact_account, {exact.is(eq, {"CORP\\Bob"}), exact.is(ne, {"corp\\bob"})}), "none");
}

TEST(TextCases, Hosts) {
  const On host{Type::host}, domain{Type::host, model::Function::domain};
  EXPECT_EQ(answer(Type::host, {host.is(eq, {"WS01"}), host.is(contains, {"corp"})}), "found: ws01.corp");
  EXPECT_EQ(answer(Type::host, {host.is(eq, {"WS01"}), host.is(eq, {"WS02"})}), "none");
  EXPECT_EQ(answer(Type::host, {host.is(eq, {"WS01"}), host.is(ne, {"ws01.corp.example"})}), "none");
  EXPECT_EQ(answer(Type::host, {host.is(eq, {"10.0.0.5"})}), "found: 10.0.0.5");
  EXPECT_EQ(answer(Type::host, {host.is(eq, {"WS01"}), domain.is(eq, {"corp.example"})}), "found: ws01.corp.example");
}

TEST(TextCases, SidsAndGuids) {
  const On sid{Type::sid}, guid{Type::guid};
  EXPECT_EQ(answer(Type::sid, {sid.is(eq, {"S-1-5-18"}), no(sid.is(starts, {"S-1-5-18"})), sid.is(contains, {"5-18"})}), "found: s-01-5-18");
  EXPECT_EQ(answer(Type::sid, {sid.is(eq, {"S-1-5-18"}), sid.is(ne, {"s-1-5-0x12"}), sid.is(starts, {"S"}, true)}), "none");
  // What is no SID is compared by its spelling, without case, and there is an S that is none in SIDs.
  EXPECT_EQ(answer(Type::sid, {sid.is(eq, {"S-1-5-18"}), sid.is(ne, {"s-1-5-0x12"})}), "found: \u017F-1-5-18");
  EXPECT_EQ(answer(Type::sid, {sid.is(starts, {"S-1-5-21"}), sid.is(ends, {"-500"}), no(sid.is(eq, {"S-1-5-21-500"}))}), "found: s-1-5-210-500");
  EXPECT_EQ(answer(Type::guid, {guid.is(eq, {"{6F9619FF-8B86-D011-B42D-00C04FC964FF}"}), guid.is(starts, {"6"})}), "found: 6f9619ff-8b86-d011-b42d-00c04fc964ff");
  EXPECT_EQ(answer(Type::guid, {guid.is(eq, {"00000000-0000-0000-0000-000000000000"})}), "none");
}

}  // namespace
}  // namespace chainhunt::algebra::testing

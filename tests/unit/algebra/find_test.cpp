// What `find` answers, form by form: `yes` holds, `no` does not, and the record that shows it.
#include <gtest/gtest.h>

#include "tests/unit/algebra/rules.h"

namespace chainhunt::algebra {
namespace {

struct Case {
  const char* yes;
  const char* no;    ///< "" : nothing
  const char* shown; ///< of the answer
};

const Case kCases[] = {
    // numbers
    {"n == 5", "", "N=\"5\""},
    {"n > 5", "", "N=\"6\""},
    {"n > 5 and n < 7", "n == 6", "none"},
    {"n > 5 and n < 8", "n == 6", "N=\"7\""},
    {"n < 0", "", "N=\"-9223372036854775808\""},
    {"n in (3, 4)", "n == 3", "N=\"4\""},
    {"n not in (0, 1)", "", "N=\"2\""},
    {"n != 0", "n > 0", "N=\"-9223372036854775808\""},
    {"n != 0", "n > 0 or n < 0", "N=\"?\""},  // not a number
    {"exists n", "n >= 0 or n < 0", "N=\"?\""},
    {"missing n", "", "empty"},
    {"missing n", "not (n == 1)", "none"},
    {"n == 0x10", "n == 16", "none"},
    {"n has 0x3", "n == 3", "N=\"7\""},
    {"n has 0x3 and n < 4", "n == 3", "N=\"-9223372036854775805\""},
    {"n has 0x3 and n in (1, 2, 3)", "n == 3", "none"},
    {"n has 0x3", "n < 0 or n >= 0", "N=\"%%1552 %%1553\""},
    // masks
    {"bits has READ | WRITE", "", "Bits=\"0x3\""},
    {"bits has READ", "bits has any WRITE | EXECUTE", "Bits=\"0x1\""},
    {"bits has READ", "bits == READ", "Bits=\"0x3\""},
    {"bits has any READ | WRITE", "bits has READ or bits has WRITE", "none"},
    {"bits lacks READ", "bits == 0 or bits == WRITE", "Bits=\"0x4\""},
    {"bits >= 0x10 and bits has READ", "bits has 0x10", "Bits=\"0x21\""},
    {"exists bits", "bits has READ or bits lacks READ", "Bits=\"?\""},
    {"bits == 0xffffffffffffffff", "bits has DELETE", "none"},
    {"bits > 0xfffffffffffffffe", "", "Bits=\"0xffffffffffffffff\""},
    // addresses
    {"ip == 10.0.0.5", "", "Ip=\"10.0.0.5\""},
    {"ip in (10.0.0.0/8)", "", "Ip=\"10.0.0.1\""},
    {"ip in (10.0.0.0/8)", "ip in (10.0.0.0/9, 10.128.0.0/9)", "Ip=\"10.0.0.0/8\""},  // spelled like it
    {"ip in (10.0.0.0/8)", "ip in (10.0.0.0/9, 10.128.0.0/9) or ip == 10.0.0.0/8", "none"},
    {"ip == 192.168.1.0/24", "ip == 192.168.0.0/16", "Ip=\"192.168.1.0/24\""},
    {"ip not in (0.0.0.0/0)", "", "Ip=\"2001:db8::1\""},
    {"ip > 255.255.255.255", "", "Ip=\"2001:db8::1\""},
    {"ip == ::ffff:10.0.0.5", "ip == 10.0.0.5", "none"},
    // times
    {"when > 2021-05-01T00:00:00Z", "", "When=\"2021-05-01T00:00:00.0000001Z\""},
    {"hour(when) == 3", "", "When=\"2020-01-01T03:00:00Z\""},
    {"hour(when) < 6 and weekday(when) in (6, 7) and minute(when) == 30", "", "When=\"2020-01-04T00:30:00Z\""},
    {"month(when) == 2 and day(when) == 30", "", "none"},
    {"month(when) == 2 and day(when) == 29 and weekday(when) == 7", "", "When=\"2032-02-29T00:00:00Z\""},
    {"year(when) == 1999 and month(when) == 12", "day(when) < 31", "When=\"1999-12-31T00:00:00Z\""},
    {"hour(when) == 24", "", "none"},
    {"when > 2021-05-01T10:00:00Z and when < 2021-05-01T11:00:00Z", "hour(when) == 10", "none"},
    {"exists when", "when > 2021-05-01T10:00:00Z or when <= 2021-05-01T10:00:00Z", "When=\"?\""},
    // bools
    {"ok == true", "", "Ok=\"true\""},
    {"exists ok", "ok == true or ok == false", "Ok=\"?\""},
    {"ok != true", "", "Ok=\"false\""},
    // truth
    {"not (n == 5)", "", "empty"},
    {"n == 5 or n == 6", "n == 5", "N=\"6\""},
    {"n == 5 and bits has READ", "n == 5 and bits has READ and ok == true", "Bits=\"0x1\" N=\"5\""},
    {"(n == 1 or n == 2) and (n == 2 or n == 3) and (n == 3 or n == 1)", "", "none"},
    {"(n == 1 or m == 1) and (n == 2 or m == 2)", "n == 1", "M=\"1\" N=\"2\""},
    // header
    {"event_id == 1", "", "empty"},
    {"event_id == 2", "", "none"},
    {"event_id in (1, 2)", "", "empty"},
    {"channel == \"small/operational\"", "", "empty"},
    {"channel == \"Security\"", "", "none"},
    {"provider != \"Small\"", "", "none"},
    {"computer == \"WS01\"", "", "computer=\"WS01\""},
    {"time > 2021-01-01T00:00:00Z and hour(time) == 2", "", "time=2021-01-01T02:00:00.0000000Z"},
    {"record_id > 7", "", "record_id=8"},
    {"record_id < 0", "", "none"},
    // text by its literals
    {"f == \"a\"", "f == \"A\"", "none"},
    {"f == \"a\"", "f cased == \"A\"", "F=\"a\""},
    {"f == \"a\" or g == \"b\"", "f == \"a\"", "G=\"b\""},
    {"f in (\"a\", \"b\")", "f == \"a\"", "F=\"b\""},
    // one field by several roads
    {"n == 5 and length(n) == 3", "", "N=\"0x5\""},
    {"n == 500 and length(n) == 2", "", "unknown: the spelling of int values is asked about"},
    {"missing n and length(n) == 3", "", "none"},
    // fields against fields
    {"n == m", "", "M=\"0\" N=\"0\""},
    {"n == m and n in (1, 2) and m in (2, 3)", "", "M=\"2\" N=\"2\""},
    {"n == m and n in (1, 2) and m in (3, 4)", "", "none"},
    {"n == m and n > 5 and m < 5", "", "none"},
    {"n != m and n == 5 and m == 5", "", "none"},
    {"n != m and n == 5", "", "M=\"0\" N=\"5\""},
    {"n < m and n > 5 and m < 8", "", "M=\"7\" N=\"6\""},
    {"n < m and n > 5 and m < 7", "", "none"},
    {"n > m and m > 5 and n < 7", "", "none"},
    {"n == n", "", "N=\"0\""},
    {"n == n and missing n", "", "none"},
    {"n != n", "", "none"},
    {"n == m", "n == 0 or m == 1", "M=\"2\" N=\"2\""},
    {"ip == ip2 and ip == 10.0.0.1", "ip2 == 10.0.0.0/24", "none"},
    {"f == g and f == \"a\"", "", "F=\"a\" G=\"a\""},
    {"f == g and f == \"a\" and g == \"b\"", "", "none"},
    {"f != g and f == \"a\" and g == \"A\"", "", "none"},
    {"exists n and exists m", "n == m", "M=\"1\" N=\"0\""},
    // anywhere
    {"anywhere contains \"abc\"", "", "F=\"abc\""},
    {"anywhere contains \"abc\" and missing f", "", "G=\"abc\""},
    {"f == \"xabcx\" and anywhere contains \"abc\"", "", "F=\"xabcx\""},
    {"f == \"xabcx\"", "anywhere contains \"abc\"", "none"},
    {"n == 5", "anywhere contains \"abc\"", "N=\"5\""},
};

class Find : public testing::TestWithParam<Case> {};

TEST_P(Find, Answers) {
  const Case& one = GetParam();
  std::vector<std::string> texts = {one.yes};
  if (*one.no != 0) texts.push_back(one.no);
  const model::Model model = test::predicates(texts);
  const auto& event = test::link(model, "x0").events.front();
  const model::Predicate* yes[] = {&event.predicate};
  std::vector<const model::Predicate*> no;
  if (texts.size() > 1) no.push_back(&test::link(model, "x1").events.front().predicate);
  Algebra algebra(model);
  const Search search = algebra.find(event, yes, no);
  EXPECT_EQ(test::shown(search), one.shown) << one.yes << "\n  but not: " << one.no;
  if (search.witness) {
    EXPECT_TRUE(holds(*yes[0], *search.witness));
    for (const auto* predicate : no) EXPECT_FALSE(holds(*predicate, *search.witness));
  }
  // The same again, from memory and from nothing.
  EXPECT_EQ(test::shown(algebra.find(event, yes, no)), test::shown(search));
  Algebra other(model);
  EXPECT_EQ(test::shown(other.find(event, yes, no)), test::shown(search));
}

INSTANTIATE_TEST_SUITE_P(Table, Find, testing::ValuesIn(kCases));

}  // namespace
}  // namespace chainhunt::algebra

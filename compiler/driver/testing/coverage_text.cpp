#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/base/diagnostic.h"
#include "compiler/driver/testing/coverage.h"

namespace chainhunt::driver::testing {
namespace {

const char* missing(const CoveragePoint& point) {
  switch (point.kind) {
    case CoveragePoint::chain: return "no test expects this chain";
    case CoveragePoint::step: return "in no test does this step take part in a finding";
    case CoveragePoint::value:
      if (!point.seen_true) return "no test has this value";
      return "no test lacks this value";
    case CoveragePoint::condition:
      if (!point.asked) return "no test has an event of which this condition is asked";
      return point.seen_true ? "no test makes this condition false" : "no test makes this condition true";
    case CoveragePoint::alternative:
      if (!point.asked) return "no test has an event of which this alternative is asked";
      return point.seen_true ? "no test makes this alternative false" : "no test makes this alternative true";
  }
  return "";
}

}  // namespace

std::string coverage_text(const Coverage& coverage, const Sources& sources, bool color) {
  struct Sum { std::size_t seen = 0, wanted = 0; };
  std::map<std::string, Sum> rules;
  std::vector<std::string> order;
  std::size_t width = 5;
  for (const CoveragePoint& point : coverage.points) {
    const auto [place, fresh] = rules.try_emplace(point.rule);
    if (fresh) order.push_back(point.rule);
    place->second.seen += point.seen();
    place->second.wanted += point.wanted();
    width = std::max(width, point.rule.size());
  }
  std::string out;
  Diagnostics missed;
  for (const CoveragePoint& point : coverage.points) {
    if (point.seen() < point.wanted()) missed.warning("not-tried", point.span, missing(point));
  }
  out += render_text(sources, missed.all(), color);
  const auto row = [&](const std::string& name, const Sum& sum) {
    return fmt::format("{:<{}}  {:>4} of {:<4}  {:>3} %\n", name, width, sum.seen, sum.wanted, sum.wanted == 0 ? 100 : sum.seen * 100 / sum.wanted);
  };
  for (const std::string& rule : order) out += row(rule, rules.at(rule));
  out += row("total", {coverage.seen, coverage.wanted});
  return out;
}

}  // namespace chainhunt::driver::testing

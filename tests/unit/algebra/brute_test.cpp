// The algebra against trying every record, with the interpreter as judge: what is found must do what was asked (also
// by the interpreter), what is said not to exist must not, and little may stay unknown.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "compiler/plan/lower.h"
#include "runtime/interp/evaluator.h"
#include "tests/unit/algebra/generate.h"
#include "tests/unit/algebra/rules.h"

namespace chainhunt::algebra {
namespace {

using test::Chance;
using test::SmallField;

/// yes and not no, asked of every record of the fields' small domains.
class Judge {
 public:
  Judge(std::span<const model::Predicate* const> yes, std::span<const model::Predicate* const> no) {
    program::EventPlan& plan = program_.events.emplace_back();
    plan::Lowering lowering(plan);
    for (const auto* predicate : yes) add(plan, lowering.predicate(*predicate));
    wanted_ = (std::uint64_t{1} << yes.size()) - 1;
    for (const auto* predicate : no) add(plan, lowering.predicate(*predicate));
    plan.projection.all = true;
    auto made = interp::Evaluator::make(program_);
    evaluator_.emplace(std::move(*made));
  }

  bool holds(const input::Record& record) {
    const input::RecordView view(record, program_.events.front().projection);
    return holds(view.event());
  }

  /// A record of these fields that does it.
  bool exists(const std::vector<SmallField>& fields, bool lists) {
    const auto& names = program_.events.front().projection.fields;
    cells_.assign(names.size(), abi::Cell::none());
    spellings_.clear();
    all_.clear();
    lists_ = lists;
    std::vector<const SmallField*> asked;
    for (const auto& field : fields) if (field.type != "anywhere") asked.push_back(&field);
    header_computer_ = abi::Cell::of_text("TEST");
    for (const auto* field : asked) spellings_.push_back(test::spellings(*field));
    return each(asked, 0);
  }

 private:
  static void add(program::EventPlan& plan, std::uint32_t root) {
    program::Body body;
    body.root = root;
    plan.bodies.push_back(std::move(body));
  }

  bool holds(const abi::EventView& event) {
    std::uint64_t bits = 0;
    evaluator_->evaluate(0, event, state_, &bits);
    return bits == wanted_;
  }

  bool with(const std::vector<const SmallField*>& fields, std::size_t at, abi::Cell cell) {
    if (fields[at]->record.empty()) {
      header_computer_ = cell;
      return each(fields, at + 1);
    }
    const auto& names = program_.events.front().projection.fields;
    const auto slot = static_cast<std::size_t>(std::find(names.begin(), names.end(), fields[at]->record) - names.begin());
    if (slot < names.size()) cells_[slot] = cell;
    const bool there = cell.wire != abi::Wire::absent;
    if (there) all_.push_back({abi::Cell::of_text(fields[at]->record), cell});
    const bool found = each(fields, at + 1);
    if (there) all_.pop_back();
    return found;
  }

  bool each(const std::vector<const SmallField*>& fields, std::size_t at) {
    if (at == fields.size()) {
      abi::EventView view{};
      view.header.computer = header_computer_;
      view.header.channel = abi::Cell::of_text("Small/Operational");
      view.header.provider = abi::Cell::of_text("Small");
      view.header.code = abi::Cell::of_number(1, abi::Wire::dec);
      view.header.has_time = 1;
      view.fields = cells_.data();
      view.field_count = static_cast<std::uint32_t>(cells_.size());
      view.all = all_.data();
      view.all_count = static_cast<std::uint32_t>(all_.size());
      return holds(view);
    }
    if (with(fields, at, abi::Cell::none())) return true;
    const auto& texts = spellings_[at];
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (with(fields, at, abi::Cell::of_text(texts[i]))) return true;
      for (std::size_t j = 0; lists_ && !fields[at]->record.empty() && j < i; ++j) {
        const abi::Cell both[] = {abi::Cell::of_text(texts[i]), abi::Cell::of_text(texts[j])};
        if (with(fields, at, abi::Cell::of_list(both, 2))) return true;
      }
    }
    return false;
  }

  program::Program program_;
  std::optional<interp::Evaluator> evaluator_;
  interp::State state_;
  std::uint64_t wanted_ = 0;
  bool lists_ = false;
  abi::Cell header_computer_ = abi::Cell::none();
  std::vector<abi::Cell> cells_;
  std::vector<abi::NamedCell> all_;
  std::vector<std::vector<std::string>> spellings_;
};

struct Group {
  const char* name;
  std::vector<std::string> fields;
  int depth;
  bool pairs;
  bool lists;
  std::uint32_t cases;
  double unknown;  ///< share that may stay unknown
};

const Group kGroups[] = {
    {"ints", {"n", "m"}, 2, false, false, 600, 0},
    {"masks", {"bits", "bits2"}, 2, false, false, 600, 0},
    {"bools", {"ok", "sure"}, 2, false, false, 400, 0},
    {"addresses", {"ip", "ip2"}, 2, false, false, 400, 0},
    {"times", {"when", "until"}, 2, false, false, 400, 0},
    {"text", {"f", "g"}, 2, false, false, 600, 0},
    {"names", {"user", "host"}, 2, false, false, 600, 0.02},
    {"sids", {"sid", "user"}, 2, false, false, 300, 0.02},
    {"header", {"computer", "n"}, 2, false, false, 400, 0.02},
    {"mixed", {"n", "f", "ok"}, 3, false, false, 300, 0},
    {"anywhere", {"f", "n", "anywhere"}, 2, false, false, 400, 0.02},
    {"int_pairs", {"n", "m"}, 2, true, false, 400, 0},
    {"mask_pairs", {"bits", "bits2"}, 2, true, false, 300, 0},
    {"bool_pairs", {"ok", "sure"}, 2, true, false, 300, 0},
    {"address_pairs", {"ip", "ip2"}, 2, true, false, 300, 0},
    {"time_pairs", {"when", "until"}, 2, true, false, 200, 0.02},
    {"text_pairs", {"f", "g"}, 2, true, false, 300, 0.1},
    {"name_pairs", {"user", "user2"}, 2, true, false, 300, 0.2},
    {"host_pairs", {"host", "computer"}, 2, true, false, 300, 0.2},
    {"number_pairs", {"n", "bits"}, 2, true, false, 300, 0.2},
    {"pairs_of_types", {"f", "user", "ok"}, 2, true, false, 300, 0.3},
    {"three_fields", {"ok", "sure", "n", "m"}, 2, true, false, 100, 0.1},
    {"int_lists", {"n", "m"}, 2, false, true, 150, 0},
    {"mask_lists", {"bits", "bits2"}, 2, false, true, 150, 0},
    {"text_lists", {"f", "g"}, 2, false, true, 150, 0},
    {"list_pairs", {"ok", "sure"}, 2, true, true, 150, 0.5},
    {"lists_anywhere", {"f", "ok", "anywhere"}, 2, false, true, 150, 0.02},
};

class Brute : public testing::TestWithParam<Group> {};

TEST_P(Brute, AgreesWithEveryRecord) {
  const Group& group = GetParam();
  std::vector<SmallField> fields;
  for (const auto& name : group.fields) {
    for (const auto& field : test::small_fields()) if (field.name == name) fields.push_back(field);
  }
  Chance chance(group.cases + group.fields.front().size());
  std::vector<std::string> texts;
  std::string all;
  for (const auto& field : fields) {
    if (!field.record.empty()) all += (all.empty() ? "" : " and ") + test::domain(field);
  }
  texts.push_back(all);
  for (std::uint32_t i = 0; i < group.cases; ++i) texts.push_back(test::formula(chance, fields, group.depth, group.pairs));
  const model::Model model = test::predicates(texts);
  const auto predicate = [&](std::size_t i) { return &test::nth(model, i).events.front().predicate; };
  Limits limits;
  limits.lists = group.lists;
  Algebra algebra(model, limits);
  std::size_t found = 0, none = 0, unknown = 0;
  for (std::uint32_t i = 1; i <= group.cases; ++i) {
    // Within the small domain or without; one predicate or two, and one that must not hold.
    const std::size_t second = 1 + chance.below(group.cases), third = 1 + chance.below(group.cases);
    std::vector<const model::Predicate*> yes = {predicate(i)}, no;
    std::string shown = texts[i];
    if (chance.below(4) != 0) yes.push_back(predicate(0));
    if (chance.below(2) == 0) {
      yes.push_back(predicate(second));
      shown += "\n  and " + texts[second];
    }
    if (chance.below(2) == 0) {
      no.push_back(predicate(third));
      shown += "\n  but not " + texts[third];
    }
    const Search search = algebra.find(0, yes, no);
    Judge judge(yes, no);
    switch (search.outcome) {
      case Outcome::found:
        ++found;
        EXPECT_TRUE(judge.holds(*search.witness)) << shown << "\n  " << test::shown(search);
        break;
      case Outcome::none:
        ++none;
        EXPECT_FALSE(judge.exists(fields, group.lists)) << shown;
        break;
      case Outcome::unknown:
        ++unknown;
        if (unknown <= 3 && group.unknown < 1) std::printf("unknown: %s\n  %s\n", shown.c_str(), search.reason.c_str());
        break;
    }
    if (HasFailure()) return;
  }
  std::printf("%-14s %4zu found %4zu none %4zu unknown\n", group.name, found, none, unknown);
  EXPECT_LE(static_cast<double>(unknown), group.unknown * group.cases);
  EXPECT_GT(none, group.cases / 20);
  EXPECT_GT(found, group.cases / 20);
}

INSTANTIATE_TEST_SUITE_P(Groups, Brute, testing::ValuesIn(kGroups), [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace chainhunt::algebra

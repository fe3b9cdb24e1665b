// The values that the filter counts, against a map that holds them all.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "runtime/engine/seen_values.h"

namespace chainhunt {
namespace {

using engine::SeenValues;
using engine::Stretches;

struct Case {
  const char* name;
  std::uint32_t window, values, entities, number;
  std::uint32_t steps = 20'000;
};

class SeenValuesTest : public testing::TestWithParam<Case> {};

TEST_P(SeenValuesTest, CountsWhatIsInTheWindowAndAThirteenthAtMostBefore) {
  const Case& c = GetParam();
  std::mt19937_64 random(3);
  SeenValues seen;
  const Stretches stretches(c.window, c.number);
  std::vector<std::vector<std::uint32_t>> slots(c.entities, std::vector<std::uint32_t>(stretches.words()));
  std::vector<std::map<std::string, std::uint32_t>> last(c.entities);
  std::uint32_t now = 1;
  std::size_t compared = 0, differ = 0;
  for (std::uint32_t step = 0; step < c.steps; ++step) {
    if (random() % 4 == 0) now += static_cast<std::uint32_t>(random() % (step % 1000 < 20 ? c.window : 3));
    const std::uint32_t oldest = now > c.window ? now - c.window : 1;
    const auto entity = static_cast<std::uint32_t>(random() % c.entities);
    const std::string name = "v" + std::to_string(random() % c.values);
    const std::uint32_t before = seen.see(entity + 1, name, now, stretches.begin(oldest));
    stretches.add(slots[entity].data(), now, before);
    auto [found, inserted] = last[entity].try_emplace(name, now);
    if (!inserted && found->second >= stretches.begin(oldest)) {
      ASSERT_EQ(before, found->second);
    }
    found->second = now;
    if (step % 16 != 0) continue;
    std::uint64_t least = 0, most = 0;
    for (const auto& [value, time] : last[entity]) {
      least += time >= oldest;
      most += time + c.window / 13 + 1 >= oldest;
    }
    const std::uint64_t sum = stretches.sum(slots[entity].data(), oldest);
    ASSERT_GE(sum, std::min<std::uint64_t>(least, c.number)) << "step " << step;
    ASSERT_LE(sum, most) << "step " << step;
    ++compared;
    differ += least != most;
  }
  EXPECT_GT(compared, 1000u);
  if (c.window > 1) {
    EXPECT_GT(differ, 10u);
  }
}

INSTANTIATE_TEST_SUITE_P(Values, SeenValuesTest, testing::ValuesIn(std::vector<Case>{
    {"OneEntity", 50, 100, 1, 20},
    {"ManyEntities", 50, 30, 40, 20},
    {"AWindowOfOne", 1, 10, 3, 4},
    {"AWindowOfAThirteenth", 13, 40, 2, 20},
    {"ALongWindow", 5000, 300, 3, 100},
    {"WideCounts", 500, 3000, 2, 100'000},
}), [](const auto& info) { return std::string(info.param.name); });

TEST(SeenValuesBounds, ANarrowCountStaysAtItsMost) {
  const Stretches stretches(13, 65'535);
  ASSERT_EQ(stretches.words(), 8u);
  std::vector<std::uint32_t> words(stretches.words());
  for (std::uint32_t i = 0; i < 70'000; ++i) stretches.add(words.data(), 5, 0);
  EXPECT_EQ(stretches.sum(words.data(), 1), 65'535u);
  stretches.add(words.data(), 8, 5);  // one of them is seen again
  EXPECT_GE(stretches.sum(words.data(), 1), 65'535u);
  EXPECT_EQ(stretches.sum(words.data(), 8), 1u);
  EXPECT_TRUE(stretches.alive(words.data(), 9));
  EXPECT_FALSE(stretches.alive(words.data(), 10));
}

TEST(SeenValuesBounds, AWideCountGoesOn) {
  const Stretches stretches(13, 65'536);
  ASSERT_EQ(stretches.words(), 15u);
  std::vector<std::uint32_t> words(stretches.words());
  for (std::uint32_t i = 0; i < 70'000; ++i) stretches.add(words.data(), 5, 0);
  EXPECT_EQ(stretches.sum(words.data(), 1), 70'000u);
}

TEST(SeenValuesBounds, AValueInTheWindowTakes24BytesAtMost) {
  SeenValues seen;
  constexpr std::uint32_t kWindow = 400'000;
  const Stretches stretches(kWindow, 20);
  std::size_t most = 0;
  for (std::uint32_t now = 1; now <= 4 * kWindow; ++now) {
    const std::uint32_t oldest = now > kWindow ? now - kWindow : 1;
    seen.see(now % 1000 + 1, "v" + std::to_string(now), now, stretches.begin(oldest));
    if (now > 10'000) most = std::max(most, seen.bytes() / std::min(now, kWindow));
  }
  EXPECT_LE(most, 24u);
}

}  // namespace
}  // namespace chainhunt

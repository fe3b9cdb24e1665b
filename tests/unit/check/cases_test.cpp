// Golden cases: tests/cases/check/NAME.chain is checked with the packs beside it (lab, other, third), and what
// is reported must be NAME.expected. UPDATE=1 in the environment rewrites those files.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <regex>

#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "tests/unit/common/cases.h"

namespace chainhunt {
namespace {

using namespace cases;

const fs::path kCases = fs::path(CHAINHUNT_SOURCE) / "tests" / "cases" / "check";

struct Outcome {
  std::string text;
  bool has_errors = false;
  std::optional<model::Model> model;
};

Outcome checked(const fs::path& file) {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  std::vector<fs::path> paths = {file};
  for (const char* pack : {"lab", "other", "third"}) {
    for (const auto& path : chain_files(kCases / pack)) paths.push_back(path);
  }
  for (const auto& path : paths) {
    const FileId id = sources.add(path.string(), read(path));
    if (auto parsed = parse::parse(id, sources, diagnostics)) files.push_back(std::move(*parsed));
  }
  Outcome out;
  out.model = check::check(files, sources, diagnostics);
  out.has_errors = diagnostics.has_errors();
  for (const auto& d : diagnostics.all()) {
    if (d.span.file != 0) out.text += "in " + fs::path(sources.files[d.span.file].path).filename().string() + ": ";
    out.text += shown(sources, d);
  }
  // Where the tests stand on disk is nobody's expectation.
  for (std::size_t at; (at = out.text.find(kCases.string())) != std::string::npos;) out.text.replace(at, kCases.string().size(), "CASES");
  return out;
}

class Cases : public testing::TestWithParam<fs::path> {};

TEST_P(Cases, ReportWhatIsExpected) {
  const Outcome outcome = checked(GetParam());
  fs::path expected = GetParam();
  expected.replace_extension(".expected");
  if (const char* update = std::getenv("UPDATE"); update != nullptr && std::string(update) == "1") {
    std::ofstream(expected, std::ios::binary) << outcome.text;
    return;
  }
  ASSERT_TRUE(fs::exists(expected)) << "write it with UPDATE=1";
  EXPECT_EQ(outcome.text, read(expected));
  const bool fine = GetParam().filename().string().starts_with("fine_");
  if (fine) {
    EXPECT_FALSE(outcome.has_errors);
  }
}

INSTANTIATE_TEST_SUITE_P(Check, Cases, testing::ValuesIn(chain_files(kCases)), [](const auto& info) { return info.param.stem().string(); });

TEST(Cases, CoverEveryCodeOfTheChecker) {
  std::set<std::string> codes;
  const std::regex literal("(?:error|warning|lacks)\\((?:[^\"]*, )?\"([a-z-]+)\"");
  for (const auto& entry : fs::directory_iterator(fs::path(CHAINHUNT_SOURCE) / "compiler" / "check")) {
    const std::string text = read(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), literal), end; it != end; ++it) codes.insert((*it)[1]);
  }
  EXPECT_GT(codes.size(), 30u);
  std::string expected;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.path().extension() == ".expected") expected += read(entry.path());
  }
  for (const auto& code : codes) EXPECT_NE(expected.find("[" + code + "]"), std::string::npos) << "no case reports " << code;
}

/// The shipped packs have no errors and take little time: a few thousand fields, a link on every event of a log.
TEST(Shipped, PacksAreCheckedQuickly) {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  for (const auto& entry : fs::directory_iterator(fs::path(CHAINHUNT_SOURCE) / "rules")) {
    if (!entry.is_directory()) continue;
    for (const auto& path : chain_files(entry.path())) {
      const FileId id = sources.add(path.string(), read(path));
      if (auto parsed = parse::parse(id, sources, diagnostics)) files.push_back(std::move(*parsed));
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto model = check::check(files, sources, diagnostics);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_TRUE(diagnostics.all().empty()) << render_text(sources, diagnostics.all(), false);
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->chains.empty());
  RecordProperty("milliseconds", static_cast<int>(took));
  // 100 ms are meant; sanitizers and a busy machine get room.
  EXPECT_LT(took, 2000);
}

}  // namespace
}  // namespace chainhunt

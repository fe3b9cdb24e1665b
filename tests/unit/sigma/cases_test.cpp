// Golden cases: tests/cases/sigma/NAME.yml becomes NAME.chain, and what is reported is NAME.expected (no file: nothing).
// UPDATE=1 in the environment rewrites those files.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/unit/sigma/lab.h"

namespace chainhunt {
namespace {

namespace fs = std::filesystem;
const fs::path kCases = fs::path(CHAINHUNT_SOURCE) / "tests" / "cases" / "sigma";

std::vector<fs::path> sigma_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class SigmaCases : public testing::TestWithParam<fs::path> {};

void compare(const fs::path& path, const std::string& text) {
  if (const char* update = std::getenv("UPDATE"); update != nullptr && std::string(update) == "1") {
    if (text.empty()) fs::remove(path);
    else std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text, fs::exists(path) ? cases::read(path) : "") << "rewrite it with UPDATE=1";
}

TEST_P(SigmaCases, BecomeChain) {
  const auto imported = lab::import_text(cases::read(GetParam()), GetParam().stem().string());
  fs::path path = GetParam();
  compare(path.replace_extension(".chain"), imported.chain);
  compare(path.replace_extension(".expected"), lab::reports(imported));
  EXPECT_TRUE(imported.checked);
  if (GetParam().filename().string().starts_with("fine_")) {
    EXPECT_EQ(imported.left_out, 0u);
  }

  // What was printed says the same, and the formatter has nothing to add.
  Sources sources;
  Diagnostics diagnostics;
  const FileId id = sources.add("printed.chain", imported.chain);
  const auto parsed = parse::parse(id, sources, diagnostics);
  ASSERT_TRUE(parsed) << render_text(sources, diagnostics.all(), false);
  EXPECT_EQ(syntax::dump(*parsed), syntax::dump(imported.file));
  EXPECT_EQ(syntax::print(*parsed, sources), imported.chain);
}

INSTANTIATE_TEST_SUITE_P(Sigma, SigmaCases, testing::ValuesIn(sigma_files()), [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace chainhunt

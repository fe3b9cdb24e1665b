// The table that maps Sigma's log sources, and limits of YAML.
#include <gtest/gtest.h>

#include "tests/unit/sigma/lab.h"

namespace chainhunt::sigma {
namespace {

TEST(SigmaTable, LinesThatCannotBeRead) {
  Catalogue catalogue;
  Diagnostics diagnostics;
  catalogue.add_table("windows", 0, "# comment\nservice\twindows\ta\t-\tlog\nservices windows a\n\ncategory\twindows\n", diagnostics);
  ASSERT_EQ(diagnostics.errors(), 2u);
  EXPECT_EQ(diagnostics.all()[0].code, "sigma-table");
  EXPECT_NE(catalogue.service("windows", "a"), nullptr);
  EXPECT_TRUE(catalogue.knows_product("windows"));
  EXPECT_FALSE(catalogue.knows_product("linux"));
}

std::string refusal(const std::string& yaml) {
  Diagnostics diagnostics;
  read_yaml(0, yaml, diagnostics);
  return diagnostics.has_errors() ? diagnostics.all()[0].message : "";
}

TEST(SigmaYaml, LimitsOfDepthSizeAndAliases) {
  EXPECT_NE(refusal(std::string(100, '[') + std::string(100, ']')).find("deep"), std::string::npos);
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i ? ", " : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_NE(refusal(bomb).find("aliases"), std::string::npos);
  EXPECT_NE(refusal(std::string(kMaxYamlBytes + 1, ' ')).find("bytes"), std::string::npos);
  std::string keys;
  for (int i = 0; i < 1200; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_NE(refusal(keys).find("keys"), std::string::npos);
  EXPECT_NE(refusal("[a, b]: c\n").find("key"), std::string::npos);
  EXPECT_NE(refusal("a: &x [*x]\n"), "");
}

TEST(SigmaYaml, PlacesOfScalars) {
  const std::string yaml = "\xef\xbb\xbf" "a: plain\nb: 'it''s'\nc: \"q\\\"q\"\nd: |\n  block\n---\ne: [x, null]\n";
  Diagnostics diagnostics;
  const auto documents = read_yaml(0, yaml, diagnostics);
  ASSERT_EQ(documents.size(), 2u);
  const auto covered = [&](const Node& node) { return yaml.substr(node.span.begin, node.span.end - node.span.begin); };
  EXPECT_EQ(covered(*documents[0].find("a")), "plain");
  EXPECT_EQ(covered(*documents[0].find("b")), "'it''s'");
  EXPECT_EQ(covered(*documents[0].find("c")), "\"q\\\"q\"");
  EXPECT_EQ(documents[0].find("d")->text, "block\n");
  EXPECT_EQ(covered(documents[1].find("e")->items[0]), "x");
  EXPECT_EQ(documents[1].find("e")->items[1].kind, NodeKind::null);
  EXPECT_EQ(covered(documents[1].find("e")->items[1]), "null");
}

}  // namespace
}  // namespace chainhunt::sigma

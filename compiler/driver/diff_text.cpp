#include "compiler/driver/diff_text.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace chainhunt::driver {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// Above this many table cells the middle is shown as replaced whole: right, only less fine.
constexpr std::size_t kMaxCells = 16'000'000;

struct Edit { char kind; std::string_view line; };

/// Longest common subsequence on what is left between the common head and tail.
std::vector<Edit> edits(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const std::size_t n = a.size() - head - tail, m = b.size() - head - tail;
  std::vector<Edit> result;
  for (std::size_t i = 0; i < head; ++i) result.push_back({' ', a[i]});
  if ((n + 1) * (m + 1) > kMaxCells) {
    for (std::size_t i = 0; i < n; ++i) result.push_back({'-', a[head + i]});
    for (std::size_t j = 0; j < m; ++j) result.push_back({'+', b[head + j]});
  } else {
    std::vector<std::uint32_t> table((n + 1) * (m + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return table[i * (m + 1) + j]; };
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = m; j-- > 0;) {
        at(i, j) = a[head + i] == b[head + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
    std::size_t i = 0, j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && a[head + i] == b[head + j]) {
        result.push_back({' ', a[head + i]});
        ++i, ++j;
      } else if (i < n && (j == m || at(i + 1, j) >= at(i, j + 1))) {
        result.push_back({'-', a[head + i++]});
      } else {
        result.push_back({'+', b[head + j++]});
      }
    }
  }
  for (std::size_t i = a.size() - tail; i < a.size(); ++i) result.push_back({' ', a[i]});
  return result;
}

}  // namespace

std::string unified_diff(const std::string& path, const std::string& before, const std::string& after) {
  constexpr std::size_t kContext = 3;
  const auto list = edits(lines_of(before), lines_of(after));
  std::string out = fmt::format("--- {}\n+++ {}\n", path, path);
  std::size_t old_line = 1, new_line = 1, i = 0;
  while (i < list.size()) {
    if (list[i].kind == ' ') {
      ++old_line, ++new_line, ++i;
      continue;
    }
    // A hunk: from kContext lines before this change to kContext after the last one near it.
    std::size_t begin = i, context = 0;
    while (begin > 0 && context < kContext && list[begin - 1].kind == ' ') --begin, ++context;
    std::size_t end = i, last = i;
    while (end < list.size() && end - last <= 2 * kContext) {
      if (list[end].kind != ' ') last = end;
      ++end;
    }
    end = std::min(list.size(), last + 1 + kContext);
    std::size_t old_count = 0, new_count = 0;
    std::string body;
    for (std::size_t k = begin; k < end; ++k) {
      old_count += list[k].kind != '+';
      new_count += list[k].kind != '-';
      body += list[k].kind;
      body += list[k].line;
      body += '\n';
    }
    out += fmt::format("@@ -{},{} +{},{} @@\n{}", old_line - context, old_count, new_line - context, new_count, body);
    old_line += old_count - context;
    new_line += new_count - context;
    i = end;
  }
  return out;
}

}  // namespace chainhunt::driver

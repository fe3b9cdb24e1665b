#include <fmt/format.h>

#include "compiler/driver/diff_text.h"
#include "compiler/driver/testing/mutate.h"
#include "compiler/driver/testing/place.h"
#include "runtime/base/text.h"

namespace chainhunt::driver::testing {
namespace {

std::string painted(const std::string& text, const char* paint, bool color) { return color ? fmt::format("\x1b[{}m{}\x1b[0m", paint, text) : text; }

/// Lines of a diff, safe for a terminal, with colours where they are welcome.
std::string shown_diff(const std::string& diff, bool color) {
  std::string out;
  for (std::size_t at = 0; at < diff.size();) {
    const std::size_t end = std::min(diff.find('\n', at), diff.size());
    std::string line = base::printable(std::string_view(diff).substr(at, end - at));
    const bool head = line.starts_with("---") || line.starts_with("+++");
    if (!head && line.starts_with("-")) line = painted(line, "31", color);
    else if (!head && line.starts_with("+")) line = painted(line, "32", color);
    out += line + "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string mutated_text(const Mutated& mutated, const Sources& sources, bool color) {
  std::string out;
  for (const auto& [mutant, fate] : mutated.results) {
    if (fate != Fate::survived) continue;
    const SourceFile& file = sources.files[mutant.edit.file];
    std::string changed = file.text;
    changed.replace(mutant.edit.begin, mutant.edit.end - mutant.edit.begin, mutant.replacement);
    out += fmt::format("{}  {}: {}, {}:{}: {}\n", painted("SURVIVED", "1;33", color), mutant.rule, all_mutations()[static_cast<std::size_t>(mutant.kind)].name, file.path,
                       line_of(sources, mutant.place), base::printable(text_of(sources, mutant.place)));
    out += shown_diff(unified_diff(file.path, file.text, changed), color);
  }
  out += fmt::format("{:<18} {:>6} {:>8} {:>7} {:>5}\n", "mutants", "killed", "survived", "skipped", "same");
  for (const Mutation& mutation : all_mutations()) {
    std::size_t counts[4] = {};
    for (const auto& [mutant, fate] : mutated.results) {
      if (mutant.kind == mutation.kind) ++counts[static_cast<std::size_t>(fate)];
    }
    if (counts[0] + counts[1] + counts[2] + counts[3] == 0) continue;
    out += fmt::format("{:<18} {:>6} {:>8} {:>7} {:>5}\n", mutation.name, counts[0], counts[1], counts[2], counts[3]);
  }
  out += fmt::format("{:<18} {:>6} {:>8} {:>7} {:>5}\n", "total", mutated.count(Fate::killed), mutated.count(Fate::survived), mutated.count(Fate::skipped), mutated.count(Fate::same));
  if (mutated.left_out > 0) out += fmt::format("{} more mutants were not run: a run has at most {}\n", mutated.left_out, kMaxMutants);
  out += fmt::format("{} % killed\n", mutated.percent());
  return out;
}

}  // namespace chainhunt::driver::testing

#include "runtime/value/regex.h"

#include <algorithm>

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include "runtime/base/text.h"

namespace chainhunt::value {

namespace {

/// The Error names what is no flag.
Result<re2::RE2::Options> options_of(std::string_view flags) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingUTF8);
  options.set_never_nl(false);
  options.set_max_mem(kRegexMemoryLimit);
  for (char flag : flags) {
    if (flag == 'i') {
      options.set_case_sensitive(false);
    } else if (flag == 's') {
      options.set_dot_nl(true);
    } else {
      return Error{std::string("unknown flag '") + flag + "' of a regular expression; there are i and s"};
    }
  }
  return options;
}

/// Shorter texts are in every value.
constexpr int kLeastNeeded = 3;

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern, std::string_view flags) {
  if (pattern.size() > kRegexPatternLimit) {
    return Error{"regular expression of " + std::to_string(pattern.size()) + " bytes; the limit is " + std::to_string(kRegexPatternLimit)};
  }
  const auto options = options_of(flags);
  if (!options) return options.error();
  auto program = std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), *options);
  if (!program->ok()) return Error{"regular expression: " + program->error()};
  Regex out;
  out.program_ = std::move(program);
  out.pattern_ = std::string(pattern);
  out.flags_ = std::string(flags);
  return out;
}

std::vector<std::string> Regex::needed(std::string_view pattern, std::string_view flags) {
  const auto options = options_of(flags);
  if (!options || pattern.size() > kRegexPatternLimit) return {};
  re2::FilteredRE2 filter(kLeastNeeded);
  int id = 0;
  if (filter.Add(re2::StringPiece(pattern.data(), pattern.size()), *options, &id) != re2::RE2::NoError) return {};
  std::vector<std::string> texts;
  filter.Compile(&texts);
  // RE2 gives a formula over its texts, each lower case: if none of them may be missing altogether, one is needed.
  std::vector<int> possible;
  filter.AllPotentials({}, &possible);
  if (!possible.empty()) return {};
  // Beyond ASCII its lower case and our folding differ.
  const auto ascii = [](const std::string& text) { return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }); };
  if (!std::all_of(texts.begin(), texts.end(), ascii)) return {};
  return texts;
}

bool Regex::matches(std::string_view text) const {
  if (program_ == nullptr) return false;
  // RE2 takes a byte that is not UTF-8 for something no expression matches; the language takes it for U+FFFD.
  if (!base::valid_utf8(text)) {
    const std::string clean = base::sanitize_utf8(text);
    return re2::RE2::PartialMatch(re2::StringPiece(clean.data(), clean.size()), *program_);
  }
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *program_);
}

}  // namespace chainhunt::value

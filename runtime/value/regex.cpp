#include "runtime/value/regex.h"

#include <re2/re2.h>

#include "runtime/base/text.h"

namespace chainhunt::value {

Result<Regex> Regex::compile(std::string_view pattern, std::string_view flags) {
  if (pattern.size() > kRegexPatternLimit) {
    return Error{"regular expression of " + std::to_string(pattern.size()) + " bytes; the limit is " + std::to_string(kRegexPatternLimit)};
  }
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
  auto program = std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!program->ok()) return Error{"regular expression: " + program->error()};
  Regex out;
  out.program_ = std::move(program);
  out.pattern_ = std::string(pattern);
  out.flags_ = std::string(flags);
  return out;
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

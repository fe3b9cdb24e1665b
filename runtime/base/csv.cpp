#include "runtime/base/csv.h"

namespace chainhunt::base {

CsvReader::CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

std::string CsvReader::cell() {
  std::string out;
  if (at_ < text_.size() && text_[at_] == '"') {
    ++at_;
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ == text_.size() || text_[at_] != '"') break;
      } else if (text_[at_] == '\n') {
        ++next_line_;
      }
      out.push_back(text_[at_++]);
    }
  }
  // Also what follows a closing quote against the rules: nothing is dropped.
  while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') out.push_back(text_[at_++]);
  if (!out.empty() && out.back() == '\r' && (at_ == text_.size() || text_[at_] == '\n')) out.pop_back();
  return out;
}

std::optional<std::vector<std::string>> CsvReader::next() {
  while (at_ < text_.size() && (text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n'))) {
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++next_line_;
  }
  if (at_ >= text_.size()) return std::nullopt;
  line_ = next_line_;
  std::vector<std::string> cells;
  while (true) {
    cells.push_back(cell());
    if (at_ >= text_.size()) break;
    const char end = text_[at_++];
    if (end == '\n') {
      ++next_line_;
      break;
    }
    if (at_ == text_.size()) cells.emplace_back();  // a separator at the very end: one more, empty cell
    if (at_ == text_.size()) break;
  }
  return cells;
}

}  // namespace chainhunt::base

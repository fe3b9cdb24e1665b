// Diagnostics as text with code frames, for people.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/base/diagnostic.h"
#include "runtime/base/text.h"

namespace chainhunt {
namespace {

/// Columns of a code frame; longer lines are cut around the place.
constexpr std::size_t kFrameWidth = 120;

struct Place {
  std::size_t line = 1, column = 1;  // from 1; columns in code points
  std::size_t begin = 0, end = 0;    // bytes of the line
};

Place place_of(const std::string& text, std::size_t offset) {
  Place place;
  offset = std::min(offset, text.size());
  place.line += static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  const std::size_t before = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  place.begin = before == std::string::npos ? 0 : before + 1;
  place.end = std::min(text.find('\n', offset), text.size());
  place.column += base::count_code_points(std::string_view(text).substr(place.begin, offset - place.begin));
  return place;
}

class Renderer {
 public:
  Renderer(const Sources& sources, bool color) : sources_(sources), color_(color) {}

  std::string render(const Diagnostic& diagnostic) {
    const char* level = diagnostic.level == DiagnosticLevel::error ? "error" : diagnostic.level == DiagnosticLevel::warning ? "warning" : "note";
    const char* paint = diagnostic.level == DiagnosticLevel::error ? "1;31" : "1;33";
    out_ = painted(position(diagnostic.span) + ": ", "1") + painted(fmt::format("{}[{}]: ", level, diagnostic.code), paint) + diagnostic.message + "\n";
    frame(diagnostic.span, "");
    for (const Label& label : diagnostic.labels) {
      out_ += position(label.span) + ": " + label.text + "\n";
      frame(label.span, "");
    }
    for (const std::string& note : diagnostic.notes) out_ += "  = " + note + "\n";
    return std::move(out_);
  }

 private:
  std::string painted(const std::string& text, const char* paint) const {
    return color_ ? fmt::format("\x1b[{}m{}\x1b[0m", paint, text) : text;
  }
  std::string position(Span span) const {
    if (span.file >= sources_.files.size()) return "rules";
    const SourceFile& file = sources_.files[span.file];
    const Place place = place_of(file.text, span.begin);
    return fmt::format("{}:{}:{}", file.path, place.line, place.column);
  }
  void frame(Span span, const char*) {
    if (span.file >= sources_.files.size()) return;
    const std::string& text = sources_.files[span.file].text;
    if (text.empty() || span.begin > text.size()) return;
    const Place place = place_of(text, span.begin);
    // Bytes that would steer a terminal are shown as blanks; tabs count as one column.
    std::string line = base::sanitize_utf8(std::string_view(text).substr(place.begin, place.end - place.begin));
    for (char& c : line) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    std::size_t caret = place.column - 1;
    const std::size_t stop = std::min<std::size_t>(span.end, place.end);
    std::size_t width = stop > span.begin ? base::count_code_points(std::string_view(text).substr(span.begin, stop - span.begin)) : 1;
    if (base::count_code_points(line) > kFrameWidth) {
      const std::size_t from = caret > kFrameWidth / 2 ? caret - kFrameWidth / 2 : 0;
      line = slice(line, from, kFrameWidth);
      caret -= from;
      width = std::min(width, kFrameWidth - caret);
    }
    const std::string number = std::to_string(place.line);
    out_ += fmt::format(" {} | {}\n {} | {}{}\n", number, line, std::string(number.size(), ' '), std::string(caret, ' '),
                        painted(std::string(std::max<std::size_t>(1, width), '^'), "1;31"));
  }
  static std::string slice(const std::string& text, std::size_t from, std::size_t count) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < from && at < text.size(); ++i) at += base::decode_utf8(text, at).size;
    std::size_t end = at;
    for (std::size_t i = 0; i < count && end < text.size(); ++i) end += base::decode_utf8(text, end).size;
    return text.substr(at, end - at);
  }

  const Sources& sources_;
  bool color_;
  std::string out_;
};

}  // namespace

std::string render_text(const Sources& sources, const std::vector<Diagnostic>& diagnostics, bool color) {
  std::string out;
  Renderer renderer(sources, color);
  for (const Diagnostic& diagnostic : diagnostics) out += renderer.render(diagnostic);
  return out;
}

std::string nearest_name(const std::string& wrong, const std::vector<std::string>& candidates) {
  // Edit distance with transpositions; a candidate is near if at most a third of the name differs.
  const auto distance = [](const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const bool same = base::lower_ascii(a[i - 1]) == base::lower_ascii(b[j - 1]);
        d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
    return d[a.size()][b.size()];
  };
  constexpr std::size_t kMaxName = 64;  // names longer than this are not misspelt, they are something else
  if (wrong.empty() || wrong.size() > kMaxName) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxName || candidate == wrong) continue;
    const std::size_t d = distance(wrong, candidate);
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace chainhunt

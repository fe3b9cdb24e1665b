// Diagnostics as text with code frames, for people.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/base/place.h"
#include "compiler/base/renderer.h"
#include "runtime/base/text.h"

namespace chainhunt {
namespace {

/// Columns of a code frame; longer lines are cut around the place.
constexpr std::size_t kFrameWidth = 120;

class Frames {
 public:
  Frames(const Sources& sources, bool color) : sources_(sources), color_(color) {}

  std::string render(const Diagnostic& diagnostic) {
    const char* paint = diagnostic.level == DiagnosticLevel::error ? "1;31" : diagnostic.level == DiagnosticLevel::warning ? "1;33" : "1;36";
    out_ = painted(position(diagnostic.span) + ": ", "1") + painted(fmt::format("{}[{}]: ", level_name(diagnostic.level), diagnostic.code), paint) + diagnostic.message + "\n";
    frame(diagnostic.span);
    for (const Label& label : diagnostic.labels) {
      out_ += position(label.span) + ": " + label.text + "\n";
      frame(label.span);
    }
    for (const std::string& note : diagnostic.notes) {
      out_ += "  = ";
      for (const char c : note) out_ += c == '\n' ? std::string("\n    ") : std::string(1, c);
      out_ += "\n";
    }
    if (diagnostic.fix && diagnostic.fix->sure) out_ += "  = `check --fix` would " + diagnostic.fix->title + "\n";
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
  void frame(Span span) {
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
  Frames frames(sources, color);
  for (const Diagnostic& diagnostic : diagnostics) out += frames.render(diagnostic);
  return out;
}

namespace {

std::string render(const Rendering& r) { return render_text(r.sources, r.diagnostics, r.color); }

}  // namespace

extern const Renderer renderer_text = {"text", "with code frames, for people", render};

}  // namespace chainhunt

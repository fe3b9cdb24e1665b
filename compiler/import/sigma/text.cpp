#include "compiler/import/sigma/text.h"

#include <algorithm>
#include <array>

#include "runtime/base/text.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::sigma {

void Text::add(Piece::Kind kind, std::string_view text) {
  if (kind == Piece::Kind::text && !pieces_.empty() && pieces_.back().kind == kind) {
    pieces_.back().text += text;
    return;
  }
  // Two runs of anything are one.
  if (kind == Piece::Kind::any_run && !pieces_.empty() && pieces_.back().kind == kind) return;
  pieces_.push_back({kind, std::string(text)});
}

Text Text::parse(std::string_view written, bool expand) {
  Text out;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (const std::size_t end = expand && c == '%' ? written.find('%', i + 1) : std::string_view::npos; end != std::string_view::npos && end > i + 1) {
      out.add(Piece::Kind::placeholder, written.substr(i + 1, end - i - 1));
      i = end;
      continue;
    }
    if (c == '\\' && i + 1 < written.size()) {
      const char next = written[i + 1];
      if (next == '*' || next == '?' || next == '\\' || (expand && next == '%')) {
        out.add(Piece::Kind::text, written.substr(++i, 1));
        continue;
      }
    }
    if (c == '*') out.add(Piece::Kind::any_run, {});
    else if (c == '?') out.add(Piece::Kind::any_one, {});
    else out.add(Piece::Kind::text, written.substr(i, 1));
  }
  return out;
}

Text Text::literal(std::string content) {
  Text out;
  if (!content.empty()) out.pieces_.push_back({Piece::Kind::text, std::move(content)});
  return out;
}

bool Text::has_wildcard() const {
  for (const Piece& piece : pieces_) {
    if (piece.kind != Piece::Kind::text) return true;
  }
  return false;
}

std::optional<std::string> Text::content() const {
  if (has_wildcard()) return std::nullopt;
  return pieces_.empty() ? std::string() : pieces_[0].text;
}

void Text::open_start() {
  if (pieces_.empty() || pieces_.front().kind != Piece::Kind::any_run) pieces_.insert(pieces_.begin(), {Piece::Kind::any_run, {}});
}

void Text::open_end() {
  if (pieces_.empty() || pieces_.back().kind != Piece::Kind::any_run) pieces_.push_back({Piece::Kind::any_run, {}});
}

std::optional<std::vector<Text>> windash(const Text& text) {
  static constexpr std::array<std::string_view, 5> kDashes = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};
  const auto word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  std::vector<Text> variants(1);  // of what was read so far; an option's dash multiplies them
  for (const Piece& piece : text.pieces()) {
    if (piece.kind != Piece::Kind::text) {
      for (Text& variant : variants) variant.add(piece.kind, piece.text);
      continue;
    }
    const std::string& own = piece.text;
    bool behind_word = false;
    for (std::size_t i = 0; i < own.size();) {
      std::size_t length = 0;
      for (const auto dash : kDashes) {
        if (own.compare(i, dash.size(), dash) == 0) length = dash.size();
      }
      // An option's dash: no word ends before it, and one begins behind it. The dash in `param-name` is none.
      if (length != 0 && !behind_word && i + length < own.size() && word(own[i + length])) {
        if (variants.size() * kDashes.size() > kMaxVariants) return std::nullopt;
        std::vector<Text> more;
        for (const auto dash : kDashes) {
          for (const Text& variant : variants) {
            more.push_back(variant);
            more.back().add(Piece::Kind::text, dash);
          }
        }
        variants = std::move(more);
        behind_word = false;
      } else {
        length = std::max<std::size_t>(length, 1);
        for (Text& variant : variants) variant.add(Piece::Kind::text, std::string_view(own).substr(i, length));
        behind_word = length == 1 && word(own[i]);
      }
      i += length;
    }
  }
  return variants;
}

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u; };
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const std::size_t left = bytes.size() - i;
    out += kAlphabet[group >> 18];
    out += kAlphabet[group >> 12 & 63];
    out += left > 1 ? kAlphabet[group >> 6 & 63] : '=';
    out += left > 2 ? kAlphabet[group & 63] : '=';
  }
  return out;
}

std::vector<std::string> base64_offsets(std::string_view bytes) {
  std::vector<std::string> out;
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string all = base64(std::string(offset, ' ') + std::string(bytes));
    // A character holds six bits: those of which some belong to what stands before or behind are left out.
    const std::size_t begin = (offset * 8 + 5) / 6;
    const std::size_t end = (offset + bytes.size()) * 8 / 6;
    if (begin < end) out.push_back(all.substr(begin, end - begin));
  }
  return out;
}

std::string utf16(std::string_view text, bool big_endian, bool mark) {
  std::string bytes = base::to_utf16le((mark ? "\xef\xbb\xbf" : "") + std::string(text));
  if (big_endian) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
  }
  return bytes;
}

std::string like_pattern(const Text& text) {
  std::string out;
  for (const Piece& piece : text.pieces()) {
    switch (piece.kind) {
      case Piece::Kind::any_run: out += '*'; break;
      case Piece::Kind::any_one: out += '?'; break;
      case Piece::Kind::placeholder: break;  // were replaced before
      case Piece::Kind::text: out += value::Wildcard::escape(piece.text); break;
    }
  }
  return out;
}

std::string regex_pattern(const Text& text, bool anywhere) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = anywhere ? "" : "^";
  for (const Piece& piece : text.pieces()) {
    switch (piece.kind) {
      case Piece::Kind::any_run: out += ".*"; break;
      case Piece::Kind::any_one: out += '.'; break;
      case Piece::Kind::placeholder: break;
      case Piece::Kind::text:
        for (const char c : piece.text) {
          const auto byte = static_cast<unsigned char>(c);
          if (byte < 0x20 || byte == 0x7f) {
            out += std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
          } else {
            if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
            out += c;
          }
        }
        break;
    }
  }
  return anywhere ? out : out + "$";
}

}  // namespace chainhunt::sigma

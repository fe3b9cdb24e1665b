#include "runtime/input/json/xml_data.h"

#include <cstdint>
#include <cstring>

namespace chainhunt::input::json {
namespace {

constexpr std::size_t kLongestEntity = 10;  // "&#x10ffff;"

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t put_utf8(char* out, std::uint32_t point) {
  if (point < 0x80) {
    out[0] = static_cast<char>(point);
    return 1;
  }
  if (point < 0x800) {
    out[0] = static_cast<char>(0xc0 | point >> 6);
    out[1] = static_cast<char>(0x80 | (point & 0x3f));
    return 2;
  }
  if (point < 0x10000) {
    out[0] = static_cast<char>(0xe0 | point >> 12);
    out[1] = static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out[2] = static_cast<char>(0x80 | (point & 0x3f));
    return 3;
  }
  out[0] = static_cast<char>(0xf0 | point >> 18);
  out[1] = static_cast<char>(0x80 | (point >> 12 & 0x3f));
  out[2] = static_cast<char>(0x80 | (point >> 6 & 0x3f));
  out[3] = static_cast<char>(0x80 | (point & 0x3f));
  return 4;
}

/// The character that an entity (without & and ;) stands for, or no_entity.
constexpr std::uint32_t kNoEntity = 0xffffffff;
std::uint32_t entity(std::string_view name) {
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "amp") return '&';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  if (name.size() < 2 || name[0] != '#') return kNoEntity;
  const bool hex = name[1] == 'x';
  name.remove_prefix(hex ? 2 : 1);
  if (name.empty()) return kNoEntity;
  std::uint32_t point = 0;
  for (const char c : name) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
    else if (hex && c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a' + 10);
    else if (hex && c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A' + 10);
    else return kNoEntity;
    point = point * (hex ? 16 : 10) + digit;
    if (point > 0x10ffff) return 0xfffd;
  }
  return point == 0 || (point >= 0xd800 && point < 0xe000) ? 0xfffd : point;
}

struct Tag {
  std::string_view name;
  std::string_view attribute;  ///< value of Name="…"
  bool named = false;
  bool closing = false;
  bool empty = false;          ///< <x/>
  std::size_t end = 0;         ///< behind '>'
};

/// `at` stands on '<'. False if the tag never ends.
bool read_tag(std::string_view xml, std::size_t at, Tag& tag) {
  std::size_t i = at + 1;
  if (i < xml.size() && xml[i] == '/') {
    tag.closing = true;
    ++i;
  }
  const std::size_t name = i;
  while (i < xml.size() && !is_blank(xml[i]) && xml[i] != '>' && xml[i] != '/') ++i;
  tag.name = xml.substr(name, i - name);
  while (i < xml.size() && xml[i] != '>') {
    if (xml[i] == '/') {
      tag.empty = i + 1 < xml.size() && xml[i + 1] == '>';
      ++i;
      continue;
    }
    const std::size_t key = i;
    while (i < xml.size() && xml[i] != '=' && xml[i] != '>' && xml[i] != '/' && !is_blank(xml[i])) ++i;
    const std::string_view attribute = xml.substr(key, i - key);
    if (i < xml.size() && xml[i] == '=' && i + 1 < xml.size() && (xml[i + 1] == '"' || xml[i + 1] == '\'')) {
      const std::size_t close = xml.find(xml[i + 1], i + 2);
      if (close == std::string_view::npos) return false;
      if (attribute == "Name") {
        tag.attribute = xml.substr(i + 2, close - i - 2);
        tag.named = true;
      }
      i = close + 1;
    } else if (i < xml.size() && xml[i] != '>' && xml[i] != '/') {
      ++i;
    }
  }
  if (i >= xml.size()) return false;
  tag.end = i + 1;
  return true;
}

}  // namespace

/// No entity is shorter than its character, so the result fits.
std::string_view decode_entities(std::string_view text, Arena& arena) {
  if (text.find('&') == std::string_view::npos) return text;
  char* const begin = static_cast<char*>(arena.take(text.size()));
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&') {
      const std::size_t end = text.substr(i, kLongestEntity).find(';');
      const std::uint32_t point = end == std::string_view::npos ? kNoEntity : entity(text.substr(i + 1, end - 1));
      if (point != kNoEntity) {
        size += put_utf8(begin + size, point);
        i += end + 1;
        continue;
      }
    }
    begin[size++] = text[i++];
  }
  return {begin, size};
}

void read_xml_data(std::string_view xml, Arena& arena, const std::function<void(std::string_view, std::string_view)>& field) {
  std::size_t at = xml.find('<');
  while (at != std::string_view::npos) {
    Tag tag;
    if (!read_tag(xml, at, tag)) return;
    const std::size_t next = xml.find('<', tag.end);
    const bool leaf = next != std::string_view::npos && xml.substr(next + 1, 1) == "/";
    const bool data = tag.name == "Data";
    if (!tag.closing && !tag.name.empty() && tag.name[0] != '?' && tag.name[0] != '!') {
      const std::string_view name = data && tag.named ? decode_entities(tag.attribute, arena) : tag.name;
      if (tag.empty) {
        if (data && tag.named) field(name, "");
      } else if (leaf && tag.name != "EventData" && tag.name != "UserData") {
        field(name, decode_entities(xml.substr(tag.end, next - tag.end), arena));
      }
    }
    at = next;
  }
}

}  // namespace chainhunt::input::json

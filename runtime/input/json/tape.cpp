#include "runtime/input/json/tape.h"

#include <charconv>
#include <cstring>

#include "runtime/input/json/scan.h"

namespace chainhunt::input::json {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }


const char* skip_blanks(const char* p, const char* end) {
  while (p != end && is_blank(*p)) ++p;
  return p;
}

unsigned read_unit(const char* p) {
  unsigned unit = 0;
  for (int i = 0; i < 4; ++i) unit = unit * 16 + static_cast<unsigned>(hex_digit(p[i]));
  return unit;
}

char* put_utf8(char* out, unsigned point) {
  const auto byte = [&out](unsigned value) { *out++ = static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | point >> 6);
    byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3f));
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  }
  return out;
}

/// The text was checked by read_text(). Never grows: \uXXXX is six bytes for at most three.
std::string_view unescape(std::string_view raw, Arena& arena) {
  char* const begin = static_cast<char*>(arena.take(raw.size()));
  char* out = begin;
  const char* p = raw.data();
  const char* const end = p + raw.size();
  while (p != end) {
    const void* found = std::memchr(p, '\\', static_cast<std::size_t>(end - p));
    const char* slash = found ? static_cast<const char*>(found) : end;
    std::memcpy(out, p, static_cast<std::size_t>(slash - p));
    out += slash - p;
    p = slash;
    if (p == end) break;
    const char c = p[1];
    p += 2;
    switch (c) {
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'u': {
        unsigned point = read_unit(p);
        p += 4;
        if (point >= 0xd800 && point < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
          const unsigned low = read_unit(p + 2);
          if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
          }
        }
        if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
        out = put_utf8(out, point);
        break;
      }
      default: *out++ = c; break;  // quote, backslash, slash
    }
  }
  return {begin, static_cast<std::size_t>(out - begin)};
}

Parse read_word(const char* p, const char* end, std::string_view word) {
  const std::size_t have = static_cast<std::size_t>(end - p);
  const std::size_t compare = have < word.size() ? have : word.size();
  if (std::memcmp(p, word.data(), compare) != 0) return {Verdict::bad, p, "not a JSON value"};
  if (have < word.size()) return {Verdict::incomplete, end, nullptr};
  return {Verdict::ok, p + word.size(), nullptr};
}

}  // namespace

void Tape::clear() {
  constexpr std::size_t kKeptNodes = 1u << 16;
  if (nodes_.capacity() > kKeptNodes && nodes_.size() < kKeptNodes) {
    nodes_ = {};  // a giant record before this one
    nodes_.reserve(1024);
  }
  nodes_.clear();
  shape_ = kNone;
  open_.clear();
  arena_.reset();
}

void Tape::begin() { clear(); }

void Tape::open(std::string_view key, Kind kind) {
  open_.push_back(size());
  nodes_.push_back({key.data(), nullptr, static_cast<std::uint32_t>(key.size()), 0, size() + 1, kind, false});
}

void Tape::add(std::string_view key, std::string_view text) {
  nodes_.push_back({key.data(), text.data(), static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(text.size()), size() + 1,
                    Kind::text, false});
}

void Tape::close() {
  nodes_[open_.back()].next = size();
  open_.pop_back();
}

Parse Tape::parse(const char* begin, const char* end) {
  clear();
  if (const char* stop = patterned_ ? patterns_.match(begin, end) : nullptr) {
    shape_ = patterns_.shape();
    return {Verdict::ok, stop, nullptr};
  }
  Parse parse = walk(begin, end);
  if (patterned_ && parse.verdict == Verdict::ok) patterns_.learn(begin, parse.stop, nodes_);
  if (parse.verdict == Verdict::incomplete) parse.reason = "the text ends within a value";
  return parse;
}

Parse Tape::walk(const char* p, const char* end) {
  const auto stop = [](Verdict verdict, const char* at, const char* reason) { return Parse{verdict, at, reason}; };
  const char* key = nullptr;
  std::uint32_t key_size = 0;

value:
  if (p == end) return stop(Verdict::incomplete, p, nullptr);
  if (nodes_.size() >= kMaxNodes) return stop(Verdict::too_many, p, "too many values in one record");
  {
    const std::uint32_t index = size();
    Node node{key, p, key_size, 0, index + 1, Kind::null_value, false};
    Parse part;
    switch (*p) {
      case '{': case '[':
        if (open_.size() >= kMaxDepth) return stop(Verdict::too_deep, p, "nested too deeply");
        node.kind = *p == '{' ? Kind::object : Kind::array;
        nodes_.push_back(node);
        open_.push_back(index);
        p = skip_blanks(p + 1, end);
        if (p == end) return stop(Verdict::incomplete, p, nullptr);
        if (*p == (node.kind == Kind::object ? '}' : ']')) goto close;
        if (node.kind == Kind::object) goto member;
        key = nullptr;
        key_size = 0;
        goto value;
      case '"': {
        const Text text = read_text(p + 1, end);
        if (text.verdict != Verdict::ok) return stop(text.verdict, text.stop, text.reason);
        node.kind = Kind::text;
        node.text = p + 1;
        node.size = static_cast<std::uint32_t>(text.stop - p - 1);
        node.escaped = text.escaped;
        nodes_.push_back(node);
        p = text.stop + 1;
        goto behind;
      }
      case 't': node.kind = Kind::true_value; part = read_word(p, end, "true"); break;
      case 'f': node.kind = Kind::false_value; part = read_word(p, end, "false"); break;
      case 'n': node.kind = Kind::null_value; part = read_word(p, end, "null"); break;
      case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        node.kind = Kind::number;
        part = read_number(p, end);
        break;
      default: return stop(Verdict::bad, p, "not a JSON value");
    }
    if (part.verdict != Verdict::ok) return part;
    node.size = static_cast<std::uint32_t>(part.stop - p);
    nodes_.push_back(node);
    p = part.stop;
  }

behind:
  if (open_.empty()) return stop(Verdict::ok, p, nullptr);
  p = skip_blanks(p, end);
  if (p == end) return stop(Verdict::incomplete, p, nullptr);
  {
    const bool in_object = nodes_[open_.back()].kind == Kind::object;
    if (*p == (in_object ? '}' : ']')) goto close;
    if (*p != ',') return stop(Verdict::bad, p, in_object ? "no comma or } behind a member" : "no comma or ] behind an element");
    p = skip_blanks(p + 1, end);
    if (p == end) return stop(Verdict::incomplete, p, nullptr);
    if (in_object) goto member;
    key = nullptr;
    key_size = 0;
    goto value;
  }

member:
  if (*p != '"') return stop(Verdict::bad, p, "no name where a member begins");
  {
    const Text text = read_text(p + 1, end);
    if (text.verdict != Verdict::ok) return stop(text.verdict, text.stop, text.reason);
    std::string_view name(p + 1, static_cast<std::size_t>(text.stop - p - 1));
    if (text.escaped) name = unescape(name, arena_);
    key = name.data();
    key_size = static_cast<std::uint32_t>(name.size());
    p = skip_blanks(text.stop + 1, end);
    if (p == end) return stop(Verdict::incomplete, p, nullptr);
    if (*p != ':') return stop(Verdict::bad, p, "no colon behind a name");
    p = skip_blanks(p + 1, end);
    goto value;
  }

close:
  {
    Node& container = nodes_[open_.back()];
    open_.pop_back();
    ++p;
    container.size = static_cast<std::uint32_t>(p - container.text);
    container.next = size();
    goto behind;
  }
}

std::uint32_t Tape::find(std::uint32_t object, std::string_view key) const {
  if (!is(object, Kind::object)) return kNone;
  const std::uint32_t end = nodes_[object].next;
  for (std::uint32_t i = object + 1; i < end; i = nodes_[i].next) {
    const Node& node = nodes_[i];
    if (node.key_size == key.size() && std::memcmp(node.key, key.data(), key.size()) == 0) return i;
  }
  return kNone;
}

std::uint32_t Tape::find_path(std::uint32_t object, std::string_view path) const {
  while (is(object, Kind::object)) {
    const std::uint32_t whole = find(object, path);
    if (whole != kNone) return whole;
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) return kNone;
    object = find(object, path.substr(0, dot));
    path.remove_prefix(dot + 1);
  }
  return kNone;
}

std::string_view Tape::text(std::uint32_t index) {
  const Node node = at(index);
  const std::string_view raw(node.text, node.size);
  return node.escaped ? unescape(raw, arena_) : raw;
}

abi::Cell number_cell(std::string_view spelling) {
  const char* const end = spelling.data() + spelling.size();
  std::int64_t number = 0;
  auto [p, error] = std::from_chars(spelling.data(), end, number);
  if (error == std::errc() && p == end) return abi::Cell::of_number(number, abi::Wire::dec);
  std::uint64_t large = 0;
  auto [q, failure] = std::from_chars(spelling.data(), end, large);
  if (failure == std::errc() && q == end) {
    return abi::Cell::of_number(static_cast<std::int64_t>(large), abi::Wire::udec);
  }
  return abi::Cell::of_text(spelling);
}

abi::Cell Tape::cell(std::uint32_t index) {
  if (index == kNone) return abi::Cell::none();
  const Node node = at(index);
  switch (node.kind) {
    case Kind::null_value: return abi::Cell::none();
    case Kind::object: return abi::Cell::none();
    case Kind::true_value: return abi::Cell::of_text("true");
    case Kind::false_value: return abi::Cell::of_text("false");
    case Kind::number: return number_cell({node.text, node.size});
    case Kind::text: return abi::Cell::of_text(text(index));
    case Kind::array: break;
  }
  std::uint32_t count = 0;
  for (std::uint32_t i = index + 1; i < node.next; i = at(i).next) ++count;
  auto* const cells = static_cast<abi::Cell*>(arena_.take(count * sizeof(abi::Cell)));
  std::uint32_t filled = 0;
  for (std::uint32_t i = index + 1; i < node.next; i = at(i).next) {
    const Node element = at(i);
    const Kind kind = element.kind;
    if (kind == Kind::null_value) continue;
    cells[filled++] = kind == Kind::object || kind == Kind::array ? abi::Cell::of_text({element.text, element.size}) : cell(i);
  }
  return filled == 0 ? abi::Cell::none() : abi::Cell::of_list(cells, filled);
}

}  // namespace chainhunt::input::json

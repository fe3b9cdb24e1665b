// Order as bytes. Numbers of the key stand with the highest byte first behind their size in bytes, the time
// in full with its sign turned round. Text ends with 00 00 and a zero byte in it is 00 01: so a text stands
// before what it begins, and whatever follows never decides before the text's end. Behind the key, numbers are
// varints (seven bits a byte, lowest first) and text has its size before it.
//
// Each value has one spelling; others are refused, so that equal hits are equal bytes in all that is accepted.
#include "runtime/engine/hit_codec.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace chainhunt::engine {
namespace {

constexpr std::uint64_t kSign = 1ull << 63;
/// Captures take at least two bytes each (flags, size of the text), keys one: more cannot follow, and a
/// damaged number makes no large allocation.
constexpr std::uint64_t kLeastCapture = 2, kLeastKey = 1;

void put_big_endian(std::uint64_t number, int bytes, std::string& out) {
  char buffer[8];
  for (int i = 0; i < bytes; ++i) buffer[i] = static_cast<char>(number >> (8 * (bytes - 1 - i)));
  out.append(buffer, static_cast<std::size_t>(bytes));
}

void put_key_number(std::uint64_t number, std::string& out) {
  const int bytes = (std::bit_width(number) + 7) / 8;
  out.push_back(static_cast<char>(bytes));
  put_big_endian(number, bytes, out);
}

void put_key_text(std::string_view text, std::string& out) {
  for (std::size_t zero; (zero = text.find('\0')) != std::string_view::npos; text.remove_prefix(zero + 1)) {
    out.append(text.substr(0, zero + 1));
    out.push_back('\1');
  }
  out.append(text);
  out.append(2, '\0');
}

void put_number(std::uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

void put_text(std::string_view text, std::string& out) {
  put_number(text.size(), out);
  out.append(text);
}

/// Takes values from the front; after the first failure only zeros and empty texts, and `wrong` says what failed.
struct Taker {
  std::string_view bytes;
  std::size_t at = 0;
  const char* wrong = nullptr;

  std::uint64_t fail(const char* what) {
    if (wrong == nullptr) wrong = what;
    return 0;
  }
  std::size_t left() const { return bytes.size() - at; }
  std::uint8_t byte() {
    if (wrong != nullptr) return 0;
    if (left() == 0) return static_cast<std::uint8_t>(fail("it ends early"));
    return static_cast<std::uint8_t>(bytes[at++]);
  }
  std::uint64_t big_endian(std::size_t size) {
    if (left() < size) return fail("it ends early");
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[at++]);
    return number;
  }
  std::uint64_t key_number(std::uint64_t most) {
    const std::size_t size = byte();
    if (size > 8) return fail("a number has more than eight bytes");
    const std::uint64_t number = big_endian(size);
    if (wrong != nullptr) return 0;
    if (size != static_cast<std::size_t>(std::bit_width(number) + 7) / 8) return fail("a number begins with a zero byte");
    return number <= most ? number : fail("a number is too large");
  }
  void key_text(std::string& out) {
    out.clear();
    while (wrong == nullptr) {
      const std::size_t zero = bytes.find('\0', at);
      if (zero == std::string_view::npos || zero + 1 == bytes.size()) {
        fail("a text has no end");
        return;
      }
      const char next = bytes[zero + 1];
      out.append(bytes, at, zero - at + (next == '\1' ? 1 : 0));
      at = zero + 2;
      if (next == '\0') return;
      if (next != '\1') fail("a zero byte in a text is not marked");
    }
  }
  bool flag() {
    const std::uint8_t value = byte();
    if (value > 1) fail("a flag is neither 0 nor 1");
    return value == 1;
  }
  std::uint64_t number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      const std::uint64_t bits = next & 0x7f;
      if (shift == 63 && bits > 1) return fail("a number is too large");
      number |= bits << shift;
      if (next >= 0x80) continue;
      if (next == 0 && shift > 0) return fail("a number ends with a zero byte");
      return number;
    }
    return fail("a number is too large");
  }
  /// A number of things that follow, each of at least `least` bytes.
  std::size_t count(std::uint64_t number, std::uint64_t least) {
    return static_cast<std::size_t>(number <= left() / least ? number : fail("it ends before as much as it announces"));
  }
  void skip_text() { at += count(number(), 1); }
  void text(std::string& out) {
    const std::size_t size = count(number(), 1);
    out.assign(bytes, at, size);
    at += size;
  }
};

void captures(Taker& in, Hit& hit) {
  hit.captures.resize(in.count(in.number(), kLeastCapture));
  for (Captured& captured : hit.captures) {
    const std::uint64_t keys = in.number();
    captured.present = (keys & 1) != 0;
    captured.keys.resize(in.count(keys >> 2, kLeastKey));
    for (std::string& key : captured.keys) in.text(key);
    in.text(captured.text);
    captured.elements.clear();
    if ((keys & 2) != 0) {
      captured.elements.resize(in.count(in.number(), kLeastKey));
      if (captured.elements.empty() && in.wrong == nullptr) in.fail("a list has no elements");
      for (std::string& element : captured.elements) in.text(element);
    }
    if (in.wrong != nullptr) break;
  }
  if (in.wrong == nullptr && in.left() != 0) in.fail("something follows it");
}

Result<void> outcome(const Taker& in) {
  if (in.wrong == nullptr) return {};
  return Error{"damaged hit at byte " + std::to_string(in.at) + " of " + std::to_string(in.bytes.size()) + ": " + in.wrong};
}

}  // namespace

// All fields are named once here, so that a new one does not compile until it is written. It goes behind the
// captures, in `decode` too, unless it orders hits; `all_of` in hit_sorter_test.cpp compares it.
void encode(const Hit& hit, std::string& out) {
  const auto& [link, event, shown_channel, shown_computer, source, offset, captures] = hit;
  const auto& [time, computer, channel, has_record_id, record_id, provider, event_id, digest] = event;
  put_big_endian(static_cast<std::uint64_t>(time) ^ kSign, 8, out);
  put_key_text(computer, out);
  put_key_text(channel, out);
  out.push_back(has_record_id ? '\1' : '\0');
  put_key_number(record_id, out);
  put_key_text(provider, out);
  put_key_text(event_id, out);
  put_key_text(digest, out);
  put_key_number(source, out);
  put_key_number(offset, out);
  put_key_number(link, out);

  put_text(shown_channel, out);
  put_text(shown_computer, out);
  put_number(captures.size(), out);
  for (const auto& [keys, text, elements, present] : captures) {
    put_number(keys.size() << 2 | (elements.empty() ? 0 : 2) | (present ? 1 : 0), out);
    for (const std::string& key : keys) put_text(key, out);
    put_text(text, out);
    if (elements.empty()) continue;
    put_number(elements.size(), out);
    for (const std::string& element : elements) put_text(element, out);
  }
}

Result<void> decode(std::string_view bytes, Hit& hit) {
  Taker in{bytes};
  EventIdentity& event = hit.event;
  event.time = static_cast<std::int64_t>(in.big_endian(8) ^ kSign);
  in.key_text(event.computer);
  in.key_text(event.channel);
  event.has_record_id = in.flag();
  event.record_id = in.key_number(UINT64_MAX);
  in.key_text(event.provider);
  in.key_text(event.event_id);
  in.key_text(event.digest);
  hit.source = static_cast<std::uint32_t>(in.key_number(UINT32_MAX));
  hit.offset = in.key_number(UINT64_MAX);
  hit.link = static_cast<std::uint32_t>(in.key_number(UINT32_MAX));

  in.text(hit.shown_channel);
  in.text(hit.shown_computer);
  captures(in, hit);
  return outcome(in);
}

Result<void> decode_captures(std::string_view bytes, const KeyParts& parts, Hit& hit) {
  Taker in{bytes};
  hit.event.time = time_in(bytes);
  in.at = std::min(parts.place, bytes.size());
  hit.link = static_cast<std::uint32_t>(in.key_number(UINT32_MAX));
  in.skip_text();
  in.skip_text();
  captures(in, hit);
  return outcome(in);
}

std::optional<std::string_view> single_key(std::string_view bytes, const KeyParts& parts, std::uint32_t capture) {
  Taker in{bytes};
  in.at = std::min(parts.key, bytes.size());
  in.skip_text();
  in.skip_text();
  if (capture >= in.number()) return std::nullopt;
  for (std::uint32_t i = 0; in.wrong == nullptr; ++i) {
    const std::uint64_t flags = in.number();
    if (i == capture) {
      if (flags >> 2 != 1) return std::nullopt;
      const std::size_t size = in.count(in.number(), 1);
      return in.wrong == nullptr ? std::optional(bytes.substr(in.at, size)) : std::nullopt;
    }
    for (std::uint64_t key = 0; key < flags >> 2 && in.wrong == nullptr; ++key) in.skip_text();
    in.skip_text();
    if ((flags & 2) == 0) continue;
    const std::uint64_t elements = in.number();
    for (std::uint64_t e = 0; e < elements && in.wrong == nullptr; ++e) in.skip_text();
  }
  return std::nullopt;
}

std::int64_t time_in(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8 && i < bytes.size(); ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[i]);
  return static_cast<std::int64_t>(number ^ kSign);
}

std::uint32_t link_in(std::string_view bytes, const KeyParts& parts) {
  std::uint32_t number = 0;
  for (std::size_t i = parts.place + 1; i < parts.key && i < bytes.size(); ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[i]);
  return number;
}

KeyParts key_parts(std::string_view bytes) {
  KeyParts parts;
  std::size_t at = 8;
  // Bytes that `encode` did not make are a bug; the ends stay within them all the same.
  const auto number = [&] { at = std::min(bytes.size(), at < bytes.size() ? at + 1 + static_cast<std::uint8_t>(bytes[at]) : at); };
  const auto text = [&] {
    for (;;) {
      const std::size_t zero = bytes.find('\0', at);
      if (zero == std::string_view::npos || zero + 1 >= bytes.size()) {
        at = bytes.size();
        return;
      }
      at = zero + 2;
      if (bytes[zero + 1] == '\0') return;
    }
  };
  text();
  text();
  parts.has_record_id = at < bytes.size() && bytes[at] == '\1';
  at = std::min(bytes.size(), at + 1);
  number();
  text();
  text();
  parts.identity = at;
  text();
  parts.digest = at;
  number();
  number();
  parts.place = at;
  number();
  parts.key = at;
  return parts;
}

}  // namespace chainhunt::engine

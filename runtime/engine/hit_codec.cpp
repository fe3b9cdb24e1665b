// Order as bytes. Numbers of the key stand with the highest byte first behind their size in bytes, the time
// in full with its sign turned round. Text ends with 00 00 and a zero byte in it is 00 01: so a text stands
// before what it begins, and whatever follows never decides before the text's end. Behind the key, numbers are
// varints (seven bits a byte, lowest first) and text has its size before it.
//
// The eight bytes at the end only repeat where the others lie.
//
// Each value has one spelling; others are refused, so that equal hits are equal bytes in all that is accepted.
#include "runtime/engine/hit_codec.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "runtime/engine/byte_order.h"

namespace chainhunt::engine {
namespace {

constexpr std::uint64_t kSign = 1ull << 63;
/// Captures take at least two bytes each (flags, size of the text), keys one: more cannot follow, and a
/// damaged number makes no large allocation.
constexpr std::uint64_t kLeastCapture = 2, kLeastKey = 1;

/// Writes into memory that is large enough.
struct Writer {
  char* at;

  void byte(std::uint8_t value) { *at++ = static_cast<char>(value); }
  /// Eight bytes are written, and those that count are kept: what follows takes as many.
  void key_number(std::uint64_t number) {
    const int bytes = (std::bit_width(number) + 7) / 8;
    byte(static_cast<std::uint8_t>(bytes));
    if (bytes == 0) return;
    write_big_endian(number << (64 - 8 * bytes), at);
    at += bytes;
  }
  void raw(std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  }
  void key_text(std::string_view text) {
    for (std::size_t zero; (zero = text.find('\0')) != std::string_view::npos; text.remove_prefix(zero + 1)) {
      raw(text.substr(0, zero + 1));
      byte(1);
    }
    raw(text);
    byte(0);
    byte(0);
  }
  void number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) byte(static_cast<std::uint8_t>(number | 0x80));
    byte(static_cast<std::uint8_t>(number));
  }
  void text(std::string_view text) {
    number(text.size());
    raw(text);
  }
};

// What `Writer` takes at most.
constexpr std::size_t kMostNumber = 10, kMostKeyNumber = 9;
std::size_t most_of_key(std::string_view text) { return 2 * text.size() + 2; }
std::size_t most_of(std::string_view text) { return text.size() + kMostNumber; }

// The parts at the end: 16 bits each, lowest first, of identity, digest, place and captures, the last with
// `has_record_id` in its highest bit. All ones: some part begins too far behind, and is searched.
constexpr std::size_t kPartsBytes = 8;
constexpr std::size_t kFarthest = 0x7ffe;
constexpr std::uint64_t kSearch = ~std::uint64_t{0};

std::uint64_t packed(const KeyParts& parts) {
  if (parts.captures > kFarthest) return kSearch;  // the others are before it
  const auto at = [](std::uint32_t part, int shift) { return std::uint64_t{part} << shift; };
  return at(parts.identity, 0) | at(parts.digest, 16) | at(parts.place, 32) | at(parts.captures, 48) | std::uint64_t{parts.has_record_id} << 63;
}

// Before a capture's keys stands their number, times eight, and these. Plain: its text is its only key, and not repeated.
constexpr std::uint64_t kPresent = 1, kList = 2, kPlain = 4;

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
    const bool plain = (keys & kPlain) != 0;
    captured.present = (keys & kPresent) != 0;
    captured.keys.resize(in.count(keys >> 3, kLeastKey));
    for (std::string& key : captured.keys) in.text(key);
    if (!plain) in.text(captured.text);
    else if (captured.keys.size() == 1) captured.text = captured.keys.front();
    else in.fail("several keys are the text");
    if (!plain && captured.keys.size() == 1 && captured.keys.front() == captured.text) in.fail("the text repeats the key");
    captured.elements.clear();
    if ((keys & kList) != 0) {
      captured.elements.resize(in.count(in.number(), kLeastKey));
      if (captured.elements.empty() && in.wrong == nullptr) in.fail("a list has no elements");
      for (std::string& element : captured.elements) in.text(element);
    }
    if (in.wrong != nullptr) break;
  }
}

/// What stands behind the captures.
void end(Taker& in, std::uint64_t parts) {
  if (in.wrong != nullptr) return;
  if (in.left() > kPartsBytes) in.fail("something follows it");
  else if (in.left() < kPartsBytes) in.fail("it ends early");
  else if (read_little_endian<std::uint64_t>(in.bytes.data() + in.at) != parts) in.fail("its parts are elsewhere");
}

Result<void> outcome(const Taker& in) {
  if (in.wrong == nullptr) return {};
  return Error{"damaged hit at byte " + std::to_string(in.at) + " of " + std::to_string(in.bytes.size()) + ": " + in.wrong};
}

}  // namespace

// All fields are named once here, so that a new one does not compile until it is written. It goes behind the
// captures, in `decode` too, unless it orders hits; `all_of` in hit_sorter_test.cpp compares it.
char* encode(const Hit& hit, char* out) {
  const auto& [link, event, shown_channel, shown_computer, source, offset, captures] = hit;
  const auto& [time, computer, channel, has_record_id, record_id, provider, event_id, digest] = event;
  KeyParts parts;
  Writer to{out};
  const auto here = [&] { return static_cast<std::uint32_t>(to.at - out); };
  write_big_endian(static_cast<std::uint64_t>(time) ^ kSign, to.at);
  to.at += sizeof time;
  to.key_text(computer);
  to.key_text(channel);
  parts.has_record_id = has_record_id;
  to.byte(has_record_id ? 1 : 0);
  to.key_number(record_id);
  to.key_text(provider);
  to.key_text(event_id);
  parts.identity = here();
  to.key_text(digest);
  parts.digest = here();
  to.key_number(source);
  to.key_number(offset);
  parts.place = here();
  to.key_number(link);

  to.text(shown_channel);
  to.text(shown_computer);
  parts.captures = here();
  to.number(captures.size());
  for (const auto& [keys, text, elements, present] : captures) {
    const bool plain = keys.size() == 1 && keys.front() == text;
    to.number(keys.size() << 3 | (plain ? kPlain : 0) | (elements.empty() ? 0 : kList) | (present ? kPresent : 0));
    for (const std::string& key : keys) to.text(key);
    if (!plain) to.text(text);
    if (elements.empty()) continue;
    to.number(elements.size());
    for (const std::string& element : elements) to.text(element);
  }
  write_little_endian(packed(parts), to.at);
  return to.at + kPartsBytes;
}

std::size_t most_bytes(const Hit& hit) {
  const EventIdentity& event = hit.event;
  std::size_t most = sizeof event.time + 1 + kPartsBytes + 4 * kMostKeyNumber + kMostNumber;
  for (const std::string* text : {&event.computer, &event.channel, &event.provider, &event.event_id, &event.digest}) most += most_of_key(*text);
  most += most_of(hit.shown_channel) + most_of(hit.shown_computer);
  for (const Captured& captured : hit.captures) {
    most += 2 * kMostNumber + most_of(captured.text);
    for (const std::string& key : captured.keys) most += most_of(key);
    for (const std::string& element : captured.elements) most += most_of(element);
  }
  return most;
}

void encode(const Hit& hit, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + most_bytes(hit));
  out.resize(static_cast<std::size_t>(encode(hit, out.data() + before) - out.data()));
}

Result<void> decode(std::string_view bytes, Hit& hit) {
  Taker in{bytes};
  KeyParts parts;
  EventIdentity& event = hit.event;
  event.time = static_cast<std::int64_t>(in.big_endian(8) ^ kSign);
  in.key_text(event.computer);
  in.key_text(event.channel);
  parts.has_record_id = event.has_record_id = in.flag();
  event.record_id = in.key_number(UINT64_MAX);
  in.key_text(event.provider);
  in.key_text(event.event_id);
  parts.identity = static_cast<std::uint32_t>(in.at);
  in.key_text(event.digest);
  parts.digest = static_cast<std::uint32_t>(in.at);
  hit.source = static_cast<std::uint32_t>(in.key_number(UINT32_MAX));
  hit.offset = in.key_number(UINT64_MAX);
  parts.place = static_cast<std::uint32_t>(in.at);
  hit.link = static_cast<std::uint32_t>(in.key_number(UINT32_MAX));

  in.text(hit.shown_channel);
  in.text(hit.shown_computer);
  parts.captures = static_cast<std::uint32_t>(in.at);
  captures(in, hit);
  end(in, packed(parts));
  return outcome(in);
}

Result<void> decode_captures(std::string_view bytes, const KeyParts& parts, Hit& hit) {
  Taker in{bytes};
  hit.event.time = time_in(in.big_endian(8));
  hit.link = link_in(bytes, parts);
  in.at = std::min<std::size_t>(parts.captures, bytes.size());
  captures(in, hit);
  return outcome(in);
}

std::optional<std::string_view> single_key(std::string_view bytes, const KeyParts& parts, std::uint32_t capture) {
  Taker in{bytes};
  in.at = std::min<std::size_t>(parts.captures, bytes.size());
  if (capture >= in.number()) return std::nullopt;
  for (std::uint32_t i = 0; in.wrong == nullptr; ++i) {
    const std::uint64_t flags = in.number();
    if (i == capture) {
      if (flags >> 3 != 1) return std::nullopt;
      const std::size_t size = in.count(in.number(), 1);
      return in.wrong == nullptr ? std::optional(bytes.substr(in.at, size)) : std::nullopt;
    }
    for (std::uint64_t key = 0; key < flags >> 3 && in.wrong == nullptr; ++key) in.skip_text();
    if ((flags & kPlain) == 0) in.skip_text();
    if ((flags & kList) == 0) continue;
    const std::uint64_t elements = in.number();
    for (std::uint64_t e = 0; e < elements && in.wrong == nullptr; ++e) in.skip_text();
  }
  return std::nullopt;
}

std::int64_t time_in(std::uint64_t order) { return static_cast<std::int64_t>(order ^ kSign); }

std::uint32_t link_in(std::string_view bytes, const KeyParts& parts) {
  std::uint32_t number = 0;
  for (std::size_t i = parts.place + 1; i < parts.key && i < bytes.size(); ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[i]);
  return number;
}

namespace {

KeyParts search_parts(std::string_view bytes) {
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
  parts.identity = static_cast<std::uint32_t>(at);
  text();
  parts.digest = static_cast<std::uint32_t>(at);
  number();
  number();
  parts.place = static_cast<std::uint32_t>(at);
  number();
  parts.key = static_cast<std::uint32_t>(at);
  Taker in{bytes, at};
  in.skip_text();
  in.skip_text();
  parts.captures = static_cast<std::uint32_t>(in.at);
  return parts;
}

}  // namespace

KeyParts key_parts(std::string_view bytes) {
  const std::uint64_t packed = bytes.size() < kPartsBytes ? kSearch : read_little_endian<std::uint64_t>(bytes.data() + bytes.size() - kPartsBytes);
  if (packed == kSearch) return search_parts(bytes);
  KeyParts parts;
  parts.identity = static_cast<std::uint32_t>(packed & 0xffff);
  parts.digest = static_cast<std::uint32_t>(packed >> 16 & 0xffff);
  parts.place = static_cast<std::uint32_t>(packed >> 32 & 0xffff);
  parts.captures = static_cast<std::uint32_t>(packed >> 48 & 0x7fff);
  parts.has_record_id = (packed >> 63) != 0;
  const bool within = parts.identity <= parts.digest && parts.digest <= parts.place && parts.place < parts.captures && parts.captures < bytes.size();
  if (within) parts.key = parts.place + 1 + static_cast<std::uint8_t>(bytes[parts.place]);
  // Bytes that `encode` did not make are a bug; the ends stay within them all the same.
  if (!within || parts.key > parts.captures) return search_parts(bytes);
  return parts;
}

}  // namespace chainhunt::engine

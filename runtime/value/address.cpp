#include "runtime/value/address.h"

#include <algorithm>

#include "runtime/base/text.h"

namespace chainhunt::value {
namespace {

constexpr std::size_t kLongestAddress = 64;  // 45 characters and a zone; anything longer is no address
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && digits < 3 && base::is_digit(text[digits])) value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
    if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    out[part] = static_cast<std::uint8_t>(value);
    text.remove_prefix(digits);
    if (part < 3) {
      if (text.empty() || text[0] != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

bool parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  std::uint8_t bytes[16] = {};
  std::size_t count = 0;     // bytes read
  std::size_t gap = 17;      // where `::` stood; 17: nowhere
  std::size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  } else if (text.starts_with(":")) {
    return false;
  }
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (part.find('.') != std::string_view::npos) {
      if (end != text.size() || count > 12 || !parse_v4(part, bytes + count)) return false;
      count += 4;
      at = end;
      break;
    }
    if (part.empty() || part.size() > 4 || count > 14) return false;
    unsigned value = 0;
    for (char c : part) {
      const int digit = base::hex_digit(c);
      if (digit < 0) return false;
      value = value << 4 | static_cast<unsigned>(digit);
    }
    bytes[count++] = static_cast<std::uint8_t>(value >> 8);
    bytes[count++] = static_cast<std::uint8_t>(value & 0xFF);
    at = end;
    if (at == text.size()) break;
    ++at;  // the colon
    if (at == text.size()) return false;
    if (text[at] == ':') {
      if (gap != 17) return false;
      gap = count;
      ++at;
    }
  }
  if (gap == 17) {
    if (count != 16) return false;
    std::copy(bytes, bytes + 16, out.begin());
    return true;
  }
  if (count > 14) return false;  // `::` stands for at least one group
  out.fill(0);
  std::copy(bytes, bytes + gap, out.begin());
  std::copy(bytes + gap, bytes + count, out.begin() + static_cast<std::ptrdiff_t>(16 - (count - gap)));
  return true;
}

}  // namespace

bool Address::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::optional<Address> parse_address(std::string_view text) {
  if (text.empty() || text.size() > kLongestAddress) return std::nullopt;
  Address address;
  if (text.find(':') == std::string_view::npos) {
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    if (!parse_v4(text, address.bytes.data() + 12)) return std::nullopt;
    return address;
  }
  if (const std::size_t zone = text.find('%'); zone != std::string_view::npos) {
    if (zone + 1 == text.size()) return std::nullopt;
    text = text.substr(0, zone);
  }
  if (!parse_v6(text, address.bytes)) return std::nullopt;
  return address;
}

std::string print_address(const Address& address) {
  std::string out;
  const auto& b = address.bytes;
  if (address.is_v4()) {
    for (std::size_t i = 12; i < 16; ++i) {
      if (i > 12) out += '.';
      out += std::to_string(b[i]);
    }
    return out;
  }
  // RFC 5952: the longest run of at least two zero groups, the first of equals, becomes `::`.
  unsigned groups[8];
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(b[2 * i]) << 8 | b[2 * i + 1];
  int best = -1, best_size = 1;
  for (int i = 0; i < 8;) {
    int end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_size) {
      best = i;
      best_size = end - i;
    }
    i = end == i ? i + 1 : end;
  }
  for (int i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    static constexpr char digits[] = "0123456789abcdef";
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = groups[i] >> shift & 0xF;
      started = started || digit != 0 || shift == 0;
      if (started) out += digits[digit];
    }
  }
  return out;
}

bool Network::contains(const Address& address) const {
  const std::size_t whole = bits / 8, rest = bits % 8;
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole), address.bytes.begin())) return false;
  return rest == 0 || ((base.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  if (!base || digits.empty() || digits.size() > 3) return std::nullopt;
  unsigned bits = 0;
  for (char c : digits) {
    if (!base::is_digit(c)) return std::nullopt;
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (bits > (v4 ? 32u : 128u)) return std::nullopt;
  Network network{*base, static_cast<std::uint8_t>(v4 ? bits + 96 : bits)};
  for (std::size_t i = 0; i < 16; ++i) {
    const int kept = std::clamp(static_cast<int>(network.bits) - static_cast<int>(8 * i), 0, 8);
    network.base.bytes[i] = static_cast<std::uint8_t>(network.base.bytes[i] & (0xFF00 >> kept));
  }
  return network;
}

std::string print_network(const Network& network) {
  const bool v4 = network.base.is_v4() && network.bits >= 96;
  return print_address(network.base) + "/" + std::to_string(v4 ? network.bits - 96 : network.bits);
}

}  // namespace chainhunt::value

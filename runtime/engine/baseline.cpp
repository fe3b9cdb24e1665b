#include "runtime/engine/baseline.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/value/number.h"

namespace chainhunt::engine {
namespace {

constexpr const char* kHeader = "chainhunt baseline 1";

std::string encoded(const std::string& text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f && c != '%') out += c;
    else (out += '%') += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

bool decode(std::string_view text, std::string& out) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return false;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return true;
}

}  // namespace

Result<Baseline> Baseline::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{path + ": " + std::strerror(errno) + "; a baseline is made with --learn"};
  Baseline out;
  std::string line;
  if (!std::getline(in, line) || line != kHeader) return Error{path + " is no baseline: its first line is not \"" + kHeader + "\""};
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    const auto wrong = [&] { return Error{path + ":" + std::to_string(number) + ": not a line of a baseline; make it anew with --learn"}; };
    std::vector<std::string> names;
    std::uint64_t count = 0;
    for (std::size_t at = 0, cell = 0; at <= line.size(); ++cell) {
      const std::size_t end = std::min(line.find('\t', at), line.size());
      std::string text;
      if (!decode(std::string_view(line).substr(at, end - at), text)) return wrong();
      if (cell == 0) {
        const auto parsed = value::parse_number(text);
        if (!parsed || parsed->negative || parsed->magnitude == 0) return wrong();
        count = parsed->magnitude;
      } else {
        names.push_back(std::move(text));
      }
      at = end + 1;
    }
    if (names.size() < 2) return wrong();
    out.counts_[std::move(names)] += count;
  }
  return out;
}

Result<void> Baseline::write(const std::string& path) const {
  const std::string fresh = path + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << kHeader << "\n";
    for (const auto& [names, count] : counts_) {
      out << count;
      for (const auto& name : names) out << '\t' << encoded(name);
      out << "\n";
    }
    out.close();
    if (!out) {
      const std::string why = std::strerror(errno);
      std::remove(fresh.c_str());
      return Error{fresh + " cannot be written: " + why};
    }
  }
  std::error_code failure;
  std::filesystem::rename(fresh, path, failure);
  if (failure) return Error{path + " cannot be replaced: " + failure.message()};
  return {};
}

std::uint64_t Baseline::seen(const std::string& link, const std::vector<std::string>& names) const {
  std::vector<std::string> key = {link};
  key.insert(key.end(), names.begin(), names.end());
  const auto found = counts_.find(key);
  return found == counts_.end() ? 0 : found->second;
}

void Baseline::add(const std::string& link, const std::vector<std::string>& names, std::uint64_t count) {
  std::vector<std::string> key = {link};
  key.insert(key.end(), names.begin(), names.end());
  counts_[std::move(key)] += count;
}

void Baseline::add(const Baseline& other) {
  for (const auto& [names, count] : other.counts_) counts_[names] += count;
}

std::string Baseline::name_of(const program::Program& program, std::uint32_t link) {
  const program::Link& own = program.links[link];
  const auto list = [&](const std::vector<std::uint32_t>& captures) {
    std::string out;
    for (const std::uint32_t c : captures) out += (out.empty() ? "" : ", ") + own.captures[c].name;
    return out;
  };
  return own.name + " " + list(own.keep->fields) + " by " + list(own.keep->by);
}

}  // namespace chainhunt::engine

#include "compiler/driver/propose.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "compiler/model/model.h"
#include "runtime/base/text.h"
#include "runtime/input/time.h"
#include "runtime/value/address.h"
#include "runtime/value/cell.h"
#include "runtime/value/number.h"

namespace chainhunt::driver {
namespace {

using Type = std::string;

/// What values may be, the first that all of a field's values are is proposed.
enum Kind : unsigned { kIp, kGuid, kSid, kBool, kInt, kIsoTime, kPath, kKinds };
constexpr std::array<const char*, kKinds> kTypes = {"ip", "guid", "sid", "bool", "int", "time", "path"};

bool is_guid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : base::hex_digit(text[i]) < 0) return false;
  }
  return true;
}

bool is_path(std::string_view text) {
  const bool drive = text.size() > 2 && text[1] == ':' && text[2] == '\\';
  return drive || text.substr(0, 2) == "\\\\" || (text.size() > 1 && text[0] == '/' && text.find(' ') == std::string_view::npos);
}

bool is_kind(unsigned kind, std::string_view text, bool number) {
  switch (kind) {
    case kIp: return value::parse_address(text).has_value();
    case kGuid: return is_guid(text);
    case kSid: return text.substr(0, 4) == "S-1-";
    case kBool: return text == "true" || text == "false";
    // Digits in quotes may be anything: a phone number, a padded id.
    case kInt: return number && value::parse_number(text).has_value();
    case kIsoTime: return !number && input::parse_time(text).has_value();
    case kPath: return is_path(text);
    default: return false;
  }
}

constexpr std::int64_t kEarliest = 946'684'800, kLatest = 4'102'444'800;  // 2000 to 2100, in seconds

bool is_epoch(std::string_view text, std::int64_t per_second) {
  const auto ticks = input::parse_epoch_in(text, input::kTicksPerSecond / per_second);
  return ticks && *ticks >= kEarliest * input::kTicksPerSecond && *ticks < kLatest * input::kTicksPerSecond;
}

bool has_word(std::string name, std::initializer_list<std::string_view> words) {
  for (char& c : name) c = base::lower_ascii(c);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

constexpr std::array kReserved = {"and", "or", "not", "in", "of", "by", "then", "where", "within", "any", "all", "exists", "missing", "cased", "has", "lacks",
                                  "like", "contains", "starts", "ends", "matches", "distinct", "hops", "mask", "nothing"};

bool is_plain(std::string_view name) {
  if (name.empty() || base::is_digit(name[0])) return false;
  const auto fine = [](char c) { return base::is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::all_of(name.begin(), name.end(), fine) && std::find(kReserved.begin(), kReserved.end(), name) == kReserved.end();
}

/// A path as rules write it; empty if it cannot be written.
std::string written(const std::string& path) {
  std::string out;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (part.empty() || part.find_first_of("`\r\n") != std::string::npos) return {};
    out += (out.empty() ? "" : ".") + (is_plain(part) ? part : "`" + part + "`");
    begin = end + 1;
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string out;
  out.push_back('"');
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out.push_back('"');
  return out;
}

struct Field {
  std::size_t order = 0;                  ///< of first sight
  std::uint64_t records = 0;
  std::array<bool, kKinds> may{};         ///< all values so far
  bool epoch_s = true, epoch_ms = true, zoned = true, text = true, single = true;
  std::map<std::string, std::uint64_t> values;  ///< at most kMaxProposedCodes + 1
};

}  // namespace

struct Sample::Seen {
  std::uint64_t records = 0;
  std::map<std::string, Field> fields;                            ///< by path
  /// By path of a possible code and its value: the fields of such records.
  std::map<std::string, std::map<std::string, std::set<std::string>>> kinds;
};

Sample::Sample() : seen_(std::make_unique<Seen>()) {}
Sample::~Sample() = default;
std::uint64_t Sample::records() const { return seen_->records; }

const abi::RecordSource* Sample::recognise(const abi::EventView& event) {
  ++seen_->records;
  std::set<std::string> here;
  std::vector<std::pair<std::string, std::string>> codes;
  for (std::uint32_t i = 0; i < event.all_count; ++i) {
    const std::string path(event.all[i].name.view());
    const abi::Cell& cell = event.all[i].value;
    if (!here.insert(path).second) continue;
    auto found = seen_->fields.find(path);
    if (found == seen_->fields.end()) {
      if (seen_->fields.size() >= kMaxSampledFields) continue;
      found = seen_->fields.emplace(path, Field()).first;
      found->second.order = seen_->fields.size();
      found->second.may.fill(true);
    }
    Field& field = found->second;
    ++field.records;
    const bool list = cell.wire == abi::Wire::list;
    field.single = field.single && !list;
    for (std::uint32_t k = 0; k < (list ? cell.size : 1); ++k) {
      const abi::Cell& one = list ? cell.cells[k] : cell;
      const std::string text = value::display(value::Type::text, one);
      if (text.empty() || text == "-") continue;  // missing, whatever the type
      const bool number = one.wire != abi::Wire::text;
      for (unsigned kind = 0; kind < kKinds; ++kind) field.may[kind] = field.may[kind] && is_kind(kind, text, number);
      field.epoch_s = field.epoch_s && is_epoch(text, 1);
      field.epoch_ms = field.epoch_ms && is_epoch(text, 1000);
      const auto time = input::parse_time(text);
      field.zoned = field.zoned && time && time->has_zone;
      field.text = field.text && !number;
      if (field.values.size() <= kMaxProposedCodes) ++field.values[text];
      if (!list && text.size() <= 100) codes.emplace_back(path, text);
    }
  }
  // A field that may still tell kinds apart: one short value per record, and few different ones.
  for (const auto& [path, text] : codes) {
    const Field& field = seen_->fields.at(path);
    if (field.values.size() > kMaxProposedCodes || !field.single) {
      seen_->kinds.erase(path);
      continue;
    }
    if (!seen_->kinds.contains(path) && field.records > 1 && field.records < seen_->records) continue;
    auto& kind = seen_->kinds[path][text];
    kind.insert(here.begin(), here.end());
  }
  return nullptr;
}

std::string Sample::propose(const std::string& name, std::string& error) const {
  std::vector<std::pair<std::string, const Field*>> common;  // in all records, in the order of the log
  for (const auto& [path, field] : seen_->fields) {
    if (field.records == seen_->records && !written(path).empty()) common.emplace_back(path, &field);
  }
  std::sort(common.begin(), common.end(), [](const auto& a, const auto& b) { return a.second->order < b.second->order; });
  const auto best = [&](const auto& fits, std::initializer_list<std::string_view> names) -> const std::pair<std::string, const Field*>* {
    for (const std::string_view wanted : names) {
      for (const auto& one : common) {
        if (base::equal_ascii_case(last_part(one.first), wanted) && fits(*one.second)) return &one;
      }
    }
    for (const auto& one : common) {
      if (names.size() != 0 && fits(*one.second) && has_word(last_part(one.first), {*(names.end() - 1)})) return &one;
    }
    return nullptr;
  };
  const auto is_time = [](const Field& f) { return f.single && !f.values.empty() && (f.may[kIsoTime] || f.epoch_s || f.epoch_ms); };
  const auto* time = best(is_time, {"timestamp", "@timestamp", "eventtime", "event_time", "ts", "datetime", "timegenerated", "date", "time"});
  if (time == nullptr) {
    for (const auto& one : common) {
      if (is_time(*one.second) && one.second->may[kIsoTime]) time = time ? time : &one;
    }
  }
  if (time == nullptr) {
    error = seen_->records == 0 ? "no record in it that is not of a Windows log already" : "no field that all records have reads as a time";
    return {};
  }
  // Names in the order of how surely they tell kinds apart.
  const auto is_code = [&](const Field& f) {
    return f.single && !is_time(f) && !f.may[kIp] && !f.may[kGuid] && !f.values.empty() && f.values.size() <= kMaxProposedCodes &&
           (f.text || f.may[kInt]) && (f.values.size() < f.records || f.records < 10);
  };
  const auto* code = best(is_code, {"event_type", "eventname", "eventtype", "event_name", "actiontype", "event_id", "eventid", "_path", "log_type", "record_type",
                                    "action", "operation", "kind", "type"});
  if (code && !seen_->kinds.contains(code->first)) code = nullptr;
  const auto* computer = best([](const Field& f) { return f.single && f.text && !f.values.empty() && !f.may[kIp]; },
                              {"computer", "hostname", "host", "host_name", "computer_name", "devicename", "device_name", "sensor", "agent_hostname"});

  std::string out = fmt::format("// Proposed from {} record{}: read it before it is used.\npack {} version \"0.1.0\"\n\nsource {} {{\n  json  ", seen_->records,
                                seen_->records == 1 ? "" : "s", name, name);
  std::string tells;
  std::size_t told = 0;
  for (const auto& [path, field] : common) {
    if (told == 4) break;
    if (computer && path == computer->first) continue;
    if (field->values.empty()) continue;
    tells += (tells.empty() ? "exists " : " and exists ") + written(path);
    ++told;
  }
  out += tells + "\n";
  const Field& times = *time->second;
  out += "  time  " + written(time->first) + (times.may[kIsoTime] ? "" : times.epoch_s ? " as epoch_s" : " as epoch_ms");
  out += times.may[kIsoTime] && !times.zoned ? "  // its times name no zone: add zone \"+hh:mm\" if they are not UTC\n" : "\n";
  if (code) out += "  code  " + written(code->first) + "\n";
  if (computer) out += "  computer  " + written(computer->first) + "\n";

  const auto add_event = [&](const std::string& spelled, const std::set<std::string>* only) {
    out += "  event " + spelled + " {\n";
    std::vector<std::pair<std::string, const Field*>> fields;
    for (const auto& [path, field] : seen_->fields) {
      if ((only == nullptr || only->contains(path)) && path != time->first && !(code && path == code->first) && !(computer && path == computer->first)) {
        fields.emplace_back(path, &field);
      }
    }
    std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.second->order < b.second->order; });
    std::set<std::string> taken = {"computer", "channel", "provider", "event_id", "record_id", "time"};
    std::size_t listed = 0, left = 0;
    for (const auto& [path, field] : fields) {
      const std::string place = written(path);
      if (place.empty() || listed >= kMaxProposedFields) {
        ++left;
        continue;
      }
      // The last part, or as much of the path as it takes to be another field than those before.
      std::string own;
      for (std::size_t at = path.size(); own.empty() || taken.contains(model::snake_case(own));) {
        if (at == std::string::npos || at == 0) {
          own += "_";
          if (taken.contains(model::snake_case(own)) && own.size() > 200) break;
          continue;
        }
        at = path.rfind('.', at - 1);
        own = path.substr(at == std::string::npos ? 0 : at + 1);
        for (char& c : own) {
          if (!is_plain(std::string("a") + c)) c = '_';
        }
        if (!is_plain(own)) own = "field_" + own;
      }
      if (!taken.insert(model::snake_case(own)).second) {
        ++left;
        continue;
      }
      Type type = "text";
      for (unsigned kind = kKinds; kind-- > 0;) {
        if (field->may[kind] && !field->values.empty()) type = kTypes[kind];
      }
      const auto is_called = [&](std::initializer_list<std::string_view> names) {
        return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return base::equal_ascii_case(last_part(path), n); });
      };
      if (type == "text" && is_called({"user", "username", "user_name", "account", "accountname", "account_name"})) type = "account";
      if (type == "text" && is_called({"host", "hostname", "host_name", "computer", "computername", "devicename"})) type = "host";
      out += "    " + own + ": " + type + (own == path ? "" : " = " + place) + "\n";
      ++listed;
    }
    if (left > 0) out += fmt::format("    // and {} more\n", left);
    out += "  }\n";
  };
  if (!code) {
    add_event(quoted("record"), nullptr);
  } else {
    const auto& kinds = seen_->kinds.at(code->first);
    std::size_t events = 0;
    std::set<std::string> numbers;
    for (const auto& [spelled, fields] : kinds) {
      if (spelled.find_first_of("\r\n") != std::string::npos) continue;
      if (const auto number = value::parse_number(spelled); number && !numbers.insert(value::print_number(*number)).second) continue;
      if (++events > kMaxProposedEvents) continue;
      add_event(quoted(spelled), &fields);
    }
    if (events > kMaxProposedEvents) out += fmt::format("  // and {} more kinds of records\n", events - kMaxProposedEvents);
  }
  return out + "}\n";
}

}  // namespace chainhunt::driver

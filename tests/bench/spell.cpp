#include "tests/bench/spell.h"

#include <utility>

namespace chainhunt::bench {
namespace {

/// Per byte: what to write behind a backslash; 'u': a \u escape; 0: the byte as it is.
struct Escapes {
  char of[256] = {};
  constexpr Escapes() {
    for (int c = 0; c < 0x20; ++c) of[c] = 'u';
    of['"'] = '"', of['\\'] = '\\', of['\n'] = 'n', of['\r'] = 'r', of['\t'] = 't';
  }
};
constexpr Escapes kEscapes;

constexpr std::int64_t kSecond = 10'000'000;

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = kEscapes.of[static_cast<unsigned char>(text[i])];
    if (escape == 0) continue;
    out.append(text, done, i - done);
    out.push_back('\\');
    out.push_back(escape);
    if (escape == 'u') append_hex(out, static_cast<unsigned char>(text[i]), 4);
    done = i + 1;
  }
  out.append(text, done);
}

void Members::clear() {
  text_.clear();
  members_.clear();
}

std::string& Members::open(std::string_view key) {
  const auto begin = static_cast<std::uint32_t>(text_.size());
  if (!members_.empty()) members_.back().end = begin;
  text_.push_back('"');
  text_ += key;
  text_.push_back('"');
  members_.push_back({begin, static_cast<std::uint32_t>(text_.size()), 0});
  return text_;
}

void Members::text(std::string_view key, std::string_view value) {
  std::string& out = open(key);
  out.push_back('"');
  append_escaped(out, value);
  out.push_back('"');
}

void Members::number(std::string_view key, std::uint64_t value) { append_number(open(key), value); }
void Members::quoted(std::string_view key, std::uint64_t value) {
  std::string& out = open(key);
  out.push_back('"');
  append_number(out, value);
  out.push_back('"');
}
void Members::hex(std::string_view key, std::uint64_t value) {
  std::string& out = open(key);
  out += "\"0x";
  append_hex(out, value);
  out.push_back('"');
}
void Members::raw(std::string_view key, std::string_view json) { open(key) += json; }

void Members::write(std::string& out, bool spaced, Random* shuffle) {
  if (!members_.empty()) members_.back().end = static_cast<std::uint32_t>(text_.size());
  if (shuffle != nullptr) {
    for (std::size_t i = members_.size(); i > 1; --i) std::swap(members_[i - 1], members_[shuffle->below(i)]);
  }
  out.push_back('{');
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (i > 0) out += spaced ? ", " : ",";
    out.append(text_, member.begin, member.value - member.begin);
    out += spaced ? ": " : ":";
    out.append(text_, member.value, member.end - member.value);
  }
  out.push_back('}');
}

JsonSpeller::JsonSpeller(const Company& company, JsonLayout layout, bool shuffle, bool spaced, std::uint64_t seed)
    : company_(company), layout_(layout), shuffle_(shuffle), spaced_(spaced), random_(mixed(seed) + 77) {}

void JsonSpeller::line(std::string& out, const Record& record) {
  top_.clear();
  switch (layout_) {
    case JsonLayout::winlogbeat: winlogbeat(out, record); break;
    case JsonLayout::flat: flat(out, record); break;
    case JsonLayout::nxlog: nxlog(out, record); break;
  }
  out.push_back('\n');
}

void JsonSpeller::add_fields(Members& members, const Record& record) {
  const auto fields = record.what().fields;
  for (std::size_t i = 0; i < record.count; ++i) members.text(fields[i].name, record.value(i));
}

void JsonSpeller::add_time(Members& members, std::string_view key, std::int64_t time, int digits, char between, bool zone) {
  std::string& out = members.open(key);
  out.push_back('"');
  append_time(out, time, digits, between);
  if (zone) out.push_back('Z');
  out.push_back('"');
}

/// The text that Windows shows: a title, headings, and the values again.
void JsonSpeller::add_message(std::string_view key, const Record& record, std::string_view newline) {
  std::string& out = top_.open(key);
  const EventKind& kind = record.what();
  out.push_back('"');
  append_escaped(out, kind.title);
  const bool plain = kind.channel == Channel::sysmon;
  for (std::size_t i = 0; i < record.count; ++i) {
    if (kind.fields[i].label == nullptr) continue;
    std::string_view label = kind.fields[i].label;
    const std::size_t heading = label.find('|');
    if (heading != std::string_view::npos) {
      out += newline;
      out += newline;
      out += label.substr(0, heading);
      label.remove_prefix(heading + 1);
    }
    out += newline;
    if (!plain) out += "\\t";
    out += label;
    out += plain ? " " : "\\t\\t";
    append_escaped(out, record.value(i));
  }
  out.push_back('"');
}

void JsonSpeller::winlogbeat(std::string& out, const Record& record) {
  const EventKind& kind = record.what();
  const ChannelKind& channel = kChannelKinds[static_cast<int>(kind.channel)];
  const Computer& computer = company_.computers[record.computer];
  const bool security = kind.channel == Channel::security;
  // Innermost objects first: each is written into the one around it.
  inner_.clear();
  inner_.number("id", record.thread_id);
  const std::string_view thread = object(inner_, thread_);
  inner_.clear();
  inner_.number("pid", record.process_id);
  inner_.raw("thread", thread);
  const std::string_view process = object(inner_, process_);
  inner_.clear();
  add_fields(inner_, record);
  const std::string_view data = object(inner_, data_);
  inner_.clear();
  inner_.text("channel", channel.name);
  inner_.number("record_id", record.record_id);
  inner_.text("provider_name", channel.provider);
  inner_.raw("process", process);
  inner_.text("computer_name", computer.name);
  inner_.text("provider_guid", channel.guid);
  inner_.raw("keywords", security ? "[\"Audit Success\"]" : "[]");
  inner_.text("opcode", "Info");
  inner_.text("task", kind.task_name);
  inner_.text("api", "wineventlog");
  inner_.number("version", kind.version);
  inner_.raw("event_data", data);
  inner_.quoted("event_id", kind.code);
  const std::string_view winlog = object(inner_, winlog_);
  inner_.clear();
  inner_.text("kind", "event");
  inner_.text("provider", channel.provider);
  inner_.text("action", kind.task_name);
  add_time(inner_, "created", record.time + kSecond, 3, 'T', true);
  inner_.quoted("code", kind.code);
  if (security) inner_.text("outcome", "success");
  const std::string_view event = object(inner_, event_);
  inner_.clear();
  inner_.text("name", computer.name);
  const std::string_view host = object(inner_, host_);
  inner_.clear();
  inner_.text("id", "6f84fa8d-516d-455c-b4b3-2cdcccff3979");
  inner_.text("name", computer.short_name);
  inner_.text("type", "winlogbeat");
  inner_.text("version", "7.16.2");
  const std::string_view agent = object(inner_, agent_);

  add_time(top_, "@timestamp", record.time, 3, 'T', true);
  top_.raw("host", host);
  top_.raw("winlog", winlog);
  top_.raw("agent", agent);
  top_.raw("ecs", spaced_ ? "{\"version\": \"1.12.0\"}" : "{\"version\":\"1.12.0\"}");
  top_.raw("log", spaced_ ? "{\"level\": \"information\"}" : "{\"level\":\"information\"}");
  add_message("message", record, "\\n");
  top_.raw("event", event);
  write(top_, out);
}

void JsonSpeller::flat(std::string& out, const Record& record) {
  const EventKind& kind = record.what();
  const ChannelKind& channel = kChannelKinds[static_cast<int>(kind.channel)];
  top_.text("SourceName", channel.provider);
  top_.text("ProviderGuid", channel.guid);
  top_.text("Level", kind.channel == Channel::security ? "0" : "4");
  top_.hex("Keywords", channel.keywords);
  top_.text("Channel", channel.name);
  top_.text("Hostname", company_.computers[record.computer].name);
  add_time(top_, "TimeCreated", record.time, 3, 'T', true);
  add_time(top_, "@timestamp", record.time, 3, 'T', true);
  top_.number("EventID", kind.code);
  top_.number("RecordNumber", record.record_id);
  add_message("Message", record, "\\r\\n");
  top_.quoted("Task", kind.task);
  add_fields(top_, record);
  write(top_, out);
}

/// The collector's clock is UTC; records arrive up to two seconds later.
void JsonSpeller::nxlog(std::string& out, const Record& record) {
  const EventKind& kind = record.what();
  const ChannelKind& channel = kChannelKinds[static_cast<int>(kind.channel)];
  const bool security = kind.channel == Channel::security;
  const std::int64_t arrived = record.time + kSecond + record.thread_id % 1000 * 10'000;
  add_time(top_, "EventTime", record.time, 0, ' ', false);
  top_.text("Hostname", company_.computers[record.computer].name);
  // NXLog prints keywords as a signed number.
  top_.raw("Keywords", security ? "-9214364837600034816" : "-9223372036854775808");
  // Sysmon 13 has a field of this name.
  if (record.kind != kSysmon13) top_.text("EventType", security ? "AUDIT_SUCCESS" : "INFO");
  top_.number("SeverityValue", 2);
  top_.text("Severity", "INFO");
  top_.number("EventID", kind.code);
  top_.text("SourceName", channel.provider);
  top_.text("ProviderGuid", channel.guid);
  top_.number("Version", kind.version);
  top_.number("Task", kind.task);
  top_.number("OpcodeValue", 0);
  top_.number("RecordNumber", record.record_id);
  top_.number("ExecutionProcessID", record.process_id);
  top_.number("ThreadID", record.thread_id);
  top_.text("Channel", channel.name);
  add_message("Message", record, "\\r\\n");
  top_.text("Category", kind.task_name);
  top_.text("Opcode", "Info");
  add_fields(top_, record);
  add_time(top_, "EventReceivedTime", arrived, 0, ' ', false);
  add_time(top_, "@timestamp", arrived, 3, 'T', true);
  top_.text("SourceModuleName", "eventlog");
  top_.text("SourceModuleType", "im_msvistalog");
  write(top_, out);
}

}  // namespace chainhunt::bench

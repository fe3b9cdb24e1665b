#include "runtime/input/json/layouts.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "runtime/input/time.h"

namespace chainhunt::input::json {
namespace {

using Paths = std::string_view[];

// --- evtx_dump and other XML-to-JSON converters: Event / System / EventData, attributes spelled in
// several ways. The record is the object that holds System (see inner_record()).

constexpr Paths kEvtxChannel = {"System.Channel"};
constexpr Paths kEvtxProvider = {"System.Provider.#attributes.Name", "System.Provider.@Name", "System.Provider_attributes.Name",
                                 "System.Provider.Name", "System.Provider"};
constexpr Paths kEvtxCode = {"System.EventID"};
constexpr Paths kEvtxComputer = {"System.Computer"};
constexpr Paths kEvtxRecordId = {"System.EventRecordID"};
constexpr Paths kEvtxTime = {"System.TimeCreated.#attributes.SystemTime", "System.TimeCreated.@SystemTime",
                             "System.TimeCreated_attributes.SystemTime", "System.TimeCreated.SystemTime", "System.TimeCreated"};
constexpr Paths kEvtxData = {"EventData"};
constexpr Paths kEvtxWrapped = {"UserData"};
constexpr Elsewhere kEvtxElsewhere[] = {
    {"Level", "System.Level"}, {"Task", "System.Task"}, {"Keywords", "System.Keywords"}, {"Opcode", "System.Opcode"},
    {"Version", "System.Version"},
    {"ProcessID", "System.Execution.#attributes.ProcessID"}, {"ProcessID", "System.Execution.@ProcessID"},
    {"ProcessID", "System.Execution_attributes.ProcessID"}, {"ProcessID", "System.Execution.ProcessID"},
    {"ThreadID", "System.Execution.#attributes.ThreadID"}, {"ThreadID", "System.Execution.@ThreadID"},
    {"ThreadID", "System.Execution_attributes.ThreadID"}, {"ThreadID", "System.Execution.ThreadID"},
    {"UserID", "System.Security.#attributes.UserID"}, {"UserID", "System.Security.@UserID"},
    {"UserID", "System.Security_attributes.UserID"}, {"UserID", "System.Security.UserID"},
    {"ActivityID", "System.Correlation.#attributes.ActivityID"}, {"ActivityID", "System.Correlation.@ActivityID"},
    {"ActivityID", "System.Correlation_attributes.ActivityID"}, {"ActivityID", "System.Correlation.ActivityID"},
    {"Message", "RenderingInfo.Message"},
};

// --- winlogbeat 7 and later, Elastic agent. Its sysmon module moves fields to ECS names.

constexpr Paths kWl7Channel = {"winlog.channel"};
constexpr Paths kWl7Provider = {"winlog.provider_name", "event.provider"};
constexpr Paths kWl7Code = {"winlog.event_id", "event.code"};
constexpr Paths kWl7Computer = {"winlog.computer_name", "host.name", "host.hostname"};
constexpr Paths kWl7RecordId = {"winlog.record_id"};
constexpr Paths kWl7Time = {"winlog.time_created", "@timestamp"};
constexpr Paths kWl7Data = {"winlog.event_data"};
constexpr Paths kWl7Wrapped = {"winlog.user_data"};
constexpr Elsewhere kWl7Elsewhere[] = {
    {"Level", "log.level"}, {"Task", "winlog.task"}, {"Keywords", "winlog.keywords"}, {"Opcode", "winlog.opcode"},
    {"Version", "winlog.version"}, {"ProcessID", "winlog.process.pid"}, {"ThreadID", "winlog.process.thread.id"},
    {"UserID", "winlog.user.identifier"}, {"ActivityID", "winlog.activity_id"},
    {"Image", "process.executable"}, {"ProcessGuid", "process.entity_id"}, {"ProcessId", "process.pid"},
    {"CommandLine", "process.command_line"}, {"CurrentDirectory", "process.working_directory"},
    {"ParentImage", "process.parent.executable"}, {"ParentProcessGuid", "process.parent.entity_id"},
    {"ParentProcessId", "process.parent.pid"}, {"ParentCommandLine", "process.parent.command_line"},
    {"TargetFilename", "file.path"}, {"TargetObject", "registry.path"}, {"ImageLoaded", "file.path"},
    {"SourceIp", "source.ip"}, {"SourcePort", "source.port"}, {"SourceHostname", "source.domain"},
    {"DestinationIp", "destination.ip"}, {"DestinationPort", "destination.port"}, {"DestinationHostname", "destination.domain"},
    {"Protocol", "network.transport"}, {"QueryName", "dns.question.name"}, {"PipeName", "file.name"},
    {"RuleName", "rule.name"}, {"IpAddress", "source.ip"}, {"IpPort", "source.port"},
};

// --- winlogbeat 5 and 6: the same at top level.

constexpr Paths kWl6Channel = {"log_name"};
constexpr Paths kWl6Provider = {"source_name", "provider_name"};
constexpr Paths kWl6Code = {"event_id"};
constexpr Paths kWl6Computer = {"computer_name"};
constexpr Paths kWl6RecordId = {"record_number", "record_id"};
constexpr Paths kWl6Time = {"@timestamp"};
constexpr Paths kWl6Data = {"event_data"};
constexpr Paths kWl6Wrapped = {"user_data"};
constexpr Elsewhere kWl6Elsewhere[] = {
    {"Level", "level"}, {"Task", "task"}, {"Keywords", "keywords"}, {"Opcode", "opcode"}, {"Version", "version"},
    {"ProcessID", "process_id"}, {"ThreadID", "thread_id"}, {"UserID", "user.identifier"}, {"ActivityID", "activity_id"},
};

// --- flat: the data stand among the rest.

constexpr Paths kFlatData = {""};
constexpr Paths kFlatChannel = {"Channel", "LogName"};
constexpr Paths kFlatProvider = {"SourceName", "ProviderName", "Provider", "Source"};
constexpr Paths kFlatCode = {"EventID"};
constexpr Paths kFlatComputer = {"Hostname", "Computer", "ComputerName", "MachineName"};
constexpr Paths kFlatRecordId = {"RecordNumber", "EventRecordID", "RecordId"};
constexpr Paths kFlatTime = {"TimeCreated", "SystemTime", "@timestamp"};
constexpr Elsewhere kFlatElsewhere[] = {
    {"ProcessID", "ExecutionProcessID"}, {"ThreadID", "ExecutionThreadID"}, {"Opcode", "OpcodeValue"},
};
constexpr Paths kFlatEnvelope = {
    "Message", "Channel", "LogName", "SourceName", "ProviderName", "Provider", "Source", "ProviderGuid", "EventID", "Hostname",
    "Computer", "ComputerName", "MachineName", "RecordNumber", "EventRecordID", "RecordId", "TimeCreated", "SystemTime",
    "@timestamp", "@version", "host", "port", "tags", "EventReceivedTime", "EventTime", "SourceModuleName", "SourceModuleType",
    "Severity", "SeverityValue", "Keywords", "Task", "OpcodeValue", "Version", "Level", "ExecutionProcessID", "ThreadID", "type"};

constexpr Paths kNxlogTime = {"EventTime"};

// --- Azure Monitor's SecurityEvent and Event tables.

constexpr Paths kAzureChannel = {"Channel", "EventLog"};
constexpr Paths kAzureProvider = {"EventSourceName", "Source", "Provider"};
constexpr Paths kAzureComputer = {"Computer"};
constexpr Paths kAzureRecordId = {"EventRecordId", "EventRecordID"};
constexpr Paths kAzureTime = {"TimeCreated", "TimeGenerated"};
constexpr Paths kAzureEnvelope = {
    "TenantId", "TimeGenerated", "TimeCreated", "TimeCollected", "SourceSystem", "Computer", "EventSourceName", "Source", "Channel",
    "EventLog", "Task", "Level", "EventLevelName", "EventData", "ParameterXml", "RenderedDescription", "EventID", "Activity",
    "SourceComputerId", "EventOriginId", "MG", "ManagementGroupName", "Type", "_ResourceId", "EventRecordId", "EventRecordID"};

// --- the decoder that made many public collections of EVTX as JSON: `data` beside short names.

constexpr Paths kBxProvider = {"Provider"};
constexpr Paths kBxTime = {"Time"};
constexpr Paths kBxData = {"data"};
constexpr Elsewhere kBxElsewhere[] = {
    {"Level", "Level"}, {"Task", "Task"}, {"Keywords", "Keywords"}, {"Opcode", "Opcode"}, {"Version", "Version"},
    {"ProcessID", "PID"}, {"ThreadID", "TID"}, {"UserID", "UserID"}, {"ActivityID", "ActivityID"},
};

// --- Splunk: fields extracted by its Windows add-on.

constexpr Paths kSplunkChannel = {"LogName", "Channel", "source", "sourcetype"};
constexpr Paths kSplunkProvider = {"SourceName", "Source_Name", "ProviderName", "Name"};
constexpr Paths kSplunkCode = {"EventCode", "EventID", "signature_id"};
constexpr Paths kSplunkComputer = {"ComputerName", "Computer", "dvc", "host"};
constexpr Paths kSplunkRecordId = {"RecordNumber", "EventRecordID"};
constexpr Paths kSplunkTime = {"_time", "SystemTime", "TimeCreated", "timestamp"};
constexpr Paths kSplunkEnvelope = {
    "_raw", "_time", "_cd", "_bkt", "_indextime", "_serial", "_si", "_sourcetype", "_subsecond", "_eventtype_color", "EventCode",
    "ComputerName", "Computer", "dvc", "host", "source", "sourcetype", "index", "linecount", "splunk_server", "punct", "eventtype",
    "tag", "timestamp", "Message", "body", "LogName", "Channel", "SourceName", "RecordNumber", "EventRecordID", "SystemTime"};

// --- the Event Viewer's "Save as CSV" in English: what the list shows, and the message, which its header does not name.

constexpr Paths kViewerProvider = {"Source"};
constexpr Paths kViewerCode = {"Event ID"};
constexpr Paths kViewerTime = {"Date and Time"};
constexpr Elsewhere kViewerElsewhere[] = {{"Task", "Task Category"}};
constexpr Paths kViewerEnvelope = {"Level", "Keywords", "Date and Time", "Source", "Event ID", "Task Category", "Computer", "Log", "User", "Message"};
constexpr Paths kViewerChannel = {"Log"};

// --- anything else with an event id.

constexpr Paths kGenericChannel = {"Channel", "channel", "LogName", "log_name", "Log", "EventLog", "event.channel"};
constexpr Paths kGenericProvider = {"ProviderName", "Provider", "provider", "provider_name", "SourceName", "source_name", "Source", "event.provider"};
constexpr Paths kGenericCode = {"EventID", "EventId", "event_id", "eventId", "eventid", "Event_ID", "EventCode", "event_code", "event.code", "Id"};
constexpr Paths kGenericComputer = {"Computer", "computer", "ComputerName", "computer_name", "Hostname", "hostname", "MachineName", "DeviceName", "host.name", "host"};
constexpr Paths kGenericRecordId = {"EventRecordID", "EventRecordId", "RecordNumber", "RecordID", "RecordId", "record_id", "record_number"};
constexpr Paths kAnyTime = {"TimeCreated", "SystemTime", "UtcTime", "EventTime", "@timestamp", "timestamp", "Timestamp", "time",
                            "Time", "_time", "ts", "eventTime", "event_time", "datetime", "date", "TimeGenerated"};

bool has(const Tape& tape, std::uint32_t record, std::string_view name) { return tape.find(record, name) != kNone; }

bool is_evtx(const Tape& tape, std::uint32_t record) {
  return tape.is(tape.find(record, "System"), Kind::object);
}
bool is_winlogbeat7(const Tape& tape, std::uint32_t record) {
  return tape.is(tape.find(record, "winlog"), Kind::object) || has(tape, record, "winlog.event_id");
}
bool is_winlogbeat6(const Tape& tape, std::uint32_t record) {
  return has(tape, record, "log_name") && has(tape, record, "event_id") && has(tape, record, "@timestamp");
}
bool is_bx(const Tape& tape, std::uint32_t record) {
  return tape.is(tape.find(record, "data"), Kind::object) && has(tape, record, "EventID") && has(tape, record, "Provider");
}
bool is_azure(const Tape& tape, std::uint32_t record) {
  return has(tape, record, "TimeGenerated") && has(tape, record, "EventID");
}
bool is_nxlog(const Tape& tape, std::uint32_t record) {
  return has(tape, record, "EventTime") && has(tape, record, "EventID");
}
bool is_flat(const Tape& tape, std::uint32_t record) {
  return has(tape, record, "EventID") && (has(tape, record, "Channel") || has(tape, record, "LogName"));
}
bool is_splunk(const Tape& tape, std::uint32_t record) {
  return has(tape, record, "EventCode");
}
bool is_viewer(const Tape& tape, std::uint32_t record) {
  return has(tape, record, "Event ID") && has(tape, record, "Date and Time");
}
bool is_generic(const Tape& tape, std::uint32_t record) {
  for (const std::string_view path : kGenericCode) {
    if (tape.find_path(record, path) == kNone) continue;
    // PowerShell's ConvertTo-Json says "Id", which means anything elsewhere.
    if (path == "Id") return has(tape, record, "LogName") && has(tape, record, "ProviderName");
    return true;
  }
  return false;
}
bool is_anything(const Tape&, std::uint32_t) { return true; }

// Order matters: the first that recognises a record takes it.
constexpr Layout kLayouts[] = {
    {"evtx_dump", is_evtx, kEvtxChannel, kEvtxProvider, kEvtxCode, kEvtxComputer, kEvtxRecordId, kEvtxTime, TimeRule::plain,
     kEvtxData, kEvtxWrapped, {}, kEvtxElsewhere, {}, true},
    {"winlogbeat7", is_winlogbeat7, kWl7Channel, kWl7Provider, kWl7Code, kWl7Computer, kWl7RecordId, kWl7Time, TimeRule::plain,
     kWl7Data, kWl7Wrapped, {}, kWl7Elsewhere, {}, true},
    {"winlogbeat6", is_winlogbeat6, kWl6Channel, kWl6Provider, kWl6Code, kWl6Computer, kWl6RecordId, kWl6Time, TimeRule::plain,
     kWl6Data, kWl6Wrapped, {}, kWl6Elsewhere, {}, true},
    {"bx", is_bx, kFlatChannel, kBxProvider, kFlatCode, kFlatComputer, kFlatRecordId, kBxTime, TimeRule::plain,
     kBxData, {}, {}, kBxElsewhere, {}, true},
    {"azure", is_azure, kAzureChannel, kAzureProvider, kFlatCode, kAzureComputer, kAzureRecordId, kAzureTime, TimeRule::plain,
     kFlatData, {}, "EventData", {}, kAzureEnvelope, true},
    {"nxlog", is_nxlog, kFlatChannel, kFlatProvider, kFlatCode, kFlatComputer, kFlatRecordId, kNxlogTime, TimeRule::nxlog,
     kFlatData, {}, {}, kFlatElsewhere, kFlatEnvelope, true},
    {"flat", is_flat, kFlatChannel, kFlatProvider, kFlatCode, kFlatComputer, kFlatRecordId, kFlatTime, TimeRule::plain,
     kFlatData, {}, "EventData", kFlatElsewhere, kFlatEnvelope, true},
    {"splunk", is_splunk, kSplunkChannel, kSplunkProvider, kSplunkCode, kSplunkComputer, kSplunkRecordId, kSplunkTime, TimeRule::plain,
     kFlatData, {}, {}, kFlatElsewhere, kSplunkEnvelope, true},
    {"event_viewer", is_viewer, kViewerChannel, kViewerProvider, kViewerCode, kAzureComputer, {}, kViewerTime, TimeRule::plain,
     kFlatData, {}, {}, kViewerElsewhere, kViewerEnvelope, true},
    {"generic", is_generic, kGenericChannel, kGenericProvider, kGenericCode, kGenericComputer, kGenericRecordId, kAnyTime,
     TimeRule::plain, kFlatData, {}, {}, {}, {}, false},
    {"custom", is_anything, {}, {}, {}, kGenericComputer, {}, kAnyTime, TimeRule::plain, kFlatData, {}, {}, {}, {}, false},
};

std::uint32_t first_of(const Tape& tape, std::uint32_t record, std::span<const std::string_view> paths) {
  for (const std::string_view path : paths) {
    const std::uint32_t found = scalar(tape, tape.find_path(record, path));
    if (found != kNone && !tape.is(found, Kind::null_value)) return found;
  }
  return kNone;
}

/// Names are texts: a number keeps its spelling, a list gives its first element.
abi::Cell text_cell(Tape& tape, std::uint32_t index) {
  if (index == kNone) return abi::Cell::none();
  if (tape.is(index, Kind::array)) {
    if (tape[index].next == index + 1) return abi::Cell::none();
    index = scalar(tape, index + 1);
    if (index == kNone || tape.is(index, Kind::array)) return abi::Cell::none();
  }
  if (tape.is(index, Kind::text)) return abi::Cell::of_text(tape.text(index));
  if (tape.is(index, Kind::number)) return abi::Cell::of_text(tape.raw(index));
  return abi::Cell::none();
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [p, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || p != end || text.empty()) return std::nullopt;
  return number;
}

abi::Cell code_cell(Tape& tape, std::uint32_t index, bool windows) {
  const abi::Cell cell = text_cell(tape, index);
  if (cell.wire != abi::Wire::text) return cell;
  const std::optional<std::uint64_t> number = whole_number(cell.view());
  if (!number || *number > INT64_MAX) return cell;
  // Event ids have 16 bits; some exports hand over the 32 bits of old logs, with the qualifiers on top.
  constexpr std::uint64_t kIdBits = 0xffff;
  const std::uint64_t id = windows && *number <= 0xffffffff ? *number & kIdBits : *number;
  return abi::Cell::of_number(static_cast<std::int64_t>(id), abi::Wire::dec);
}

abi::Cell record_id_cell(Tape& tape, std::uint32_t index) {
  const abi::Cell cell = text_cell(tape, index);
  if (cell.wire != abi::Wire::text) return abi::Cell::none();
  const std::optional<std::uint64_t> number = whole_number(cell.view());
  if (!number) return abi::Cell::none();
  return abi::Cell::of_number(static_cast<std::int64_t>(*number), abi::Wire::udec);
}

std::optional<ParsedTime> time_of(Tape& tape, std::uint32_t index) {
  if (index == kNone) return std::nullopt;
  if (tape.is(index, Kind::number)) return parse_epoch(tape.raw(index));
  const abi::Cell cell = text_cell(tape, index);
  if (cell.wire != abi::Wire::text) return std::nullopt;
  if (const auto time = parse_time(cell.view())) return time;
  return parse_epoch(cell.view());
}

/// nxlog: `@timestamp` is when the record arrived at the collector, up to a minute late and out of
/// order. `EventTime` is when it happened, in whole seconds of an unnamed local zone. Sysmon says
/// exactly, in UTC, when (UtcTime). So, best first:
///  1. Sysmon's UtcTime.
///  2. EventTime, if it names its zone.
///  3. EventTime moved by its zone, which is what lies between two clocks read (almost) at once: the
///     collector's local EventReceivedTime (else EventTime itself) and @timestamp, to the nearest
///     quarter of an hour, as all zones are. EventTime 14:53:30, EventReceivedTime 14:53:32,
///     @timestamp 18:53:32.341Z: the zone is -4 h and the time 18:53:30.
///  4. EventTime as UTC, if there is no @timestamp or it is no zone's distance away (later imports).
///  5. @timestamp.
constexpr std::string_view kNxlogTimes[] = {"UtcTime", "EventTime", "@timestamp", "EventReceivedTime"};

std::optional<ParsedTime> nxlog_time(Tape& tape, const std::vector<std::uint32_t>& times, const abi::Cell& provider) {
  if (provider.wire == abi::Wire::text && provider.view() == "Microsoft-Windows-Sysmon") {
    if (const auto exact = time_of(tape, times[0])) return exact;
  }
  const auto happened = time_of(tape, times[1]);
  const auto arrived = time_of(tape, times[2]);
  if (!happened) return arrived;
  if (happened->has_zone || !arrived) return happened;
  const auto received = time_of(tape, times[3]);
  const std::int64_t local = received && !received->has_zone ? received->ticks : happened->ticks;
  constexpr std::int64_t kQuarter = 15 * 60 * kTicksPerSecond;
  constexpr std::int64_t kWidestZone = 14 * 3600 * kTicksPerSecond;
  const std::int64_t distance = arrived->ticks - local;
  if (distance > kWidestZone + kQuarter / 2 || distance < -kWidestZone - kQuarter / 2) return happened;
  const std::int64_t half = distance < 0 ? -kQuarter / 2 : kQuarter / 2;
  const std::int64_t zone = (distance + half) / kQuarter * kQuarter;
  return ParsedTime{happened->ticks + zone, true};
}

/// Splunk may name the log only as its input: "WinEventLog:Security", "XmlWinEventLog:Security".
std::string_view splunk_channel(std::string_view source) {
  const std::size_t colon = source.find(':');
  if (colon == std::string_view::npos) return source;
  const std::string_view input = source.substr(0, colon);
  return input == "WinEventLog" || input == "XmlWinEventLog" ? source.substr(colon + 1) : source;
}

void add_root(Places& places, const Tape& tape, std::uint32_t index) {
  if (places.root_count == kMaxRoots) return;
  if (tape.is(index, Kind::object) || tape.is(index, Kind::array)) places.roots[places.root_count++] = index;
}

}  // namespace

bool tells_records(std::string_view column) {
  for (const Layout& layout : kLayouts) {
    for (const auto& paths : {layout.code, layout.time}) {
      if (std::find(paths.begin(), paths.end(), column) != paths.end()) return true;
    }
  }
  return false;
}

bool holds_records(std::string_view name) {
  return name == "events" || name == "Events" || name == "records" || name == "Records" || name == "value" ||
         name == "results" || name == "hits";
}

std::uint32_t scalar(const Tape& tape, std::uint32_t index) {
  if (index == kNone || !tape.is(index, Kind::object)) return index;
  for (const std::string_view name : {"#text", "_text", "$text", "#value", "_"}) {
    const std::uint32_t inner = tape.find(index, name);
    if (inner != kNone) return tape.is(inner, Kind::object) ? kNone : inner;
  }
  return kNone;
}

std::uint32_t name_attribute(const Tape& tape, std::uint32_t element) {
  for (const std::string_view path : {"#attributes.Name", "@Name", "_attributes.Name", "$.Name", "Name"}) {
    const std::uint32_t found = tape.find_path(element, path);
    if (tape.is(found, Kind::text)) return found;
  }
  return kNone;
}

bool is_bulk_action(const Tape& tape, std::uint32_t top) {
  const std::uint32_t first = top + 1;
  if (!tape.is(top, Kind::object) || first >= tape[top].next || tape[first].next != tape[top].next) return false;
  const std::string_view key = tape.key(first);
  if ((key != "index" && key != "create") || !tape.is(first, Kind::object)) return false;
  for (std::uint32_t i = first + 1; i < tape[first].next; i = tape[i].next) {
    if (tape.key(i).substr(0, 1) != "_") return false;
  }
  return true;
}

std::uint32_t record_array(const Tape& tape, std::uint32_t top) {
  if (!tape.is(top, Kind::object)) return kNone;
  const std::uint32_t hits = tape.find_path(top, "hits.hits");
  if (tape.is(hits, Kind::array)) return hits;
  for (std::uint32_t i = top + 1; i < tape[top].next; i = tape[i].next) {
    if (!tape.is(i, Kind::array) || !holds_records(tape.key(i))) continue;
    // A record of its own that has such a member is told by its event id.
    if (is_generic(tape, top) || tape[i].next == i + 1 || !tape.is(i + 1, Kind::object)) return kNone;
    return i;
  }
  return kNone;
}

std::uint32_t inner_record(const Tape& tape, std::uint32_t object) {
  const std::uint32_t source = tape.find(object, "_source");
  if (tape.is(source, Kind::object)) object = source;
  const std::uint32_t result = tape.find(object, "result");
  if (tape.is(result, Kind::object) &&
      (tape[result].next == tape[object].next || has(tape, object, "preview") || has(tape, object, "offset"))) {
    object = result;
  }
  const std::uint32_t event = tape.find(object, "Event");
  if (tape.is(tape.find(event, "System"), Kind::object)) object = event;
  return object;
}

Places places_of(const Tape& tape, std::uint32_t record) {
  Places out;
  out.record = record;
  for (const Layout& layout : kLayouts) {
    if (layout.is(tape, record)) {
      out.layout = &layout;
      break;
    }
  }
  const Layout& layout = *out.layout;
  out.channel = first_of(tape, record, layout.channel);
  out.provider = first_of(tape, record, layout.provider);
  out.computer = first_of(tape, record, layout.computer);
  out.code = first_of(tape, record, layout.code);
  out.record_id = first_of(tape, record, layout.record_id);
  switch (layout.time_rule) {
    case TimeRule::nxlog:
      for (const std::string_view name : kNxlogTimes) out.time.push_back(tape.find(record, name));
      break;
    case TimeRule::plain:
      for (const std::string_view path : layout.time) {
        if (const std::uint32_t found = scalar(tape, tape.find_path(record, path)); found != kNone) out.time.push_back(found);
      }
      break;
  }
  for (const std::string_view path : layout.data) add_root(out, tape, path.empty() ? record : tape.find_path(record, path));
  for (const std::string_view path : layout.wrapped_data) {
    // Either {"UserData":{"EventXML":{fields}}} or the fields at once; both are searched.
    const std::uint32_t outer = tape.find_path(record, path);
    if (!tape.is(outer, Kind::object)) continue;
    for (std::uint32_t i = outer + 1; i < tape[outer].next; i = tape[i].next) {
      const std::string_view key = tape.key(i);
      if (tape.is(i, Kind::object) && key != "#attributes" && key.find("attributes") == std::string_view::npos) add_root(out, tape, i);
    }
    add_root(out, tape, outer);
  }
  if (!layout.xml.empty()) {
    const std::uint32_t xml = tape.find(record, layout.xml);
    if (tape.is(xml, Kind::text)) out.xml = xml;
    if (tape.is(xml, Kind::object)) add_root(out, tape, xml);
  }
  return out;
}

abi::Cell code_at(Tape& tape, const Places& places) { return code_cell(tape, places.code, places.layout->windows); }

namespace {

std::optional<ParsedTime> time_at(Tape& tape, const Places& places, const abi::Cell& provider) {
  switch (places.layout->time_rule) {
    case TimeRule::nxlog: return nxlog_time(tape, places.time, provider);
    case TimeRule::plain: break;
  }
  for (const std::uint32_t place : places.time) {
    if (const auto time = time_of(tape, place)) return time;
  }
  return std::nullopt;
}

}  // namespace

bool has_time(Tape& tape, const Places& places) { return time_at(tape, places, text_cell(tape, places.provider)).has_value(); }

Located locate(Tape& tape, const Places& places) {
  Located located;
  located.layout = places.layout;
  located.record = places.record;
  const Layout& layout = *places.layout;
  abi::Header& header = located.header;
  header = {};
  header.channel = text_cell(tape, places.channel);
  header.provider = text_cell(tape, places.provider);
  header.computer = text_cell(tape, places.computer);
  header.code = code_at(tape, places);
  header.record_id = record_id_cell(tape, places.record_id);
  if (layout.is == is_splunk && header.channel.wire == abi::Wire::text) {
    header.channel = abi::Cell::of_text(splunk_channel(header.channel.view()));
  }
  const std::optional<ParsedTime> time = time_at(tape, places, header.provider);
  if (time) {
    header.time = time->ticks;
    header.has_time = 1;
  }
  std::copy_n(places.roots, places.root_count, located.roots);
  located.root_count = places.root_count;
  if (places.xml != kNone) located.xml = tape.text(places.xml);
  return located;
}

Located locate(Tape& tape, std::uint32_t record) { return locate(tape, places_of(tape, record)); }

}  // namespace chainhunt::input::json

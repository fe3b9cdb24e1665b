// Microsoft Sentinel: the Security log in the table SecurityEvent, every other log in Event, whose EventData is XML.
//
// Strings are never null there, they are empty, so that a test of a missing field is false by itself. Columns that are
// numbers can be null: their tests are wrapped where that matters.
//
// A chain is a join of its steps: exact, equal times included. Counts look back n - 1 rows, or join with themselves.
// Operators as Microsoft's reference of the Kusto query language describes them; columns as its table reference lists them.
#include <algorithm>
#include <set>

#include "compiler/export/exporter.h"

namespace chainhunt::exporting {
namespace {

/// Columns of SecurityEvent that carry the field of the same name. Any other field is cut out of EventData.
const std::set<std::string>& columns() {
  static const std::set<std::string> names = {
      "AccessList", "AccessMask", "AccessReason", "AuthenticationPackageName", "CallerProcessId", "CallerProcessName", "CommandLine",
      "Disposition", "DomainName", "ElevatedToken", "FailureReason", "FileHash", "HandleId", "IpAddress", "IpPort", "KeyLength", "LmPackageName", "LogonGuid", "LogonProcessName",
      "LogonType", "MandatoryLabel", "MemberName", "MemberSid", "NewProcessId", "NewProcessName", "NewValue", "ObjectName", "ObjectServer", "ObjectType", "OldValue", "OperationType", "PackageName",
      "ParentProcessName", "PrivilegeList", "ProcessId", "ProcessName", "Properties", "RelativeTargetName", "ServiceAccount", "ServiceFileName", "ServiceName", "ServiceStartType",
      "ServiceType", "SessionName", "ShareLocalPath", "ShareName", "Status", "SubStatus", "SubjectDomainName", "SubjectLogonId", "SubjectUserName", "SubjectUserSid",
      "TargetDomainName", "TargetInfo", "TargetLogonGuid", "TargetLogonId", "TargetServerName", "TargetSid", "TargetUserName", "TargetUserSid", "TokenElevationType", "TransmittedServices",
      "VirtualAccount", "WorkstationName"};
  return names;
}
bool number_column(const std::string& name) { return name == "LogonType" || name == "KeyLength"; }

std::string quoted(const std::string& text) {
  std::string out = "@\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

class Query {
 public:
  Query(Writing& writing, const model::Event& event) : writing_(writing) {
    const auto& source = writing.model.sources[event.source];
    security_ = std::find(source.channels.begin(), source.channels.end(), "Security") != source.channels.end();
    channels_ = source.channels;
    providers_ = event.providers.empty() ? source.providers : event.providers;
  }

  std::string expression(const model::Operand& field) {
    switch (field.kind) {
      case model::OperandKind::computer: return "Computer";
      case model::OperandKind::channel: return security_ ? "Channel" : "EventLog";
      case model::OperandKind::provider: return security_ ? "EventSourceName" : "Source";
      case model::OperandKind::event_id: return "EventID";
      case model::OperandKind::field: break;
      case model::OperandKind::record_id: case model::OperandKind::time: case model::OperandKind::anywhere: case model::OperandKind::missing:
        throw Refusal{"export-header", "`" + field.shown + "` has no column there", {}};
    }
    if (security_ && columns().contains(field.name)) return field.name;
    for (const char c : field.name) {
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) throw Refusal{"export-field", "the name of the field `" + field.name + "` cannot stand in a query", {}};
    }
    writing_.note("fields without a column are cut out of EventData; &, < and > in their values are &amp;, &lt; and &gt; there");
    if (std::find(cut_out_.begin(), cut_out_.end(), field.name) == cut_out_.end()) cut_out_.push_back(field.name);
    return "Data_" + field.name;
  }

  /// The fields that expressions so far asked for and that are no columns.
  std::string extends() const {
    std::string out;
    for (const auto& name : cut_out_) out += "| extend Data_" + name + " = extract(" + quoted("<Data Name=['\"]" + name + "['\"]>([^<]*)</Data>") + ", 1, EventData)\n";
    return out;
  }

  std::string table() const {
    std::string out = security_ ? "SecurityEvent\n" : "Event\n";
    if (!security_) {
      if (!channels_.empty()) out += "| where EventLog in~ (" + list(channels_) + ")\n";
      if (!providers_.empty()) out += "| where Source in~ (" + list(providers_) + ")\n";
    }
    return out;
  }

  std::string where(const Condition& condition, bool negated = false) {
    std::string out;
    switch (condition.kind) {
      case Condition::Kind::always: return "true";
      case Condition::Kind::never: return "false";
      case Condition::Kind::negation: return "not(" + where(condition.children.front(), true) + ")";
      case Condition::Kind::test: return test(condition.test, negated);
      case Condition::Kind::conjunction: case Condition::Kind::disjunction:
        for (const auto& child : condition.children) {
          if (!out.empty()) out += condition.kind == Condition::Kind::conjunction ? " and " : " or ";
          const bool group = child.kind == Condition::Kind::conjunction || child.kind == Condition::Kind::disjunction;
          out += group ? "(" + where(child, negated) + ")" : where(child, negated);
        }
    }
    return out;
  }

 private:
  static std::string list(const std::vector<std::string>& values) {
    std::string out;
    for (const auto& value : values) out += (out.empty() ? "" : ", ") + quoted(value);
    return out;
  }

  std::string test(const Test& test, bool negated) {
    const std::string field = expression(test.field);
    const bool number = security_ && (number_column(field) || field == "EventID");
    const std::string numeric = field == "EventID" || number ? field : "tolong(" + field + ")";
    const auto total = [&](const std::string& text) { return negated ? "coalesce(" + text + ", false)" : text; };
    const std::string text = number ? "tostring(" + field + ")" : field;
    switch (test.kind) {
      case Test::Kind::exists:
        if (number || field == "EventID") return "isnotnull(" + field + ")";
        if (value::is_text(test.field.type.type)) {
          writing_.note("a text that is there and empty counts as missing");
          return "isnotempty(" + text + ")";
        }
        return "(isnotempty(" + text + ") and " + text + " !in (\"-\", \"{00000000-0000-0000-0000-000000000000}\", \"00000000-0000-0000-0000-000000000000\"))";
      case Test::Kind::form: return form(test, text);
      case Test::Kind::regex: {
        const std::string flags = (test.flags.find('i') != std::string::npos ? "i" : "") + std::string(test.flags.find('s') != std::string::npos ? "s" : "");
        return text + " matches regex " + quoted((flags.empty() ? "" : "(?" + flags + ")") + test.text);
      }
      case Test::Kind::number: {
        const char* op = test.op == syntax::CompareOp::lt ? " < " : test.op == syntax::CompareOp::le ? " <= " : test.op == syntax::CompareOp::gt ? " > " : test.op == syntax::CompareOp::ge ? " >= " : " == ";
        return total(numeric + op + fits(test));
      }
      case Test::Kind::bits_all: return total("binary_and(" + numeric + ", " + fits(test) + ") == " + test.text);
      case Test::Kind::bits_any: return total("binary_and(" + numeric + ", " + fits(test) + ") != 0");
      case Test::Kind::bits_none: return total("binary_and(" + numeric + ", " + fits(test) + ") == 0");
      case Test::Kind::network: case Test::Kind::address: return address(test, text);
    }
    return {};
  }

  /// long is 64 bits with a sign.
  static std::string fits(const Test& test) {
    const std::string digits = test.text.starts_with('-') ? test.text.substr(1) : test.text;
    if (digits.size() > 19 || (digits.size() == 19 && digits > "9223372036854775807")) throw Refusal{"export-number", "the number " + test.text + " is too large for a long", test.span};
    return test.text;
  }

  static std::string address(const Test& test, const std::string& text) {
    if (test.text.find(':') != std::string::npos) return "coalesce(ipv6_is_match(" + text + ", " + quoted(test.text) + "), false)";
    const std::string bare = "replace_regex(" + text + ", @\"(?i)^::ffff:\", \"\")";
    return "coalesce(ipv4_is_match(" + bare + ", " + quoted(test.text) + "), false)";
  }

  static std::string form(const Test& test, const std::string& field) {
    const std::string& text = text_of(test.form);
    switch (shape_of(test.form)) {
      case FormShape::equal: return field + (test.cased ? " == " : " =~ ") + quoted(text);
      case FormShape::starts: return field + (test.cased ? " startswith_cs " : " startswith ") + quoted(text);
      case FormShape::ends: return field + (test.cased ? " endswith_cs " : " endswith ") + quoted(text);
      case FormShape::contains: return field + (test.cased ? " contains_cs " : " contains ") + quoted(text);
      case FormShape::wildcards: case FormShape::general: break;
    }
    return field + " matches regex " + quoted((test.cased ? "(?s)" : "(?is)") + regex_of(test.form));
  }

  Writing& writing_;
  bool security_ = false;
  std::vector<std::string> channels_, providers_, cut_out_;
};

std::string events_of(Query& query, const model::Link& link, const model::LinkEvent& event) {
  std::string out = query.table(), where;
  if (!event.code.empty()) {
    if (event.code.find_first_not_of("0123456789") != std::string::npos) throw Refusal{"export-source", "the event \"" + event.code + "\" has no number", link.span};
    out += "| where EventID == " + event.code + "\n";
  }
  const Condition condition = lower(event.predicate);
  if (condition.kind == Condition::Kind::conjunction) {
    for (const auto& child : condition.children) where += "| where " + query.where(child) + "\n";
  } else if (condition.kind != Condition::Kind::always) {
    where = "| where " + query.where(condition) + "\n";
  }
  return out + query.extends() + where;
}

std::string write_link(Writing& writing, const model::Link& link) {
  std::vector<std::string> parts;
  for (const auto& event : link.events) {
    Query query(writing, writing.model.events[event.event]);
    parts.push_back(events_of(query, link, event));
  }
  if (parts.size() == 1) return parts.front();
  std::string out = "union\n";
  for (std::size_t i = 0; i < parts.size(); ++i) out += "(" + parts[i].substr(0, parts[i].size() - 1) + ")" + (i + 1 < parts.size() ? ",\n" : "\n");
  return out;
}

/// The events of a step with the columns Time, Record and the keys K1, K2, …, counted fields F1, ….
std::string step_text(Writing& writing, const model::Chain& chain, const Step& step, const std::vector<std::string>& fields = {}) {
  std::vector<std::string> parts;
  for (const auto id : step.links) {
    const auto& link = writing.model.links[id];
    for (const auto& event : link.events) {
      Query query(writing, writing.model.events[event.event]);
      std::string filled = "", project = "| project Time = TimeGenerated, Record = _ItemId";
      std::size_t number = 0;
      for (const auto& key : chain.by) {
        const std::string name = "K" + std::to_string(++number);
        const auto operand = key_of(writing, key, id, event);
        project += ", " + name + " = tolower(tostring(" + query.expression(operand) + "))";
        filled += "| where " + name + " !in (\"\", \"-\", \"{00000000-0000-0000-0000-000000000000}\", \"00000000-0000-0000-0000-000000000000\")\n";
      }
      number = 0;
      for (const auto& field : fields) {
        const std::string name = "F" + std::to_string(++number);
        project += ", " + name + " = tolower(tostring(" + query.expression(field_of(writing, field, event, step.span)) + "))";
        filled += "| where isnotempty(" + name + ") and " + name + " != \"-\"\n";
      }
      parts.push_back(events_of(query, link, event) + project + "\n" + filled);
    }
  }
  if (parts.size() == 1) return parts.front();
  std::string out = "union\n";
  for (std::size_t i = 0; i < parts.size(); ++i) out += "(" + parts[i].substr(0, parts[i].size() - 1) + ")" + (i + 1 < parts.size() ? ",\n" : "\n");
  if (step.links.size() > 1) out += "| summarize take_any(*) by Record\n";
  return out;
}

std::string let(const std::string& name, const std::string& query) { return "let " + name + " =\n" + query.substr(0, query.size() - 1) + ";\n"; }

std::string keys_of(const model::Chain& chain) {
  std::string out;
  for (std::size_t i = 1; i <= chain.by.size(); ++i) out += (i > 1 ? ", K" : "K") + std::to_string(i);
  return out;
}

std::string named_keys(const model::Chain& chain) {
  std::string out;
  for (std::size_t i = 0; i < chain.by.size(); ++i) {
    std::string name;
    for (const char c : chain.by[i].name) name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ? c : '_';
    out += ", ['" + name + "'] = K" + std::to_string(i + 1);
  }
  return out;
}

std::string joined(Writing& writing, const model::Chain& chain, const Shape& shape) {
  if (chain.by.empty()) throw Refusal{"export-key", "a join without a key (`by all`) is not written", chain.span};
  std::string lets, out;
  const std::string keys = keys_of(chain);
  const std::string within = duration(chain.within, chain.span);
  for (std::size_t i = 0; i < shape.steps.size(); ++i) {
    const std::string n = std::to_string(i + 1);
    lets += let("Step" + n, step_text(writing, chain, shape.steps[i]) + "| project-rename Time" + n + " = Time, Record" + n + " = Record\n");
    if (i == 0) {
      out = "Step1\n";
      continue;
    }
    out += "| join kind=inner hint.strategy=shuffle (Step" + n + ") on " + keys + "\n";
    for (std::size_t k = 1; k <= chain.by.size(); ++k) out += "| project-away K" + std::to_string(k) + "1\n";
    std::string apart;
    for (std::size_t k = 1; k <= i; ++k) apart += (k > 1 ? " and Record" : "Record") + std::to_string(k) + " != Record" + n;
    out += "| where " + apart + "\n";
    if (shape.kind == Shape::Kind::sequence) {
      out += "| where Time" + std::to_string(i) + " <= Time" + n + " and Time" + n + " - Time1 <= " + within + "\n";
      if (shape.gaps[i - 1] >= 0) out += "| where Time" + n + " - Time" + std::to_string(i) + " <= " + duration(shape.gaps[i - 1], chain.span) + "\n";
    } else {
      std::string times;
      for (std::size_t k = 1; k <= i + 1; ++k) times += (k > 1 ? ", Time" : "Time") + std::to_string(k);
      out += "| where max_of(" + times + ") - min_of(" + times + ") <= " + within + "\n";
    }
  }
  std::string forbidden;
  std::size_t number = 0;
  std::string ids;
  for (std::size_t i = 1; i <= shape.steps.size(); ++i) ids += (i > 1 ? ", Record" : "Record") + std::to_string(i);
  for (std::size_t i = 0; i < shape.between.size(); ++i) {
    for (const Step& step : shape.between[i]) {
      const std::string n = std::to_string(++number);
      lets += let("Not" + n, step_text(writing, chain, step) + "| project-rename TimeNot = Time, RecordNot = Record\n");
      lets += let(number == 1 ? "Matches1" : "Matches" + n, out);
      out = "Matches" + n + "\n| join kind=leftanti (\n  Matches" + n + "\n  | join kind=inner (Not" + n + ") on " + keys + "\n  | where TimeNot > Time" + std::to_string(i + 1) + " and TimeNot < Time" +
            std::to_string(i + 2) + "\n) on " + ids + "\n";
    }
  }
  if (number > 0) writing.note("what must not lie between is looked for between the two times; events of the same instant are not");
  writing.note("one row for each combination of events; Chain reports connected ones as one finding");
  if (shape.kind == Shape::Kind::sequence) writing.note("events of one instant count in any order; Chain asks the record numbers of one log, too");
  std::string times;
  for (std::size_t k = 1; k <= shape.steps.size(); ++k) times += (k > 1 ? ", Time" : "Time") + std::to_string(k);
  return lets + out + "| project First = min_of(" + times + "), Last = max_of(" + times + ")" + named_keys(chain) + ", " + ids + "\n";
}

std::string counted(Writing& writing, const model::Chain& chain, const Shape& shape) {
  const std::string within = duration(chain.within, chain.span), keys = keys_of(chain);
  std::string out = step_text(writing, chain, shape.steps.front());
  if (shape.number < 2) throw Refusal{"export-pattern", "a count of one is the link itself", chain.span};
  const std::string back = std::to_string(shape.number - 1);
  out += "| sort by " + keys + (keys.empty() ? "" : " asc, ") + "Time asc\n| extend First = prev(Time, " + back + ")";
  std::string same;
  for (std::size_t i = 1; i <= chain.by.size(); ++i) {
    const std::string k = "K" + std::to_string(i);
    out += ", Before" + k + " = prev(" + k + ", " + back + ")";
    same += " and Before" + k + " == " + k;
  }
  writing.note("one row for each event that ends so many; Chain reports connected ones as one finding");
  return out + "\n| where isnotnull(First) and Time - First <= " + within + same + "\n| project First, Last = Time" + named_keys(chain) + "\n";
}

std::string distinct(Writing& writing, const model::Chain& chain, const Shape& shape) {
  if (chain.by.empty()) throw Refusal{"export-key", "a join without a key (`by all`) is not written", chain.span};
  const std::string within = duration(chain.within, chain.span), keys = keys_of(chain);
  std::string fields, out = let("Events", step_text(writing, chain, shape.steps.front(), shape.fields));
  for (std::size_t i = 1; i <= shape.fields.size(); ++i) fields += (i > 1 ? ", F" : "F") + std::to_string(i);
  writing.note("one row for each event that ends so many; Chain reports connected ones as one finding");
  writing.note("counted values are told apart by their spelling without case, in Chain by their type");
  out += "Events\n| project " + keys + ", Last = Time\n| distinct *\n| join kind=inner hint.strategy=shuffle (Events) on " + keys + "\n| where Time between (Last - " + within + " .. Last)\n";
  out += "| summarize First = min(Time) by " + keys + ", Last, " + fields + "\n| summarize First = min(First), Values = count() by " + keys + ", Last\n";
  return out + "| where Values >= " + std::to_string(shape.number) + "\n| project First, Last" + named_keys(chain) + ", Values\n";
}

std::string write_chain(Writing& writing, const model::Chain& chain) {
  const Shape shape = shape_of(writing, chain);
  note_keys(writing, chain);
  switch (shape.kind) {
    case Shape::Kind::single: {
      const std::string step = step_text(writing, chain, shape.steps.front());
      return step + "| project Time" + named_keys(chain) + ", Record\n";
    }
    case Shape::Kind::conjunction: case Shape::Kind::sequence: return joined(writing, chain, shape);
    case Shape::Kind::count: return counted(writing, chain, shape);
    case Shape::Kind::distinct: return distinct(writing, chain, shape);
  }
  return {};
}

}  // namespace

extern const Exporter exporter_kql = {"kql", "Kusto queries for Microsoft Sentinel (tables SecurityEvent and Event)", ".kql", "// ", "", write_link, write_chain};

}  // namespace chainhunt::exporting

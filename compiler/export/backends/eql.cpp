// Elastic's EQL: events as Winlogbeat and the Elastic Agent ship them (winlog.event_data.FIELD, winlog.channel,
// winlog.computer_name, event.code).
//
// A comparison with null is null there, and so is its negation; below a `not` every test therefore asks first whether the
// field is there. `:` and `like` take * and ? for wildcards and have no way to say them: such texts become expressions
// (Lucene's: the whole value, no classes such as \s, which is why rules' own expressions are refused).
// Syntax as Elastic's EQL reference describes it.
#include <algorithm>

#include "compiler/export/exporter.h"
#include "runtime/value/number.h"

namespace chainhunt::exporting {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string name_of(const model::Operand& field, Span span) {
  switch (field.kind) {
    case model::OperandKind::computer: return "winlog.computer_name";
    case model::OperandKind::channel: return "winlog.channel";
    case model::OperandKind::provider: return "winlog.provider_name";
    case model::OperandKind::event_id: return "event.code";
    case model::OperandKind::field: break;
    case model::OperandKind::record_id: case model::OperandKind::time: case model::OperandKind::anywhere: case model::OperandKind::missing:
      throw Refusal{"export-header", "`" + field.shown + "` has no field there", span};
  }
  for (const char c : field.name) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) throw Refusal{"export-field", "the name of the field `" + field.name + "` cannot stand in a query", span};
  }
  return "winlog.event_data." + field.name;
}

std::string lucene_quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(".?+*|{}[]()\"\\#@&<>~^$-").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string lucene(const Form& form) {
  std::string out;
  for (const Piece& piece : form) {
    switch (piece.kind) {
      case Piece::Kind::text: out += lucene_quoted(piece.text); break;
      case Piece::Kind::any_run: out += ".*"; break;
      case Piece::Kind::any_one: out += "."; break;
      case Piece::Kind::domain: out += "(.*\\\\)?"; break;
      case Piece::Kind::realm: out += "(\\@[^\\\\]*)?"; break;
      case Piece::Kind::labels: out += "(\\..*)?"; break;
      case Piece::Kind::zeros: out += "0*"; break;
      case Piece::Kind::folders: out += "(.*[\\\\/])?"; break;
    }
  }
  return out;
}

std::string test_text(Writing& writing, const Test& test) {
  const std::string field = name_of(test.field, test.span);
  switch (test.kind) {
    case Test::Kind::exists:
      if (value::is_text(test.field.type.type)) return field + " != null";
      return field + " != null and not " + field + " in (\"\", \"-\", \"{00000000-0000-0000-0000-000000000000}\", \"00000000-0000-0000-0000-000000000000\")";
    case Test::Kind::form: {
      const bool wild = std::any_of(test.form.begin(), test.form.end(), [](const Piece& piece) {
        return (piece.kind != Piece::Kind::text && piece.kind != Piece::Kind::any_run && piece.kind != Piece::Kind::any_one) || piece.text.find_first_of("*?") != std::string::npos;
      });
      if (wild) {
        if (test.cased && shape_of(test.form) == FormShape::equal) return field + " == " + quoted(text_of(test.form));
        return field + (test.cased ? " regex " : " regex~ ") + quoted(lucene(test.form));
      }
      std::string value;
      for (const Piece& piece : test.form) value += piece.kind == Piece::Kind::any_run ? "*" : piece.kind == Piece::Kind::any_one ? "?" : piece.text;
      if (shape_of(test.form) == FormShape::equal) return field + (test.cased ? " == " : " : ") + quoted(value);
      return field + (test.cased ? " like " : " : ") + quoted(value);
    }
    case Test::Kind::regex: throw Refusal{"export-regex", "Lucene's expressions have no classes (\\s, \\d), no \\b and match the whole value: write `like`, `contains` or lists, or this has no equal there", test.span};
    case Test::Kind::number: {
      if (test.op != syntax::CompareOp::eq) throw Refusal{"export-order", "fields of winlog.event_data are text there, which has no order of numbers", test.span};
      const bool negative = test.text.starts_with('-');
      if (test.field.kind == model::OperandKind::event_id) return field + " == " + quoted(test.text);
      const auto parsed = value::parse_number(test.text);
      const std::string hex = negative || !parsed ? "" : "|0x0*" + value::print_hex(parsed->bits()).substr(2);
      return field + " regex~ " + quoted((negative ? "\\-0*" : "0*") + test.text.substr(negative ? 1 : 0) + hex);
    }
    case Test::Kind::bits_all: case Test::Kind::bits_any: case Test::Kind::bits_none:
      throw Refusal{"export-bits", "bits of a mask cannot be asked for there: name the whole masks, as in `access_mask in (0x80, 0x100080)`", test.span};
    case Test::Kind::address: case Test::Kind::network: {
      const bool six = test.text.find(':') != std::string::npos;
      if (test.kind == Test::Kind::address && !six) return field + " regex~ " + quoted("(::ffff:)?" + lucene_quoted(test.text));
      if (test.field.name != "IpAddress" && test.field.name != "SourceIp") throw Refusal{"export-network", "`" + test.field.shown + "` is no address there, only source.ip is", test.span};
      writing.note("source.ip is taken for " + test.field.name + ", as Elastic's Windows integrations fill it");
      return "cidrmatch(source.ip, " + quoted(test.text + (test.kind == Test::Kind::address ? "/128" : "")) + ")";
    }
  }
  return {};
}

std::string condition_text(Writing& writing, const Condition& condition, bool negated = false) {
  std::string out;
  switch (condition.kind) {
    case Condition::Kind::always: return "true";
    case Condition::Kind::never: return "false";
    case Condition::Kind::negation: return "not (" + condition_text(writing, condition.children.front(), true) + ")";
    case Condition::Kind::test: {
      const std::string text = test_text(writing, condition.test);
      if (condition.test.kind == Test::Kind::exists) return "(" + text + ")";
      if (!negated) return text;
      const std::string field = text.starts_with("cidrmatch") ? "source.ip" : name_of(condition.test.field, condition.test.span);
      return "(" + field + " != null and " + text + ")";
    }
    case Condition::Kind::conjunction: case Condition::Kind::disjunction:
      for (const auto& child : condition.children) {
        if (!out.empty()) out += condition.kind == Condition::Kind::conjunction ? " and " : " or ";
        const bool group = child.kind == Condition::Kind::conjunction || child.kind == Condition::Kind::disjunction;
        out += group ? "(" + condition_text(writing, child, negated) + ")" : condition_text(writing, child, negated);
      }
  }
  return out;
}

std::string event_text(Writing& writing, const model::Link& link, const model::LinkEvent& event) {
  const auto& description = writing.model.events[event.event];
  const auto& source = writing.model.sources[description.source];
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : " and ") + text; };
  const auto in = [&](const std::string& field, const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : ", ") + quoted(value);
    add(values.size() == 1 ? field + " : " + text : field + " in~ (" + text + ")");
  };
  if (!source.channels.empty()) in("winlog.channel", source.channels);
  const auto& providers = description.providers.empty() ? source.providers : description.providers;
  if (!providers.empty() && !(source.channels.size() == 1 && source.channels.front() == "Security")) in("winlog.provider_name", providers);
  if (!event.code.empty()) add("event.code == " + quoted(event.code));
  const Condition condition = lower(event.predicate);
  if (condition.kind != Condition::Kind::always) {
    const std::string text = condition_text(writing, condition);
    add(condition.kind == Condition::Kind::disjunction ? "(" + text + ")" : text);
  }
  if (out.empty()) throw Refusal{"export-source", "the source `" + source.name + "` names neither channel nor provider", link.span};
  return out;
}

std::string step_text(Writing& writing, const Step& step) {
  std::vector<std::string> parts;
  for (const auto id : step.links) {
    for (const auto& event : writing.model.links[id].events) parts.push_back(event_text(writing, writing.model.links[id], event));
  }
  if (parts.size() == 1) return "any where " + parts.front();
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "any where (" : "\n  or (") + part + ")";
  return out;
}

std::string write_link(Writing& writing, const model::Link& link) {
  std::string out;
  for (const auto& event : link.events) {
    const std::string text = event_text(writing, link, event);
    out += link.events.size() == 1 ? "any where " + text : (out.empty() ? "any where (" : "\n  or (") + text + ")";
  }
  return out + "\n";
}

/// The fields of the keys in a step; every event of it must give the same.
std::vector<std::string> keys_of(Writing& writing, const model::Chain& chain, const Step& step) {
  std::vector<std::string> out;
  for (const auto& key : chain.by) {
    std::string name;
    for (const auto id : step.links) {
      for (const auto& event : writing.model.links[id].events) {
        const std::string here = name_of(key_of(writing, key, id, event), step.span);
        if (!name.empty() && name != here) throw Refusal{"export-key", "the events of one step have `" + key.name + "` in different fields (" + name + ", " + here + "); a step has one there", step.span};
        name = here;
      }
    }
    out.push_back(name);
  }
  return out;
}

std::string write_chain(Writing& writing, const model::Chain& chain) {
  const Shape shape = shape_of(writing, chain);
  switch (shape.kind) {
    case Shape::Kind::single: return step_text(writing, shape.steps.front()) + "\n";
    case Shape::Kind::conjunction: throw Refusal{"export-any-order", "a sequence has one order there: events in any order have no equal (say `then`, or export to splunk or kql)", chain.match.span};
    case Shape::Kind::distinct: throw Refusal{"export-distinct", "different values cannot be counted in a sequence", chain.match.span};
    case Shape::Kind::sequence: case Shape::Kind::count: break;
  }
  if (shape.kind == Shape::Kind::count && shape.number > 100) throw Refusal{"export-count", "no more than 100 events of one kind in a row there (`runs`)", chain.match.span};
  note_keys(writing, chain);
  writing.note("a `-` is a key like any other here; in Chain an event with it takes no part");
  writing.note("of overlapping matches only some are reported, with as many events as there are steps");
  writing.note("events of one instant stand in the order of the tiebreaker; in Chain they count in any order that the record numbers allow");
  std::vector<std::vector<std::string>> keys;
  std::vector<std::pair<Step, bool>> rows;  // step, whether it must not be there
  for (std::size_t i = 0; i < shape.steps.size(); ++i) {
    if (i > 0) {
      if (shape.gaps[i - 1] >= 0) throw Refusal{"export-gap", "`then within` has no equal there: maxspan is for the whole sequence", chain.match.span};
      if (shape.between[i - 1].size() > 1) throw Refusal{"export-absence", "two absences in one place have no equal there", chain.match.span};
      for (const auto& step : shape.between[i - 1]) rows.emplace_back(step, true);
    }
    rows.emplace_back(shape.steps[i], false);
  }
  for (const auto& row : rows) keys.push_back(keys_of(writing, chain, row.first));
  const bool same = std::all_of(keys.begin(), keys.end(), [&](const auto& one) { return one == keys.front(); });
  const auto by = [](const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? " by " : ", ") + name;
    return out;
  };
  std::string out = "sequence" + (same ? by(keys.front()) : "") + " with maxspan=" + duration(chain.within, chain.span) + "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += (rows[i].second ? "  ![" : "  [") + step_text(writing, rows[i].first) + "]" + (same ? "" : by(keys[i]));
    if (shape.kind == Shape::Kind::count) out += " with runs=" + std::to_string(shape.number);
    out += "\n";
  }
  return out;
}

}  // namespace

extern const Exporter exporter_eql = {"eql", "Elastic's EQL (winlog.event_data fields)", ".eql", "// ", "", write_link, write_chain};

}  // namespace chainhunt::exporting

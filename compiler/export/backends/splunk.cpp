// Splunk: events as the Windows add-on reads them from XML (source XmlWinEventLog:CHANNEL, EventCode, Computer, and the
// fields of EventData by their own names).
//
// A condition is written twice over: what the search command can say narrows the search, and is exact there (text without
// case, NOT of a missing field holds); what it cannot, or what makes the steps of a chain, is an eval expression, where
// coalesce(FIELD,"") keeps a missing field from turning a test into null. Literal backslashes are doubled in both.
//
// Chains: the events in order of time, and for each entity what was last seen (streamstats):
//   A then B then C     start_1 = the time of A; start_2 = at B, the latest start_1 before it; …; found if C - start_2 <= D
//   A and B and C       the last time of each; found if the oldest of them is within D
//   n A                 the n-th event back is within D
// Commands and functions as Splunk's search reference describes them.
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
    case model::OperandKind::computer: return "Computer";
    case model::OperandKind::channel: return "Channel";
    case model::OperandKind::provider: return "Name";
    case model::OperandKind::event_id: return "EventCode";
    case model::OperandKind::field: break;
    case model::OperandKind::record_id: case model::OperandKind::time: case model::OperandKind::anywhere: case model::OperandKind::missing:
      throw Refusal{"export-header", "`" + field.shown + "` has no field there", span};
  }
  for (const char c : field.name) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) throw Refusal{"export-field", "the name of the field `" + field.name + "` cannot stand in a search", span};
  }
  return field.name;
}

/// The search command has no way to say a star.
bool searchable(const Condition& condition) {
  if (condition.kind == Condition::Kind::test) {
    const Test& test = condition.test;
    if (test.kind != Test::Kind::form || test.cased) return false;
    return std::all_of(test.form.begin(), test.form.end(), [](const Piece& piece) {
      return piece.kind == Piece::Kind::any_run || (piece.kind == Piece::Kind::text && piece.text.find('*') == std::string::npos);
    });
  }
  return condition.kind != Condition::Kind::always && condition.kind != Condition::Kind::never && std::all_of(condition.children.begin(), condition.children.end(), searchable);
}

template <typename Leaf>
std::string tree(const Condition& condition, const Leaf& leaf) {
  std::string out;
  switch (condition.kind) {
    case Condition::Kind::always: return "true()";
    case Condition::Kind::never: return "false()";
    case Condition::Kind::negation: return "NOT (" + tree(condition.children.front(), leaf) + ")";
    case Condition::Kind::test: return leaf(condition.test);
    case Condition::Kind::conjunction: case Condition::Kind::disjunction:
      for (const auto& child : condition.children) {
        if (!out.empty()) out += condition.kind == Condition::Kind::conjunction ? " AND " : " OR ";
        const bool group = child.kind == Condition::Kind::conjunction || child.kind == Condition::Kind::disjunction;
        out += group ? "(" + tree(child, leaf) + ")" : tree(child, leaf);
      }
  }
  return out;
}

std::string search_text(const Condition& condition) {
  return tree(condition, [](const Test& test) {
    std::string value;
    for (const Piece& piece : test.form) value += piece.kind == Piece::Kind::any_run ? "*" : piece.text;
    return name_of(test.field, test.span) + "=" + quoted(value);
  });
}

/// The expression's end is the value's, not the place before a line feed at its end.
std::string whole(const Form& form) {
  std::string out = regex_of(form);
  out.back() = '\\';
  return out + "z";
}

std::string eval_test(Writing& writing, const Test& test) {
  const std::string name = "'" + name_of(test.field, test.span) + "'";
  const std::string text = "coalesce(" + name + ",\"\")";
  const std::string number = "if(match(" + text + ",\"(?i)^0x[0-9a-f]+$\"),tonumber(substr(" + name + ",3),16),tonumber(" + name + "))";
  switch (test.kind) {
    case Test::Kind::exists:
      if (value::is_text(test.field.type.type)) {
        writing.note("a text that is there and empty counts as missing");
        return text + "!=\"\"";
      }
      return "NOT match(" + text + ",\"^(-|\\\\{?0{8}-0{4}-0{4}-0{4}-0{12}\\\\}?)?\\\\z\")";
    case Test::Kind::form: return "match(" + text + "," + quoted((test.cased ? "(?s)" : "(?is)") + whole(test.form)) + ")";
    case Test::Kind::regex: {
      std::string flags;
      if (test.flags.find('i') != std::string::npos) flags += 'i';
      if (test.flags.find('s') != std::string::npos) flags += 's';
      return "match(" + text + "," + quoted((flags.empty() ? "" : "(?" + flags + ")") + test.text) + ")";
    }
    case Test::Kind::number: {
      const bool negative = test.text.starts_with('-');
      if (test.op == syntax::CompareOp::eq) {
        const std::string decimal = (negative ? "-0*" : "0*") + test.text.substr(negative ? 1 : 0);
        const auto parsed = value::parse_number(test.text);
        const std::string hex = negative || !parsed ? "" : "|0x0*" + value::print_hex(parsed->bits()).substr(2);
        return "match(" + text + "," + quoted("(?i)^(" + decimal + hex + ")\\z") + ")";
      }
      const char* op = test.op == syntax::CompareOp::lt ? "<" : test.op == syntax::CompareOp::le ? "<=" : test.op == syntax::CompareOp::gt ? ">" : ">=";
      return "if(" + number + op + test.text + ",1,0)=1";
    }
    case Test::Kind::bits_all: case Test::Kind::bits_any: case Test::Kind::bits_none: {
      writing.note("bit_and needs Splunk 9.2 or later");
      const std::string both = "bit_and(" + number + "," + test.text + ")";
      return "if(" + both + (test.kind == Test::Kind::bits_all ? "=" + test.text : test.kind == Test::Kind::bits_any ? "!=0" : "=0") + ",1,0)=1";
    }
    case Test::Kind::address: case Test::Kind::network: {
      const bool six = test.text.find(':') != std::string::npos;
      if (test.kind == Test::Kind::address && !six) return "match(" + text + "," + quoted("(?i)^(::ffff:)?" + regex_quoted(test.text) + "\\z") + ")";
      const std::string network = test.text + (test.kind == Test::Kind::address ? "/128" : "");
      return "if(cidrmatch(" + quoted(network) + "," + (six ? text : "replace(" + text + ",\"(?i)^::ffff:\",\"\")") + "),1,0)=1";
    }
  }
  return {};
}

std::string eval_text(Writing& writing, const Condition& condition) {
  return tree(condition, [&](const Test& test) { return eval_test(writing, test); });
}

std::string place(Writing& writing, const model::Link& link, const model::LinkEvent& event) {
  const auto& description = writing.model.events[event.event];
  const auto& source = writing.model.sources[description.source];
  if (source.channels.empty()) throw Refusal{"export-source", "the source `" + source.name + "` names no channel, by which events are found there", link.span};
  std::string out;
  for (const auto& channel : source.channels) out += (out.empty() ? "" : ", ") + quoted("XmlWinEventLog:" + channel);
  out = source.channels.size() == 1 ? "source=" + out : "source IN (" + out + ")";
  const auto& providers = description.providers.empty() ? source.providers : description.providers;
  if (!providers.empty() && !(source.channels.size() == 1 && source.channels.front() == "Security")) {
    std::string names;
    for (const auto& provider : providers) names += (names.empty() ? "" : " OR ") + ("Name=" + quoted(provider));
    out += providers.size() == 1 ? " " + names : " (" + names + ")";
  }
  if (event.code.empty()) return out;
  if (event.code.find_first_not_of("0123456789") != std::string::npos) throw Refusal{"export-source", "the event \"" + event.code + "\" has no number", link.span};
  return out + " EventCode=" + event.code;
}

struct Split {
  std::string search;  ///< place and what the search command can say
  std::string rest;    ///< for where; empty: nothing
};

Split split(Writing& writing, const model::Link& link, const model::LinkEvent& event) {
  Split out{place(writing, link, event), ""};
  const Condition condition = lower(event.predicate);
  const std::vector<Condition> parts = condition.kind == Condition::Kind::conjunction ? condition.children : std::vector<Condition>{condition};
  for (const auto& part : parts) {
    if (part.kind == Condition::Kind::always) continue;
    const bool group = part.kind == Condition::Kind::disjunction;
    const std::string text = searchable(part) ? search_text(part) : eval_text(writing, part);
    if (searchable(part)) out.search += group ? " (" + text + ")" : " " + text;
    else out.rest += (out.rest.empty() ? "" : " AND ") + (group ? "(" + text + ")" : text);
  }
  return out;
}

std::string searches(const std::vector<Split>& splits) {
  std::vector<std::string> texts;
  for (const auto& one : splits) {
    if (std::find(texts.begin(), texts.end(), one.search) == texts.end()) texts.push_back(one.search);
  }
  if (texts.size() == 1) return texts.front() + "\n";
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "(" : "\nOR (") + text + ")";
  return out + "\n";
}

std::string write_link(Writing& writing, const model::Link& link) {
  std::vector<Split> splits;
  bool any = false;
  for (const auto& event : link.events) {
    splits.push_back(split(writing, link, event));
    any = any || !splits.back().rest.empty();
  }
  std::string out = searches(splits);
  if (!any) return out;
  if (splits.size() == 1) return out + "| where " + splits.front().rest + "\n";
  // Whole conditions again, for each event its own.
  std::string where;
  for (const auto& event : link.events) {
    const auto& source = writing.model.sources[writing.model.events[event.event].source];
    std::string here;
    for (const auto& channel : source.channels) here += (here.empty() ? "" : " OR ") + ("source=" + quoted("XmlWinEventLog:" + channel));
    if (!event.code.empty()) here = "(" + here + ") AND EventCode=" + event.code;
    where += (where.empty() ? "(" : "\n  OR (") + here + " AND (" + eval_text(writing, lower(event.predicate)) + "))";
  }
  return out + "| where " + where + "\n";
}

/// Which of the base search's events fill a step: an eval expression; and the field of each key.
std::string member(Writing& writing, const Step& step) {
  std::string out;
  for (const auto id : step.links) {
    const auto& link = writing.model.links[id];
    for (const auto& event : link.events) {
      const auto& source = writing.model.sources[writing.model.events[event.event].source];
      place(writing, link, event);
      std::string here;
      for (const auto& channel : source.channels) here += (here.empty() ? "" : " OR ") + ("source=" + quoted("XmlWinEventLog:" + channel));
      if (!event.code.empty()) here = (source.channels.size() > 1 ? "(" + here + ")" : here) + " AND EventCode=" + event.code;
      const Condition condition = lower(event.predicate);
      if (condition.kind != Condition::Kind::always) {
        const std::string text = eval_text(writing, condition);
        here += " AND " + (condition.kind == Condition::Kind::disjunction ? "(" + text + ")" : text);
      }
      out += (out.empty() ? "(" : " OR (") + here + ")";
    }
  }
  return out;
}

std::string write_chain(Writing& writing, const model::Chain& chain) {
  const Shape shape = shape_of(writing, chain);
  note_keys(writing, chain);
  std::vector<Step> all = shape.steps;
  for (const auto& steps : shape.between) all.insert(all.end(), steps.begin(), steps.end());

  // Base search, in no particular order of steps.
  std::vector<Split> splits;
  for (const auto& step : all) {
    for (const auto id : step.links) {
      const auto& link = writing.model.links[id];
      for (const auto& event : link.events) splits.push_back(split(writing, link, event));
    }
  }
  std::string out = searches(splits), evals;
  for (std::size_t i = 0; i < all.size(); ++i) evals += "| eval s" + std::to_string(i + 1) + "=if(" + member(writing, all[i]) + ",1,0)\n";
  out += evals;
  if (all.size() > 1) {
    std::string any;
    for (std::size_t i = 1; i <= all.size(); ++i) any += (i > 1 ? " OR s" : "s") + std::to_string(i) + "=1";
    out += "| where " + any + "\n";
  }

  // Keys, by the event's own field; an event without one takes no part.
  std::string by;
  std::size_t number = 0;
  const auto value_field = [&](const std::string& column, auto&& operand_of) {
    std::vector<std::pair<std::string, std::string>> cases;  // condition, field
    for (const auto& step : all) {
      for (const auto id : step.links) {
        const auto& link = writing.model.links[id];
        for (const auto& event : link.events) {
          const auto& source = writing.model.sources[writing.model.events[event.event].source];
          const std::string field = name_of(operand_of(id, event), step.span);
          std::string condition = "source=" + quoted("XmlWinEventLog:" + (source.channels.empty() ? "" : source.channels.front()));
          if (!event.code.empty()) condition += " AND EventCode=" + event.code;
          const auto entry = std::make_pair(condition, field);
          for (const auto& earlier : cases) {
            if (earlier.first == condition && earlier.second != field) throw Refusal{"export-key", "one event gives two fields for one key", step.span};
          }
          if (std::find(cases.begin(), cases.end(), entry) == cases.end()) cases.push_back(entry);
        }
      }
    }
    const bool same = std::all_of(cases.begin(), cases.end(), [&](const auto& entry) { return entry.second == cases.front().second; });
    std::string text;
    if (same) {
      text = "'" + cases.front().second + "'";
    } else {
      for (const auto& [condition, field] : cases) text += (text.empty() ? "case(" : ", ") + condition + ", '" + field + "'";
      text += ")";
    }
    out += "| eval " + column + "=lower(" + text + ")\n| where NOT match(coalesce(" + column + ",\"\"),\"^(-|\\\\{?0{8}-0{4}-0{4}-0{4}-0{12}\\\\}?)?\\\\z\")\n";
  };
  for (const auto& key : chain.by) {
    const std::string column = "key" + std::to_string(++number);
    value_field(column, [&](model::LinkId id, const model::LinkEvent& event) { return key_of(writing, key, id, event); });
    by += (by.empty() ? " by " : " ") + column;
  }
  const auto window = [&] {
    const std::int64_t ticks = chain.within;
    std::string text = std::to_string(ticks / 10'000'000);
    if (ticks % 10'000'000 != 0) {
      std::string part = std::to_string(ticks % 10'000'000 + 10'000'000).substr(1);
      while (part.back() == '0') part.pop_back();
      text += "." + part;
    }
    return text;
  };
  const auto last_of = [](const std::string& step) { return "max(eval(if(" + step + "=1,_time,null())))"; };
  writing.note("one row for each event that ends a match; Chain reports connected ones as one finding");
  switch (shape.kind) {
    case Shape::Kind::single: return out + "| where s1=1\n";
    case Shape::Kind::count:
      out += "| where s1=1\n| sort 0 + _time\n| streamstats window=" + std::to_string(shape.number) + " global=f count AS n first(_time) AS first" + by + "\n";
      return out + "| where n=" + std::to_string(shape.number) + " AND _time-first<=" + window() + "\n";
    case Shape::Kind::distinct: {
      out += "| where s1=1\n";
      std::string pair;
      for (std::size_t i = 0; i < shape.fields.size(); ++i) {
        const std::string column = "value" + std::to_string(i + 1);
        value_field(column, [&](model::LinkId, const model::LinkEvent& event) { return field_of(writing, shape.fields[i], event, shape.steps.front().span); });
        pair += (pair.empty() ? "" : ".\"|\".") + column;
      }
      writing.note("counted values are told apart by their spelling without case, in Chain by their type");
      writing.note("time_window counts whole windows as Splunk bounds them; an event exactly as long ago as the window may be left out");
      out += "| eval value=" + pair + "\n| sort 0 + _time\n| streamstats time_window=" + std::to_string(seconds(chain.within, chain.span)) + "s dc(value) AS n" + by + "\n";
      return out + "| where n>=" + std::to_string(shape.number) + "\n";
    }
    case Shape::Kind::conjunction: {
      writing.note("an event that fits two links stands for both here; Chain wants two events");
      std::string stats, there, times;
      for (std::size_t i = 1; i <= shape.steps.size(); ++i) {
        const std::string n = std::to_string(i);
        stats += " " + last_of("s" + n) + " AS last" + n;
        there += (i > 1 ? " AND isnotnull(last" : "isnotnull(last") + n + ")";
        times += (i > 1 ? ",last" : "last") + n;
      }
      return out + "| sort 0 + _time\n| streamstats" + stats + by + "\n| where " + there + " AND _time-min(" + times + ")<=" + window() + "\n";
    }
    case Shape::Kind::sequence: break;
  }
  out += "| sort 0 + _time\n| eval start1=if(s1=1,_time,null())\n";
  writing.note("events of one instant stand in the order in which they are sorted");
  std::size_t absent = shape.steps.size();
  for (std::size_t i = 1; i < shape.steps.size(); ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    const bool barred = !shape.between[i - 1].empty(), gap = shape.gaps[i - 1] >= 0;
    if ((barred || gap) && i > 1) throw Refusal{barred ? "export-absence" : "export-gap", "an absence or a gap behind the second step has no equal there", chain.span};
    std::string stats = " max(start" + n + ") AS seen" + n, ok;
    if (barred) {
      for (std::size_t k = 0; k < shape.between[i - 1].size(); ++k) {
        const std::string bar = std::to_string(++absent);
        stats += " " + last_of("s" + bar) + " AS bar" + bar;
        ok += " AND seen" + n + ">=coalesce(bar" + bar + ",-1)";
      }
    }
    if (gap) ok += " AND _time-seen" + n + "<=" + std::to_string(seconds(shape.gaps[i - 1], chain.span));
    out += "| streamstats current=f" + stats + by + "\n| eval start" + next + "=if(s" + next + "=1" + ok + ",seen" + n + ",null())\n";
  }
  return out + "| where _time-start" + std::to_string(shape.steps.size()) + "<=" + window() + "\n";
}

}  // namespace

extern const Exporter exporter_splunk = {"splunk", "Splunk searches (SPL; the Windows add-on's XML events)", ".spl", "``` ", " ```", write_link, write_chain};

}  // namespace chainhunt::exporting

#include "compiler/driver/rule_test.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "runtime/engine/engine.h"
#include "runtime/engine/replay.h"
#include "runtime/input/reader.h"
#include "runtime/value/cell.h"
#include "runtime/value/key.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {
namespace {

using syntax::Expr;
using syntax::ExprKind;

/// 2020-01-01T00:00:00Z: offsets in tests count from here.
constexpr std::int64_t kTestStart = 15'778'368'000'000'000;

/// A value of a test event: a text, a number's spelling, or several of them.
struct FieldValue {
  std::vector<std::string> texts;
  bool list = false;
};

/// One `at` as a record: what a reader would deliver.
struct TestEvent {
  std::int64_t time = 0;
  std::string computer = "TEST", channel, provider, code;
  std::uint64_t record_id = 0;
  std::map<std::string, FieldValue> fields;  // by the reader's name
  bool no_computer = false;
};

std::optional<FieldValue> value_of(const Expr& expr) {
  FieldValue value;
  if (expr.kind == ExprKind::list) {
    value.list = true;
    for (const Expr& item : expr.args) value.texts.push_back(item.text);
  } else if (expr.kind == ExprKind::path) {
    value.texts.push_back(expr.names.empty() ? expr.text : expr.names.back().text);  // true, false
  } else {
    value.texts.push_back(expr.text);
  }
  return value;
}

std::optional<std::int64_t> offset_of(const Expr& expr) {
  if (expr.kind == ExprKind::time) return value::parse_time(expr.text);
  const auto ticks = value::parse_duration(expr.text);
  if (!ticks) return std::nullopt;
  return kTestStart + *ticks;
}

std::optional<std::uint64_t> count_of(const std::optional<Expr>& expr, std::uint64_t otherwise) {
  if (!expr) return otherwise;
  const auto number = value::parse_number(expr->text);
  if (!number || number->negative) return std::nullopt;
  return number->magnitude;
}

class Runner {
 public:
  Runner(const model::Model& model, const program::Program& program, const match::Prepared& prepared, const model::TestCase& test,
         const Sources& sources)
      : model_(model), program_(program), prepared_(prepared), test_(test), sources_(sources) {}

  std::vector<TestFailure> run() {
    std::vector<engine::Hit> hits;
    std::uint32_t source = 0;  // each replayed file is a place of its own
    match::Matcher matcher(prepared_, {}, [&](engine::Hit& hit) {
      hit.source = source;
      hits.push_back(std::move(hit));
    });
    std::uint32_t sources = 0;
    TestEvent previous;
    std::uint64_t record = 0;
    for (const auto& step : test_.syntax.steps) {
      if (const auto* at = std::get_if<syntax::TestAt>(&step)) {
        if (!make(*at, previous)) continue;
        previous.record_id = ++record;
        feed(previous, matcher);
      } else if (const auto* replay = std::get_if<syntax::TestReplay>(&step)) {
        const auto file = std::filesystem::path(sources_.files[replay->span.file].path).parent_path() / replay->path.text;
        source = ++sources;
        const auto report = input::read_file(file.string(), matcher);
        source = 0;
        if (!report.error.empty()) fail(replay->span, fmt::format("{}: {}", file.string(), report.error));
      }
    }
    auto evaluated = engine::evaluate(program_, std::move(hits), {});
    if (!evaluated) {
      fail(test_.span, evaluated.error().message);
      return std::move(failures_);
    }
    outcome_ = std::move(*evaluated);
    for (const auto& step : test_.syntax.steps) {
      if (const auto* expect = std::get_if<syntax::TestExpect>(&step)) judge(*expect);
    }
    return std::move(failures_);
  }

 private:
  void fail(Span span, std::string message) { failures_.push_back({span, std::move(message)}); }

  const model::Source* source_of(const syntax::QName& name) const {
    const model::Source* found = nullptr;
    for (const auto& source : model_.sources) {
      if (source.name != name.name.text) continue;
      if (name.pack && source.pack != name.pack->text) continue;
      if (found == nullptr || source.pack == test_.pack) found = &source;
    }
    return found;
  }

  bool make(const syntax::TestAt& at, TestEvent& event) {
    const auto time = offset_of(at.at);
    if (!time) {
      fail(at.span, fmt::format("'{}' is neither a duration nor a time", at.at.text));
      return false;
    }
    if (!at.same) {
      event = {};
      const model::Source* source = source_of(at.source);
      if (source == nullptr || !at.code) {
        fail(at.span, "an event needs a known source and a code");
        return false;
      }
      event.code = at.code->text;
      if (!source->channels.empty()) event.channel = source->channels.front();
      if (!source->providers.empty()) event.provider = source->providers.front();
      event_ = model::kNone;
      for (const auto id : source->events) {
        if (model_.events[id].code != event.code) continue;
        event_ = id;
        if (!model_.events[id].providers.empty()) event.provider = model_.events[id].providers.front();
        break;
      }
    }
    event.time = *time;
    for (const auto& field : at.fields) {
      const auto value = value_of(field.value);
      const auto operand = event_ == model::kNone ? std::nullopt : model::resolve(model_, event_, field.name.text);
      const auto kind = operand ? operand->kind : model::OperandKind::field;
      const std::string text = value->texts.empty() ? "" : value->texts.front();
      switch (kind) {
        case model::OperandKind::computer: event.computer = text; event.no_computer = text.empty() || text == "-"; break;
        case model::OperandKind::channel: event.channel = text; break;
        case model::OperandKind::provider: event.provider = text; break;
        case model::OperandKind::event_id:
        case model::OperandKind::record_id:
        case model::OperandKind::time:
        case model::OperandKind::anywhere:
        case model::OperandKind::missing: fail(field.span, fmt::format("'{}' cannot be set in a test event", field.name.text)); break;
        case model::OperandKind::field:
          // `computer` is no field, and stands even where the event is not listed.
          if (!operand && field.name.text == "computer") event.computer = text;
          else event.fields[operand ? operand->name : field.name.text] = *value;
          break;
      }
    }
    return true;
  }

  /// Delivers the event as a reader does: header, question, fields.
  void feed(const TestEvent& event, abi::Sink& sink) {
    abi::EventView view{};
    view.header.computer = event.no_computer ? abi::Cell::none() : abi::Cell::of_text(event.computer);
    view.header.channel = abi::Cell::of_text(event.channel);
    view.header.provider = event.provider.empty() ? abi::Cell::none() : abi::Cell::of_text(event.provider);
    const auto number = value::parse_number(event.code);
    view.header.code = number ? abi::Cell::of_number(static_cast<std::int64_t>(number->bits()), abi::Wire::dec) : abi::Cell::of_text(event.code);
    view.header.record_id = abi::Cell::of_number(static_cast<std::int64_t>(event.record_id), abi::Wire::udec);
    view.header.time = event.time;
    view.header.has_time = 1;
    const abi::Projection* projection = sink.want(view.header);
    if (projection == nullptr) return;
    std::deque<std::vector<abi::Cell>> lists;
    const auto cell = [&](const FieldValue& value) {
      if (!value.list) return abi::Cell::of_text(value.texts.front());
      auto& cells = lists.emplace_back();
      for (const auto& text : value.texts) cells.push_back(abi::Cell::of_text(text));
      return abi::Cell::of_list(cells.data(), static_cast<std::uint32_t>(cells.size()));
    };
    std::vector<abi::Cell> cells;
    for (const auto& name : projection->fields) {
      const auto found = event.fields.find(name);
      cells.push_back(found == event.fields.end() ? abi::Cell::none() : cell(found->second));
    }
    std::vector<abi::NamedCell> all;
    std::string bytes = fmt::format("{} {} {} {} {}", event.time, event.computer, event.channel, event.code, event.record_id);
    for (const auto& [name, value] : event.fields) {
      if (projection->all) all.push_back({abi::Cell::of_text(name), cell(value)});
      bytes += '\0' + name;
      for (const auto& text : value.texts) bytes += '\0' + text;
    }
    view.fields = cells.data();
    view.field_count = static_cast<std::uint32_t>(cells.size());
    view.all = projection->all ? all.data() : nullptr;
    view.all_count = static_cast<std::uint32_t>(all.size());
    sink.event(view, *projection, bytes);
  }

  std::string qualified(const syntax::QName& name, bool link) const {
    if (name.pack) return name.pack->text + "." + name.name.text;
    std::string found;
    const auto consider = [&](const std::string& pack, const std::string& own) {
      if (own == name.name.text && (found.empty() || pack == test_.pack)) found = pack + "." + own;
    };
    if (link) for (const auto& l : model_.links) { if (!l.anonymous) consider(l.pack, l.name); }
    else for (const auto& c : model_.chains) consider(c.pack, c.name);
    return found;
  }

  std::string describe(const engine::Finding& finding) const {
    std::string text = program_.chains[finding.chain].name + " by";
    for (const auto& [key, shown] : finding.entity) text += fmt::format(" {} = \"{}\"", key, shown);
    return text + fmt::format(", {} events from {} to {}", finding.evidence.size(), value::print_duration(finding.first - kTestStart),
                              value::print_duration(finding.last - kTestStart));
  }

  void judge(const syntax::TestExpect& expect) {
    if (expect.nothing) {
      for (const auto& finding : outcome_.findings) {
        if (program_.chains[finding.chain].name.starts_with(test_.pack + ".")) fail(expect.span, "expected nothing; found " + describe(finding));
      }
      return;
    }
    const std::string name = qualified(expect.name, expect.link);
    const auto times = count_of(expect.times, 1);
    if (!times) return fail(expect.span, "the number of times is not a whole number");
    if (expect.link) {
      std::uint64_t seen = 0;
      outcome_.hits.each([&](const engine::Hit& hit) { seen += program_.links[hit.link].name == name; });
      if (seen != *times) fail(expect.span, fmt::format("expected link {} {} times; seen {}", name, *times, seen));
      return;
    }
    std::vector<const engine::Finding*> fitting, others;
    for (const auto& finding : outcome_.findings) {
      if (program_.chains[finding.chain].name != name) continue;
      (fits(expect, finding) ? fitting : others).push_back(&finding);
    }
    if (fitting.size() == *times) return;
    std::string message = fmt::format("expected {} {} time{}; found {}", name, *times, *times == 1 ? "" : "s", fitting.size());
    for (const auto* finding : others) message += "\n  but " + describe(*finding);
    for (const auto* finding : fitting) message += "\n  found " + describe(*finding);
    fail(expect.span, message);
  }

  bool fits(const syntax::TestExpect& expect, const engine::Finding& finding) const {
    for (const auto& [key, wanted] : expect.by) {
      bool same = false;
      for (const auto& [name, shown] : finding.entity) same = same || (name == key.text && same_entity(finding, name, wanted.text, shown));
      if (!same) return false;
    }
    const auto events = count_of(expect.events, finding.evidence.size());
    if (!events || *events != finding.evidence.size()) return false;
    if (expect.from && offset_of(*expect.from) != finding.first) return false;
    if (expect.to && offset_of(*expect.to) != finding.last) return false;
    return true;
  }

  /// Entities are compared as values of the key's type: "FS01" and "fs01.corp.example" are one computer.
  bool same_entity(const engine::Finding& finding, const std::string& key, const std::string& wanted, const std::string& shown) const {
    for (const auto& chain : model_.chains) {
      if (chain.qualified() != program_.chains[finding.chain].name) continue;
      for (const auto& own : chain.by) {
        if (own.name != key) continue;
        const auto a = value::canonical(own.type, wanted);
        return a && *a == value::canonical(own.type, shown);
      }
    }
    return wanted == shown;
  }

  const model::Model& model_;
  const program::Program& program_;
  const match::Prepared& prepared_;
  const model::TestCase& test_;
  const Sources& sources_;
  model::EventId event_ = model::kNone;
  engine::Outcome outcome_;
  std::vector<TestFailure> failures_;
};

}  // namespace

std::vector<TestFailure> run_rule_test(const model::Model& model, const program::Program& program, const match::Prepared& prepared,
                                       const model::TestCase& test, const Sources& sources) {
  return Runner(model, program, prepared, test, sources).run();
}

}  // namespace chainhunt::driver

#include <fmt/format.h>

#include "compiler/driver/explain_output.h"
#include "runtime/output/json_text.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {
namespace {

using explain::ChainExplained;

/// Writes one value after the other; commas are set by what stands before.
class Json {
 public:
  void open(char bracket) { mark(); out_ += bracket; fresh_ = true; }
  void close(char bracket) { out_ += bracket; fresh_ = false; }
  void key(std::string_view name) { mark(); output::append_json(out_, name); out_ += ':'; fresh_ = true; }
  void text(std::string_view value) { mark(); output::append_json(out_, value); }
  void number(std::uint64_t value) { mark(); out_ += std::to_string(value); }
  void truth(bool value) { mark(); out_ += value ? "true" : "false"; }
  void text(std::string_view name, std::string_view value) { key(name); text(value); }
  void number(std::string_view name, std::uint64_t value) { key(name); number(value); }
  void truth(std::string_view name, bool value) { key(name); truth(value); }
  /// Ticks as seconds.
  void seconds(std::string_view name, std::int64_t ticks) {
    key(name);
    mark();
    const auto magnitude = static_cast<std::uint64_t>(ticks < 0 ? -ticks : ticks);
    std::string digits = fmt::format("{}{}.{:07}", ticks < 0 ? "-" : "", magnitude / value::kTicksPerSecond, magnitude % value::kTicksPerSecond);
    while (digits.ends_with('0')) digits.pop_back();
    if (digits.ends_with('.')) digits.pop_back();
    out_ += digits;
  }
  template <typename List, typename Write>
  void list(std::string_view name, const List& all, Write&& write) {
    key(name);
    open('[');
    for (const auto& own : all) write(own);
    close(']');
  }
  void texts(std::string_view name, const std::vector<std::string>& all) {
    list(name, all, [&](const std::string& own) { text(own); });
  }
  void pairs(std::string_view name, const std::vector<std::pair<std::string, std::string>>& all) {
    key(name);
    open('{');
    for (const auto& [own, value] : all) text(own, value);
    close('}');
  }
  std::string take() { return std::move(out_); }

 private:
  void mark() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string out_;
  bool fresh_ = true;
};

class Writer {
 public:
  explicit Writer(const std::vector<std::string>& sources) : sources_(sources) {}

  std::string make(const explain::Explained& explained) {
    json_.open('{');
    json_.number("version", 1);
    json_.text("chain", explained.chains.front().name);
    json_.truth("fired", explained.chains.front().findings > 0);
    json_.number("records", explained.records);
    json_.number("outside", explained.outside);
    json_.number("no_time", explained.no_time);
    json_.number("duplicates", explained.duplicates);
    json_.list("chains", explained.chains, [&](const ChainExplained& chain) { write(chain); });
    json_.close('}');
    return json_.take() + "\n";
  }

 private:
  void write(const ChainExplained& chain) {
    json_.open('{');
    json_.text("name", chain.name);
    json_.truth("inner", chain.inner);
    json_.text("match", chain.pattern);
    json_.text("where", chain.where);
    json_.text("by", chain.by);
    json_.text("within", chain.within);
    json_.number("findings", chain.findings);
    json_.list("fired", chain.fired, [&](const explain::Fired& fired) { write(fired); });
    json_.truth("possible", chain.possible);
    json_.texts("blind", chain.blind);
    json_.list("links", chain.links, [&](const explain::LinkFunnel& link) { write(link); });
    json_.list("misses", chain.misses, [&](const explain::Miss& miss) { write(miss); });
    json_.texts("notes", chain.notes);
    json_.close('}');
  }

  void write(const explain::Fired& fired) {
    const auto& finding = fired.finding;
    json_.open('{');
    json_.pairs("entity", finding.entity);
    json_.text("first", value::print_time(finding.first));
    json_.text("last", value::print_time(finding.last));
    json_.number("part", finding.part);
    json_.number("parts", finding.parts);
    json_.number("suppressed", finding.suppressed);
    json_.truth("open", finding.open);
    json_.truth("complete", finding.complete);
    json_.text("reason", finding.reason);
    write(fired.match);
    json_.close('}');
  }

  void write(const explain::Match& match) {
    json_.list("spans", match.spans, [&](const explain::Span& span) {
      json_.open('{');
      json_.text("what", span.what);
      json_.seconds("used", span.used);
      json_.seconds("allowed", span.allowed);
      json_.close('}');
    });
    std::int64_t before = match.events.empty() ? 0 : match.events.front().time;
    json_.list("events", match.events, [&](const explain::Event& event) {
      json_.open('{');
      json_.text("time", value::print_time(event.time));
      json_.seconds("after", event.time - before);
      before = event.time;
      json_.text("computer", event.computer);
      json_.text("channel", event.channel);
      json_.text("event_id", event.event_id);
      if (event.record_id) json_.number("record_id", *event.record_id);
      json_.text("source", event.source < sources_.size() ? sources_[event.source] : "");
      json_.pairs("keys", event.keys);
      json_.pairs("fields", event.fields);
      json_.list("links", event.readings, [&](const explain::Reading& reading) { write(reading); });
      json_.close('}');
    });
  }

  void write(const explain::Reading& reading) {
    json_.open('{');
    json_.text("link", reading.link);
    json_.list("conditions", reading.conditions, [&](const explain::Condition& condition) {
      json_.open('{');
      json_.text("text", condition.text);
      json_.truth("holds", condition.holds);
      json_.key("values");
      json_.open('{');
      for (const auto& own : condition.values) {
        if (own.present) json_.text(own.name, own.text);
      }
      json_.close('}');
      json_.close('}');
    });
    json_.close('}');
  }

  void write(const explain::LinkFunnel& link) {
    json_.open('{');
    json_.text("link", link.link);
    json_.truth("absent", link.absent);
    json_.truth("chain", link.chain);
    json_.list("events", link.events, [&](const explain::Funnel& funnel) {
      json_.open('{');
      json_.text("source", funnel.source);
      json_.text("code", funnel.code);
      json_.number("records", funnel.records);
      json_.list("conditions", funnel.stages, [&](const explain::Stage& stage) {
        json_.open('{');
        json_.text("text", stage.text);
        json_.number("passed", stage.passed);
        json_.number("alone", stage.alone);
        json_.close('}');
      });
      json_.number("matched", funnel.matched);
      json_.list("fields", funnel.fields, [&](const explain::Filled& field) {
        json_.open('{');
        json_.text("field", field.field);
        json_.text("needed_by", field.needed_by);
        json_.number("filled", field.records);
        json_.close('}');
      });
      json_.close('}');
    });
    json_.number("hits", link.hits);
    json_.number("kept", link.kept);
    json_.number("with_key", link.with_key);
    json_.number("of_entity", link.of_entity);
    json_.close('}');
  }

  void write(const explain::Miss& miss) {
    json_.open('{');
    json_.pairs("entity", miss.entity);
    json_.number("filled", miss.filled);
    json_.number("steps", miss.steps);
    json_.texts("missing", miss.missing);
    json_.list("causes", miss.causes, [&](const explain::Cause& cause) {
      json_.open('{');
      json_.text("kind", explain::name_of(cause.kind));
      json_.text("text", cause.text);
      json_.text("link", cause.link);
      json_.text("seen", cause.seen);
      json_.text("wanted", cause.wanted);
      json_.text("change", cause.change);
      json_.truth("verified", true);
      json_.close('}');
    });
    write(miss.match);
    json_.close('}');
  }

  const std::vector<std::string>& sources_;
  Json json_;
};

}  // namespace

std::string explain_json(const explain::Explained& explained, const std::vector<std::string>& sources) { return Writer(sources).make(explained); }

}  // namespace chainhunt::driver

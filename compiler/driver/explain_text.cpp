// For people: what a hunter asks first stands first.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/driver/explain_output.h"
#include "runtime/base/text.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {
namespace {

using explain::ChainExplained;

/// Told in full; `--format json` has all.
constexpr std::size_t kMaxFindings = 3;
constexpr std::size_t kMaxEvents = 20;
constexpr std::size_t kMaxLinks = 8;
/// Of one condition or value.
constexpr std::size_t kMaxCondition = 110, kMaxValue = 80;

constexpr const char* kBold = "1";
constexpr const char* kDim = "2";
constexpr const char* kBad = "1;31";
constexpr const char* kGood = "1;32";

/// At most so many code points.
std::string shortened(const std::string& text, std::size_t most) {
  std::size_t points = 0, bytes = 0;
  while (bytes < text.size() && points + 1 < most) {
    ++bytes;
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
    ++points;
  }
  return bytes < text.size() && base::count_code_points(std::string_view(text).substr(bytes)) > 1 ? text.substr(0, bytes) + "…" : text;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t points = base::count_code_points(text);
  return points < width ? text + std::string(width - points, ' ') : text;
}

std::string many(std::uint64_t count, const char* one) { return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s"); }

std::string duration(std::int64_t ticks) {
  const double seconds = static_cast<double>(ticks) / value::kTicksPerSecond;
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 120) return fmt::format("{:.4g} s", seconds);
  if (seconds < 7200) return fmt::format("{:.3g} min", seconds / 60);
  return fmt::format("{:.3g} h", seconds / 3600);
}

std::string entity_text(const std::vector<std::pair<std::string, std::string>>& entity) {
  std::string out;
  for (const auto& [name, value] : entity) out += (out.empty() ? "" : ", ") + name + " " + base::printable(value);
  return out.empty() ? "all" : out;
}

class Text {
 public:
  explicit Text(const ExplainStyle& style) : style_(style) {}

  std::string make(const explain::Explained& explained) {
    for (const ChainExplained& chain : explained.chains) {
      if (chain.inner && chain.findings > 0 && explained.chains.front().findings > 0) continue;
      write_chain(chain, explained);
    }
    return std::move(out_);
  }

 private:
  void write_chain(const ChainExplained& chain, const explain::Explained& explained) {
    if (!out_.empty()) line("");
    if (chain.inner) {
      line(fmt::format("{}, of which it is made, {}", chain.name, chain.findings == 0 ? "never completed" : "completed " + many(chain.findings, "time")), kBold);
    } else {
      line(fmt::format("{} {}", chain.name, chain.findings > 0 ? "fired: " + many(chain.findings, "finding") : "did not fire"), chain.findings > 0 ? kGood : kBad);
    }
    wrapped("  match  ", "         ", chain.pattern);
    line("  by     " + chain.by);
    line("  within " + chain.within);
    if (!chain.where.empty()) wrapped("  where  ", "         ", chain.where);
    for (const auto& note : chain.notes) wrapped("  note: ", "        ", note);
    std::size_t told = 0;
    for (const auto& fired : chain.fired) {
      if (told == kMaxFindings) {
        line("");
        line(fmt::format("… and {} (--format json tells all; --entity KEY=VALUE asks about one)", many(chain.findings - told, "more finding")), kDim);
        break;
      }
      write_fired(fired, ++told);
    }
    if (chain.findings > 0) return;
    if (!chain.inner) {
      line("");
      std::string read = many(explained.records, "record") + " read";
      if (explained.outside > 0) read += fmt::format(", {} of the events asked for outside --since … --until", explained.outside);
      if (explained.no_time > 0) read += fmt::format(", {} without a time", explained.no_time);
      if (explained.duplicates > 0) read += fmt::format(", {} repeated", explained.duplicates);
      line(read);
    }
    if (!chain.blind.empty()) {
      line(chain.possible ? "Part of it these logs cannot show:" : "These logs cannot show it:", kBad);
      for (const auto& text : chain.blind) wrapped("  - ", "    ", base::printable(text));
    }
    write_links(chain);
    write_misses(chain);
  }

  void write_fired(const explain::Fired& fired, std::size_t number) {
    line("");
    const auto& finding = fired.finding;
    std::string text = fmt::format("{}. {}  {}, {} in {}", number, entity_text(finding.entity), value::print_time(finding.first),
                                   many(fired.match.events.size(), "event"), duration(finding.last - finding.first));
    if (finding.parts > 0) text += fmt::format(", part {} of {}", finding.part, finding.parts);
    if (finding.suppressed > 0) text += fmt::format(", {} more within the suppress time", finding.suppressed);
    line(text, kBold);
    if (finding.open) line("   open: the log does not reach far enough to tell what did not happen; --complete says that it does");
    if (!finding.complete) wrapped("   INCOMPLETE: ", "   ", finding.reason);
    for (const auto& span : fired.match.spans) line(fmt::format("   {}: {} of {}", span.what, duration(span.used), value::print_duration(span.allowed)));
    write_events(fired.match.events, true);
  }

  /// `all`: also the conditions that hold.
  void write_events(const std::vector<explain::Event>& events, bool all) {
    std::size_t told = 0;
    std::int64_t before = 0;
    for (const explain::Event& event : events) {
      if (told == kMaxEvents) {
        line(fmt::format("   … {} more events (--format json tells all)", events.size() - told), kDim);
        break;
      }
      std::string names;
      for (const auto& reading : event.readings) {
        if (names.find(reading.link) == std::string::npos) names += (names.empty() ? "" : "+") + reading.link;
      }
      std::string text = fmt::format("   {}  {}  {}  {} {}", value::print_time(event.time).substr(11, 12), padded(told == 0 ? "" : "+" + duration(event.time - before), 9),
                                     names, base::printable(event.computer), base::printable(event.event_id));
      if (event.record_id) text += fmt::format(" #{}", *event.record_id);
      for (const auto& [name, value] : event.keys) text += fmt::format("  {}={}", name, base::printable(value));
      for (const auto& [name, value] : event.fields) {
        if (!all && text.find("  " + name + "=") == std::string::npos) text += fmt::format("  {}={}", name, shortened(base::printable(value), kMaxValue));
      }
      line(text);
      before = event.time;
      ++told;
      for (const auto& reading : event.readings) {
        if (all && event.readings.size() > 1) line("               " + reading.link, kDim);
        write_reading(reading, all);
      }
    }
  }

  void write_reading(const explain::Reading& reading, bool all) {
    std::size_t width = 0;
    for (const auto& condition : reading.conditions) width = std::max(width, std::min<std::size_t>(44, base::count_code_points(condition.text)));
    for (const auto& condition : reading.conditions) {
      if (!all && condition.holds) continue;
      std::string values;
      for (const auto& own : condition.values) {
        const std::string text = own.present ? shortened(base::printable(own.text), kMaxValue) : "missing";
        values += (values.empty() ? "" : ", ") + (condition.values.size() > 1 ? own.name + "=" + text : text);
      }
      line(fmt::format("             {}{}  {}", condition.holds ? "    " : "NOT ", padded(shortened(base::printable(condition.text), kMaxCondition), width), values),
           condition.holds ? kDim : kBad);
    }
  }

  void write_links(const ChainExplained& chain) {
    std::vector<const explain::LinkFunnel*> told, untold;
    for (const auto& link : chain.links) {
      const bool any = link.chain || std::any_of(link.events.begin(), link.events.end(), [](const auto& event) { return event.records > 0; });
      (any ? told : untold).push_back(&link);
    }
    const bool brief = told.size() > kMaxLinks;
    if (brief) {
      line("");
      std::size_t width = 0;
      for (const auto* link : told) width = std::max(width, link->link.size());
      line(fmt::format("  {}  {:>10}  {:>10}", padded("link", width), "records", "hits"), kDim);
      for (const auto* link : told) {
        std::uint64_t records = 0;
        for (const auto& event : link->events) records += event.records;
        line(fmt::format("  {}  {:>10}  {:>10}", padded(link->link, width), records, link->with_key));
      }
    } else {
      for (const auto* link : told) write_link(*link);
    }
    if (told.empty() || untold.empty()) return;
    std::string names;
    for (const auto* link : untold) names += (names.empty() ? "" : ", ") + link->link;
    line("");
    wrapped("  no record of the events of: ", "    ", names);
  }

  void write_link(const explain::LinkFunnel& link) {
    line("");
    line(link.link + (link.absent ? "  (must not happen)" : link.chain ? "  (a chain)" : ""), kBold);
    for (const auto& event : link.events) {
      if (event.records == 0 && link.events.size() > 1) continue;
      line(fmt::format("  {:>9}  records of {}", event.records, event.source.substr(event.source.rfind('.') + 1) + (event.code.empty() ? "" : " " + event.code)));
      std::uint64_t before = event.records;
      for (const auto& stage : event.stages) {
        std::string text = fmt::format("  {:>9}  {}", stage.passed, shortened(base::printable(stage.text), kMaxCondition));
        // Where all is lost it helps to know whether the condition ever holds.
        if (stage.passed == 0 && before > 0 && event.stages.size() > 1) text += fmt::format("   (alone: {})", stage.alone);
        line(text, stage.passed == 0 && before > 0 ? kBad : "");
        before = stage.passed;
      }
    }
    std::string text = fmt::format("  {:>9}  {}", link.hits, link.chain ? "completions" : "hits");
    if (link.kept != link.hits) text += fmt::format(", {} after keep", link.kept);
    if (link.with_key != link.kept) text += fmt::format(", {} with a key", link.with_key);
    if (link.of_entity != link.with_key) text += fmt::format(", {} of the entity asked for", link.of_entity);
    line(text);
  }

  void write_misses(const ChainExplained& chain) {
    line("");
    if (chain.misses.empty()) {
      line("No entity came near.", kBold);
      return;
    }
    line(chain.misses.size() == 1 ? "Nearest miss" : "Nearest misses", kBold);
    std::size_t number = 0;
    for (const auto& miss : chain.misses) {
      line("");
      const std::string at = miss.match.events.empty() ? "" : "  " + value::print_time(miss.match.events.front().time);
      line(fmt::format("{}. {}{}  {} of {}", ++number, entity_text(miss.entity), at, miss.filled, many(miss.steps, "event")), kBold);
      if (!miss.missing.empty() && (miss.causes.empty() || miss.causes.front().kind != explain::CauseKind::step)) {
        std::string names;
        for (const auto& name : miss.missing) names += (names.empty() ? "" : ", ") + name;
        wrapped("   not there: ", "              ", names);
      }
      if (miss.causes.empty()) line("   no single change makes it fire");
      for (std::size_t i = 0; i < miss.causes.size(); ++i) {
        const auto& cause = miss.causes[i];
        wrapped(i == 0 ? "   cause: " : "   or: ", "     ", brief(cause.text, cause));
        wrapped("     tried: ", "     ", "it fires " + brief(tried(cause), cause));
      }
      write_events(miss.match.events, false);
    }
  }

  /// A text of a cause; a long condition or value in it is cut.
  static std::string brief(std::string text, const explain::Cause& cause) {
    for (const std::string* long_one : {&cause.wanted, &cause.seen}) {
      const std::size_t at = long_one->size() > kMaxCondition ? text.find(*long_one) : std::string::npos;
      if (at != std::string::npos) text.replace(at, long_one->size(), shortened(*long_one, kMaxCondition));
    }
    return base::printable(text);
  }

  static std::string tried(const explain::Cause& cause) {
    switch (cause.kind) {
      case explain::CauseKind::window: case explain::CauseKind::gap: case explain::CauseKind::count: case explain::CauseKind::aggregate:
        return "with `" + cause.change + "`";
      case explain::CauseKind::condition: case explain::CauseKind::key: case explain::CauseKind::alignment: case explain::CauseKind::order:
      case explain::CauseKind::absence: case explain::CauseKind::across: case explain::CauseKind::keep: case explain::CauseKind::one_record:
      case explain::CauseKind::limit: case explain::CauseKind::step: return cause.change;
    }
    return "";
  }

  /// Broken at spaces where the terminal is narrow.
  void wrapped(const std::string& first, const std::string& rest, const std::string& text) {
    std::string own = first;
    bool fresh = true;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      const std::string word = text.substr(at, end - at);
      if (!fresh && style_.width > 20 && base::count_code_points(own) + base::count_code_points(word) + 1 > style_.width) {
        line(own);
        own = rest;
        fresh = true;
      }
      own += (fresh ? "" : " ") + word;
      fresh = false;
      at = end + 1;
    }
    line(own);
  }

  void line(std::string text, const char* style = "") {
    if (style_.width > 20) text = shortened(text, style_.width);
    while (text.ends_with(' ')) text.pop_back();
    if (style_.color && *style != 0 && !text.empty()) out_ += fmt::format("\x1b[{}m{}\x1b[0m\n", style, text);
    else out_ += text + "\n";
  }

  const ExplainStyle& style_;
  std::string out_;
};

}  // namespace

std::string explain_text(const explain::Explained& explained, const ExplainStyle& style) { return Text(style).make(explained); }

}  // namespace chainhunt::driver

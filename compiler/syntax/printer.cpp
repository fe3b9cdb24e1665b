#include "compiler/syntax/printer.h"

#include <algorithm>

namespace chainhunt::syntax {
namespace {

std::string padded(const std::string& word, std::size_t width) { return word + std::string(width > word.size() ? width - word.size() : 1, ' '); }

std::string brackets(const Expr& list) {
  std::string out;
  for (const Expr& item : list.args) out += (out.empty() ? "" : ", ") + (item.kind == ExprKind::list ? brackets(item) : print(item));
  return "[" + out + "]";
}
std::string value_text(const Expr& value) { return value.kind == ExprKind::list ? brackets(value) : print(value); }

template <typename Items, typename Text>
std::string list_text(const Items& items, Text text, const char* separator = ", ") {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : separator) + text(item);
  return out;
}

/// Words one after the other, broken before kLineWidth; continuation lines begin with `indent` blanks.
std::string wrapped(const std::vector<std::string>& words, const std::string& separator, std::size_t column, std::size_t indent) {
  std::string out;
  std::size_t at = column;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) {
      if (at + separator.size() + words[i].size() > kLineWidth) {
        std::string end = separator;
        while (!end.empty() && end.back() == ' ') end.pop_back();
        out += end + "\n" + std::string(indent, ' ');
        at = indent;
      } else {
        out += separator;
        at += separator.size();
      }
    }
    out += words[i];
    at += words[i].size();
  }
  return out;
}

/// One piece of a block: a clause, an event, a field row, a test step; with the comments that belong to it.
struct Unit {
  std::uint32_t begin = 0, end = 0;  // in the source
  int order = 0;
  std::string text;                  // continuation lines are indented as they stand
  std::vector<std::string> before;
  std::string trailing;
};

class Printer {
 public:
  Printer(const File& file, const std::string& text) : file_(file), text_(text), used_(file.comments.size(), false) {}

  std::string run() {
    std::uint32_t previous_end = 0;
    bool previous_compact = true, previous_test = false, first = true;
    std::size_t next_comment = 0;
    for (const Declaration& declaration : file_.declarations) {
      const std::uint32_t begin = doc_begin(declaration);
      for (; next_comment < file_.comments.size() && file_.comments[next_comment].span.begin < begin; ++next_comment) {
        top_comment(next_comment, previous_end, first);
        previous_compact = true;
      }
      while (next_comment < file_.comments.size() && file_.comments[next_comment].span.begin < declaration.span.end) ++next_comment;
      const std::string printed = declaration_text(declaration);
      const bool compact = printed.find('\n') == std::string::npos;
      const bool test = std::holds_alternative<TestDecl>(declaration.value);
      const bool grouped = (compact && previous_compact && !test) || (test && previous_test) || after_comment_;
      if (!first && (blank_between(previous_end, begin) || !grouped)) out_ += "\n";
      // What stood inside, or behind the documentation, and has no place there goes before the whole.
      for (std::size_t c = 0; c < file_.comments.size(); ++c) {
        if (used_[c] || file_.comments[c].span.begin < begin || file_.comments[c].span.begin >= declaration.span.end) continue;
        used_[c] = true;
        out_ += comment_text(c) + "\n";
      }
      if (!declaration.doc.empty()) {
        for (std::size_t at = 0; at <= declaration.doc.size();) {
          const std::size_t end = std::min(declaration.doc.find('\n', at), declaration.doc.size());
          const std::string line = declaration.doc.substr(at, end - at);
          out_ += line.empty() ? "///\n" : "/// " + line + "\n";
          at = end + 1;
        }
      }
      out_ += printed;
      finish_line(declaration.span.end);
      previous_end = declaration.span.end;
      previous_compact = compact;
      previous_test = test;
      after_comment_ = false;
      first = false;
    }
    for (; next_comment < file_.comments.size(); ++next_comment) top_comment(next_comment, previous_end, first);
    return std::move(out_);
  }

 private:
  // ---- comments ----
  std::string comment_text(std::size_t index) const {
    const Span span = file_.comments[index].span;
    std::string text = text_.substr(span.begin, span.end - span.begin);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) text.pop_back();
    // A `///` that documents nothing must not come to document what it is moved to.
    if (text.starts_with("///")) text.erase(0, 1);
    return text;
  }
  void top_comment(std::size_t index, std::uint32_t& previous_end, bool& first) {
    if (used_[index]) return;
    used_[index] = true;
    const Span span = file_.comments[index].span;
    if (!first && blank_between(previous_end, span.begin)) out_ += "\n";
    out_ += comment_text(index) + "\n";
    previous_end = span.end;
    after_comment_ = true;
    first = false;
  }
  /// The rest of a declaration's last line: a comment that stands behind it, and the line's end.
  void finish_line(std::uint32_t end) {
    for (std::size_t i = 0; i < file_.comments.size(); ++i) {
      if (used_[i] || file_.comments[i].own_line || file_.comments[i].span.begin < end || !same_line(end, file_.comments[i].span.begin)) continue;
      used_[i] = true;
      out_ += "  " + comment_text(i);
    }
    out_ += "\n";
  }
  bool same_line(std::uint32_t from, std::uint32_t to) const {
    return from <= to && text_.find('\n', from) >= to;
  }
  bool blank_between(std::uint32_t from, std::uint32_t to) const {
    if (from >= to) return false;
    int lines = 0;
    for (std::uint32_t i = from; i < to; ++i) {
      if (text_[i] == '\n') ++lines;
    }
    // The previous piece's own line end does not count; a `//` comment's span ends before it.
    return lines >= 2;
  }
  /// Where a declaration's documentation begins.
  std::uint32_t doc_begin(const Declaration& declaration) const {
    std::uint32_t begin = declaration.span.begin;
    if (declaration.doc.empty()) return begin;
    const auto lines = std::count(declaration.doc.begin(), declaration.doc.end(), '\n') + 1;
    for (long i = 0; i < lines; ++i) {
      const std::size_t at = begin == 0 ? std::string::npos : text_.rfind("///", begin - 1);
      if (at == std::string::npos) break;
      begin = static_cast<std::uint32_t>(at);
    }
    return begin;
  }

  /// Gives the comments inside [begin, end) to the units they belong to; `tail` gets what stands behind all.
  void attach(std::vector<Unit>& units, std::uint32_t begin, std::uint32_t end, std::vector<std::string>& tail, std::string& opening) {
    std::vector<std::size_t> by_place(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) by_place[i] = i;
    std::sort(by_place.begin(), by_place.end(), [&](std::size_t a, std::size_t b) { return units[a].begin < units[b].begin; });
    for (std::size_t c = 0; c < file_.comments.size(); ++c) {
      const Comment& comment = file_.comments[c];
      if (used_[c] || comment.span.begin < begin || comment.span.begin >= end) continue;
      used_[c] = true;
      const std::string text = comment_text(c);
      const bool line_comment = text.starts_with("//");
      Unit* home = nullptr;
      bool behind = false;
      for (const std::size_t i : by_place) {
        if (units[i].end <= comment.span.begin && !comment.own_line && same_line(units[i].end, comment.span.begin)) home = &units[i], behind = true;
        if (units[i].end > comment.span.begin) {
          if (home == nullptr) home = &units[i];
          break;
        }
      }
      if (home == nullptr) {
        if (!comment.own_line && same_line(begin, comment.span.begin) && opening.empty()) opening = text;
        else tail.push_back(text);
      } else if (behind && home->trailing.empty()) {
        home->trailing = text;
      } else if (!comment.own_line && !behind && home == &units[by_place[0]] && opening.empty() && same_line(begin, comment.span.begin) &&
                 comment.span.begin < home->begin && line_comment) {
        opening = text;
      } else {
        home->before.push_back(text);
      }
    }
  }

  /// `head {` units `}`; on one line if the author wrote it so and it fits.
  std::string block(const std::string& head, std::vector<Unit> units, Span braces, std::uint32_t begin, bool may_be_compact) {
    const bool author_compact = may_be_compact && text_.substr(begin, braces.end - begin).find('\n') == std::string::npos;
    const bool comments = std::any_of(file_.comments.begin(), file_.comments.end(),
                                      [&](const Comment& c) { return c.span.begin >= begin && c.span.begin < braces.end; });
    std::stable_sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) { return a.order < b.order; });
    if (units.empty() && !comments) return head + " { }";
    if (author_compact && !comments) {
      std::string line = head + " {";
      for (const Unit& unit : units) {
        // The padding of the keyword belongs to blocks.
        std::string text = unit.text;
        const std::size_t word = text.find(' ');
        const std::size_t rest = text.find_first_not_of(' ', word);
        if (word != std::string::npos && rest != std::string::npos) text = text.substr(0, word + 1) + text.substr(rest);
        line += (line.back() == '{' ? " " : "  ") + text;
      }
      line += " }";
      if (line.find('\n') == std::string::npos && line.size() <= kLineWidth + 10) return line;
    }
    std::vector<std::string> tail;
    std::string opening;
    attach(units, begin, braces.end, tail, opening);
    std::string out = head + " {" + (opening.empty() ? "" : "  " + opening) + "\n";
    for (const Unit& unit : units) {
      for (const std::string& comment : unit.before) out += "  " + comment + "\n";
      out += "  " + unit.text + (unit.trailing.empty() ? "" : "  " + unit.trailing) + "\n";
    }
    for (const std::string& comment : tail) out += "  " + comment + "\n";
    return out + "}";
  }

  // ---- long conditions ----
  /// Broken at connectives, inside of parentheses as well, and between the values of a list, wherever that is longer
  /// than the line; `column` is where it begins.
  static std::string broken(const Predicate& predicate, std::size_t column) {
    const std::string line = print(predicate);
    if (column + line.size() <= kLineWidth) return line;
    switch (predicate.kind) {
      case PredicateKind::conjunction:
      case PredicateKind::disjunction: {
        const std::string word = predicate.kind == PredicateKind::conjunction ? "and " : "or ";
        std::string out;
        for (const Predicate& child : predicate.children) {
          const bool first = out.empty();
          if (!first) out += "\n" + std::string(column, ' ') + word;
          out += broken(child, column + (first ? 0 : word.size()));
        }
        return out;
      }
      case PredicateKind::negation: return "not " + broken(predicate.children[0], column + 4);
      case PredicateKind::group: return "(" + broken(predicate.children[0], column + 1) + ")";
      case PredicateKind::compare: {
        if (predicate.right.kind != ExprKind::list || predicate.right.args.size() < 2) return line;
        const std::string head = line.substr(0, line.size() - print(predicate.right).size());
        return head + list_broken(predicate.right.args, "(", ")", column + head.size());
      }
      case PredicateKind::exists: case PredicateKind::missing: case PredicateKind::reference: return line;
    }
    return line;
  }
  static std::string list_broken(const std::vector<Expr>& items, const char* open, const char* close, std::size_t column) {
    std::vector<std::string> words;
    for (const Expr& item : items) words.push_back(print(item));
    return open + wrapped(words, ", ", column + 1, column + 1) + close;
  }
  static std::string broken(const Pattern& pattern, std::size_t column) {
    const std::string line = print(pattern);
    const bool joins = pattern.kind == PatternKind::conjunction || pattern.kind == PatternKind::disjunction || pattern.kind == PatternKind::sequence;
    if (column + line.size() <= kLineWidth || !joins) return line;
    std::string out = print(pattern.children[0]);
    for (std::size_t i = 1; i < pattern.children.size(); ++i) {
      out += "\n" + std::string(column, ' ');
      if (pattern.kind == PatternKind::sequence) out += pattern.gaps[i - 1] ? "then within " + print(*pattern.gaps[i - 1]) + " " : "then ";
      else out += pattern.kind == PatternKind::conjunction ? "and " : "or ";
      out += print(pattern.children[i]);
    }
    return out;
  }

  // ---- clauses ----
  std::vector<Unit> clause_units(const Clauses& c, bool chain) {
    const std::size_t width = chain ? 9 : 7;
    const std::size_t column = 2 + width;
    std::vector<Unit> units;
    const auto add = [&](int order, const char* word, Span span, const std::string& text) {
      units.push_back({span.begin, span.end, order, padded(word, width) + text, {}, {}});
    };
    const auto all = [&](const auto& items) { return Span{0, items.front().span.begin, items.back().span.end}; };
    if (c.match) add(0, "match", c.match->span, broken(*c.match, column));
    for (const Selector& on : c.on) {
      std::string text = selector_text(on);
      if (on.where) text = "(" + text + " where " + broken(*on.where, column + text.size() + 8) + ")";
      Span span = on.span;
      if (on.where) span.end = std::max(span.end, on.where->span.end + 1);
      add(1, "on", span, text);
    }
    if (!c.by.empty()) add(1, "by", all(c.by), list_text(c.by, [](const Key& key) {
      std::string text = print_name(key.name.text);
      if (key.name.text == "all" && key.mapping.empty()) text = "all";
      if (!key.mapping.empty()) text += " = " + list_text(key.mapping, [](const Expr& e) { return print(e); }, " | ");
      return text;
    }));
    if (c.within) add(2, "within", c.within->span, print(*c.within) + (c.aligned ? " aligned" : ""));
    if (c.where) add(3, "where", c.where->span, broken(*c.where, column));
    if (c.keep) {
      const auto names = [](const std::vector<Expr>& list) { return list_text(list, [](const Expr& e) { return print(e); }); };
      std::string text = (c.keep->rare ? "rare " : "first ") + names(c.keep->fields) + " by " + names(c.keep->by);
      if (c.keep->below) text += " below " + print(*c.keep->below);
      if (c.keep->in) text += " in " + print(*c.keep->in);
      add(4, "keep", c.keep->span, text);
    }
    if (c.suppress) add(5, "suppress", c.suppress->span, print(*c.suppress));
    if (c.severity) add(6, "severity", c.severity->span, print_name(c.severity->text));
    const auto plain = [](const Name& name) { return name.text; };
    if (!c.need.empty()) add(7, "need", all(c.need), list_text(c.need, [](const Name& n) { return print_name(n.text); }));
    if (!c.attack.empty()) add(8, "attack", all(c.attack), list_text(c.attack, plain));
    if (c.risk) add(9, "risk", c.risk->span, print(*c.risk));
    if (!c.show.empty()) add(10, "show", all(c.show), list_text(c.show, [](const Expr& e) { return print(e); }));
    if (c.meta_span) {
      std::vector<std::string> words;
      for (const MetaEntry& entry : c.meta) {
        const std::string key = print_name(entry.key.text) + ": ";
        const bool long_list = entry.value.kind == ExprKind::list && column + 2 + key.size() + value_text(entry.value).size() > kLineWidth;
        words.push_back(key + (long_list ? list_broken(entry.value.args, "[", "]", column + 2 + key.size()) : value_text(entry.value)));
      }
      add(11, "meta", *c.meta_span, "{ " + wrapped(words, ", ", column + 2, column + 2) + " }");
    }
    if (c.reason) add(12, "reason", c.reason->span, print(*c.reason));
    if (c.owner) add(13, "owner", c.owner->span, print(*c.owner));
    if (c.until) add(14, "until", c.until->span, print(*c.until));
    return units;
  }

  static std::string selector_text(const Selector& selector) {
    if (selector.any) return "any";
    return print(selector.source) + (selector.codes.empty() ? "" : " " + list_text(selector.codes, [](const Expr& e) { return print(e); }));
  }

  // ---- declarations ----
  std::string declaration_text(const Declaration& declaration) {
    return std::visit([&](const auto& d) { return text_of(d, declaration.span); }, declaration.value);
  }
  std::string text_of(const PackDecl& d, Span) { return "pack " + print_name(d.name.text) + " version " + print(d.version); }
  std::string text_of(const ImportDecl& d, Span) { return "import " + print_name(d.pack.text); }
  std::string text_of(const LetDecl& d, Span) {
    const std::string head = "let " + print_name(d.name.text) + " = ";
    if (d.predicate) {
      // Behind a long name there is no room: the condition begins on a line of its own.
      const bool own_line = head.size() > kLineWidth / 3 && head.size() + print(*d.predicate).size() + 2 > kLineWidth;
      return head + "(" + (own_line ? "\n  " + broken(*d.predicate, 2) : broken(*d.predicate, head.size() + 1)) + ")";
    }
    if (d.value->kind != ExprKind::list) return head + print(*d.value);
    std::vector<std::string> words;
    for (const Expr& item : d.value->args) words.push_back(print(item));
    return head + "[" + wrapped(words, ", ", head.size() + 1, 2) + "]";
  }
  std::string text_of(const MaskDecl& d, Span) {
    std::vector<std::string> words;
    for (const MaskBit& bit : d.bits) words.push_back(print_name(bit.name.text) + " = " + print(bit.value));
    std::size_t length = 0;
    for (const auto& word : words) length += word.size() + 2;
    const std::string head = "mask " + print_name(d.name.text) + " {";
    if (head.size() + length + 2 <= kLineWidth) return head + (words.empty() ? " }" : " " + wrapped(words, ", ", 0, 0) + " }");
    return head + "\n  " + wrapped(words, ", ", 2, 2) + "\n}";
  }
  std::string text_of(const SourceDecl& d, Span span) {
    std::vector<Unit> units;
    const auto strings = [](const std::vector<Expr>& list) { return list_text(list, [](const Expr& e) { return print(e); }); };
    const auto add = [&](int order, Span at, std::string text) { units.push_back({at.begin, at.end, order, std::move(text), {}, {}}); };
    if (!d.providers.empty()) add(0, {0, d.providers.front().span.begin, d.providers.back().span.end}, "provider " + strings(d.providers));
    if (!d.channels.empty()) add(1, {0, d.channels.front().span.begin, d.channels.back().span.end}, "channel " + strings(d.channels));
    if (d.json) add(2, d.json->span, "json " + print(*d.json));
    if (d.time) {
      Span at = d.time->span;
      if (d.zone) at.end = d.zone->span.end;
      add(3, at, "time " + print(*d.time) + (d.time_format.empty() ? "" : " as " + d.time_format) + (d.zone ? " zone " + print(*d.zone) : ""));
    }
    if (d.code) add(4, d.code->span, "code " + print(*d.code));
    if (d.computer) add(5, d.computer->span, "computer " + print(*d.computer));
    for (const EventDecl& event : d.events) {
      std::string head = "event " + print(event.code) + (event.title ? " " + print(*event.title) : "");
      if (!event.providers.empty()) head += " provider " + strings(event.providers);
      std::vector<std::string> fields;
      for (const FieldDecl& field : event.fields) {
        std::string text = print_name(field.name.text) + ": " + (field.type.mask ? "mask " + print_name(field.type.mask->text) : field.type.text);
        if (field.path) text += " = " + print(*field.path);
        fields.push_back(std::move(text));
      }
      add(6, event.span, fields.empty() ? head + " { }" : head + " {\n    " + wrapped(fields, "   ", 4, 4) + "\n  }");
    }
    const std::uint32_t open = static_cast<std::uint32_t>(text_.find('{', d.name.span.end));
    return block("source " + print_name(d.name.text) + (d.open ? " open" : ""), std::move(units), {span.file, open, span.end}, open, false);
  }
  std::string text_of(const ClassDecl& d, Span span) {
    std::vector<std::size_t> widths = {0};
    for (const ClassField& field : d.fields) {
      widths[0] = std::max(widths[0], print_name(field.name.text).size());
      widths.resize(std::max(widths.size(), field.fields.size() + 1), 0);
      for (std::size_t i = 0; i < field.fields.size(); ++i) widths[i + 1] = std::max(widths[i + 1], print_name(field.fields[i].text).size());
    }
    std::vector<Unit> units;
    for (const ClassField& field : d.fields) {
      std::string text = padded(print_name(field.name.text), widths[0]) + (print_name(field.name.text).size() < widths[0] ? " = " : "= ");
      for (std::size_t i = 0; i < field.fields.size(); ++i) {
        std::string name = print_name(field.fields[i].text);
        if (i + 1 < field.fields.size()) name += std::string(widths[i + 1] - name.size(), ' ');
        text += (i == 0 ? "" : " | ") + name;
      }
      units.push_back({field.span.begin, field.span.end, 0, std::move(text), {}, {}});
    }
    const std::uint32_t open = static_cast<std::uint32_t>(text_.find('{', d.members.back().span.end));
    return block("class " + print_name(d.name.text) + " = " + list_text(d.members, selector_text, " | "), std::move(units), {span.file, open, span.end}, open, false);
  }
  std::string text_of(const RoleDecl& d, Span) {
    std::vector<std::string> words;
    for (const RoleSource& s : d.sources) words.push_back(print(s.source) + " " + print(s.code) + "." + print_name(s.field.text));
    const std::string head = "role " + print_name(d.name.text) + " =";
    std::string line = head + " " + list_text(words, [](const std::string& w) { return w; }, " | ");
    if (line.size() <= kLineWidth) return line;
    std::string out = head + "\n  " + words[0];
    std::size_t at = 2 + words[0].size();
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (at + 3 + words[i].size() > kLineWidth) {
        out += "\n  | " + words[i];
        at = 4 + words[i].size();
      } else {
        out += " | " + words[i];
        at += 3 + words[i].size();
      }
    }
    return out;
  }
  std::string text_of(const LinkDecl& d, Span) {
    std::string head = "link " + print_name(d.name.text);
    if (d.parent) head += " = " + print(*d.parent);
    if (d.where) head += " where " + broken(*d.where, head.size() + 7);
    return d.clauses ? block(head, clause_units(*d.clauses, false), d.clauses->span, d.clauses->span.begin, true) : head;
  }
  std::string text_of(const ChainDecl& d, Span) {
    std::string head = "chain " + print_name(d.name.text);
    if (d.parent) head += " = " + print(*d.parent);
    return d.clauses ? block(head, clause_units(*d.clauses, true), d.clauses->span, d.clauses->span.begin, true) : head;
  }
  std::string text_of(const OverrideDecl& d, Span) {
    return block("override " + print(d.target), clause_units(d.clauses, true), d.clauses.span, d.clauses.span.begin, true);
  }
  std::string text_of(const TestDecl& d, Span span) {
    std::vector<Unit> units;
    const auto add = [&](Span at, std::string text) { units.push_back({at.begin, at.end, 0, std::move(text), {}, {}}); };
    // Offsets stand in a column, so that the events below each other can be compared.
    std::size_t width = 0;
    for (const auto& step : d.steps) {
      if (const auto* at = std::get_if<TestAt>(&step)) width = std::max(width, print(at->at).size() + 1);
    }
    for (const auto& step : d.steps) {
      if (const auto* at = std::get_if<TestAt>(&step)) {
        std::string text = "at " + padded(print(at->at), width) + (at->same ? std::string("same") : print(at->source) + (at->code ? " " + print(*at->code) : ""));
        if (!at->fields.empty()) {
          text += " { " + list_text(at->fields, [](const TestField& f) { return print_name(f.name.text) + ": " + value_text(f.value); }) + " }";
        }
        add(at->span, std::move(text));
      } else if (const auto* replay = std::get_if<TestReplay>(&step)) {
        add(replay->span, "replay " + print(replay->path));
      } else if (const auto* expect = std::get_if<TestExpect>(&step)) {
        std::string text = "expect ";
        if (expect->nothing) text += "nothing";
        else text += (expect->link ? "link " : "") + print(expect->name);
        if (!expect->by.empty()) text += " by " + list_text(expect->by, [](const auto& k) { return print_name(k.first.text) + " = " + print(k.second); });
        if (expect->times) text += " " + print(*expect->times) + " times";
        if (expect->events) text += " events " + print(*expect->events);
        if (expect->from) text += " from " + print(*expect->from) + " to " + print(*expect->to);
        add(expect->span, std::move(text));
      }
    }
    const std::uint32_t open = static_cast<std::uint32_t>(text_.find('{', d.name.span.end));
    return block("test " + print(d.name), std::move(units), {span.file, open, span.end}, open, false);
  }

  const File& file_;
  const std::string& text_;
  std::vector<bool> used_;
  std::string out_;
  bool after_comment_ = false;
};

}  // namespace

std::string print(const File& file, const Sources& sources) { return Printer(file, sources.files[file.id].text).run(); }

std::string dump(const File& file) {
  // Printed without its comments and on its own text, a tree says what it says and nothing of positions;
  // grouping by blank lines aside, which needs the author's text.
  Sources none;
  none.add("", "");
  File bare = file;
  bare.id = 0;
  bare.comments.clear();
  std::string out;
  for (const Declaration& declaration : bare.declarations) {
    File one;
    one.declarations.push_back(declaration);
    Sources sources;
    sources.add("", std::string(declaration.span.end + 1, '\n'));
    out += print(one, sources) + "\n";
  }
  return out;
}

}  // namespace chainhunt::syntax

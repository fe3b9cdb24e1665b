#include "compiler/import/sigma/import.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "compiler/import/sigma/correlation.h"
#include "compiler/import/sigma/filter.h"
#include "compiler/import/sigma/rule.h"

namespace chainhunt::sigma {
namespace {

class Importer {
 public:
  Importer(const std::string& pack, FileId home, const Catalogue& catalogue, Diagnostics& diagnostics)
      : catalogue_(catalogue), diagnostics_(diagnostics), pack_(pack) {
    out_.file.id = home;
  }

  ImportedPack run(std::span<const ReadFile> files) {
    for (const ReadFile& file : files) {
      out_.documents += file.documents.total;
      for (const Document& document : file.documents.documents) {
        Entry& entry = entries_.emplace_back();
        entry.document = &document;
        name(entry, file);
        for (const std::string* key : {&document.id, &document.name}) {
          if (!key->empty()) known_.emplace(*key, entries_.size() - 1);
        }
      }
    }
    for (Entry& entry : entries_) {
      if (entry.document->kind != Document::Kind::correlation || entry.document->correlation.generate) continue;
      for (const Word& rule : entry.document->correlation.rules) {
        if (Entry* other = find(rule.text, *entry.document)) other->report = false;
      }
    }
    filter();
    for (Entry& entry : entries_) {
      if (entry.document->kind == Document::Kind::rule) make(entry);
    }
    for (Entry& entry : entries_) {
      if (entry.document->kind == Document::Kind::correlation) correlate(entry);
    }
    join();
    return std::move(out_);
  }

 private:
  enum class State { fresh, building, made, left_out };
  struct Entry {
    const Document* document = nullptr;
    Document filtered;  ///< the document with filters; `document` points here then
    RuleNames names;
    bool report = true;
    State state = State::fresh;
    std::optional<MadeRule> rule;
    std::optional<MadeChain> chain;
  };

  void name(Entry& entry, const ReadFile& file) {
    const Document& document = *entry.document;
    const bool alone = document.first_in_file && document.last_in_file;
    const std::string wish = identifier(!document.name.empty() ? document.name : alone || document.title.text.empty() ? file.stem : document.title.text);
    entry.names.rule = names_.unique(wish);
    entry.names.link = document.kind == Document::Kind::rule ? names_.unique(entry.names.rule + "_event") : entry.names.rule;
  }

  /// A rule by id or name, one of the same file first.
  Entry* find(const std::string& reference, const Document& from) {
    const auto [begin, end] = known_.equal_range(reference);
    Entry* found = nullptr;
    for (auto at = begin; at != end; ++at) {
      Entry& entry = entries_[at->second];
      if (entry.document->kind == Document::Kind::filter) continue;
      if (entry.document->span.file == from.span.file) return &entry;
      if (found == nullptr) found = &entry;
    }
    return found;
  }

  void filter() {
    for (Entry& entry : entries_) {
      if (entry.document->kind != Document::Kind::filter) continue;
      entry.state = State::made;
      const auto apply = [&](Entry& rule) {
        if (rule.document != &rule.filtered) {
          rule.filtered = *rule.document;
          rule.document = &rule.filtered;
        }
        apply_filter(*entry.document, entry.names.rule, rule.filtered);
      };
      if (entry.document->filters_any) {
        for (Entry& rule : entries_) {
          if (rule.document->kind == Document::Kind::rule && same_log(*entry.document, *rule.document)) apply(rule);
        }
        continue;
      }
      for (const Word& reference : entry.document->filtered) {
        Entry* rule = find(reference.text, *entry.document);
        if (rule == nullptr || rule->document->kind != Document::Kind::rule) {
          diagnostics_.warning("sigma-unknown-rule", reference.span, "the filter names a rule that is not loaded: " + reference.text);
        } else if (!same_log(*entry.document, *rule->document)) {
          diagnostics_.warning("sigma-filter", reference.span, "the filter and this rule read different logs; it is not applied").labels.push_back({rule->document->source.span, "the rule's log"});
        } else {
          apply(*rule);
        }
      }
    }
  }

  void make(Entry& entry) {
    Diagnostics own;
    entry.rule = make_rule(*entry.document, entry.names, entry.report, catalogue_, lets_, own);
    for (const Diagnostic& d : own.all()) {
      if (d.code == "sigma-no-source") others_[d.message].push_back(d);
      else diagnostics_.add(d);
    }
    entry.state = entry.rule ? State::made : State::left_out;
  }

  bool correlate(Entry& entry) {
    if (entry.state == State::made || entry.state == State::left_out) return entry.state == State::made;
    const Correlation& correlation = entry.document->correlation;
    if (entry.state == State::building) {
      diagnostics_.error("sigma-correlation", correlation.type.span, "the correlation stands on itself");
      entry.state = State::left_out;
      return false;
    }
    entry.state = State::building;
    std::vector<Referred> rules;
    bool fine = true;
    for (const Word& reference : correlation.rules) {
      Entry* other = find(reference.text, *entry.document);
      if (other == nullptr) {
        diagnostics_.error("sigma-unknown-rule", reference.span, "no rule `" + reference.text + "` is loaded").notes.push_back("rules are named by `id` or `name`; load the file that holds it as well");
        fine = false;
        continue;
      }
      if (other->document->kind == Document::Kind::correlation) correlate(*other);
      if (other->state != State::made) {
        if (entry.state != State::left_out) diagnostics_.error("sigma-unknown-rule", reference.span, "the rule `" + reference.text + "` was left out, so this correlation is as well");
        fine = false;
        continue;
      }
      if (std::any_of(rules.begin(), rules.end(), [&](const Referred& r) { return r.document == other->document; })) continue;
      rules.push_back({other->document, other->names.link, other->rule ? &other->rule->logs : nullptr, other->chain ? &*other->chain : nullptr});
    }
    if (fine) entry.chain = make_correlation(*entry.document, entry.names.rule, std::move(rules), catalogue_, names_, diagnostics_);
    entry.state = entry.chain ? State::made : State::left_out;
    return entry.state == State::made;
  }

  /// Rules for logs of other products are many where there is one: they are counted, not listed.
  void tell_others() {
    for (auto& [message, all] : others_) {
      Diagnostic d = std::move(all.front());
      if (all.size() > 1) d.notes.push_back("and " + std::to_string(all.size() - 1) + (all.size() == 2 ? " more rule of this kind" : " more rules of this kind"));
      diagnostics_.add(std::move(d));
    }
  }

  void join() {
    tell_others();
    std::set<std::string> imports;
    const Span home{out_.file.id, 0, 0};
    auto& declarations = out_.file.declarations;
    const auto put = [&](std::vector<syntax::Declaration>& own) { std::move(own.begin(), own.end(), std::back_inserter(declarations)); };
    syntax::Expr version;
    version.text = "1.0.0";
    version.span = home;
    syntax::Declaration pack;
    pack.span = home;
    pack.value = syntax::PackDecl{{pack_, home}, version};
    declarations.push_back(std::move(pack));
    for (Entry& entry : entries_) {
      if (entry.rule) imports.insert(entry.rule->packs.begin(), entry.rule->packs.end());
    }
    for (const auto& name : imports) {
      syntax::Declaration import;
      import.span = home;
      import.value = syntax::ImportDecl{{name, home}};
      declarations.push_back(std::move(import));
    }
    out_.left_out = out_.documents - entries_.size();
    for (Entry& entry : entries_) {
      if (entry.rule) put(entry.rule->declarations);
      if (entry.chain) put(entry.chain->declarations);
      if (entry.state == State::left_out) ++out_.left_out;
    }
  }

  const Catalogue& catalogue_;
  Diagnostics& diagnostics_;
  std::string pack_;
  ImportedPack out_;
  std::deque<Entry> entries_;  // entries are pointed at
  std::multimap<std::string, std::size_t> known_;
  Names names_, lets_;
  std::map<std::string, std::vector<Diagnostic>> others_;  // by what they say
};

}  // namespace

ImportedPack import_pack(const std::string& pack, FileId home, std::span<const ReadFile> files, const Catalogue& catalogue, Diagnostics& diagnostics) {
  return Importer(pack, home, catalogue, diagnostics).run(files);
}

}  // namespace chainhunt::sigma

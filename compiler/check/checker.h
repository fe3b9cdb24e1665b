// The checker's state; its concerns stand in files of their own: names.cpp (packs, imports, lookups),
// sources.cpp (masks, sources, classes, roles), values.cpp (literals, lists), tables.cpp (`lookup`),
// predicates.cpp, links.cpp,
// chains.cpp (clauses, derived chains, keys), patterns.cpp, tests.cpp. Internal to this folder.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "compiler/check/check.h"
#include "runtime/value/compare.h"
#include "runtime/value/number.h"

namespace chainhunt::check {

using model::kNone;

/// Everything that one pack declares, by name.
struct PackInfo {
  std::string name, folder;
  std::set<FileId> files;
  std::set<std::string> imports;
  std::map<std::string, const syntax::Declaration*> links, chains, lets, sources, classes, masks;
};

/// What a class's field stands for in one of its events.
using ClassFields = std::map<std::string, std::string>;

/// One event that a link reads, with what was said of it in `on`.
struct Selected {
  model::EventId event = kNone;
  const ClassFields* fields = nullptr;          // of the class it was selected by, or null
  const syntax::Predicate* where = nullptr;     // `on (… where P)`
};

/// Where a predicate stands: its pack, the event, and for `(any where …)` the link.
struct Scope {
  std::size_t pack = 0;
  model::EventId event = kNone;
  const ClassFields* fields = nullptr;
  const model::Link* link = nullptr;
  std::size_t depth = 0;
  /// Event codes that the rule reads: `5145.IpAddress` must be of one of them. Null: not looked at.
  const std::set<std::string>* codes = nullptr;
  /// Of a chain's `where`: the links that may fill each named step. `STEP.FIELD` is what is compared.
  const std::map<std::string, std::vector<model::LinkId>>* steps = nullptr;
  /// Of `json P`: names are paths into a record as it is, before anything is known of it.
  bool record = false;
  Scope deeper(std::size_t home) const { Scope out = *this; out.pack = home; ++out.depth; return out; }
};

/// A table's content: every row has a cell for every column.
struct TableData {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::size_t key = 0;
};

/// What a step of a pattern asks of the links that fill it.
struct Asked {
  std::vector<std::string> fields;
  bool need = false, risk = false;
  bool links_only = false;  ///< no chains
};

class Checker {
 public:
  Checker(std::span<const syntax::File> files, const Sources& sources, Diagnostics& diagnostics)
      : files_(files), sources_(sources), diagnostics_(diagnostics) {}
  std::optional<model::Model> run();

 private:
  // names.cpp
  void collect_packs();
  void declare(PackInfo& pack, const syntax::Declaration& declaration);
  /// The diagnostic, or a dummy if the same code was reported at the same place: a predicate is checked
  /// once per event, and one mistake is one report.
  Diagnostic& error(const std::string& code, Span span, const std::string& message);
  Diagnostic& warning(const std::string& code, Span span, const std::string& message);
  using Table = std::map<std::string, const syntax::Declaration*> PackInfo::*;
  /// The pack that declares a name of a kind, as seen from `pack`; reports and returns kNone otherwise.
  std::size_t find(std::size_t pack, const syntax::QName& name, std::initializer_list<Table> tables, const char* what, bool report = true);
  std::size_t pack_named(const std::string& name) const;
  /// Counts what the model holds; false, and one report, beyond kMaxModelWeight.
  bool spend(std::size_t weight, Span span);
  void mark_incomplete();
  std::vector<std::size_t> imports_first() const;
  void suggest(Diagnostic& diagnostic, const std::string& wrong, const std::vector<std::string>& candidates);
  static const syntax::Name& name_of(const syntax::Declaration& declaration);

  // sources.cpp
  void check_masks(std::size_t pack);
  void check_sources(std::size_t pack);
  void check_classes(std::size_t pack);
  void check_roles(std::size_t pack);
  std::vector<Selected> select(std::size_t pack, const syntax::Selector& selector);
  model::EventId event_of(model::SourceId source, const std::string& code, Span span);
  model::EventId open_event(model::SourceId source, const std::string& code);
  void select_source(model::SourceId source, std::vector<Selected>& out);
  std::optional<model::Operand> operand_of(const Scope& scope, const std::string& name);
  /// Remembers a field's other spelling, or that the name there must stay as it is.
  void note_spelling(const Scope& scope, const syntax::Name& name, const model::Operand& operand);
  /// The log is asked for this very name.
  void note_as_written(const syntax::Name& name) { spellings_[{name.span.file, name.span.begin, name.span.end}].insert(""); }
  std::vector<std::string> names_of(model::EventId event) const;
  std::string title_of(model::EventId event) const;

  // values.cpp
  struct Literal { std::string text; std::string flags; };
  std::optional<std::vector<Literal>> list_of(const Scope& scope, const syntax::Expr& expr);
  std::optional<Literal> literal_of(const syntax::Expr& expr);
  const syntax::LetDecl* let_of(const Scope& scope, const syntax::Expr& path, bool report, std::size_t* pack = nullptr);
  /// A file beside the pack's rules; reports what is wrong with it.
  std::optional<std::string> read_pack_file(std::size_t pack, const syntax::Expr& expr);
  std::optional<std::vector<Literal>> read_lines(std::size_t pack, const syntax::Expr& expr);
  std::int64_t duration_of(const std::optional<syntax::Expr>& expr, std::int64_t otherwise = 0);
  std::int64_t number_of(const std::optional<syntax::Expr>& expr, std::int64_t otherwise, const char* what);

  // tables.cpp
  struct Lookup;
  static bool is_lookup(const syntax::Expr& expr);
  const TableData* table_of(std::size_t pack, const syntax::Expr& expr);
  std::optional<Lookup> lookup_of(const Scope& scope, const syntax::Expr& call);
  /// A comparison, `exists` or `missing` in which a lookup stands.
  model::Predicate looked_up(const Scope& scope, const syntax::Predicate& syntax);

  // predicates.cpp
  model::Predicate predicate(const Scope& scope, const syntax::Predicate& syntax);
  model::Predicate compare(const Scope& scope, const syntax::Predicate& syntax);
  /// The same with the left side given; constant where the two sides do not fit.
  model::Predicate compare_with(const Scope& scope, const syntax::Predicate& syntax, const model::Operand& left);
  model::Predicate reference(const Scope& scope, const syntax::Predicate& syntax);
  std::optional<model::Operand> operand(const Scope& scope, const syntax::Expr& expr);
  std::optional<model::Operand> reread(const Scope& scope, const syntax::Expr& expr, value::Type type);
  bool about_link(const Scope& scope, const syntax::Predicate& syntax, model::Predicate& out);
  std::optional<std::uint64_t> bits_of(const Scope& scope, const model::Operand& left, const syntax::Expr& expr);
  bool typed_values(const Scope& scope, const syntax::Predicate& syntax, const std::vector<syntax::Expr>& items, model::Predicate& out);

  // links.cpp
  model::LinkId link(std::size_t pack, const std::string& name);
  model::LinkId build_link(std::size_t pack, const syntax::LinkDecl& declaration, const std::string& doc, Span span);
  model::LinkId narrowed(std::size_t pack, model::LinkId parent, const syntax::Predicate& where, const std::string& chain, bool about_links);
  void narrow(std::size_t pack, model::Link& link, const syntax::Predicate& where, const model::Link* any_link);
  bool derived_too_deeply(std::size_t pack, const syntax::LinkDecl& declaration);
  void apply_clauses(std::size_t pack, const syntax::Clauses& clauses, model::LinkId id);
  model::Keep keep_of(const syntax::Keep& syntax, const model::Link& link);
  /// A copy of the link that is not the author's: anonymous, with the same events.
  model::LinkId copy_of(model::LinkId link);
  model::LinkId chain_link(model::ChainId chain);
  /// As the author calls it: of an anonymous link the one that it was made of.
  const std::string& author_name(model::LinkId id) const {
    const model::Link& link = model_.links[id];
    return link.anonymous && link.parent != kNone ? model_.links[link.parent].name : link.name;
  }
  void refuse_chain_clauses(const syntax::Clauses& clauses);
  void refuse_override_clauses(const syntax::Clauses& clauses);
  void resolve_overrides();
  template <typename Rule>
  void common_clauses(const syntax::Clauses& clauses, Rule& rule);
  bool offers(const model::Link& link, const std::string& name);
  static model::Predicate both(model::Predicate a, model::Predicate b);

  // chains.cpp
  struct PatternScope {
    std::size_t pack = 0;
    const model::Chain* chain = nullptr;
    std::vector<std::string> keys;            // names that `any` links must offer
    std::map<std::string, std::vector<model::LinkId>> labels;
    std::vector<std::pair<std::size_t, const syntax::Predicate*>> narrowing;  // of overrides, with their packs
    std::vector<model::LinkId> any;           // what `any` stood for so far
    bool under_or = false, under_of = false, forbidden = false;
  };
  struct ChainClauses;
  model::ChainId chain(std::size_t pack, const std::string& name);
  bool gather(std::size_t pack, const syntax::ChainDecl& declaration, ChainClauses& out);
  void build_chain(const ChainClauses& clauses, model::Chain& chain);
  void check_keys(const std::vector<syntax::Key>& keys, const PatternScope& scope, const model::Pattern& match, model::Chain& chain);
  std::map<model::LinkId, std::string> key_mapping(const syntax::Key& key, const PatternScope& scope, const std::vector<model::LinkId>& links);
  std::optional<value::Type> type_in(const model::Chain& chain, const std::string& name);
  std::optional<model::Operand> step_operand(const Scope& scope, const syntax::Expr& path);
  /// Neither events nor a chain: something is wrong with it, and was reported.
  bool broken(const model::Link& link) const { return link.events.empty() && link.chain == kNone; }
  std::optional<value::Type> type_in(const model::Link& link, const std::string& name);

  // patterns.cpp
  model::Pattern pattern(PatternScope& scope, const syntax::Pattern& syntax, bool absence_fits);
  model::Pattern sequence(PatternScope& scope, const syntax::Pattern& syntax);
  model::Pattern absence(PatternScope& scope, const syntax::Pattern& syntax, bool fits);
  model::Pattern counted(PatternScope& scope, const syntax::Pattern& syntax);
  void aggregate(const syntax::Pattern& syntax, model::Pattern& out);
  void links_of(PatternScope& scope, const syntax::Pattern& syntax, const Asked& asked, model::Pattern& out);
  std::vector<model::LinkId> any_links(const PatternScope& scope, const syntax::Pattern& leaf, const Asked& asked);
  void check_labels(const syntax::Pattern& syntax, std::map<std::string, Span>& seen, bool inside_count);
  void require(const std::vector<model::LinkId>& links, const std::string& name, Span span, const char* why);

  // tests.cpp
  void check_tests(std::size_t pack);

  std::span<const syntax::File> files_;
  const Sources& sources_;
  Diagnostics& diagnostics_;
  Diagnostic dummy_;
  std::set<std::tuple<std::string, FileId, std::uint32_t, std::uint32_t>> reported_;
  std::vector<PackInfo> packs_;
  std::map<std::pair<std::size_t, std::string>, std::vector<std::pair<std::size_t, const syntax::OverrideDecl*>>> override_of_;
  std::vector<std::pair<std::size_t, const syntax::Declaration*>> roles_, overrides_, tests_;
  model::Model model_;
  std::map<std::pair<std::size_t, std::string>, model::SourceId> source_ids_;
  std::map<std::pair<std::size_t, std::string>, model::MaskId> mask_ids_;
  std::map<std::pair<model::SourceId, std::string>, model::EventId> event_ids_;
  std::map<std::pair<std::size_t, std::string>, std::map<model::EventId, ClassFields>> classes_;
  std::map<std::pair<std::size_t, std::string>, model::LinkId> link_ids_;
  std::map<std::pair<std::size_t, std::string>, model::ChainId> chain_ids_;
  std::set<std::pair<std::size_t, std::string>> building_;
  std::map<std::tuple<model::LinkId, FileId, std::uint32_t>, model::LinkId> narrowed_;
  std::map<model::ChainId, model::LinkId> chain_links_;
  std::unordered_map<model::EventId, std::unordered_map<std::string, std::optional<model::Operand>>> operands_;
  std::map<model::LinkId, std::map<model::EventId, const ClassFields*>> link_fields_;
  std::map<const syntax::Expr*, std::optional<std::vector<Literal>>> lines_;
  std::map<const syntax::Expr*, std::optional<TableData>> tables_;
  std::map<std::pair<std::string, std::string>, std::string> regexes_;  // pattern, flags -> what is wrong with it
  std::map<std::pair<std::string, model::EventId>, Span> role_spans_;
  std::size_t weight_ = 0;
  std::size_t mistakes_ = 0;            // errors, reported or not: whether something inside went wrong
  std::set<FileId> incomplete_;         // files of packs of which a part is not there: names are not missed in them
  bool two_packs_of_one_name_ = false;
  std::map<std::tuple<FileId, std::uint32_t, std::uint32_t>, std::set<std::string>> spellings_;  // "": must stay
};

}  // namespace chainhunt::check

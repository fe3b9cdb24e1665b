// What the loaded packs say of logs, as far as Sigma rules need it: from syntax trees, because importing comes before
// checking. And the tables `sigma.tsv` of the packs, which map Sigma's log sources to sources and classes.
//
// A table is tab-separated; `#` begins a comment. PRODUCT may be `*` for rules that name none.
//   category  PRODUCT  NAME  READS  [WHERE]    READS: a class, or a source with event codes: `sysmon 12, 13, 14`;
//                                              WHERE: a `let` predicate of the pack. Several lines add up.
//   service   PRODUCT  NAME  SOURCE|-  LOG     SOURCE lists events with types; LOG is an open source of the same
//                                              channel that takes every record: what SOURCE does not list is read there
//   field     NAME  CODE  SIGMA  EVENT  [VALUES]   a field of a category goes by another name in the event CODE;
//                                              VALUES: `High=S-1-16-12288, …`, Sigma's and the log's
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::sigma {

struct EventInfo {
  std::string code;
  std::vector<std::string> providers;
  std::map<std::string, std::string> fields;  ///< name -> type, "mask" for masks
};

struct SourceInfo {
  std::string pack, name;
  bool open = false;
  std::vector<std::string> providers, channels;
  std::map<std::string, EventInfo> events;  ///< by code
};

struct ClassInfo {
  std::string pack, name;
  struct Member { std::string source, code; };
  std::vector<Member> members;
  struct Row { std::string name; std::vector<std::string> fields; };  ///< a field per member
  std::vector<Row> rows;
};

/// A `let` list that placeholders may stand for.
struct ListInfo {
  std::string pack;
  std::vector<std::string> values;
  bool literal = false;  ///< `values` are known here; else the list is in a file
};

struct CategoryRow { std::string pack, reads, where; };
struct ServiceRow { std::string pack, source, log; };
struct FieldRow {
  std::string code, sigma, event;
  std::vector<std::pair<std::string, std::string>> values;
};

class Catalogue {
 public:
  /// A file's declarations, as those of `pack`.
  void add(const syntax::File& file, const std::string& pack);
  /// A table beside the rules of `pack`; mistakes are reported in it.
  void add_table(const std::string& pack, FileId file, const std::string& text, Diagnostics& diagnostics);

  const SourceInfo* source(const std::string& name) const;
  const ClassInfo* class_named(const std::string& name) const;
  const ListInfo* list(const std::string& name) const;
  /// Does a role or a header name of this spelling stand for something else than this field of the event?
  bool outranked(const std::string& snake, const std::string& source, const std::string& code, const std::string& field) const;
  bool knows_product(const std::string& product) const { return products_.contains(product); }
  const std::vector<CategoryRow>* category(const std::string& product, const std::string& name) const;
  const ServiceRow* service(const std::string& product, const std::string& name) const;
  std::vector<const FieldRow*> fields(const std::string& category) const;
  std::vector<std::string> services(const std::string& product) const;

 private:
  std::map<std::string, SourceInfo> sources_;
  std::map<std::string, ClassInfo> classes_;
  std::map<std::string, ListInfo> lists_;
  std::map<std::string, std::map<std::pair<std::string, std::string>, std::string>> roles_;  ///< name, (source, code) -> field
  std::set<std::string> products_;
  std::map<std::pair<std::string, std::string>, std::vector<CategoryRow>> categories_;
  std::map<std::pair<std::string, std::string>, ServiceRow> services_;
  std::multimap<std::string, FieldRow> fields_;
};

}  // namespace chainhunt::sigma

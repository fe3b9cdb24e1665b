#include "compiler/import/sigma/catalogue.h"

#include <algorithm>

namespace chainhunt::sigma {
namespace {

std::vector<std::string> texts(const std::vector<syntax::Expr>& expressions) {
  std::vector<std::string> out;
  for (const auto& e : expressions) out.push_back(e.text);
  return out;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(at, begin);
    std::string part = text.substr(begin, end == std::string::npos ? end : end - begin);
    while (!part.empty() && part.front() == ' ') part.erase(0, 1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\r')) part.pop_back();
    out.push_back(std::move(part));
    if (end == std::string::npos) return out;
    begin = end + 1;
  }
}

}  // namespace

void Catalogue::add(const syntax::File& file, const std::string& pack) {
  for (const auto& declaration : file.declarations) {
    if (const auto* source = std::get_if<syntax::SourceDecl>(&declaration.value)) {
      SourceInfo info{pack, source->name.text, source->open, texts(source->providers), texts(source->channels), {}};
      for (const auto& event : source->events) {
        EventInfo own{event.code.text, texts(event.providers), {}};
        for (const auto& field : event.fields) own.fields[field.name.text] = field.type.mask ? "mask" : field.type.text;
        info.events[own.code] = std::move(own);
      }
      sources_.emplace(info.name, std::move(info));
    } else if (const auto* cls = std::get_if<syntax::ClassDecl>(&declaration.value)) {
      ClassInfo info{pack, cls->name.text, {}, {}};
      for (const auto& member : cls->members) info.members.push_back({member.source.name.text, member.codes.empty() ? "" : member.codes[0].text});
      for (const auto& row : cls->fields) {
        ClassInfo::Row own{row.name.text, {}};
        for (const auto& field : row.fields) own.fields.push_back(field.text);
        info.rows.push_back(std::move(own));
      }
      classes_.emplace(info.name, std::move(info));
    } else if (const auto* role = std::get_if<syntax::RoleDecl>(&declaration.value)) {
      for (const auto& item : role->sources) roles_[role->name.text].emplace(std::pair(item.source.name.text, item.code.text), item.field.text);
    } else if (const auto* let = std::get_if<syntax::LetDecl>(&declaration.value); let != nullptr && let->value) {
      ListInfo info{pack, {}, let->value->kind != syntax::ExprKind::lines && let->value->kind != syntax::ExprKind::table};
      if (let->value->kind == syntax::ExprKind::list) info.values = texts(let->value->args);
      else if (info.literal) info.values = {let->value->text};
      lists_.emplace(let->name.text, std::move(info));
    }
  }
}

void Catalogue::add_table(const std::string& pack, FileId file, const std::string& text, Diagnostics& diagnostics) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    const Span span{file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    begin = end + 1;
    if (line.empty() || line[0] == '#') continue;
    const auto cells = split(line, '\t');
    const auto cell = [&](std::size_t i) { return i < cells.size() ? cells[i] : std::string(); };
    if (cells[0] == "category" && cells.size() >= 4) {
      if (cell(1) != "*") products_.insert(cell(1));
      categories_[{cell(1), cell(2)}].push_back({pack, cell(3), cell(4)});
    } else if (cells[0] == "service" && cells.size() == 5) {
      products_.insert(cell(1));
      services_[{cell(1), cell(2)}] = {pack, cell(3) == "-" ? "" : cell(3), cell(4)};
    } else if (cells[0] == "field" && cells.size() >= 5) {
      FieldRow row{cell(2), cell(3), cell(4), {}};
      if (!cell(5).empty()) {
        for (const auto& pair : split(cell(5), ',')) {
          const auto sides = split(pair, '=');
          if (sides.size() == 2) row.values.emplace_back(sides[0], sides[1]);
        }
      }
      fields_.emplace(cell(1), std::move(row));
    } else {
      diagnostics.error("sigma-table", span, "this line of the table of log sources cannot be read")
          .notes.push_back("lines are `category PRODUCT NAME READS [WHERE]`, `service PRODUCT NAME SOURCE LOG`, `field NAME CODE SIGMA EVENT [VALUES]`, with tabs");
    }
  }
}

bool Catalogue::outranked(const std::string& snake, const std::string& source, const std::string& code, const std::string& field) const {
  for (const char* header : {"computer", "channel", "provider", "event_id", "record_id", "time"}) {
    if (snake == header) return true;
  }
  const auto role = roles_.find(snake);
  if (role == roles_.end()) return false;
  const auto own = role->second.find({source, code});
  return own != role->second.end() && own->second != field;
}

const SourceInfo* Catalogue::source(const std::string& name) const {
  const auto found = sources_.find(name);
  return found == sources_.end() ? nullptr : &found->second;
}

const ClassInfo* Catalogue::class_named(const std::string& name) const {
  const auto found = classes_.find(name);
  return found == classes_.end() ? nullptr : &found->second;
}

const ListInfo* Catalogue::list(const std::string& name) const {
  const auto found = lists_.find(name);
  return found == lists_.end() ? nullptr : &found->second;
}

const std::vector<CategoryRow>* Catalogue::category(const std::string& product, const std::string& name) const {
  auto found = categories_.find({product, name});
  if (found == categories_.end()) found = categories_.find({"*", name});
  return found == categories_.end() ? nullptr : &found->second;
}

const ServiceRow* Catalogue::service(const std::string& product, const std::string& name) const {
  const auto found = services_.find({product, name});
  return found == services_.end() ? nullptr : &found->second;
}

std::vector<const FieldRow*> Catalogue::fields(const std::string& category) const {
  std::vector<const FieldRow*> out;
  const auto [begin, end] = fields_.equal_range(category);
  for (auto at = begin; at != end; ++at) out.push_back(&at->second);
  return out;
}

std::vector<std::string> Catalogue::services(const std::string& product) const {
  std::vector<std::string> out;
  for (const auto& [key, row] : services_) {
    if (key.first == product) out.push_back(key.second);
  }
  return out;
}

}  // namespace chainhunt::sigma

#include "runtime/evtx/chunk.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/evtx/value.h"

namespace chainhunt::evtx {
namespace {

using abi::Cell;
using abi::Wire;

constexpr char kFragmentByte = 0x0f;
constexpr char kInstanceByte = 0x0c;
constexpr std::uint32_t kFragmentBytes = 4;
constexpr std::uint8_t kBinXml = static_cast<std::uint8_t>(Type::binxml);
constexpr const char* kTooMuchText = "a record with too much text";
constexpr const char* kTooManyFields = "a record with too many fields";
constexpr const char* kTooMuchWork = "a chunk that takes too much work";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::pair<std::string_view, System> kSystemFields[] = {
    {"Level", System::level}, {"Task", System::task}, {"Keywords", System::keywords}, {"Opcode", System::opcode},
    {"Version", System::version}, {"ProcessID", System::process_id}, {"ThreadID", System::thread_id},
    {"UserID", System::user_id}, {"ActivityID", System::activity}, {"RelatedActivityID", System::related_activity},
    {"Qualifiers", System::qualifiers}, {"EventSourceName", System::event_source}, {"EventID", System::code},
    {"EventRecordID", System::record_id}, {"Channel", System::channel}, {"Computer", System::computer},
};

bool all_zero(std::string_view bytes) {
  return bytes.empty() || (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

bool to_number(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

}  // namespace

bool ChunkReader::check_header(std::string_view chunk, std::uint64_t offset, Tally& tally) {
  if (chunk.size() < kChunkHeaderBytes) {
    if (!all_zero(chunk)) tally.add(offset, "a chunk is cut off inside its header");
    return false;
  }
  if (!chunk.starts_with(kChunkSignature)) {
    if (!all_zero(chunk)) tally.add(offset, "a chunk without its signature");
    return false;
  }
  if (load32(chunk.data() + 124) != checksum(chunk.substr(0, 120), chunk.substr(128, kChunkHeaderBytes - 128))) {
    tally.add(offset, "a chunk header's checksum differs");
  }
  return true;
}

void ChunkReader::read(std::string_view chunk, std::uint64_t offset, abi::Sink& sink, Tally& tally) {
  if (chunk.size() > kChunkBytes) chunk = chunk.substr(0, kChunkBytes);
  if (!check_header(chunk, offset, tally)) return;
  chunk_ = chunk;
  forms_used_ = shapes_used_ = 0;
  std::fill(std::begin(recent_), std::end(recent_), Known{});
  nested_forms_.clear();
  shape_index_.clear();
  last_shape_ = nullptr;
  parsed_ = fields_ = walked_ = text_ = 0;

  std::uint32_t free = load32(chunk.data() + 48);
  if (free < kChunkHeaderBytes || free > kChunkBytes) {
    tally.add(offset + 48, "a chunk's free-space offset lies outside the chunk");
    free = static_cast<std::uint32_t>(chunk.size());
  } else if (free > chunk.size()) {
    tally.add(offset + chunk.size(), "a chunk is cut off");
    free = static_cast<std::uint32_t>(chunk.size());
  } else if (load32(chunk.data() + 52) != checksum(chunk.substr(kChunkHeaderBytes, free - kChunkHeaderBytes))) {
    tally.add(offset, "a chunk's checksum differs");
  }

  std::uint32_t at = kChunkHeaderBytes;
  while (fits(at, kMinRecordBytes, chunk.size()) && at < free) {
    const std::uint32_t size = load32(chunk.data() + at + 4);
    if (load32(chunk.data() + at) == kRecordSignature && size >= kMinRecordBytes && fits(at, size, chunk.size())) {
      if (load32(chunk.data() + at + size - 4) != size) {
        // The size may be what is damaged: the record is believed if it reads well.
        tally.add(offset + at, "a record's two sizes differ");
      }
      if (const char* problem = read_record(chunk.substr(at, size), offset + at, sink, tally)) tally.add(offset + at, problem, 1);
      // With a wrong size the next record is looked for from here on.
      if (load32(chunk.data() + at + size - 4) == size) {
        at += size;
        continue;
      }
      if (fits(at + size, 4, chunk.size()) && at + size < free && load32(chunk.data() + at + size) == kRecordSignature) {
        at += size;
        continue;
      }
    } else {
      if (all_zero(chunk.substr(at, free - at))) break;
      tally.add(offset + at, "a record is damaged");
    }
    // Resynchronise at the next place that looks like a whole record.
    std::uint32_t next = at + 4;
    for (; next < free; ++next) {
      const void* found = std::memchr(chunk.data() + next, '*', free - next);
      if (!found) {
        next = free;
        break;
      }
      next = static_cast<std::uint32_t>(static_cast<const char*>(found) - chunk.data());
      if (!fits(next, kMinRecordBytes, chunk.size()) || load32(chunk.data() + next) != kRecordSignature) continue;
      const std::uint32_t length = load32(chunk.data() + next + 4);
      if (length >= kMinRecordBytes && fits(next, length, chunk.size()) && load32(chunk.data() + next + length - 4) == length) break;
    }
    at = next;
  }
}

Form& ChunkReader::new_form() {
  if (forms_used_ == forms_.size()) forms_.emplace_back();
  return forms_[forms_used_++];
}

const char* ChunkReader::template_form(const Instance& found, Place place, std::string_view path, const Form*& form) {
  // Path-less forms (nearly all) are found by definition and place; a UserData path makes them differ.
  const std::uint64_t key = static_cast<std::uint64_t>(found.definition) << 8 | static_cast<std::uint64_t>(place);
  Known& recent = recent_[found.definition / 8 % kRecentForms];
  if (path.empty() && recent.key == key && recent.form) {
    form = recent.form;
    return nullptr;
  }
  auto& same = nested_forms_[key];
  for (auto& [known, value] : same) {
    if (known == path) form = value;
  }
  if (!form) {
    if (parsed_ > kMaxParsedPerChunk) return kTooMuchWork;
    Form& made = new_form();
    const char* problem = build_form(chunk_, found.body, found.body + found.body_size, place, path, true, made);
    parsed_ += made.parsed + kFormCost;
    if (problem) {
      --forms_used_;
      return problem;
    }
    same.emplace_back(std::string(path), &made);
    form = &made;
  }
  if (path.empty()) recent = {key, form};
  return nullptr;
}

const char* ChunkReader::instance(std::uint32_t at, std::uint32_t end, Place place, std::string_view path, Level& level) {
  Instance found;
  if (const char* problem = read_instance(chunk_, at, end, found)) return problem;
  if (!spend(walked_, found.count + 1, kMaxValuesPerChunk)) return kTooMuchWork;
  level.definition = found.definition;
  level.first = static_cast<std::uint32_t>(values_.size());
  level.count = found.count;
  values_.resize(values_.size() + found.count);
  Value* value = values_.data() + level.first;
  std::uint64_t next = found.values;
  const char* descriptor = chunk_.data() + found.descriptors;
  for (std::uint32_t i = 0; i < found.count; ++i, descriptor += 4, ++value) {
    const std::uint32_t both = load32(descriptor);
    value->at = static_cast<std::uint32_t>(next);
    value->size = static_cast<std::uint16_t>(both);
    value->type = static_cast<std::uint8_t>(both >> 16);
    next += value->size;
    if (value->type == kBinXml && value->size > 0) [[unlikely]] {
      ++level.documents;
      level.document = i;
    }
  }
  if (next > end) return "a record's values are cut off";
  return template_form(found, place, path, level.form);
}

const char* ChunkReader::document(std::uint32_t at, std::uint32_t end, Place place, std::string_view path, Level& level) {
  if (fits(at, kFragmentBytes, end) && chunk_[at] == kFragmentByte) at += kFragmentBytes;
  if (at < end && chunk_[at] == kInstanceByte) return instance(at, end, place, path, level);
  // A document without template. Inside values the dependency id of elements is missing.
  if (parsed_ > kMaxParsedPerChunk) return kTooMuchWork;
  if (record_forms_used_ == record_forms_.size()) record_forms_.emplace_back();
  Form& form = record_forms_[record_forms_used_++];
  const bool first = place == Place::document;
  const char* problem = build_form(chunk_, at, end, place, path, first, form);
  parsed_ += form.parsed + kFormCost;
  if (problem) {
    const char* other = build_form(chunk_, at, end, place, path, !first, form);
    parsed_ += form.parsed;
    if (other) return problem;
  }
  level.definition = 0;
  level.first = static_cast<std::uint32_t>(values_.size());
  level.count = 0;
  level.form = &form;
  return nullptr;
}

bool ChunkReader::is_binxml(const Level& level, const Piece& piece) const {
  return piece.kind == Piece::Kind::slot && piece.slot < level.count && values_[level.first + piece.slot].type == kBinXml;
}

const char* ChunkReader::flatten_value(std::uint32_t at, std::uint32_t end, const Leaf& leaf, const Form& form, std::size_t depth) {
  if (at == end) return nullptr;
  if (depth >= kMaxNesting) return "documents are nested too deeply";
  Level level;
  const std::string path(form.name(leaf));
  if (const char* problem = document(at, end, leaf.place, path, level)) return problem;
  levels_.push_back(level);
  return flatten(static_cast<std::uint32_t>(levels_.size() - 1), depth + 1);
}

const char* ChunkReader::flatten(std::uint32_t index, std::size_t depth) {
  const Form& form = *levels_[index].form;
  for (std::uint32_t i = 0; i < form.leaves.size(); ++i) {
    const Leaf& leaf = form.leaves[i];
    if (!spend(fields_, 1, kMaxFieldsPerChunk)) return kTooMuchWork;
    if (leaf.kind == Leaf::Kind::system) {
      const auto part = static_cast<std::size_t>(leaf.system);
      if (!has_system_[part]) system_[part] = {index, i};
      has_system_[part] = true;
      continue;
    }
    bool nested = false;
    for (std::uint32_t k = 0; k < leaf.pieces; ++k) {
      const Piece& piece = form.pieces[leaf.first + k];
      if (is_binxml(levels_[index], piece)) {
        const Value value = values_[levels_[index].first + piece.slot];
        if (value.size == 0) continue;
        nested = true;
        if (const char* problem = flatten_value(value.at, value.at + value.size, leaf, form, depth)) return problem;
      } else if (piece.kind == Piece::Kind::instance) {
        nested = true;
        if (const char* problem = flatten_value(piece.at, static_cast<std::uint32_t>(chunk_.size()), leaf, form, depth)) return problem;
      }
    }
    if (nested || leaf.kind == Leaf::Kind::hole) continue;
    if (flat_.size() == kMaxFieldsPerRecord) return kTooManyFields;
    std::string_view name = form.name(leaf);
    if (leaf.name_slot >= 0) {
      const Level& level = levels_[index];
      Cell cell = Cell::of_text({});
      if (static_cast<std::uint32_t>(leaf.name_slot) < level.count) {
        const Value& value = values_[level.first + static_cast<std::uint32_t>(leaf.name_slot)];
        if ((value.type & ~kArray) == static_cast<std::uint8_t>(Type::text) && !decode(static_cast<std::uint8_t>(Type::text), chunk_.substr(value.at, value.size), arena_, cell)) return kTooMuchText;
      }
      if (cell.size > 0) name = cell.view();
    }
    flat_.push_back({index, i});
    flat_names_.push_back(name);
  }
  return nullptr;
}

// Equal names become one field with several places, in the order of their first.
void ChunkReader::group(Shape& shape) {
  shape.fields.clear();
  shape.refs.clear();
  shape.maps_used = 0;
  shape.nested_names = false;
  const auto add = [&](std::size_t i) {
    Field field;
    field.name = flat_names_[i];
    field.nested_name = levels_[flat_[i].level].form->leaves[flat_[i].leaf].place == Place::user_data;
    field.first = static_cast<std::uint32_t>(shape.refs.size());
    shape.nested_names = shape.nested_names || field.nested_name;
    shape.fields.push_back(field);
  };
  // Nearly always all names differ, and few of their (length, first, last) do not.
  constexpr std::size_t kFew = 64;  // above this a map beats comparing
  bool repeated = flat_.size() > kFew;
  std::uint64_t kinds = 0;
  for (std::size_t i = 0; i < flat_.size() && !repeated; ++i) {
    const std::string_view name = flat_names_[i];
    const unsigned hash = name.empty() ? 0 : static_cast<unsigned>(name.size() * 7 + static_cast<unsigned char>(name.front()) + static_cast<unsigned char>(name.back()) * 3);
    const std::uint64_t bit = std::uint64_t{1} << (hash & 63);
    for (std::size_t k = 0; (kinds & bit) && k < i && !repeated; ++k) repeated = flat_names_[k] == name;
    kinds |= bit;
  }
  if (!repeated) {
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      add(i);
      shape.refs.push_back(flat_[i]);
      shape.fields.back().count = 1;
    }
    return;
  }
  std::unordered_map<std::string_view, std::uint32_t> seen;
  std::vector<std::uint32_t> owner(flat_.size());
  for (std::size_t i = 0; i < flat_.size(); ++i) {
    const auto [found, fresh] = seen.try_emplace(flat_names_[i], static_cast<std::uint32_t>(shape.fields.size()));
    if (fresh) add(i);
    owner[i] = found->second;
    ++shape.fields[found->second].count;
  }
  std::uint32_t next = 0;
  for (Field& field : shape.fields) {
    field.first = next;
    next += field.count;
    field.count = 0;
  }
  shape.refs.resize(flat_.size());
  for (std::size_t i = 0; i < flat_.size(); ++i) {
    Field& field = shape.fields[owner[i]];
    shape.refs[field.first + field.count++] = flat_[i];
  }
}

// The shape of the record whose outermost level is read.
const char* ChunkReader::shape_of(Shape*& shape) {
  const Level outer = levels_[0];
  std::uint64_t key = 0;
  if (!general_only_ && !flattened_ && outer.definition != 0 && !outer.form->irregular) {
    // Regular: at most one BinXML value, it is a template instance in a hole, and has none itself.
    const std::uint32_t slot = outer.document;
    const Leaf* hole = outer.form->hole >= 0 ? &outer.form->leaves[static_cast<std::size_t>(outer.form->hole)] : nullptr;
    if (outer.documents == 0) {
      key = static_cast<std::uint64_t>(outer.definition) << 32 | 0xffffffffu;
    } else if (outer.documents == 1 && hole && outer.form->pieces[hole->first].slot == slot) {
      const Value value = values_[outer.first + slot];
      const std::uint32_t end = value.at + value.size;
      if (fits(value.at, kFragmentBytes + 1, end) && chunk_[value.at] == kFragmentByte && chunk_[value.at + kFragmentBytes] == kInstanceByte) {
        Level inner;
        if (const char* problem = instance(value.at + kFragmentBytes, end, hole->place, {}, inner)) return problem;
        if (!inner.form->irregular && inner.documents == 0) {
          // Two definitions and the slot name the shape: offsets are below 2^16, slots too.
          key = static_cast<std::uint64_t>(outer.definition) << 32 | static_cast<std::uint64_t>(inner.definition) << 16 | slot;
          levels_.push_back(inner);
        } else {
          values_.resize(inner.first);
        }
      }
    }
    if (key != 0) {
      if (last_shape_ && last_shape_->key == key) {
        shape = last_shape_;
        return nullptr;
      }
      if (const auto found = shape_index_.find(key); found != shape_index_.end()) {
        shape = last_shape_ = found->second;
        return nullptr;
      }
      values_.resize(outer.first + outer.count);
      levels_.resize(1);
    }
  }
  if (!flattened_) {
    if (const char* problem = flatten(0, 0)) return problem;
    flattened_ = true;
  }
  if (key != 0) {
    if (shapes_used_ == shapes_.size()) shapes_.emplace_back();
    shape = &shapes_[shapes_used_++];
    shape->key = key;
    shape_index_[key] = shape;
    last_shape_ = shape;
  } else {
    shape = &own_shape_;
  }
  group(*shape);
  return nullptr;
}

bool ChunkReader::leaf_cell(const Level& level, const Leaf& leaf, Cell& cell) {
  const Form& form = *level.form;
  const auto piece_cell = [&](const Piece& piece, Cell& out) {
    out = Cell::of_text({});
    if (piece.kind == Piece::Kind::constant) {
      out = Cell::of_text(form.text(piece));
    } else if (piece.kind == Piece::Kind::slot && piece.slot < level.count) {
      const Value& value = values_[level.first + piece.slot];
      text_ += value.size;
      return decode(value.type, chunk_.substr(value.at, value.size), arena_, out);
    }
    return true;
  };
  if (leaf.pieces == 1) return piece_cell(form.pieces[leaf.first], cell);
  cell = Cell::of_text({});
  if (leaf.pieces == 0) return true;
  std::string text;
  for (std::uint32_t k = 0; k < leaf.pieces; ++k) {
    Cell part;
    if (!piece_cell(form.pieces[leaf.first + k], part)) return false;
    append_text(part, text);
    if (text.size() > kMaxTextPerRecord) return false;
  }
  text_ += text.size();
  char* at = arena_.take(text.size());
  if (!at) return false;
  std::memcpy(at, text.data(), text.size());
  cell = Cell::of_text({at, text.size()});
  return true;
}

bool ChunkReader::system_cell(System part, Cell& cell) {
  cell = Cell::none();
  const auto index = static_cast<std::size_t>(part);
  Ref ref{0, 0};
  const std::int32_t direct = levels_[0].form->system[index];
  if (direct >= 0) ref.leaf = static_cast<std::uint32_t>(direct);
  else if (has_system_[index]) ref = system_[index];
  else return true;
  const Level& level = levels_[ref.level];
  if (!leaf_cell(level, level.form->leaves[ref.leaf], cell)) return false;
  if (cell.wire == Wire::text && cell.size == 0) cell = Cell::none();
  return true;
}

// Computer, channel, provider: converted again only when they change.
bool ChunkReader::memo_text(System part, Cell& cell) {
  const std::int32_t index = levels_[0].form->system[static_cast<std::size_t>(part)];
  if (index < 0) return system_cell(part, cell);
  const Level& level = levels_[0];
  const Leaf& leaf = level.form->leaves[static_cast<std::size_t>(index)];
  const Piece* piece = leaf.pieces == 1 ? &level.form->pieces[leaf.first] : nullptr;
  if (!piece || piece->kind != Piece::Kind::slot || piece->slot >= level.count) return system_cell(part, cell);
  const Value& value = values_[level.first + piece->slot];
  if (value.type != static_cast<std::uint8_t>(Type::text) || value.size == 0) return system_cell(part, cell);
  const std::string_view raw = chunk_.substr(value.at, value.size);
  Memo& memo = memos_[part == System::computer ? 0 : part == System::channel ? 1 : 2];
  if (memo.raw != raw) {
    if (!system_cell(part, cell)) return false;
    memo.raw.assign(raw);
    memo.text.assign(cell.wire == Wire::text ? cell.view() : std::string_view{});
  }
  cell = memo.text.empty() ? Cell::none() : Cell::of_text(memo.text);
  return true;
}

bool ChunkReader::code_of(Cell& code) {
  if (!system_cell(System::code, code)) return false;
  std::int64_t number;
  if (code.wire == Wire::udec || code.wire == Wire::hex) code.wire = Wire::dec;
  if (code.wire == Wire::text && to_number(code.view(), number)) code = Cell::of_number(number, Wire::dec);
  return true;
}

const char* ChunkReader::header_of(abi::Header& header) {
  if (!levels_[0].form->has_system) {
    if (const char* problem = flatten(0, 0)) return problem;
    flattened_ = true;
  }
  if (!memo_text(System::computer, header.computer) || !memo_text(System::channel, header.channel) ||
      !memo_text(System::provider, header.provider) || !code_of(header.code) || !system_cell(System::record_id, header.record_id)) return kTooMuchText;
  std::int64_t number;
  if (header.record_id.wire == Wire::text && to_number(header.record_id.view(), number) && number >= 0) header.record_id = Cell::of_number(number, Wire::udec);
  if (header.record_id.wire == Wire::dec || header.record_id.wire == Wire::hex) header.record_id.wire = Wire::udec;
  if (header.record_id.wire != Wire::udec) header.record_id = Cell::none();
  return time_of(header);
}

const char* ChunkReader::time_of(abi::Header& header) {
  // The time of a FILETIME value is taken as it stands, without its spelling.
  const auto index = static_cast<std::size_t>(System::time);
  Ref ref{0, 0};
  if (levels_[0].form->system[index] >= 0) ref.leaf = static_cast<std::uint32_t>(levels_[0].form->system[index]);
  else if (has_system_[index]) ref = system_[index];
  else return nullptr;
  const Level& level = levels_[ref.level];
  const Leaf& leaf = level.form->leaves[ref.leaf];
  const Piece* piece = leaf.pieces == 1 ? &level.form->pieces[leaf.first] : nullptr;
  if (piece && piece->kind == Piece::Kind::slot && piece->slot < level.count) {
    const Value& value = values_[level.first + piece->slot];
    if (value.type == static_cast<std::uint8_t>(Type::filetime) && value.size == 8) {
      const std::uint64_t ticks = load64(chunk_.data() + value.at);
      if (ticks == 0 || ticks > static_cast<std::uint64_t>(INT64_MAX)) return nullptr;  // zero is "not set"
      header.time = static_cast<std::int64_t>(ticks) - kFiletimeToUnix;
      header.has_time = 1;
      return nullptr;
    }
  }
  Cell time;
  if (!system_cell(System::time, time)) return kTooMuchText;
  if (time.wire == Wire::text && parse_time(time.view(), header.time)) header.has_time = 1;
  return nullptr;
}

bool ChunkReader::field_cell(const Shape& shape, const Field& field, Cell& cell) {
  const auto one = [&](const Ref& ref, Cell& out) {
    const Level& level = levels_[ref.level];
    return leaf_cell(level, level.form->leaves[ref.leaf], out);
  };
  if (field.count == 1) return one(shape.refs[field.first], cell);
  // Several elements of one name: their values, lists among them opened up, are one list.
  std::uint32_t total = 0;
  auto* parts = reinterpret_cast<Cell*>(arena_.take(field.count * sizeof(Cell)));
  if (!parts) return false;
  for (std::uint32_t i = 0; i < field.count; ++i) {
    if (!one(shape.refs[field.first + i], parts[i])) return false;
    total += parts[i].wire == Wire::list ? parts[i].size : 1;
  }
  auto* cells = reinterpret_cast<Cell*>(arena_.take(total * sizeof(Cell)));
  if (!cells) return false;
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < field.count; ++i) {
    if (parts[i].wire != Wire::list) cells[next++] = parts[i];
    else for (std::uint32_t k = 0; k < parts[i].size; ++k) cells[next++] = parts[i].cells[k];
  }
  cell = Cell::of_list(cells, total);
  return true;
}

const std::vector<std::int32_t>& ChunkReader::slot_map(Shape& shape, const abi::Projection& projection) {
  for (std::size_t i = 0; i < shape.maps_used; ++i) {
    if (shape.maps[i].projection == &projection) return shape.maps[i].slots;
  }
  if (shape.maps_used == shape.maps.size()) shape.maps.emplace_back();
  Shape::Map& map = shape.maps[shape.maps_used++];
  map.projection = &projection;
  std::vector<std::int32_t>& slots = map.slots;
  slots.clear();
  for (const std::string& wanted : projection.fields) {
    std::int32_t slot = -1;
    for (std::size_t i = 0; i < shape.fields.size() && slot == -1; ++i) {
      if (same_name(shape.fields[i].name, wanted)) slot = static_cast<std::int32_t>(i);
    }
    for (std::size_t i = 0; shape.nested_names && i < shape.fields.size() && slot == -1; ++i) {
      const std::size_t dot = shape.fields[i].nested_name ? shape.fields[i].name.find('.') : std::string_view::npos;
      if (dot != std::string_view::npos && same_name(shape.fields[i].name.substr(dot + 1), wanted)) slot = static_cast<std::int32_t>(i);
    }
    for (const auto& [name, part] : kSystemFields) {
      if (slot != -1) break;
      if (same_name(name, wanted)) slot = -2 - static_cast<std::int32_t>(part);
    }
    slots.push_back(slot);
  }
  fields_ += projection.fields.size();
  return slots;
}

const char* ChunkReader::read_record(std::string_view record, std::uint64_t offset, abi::Sink& sink, Tally& tally) {
  const auto at = static_cast<std::uint32_t>(record.data() - chunk_.data());
  const auto end = at + static_cast<std::uint32_t>(record.size()) - 4;  // the size stands there once more
  values_.clear();
  levels_.clear();
  flat_.clear();
  flat_names_.clear();
  record_forms_used_ = 0;
  flattened_ = false;
  std::fill(std::begin(has_system_), std::end(has_system_), false);
  arena_.reset();

  Level outer;
  if (text_ > kMaxTextPerChunk) return kTooMuchWork;
  if (const char* problem = document(at + kRecordHeadBytes, end, Place::document, {}, outer)) return problem;
  levels_.push_back(outer);
  abi::EventView event{};
  abi::Header& header = event.header;
  header.computer = header.channel = header.provider = header.code = header.record_id = Cell::none();
  header.offset = offset;
  if (outer.form->system[static_cast<std::size_t>(System::code)] >= 0) {
    Cell code;
    if (!code_of(code)) return kTooMuchText;
    if (!sink.knows(code)) {
      if (const char* problem = time_of(header)) return problem;
      ++tally.records;
      if (!header.has_time) ++tally.no_time;
      return nullptr;
    }
  }
  if (const char* problem = header_of(header)) return problem;
  if (header.record_id.wire == Wire::absent) header.record_id = Cell::of_number(static_cast<std::int64_t>(load64(record.data() + 8)), Wire::udec);

  const abi::Projection* projection = sink.want(header);
  if (projection) {
    Shape* shape = nullptr;
    if (const char* problem = shape_of(shape)) return problem;
    if (!spend(fields_, projection->fields.size() + (projection->all ? shape->refs.size() : 0), kMaxFieldsPerChunk)) return kTooMuchWork;
    const std::vector<std::int32_t>& slots = slot_map(*shape, *projection);
    cells_.resize(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const std::int32_t slot = slots[i];
      if (slot >= 0) {
        if (!field_cell(*shape, shape->fields[static_cast<std::size_t>(slot)], cells_[i])) return kTooMuchText;
      } else if (slot == -1) {
        cells_[i] = Cell::none();
      } else if (!system_cell(static_cast<System>(-2 - slot), cells_[i])) {
        return kTooMuchText;
      }
    }
    event.fields = cells_.data();
    event.field_count = static_cast<std::uint32_t>(cells_.size());
    if (projection->all) {
      all_.resize(shape->fields.size());
      for (std::size_t i = 0; i < shape->fields.size(); ++i) {
        all_[i].name = Cell::of_text(shape->fields[i].name);
        if (!field_cell(*shape, shape->fields[i], all_[i].value)) return kTooMuchText;
      }
      event.all = all_.data();
      event.all_count = static_cast<std::uint32_t>(all_.size());
    }
    if (text_ > kMaxTextPerChunk) return kTooMuchWork;
  }
  ++tally.records;
  if (!header.has_time) ++tally.no_time;
  if (projection) sink.event(event, *projection, record);
  return nullptr;
}

}  // namespace chainhunt::evtx

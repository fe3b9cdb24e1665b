#include "runtime/input/json/fields.h"

#include <algorithm>
#include <cstring>

#include "runtime/input/json/xml_data.h"

namespace chainhunt::input::json {
namespace {

constexpr unsigned kMaxFlatten = 16;        // objects in objects that dotted names reach into
constexpr std::size_t kMaxDottedName = 512;  // deeper members are not reachable by name
constexpr std::size_t kMaxDottedBytes = 16u << 20;  // all dotted names of one record: a long name over many
                                                    // small members must not multiply the record's size

constexpr std::size_t kMaxRemembered = 256;
constexpr std::size_t kMaxRememberedName = 64;
// Longer than any remembered name, for places that a long name passed over.
constexpr std::string_view kNeverAName = "*****************************************************************";
static_assert(kNeverAName.size() > kMaxRememberedName);

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

void fold(std::string_view name, std::string& out) {
  out.clear();
  for (const char c : name) {
    if (c != '_' && c != ' ') out.push_back(lower(c));
  }
}

bool same_without_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Members that are XML attributes of the element, not data.
bool is_attribute(std::string_view key) {
  return key.substr(0, 1) == "@" || key == "#attributes" || key == "_attributes" || key == "xmlns" || key == "$";
}

}  // namespace

FieldReader::Plan& FieldReader::plan_of(const abi::Projection& projection) {
  const auto known = plans_.find(&projection);
  if (known != plans_.end()) return known->second;
  Plan plan;
  for (std::uint32_t slot = 0; slot < projection.fields.size(); ++slot) {
    const std::string& name = projection.fields[slot];
    fold(name, folded_);
    plan.slots[folded_].push_back(slot);
    if (name.find('.') != std::string::npos) plan.dotted = true;
  }
  return plans_.emplace(&projection, std::move(plan)).first->second;
}

bool FieldReader::in_envelope(std::string_view name) const {
  const auto& envelope = located_->layout->envelope;
  return std::find(envelope.begin(), envelope.end(), name) != envelope.end();
}

const std::vector<std::uint32_t>* FieldReader::slots_of(std::string_view name) {
  std::vector<Remembered>& remembered = plan_->remembered;
  const std::size_t place = offered_++;
  if (place < remembered.size() && name.size() <= kMaxRememberedName && remembered[place].name == name) return remembered[place].slots;
  fold(name, folded_);
  const auto found = plan_->slots.find(folded_);
  const std::vector<std::uint32_t>* const slots = found == plan_->slots.end() ? nullptr : &found->second;
  if (place < kMaxRemembered && name.size() <= kMaxRememberedName) {
    while (remembered.size() <= place) remembered.push_back({std::string(kNeverAName), nullptr});
    remembered[place].name = name;
    remembered[place].slots = slots;
  }
  return slots;
}

template <typename Value>
void FieldReader::offer_lazily(std::string_view name, std::uint32_t source, Value&& value) {
  const bool listed = projection_->all && !in_envelope(name);
  const std::vector<std::uint32_t>* const wanted = slots_of(name);
  if (!wanted && !listed) return;
  const abi::Cell cell = value();
  if (cell.wire == abi::Wire::absent) return;
  if (sources_ != nullptr && source == kNone) sources_->known = false;
  if (listed) {
    all_.push_back({abi::Cell::of_text(name), cell});
    if (sources_ != nullptr) sources_->all.emplace_back(name, source);
  }
  if (!wanted) return;
  for (const std::uint32_t slot : *wanted) {
    const std::string& asked = projection_->fields[slot];
    const Closeness closeness = name == asked                      ? Closeness::exact
                                : same_without_case(name, asked) ? Closeness::without_case
                                                                  : Closeness::folded;
    if (closeness >= closeness_[slot]) continue;
    closeness_[slot] = closeness;
    cells_[slot] = cell;
    if (sources_ != nullptr) sources_->slots[slot] = source;
  }
}

void FieldReader::offer(std::string_view name, const abi::Cell& value) {
  offer_lazily(name, kNone, [&] { return value; });
}

/// EventData's <Data> elements: {"#attributes":{"Name":…},"#text":…} are fields of their own, unnamed
/// ones are the values of a field called Data.
void FieldReader::walk_data(Tape& tape, std::uint32_t data) {
  const std::uint32_t first = tape.is(data, Kind::array) ? data + 1 : data;
  const std::uint32_t end = tape[data].next;
  std::uint32_t unnamed = 0;
  for (std::uint32_t i = first; i < end; i = tape[i].next) {
    const std::uint32_t name = tape.is(i, Kind::object) ? name_attribute(tape, i) : kNone;
    if (name == kNone) {
      ++unnamed;
      continue;
    }
    const std::uint32_t value = scalar(tape, i);
    // An element without content is a field with an empty value.
    // Its name is a value, too, and may be another in the next record.
    offer_lazily(tape.text(name), kNone, [&] { return value == kNone ? abi::Cell::of_text("") : tape.cell(value); });
  }
  if (sources_ != nullptr) sources_->known = false;
  if (unnamed == 0) return;
  offer_lazily("Data", kNone, [&] {
    auto* const cells = static_cast<abi::Cell*>(tape.arena().take(unnamed * sizeof(abi::Cell)));
    std::uint32_t count = 0;
    for (std::uint32_t i = first; i < end; i = tape[i].next) {
      const bool object = tape.is(i, Kind::object);
      if (object && name_attribute(tape, i) != kNone) continue;
      const abi::Cell cell = tape.cell(scalar(tape, i));
      if (cell.wire == abi::Wire::absent) continue;
      if (cell.wire == abi::Wire::list) {
        if (unnamed == 1) return cell;
        continue;  // lists hold no lists
      }
      cells[count++] = cell;
    }
    if (count == 0) return abi::Cell::none();
    return count == 1 ? cells[0] : abi::Cell::of_list(cells, count);
  });
}

void FieldReader::walk(Tape& tape, std::uint32_t container, std::string_view prefix, unsigned depth) {
  if (tape.is(container, Kind::array)) {
    if (depth == 0) walk_data(tape, container);
    return;
  }
  const bool nested = (plan_->dotted || projection_->all) && depth < kMaxFlatten;
  for (std::uint32_t i = container + 1; i < tape[container].next; i = tape[i].next) {
    std::string_view key = tape.key(i);
    if (located_->layout->windows && depth == 0) {
      if (container != located_->record && is_attribute(key)) continue;  // "@timestamp" is a member of a flat record
      if (key == "Data" && (tape.is(i, Kind::object) || tape.is(i, Kind::array))) {
        walk_data(tape, i);
        continue;
      }
    }
    if (!prefix.empty()) {
      const std::size_t size = prefix.size() + 1 + key.size();
      if (size > kMaxDottedName || dotted_bytes_ + size > kMaxDottedBytes) continue;
      dotted_bytes_ += size;
      auto* const name = static_cast<char*>(tape.arena().take(size));
      std::memcpy(name, prefix.data(), prefix.size());
      name[prefix.size()] = '.';
      if (!key.empty()) std::memcpy(name + prefix.size() + 1, key.data(), key.size());
      key = {name, size};
    }
    const std::uint32_t value = located_->layout->windows ? scalar(tape, i) : (tape.is(i, Kind::object) ? kNone : i);
    if (value != kNone) {
      offer_lazily(key, value, [&] { return tape.cell(value); });
    } else if (nested && !(depth == 0 && in_envelope(key))) {
      walk(tape, i, key, depth + 1);
    }
  }
}

void FieldReader::walk_xml(Tape& tape, std::string_view xml) {
  read_xml_data(xml, tape.arena(), [&](std::string_view name, std::string_view value) {
    offer(name, abi::Cell::of_text(value));
  });
}

void FieldReader::read(Tape& tape, const Located& located, const abi::Projection& projection, abi::EventView& view, Sources& sources) {
  sources = {};
  sources.known = located.xml.empty();
  sources.slots.assign(projection.fields.size(), kNone);
  sources_ = &sources;
  read(tape, located, projection, view);
  sources_ = nullptr;
}

void FieldReader::read(Tape& tape, const abi::Header& header, const Sources& sources, bool all, abi::EventView& view) {
  cells_.resize(sources.slots.size());
  for (std::size_t slot = 0; slot < cells_.size(); ++slot) {
    const std::uint32_t source = sources.slots[slot];
    const abi::Cell* const parts[] = {&header.computer, &header.channel, &header.provider, &header.code, &header.record_id};
    cells_[slot] = source == kNone ? abi::Cell::none() : source >= kHeader ? *parts[source - kHeader] : tape.cell(source);
  }
  all_.clear();
  if (all) {
    for (const auto& [name, source] : sources.all) all_.push_back({abi::Cell::of_text(name), tape.cell(source)});
  }
  view.fields = cells_.data();
  view.field_count = static_cast<std::uint32_t>(cells_.size());
  view.all = all ? all_.data() : nullptr;
  view.all_count = static_cast<std::uint32_t>(all_.size());
}

void FieldReader::read(Tape& tape, const Located& located, const abi::Projection& projection, abi::EventView& view) {
  plan_ = &plan_of(projection);
  projection_ = &projection;
  located_ = &located;
  cells_.assign(projection.fields.size(), abi::Cell::none());
  closeness_.assign(projection.fields.size(), Closeness::none);
  all_.clear();
  dotted_bytes_ = 0;
  offered_ = 0;

  for (std::uint32_t i = 0; i < located.root_count; ++i) walk(tape, located.roots[i], {}, 0);
  if (!located.xml.empty()) walk_xml(tape, located.xml);

  const auto fill = [&](std::uint32_t slot, std::uint32_t source, const abi::Cell& cell) {
    // Whether a part of the header is there may depend on its value (a record id that is no number).
    if (sources_ != nullptr && source >= kHeader && source != kNone) sources_->slots[slot] = source;
    if (cell.wire == abi::Wire::absent) return;
    cells_[slot] = cell;
    closeness_[slot] = Closeness::folded;
    if (sources_ != nullptr) sources_->slots[slot] = source;
  };
  const auto fill_from = [&](std::uint32_t slot, std::uint32_t node) { fill(slot, node, tape.cell(node)); };
  for (std::uint32_t slot = 0; slot < cells_.size(); ++slot) {
    if (closeness_[slot] != Closeness::none) continue;
    const std::string& name = projection.fields[slot];
    for (const Elsewhere& place : located.layout->elsewhere) {
      if (closeness_[slot] != Closeness::none) break;
      if (!same_without_case(place.field, name)) continue;
      fill_from(slot, scalar(tape, tape.find_path(located.record, place.path)));
    }
    if (closeness_[slot] != Closeness::none) continue;
    if (!located.layout->windows) {
      // A dotted path that no walk reaches because a name holds the dots itself.
      if (name.find('.') != std::string::npos) fill_from(slot, tape.find_path(located.record, name));
      continue;
    }
    const abi::Header& header = located.header;
    if (same_without_case(name, "Computer")) fill(slot, kHeader + 0, header.computer);
    if (same_without_case(name, "Channel")) fill(slot, kHeader + 1, header.channel);
    if (same_without_case(name, "Provider_Name")) fill(slot, kHeader + 2, header.provider);
    if (same_without_case(name, "EventID")) fill(slot, kHeader + 3, header.code);
    if (same_without_case(name, "EventRecordID")) fill(slot, kHeader + 4, header.record_id);
  }

  view.fields = cells_.data();
  view.field_count = static_cast<std::uint32_t>(cells_.size());
  view.all = projection.all ? all_.data() : nullptr;
  view.all_count = static_cast<std::uint32_t>(all_.size());
}

}  // namespace chainhunt::input::json

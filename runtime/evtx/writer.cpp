#include "runtime/evtx/writer.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/text.h"
#include "runtime/evtx/bytes.h"

namespace chainhunt::evtx {
namespace {

constexpr std::size_t kStringBuckets = 128, kStringBucketCount = 64;      // of the chunk header: offset, number
constexpr std::size_t kTemplateBuckets = 384, kTemplateBucketCount = 32;
constexpr std::uint16_t kNoDependency = 0xffff;
constexpr std::size_t kMaxValueBytes = 0xffff;                            // a value's size is 16 bits
constexpr std::size_t kMaxConstantUnits = 0xffff;
constexpr std::string_view kFragmentHead{"\x0f\x01\x01\x00", 4};
constexpr std::string_view kNamespace = "http://schemas.microsoft.com/win/2004/08/events/event";
constexpr std::uint32_t kDefaultHeaderSize = 128;
// Windows leaves some bytes of a chunk free (65,520 is the highest free-space offset seen in real
// files), and libevtx drops the last record of a chunk that is full to its last byte.
constexpr std::size_t kUsableChunkBytes = kChunkBytes - 16;

void put16(std::string& out, std::uint16_t value) { out.append({static_cast<char>(value), static_cast<char>(value >> 8)}); }
void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value));
  put16(out, static_cast<std::uint16_t>(value >> 16));
}
void put64(std::string& out, std::uint64_t value) {
  put32(out, static_cast<std::uint32_t>(value));
  put32(out, static_cast<std::uint32_t>(value >> 32));
}
void set16(std::string& out, std::size_t at, std::uint16_t value) { std::memcpy(out.data() + at, &value, sizeof value); }
void set32(std::string& out, std::size_t at, std::uint32_t value) { std::memcpy(out.data() + at, &value, sizeof value); }
void set64(std::string& out, std::size_t at, std::uint64_t value) { std::memcpy(out.data() + at, &value, sizeof value); }

// The hash of names in the string table; its source is the libevtx format notes.
std::uint32_t name_hash(std::string_view units) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i + 1 < units.size(); i += 2) hash = hash * 65599 + load16(units.data() + i);
  return hash;
}

// A template's id: any number that is stable for equal templates will do (FNV-1a).
std::uint64_t template_hash(std::string_view key, std::uint64_t seed) {
  std::uint64_t hash = seed;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') parts.emplace_back();
    else parts.back().push_back(c);
  }
  return parts;
}

}  // namespace

// Writes one record at the end of the open chunk. Offsets in BinXML count from the chunk's start, so a
// record can only be encoded where it will stand.
class RecordEncoder {
 public:
  RecordEncoder(Writer& writer, const Event& event) : w_(writer), out_(writer.chunk_), event_(event) {}

  Result<void> run(std::uint64_t id) {
    const std::size_t start = out_.size();
    put32(out_, kRecordSignature);
    put32(out_, 0);
    put64(out_, id);
    put64(out_, static_cast<std::uint64_t>(event_.time + kFiletimeToUnix));
    if (auto values = outer_values(id); !values) return values;
    out_.append(kFragmentHead);
    instance(outer_key(), [this] { outer_template(); });
    const std::size_t descriptors = write_values(outer_);
    // The EventData document is the last value; its size is known once it is written.
    const std::size_t document = out_.size();
    out_.append(kFragmentHead);
    instance(inner_key(), [this] { inner_template(); });
    write_values(inner_);
    out_.push_back('\0');
    if (out_.size() - document > kMaxValueBytes) return Error{"an event's data is larger than 64 KB"};
    set16(out_, descriptors + 4 * (outer_.size() - 1), static_cast<std::uint16_t>(out_.size() - document));
    out_.push_back('\0');
    while ((out_.size() - start + 4) % 8 != 0) out_.push_back('\0');
    const auto size = static_cast<std::uint32_t>(out_.size() - start + 4);
    put32(out_, size);
    set32(out_, start + 4, size);
    return problem_.empty() ? Result<void>() : Result<void>(Error{problem_});
  }

 private:
  enum Slot : std::uint16_t { kLevel, kOpcode, kTask, kCode, kQualifiers, kKeywords, kTime, kActivity, kProcess, kThread, kRecord, kVersion, kUser, kData };

  Result<void> outer_values(std::uint64_t id) {
    Encoded user = null_value(), activity = null_value();
    if (!event_.user_sid.empty()) {
      auto value = sid(event_.user_sid);
      if (!value) return value.error();
      user = *value;
    }
    if (!event_.activity_id.empty()) {
      auto value = guid(event_.activity_id);
      if (!value) return value.error();
      activity = *value;
    }
    if (!event_.provider_guid.empty()) {
      auto value = guid(event_.provider_guid);
      if (!value) return value.error();
    }
    outer_ = {number(Type::uint8, event_.level), number(Type::uint8, event_.opcode), number(Type::uint16, event_.task),
              number(Type::uint16, event_.code), event_.qualifiers ? number(Type::uint16, event_.qualifiers) : null_value(),
              hex64(event_.keywords), filetime(event_.time), activity, number(Type::uint32, event_.process_id),
              number(Type::uint32, event_.thread_id), number(Type::uint64, id), number(Type::uint8, event_.version), user,
              Encoded{static_cast<std::uint8_t>(Type::binxml), {}}};
    for (const NamedValue& field : event_.data) {
      if (field.value.bytes.size() > kMaxValueBytes) return Error{"the value of field '" + field.name + "' is larger than 64 KB"};
      inner_.push_back(field.value);
    }
    return {};
  }

  std::string outer_key() const {
    return "outer\n" + event_.provider + "\n" + event_.provider_guid + "\n" + event_.channel + "\n" + event_.computer + "\n" +
           (event_.qualifiers ? "q" : "") + (event_.activity_id.empty() ? "" : "a") + (event_.user_sid.empty() ? "" : "u");
  }

  std::string inner_key() const {
    std::string key = event_.user_data ? "user" : "event";
    for (const NamedValue& field : event_.data) key += "\n" + field.name + "\t" + std::to_string(field.value.type);
    return key;
  }

  template <typename Body>
  void instance(const std::string& key, Body body) {
    const auto id = static_cast<std::uint32_t>(template_hash(key, 0xcbf29ce484222325ull));
    out_.push_back('\x0c');
    out_.push_back('\x01');
    put32(out_, id);
    const auto known = w_.templates_.find(key);
    if (known != w_.templates_.end()) {
      put32(out_, known->second);
      return;
    }
    const auto at = static_cast<std::uint32_t>(out_.size() + 4);
    put32(out_, at);
    w_.templates_.emplace(key, at);
    const std::size_t bucket = kTemplateBuckets + 4 * (id % kTemplateBucketCount);
    put32(out_, load32(out_.data() + bucket));
    set32(out_, bucket, at);
    put32(out_, id);  // the GUID starts with the id
    put32(out_, static_cast<std::uint32_t>(template_hash(key, 1)));
    put64(out_, template_hash(key, 2));
    const std::size_t size = out_.size();
    put32(out_, 0);
    out_.append(kFragmentHead);
    body();
    out_.push_back('\0');
    set32(out_, size, static_cast<std::uint32_t>(out_.size() - size - 4));
  }

  std::size_t write_values(const std::vector<Encoded>& values) {
    put32(out_, static_cast<std::uint32_t>(values.size()));
    const std::size_t descriptors = out_.size();
    for (const Encoded& value : values) {
      put16(out_, static_cast<std::uint16_t>(value.bytes.size()));
      out_.push_back(static_cast<char>(value.type));
      out_.push_back('\0');
    }
    for (const Encoded& value : values) out_.append(value.bytes);
    return descriptors;
  }

  void name(const std::string& text) {
    const auto known = w_.names_.find(text);
    if (known != w_.names_.end()) {
      put32(out_, known->second);
      return;
    }
    std::string units = base::to_utf16le(text);
    if (units.size() / 2 > kMaxConstantUnits) {
      problem_ = "a name is longer than 65,535 characters";
      units.clear();
    }
    const auto at = static_cast<std::uint32_t>(out_.size() + 4);
    put32(out_, at);
    w_.names_.emplace(text, at);
    const std::uint32_t hash = name_hash(units);
    const std::size_t bucket = kStringBuckets + 4 * ((hash & 0xffff) % kStringBucketCount);
    put32(out_, load32(out_.data() + bucket));
    set32(out_, bucket, at);
    put16(out_, static_cast<std::uint16_t>(hash));
    put16(out_, static_cast<std::uint16_t>(units.size() / 2));
    out_.append(units);
    put16(out_, 0);
  }

  void constant(std::string_view text) {
    std::string units = base::to_utf16le(text);
    if (units.size() / 2 > kMaxConstantUnits) {
      problem_ = "a constant is longer than 65,535 characters";
      units.clear();
    }
    out_.push_back('\x05');
    out_.push_back('\x01');
    put16(out_, static_cast<std::uint16_t>(units.size() / 2));
    out_.append(units);
  }

  void slot(std::uint16_t index, std::uint8_t type) {
    out_.push_back('\x0e');
    put16(out_, index);
    out_.push_back(static_cast<char>(type));
  }
  void slot(Slot index) { slot(index, outer_[index].type); }

  // An open element: where its size is to be written.
  std::size_t open(const std::string& element, bool attributes = false) {
    out_.push_back(attributes ? '\x41' : '\x01');
    put16(out_, kNoDependency);
    const std::size_t size = out_.size();
    put32(out_, 0);
    name(element);
    return size;
  }
  std::size_t attributes() {
    const std::size_t size = out_.size();
    put32(out_, 0);
    return size;
  }
  void attribute(const std::string& attribute_name, bool more) {
    out_.push_back(more ? '\x46' : '\x06');
    name(attribute_name);
  }
  void attributes_end(std::size_t size) { set32(out_, size, static_cast<std::uint32_t>(out_.size() - size - 4)); }
  void opened() { out_.push_back('\x02'); }
  void close(std::size_t size) {
    out_.push_back('\x04');
    set32(out_, size, static_cast<std::uint32_t>(out_.size() - size - 4));
  }
  void close_empty(std::size_t size) {
    out_.push_back('\x03');
    set32(out_, size, static_cast<std::uint32_t>(out_.size() - size - 4));
  }

  void element_slot(const char* element, Slot index) {
    const std::size_t size = open(element);
    opened();
    slot(index);
    close(size);
  }
  void element_text(const char* element, std::string_view text) {
    const std::size_t size = open(element);
    opened();
    if (!text.empty()) constant(text);
    close(size);
  }

  void outer_template() {
    const std::size_t event = open("Event", true);
    std::size_t list = attributes();
    attribute("xmlns", false);
    constant(kNamespace);
    attributes_end(list);
    opened();
    const std::size_t system = open("System");
    opened();
    {
      const std::size_t size = open("Provider", true);
      list = attributes();
      attribute("Name", !event_.provider_guid.empty());
      constant(event_.provider);
      if (!event_.provider_guid.empty()) {
        attribute("Guid", false);
        constant(event_.provider_guid);
      }
      attributes_end(list);
      close_empty(size);
    }
    {
      const std::size_t size = open("EventID", event_.qualifiers != 0);
      if (event_.qualifiers) {
        list = attributes();
        attribute("Qualifiers", false);
        slot(kQualifiers);
        attributes_end(list);
      }
      opened();
      slot(kCode);
      close(size);
    }
    element_slot("Version", kVersion);
    element_slot("Level", kLevel);
    element_slot("Task", kTask);
    element_slot("Opcode", kOpcode);
    element_slot("Keywords", kKeywords);
    one_attribute("TimeCreated", "SystemTime", kTime);
    element_slot("EventRecordID", kRecord);
    one_attribute("Correlation", "ActivityID", kActivity);
    {
      const std::size_t size = open("Execution", true);
      list = attributes();
      attribute("ProcessID", true);
      slot(kProcess);
      attribute("ThreadID", false);
      slot(kThread);
      attributes_end(list);
      close_empty(size);
    }
    element_text("Channel", event_.channel);
    element_text("Computer", event_.computer);
    one_attribute("Security", "UserID", kUser);
    close(system);
    slot(kData);
    close(event);
  }

  void one_attribute(const char* element, const char* attribute_name, Slot index) {
    const std::size_t size = open(element, true);
    const std::size_t list = attributes();
    attribute(attribute_name, false);
    slot(index);
    attributes_end(list);
    close_empty(size);
  }

  void inner_template() {
    const std::size_t root = open(event_.user_data ? "UserData" : "EventData");
    opened();
    if (event_.user_data) user_fields();
    else event_fields();
    close(root);
  }

  void event_fields() {
    for (std::uint16_t i = 0; i < event_.data.size(); ++i) {
      const std::string& field = event_.data[i].name;
      const bool named = !field.empty() && field != "Data" && field != "Binary";
      const std::size_t size = open(field == "Binary" ? "Binary" : "Data", named);
      if (named) {
        const std::size_t list = attributes();
        attribute("Name", false);
        constant(field);
        attributes_end(list);
      }
      opened();
      slot(i, inner_[i].type);
      close(size);
    }
  }

  // Paths that share elements with the one before stay in them.
  void user_fields() {
    std::vector<std::string> path;
    std::vector<std::size_t> sizes;
    const auto leave = [&](std::size_t depth) {
      while (path.size() > depth) {
        close(sizes.back());
        sizes.pop_back();
        path.pop_back();
      }
    };
    for (std::uint16_t i = 0; i < event_.data.size(); ++i) {
      const std::vector<std::string> parts = split(event_.data[i].name);
      std::size_t shared = 0;
      while (shared + 1 < parts.size() && shared < path.size() && path[shared] == parts[shared]) ++shared;
      leave(shared);
      for (std::size_t k = shared; k < parts.size(); ++k) {
        sizes.push_back(open(parts[k]));
        path.push_back(parts[k]);
        opened();
      }
      slot(i, inner_[i].type);
      leave(parts.size() - 1);
    }
    leave(0);
  }

  Writer& w_;
  std::string& out_;
  const Event& event_;
  std::vector<Encoded> outer_, inner_;
  std::string problem_;
};

void Writer::start_chunk() {
  chunk_.assign(kChunkHeaderBytes, '\0');
  names_.clear();
  templates_.clear();
  chunk_first_ = 0;
  last_record_ = 0;
}

void Writer::end_chunk() {
  std::memcpy(chunk_.data(), kChunkSignature.data(), kChunkSignature.size());
  set64(chunk_, 8, chunk_first_number_);
  set64(chunk_, 16, records_);
  set64(chunk_, 24, chunk_first_);
  set64(chunk_, 32, last_id_);
  set32(chunk_, 40, kDefaultHeaderSize);
  set32(chunk_, 44, last_record_);
  set32(chunk_, 48, static_cast<std::uint32_t>(chunk_.size()));
  set32(chunk_, 52, checksum(std::string_view(chunk_).substr(kChunkHeaderBytes)));
  set32(chunk_, 124, checksum(std::string_view(chunk_).substr(0, 120), std::string_view(chunk_).substr(128, kChunkHeaderBytes - 128)));
  chunk_.resize(kChunkBytes, '\0');
  done_ += chunk_;
  chunk_.clear();
}

Result<void> Writer::add(const Event& event) {
  if (event.data.size() > 0xffff) return Error{"an event with more than 65,535 fields"};
  const bool fresh = chunk_.empty();
  if (fresh) start_chunk();
  // Whatever an attempt added to the chunk is taken back if it fails or does not fit.
  const std::size_t size = chunk_.size();
  const std::string header = chunk_.substr(0, kChunkHeaderBytes);
  const std::uint64_t id = event.record_id ? event.record_id : last_id_ + 1;
  RecordEncoder encoder(*this, event);
  Result<void> result = encoder.run(id);
  if (result && chunk_.size() <= kUsableChunkBytes) {
    ++records_;
    if (last_record_ == 0) {
      chunk_first_ = id;
      chunk_first_number_ = records_;
    }
    last_record_ = static_cast<std::uint32_t>(size);
    last_id_ = id;
    return {};
  }
  chunk_.resize(size);
  chunk_.replace(0, kChunkHeaderBytes, header);
  std::erase_if(names_, [&](const auto& entry) { return entry.second >= size; });
  std::erase_if(templates_, [&](const auto& entry) { return entry.second >= size; });
  if (last_record_ == 0) {
    chunk_.clear();
    return result ? Result<void>(Error{"an event is larger than a chunk"}) : result;
  }
  if (!result) return result;
  end_chunk();
  return add(event);
}

std::string Writer::finish() {
  if (!chunk_.empty()) end_chunk();
  const std::size_t chunks = done_.size() / kChunkBytes;
  std::string file(kFileHeaderBytes, '\0');
  std::memcpy(file.data(), kFileSignature.data(), kFileSignature.size());
  set64(file, 16, chunks ? chunks - 1 : 0);
  set64(file, 24, last_id_ + 1);
  set32(file, 32, kDefaultHeaderSize);
  set16(file, 36, 1);  // version 3.1
  set16(file, 38, 3);
  set16(file, 40, kFileHeaderBytes);
  set16(file, 42, static_cast<std::uint16_t>(std::min<std::size_t>(chunks, 0xffff)));
  set32(file, 124, checksum(std::string_view(file).substr(0, kFileHeaderChecked)));
  file += done_;
  *this = Writer();
  return file;
}

}  // namespace chainhunt::evtx

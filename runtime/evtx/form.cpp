#include "runtime/evtx/form.h"

#include <utility>

#include "runtime/evtx/bytes.h"
#include "runtime/evtx/value.h"

namespace chainhunt::evtx {
namespace {

// BinXML tokens; 0x40 says that more of the same follows (attributes, text), which the tokens say as well.
enum Token : std::uint8_t {
  kEnd = 0x00, kOpen = 0x01, kOpened = 0x02, kClosedEmpty = 0x03, kClose = 0x04, kText = 0x05, kAttribute = 0x06,
  kCdata = 0x07, kCharacter = 0x08, kEntity = 0x09, kInstruction = 0x0a, kInstructionText = 0x0b,
  kInstance = 0x0c, kSlot = 0x0d, kOptionalSlot = 0x0e, kFragment = 0x0f,
};
constexpr std::uint8_t kMore = 0x40;
constexpr std::uint32_t kFragmentBytes = 4;
constexpr std::uint32_t kNameHead = 8;         // next name, hash, length
constexpr std::uint32_t kDefinitionHead = 24;  // next definition, GUID, size
constexpr std::size_t kMaxPath = 4096;         // bytes of a field name

struct SystemName {
  std::string_view element, attribute;
  System part;
};
constexpr SystemName kSystemNames[] = {
    {"Provider", "Name", System::provider}, {"Provider", "Guid", System::provider_guid},
    {"Provider", "EventSourceName", System::event_source}, {"EventID", "", System::code},
    {"EventID", "Qualifiers", System::qualifiers}, {"Version", "", System::version}, {"Level", "", System::level},
    {"Task", "", System::task}, {"Opcode", "", System::opcode}, {"Keywords", "", System::keywords},
    {"TimeCreated", "SystemTime", System::time}, {"EventRecordID", "", System::record_id},
    {"Correlation", "ActivityID", System::activity}, {"Correlation", "RelatedActivityID", System::related_activity},
    {"Execution", "ProcessID", System::process_id}, {"Execution", "ThreadID", System::thread_id},
    {"Channel", "", System::channel}, {"Computer", "", System::computer}, {"Security", "UserID", System::user_id},
};
constexpr std::pair<std::string_view, char> kEntities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

struct Frame {
  Place inside = Place::elsewhere;  // place of the children
  bool is_field = false;            // an element below EventData or UserData
  bool is_system = false;           // an element of System
  bool has_children = false;
  bool named = false;               // the path already holds the Name attribute
  std::uint32_t path = 0;           // length of the path before this element
  std::uint32_t pending = 0;        // first of its pieces
  std::int32_t name_slot = -1;
  std::string_view element;         // for System: one of kSystemNames
  std::uint32_t name = 0;           // chunk offset of the element's name
};

class Builder {
 public:
  Builder(std::string_view chunk, std::uint32_t at, std::uint32_t end, Place place, bool dependency_ids, Form& form, std::string_view path)
      : chunk_(chunk), at_(at), end_(end), place_(place), dependency_ids_(dependency_ids), form_(form), path_(path) {}

  const char* run() {
    const std::uint32_t start = at_;
    const char* problem = walk();
    form_.parsed = at_ - start;
    find_hole();
    return problem;
  }

 private:
  const char* walk() {
    while (at_ < end_) {
      const auto token = static_cast<std::uint8_t>(chunk_[at_]);
      const char* problem = nullptr;
      switch (token & ~kMore) {
        case kEnd: return depth_ == 0 ? nullptr : "a document ends inside an element";
        case kFragment:
          if (!skip(kFragmentBytes)) return "a document is cut off";
          break;
        case kOpen: problem = open(token); break;
        case kOpened: problem = opened(false); break;
        case kClosedEmpty: problem = opened(true); break;
        case kClose:
          ++at_;
          problem = close();
          break;
        case kText: problem = text(); break;
        case kCdata: problem = counted_text(at_ + 1, true); break;
        case kAttribute: problem = attribute(); break;
        case kCharacter: problem = character(); break;
        case kEntity: problem = entity(); break;
        case kInstruction: problem = instruction(); break;
        case kInstructionText: problem = counted_text(at_ + 1, false); break;
        case kInstance: problem = instance(); break;
        case kSlot: case kOptionalSlot: problem = slot(); break;
        default: return "an unknown BinXML token";
      }
      if (problem) return problem;
      if (form_.leaves.size() > kMaxLeavesPerForm || form_.pieces.size() + pending_.size() > 4 * kMaxLeavesPerForm) return "a template with too many fields";
      if (form_.texts.size() > kMaxTexts) return "a template with too much text";
    }
    return depth_ == 0 ? nullptr : "a document is cut off";
  }

  static constexpr std::size_t kMaxTexts = 1 << 20;

  // The usual event: System, and one substitution that brings EventData. Its slot must be used once only.
  void find_hole() {
    std::int32_t found = -1;
    for (std::size_t i = 0; i < form_.leaves.size(); ++i) {
      if (form_.leaves[i].kind != Leaf::Kind::hole) continue;
      if (found >= 0) return;
      found = static_cast<std::int32_t>(i);
    }
    if (found < 0) return;
    const Leaf& hole = form_.leaves[static_cast<std::size_t>(found)];
    if (hole.pieces != 1 || hole.name_size != 0 || form_.pieces[hole.first].kind != Piece::Kind::slot) return;
    std::size_t uses = 0;
    for (const Piece& piece : form_.pieces) uses += piece.kind == Piece::Kind::slot && piece.slot == form_.pieces[hole.first].slot ? 1 : 0;
    if (uses == 1) form_.hole = found;
  }

  bool skip(std::uint32_t bytes) {
    if (!fits(at_, bytes, end_)) return false;
    at_ += bytes;
    return true;
  }

  // A name reference at `at`: where its name stands, and where reading goes on.
  const char* name_at(std::uint32_t at, std::uint32_t& name, std::uint32_t& next) {
    if (!fits(at, 4, end_)) return "a name is cut off";
    name = load32(chunk_.data() + at);
    next = at + 4;
    if (!fits(name, kNameHead, chunk_.size())) return "a name lies outside the chunk";
    const std::uint32_t bytes = 2u * load16(chunk_.data() + name + 6);
    if (!fits(name + kNameHead, bytes, chunk_.size())) return "a name lies outside the chunk";
    if (name == next) {
      if (!fits(next, kNameHead + bytes + 2, end_)) return "a name is cut off";
      next += kNameHead + bytes + 2;
    }
    return nullptr;
  }

  std::string_view name_text(std::uint32_t name) {
    const std::string_view units = chunk_.substr(name + kNameHead, 2u * load16(chunk_.data() + name + 6));
    name_.resize(units.size() / 2 * 3);
    name_.resize(static_cast<std::size_t>(utf16_to_utf8(units, name_.data()) - name_.data()));
    return name_;
  }

  const char* open(std::uint8_t token) {
    finish_attribute();
    const std::uint32_t head = at_ + 1 + (dependency_ids_ ? 2 : 0);
    if (!fits(head, 4, end_)) return "an element is cut off";
    const std::uint32_t size = load32(chunk_.data() + head);
    if (!fits(head + 4, size, chunk_.size())) return "an element is larger than its chunk";
    std::uint32_t name, next;
    if (const char* problem = name_at(head + 4, name, next)) return problem;
    if (token & kMore) {
      if (!fits(next, 4, end_)) return "an element is cut off";
      next += 4;
    }
    if (depth_ == kMaxElementDepth) return "elements are nested too deeply";
    Place parent = place_;
    if (depth_ > 0) {
      frames_[depth_ - 1].has_children = true;
      parent = frames_[depth_ - 1].inside;
    }
    Frame& frame = frames_[depth_++];
    frame = Frame{};
    frame.path = static_cast<std::uint32_t>(path_.size());
    frame.pending = static_cast<std::uint32_t>(pending_.size());
    frame.name = name;
    // Field names are converted when the tag ends, and only if no Name attribute replaces them.
    const std::string_view element = parent == Place::event || parent == Place::system ? name_text(name) : std::string_view{};
    switch (parent) {
      case Place::document: frame.inside = Place::event; break;
      case Place::event:
        frame.inside = element == "System" ? Place::system : element == "EventData" ? Place::event_data : element == "UserData" ? Place::user_data : Place::elsewhere;
        if (frame.inside == Place::system) form_.has_system = true;
        break;
      case Place::system:
        frame.is_system = true;
        for (const SystemName& known : kSystemNames) {
          if (known.element == element) frame.element = known.element;
        }
        break;
      case Place::event_data: case Place::user_data:
        frame.is_field = true;
        frame.inside = parent;
        break;
      case Place::elsewhere: break;
    }
    in_tag_ = true;
    at_ = next;
    return nullptr;
  }

  const char* opened(bool empty) {
    finish_attribute();
    ++at_;
    if (depth_ == 0) return "a tag ends outside any element";
    in_tag_ = false;
    if (const char* problem = finish_path()) return problem;
    return empty ? close() : nullptr;
  }

  const char* finish_path() {
    Frame& frame = frames_[depth_ - 1];
    if (frame.is_field && !frame.named) append_path(name_text(frame.name));
    frame.named = true;
    return path_.size() > kMaxPath ? "a field name is too long" : nullptr;
  }

  void append_path(std::string_view part) {
    if (!path_.empty()) path_.push_back('.');
    path_.append(part);
  }

  const char* close() {
    if (depth_ == 0) return "an element ends that was not opened";
    finish_attribute();
    if (in_tag_) {  // a close without the end of its tag
      in_tag_ = false;
      if (const char* problem = finish_path()) return problem;
    }
    const Frame frame = frames_[--depth_];
    if (frame.is_system) {
      if (!frame.element.empty()) system_leaf(frame.element, {}, frame.pending);
    } else if (frame.is_field && !frame.has_children) {
      Leaf leaf;
      leaf.kind = Leaf::Kind::field;
      leaf.place = frame.inside;
      leaf.name_slot = frame.name_slot;
      name_leaf(leaf);
      take_pieces(leaf, frame.pending, false);
      form_.leaves.push_back(leaf);
    } else if (frame.inside != Place::elsewhere && frame.inside != Place::system) {
      hole(frame.pending, frame.inside);
    }
    pending_.resize(frame.pending);
    path_.resize(frame.path);
    return nullptr;
  }

  // Substitutions between child elements: nothing, unless a value is BinXML and brings elements.
  void hole(std::uint32_t pending, Place inside) {
    Leaf leaf;
    leaf.kind = Leaf::Kind::hole;
    leaf.place = inside;
    take_pieces(leaf, pending, true);
    if (leaf.pieces == 0) return;
    name_leaf(leaf);
    form_.leaves.push_back(leaf);
  }

  void name_leaf(Leaf& leaf) {
    leaf.name_at = static_cast<std::uint32_t>(form_.texts.size());
    leaf.name_size = static_cast<std::uint32_t>(path_.size());
    form_.texts.append(path_);
    if (leaf.name_slot >= 0) form_.irregular = true;
  }

  void take_pieces(Leaf& leaf, std::uint32_t pending, bool without_constants) {
    leaf.first = static_cast<std::uint32_t>(form_.pieces.size());
    for (std::size_t i = pending; i < pending_.size(); ++i) {
      if (without_constants && pending_[i].kind == Piece::Kind::constant) continue;
      form_.pieces.push_back(pending_[i]);
      ++leaf.pieces;
    }
  }

  void system_leaf(std::string_view element, std::string_view attribute, std::uint32_t pending) {
    for (const SystemName& known : kSystemNames) {
      if (known.element != element || known.attribute != attribute) continue;
      std::int32_t& index = form_.system[static_cast<std::size_t>(known.part)];
      if (index >= 0) return;  // the first counts
      index = static_cast<std::int32_t>(form_.leaves.size());
      Leaf leaf;
      leaf.kind = Leaf::Kind::system;
      leaf.system = known.part;
      take_pieces(leaf, pending, false);
      form_.leaves.push_back(leaf);
      return;
    }
  }

  const char* attribute() {
    finish_attribute();
    if (depth_ == 0 || !in_tag_) return "an attribute outside a tag";
    std::uint32_t next;
    if (const char* problem = name_at(at_ + 1, attribute_, next)) return problem;
    in_attribute_ = true;
    attribute_pending_ = static_cast<std::uint32_t>(pending_.size());
    at_ = next;
    return nullptr;
  }

  void finish_attribute() {
    if (!in_attribute_) return;
    in_attribute_ = false;
    Frame& frame = frames_[depth_ - 1];
    if (frame.is_system) {
      if (!frame.element.empty()) system_leaf(frame.element, name_text(attribute_), attribute_pending_);
    } else if (frame.is_field && frame.inside == Place::event_data && !frame.named && is_name_attribute() &&
               pending_.size() == attribute_pending_ + 1) {
      const Piece& piece = pending_.back();
      if (piece.kind == Piece::Kind::constant && piece.size > 0) {
        append_path(form_.text(piece));
        frame.named = true;
      } else if (piece.kind == Piece::Kind::slot) {
        frame.name_slot = piece.slot;
      }
    }
    pending_.resize(attribute_pending_);
  }

  // Names are shared, so the attribute of the field before is nearly always the same reference.
  bool is_name_attribute() {
    if (attribute_ == known_name_) return true;
    if (name_text(attribute_) != "Name") return false;
    known_name_ = attribute_;
    return true;
  }

  // Neighbouring constants become one, so that a leaf is one piece where it can be.
  void add_text(std::string_view utf8) {
    const std::size_t floor = in_attribute_ ? attribute_pending_ : depth_ > 0 ? frames_[depth_ - 1].pending : 0;
    if (pending_.size() > floor && pending_.back().kind == Piece::Kind::constant && pending_.back().at + pending_.back().size == form_.texts.size()) {
      pending_.back().size += static_cast<std::uint32_t>(utf8.size());
    } else {
      Piece piece;
      piece.at = static_cast<std::uint32_t>(form_.texts.size());
      piece.size = static_cast<std::uint32_t>(utf8.size());
      pending_.push_back(piece);
    }
    form_.texts.append(utf8);
  }

  const char* counted_text(std::uint32_t at, bool keep) {
    if (!fits(at, 2, end_)) return "a text is cut off";
    const std::uint32_t bytes = 2u * load16(chunk_.data() + at);
    if (!fits(at + 2, bytes, end_)) return "a text is cut off";
    if (keep) {
      name_.resize(bytes / 2 * 3);
      name_.resize(static_cast<std::size_t>(utf16_to_utf8(chunk_.substr(at + 2, bytes), name_.data()) - name_.data()));
      add_text(name_);
    }
    at_ = at + 2 + bytes;
    return nullptr;
  }

  const char* text() {
    if (!fits(at_, 2, end_)) return "a text is cut off";
    if (static_cast<Type>(chunk_[at_ + 1]) != Type::text) return "a constant that is not text";
    return counted_text(at_ + 2, true);
  }

  const char* character() {
    if (!fits(at_, 3, end_)) return "a character reference is cut off";
    char utf8[3];
    add_text({utf8, static_cast<std::size_t>(utf16_to_utf8(chunk_.substr(at_ + 1, 2), utf8) - utf8)});
    at_ += 3;
    return nullptr;
  }

  const char* entity() {
    std::uint32_t name, next;
    if (const char* problem = name_at(at_ + 1, name, next)) return problem;
    const std::string_view entity = name_text(name);
    for (const auto& [known, character] : kEntities) {
      if (known == entity) add_text({&character, 1});
    }
    at_ = next;
    return nullptr;
  }

  const char* instruction() {
    std::uint32_t name, next;
    if (const char* problem = name_at(at_ + 1, name, next)) return problem;
    at_ = next;
    return nullptr;
  }

  const char* slot() {
    if (!fits(at_, 4, end_)) return "a substitution is cut off";
    if (depth_ == 0) return "a substitution outside any element";
    Piece piece;
    piece.kind = Piece::Kind::slot;
    piece.slot = load16(chunk_.data() + at_ + 1);
    pending_.push_back(piece);
    at_ += 4;
    return nullptr;
  }

  const char* instance() {
    Instance found;
    if (const char* problem = read_instance(chunk_, at_, end_, found)) return problem;
    std::uint64_t end = found.values;
    for (std::uint32_t i = 0; i < found.count; ++i) end += load16(chunk_.data() + found.descriptors + 4 * i);
    if (end > end_) return "a template's values are cut off";
    Piece piece;
    piece.kind = Piece::Kind::instance;
    piece.at = at_;
    pending_.push_back(piece);
    form_.irregular = true;
    at_ = static_cast<std::uint32_t>(end);
    return nullptr;
  }

  std::string_view chunk_;
  std::uint32_t at_, end_;
  Place place_;
  bool dependency_ids_;
  Form& form_;
  std::string path_;
  std::string name_;
  std::vector<Piece> pending_;
  std::array<Frame, kMaxElementDepth> frames_;
  std::size_t depth_ = 0;
  bool in_tag_ = false;
  bool in_attribute_ = false;
  std::uint32_t attribute_ = 0;
  std::uint32_t known_name_ = 0;  // 0 is the chunk's signature, never a name that reads "Name"
  std::uint32_t attribute_pending_ = 0;
};

}  // namespace

void Form::clear() {
  texts.clear();
  pieces.clear();
  leaves.clear();
  system.fill(-1);
  has_system = false;
  irregular = false;
  hole = -1;
  parsed = 0;
}

const char* build_form(std::string_view chunk, std::uint32_t at, std::uint32_t end, Place place, std::string_view path,
                       bool dependency_ids, Form& form) {
  form.clear();
  return Builder(chunk, at, end, place, dependency_ids, form, path).run();
}

const char* read_instance(std::string_view chunk, std::uint32_t at, std::uint32_t end, Instance& out) {
  if (end > chunk.size() || !fits(at, 10, end)) return "a template instance is cut off";
  out.definition = load32(chunk.data() + at + 6);
  if (!fits(out.definition, kDefinitionHead, chunk.size())) return "a template definition lies outside the chunk";
  out.body = out.definition + kDefinitionHead;
  out.body_size = load32(chunk.data() + out.definition + 20);
  if (!fits(out.body, out.body_size, chunk.size())) return "a template definition is larger than the chunk";
  std::uint32_t next = at + 10;
  if (out.definition == next) next = out.body + out.body_size;
  if (!fits(next, 4, end)) return "a template instance is cut off";
  out.count = load32(chunk.data() + next);
  out.descriptors = next + 4;
  if (out.count > (end - out.descriptors) / 4) return "a template instance has more values than room";
  out.values = out.descriptors + 4 * out.count;
  return nullptr;
}

}  // namespace chainhunt::evtx

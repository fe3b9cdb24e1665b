#include "runtime/input/xml/event.h"

#include <cstring>
#include <pugixml.hpp>

#include "runtime/input/json/xml_data.h"

namespace chainhunt::input::xml {
namespace {

using json::Kind;
using json::Tape;
using pugi::xml_node;

/// Line ends and blanks stay as the log has them: a value reads as it does in the EVTX file.
constexpr unsigned kOptions = pugi::parse_cdata | pugi::parse_ws_pcdata_single;

bool is_text(const xml_node& node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

std::string_view local_name(const char* name) {
  const char* const colon = std::strchr(name, ':');
  return colon ? colon + 1 : name;
}

std::string_view decoded(const xml_node& node, Tape& tape) {
  const std::string_view value = node.value();
  return node.type() == pugi::node_pcdata ? json::decode_entities(value, tape.arena()) : value;
}

/// The element's own text, put together where CDATA or comments divide it.
std::string_view text_of(const xml_node& element, Tape& tape) {
  std::string_view first;
  std::size_t pieces = 0, size = 0;
  for (const xml_node child : element.children()) {
    if (!is_text(child)) continue;
    const std::string_view piece = decoded(child, tape);
    if (pieces++ == 0) first = piece;
    size += piece.size();
  }
  if (pieces <= 1) return first;
  char* const whole = static_cast<char*>(tape.arena().take(size));
  std::size_t at = 0;
  for (const xml_node child : element.children()) {
    if (!is_text(child)) continue;
    const std::string_view piece = decoded(child, tape);
    if (!piece.empty()) std::memcpy(whole + at, piece.data(), piece.size());
    at += piece.size();
  }
  return {whole, size};
}

bool has_elements(const xml_node& node) {
  for (const xml_node child : node.children()) {
    if (child.type() == pugi::node_element) return true;
  }
  return false;
}

/// A leaf is a text, anything else an object of its elements.
bool add_element(const xml_node& element, unsigned depth, Tape& tape) {
  const std::string_view name = local_name(element.name());
  if (!has_elements(element)) {
    tape.add(name, text_of(element, tape));
    return true;
  }
  if (depth >= kMaxElementDepth) return false;
  tape.open(name, Kind::object);
  for (const xml_node child : element.children()) {
    if (child.type() == pugi::node_element && !add_element(child, depth + 1, tape)) return false;
  }
  tape.close();
  return true;
}

void add_system(const xml_node& system, Tape& tape) {
  tape.open("System", Kind::object);
  for (const xml_node part : system.children()) {
    if (part.type() != pugi::node_element) continue;
    const std::string_view name = local_name(part.name());
    const std::string_view text = text_of(part, tape);
    if (!part.first_attribute()) {
      if (!text.empty()) tape.add(name, text);  // <Correlation/> says nothing
      continue;
    }
    tape.open(name, Kind::object);
    tape.open("#attributes", Kind::object);
    for (const pugi::xml_attribute attribute : part.attributes()) {
      tape.add(local_name(attribute.name()), json::decode_entities(attribute.value(), tape.arena()));
    }
    tape.close();
    if (!text.empty()) tape.add("#text", text);
    tape.close();
  }
  tape.close();
}

/// Names that the layout's reader takes for attributes; such data keep their element's clothes.
bool looks_like_attribute(std::string_view name) {
  return name.empty() || name[0] == '@' || name[0] == '#' || name[0] == '$' || name == "_attributes" || name == "xmlns";
}

bool add_data(const xml_node& data, Tape& tape) {
  tape.open("EventData", Kind::object);
  bool others = false;
  for (const xml_node element : data.children()) {
    if (element.type() != pugi::node_element) continue;
    const pugi::xml_attribute named = element.attribute("Name");
    if (named) {
      const std::string_view name = json::decode_entities(named.value(), tape.arena());
      if (!looks_like_attribute(name)) {
        tape.add(name, text_of(element, tape));
        continue;
      }
    } else if (local_name(element.name()) != "Data") {
      if (!add_element(element, 2, tape)) return false;
      continue;
    }
    others = true;
  }
  if (others) {
    tape.open("Data", Kind::array);
    for (const xml_node element : data.children()) {
      if (element.type() != pugi::node_element) continue;
      const pugi::xml_attribute named = element.attribute("Name");
      if (!named) {
        if (local_name(element.name()) == "Data") tape.add({}, text_of(element, tape));
        continue;
      }
      const std::string_view name = json::decode_entities(named.value(), tape.arena());
      if (!looks_like_attribute(name)) continue;
      tape.open({}, Kind::object);
      tape.open("#attributes", Kind::object);
      tape.add("Name", name);
      tape.close();
      tape.add("#text", text_of(element, tape));
      tape.close();
    }
    tape.close();
  }
  tape.close();
  return true;
}

}  // namespace

struct EventReader::Document {
  pugi::xml_document xml;
};

EventReader::EventReader() : document_(new Document) {}
EventReader::~EventReader() { delete document_; }

const char* EventReader::read(std::string_view text, Tape& tape) {
  copy_.assign(text);
  const pugi::xml_parse_result result = document_->xml.load_buffer_inplace(copy_.data(), copy_.size(), kOptions, pugi::encoding_utf8);
  if (!result) return result.description();
  tape.begin();
  tape.open({}, Kind::object);
  for (const xml_node part : document_->xml.document_element().children()) {
    if (part.type() != pugi::node_element) continue;
    const std::string_view name = local_name(part.name());
    if (name == "System") {
      add_system(part, tape);
    } else if (name == "EventData") {
      if (!add_data(part, tape)) return "nested too deeply";
    } else if (name == "UserData") {
      if (has_elements(part) && !add_element(part, 1, tape)) return "nested too deeply";
    } else if (name == "RenderingInfo") {
      const xml_node message = part.child("Message");
      if (!message) continue;
      tape.open(name, Kind::object);
      tape.add("Message", text_of(message, tape));
      tape.close();
    }
  }
  tape.close();
  return nullptr;
}

}  // namespace chainhunt::input::xml

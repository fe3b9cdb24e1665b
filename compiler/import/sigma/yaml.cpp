#include "compiler/import/sigma/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>

#include "runtime/base/text.h"

namespace chainhunt::sigma {
namespace {

/// A limit was met, or something that Sigma has no use for; stays inside this file.
struct Refused {
  Span span;
  std::string message;
};

/// The rule's text as a stream, without a copy.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(const std::string& text) {
    char* begin = const_cast<char*>(text.data());  // streambuf's interface; an input buffer is not written to
    setg(begin, begin, begin + text.size());
  }
};

class Builder : public YAML::EventHandler {
 public:
  Builder(FileId file, const std::string& text) : file_(file), text_(text) {}

  std::vector<Node> documents;

  void OnDocumentStart(const YAML::Mark&) override { anchors_.clear(); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.span = at(mark);
    // A null has no text of its own, or one of the four spellings.
    for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
      if (text_.compare(node.span.begin, word.size(), word) == 0) node.span.end = node.span.begin + static_cast<std::uint32_t>(word.size());
    }
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) throw Refused{at(mark), "an alias stands inside of what it repeats"};
    count(weight(known->second), at(mark));
    if (open_.size() + depth(known->second) > kMaxYamlDepth) too_deep(at(mark));
    Node copy = known->second;
    put(std::move(copy));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    Node node;
    node.kind = NodeKind::scalar;
    node.plain = tag == "?";
    node.text = base::sanitize_utf8(value);
    node.span = scalar_span(at(mark).begin, value, node.plain);
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { open(NodeKind::sequence, mark, anchor); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { open(NodeKind::map, mark, anchor); }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
  };

  std::uint32_t clamp(std::size_t offset) const { return static_cast<std::uint32_t>(std::min(offset, text_.size())); }

  /// Marks count from behind a byte-order mark.
  Span at(const YAML::Mark& mark) const {
    const std::size_t skipped = text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    const std::uint32_t begin = clamp(static_cast<std::size_t>(std::max(mark.pos, 0)) + skipped);
    return {file_, begin, begin};
  }

  /// The parser tells where a scalar begins; its end is found in the text.
  Span scalar_span(std::uint32_t begin, const std::string& value, bool plain) const {
    std::size_t end = begin;
    // A tag or an anchor before the value: the whole line then.
    const char first = begin < text_.size() ? text_[begin] : '\n';
    if (!plain && (first == '"' || first == '\'')) {
      for (end = begin + 1; end < text_.size(); ++end) {
        if (first == '"' && text_[end] == '\\') { ++end; continue; }
        if (text_[end] != first) continue;
        if (first == '\'' && end + 1 < text_.size() && text_[end + 1] == '\'') { ++end; continue; }
        break;
      }
      ++end;
    } else if (plain && text_.compare(begin, value.size(), value) == 0) {
      end = begin + value.size();
    } else {
      end = std::min(text_.find('\n', begin), text_.size());
    }
    return {file_, begin, clamp(end)};
  }

  void count(std::size_t nodes, Span span) {
    nodes_ += nodes;
    if (nodes_ > kMaxYamlNodes) throw Refused{span, "the file holds more than " + std::to_string(kMaxYamlNodes) + " values, what aliases repeat included"};
  }

  static std::size_t weight(const Node& node) {
    std::size_t sum = 1 + node.keys.size();
    for (const Node& item : node.items) sum += weight(item);
    return sum;
  }
  static std::size_t depth(const Node& node) {
    std::size_t deepest = 0;
    for (const Node& item : node.items) deepest = std::max(deepest, depth(item));
    return deepest + 1;
  }

  [[noreturn]] static void too_deep(Span span) {
    throw Refused{span, "maps and lists stand more than " + std::to_string(kMaxYamlDepth) + " deep in each other"};
  }

  void open(NodeKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxYamlDepth) too_deep(at(mark));
    count(1, at(mark));
    open_.push_back({{}, anchor});
    open_.back().node.kind = kind;
    open_.back().node.span = at(mark);
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_.emplace(done.anchor, done.node);
    put(std::move(done.node));
  }

  void add(Node node, YAML::anchor_t anchor) {
    count(1, node.span);
    if (anchor != 0) anchors_.emplace(anchor, node);
    put(std::move(node));
  }

  void put(Node node) {
    if (open_.empty()) {
      documents.push_back(std::move(node));
      return;
    }
    Node& parent = open_.back().node;
    parent.span.end = std::max(parent.span.end, node.span.end);
    if (!parent.is_map() || parent.keys.size() > parent.items.size()) {
      parent.items.push_back(std::move(node));
      return;
    }
    if (node.kind != NodeKind::scalar && node.kind != NodeKind::null) throw Refused{node.span, "a key is a map or a list; Sigma's keys are words"};
    if (parent.keys.size() >= kMaxYamlKeys) throw Refused{node.span, "a map has more than " + std::to_string(kMaxYamlKeys) + " keys"};
    for (const Node& key : parent.keys) {
      if (key.text == node.text) throw Refused{node.span, "`" + node.text + "` stands twice in one map; YAML keeps only one of them"};
    }
    parent.keys.push_back(std::move(node));
  }

  FileId file_;
  const std::string& text_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i) {
    if (keys[i].text == key) return &items[i];
  }
  return nullptr;
}

Span Node::key_span(std::string_view key) const {
  for (const Node& own : keys) {
    if (own.text == key) return own.span;
  }
  return span;
}

std::vector<Node> read_yaml(FileId file, const std::string& text, Diagnostics& diagnostics) {
  const auto refuse = [&](Span span, const std::string& message) { diagnostics.error("sigma-yaml", span, message); };
  if (text.size() > kMaxYamlBytes) {
    refuse({file, 0, 0}, "the file has " + std::to_string(text.size()) + " bytes; a Sigma file has at most " + std::to_string(kMaxYamlBytes));
    return {};
  }
  Builder builder(file, text);
  try {
    TextBuffer buffer(text);
    std::istream in(&buffer);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {}
  } catch (const Refused& refused) {
    refuse(refused.span, refused.message);
  } catch (const YAML::Exception& e) {
    const auto begin = static_cast<std::uint32_t>(std::min<std::size_t>(static_cast<std::size_t>(std::max(e.mark.pos, 0)), text.size()));
    refuse({file, begin, begin}, "this is not YAML: " + e.msg);
  }
  return std::move(builder.documents);
}

}  // namespace chainhunt::sigma

#include "runtime/input/json/patterns.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/input/json/scan.h"
#include "runtime/input/json/tape.h"

namespace chainhunt::input::json {
namespace {

/// Kinds of continuations of one beginning; more are not compared one by one.
constexpr std::size_t kMaxPieces = 24;

bool same(const char* a, const char* b, std::size_t size) {
#if defined(__SSE2__)
  // Pieces are short: two loads that overlap are quicker than a call.
  if (size >= 16 && size <= 32) {
    const __m128i x = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)), _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
    const __m128i y = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + size - 16)),
                                    _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + size - 16)));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_or_si128(x, y), _mm_setzero_si128())) == 0xffff;
  }
#endif
  if (size >= 8 && size < 16) {
    std::uint64_t a1, a2, b1, b2;
    std::memcpy(&a1, a, 8);
    std::memcpy(&b1, b, 8);
    std::memcpy(&a2, a + size - 8, 8);
    std::memcpy(&b2, b + size - 8, 8);
    return ((a1 ^ b1) | (a2 ^ b2)) == 0;
  }
  return std::memcmp(a, b, size) == 0;
}

}  // namespace

const char* Patterns::match(const char* begin, const char* end) {
  if (paused_ > 0) {
    --paused_;
    return nullptr;
  }
  if (states_.empty()) return nullptr;
  if (++tried_ == kTrial) {
    judge();
    if (states_.empty()) return nullptr;
  }
  values_.clear();
  const char* p = begin;
  std::uint32_t at = 0;
  for (;;) {
    std::vector<Piece>& pieces = states_[at].pieces;
    const Piece* found = nullptr;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[i];
      if (static_cast<std::size_t>(end - p) <= piece.size - (piece.edge == Edge::end ? 1 : 0)) continue;
      if (!same(p, bytes_.data() + piece.at, piece.size)) continue;
      // A piece before a number is also the beginning of one before a text, true, or a list.
      if (piece.edge == Edge::number && !is_digit(p[piece.size]) && p[piece.size] != '-') continue;
      if (i > 0) std::swap(pieces[i], pieces[i - 1]);
      found = &pieces[i > 0 ? i - 1 : 0];
      break;
    }
    if (found == nullptr) return nullptr;
    p += found->size;
    if (found->edge == Edge::end) {
      shape_ = found->next;
      break;
    }
    if (found->edge == Edge::text) {
      const Text text = read_text(p, end);
      if (text.verdict != Verdict::ok) return nullptr;
      values_.push_back({p, text.stop, text.escaped});
      p = text.stop;
    } else {
      const Parse number = read_number(p, end);
      if (number.verdict != Verdict::ok) return nullptr;
      values_.push_back({p, number.stop, false});
      p = number.stop;
    }
    at = found->next;
  }
  ++matched_;
  begin_ = begin;
  return p;
}

Node Patterns::node(std::uint32_t index) const {
  const Shape& shape = shapes_[shape_];
  Node node = shape.nodes[index];
  const Fix& fix = shape.fixes[index];
  if (fix.value != kContainer) {
    const Value& value = values_[fix.value];
    node.text = value.begin;
    node.size = static_cast<std::uint32_t>(value.end - value.begin);
    node.escaped = value.escaped;
  } else {
    const auto place = [&](const Mark& mark) { return (mark.value == 0 ? begin_ : values_[mark.value - 1].end) + mark.bytes; };
    node.text = place(fix.begin);
    node.size = static_cast<std::uint32_t>(place(fix.end) - node.text);
  }
  return node;
}

void Patterns::nodes(std::vector<Node>& out) const {
  const auto count = static_cast<std::uint32_t>(shapes_[shape_].nodes.size());
  for (std::uint32_t i = 0; i < count; ++i) out.push_back(node(i));
}

void Patterns::learn(const char* begin, const char* stop, const std::vector<Node>& nodes) {
  if (paused_ > 0 || nodes.empty() || nodes.size() > kMaxShapeNodes || nodes.front().kind != Kind::object) return;
  const auto size = static_cast<std::size_t>(stop - begin);
  if (shapes_.size() >= kMaxShapes || bytes_.size() + size > kMaxPatternBytes) return;
  if (states_.empty()) states_.emplace_back();
  Shape shape;
  shape.nodes = nodes;
  shape.fixes.resize(nodes.size());
  std::vector<const char*> ends;      // of the values
  std::uint32_t at = 0;
  const char* from = begin;           // of the piece
  // The state behind this piece; a new one where there is none.
  const auto go = [&](const char* to, Edge edge) -> bool {
    const auto bytes = static_cast<std::size_t>(to - from);
    for (const Piece& piece : states_[at].pieces) {
      if (piece.edge != edge || piece.size != bytes || std::memcmp(bytes_.data() + piece.at, from, bytes) != 0) continue;
      at = piece.next;
      return edge != Edge::end;  // a record that is known already was not matched for its values
    }
    if (states_[at].pieces.size() >= kMaxPieces) return false;
    const auto next = edge == Edge::end ? static_cast<std::uint32_t>(shapes_.size()) : static_cast<std::uint32_t>(states_.size());
    states_[at].pieces.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(bytes), edge, next});
    bytes_.append(from, bytes);
    if (edge != Edge::end) states_.emplace_back();
    at = next;
    return true;
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    if (node.kind != Kind::text && node.kind != Kind::number) continue;
    if (!go(node.text, node.kind == Kind::text ? Edge::text : Edge::number)) return;
    shape.fixes[i].value = static_cast<std::uint32_t>(ends.size());
    from = node.text + node.size;
    ends.push_back(from);
  }
  if (!go(stop, Edge::end)) return;
  const auto mark = [&](const char* place) {
    const auto value = static_cast<std::uint32_t>(std::upper_bound(ends.begin(), ends.end(), place) - ends.begin());
    return Mark{value, static_cast<std::uint32_t>(place - (value == 0 ? begin : ends[value - 1]))};
  };
  std::size_t names = 0;
  for (const Node& node : nodes) names += node.key == nullptr ? 0 : node.key_size;
  shape.names.reserve(names);  // keys point into it
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node& node = shape.nodes[i];
    if (node.kind != Kind::text && node.kind != Kind::number) shape.fixes[i] = {kContainer, mark(node.text), mark(node.text + node.size)};
    if (node.key == nullptr) continue;
    const std::size_t name = shape.names.size();
    shape.names.insert(shape.names.end(), node.key, node.key + node.key_size);
    node.key = shape.names.data() + name;
  }
  shapes_.push_back(std::move(shape));
}

void Patterns::judge() {
  const std::uint32_t matched = std::exchange(matched_, 0);
  tried_ = 0;
  if (matched >= kTrial / 2) {
    pause_ = kFirstPause;
    return;
  }
  // New kinds come all the time, or the log has become another: what was learned is of no use.
  if (shapes_.size() < kTrial / 4) return;
  forget();
  if (matched >= kTrial / 8) return;
  paused_ = pause_;
  if (pause_ < kLongestPause) pause_ *= 2;
}

void Patterns::forget() {
  bytes_.clear();
  states_.clear();
  shapes_.clear();
  ++generation_;
}

}  // namespace chainhunt::input::json

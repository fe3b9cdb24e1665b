#include "compiler/algebra/skeleton.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "compiler/algebra/relation.h"
#include "runtime/value/number.h"

namespace chainhunt::algebra {
namespace {

using model::ChainId;
using model::LinkId;
using model::Pattern;
using model::PatternKind;

void gather(const model::Model& model, const Pattern& pattern, std::set<ChainId>& seen, std::vector<LinkId>& out) {
  if (pattern.kind == PatternKind::absence) return;
  for (const LinkId link : pattern.links) {
    const ChainId inner = model.links[link].chain;
    if (inner != model::kNone) {
      if (seen.insert(inner).second) gather(model, model.chains[inner].match, seen, out);
    } else if (std::find(out.begin(), out.end(), link) == out.end()) {
      out.push_back(link);
    }
  }
  for (const auto& child : pattern.children) gather(model, child, seen, out);
}

class Builder {
 public:
  Builder(EventMaker& maker, Ways& ways, LinkId prefer) : maker_(maker), model_(maker.model()), ways_(ways), prefer_(prefer) {}

  Skeleton build(ChainId chain) {
    instance(chain, true);
    if (ok()) keeps();
    if (ok()) steps();
    return std::move(out_);
  }

 private:
  /// What fills a place of a pattern: a slot, or the slots of an inner chain.
  struct Item {
    LinkId link = model::kNone;
    std::size_t from = 0, to = 0;
    std::size_t instance = model::kNone;
  };

  bool ok() const { return out_.dead.empty(); }
  void fail(std::string reason, bool proved) {
    if (!ok()) return;
    out_.dead = std::move(reason);
    out_.proved = proved;
  }
  std::string shown(LinkId link) const {
    while (model_.links[link].anonymous && model_.links[link].parent != model::kNone) link = model_.links[link].parent;
    return model_.links[link].name;
  }

  bool holds_preferred(LinkId link) const {
    if (prefer_ == model::kNone) return false;
    if (link == prefer_) return true;
    const ChainId inner = model_.links[link].chain;
    if (inner == model::kNone) return false;
    const auto links = links_of_chain(model_, inner);
    return std::find(links.begin(), links.end(), prefer_) != links.end();
  }
  bool holds_preferred(const Pattern& pattern) const {
    return (pattern.kind != PatternKind::absence && std::any_of(pattern.links.begin(), pattern.links.end(), [&](LinkId l) { return holds_preferred(l); })) ||
           std::any_of(pattern.children.begin(), pattern.children.end(), [&](const Pattern& p) { return holds_preferred(p); });
  }

  /// The links of which an event can be, what is preferred first. `proved`: of the others none can be.
  std::vector<LinkId> alive(const std::vector<LinkId>& links, bool& proved) {
    std::vector<LinkId> out;
    for (const LinkId link : links) {
      if (model_.links[link].chain != model::kNone) {
        out.push_back(link);
        continue;
      }
      const Made& made = maker_.plain(link);
      if (made.outcome == Outcome::found) out.push_back(link);
      else if (made.outcome == Outcome::unknown) {
        proved = false;
        if (unknown_.empty()) unknown_ = made.reason;
      }
    }
    std::stable_partition(out.begin(), out.end(), [&](LinkId l) { return holds_preferred(l); });
    return out;
  }

  void dead_links(const std::vector<LinkId>& links, bool proved) {
    std::string names;
    for (std::size_t i = 0; i < links.size() && i < 3; ++i) names += (i > 0 ? ", " : "") + shown(links[i]);
    if (links.size() > 3) names += ", …";
    if (proved) fail("no event can be a " + names, true);
    else fail("no event was found for " + names + (unknown_.empty() ? "" : ": " + unknown_), false);
  }

  // ---- chains ----

  std::size_t instance(ChainId id, bool asked) {
    const model::Chain& chain = model_.chains[id];
    if (chains_.size() > 64) {
      fail("chains stand more than 64 deep in each other", false);
      return 0;
    }
    chains_.push_back(id);
    Instance own;
    own.chain = id;
    own.from = out_.slots.size();
    std::vector<Item> items;
    std::swap(items, items_);
    const std::size_t before = labels_.size();
    expand(chain.match, !asked);
    own.to = out_.slots.size();
    std::swap(items, items_);
    own.labels.assign(labels_.begin() + static_cast<std::ptrdiff_t>(before), labels_.end());
    labels_.resize(before);
    chains_.pop_back();
    if (!ok()) return 0;
    out_.bounds.push_back({own.from, own.to, chain.aligned ? chain.within - 1 : chain.within});
    for (const model::Key& key : chain.by) {
      Group group;
      group.type = key.type;
      if (asked) group.key = &key;
      for (const Item& item : items) add_key(key, item, group);
      own.groups.push_back(out_.groups.size());
      out_.groups.push_back(std::move(group));
    }
    out_.instances.push_back(std::move(own));
    return out_.instances.size() - 1;
  }

  void add_key(const model::Key& key, const Item& item, Group& group);

  // ---- patterns ----

  void slot(LinkId link, bool inner, const std::string& label = {}) {
    if (!ok()) return;
    const std::size_t from = out_.slots.size();
    if (from >= kMaxSlots) return fail("a match has more than " + std::to_string(kMaxSlots) + " events", false);
    Item item{link, from, from + 1, model::kNone};
    if (const ChainId chain = model_.links[link].chain; chain != model::kNone) {
      const std::size_t made = instance(chain, false);
      if (!ok()) return;
      item.instance = made;
      item.to = out_.slots.size();
    } else {
      out_.slots.push_back({});
      out_.slots.back().link = link;
      if (!inner) out_.slots.back().label = label;
    }
    if (!label.empty()) labels_.emplace_back(label, out_.slots.size() - 1);
    items_.push_back(item);
  }

  void one_of(const Pattern& pattern, bool inner) {
    bool proved = true;
    const auto links = alive(pattern.links, proved);
    if (links.empty()) return dead_links(pattern.links, proved);
    if (!proved) out_.exact = false;
    slot(links[ways_.pick(links.size())], inner, pattern.label);
  }

  void expand(const Pattern& pattern, bool inner) {
    if (!ok()) return;
    const std::size_t from = out_.slots.size();
    switch (pattern.kind) {
      case PatternKind::step: return one_of(pattern, inner);
      case PatternKind::conjunction: return conjunction(pattern, inner);
      case PatternKind::disjunction: {
        std::vector<const Pattern*> order;
        for (const auto& child : pattern.children) order.push_back(&child);
        std::stable_partition(order.begin(), order.end(), [&](const Pattern* p) { return holds_preferred(*p); });
        return expand(*order[ways_.pick(order.size())], inner);
      }
      case PatternKind::sequence: return sequence(pattern, inner);
      case PatternKind::absence: return;  // its parent's business
      case PatternKind::count: many(pattern, pattern.number, inner); break;
      case PatternKind::n_of: different_links(pattern, pattern.number, inner, "different links"); break;
      case PatternKind::distinct: distinct(pattern, pattern.number, inner); break;
      case PatternKind::risk: risk(pattern, inner); break;
      case PatternKind::aggregate: aggregate(pattern, inner); break;
      case PatternKind::hops: hops(pattern, inner); break;
    }
    if (ok()) out_.counted.push_back({from, out_.slots.size(), &pattern});
  }

  void conjunction(const Pattern& pattern, bool inner) {
    const std::size_t from = out_.slots.size();
    for (const auto& child : pattern.children) expand(child, inner);
    for (const auto& child : pattern.children) {
      if (child.kind != PatternKind::absence || !ok()) continue;
      Absent absent{Absent::Place::among, from, out_.slots.size(), 0, &child, current()};
      forbid(absent);
    }
  }

  void sequence(const Pattern& pattern, bool inner) {
    const std::size_t from = out_.slots.size();
    std::vector<std::size_t> starts;
    std::size_t before = from;
    for (std::size_t i = 0; i < pattern.children.size() && ok(); ++i) {
      starts.push_back(out_.slots.size());
      const Pattern& child = pattern.children[i];
      if (child.kind == PatternKind::absence) continue;
      expand(child, inner);
      if (!ok()) return;
      const std::size_t at = starts.back();
      if (at > from) {
        const std::int64_t gap = i > 0 && i - 1 < pattern.gaps.size() ? pattern.gaps[i - 1] : -1;
        out_.seams.push_back({before, at, out_.slots.size(), gap, &child, inner});
        if (gap >= 0) out_.bounds.push_back({at - 1, at + 1, gap});
      }
      before = at;
    }
    if (!ok()) return;
    for (std::size_t i = 0; i < pattern.children.size(); ++i) {
      if (pattern.children[i].kind != PatternKind::absence) continue;
      Absent absent{Absent::Place::between, from, out_.slots.size(), starts[i], &pattern.children[i], current()};
      if (starts[i] == from) absent.place = Absent::Place::before;
      else if (starts[i] == out_.slots.size()) absent.place = Absent::Place::after;
      forbid(absent);
    }
  }

  ChainId current() const { return chains_.back(); }

  void forbid(const Absent& absent) {
    out_.absent.push_back(absent);
    if (absent.place == Absent::Place::among) {
      for (std::size_t i = absent.from; i < absent.to && ok(); ++i) {
        for (const LinkId link : absent.pattern->links) {
          if (breaks_itself(out_.slots[i].link, link)) fail("each " + shown(out_.slots[i].link) + " is a " + shown(link) + ", which must not stand among its events", true);
        }
      }
      if (!ok()) return;
    }
    // Events that fit what is forbidden are avoided wherever they stand; where that cannot be, the engine tells.
    for (std::size_t i = absent.from; i < absent.to; ++i) {
      auto& lacks = out_.slots[i].lacks;
      for (const LinkId link : absent.pattern->links) {
        if (model_.links[link].chain == model::kNone && std::find(lacks.begin(), lacks.end(), link) == lacks.end()) lacks.push_back(link);
      }
    }
  }

  /// Whether every event of a link is one of the forbidden link, with the same keys.
  bool breaks_itself(LinkId own, LinkId forbidden) {
    if (model_.links[own].chain != model::kNone || model_.links[forbidden].chain != model::kNone) return false;
    for (const model::Key& key : model_.chains[current()].by) {
      const auto field_of = [&](LinkId link) -> const std::string* {
        const auto place = std::find(key.links.begin(), key.links.end(), link);
        return place == key.links.end() ? nullptr : &key.fields[static_cast<std::size_t>(place - key.links.begin())];
      };
      const std::string *a = field_of(own), *b = field_of(forbidden);
      if (a == nullptr || b == nullptr) return false;
      for (const auto& event : model_.links[own].events) {
        for (const auto& other : model_.links[forbidden].events) {
          if (event.event != other.event) continue;
          const auto x = operand_of(model_, event, {*a, key.type}), y = operand_of(model_, other, {*b, key.type});
          if (x.kind != y.kind || x.name != y.name) return false;
        }
      }
    }
    return own == forbidden || implies(maker_.algebra(), model_.links[own], model_.links[forbidden]).verdict == Verdict::proved;
  }

  void many(const Pattern& pattern, std::int64_t number, bool inner) {
    bool proved = true;
    const auto links = alive(pattern.links, proved);
    if (links.empty()) return dead_links(pattern.links, proved);
    if (links.size() > 1 || !proved) out_.exact = false;
    const LinkId link = links[ways_.pick(links.size())];
    for (std::int64_t i = 0; i < number && ok(); ++i) slot(link, inner);
  }

  void different_links(const Pattern& pattern, std::int64_t number, bool inner, const char* what) {
    bool proved = true;
    auto links = alive(pattern.links, proved);
    if (static_cast<std::int64_t>(links.size()) < number) {
      return fail(std::to_string(number) + " " + what + " are asked for; of " + std::to_string(pattern.links.size()) + " only " + std::to_string(links.size()) +
                      (proved ? " can ever match" : " were found to match"),
                  proved);
    }
    if (!proved) out_.exact = false;
    std::size_t least = 0;  // combinations, not their orders
    for (std::int64_t left = number; left > 0 && ok(); --left) {
      const std::size_t choices = links.size() - least - static_cast<std::size_t>(left) + 1;
      const std::size_t at = least + ways_.pick(choices);
      slot(links[at], inner);
      least = at + 1;
    }
  }

  void distinct(const Pattern& pattern, std::int64_t number, bool inner) {
    if (pattern.distinct == model::DistinctOf::link) return different_links(pattern, number, inner, "different links");
    if (pattern.distinct == model::DistinctOf::need) return needs(pattern, number, inner);
    const std::size_t from = items_.size();
    many(pattern, number, inner);
    if (ok()) differ(from, pattern.fields, pattern.links);
  }

  /// The items laid out since `from`, and their values in fields.
  void differ(std::size_t from, const std::vector<std::string>& fields, const std::vector<LinkId>& links) {
    Different different;
    for (std::size_t i = from; i < items_.size(); ++i) {
      std::vector<Member> tuple;
      for (const auto& field : fields) tuple.push_back(member_of(items_[i], {field, meeting_type(links, field)}));
      different.tuples.push_back(std::move(tuple));
    }
    out_.different.push_back(std::move(different));
  }

  /// The event that gives an item's field: of an inner chain one that has its key, or the completing one.
  Member member_of(const Item& item, const KeyField& field) const {
    if (item.instance == model::kNone) return {item.from, field};
    const Instance& inner = out_.instances[item.instance];
    const auto& keys = model_.chains[inner.chain].by;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto& members = out_.groups[inner.groups[i]].members;
      if (keys[i].name == field.name && !members.empty()) return members.front();
    }
    return {item.to - 1, field};
  }

  void needs(const Pattern& pattern, std::int64_t number, bool inner) {
    bool proved = true;
    const auto links = alive(pattern.links, proved);
    std::vector<std::string> order;
    for (const LinkId link : links) {
      for (const auto& need : model_.links[link].need) {
        if (std::find(order.begin(), order.end(), need) == order.end()) order.push_back(need);
      }
    }
    if (static_cast<std::int64_t>(order.size()) < number) {
      return fail(std::to_string(number) + " distinct needs are asked for; the links that can match have " + std::to_string(order.size()), proved);
    }
    out_.exact = false;
    std::size_t least = 0;
    for (std::int64_t left = number; left > 0 && ok(); --left) {
      const std::size_t choices = order.size() - least - static_cast<std::size_t>(left) + 1;
      const std::size_t at = least + ways_.pick(choices);
      std::vector<LinkId> having;
      for (const LinkId link : links) {
        const auto& own = model_.links[link].need;
        if (std::find(own.begin(), own.end(), order[at]) != own.end()) having.push_back(link);
      }
      slot(having[ways_.pick(having.size())], inner);
      least = at + 1;
    }
  }

  void risk(const Pattern& pattern, bool inner) {
    bool proved = true;
    auto links = alive(pattern.links, proved);
    std::stable_sort(links.begin(), links.end(), [&](LinkId a, LinkId b) {
      return std::pair(!holds_preferred(a), -model_.links[a].risk) < std::pair(!holds_preferred(b), -model_.links[b].risk);
    });
    std::int64_t sum = 0;
    for (const LinkId link : links) sum += std::max<std::int64_t>(0, model_.links[link].risk);
    if (sum < pattern.number) {
      return fail("a risk of " + std::to_string(pattern.number) + " is asked for; that of all links that can match is " + std::to_string(sum), proved);
    }
    out_.exact = false;
    std::int64_t have = 0;
    for (const LinkId link : links) {
      if (have >= pattern.number || !ok()) break;
      have += model_.links[link].risk;
      slot(link, inner);
    }
  }

  void aggregate(const Pattern& pattern, bool inner) {
    using syntax::CompareOp;
    const bool counts = pattern.function == "count", values = pattern.function == "distinct";
    if (counts || values) {
      // So many events that the comparison holds, as few as will do.
      const double v = pattern.value;
      std::int64_t number = 1;
      switch (pattern.op) {
        case CompareOp::ge: number = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(v))); break;
        case CompareOp::gt: number = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(v)) + 1); break;
        case CompareOp::eq:
          number = static_cast<std::int64_t>(v);
          if (static_cast<double>(number) != v || number < 1) return fail("no number of events is " + shown_number(v), true);
          break;
        case CompareOp::ne: number = v == 1 ? 2 : 1; break;
        case CompareOp::lt: if (v <= 1) return fail("at an event there is at least one, itself", true); break;
        case CompareOp::le: if (v < 1) return fail("at an event there is at least one, itself", true); break;
        default: break;
      }
      const std::size_t from = items_.size();
      many(pattern, number, inner);
      if (values && ok()) differ(from, pattern.fields, pattern.links);
      return;
    }
    // A single event whose value compares as asked is its own sum, mean and percentile. Of a sum that one value cannot
    // reach, more events bring equal shares.
    out_.exact = false;
    const bool more = pattern.function == "sum" && (pattern.op == CompareOp::ge || pattern.op == CompareOp::gt);
    static constexpr std::int64_t kShares[] = {1, 2, 4, 16, 64, 256, 1024};
    // What lies halfway between two whole numbers is the mean, and the median, of both.
    const double twice = 2 * pattern.value;
    const bool halves = (pattern.function == "avg" || pattern.function == "median") && pattern.op == CompareOp::eq && std::floor(twice) == twice && std::floor(pattern.value) != pattern.value;
    const std::int64_t number = more ? kShares[ways_.pick(std::size(kShares))] : halves ? 2 : 1;
    const std::size_t from = out_.slots.size();
    many(pattern, number, inner);
    for (std::size_t i = from; i < out_.slots.size(); ++i) {
      out_.slots[i].compared = &pattern;
      out_.slots[i].asked = halves ? std::floor(pattern.value) + static_cast<double>(i - from) : pattern.value / static_cast<double>(number);
    }
  }

  void hops(const Pattern& pattern, bool inner) {
    if (pattern.fields.size() != 2) return fail("a path needs two fields", false);
    const std::size_t from = out_.slots.size();
    many(pattern, pattern.number, inner);
    if (!ok()) return;
    const value::Type type = meeting_type(pattern.links, pattern.fields[0]);
    Different places;
    for (std::size_t i = from; i <= out_.slots.size(); ++i) {
      Group place;
      place.type = type;
      if (i > from) place.members.push_back({i - 1, {pattern.fields[1], type}});
      if (i < out_.slots.size()) place.members.push_back({i, {pattern.fields[0], type}});
      places.tuples.push_back({place.members.front()});
      out_.groups.push_back(std::move(place));
    }
    out_.different.push_back(std::move(places));
  }

  // ---- what slots have in common ----

  value::Type type_of(LinkId link, const std::string& field) const {
    const model::Link& own = model_.links[link];
    if (own.chain != model::kNone) {
      const auto& chain = model_.chains[own.chain];
      for (const auto& key : chain.by) {
        if (key.name == field) return key.type;
      }
      for (const LinkId inner : links_of_chain(model_, own.chain)) {
        for (const auto& event : model_.links[inner].events) {
          if (const auto found = model::resolve(model_, event, field)) return found->type.type;
        }
      }
      return value::Type::text;
    }
    for (const auto& event : own.events) {
      if (const auto found = model::resolve(model_, event, field)) return found->type.type;
    }
    return value::Type::text;
  }
  /// Where links differ, text gives way to what says more.
  value::Type meeting_type(const std::vector<LinkId>& links, const std::string& field) const {
    std::optional<value::Type> type;
    for (const LinkId link : links) {
      const value::Type own = type_of(link, field);
      if (!type || value::is_text(*type)) type = own;
    }
    return type.value_or(value::Type::text);
  }

  static std::string shown_number(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
  }

  /// Events that a `keep` counts together differ in its values, so that each of them is rare, and the first.
  void keeps() {
    std::map<LinkId, std::vector<std::size_t>> counted;
    for (std::size_t i = 0; i < out_.slots.size(); ++i) {
      for (LinkId at = out_.slots[i].link; at != model::kNone; at = model_.links[at].after) {
        if (model_.links[at].keep) counted[at].push_back(i);
      }
    }
    for (const auto& [link, slots] : counted) {
      const model::Keep& keep = *model_.links[link].keep;
      Different different;
      for (const std::size_t slot : slots) {
        std::vector<Member> tuple;
        for (const auto* names : {&keep.fields, &keep.by}) {
          for (const auto& name : *names) tuple.push_back({slot, {name, type_of(link, name)}});
        }
        different.tuples.push_back(std::move(tuple));
      }
      out_.different.push_back(std::move(different));
      out_.exact = false;
    }
  }

  /// `a.f == b.g` in a `where` over steps is a group of its own.
  void steps() {
    for (const Instance& instance : out_.instances) {
      const auto& where = model_.chains[instance.chain].where;
      if (!where) continue;
      out_.exact = false;
      if (where->kind == model::PredicateKind::conjunction) {
        for (const auto& part : where->children) equal_steps(instance, part);
      } else {
        equal_steps(instance, *where);
      }
    }
  }
  void equal_steps(const Instance& instance, const model::Predicate& part) {
    if (part.kind != model::PredicateKind::compare || part.op != syntax::CompareOp::eq || !part.right || part.cased) return;
    if (part.left.function != model::Function::none || part.right->function != model::Function::none) return;
    Group group;
    group.type = value::is_text(part.left.type.type) ? part.right->type.type : part.left.type.type;
    for (const auto* operand : {&part.left, &*part.right}) {
      const std::size_t dot = operand->name.find('.');
      for (const auto& [label, slot] : instance.labels) {
        if (dot != std::string::npos && operand->name.compare(0, dot, label) == 0) group.members.push_back({slot, {operand->name.substr(dot + 1), group.type}});
      }
    }
    if (group.members.size() == 2) out_.groups.push_back(std::move(group));
  }

  EventMaker& maker_;
  const model::Model& model_;
  Ways& ways_;
  LinkId prefer_;
  Skeleton out_;
  std::vector<Item> items_;   // of the chain that is being laid out
  std::vector<std::pair<std::string, std::size_t>> labels_;
  std::vector<ChainId> chains_;  // that are being laid out, each within the one before
  std::string unknown_;
};

void Builder::add_key(const model::Key& key, const Item& item, Group& group) {
  const auto place = std::find(key.links.begin(), key.links.end(), item.link);
  if (place == key.links.end()) return;
  const std::string& field = key.fields[static_cast<std::size_t>(place - key.links.begin())];
  if (item.instance == model::kNone) {
    group.members.push_back({item.from, {field, key.type}});
    return;
  }
  const Instance& inner = out_.instances[item.instance];
  const auto& keys = model_.chains[inner.chain].by;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].name != field) continue;
    // One group from now on; the inner one is left without members.
    auto& members = out_.groups[inner.groups[i]].members;
    for (auto& member : members) group.members.push_back(std::move(member));
    members.clear();
    return;
  }
  group.members.push_back({item.to - 1, {field, key.type}});
}

}  // namespace

std::vector<LinkId> links_of_chain(const model::Model& model, ChainId chain) {
  std::vector<LinkId> out;
  std::set<ChainId> seen = {chain};
  gather(model, model.chains[chain].match, seen, out);
  return out;
}

Skeleton skeleton_of(EventMaker& maker, ChainId chain, Ways& ways, LinkId prefer) { return Builder(maker, ways, prefer).build(chain); }

}  // namespace chainhunt::algebra

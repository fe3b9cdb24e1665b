#include "compiler/driver/testing/slice.h"

#include <algorithm>

namespace chainhunt::driver::testing {
namespace {

using program::kNone;

class Slicer {
 public:
  Slicer(const program::Program& whole, const std::vector<engine::Hit>& hits)
      : whole_(whole), hit_(whole.links.size()), link_(whole.links.size(), kNone), chain_(whole.chains.size(), kNone),
        active_(whole.chains.size(), kUnknown) {
    for (const auto& hit : hits) hit_[hit.link] = true;
  }

  Slice run(const std::vector<std::uint32_t>& chains, const std::vector<std::uint32_t>& links) {
    std::vector<bool> asked(whole_.chains.size());
    for (const std::uint32_t chain : chains) {
      if (!active(chain)) continue;
      asked[chain] = true;
      need_chain(chain);
    }
    for (const std::uint32_t link : links) need_link(link);
    // In the whole's order: what others are made of stands before them there, and evidence goes by the order of links.
    const auto number = [](std::vector<std::uint32_t>& place, std::vector<std::uint32_t>& out) {
      for (std::uint32_t i = 0; i < place.size(); ++i) {
        if (place[i] == kNone) continue;
        place[i] = static_cast<std::uint32_t>(out.size());
        out.push_back(i);
      }
    };
    number(link_, out_.links);
    number(chain_, out_.chains);
    for (const std::uint32_t link : out_.links) copy_link(whole_.links[link]);
    for (const std::uint32_t chain : out_.chains) copy_chain(whole_.chains[chain], asked[chain]);
    return std::move(out_);
  }

  std::uint32_t link_at(std::uint32_t link) const { return link_[link]; }

 private:
  enum Active : char { kUnknown, kNo, kYes };

  bool active(std::uint32_t chain) {
    if (active_[chain] != kUnknown) return active_[chain] == kYes;
    bool any = false;
    for (const auto& node : whole_.chains[chain].nodes) {
      for (const std::uint32_t link : node.links) {
        any = any || hit_[link] || (whole_.links[link].completion && active(whole_.links[link].completion->chain));
      }
    }
    active_[chain] = any ? kYes : kNo;
    return any;
  }

  void need_chain(std::uint32_t chain) {
    if (chain_[chain] != kNone) return;
    chain_[chain] = 0;
    for (const auto& node : whole_.chains[chain].nodes) {
      for (const std::uint32_t link : node.links) need_link(link);
    }
    for (const auto& key : whole_.chains[chain].keys) {
      for (const std::uint32_t link : key.links) need_link(link);
    }
    if (!whole_.chains[chain].where) return;
    for (const auto& field : whole_.chains[chain].where->fields) {
      for (const std::uint32_t link : field.links) need_link(link);
    }
  }

  void need_link(std::uint32_t link) {
    if (link_[link] != kNone) return;
    link_[link] = 0;
    if (whole_.links[link].after != kNone) need_link(whole_.links[link].after);
    if (!whole_.links[link].completion) return;
    need_chain(whole_.links[link].completion->chain);
    for (const auto& source : whole_.links[link].completion->captures) {
      for (const std::uint32_t inner : source.links) need_link(inner);
    }
  }

  void renumber(std::vector<std::uint32_t>& links) const {
    for (std::uint32_t& link : links) link = link_[link];
  }

  void copy_link(const program::Link& own) {
    program::Link& link = out_.program.links.emplace_back(own);
    if (link.after != kNone) link.after = link_[link.after];
    if (!link.completion) return;
    link.completion->chain = chain_[link.completion->chain];
    for (auto& source : link.completion->captures) renumber(source.links);
  }

  void copy_chain(const program::Chain& own, bool asked) {
    program::Chain& chain = out_.program.chains.emplace_back(own);
    chain.reported = asked;
    for (auto& node : chain.nodes) renumber(node.links);
    for (auto& key : chain.keys) renumber(key.links);
    if (!chain.where) return;
    for (auto& field : chain.where->fields) renumber(field.links);
  }

  const program::Program& whole_;
  std::vector<bool> hit_;
  std::vector<std::uint32_t> link_, chain_;  // kNone: not needed; then the number in the slice
  std::vector<Active> active_;
  Slice out_;
};

}  // namespace

Slice slice_of(const program::Program& whole, const std::vector<std::uint32_t>& chains, const std::vector<std::uint32_t>& links,
               std::vector<engine::Hit>& hits) {
  Slicer slicer(whole, hits);
  Slice out = slicer.run(chains, links);
  std::erase_if(hits, [&](const engine::Hit& hit) { return slicer.link_at(hit.link) == program::kNone; });
  for (engine::Hit& hit : hits) hit.link = slicer.link_at(hit.link);
  return out;
}

}  // namespace chainhunt::driver::testing

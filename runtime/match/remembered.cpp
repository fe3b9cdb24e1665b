#include "runtime/match/remembered.h"

#include <cstring>
#include <utility>

#include "runtime/base/digest.h"

namespace chainhunt::match {
namespace {

using abi::Cell;
using abi::Wire;

std::string_view key_of(const Cell& cell, char (&digits)[8]) {
  if (cell.wire == Wire::text) return cell.view();
  std::memcpy(digits, &cell.number, sizeof digits);
  return {digits, sizeof digits};
}

}  // namespace

const std::vector<std::uint32_t>* Remembered::find(const Cell& cell) {
  if (paused_ > 0) {
    --paused_;
    return nullptr;
  }
  char digits[8];
  const std::string_view key = key_of(cell, digits);
  if (key.size() > kLongestRemembered) return nullptr;
  if (slots_.empty()) slots_.resize(kFirstSlots);
  if (++lookups_ == kTrial) judge();
  hash_ = base::hash(key, static_cast<std::uint64_t>(cell.wire));
  const Slot& slot = slots_[hash_ & (slots_.size() - 1)];
  if (!slot.used || slot.hash != hash_ || slot.wire != cell.wire || slot.key != key) return nullptr;
  ++hits_;
  return &slot.atoms;
}

void Remembered::judge() {
  constexpr std::uint32_t kPays = kTrial / 16;  // a lookup costs a sixteenth of asking, about
  const std::uint32_t hits = std::exchange(hits_, 0), replaced = std::exchange(replaced_, 0);
  lookups_ = 0;
  if (hits >= kPays) {
    pause_ = kFirstPause;
    if (replaced > kTrial / 8) grow();
  } else if (slots_.size() < kMostSlots && replaced > kTrial / 2 && slots_.size() * 8 <= kMostSlots) {
    grow();  // perhaps the table was too small to see anything twice
  } else {
    paused_ = pause_;
    if (pause_ < kLongestPause) pause_ *= 2;
  }
}

void Remembered::grow() {
  if (slots_.size() >= kMostSlots) return;
  std::vector<Slot> old(slots_.size() * 4);
  old.swap(slots_);
  for (Slot& slot : old) {
    if (!slot.used) continue;
    Slot& place = slots_[slot.hash & (slots_.size() - 1)];
    if (place.used) budget_->left += slot.cost;
    else place = std::move(slot);
  }
}

void Remembered::remember(const Cell& cell, const std::vector<std::uint32_t>& atoms) {
  if (paused_ > 0 || slots_.empty()) return;
  char digits[8];
  const std::string_view key = key_of(cell, digits);
  if (key.size() > kLongestRemembered) return;
  Slot& slot = slots_[hash_ & (slots_.size() - 1)];
  if (slot.used) ++replaced_;
  const std::size_t cost = key.size() + atoms.size() * sizeof(std::uint32_t);
  if (cost > slot.cost) {
    if (cost - slot.cost > budget_->left) return;
    budget_->left -= cost - slot.cost;
    slot.cost = cost;  // a slot keeps the memory of its largest value
  }
  slot.hash = hash_;
  slot.used = true;
  slot.wire = cell.wire;
  slot.key.assign(key);
  slot.atoms.assign(atoms.begin(), atoms.end());
}

}  // namespace chainhunt::match

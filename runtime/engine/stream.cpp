#include "runtime/engine/stream.h"

#include <algorithm>
#include <numeric>

namespace chainhunt::engine {

Stream::Stream(const RunHits& hits, const std::vector<Completed>& completed) : hits_(hits), completed_(completed), order_(completed.size()) {
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return completed_[a].record < completed_[b].record; });
  if (hits.sorted() != nullptr) cursor_.emplace(hits.sorted()->cursor());
  else more_ = false;
}

Result<bool> Stream::next() {
  while (more_ && !waiting_) {
    const auto step = cursor_->next();
    if (!step) return step.error();
    more_ = *step;
    waiting_ = more_ && (hits_.keeps() == nullptr || hits_.keeps()->keeps(cursor_->link(), cursor_->record()));
  }
  // Completions stand behind all hits of their record.
  if (next_ < order_.size() && (!waiting_ || completed_[order_[next_]].record < cursor_->record())) {
    const std::uint32_t at = order_[next_++];
    completed_at_ = &completed_[at];
    record_ = completed_at_->record;
    index_ = hits_.read() + at;
    completion_ = hits_[index_];
    return true;
  }
  if (!waiting_) return false;
  waiting_ = false;
  completed_at_ = nullptr;
  record_ = cursor_->record();
  index_ = cursor_->index();
  return true;
}

std::pair<std::int64_t, std::int64_t> Stream::reach() const {
  const std::uint64_t count = hits_.read();
  if (count == 0) return {0, 0};
  return {hits_[0].event.time, hits_[count - 1].event.time};
}

}  // namespace chainhunt::engine

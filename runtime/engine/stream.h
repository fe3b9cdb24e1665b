// The run's hits in canonical order, completions at their events. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/engine/findings.h"
#include "runtime/engine/run_hits.h"

namespace chainhunt::engine {

/// One pass over what `keep` leaves. One thread.
class Stream {
 public:
  /// `completed`: what the completions behind the hits stand for, by index.
  Stream(const RunHits& hits, const std::vector<Completed>& completed);

  Result<bool> next();
  std::int64_t time() const { return completed_at_ != nullptr ? completion_.event.time : cursor_->time(); }
  std::uint32_t link() const { return completed_at_ != nullptr ? completion_.link : cursor_->link(); }
  /// A capture's key where it has exactly one, without decoding the rest.
  std::optional<std::string_view> single_key(std::uint32_t capture) const {
    if (completed_at_ == nullptr) return cursor_->single_key(capture);
    if (capture >= completion_.captures.size() || completion_.captures[capture].keys.size() != 1) return std::nullopt;
    return completion_.captures[capture].keys.front();
  }
  /// Only its time, link and captures need be there.
  const Hit& sketch() { return completed_at_ != nullptr ? completion_ : cursor_->sketch(); }
  const Hit& hit() { return completed_at_ != nullptr ? completion_ : cursor_->hit(); }
  std::uint64_t index() const { return index_; }
  std::uint64_t record() const { return record_; }
  const Completed* completed() const { return completed_at_; }  ///< null of a plain hit

  /// First and last time of all hits; 0 and 0 if there are none.
  std::pair<std::int64_t, std::int64_t> reach() const;

 private:
  const RunHits& hits_;
  const std::vector<Completed>& completed_;
  std::vector<std::uint32_t> order_;          // of the completions, by record
  std::optional<SortedHits::Cursor> cursor_;
  bool waiting_ = false, more_ = true;        // the cursor's hit is not given yet; there may be more
  std::size_t next_ = 0;                      // into order_
  Hit completion_;
  std::uint64_t index_ = 0, record_ = 0;
  const Completed* completed_at_ = nullptr;
};

}  // namespace chainhunt::engine

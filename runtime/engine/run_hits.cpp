#include "runtime/engine/run_hits.h"

namespace chainhunt::engine {

Hit RunHits::operator[](std::uint64_t index) const {
  if (index >= read()) return index - read() < completions_.size() ? completions_[index - read()] : Hit();
  if (!lookup_) lookup_ = std::make_unique<SortedHits::Lookup>(sorted_->lookup());
  auto hit = lookup_->at(index);
  if (hit) return std::move(*hit);
  error_ = hit.error().message;
  return {};
}

bool RunHits::step(SortedHits::Cursor& cursor) const {
  const auto more = cursor.next();
  if (more) return *more;
  error_ = more.error().message;
  return false;
}

}  // namespace chainhunt::engine

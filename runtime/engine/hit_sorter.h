// Hits in any order, more than fit the memory -> SortedHits.
//
// Hits are kept encoded (hit_codec.h), in a third of the memory that they take otherwise. When they fill the
// memory they are sorted and written as a run; runs are merged at the end, some in passes before if there are
// too many to be read at once. What comes out depends only on the set of hits.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/hit.h"
#include "runtime/engine/sorted_hits.h"

namespace chainhunt::engine {

struct SorterOptions {
  /// Bytes, at least 64 KB: for hits, buffers of merging, and the index of what is on disk. Beside it stand
  /// 1 MB for the compressor, a block (64 KB) for each thread that adds, and, for hits larger than a block,
  /// one of them for each run that is merged, and up to two for each thread that adds.
  std::size_t memory = std::size_t{512} << 20;
  /// For temporary files; empty: /var/tmp. Asked only if the memory does not do.
  std::string folder;
  bool keep_duplicates = false;
};

class HitSorter {
  struct Work;

 public:
  explicit HitSorter(SorterOptions options);
  ~HitSorter();

  /// One thread's way in; any number of them at once. Hits are encoded at once, so that the caller may reuse their
  /// memory, and handed over by the block. The sorter outlives it.
  class Feed {
   public:
    /// Held hits stay with the feed until they are released; they are dropped with it.
    enum class Hold : bool { no, yes };
    explicit Feed(HitSorter& sorter, Hold hold = Hold::no);
    ~Feed();
    /// After an error, which all later calls repeat, reading on is in vain.
    Result<void> add(const Hit& hit);
    /// After the last `add`.
    Result<void> flush();
    /// Hands over all that was held, and holds no more.
    Result<void> release();

   private:
    Work* work_;
    std::unique_ptr<char[]> block_;
    std::size_t used_ = 0, hits_ = 0;
    Hold hold_;
    std::vector<std::pair<std::string, std::size_t>> held_;  // blocks, and how many hits
  };

  /// The same for a batch.
  Result<void> add(const std::vector<Hit>& hits);

  /// Once, after the last `flush` has returned. Fails where one did.
  Result<SortedHits> finish();

 private:
  std::unique_ptr<Work> work_;
};

}  // namespace chainhunt::engine

// Records into a folder of EVTX files, one per computer and log, as Windows keeps them.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/result.h"
#include "runtime/evtx/writer.h"
#include "tests/bench/company.h"
#include "tests/bench/record.h"

namespace chainhunt::bench {

/// Records come computer by computer, so that no more than three files are open. A file is kept in memory
/// until it is full.
class EvtxFolder {
 public:
  /// The folder exists. Files have about `file_bytes`, at most 4 GB (65,535 chunks).
  EvtxFolder(const Company& company, std::string folder, std::uint64_t file_bytes)
      : company_(company), folder_(std::move(folder)), file_bytes_(file_bytes) {}

  Result<void> add(const Record& record);
  /// Closes the files of the computer at hand.
  Result<void> finish_computer();
  std::uint64_t bytes() const { return bytes_; }           ///< of the files written
  std::uint64_t open_bytes() const {                        ///< of those that are not
    std::uint64_t sum = 0;
    for (const Log& log : logs_) sum += log.writer.bytes();
    return sum;
  }
  std::uint64_t files() const { return files_; }

 private:
  struct Log {
    evtx::Writer writer;
    std::uint64_t part = 0;  ///< files written before
  };
  Result<void> save(int channel);

  const Company& company_;
  std::string folder_;
  std::uint64_t file_bytes_;
  std::uint32_t computer_ = 0;
  Log logs_[kChannels];
  evtx::Event event_;
  std::uint64_t bytes_ = 0, files_ = 0;
};

}  // namespace chainhunt::bench

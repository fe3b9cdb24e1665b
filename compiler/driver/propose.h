// A source declaration made of a sample of records: `chainhunt schema --from FILE`.
//
// A proposal, to be read by a person: what tells the records is what all of the sample have, types are those that
// all values of a field parse as. It always checks. The same sample gives the same text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/abi/projection.h"

namespace chainhunt::driver {

/// Kinds of records, and fields of one kind, that are listed; more are counted in a comment.
inline constexpr std::size_t kMaxProposedEvents = 50;
inline constexpr std::size_t kMaxProposedFields = 200;
/// Different values of a field that are remembered to see whether it tells kinds apart.
inline constexpr std::size_t kMaxProposedCodes = 200;
/// Names of fields of all records; beyond it new ones are not looked at.
inline constexpr std::size_t kMaxSampledFields = 5000;

/// Takes the records of a sample that are in no Windows layout.
class Sample final : public abi::Sink, private abi::Recogniser {
 public:
  Sample();
  ~Sample() override;
  const abi::Projection* want(const abi::Header&) override { return nullptr; }
  void event(const abi::EventView&, const abi::Projection&, std::string_view) override {}
  abi::Recogniser* recogniser() override { return this; }

  std::uint64_t records() const;
  /// A pack of that name with one source of that name; empty, with the reason in `error`, if the sample has no times.
  std::string propose(const std::string& name, std::string& error) const;

 private:
  const abi::Projection& projection() const override { return projection_; }
  const abi::RecordSource* recognise(const abi::EventView& event) override;

  struct Seen;
  std::unique_ptr<Seen> seen_;
  const abi::Projection projection_{{}, true};
};

}  // namespace chainhunt::driver

// From records to hits: finds the plans that a record belongs to, asks the reader for the fields they
// need, runs their rule bodies (native or interpreted), and hands over a Hit per link that matched.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/abi/native.h"
#include "runtime/abi/projection.h"
#include "runtime/base/result.h"
#include "runtime/engine/hit.h"
#include "runtime/interp/evaluator.h"
#include "runtime/program/program.h"

namespace chainhunt::match {

/// A program ready to run; shared by all matchers and threads. The program must outlive it.
class Prepared {
 public:
  const program::Program& program() const { return evaluator_->program(); }
  const interp::Evaluator& evaluator() const { return *evaluator_; }

  /// Native code for an event plan, used instead of the interpreter; the code must outlive this.
  /// Not thread-safe: before matching begins.
  void set_native(std::size_t plan, abi::NativeMatch function) { native_[plan] = function; }
  abi::NativeMatch native(std::size_t plan) const { return native_[plan]; }

  /// Plans for a code as spelled ("5145", "alert"), and plans for any code of their channel.
  const std::vector<std::uint32_t>& plans_of(const std::string& code) const;

 private:
  friend Result<std::unique_ptr<Prepared>> prepare(const program::Program& program);
  std::unique_ptr<interp::Evaluator> evaluator_;
  std::vector<abi::NativeMatch> native_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_code_;  // any-code plans included
  std::vector<std::uint32_t> any_code_;
};

Result<std::unique_ptr<Prepared>> prepare(const program::Program& program);

struct Options {
  std::int64_t since = std::numeric_limits<std::int64_t>::min();  ///< ticks, inclusive
  std::int64_t until = std::numeric_limits<std::int64_t>::max();  ///< ticks, exclusive; the maximum: no bound
};

/// One reader's sink. One thread; several matchers share one Prepared.
class Matcher final : public abi::Sink {
 public:
  using OnHit = std::function<void(engine::Hit&&)>;

  Matcher(const Prepared& prepared, const Options& options, OnHit on_hit);
  ~Matcher() override;

  const abi::Projection* want(const abi::Header& header) override;
  void event(const abi::EventView& event, const abi::Projection& projection, std::string_view bytes) override;

 private:
  struct Route;
  const Route* route_of(const abi::Header& header);
  void run(const Route& route, std::size_t entry, const abi::EventView& event, std::string_view bytes);
  void hit(const program::EventPlan& plan, const program::Body& body, const abi::EventView& event, std::string_view bytes);

  const Prepared& prepared_;
  Options options_;
  OnHit on_hit_;
  // What kinds of records this input holds, by code, channel and provider as spelled: few.
  std::unordered_map<std::string, std::unique_ptr<Route>> routes_;
  std::string route_key_;
  const Route* current_ = nullptr;
  interp::Workspace workspace_;
  std::vector<std::uint64_t> bodies_;
  std::vector<abi::Cell> cells_;
};

}  // namespace chainhunt::match

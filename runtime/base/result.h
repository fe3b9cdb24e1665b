// Failures of the outside world as values: what was observed, and where.
//
// Three kinds of failure are kept apart in this project: a mistake in a rule is a diagnostic
// (compiler/base/diagnostic.h), a failure of the outside world is a Result, our own bug is an
// assertion. No exception crosses a folder.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace chainhunt {

/// What went wrong, as one sentence that names the observed fact ("cannot open x.evtx: no such file").
struct Error {
  std::string message;
};

/// Either a value or an Error. Callers test it before they use it; `value()` on an error is a bug.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace chainhunt

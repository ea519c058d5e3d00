#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "mcu/base/check.h"

namespace tessera {

/// Whose fault a failure is and what a caller may do about it. Closed: switch over it without `default`.
enum class ErrorCode {
    InvalidArgument,  ///< the caller's value is wrong; retrying the same call fails again
    Unauthorized,     ///< no valid credential
    Forbidden,        ///< a valid credential without the right
    NotFound,
    Conflict,     ///< right in itself, but not in the present state
    Unsupported,  ///< well formed, but this server cannot do it
    Capacity,     ///< later or elsewhere it would work
    Unreachable,  ///< a destination did not answer or answered no
    Timeout,
    Device,    ///< a device was lost or is broken
    Internal,  ///< our own bug
};

/// The code's name on the wire: snake_case, stable.
std::string_view toString(ErrorCode code);

/// The one HTTP status of a code.
int httpStatus(ErrorCode code);

/// A failure the outside world can cause.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;  ///< one sentence: what, which id, what to do next
    std::string field;    ///< the argument at fault, in the caller's words; empty when none is
};

/// A value or an Error. `[[nodiscard]]`, because an ignored failure is a lie.
template <typename T = std::monostate>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        TESSERA_CHECK(ok());
        return std::get<0>(state_);
    }
    const T& value() const& {
        TESSERA_CHECK(ok());
        return std::get<0>(state_);
    }
    T&& value() && {
        TESSERA_CHECK(ok());
        return std::get<0>(std::move(state_));
    }
    const Error& error() const {
        TESSERA_CHECK(!ok());
        return std::get<1>(state_);
    }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> state_;
};

/// Success of a call that has nothing to return: `return kOk;`
using Status = Result<std::monostate>;
inline constexpr std::monostate kOk{};

inline Error invalidArgument(std::string message, std::string field = {}) {
    return {ErrorCode::InvalidArgument, std::move(message), std::move(field)};
}
inline Error notFound(std::string message) {
    return {ErrorCode::NotFound, std::move(message), {}};
}
inline Error conflict(std::string message) {
    return {ErrorCode::Conflict, std::move(message), {}};
}
inline Error unsupported(std::string message, std::string field = {}) {
    return {ErrorCode::Unsupported, std::move(message), std::move(field)};
}
inline Error internalError(std::string message) {
    return {ErrorCode::Internal, std::move(message), {}};
}

}  // namespace tessera

/// Returns the Error of a Result-valued expression to the caller.
#define TESSERA_TRY(expression)                                     \
    do {                                                            \
        if (auto tesseraTried = (expression); !tesseraTried.ok()) { \
            return ::tessera::Error(tesseraTried.error());          \
        }                                                           \
    } while (false)

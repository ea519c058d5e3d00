#pragma once

namespace tessera {

/// Prints where and what, then aborts: a failed check is our own bug, and state after it cannot be trusted.
/// @thread any
[[noreturn]] void checkFailed(const char* condition, const char* file, int line);

}  // namespace tessera

/// Asserts what only a bug of ours can make false. Stays on in release builds.
#define TESSERA_CHECK(condition)                                    \
    do {                                                            \
        if (!(condition)) [[unlikely]] {                            \
            ::tessera::checkFailed(#condition, __FILE__, __LINE__); \
        }                                                           \
    } while (false)

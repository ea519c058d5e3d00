#pragma once

#include <cstdint>

namespace tessera {

/// Calls of operator new on the calling thread so far. Counted by replacements of the global operators, which are
/// linked into the tests of mcu; always 0 under the address sanitizer, which needs its own.
std::uint64_t allocationsOnThisThread();

}  // namespace tessera

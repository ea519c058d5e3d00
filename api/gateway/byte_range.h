#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tessera {

/// Part of a body: `size` bytes from `first` on; never empty.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t size = 0;
    bool operator==(const ByteRange&) const = default;
};

enum class RangeKind {
    Whole,         ///< there is no range, or one that may be ignored: another unit, malformed, or more than one
    Part,          ///< 206
    Unsatisfiable  ///< 416
};

struct RangeChoice {
    RangeKind kind = RangeKind::Whole;
    ByteRange part{};
};

/// Reads a Range header for a body of `size` bytes: "bytes=0-99", "bytes=100-" or "bytes=-100".
/// @source RFC 9110 sections 14.1.2 and 14.2
RangeChoice chooseRange(std::string_view header, std::uint64_t size);

}  // namespace tessera

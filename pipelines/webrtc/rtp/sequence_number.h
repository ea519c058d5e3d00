#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

namespace tessera {

/// Extends wrapping numbers (16-bit sequence numbers, 32-bit timestamps) to 64 bits: each one is taken as the value
/// nearest to the highest seen so far. Not thread-safe.
/// @source RFC 3550 section 5.1 and appendix A.1
template <typename Wrapping>
class Unwrapper {
    static_assert(std::is_unsigned_v<Wrapping>);

public:
    /// @return the extended number; the first one is extended to itself plus one whole turn, so that numbers just
    /// before it stay positive
    std::int64_t unwrap(Wrapping value) {
        const std::int64_t extended = peek(value);
        if (!highest_ || extended > *highest_) highest_ = extended;
        return extended;
    }
    /// The same without remembering it.
    std::int64_t peek(Wrapping value) const {
        if (!highest_) return static_cast<std::int64_t>(value) + kTurn;
        const auto distance = static_cast<Signed>(static_cast<Wrapping>(value - static_cast<Wrapping>(*highest_)));
        return *highest_ + distance;
    }
    std::optional<std::int64_t> highest() const { return highest_; }
    void reset() { highest_.reset(); }

private:
    using Signed = std::make_signed_t<Wrapping>;
    static constexpr std::int64_t kTurn = std::int64_t{1} << (8 * sizeof(Wrapping));

    std::optional<std::int64_t> highest_;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t>;

}  // namespace tessera

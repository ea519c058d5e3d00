#pragma once

#include <bitset>
#include <cstdint>

namespace tessera {

/// Which packets of one stream have been seen: extends 16-bit sequence numbers to packet indices and tells those that
/// come again.
///
/// @tparam Size  indices behind the newest that may still come
/// @source RFC 3711 sections 3.3.1 and 3.3.2, appendix A
template <std::size_t Size>
class ReplayWindow {
public:
    /// The index (rollover counter and sequence number) that `sequence` most likely has. A stream begins in the first
    /// round: what seems to be from before it is taken as far ahead.
    std::uint64_t estimate(std::uint16_t sequence) const {
        constexpr std::uint64_t kRound = 0x10000, kHalf = 0x8000;
        const std::uint64_t round = newest_ / kRound * kRound, last = newest_ % kRound;
        if (last < kHalf && sequence > last + kHalf && round > 0) return round - kRound + sequence;
        if (last >= kHalf && sequence < last - kHalf) return round + kRound + sequence;
        return round + sequence;
    }

    /// @return false when it came before, or is too old to tell
    bool isNew(std::uint64_t index) const {
        if (isEmpty_ || index > newest_) return true;
        return newest_ - index < Size && !seen_[newest_ - index];
    }

    /// Notes an authentic packet. What is older than the window is left alone.
    void accept(std::uint64_t index) {
        if (isEmpty_ || index > newest_) {
            const std::uint64_t ahead = isEmpty_ ? Size : index - newest_;
            ahead < Size ? seen_ <<= ahead : seen_.reset();
            newest_ = index;
            isEmpty_ = false;
        }
        if (newest_ - index < Size) seen_[newest_ - index] = true;
    }

private:
    std::bitset<Size> seen_;  ///< by the distance to the newest
    std::uint64_t newest_ = 0;
    bool isEmpty_ = true;
};

}  // namespace tessera

#pragma once

#include <optional>

#include "mcu/base/time.h"

namespace tessera {

/// How to ask for a keyframe.
enum class KeyframeRequest { Pli, Fir };

/// Decides when one video source is asked for a keyframe: at most once in kInterval, again until one arrives, PLI first
/// and FIR in turn, since some senders honour only one of them. Not thread-safe.
/// @source RFC 4585 section 6.3.1 (PLI), RFC 5104 section 4.3.1 (FIR)
class KeyframeRequester {
public:
    /// Below what a viewer takes for a broken picture; above what makes a sender spend its bitrate on keyframes.
    static constexpr Duration kInterval = std::chrono::seconds(1);

    KeyframeRequester(bool pli, bool fir) : pli_(pli), fir_(fir) {}

    /// A keyframe is needed: at start, after loss, after a decode error, or because someone asks.
    void need() { isNeeded_ = true; }
    /// A keyframe has arrived: what was needed is there.
    void arrived() {
        isNeeded_ = false;
        count_ = 0;
    }

    /// @return what to send now, if anything. Call after `need` and about every half second.
    std::optional<KeyframeRequest> take(MonotonicTime now) {
        if (!isNeeded_ || (!pli_ && !fir_) || (requestedAt_ && now - *requestedAt_ < kInterval)) return std::nullopt;
        requestedAt_ = now;
        const bool useFir = fir_ && (!pli_ || count_ % 2 == 1);
        ++count_;
        return useFir ? KeyframeRequest::Fir : KeyframeRequest::Pli;
    }

private:
    bool pli_, fir_;
    // State
    bool isNeeded_ = false;
    int count_ = 0;
    std::optional<MonotonicTime> requestedAt_;
};

}  // namespace tessera

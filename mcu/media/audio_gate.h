#pragma once

#include <atomic>
#include <cstdint>

#include "mcu/media/audio_meter.h"

namespace tessera {

/// Lets an edge decode only the sound that may be heard: the edge tells how loud the sound is that it has not decoded,
/// the audio tick tells whether it wants the source decoded.
///
/// Levels come as packets arrive, a playout delay before their sound is due, so that a decoder which is told late still
/// decodes in time: the edge keeps what it did not decode for that long. A source whose edge never reports is always
/// decoded. Each value is read on its own.
/// @thread report, isWanted: media; the rest: audio-tick
class AudioGate {
public:
    /// The level of a packet that arrived, decoded or not.
    /// @param levelDbov  RFC 6464 scale: 0 loudest, -127 silence
    void report(float levelDbov) {
        levelDbov_.store(levelDbov, std::memory_order_relaxed);
        reports_.fetch_add(1, std::memory_order_relaxed);
    }
    /// False: the packet need not be decoded now.
    bool isWanted() const { return wanted_.load(std::memory_order_relaxed); }

    /// How many levels were reported; 0 = the edge decodes everything.
    std::uint64_t reports() const { return reports_.load(std::memory_order_relaxed); }
    /// Of the newest packet.
    float levelDbov() const { return levelDbov_.load(std::memory_order_relaxed); }
    void want(bool wanted) { wanted_.store(wanted, std::memory_order_relaxed); }

private:
    std::atomic<float> levelDbov_{kSilenceDbov};
    std::atomic<std::uint64_t> reports_{0};
    std::atomic<bool> wanted_{true};
};

}  // namespace tessera

#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <gst/gst.h>
#include <mutex>
#include <vector>

namespace tessera::test {

/// What a client saw and heard. Thread-safe.
class ReceivedMedia {
public:
    void onVideoPacket(std::uint64_t bytes);
    void onPicture(GstSample* i420);
    /// @param mono  48 kHz, F32
    void onSound(GstSample* mono);

    std::uint64_t videoPackets() const;
    std::uint64_t bytes() const;
    std::uint64_t frames() const;
    int width() const;
    int height() const;
    double meanLuma() const;
    std::uint64_t audioSamples() const;
    /// Level of a tone in the newest second of sound, in dB of a full-scale sine; -120 when nothing came.
    double toneLevelDb(int hz) const;

    /// Wait for more; @return false when `seconds` passed
    bool waitFrames(std::uint64_t count, double seconds) const;
    bool waitSamples(std::uint64_t count, double seconds) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::uint64_t packets_ = 0, bytes_ = 0, frames_ = 0, samples_ = 0;
    int width_ = 0, height_ = 0;
    double luma_ = 0;
    std::deque<float> sound_;
};

}  // namespace tessera::test

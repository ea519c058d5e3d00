#pragma once

#include <atomic>

namespace tessera {

/// RFC 6464 scale: 0 is the loudest, this is digital silence. @source RFC 6464 section 3
inline constexpr float kSilenceDbov = -127.0F;

/// What the audio tick last heard of one source. Each value is read on its own; they need not be of one tick.
/// @thread publish: audio-tick; the rest: any
class AudioMeter {
public:
    struct Reading {
        float levelDbov = kSilenceDbov;  ///< smoothed, before gain; a muted source reads as silence
        bool speaking = false;           ///< speech for about 300 ms, with hold
        bool talker = false;             ///< is (or, when held back, should be) among those mixed
        int speakerRank = -1;            ///< 0 = active speaker, 1 = the one before, ...; -1 = has not spoken
    };

    void publish(const Reading& reading) {
        levelDbov_.store(reading.levelDbov, std::memory_order_relaxed);
        speaking_.store(reading.speaking, std::memory_order_relaxed);
        talker_.store(reading.talker, std::memory_order_relaxed);
        speakerRank_.store(reading.speakerRank, std::memory_order_relaxed);
    }

    float levelDbov() const { return levelDbov_.load(std::memory_order_relaxed); }
    bool isSpeaking() const { return speaking_.load(std::memory_order_relaxed); }
    bool isTalker() const { return talker_.load(std::memory_order_relaxed); }
    int speakerRank() const { return speakerRank_.load(std::memory_order_relaxed); }

private:
    std::atomic<float> levelDbov_{kSilenceDbov};
    std::atomic<bool> speaking_{false};
    std::atomic<bool> talker_{false};
    std::atomic<int> speakerRank_{-1};
};

}  // namespace tessera

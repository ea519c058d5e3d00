#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mcu/media/source_feed.h"

#include "pipelines/codecs/speech_enhancer.h"

struct OpusDecoder;

namespace tessera {

/// Turns one sender's ordered Opus packets into the sound of its source, on the caller's thread, and decodes only what
/// the audio tick wants (AudioGate): of a meeting of 200, the few who talk.
///
/// What is not decoded is kept for kKept packets. When the source is wanted, decoding begins with the oldest kept one;
/// since the mix reads sound a playout delay after it arrived, nothing of a first word is missing.
///
/// How loud undecoded sound is: what the packet says in the audio level extension (RFC 6464). Without it, in this
/// order: a frame of at most two bytes is silence (discontinuous transmission, RFC 6716 section 3.1); a speech-layer
/// packet without voice activity is background noise; otherwise one packet in kProbeInterval is decoded to measure it.
/// Not thread-safe.
class OpusReceiver {
public:
    /// One packet as the jitter buffer gives it.
    struct Sound {
        std::span<const std::uint8_t> payload;
        MediaTime pts{};               ///< of the first sample
        std::uint32_t lostBefore = 0;  ///< packets missing directly before this one
    };
    /// 120 ms at 20 ms each: above the playout delay less a tick and the time to the next packet, with two packets more
    /// for the decoder to settle.
    static constexpr std::size_t kKept = 6;
    /// Every fourth packet: with what is kept, a first word that is noticed 80 ms late is still whole.
    static constexpr unsigned kProbeInterval = 4;

    /// @param feed  outlives the receiver
    explicit OpusReceiver(SourceFeed& feed);
    ~OpusReceiver();

    /// A packet has arrived, in whatever order, that says how loud it is.
    /// @param levelDbov  -127 to 0, of the audio level extension
    void report(float levelDbov);

    /// Decodes, keeps or drops. What cannot be decoded is counted and concealed.
    void push(const Sound& sound);

    std::uint64_t decoded() const { return decoded_.value(); }

private:
    struct Decoder {
        void operator()(OpusDecoder* decoder) const;
    };
    struct Kept {
        std::vector<std::uint8_t> payload;
        MediaTime pts{};
        std::uint32_t lostBefore = 0;
    };

    void keep(const Sound& sound);
    void decodeKept();
    void decode(const Kept& packet, bool isHeard);
    void conceal(const Kept& packet);
    void write(MediaTime pts, int frames);
    bool begin();
    float estimateLevel(const Sound& sound);
    float probe(const Sound& sound);

    // Borrowed
    SourceFeed& feed_;
    // State
    std::unique_ptr<OpusDecoder, Decoder> decoder_, prober_;
    std::array<Kept, kKept> kept_;
    std::size_t keptFirst_ = 0, keptCount_ = 0;
    std::vector<float> sound_;  ///< interleaved stereo
    SpeechEnhancer enhancer_;
    bool isDecoding_ = false;
    bool isTold_ = false;   ///< the sender says how loud it is
    int lastFrames_ = 960;  ///< of the packet before
    float level_ = kSilenceDbov;
    unsigned sinceProbe_ = kProbeInterval;
    Counter decoded_;
};

}  // namespace tessera

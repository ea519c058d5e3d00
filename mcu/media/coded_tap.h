#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/packet.h"

namespace tessera {

/// One access unit or sound packet as its sender has coded it, immutable. Video of H.264 and HEVC: Annex B, or
/// length-prefixed when `configuration` begins with 1 (ISO/IEC 14496-15); Opus: one packet.
struct CodedUnit {
    MediaKind kind = MediaKind::Video;
    std::string_view codec;      ///< libavcodec's name of static storage: "h264", "vp8", "opus", "aac"
    bool keyframe = true;        ///< decodable on its own; always true for audio
    bool discontinuity = false;  ///< something is missing directly before it
    MediaTime pts{};             ///< of the first sample or the picture
    MediaTime dts{};             ///< when it is decoded; grows within a track
    Duration duration{};         ///< 0 = not known
    int sampleRate = 48000;      ///< of audio, Hz
    int channels = 2;            ///< of audio
    std::shared_ptr<const std::vector<std::uint8_t>> configuration;  ///< the codec's extradata; null = none
    std::vector<std::uint8_t> bytes;
};

using CodedUnitPtr = std::shared_ptr<const CodedUnit>;

class CodedSink {
public:
    virtual ~CodedSink() = default;
    /// Takes or drops, never waits. @thread media
    virtual void offer(CodedUnitPtr unit) = 0;
};

/// Where a source's media can be had before it is decoded. Who fills the source makes units only while someone wants
/// them.
class CodedTap {
public:
    /// @thread any
    bool isWanted() const { return isWanted_.load(std::memory_order_relaxed); }
    void attach(std::shared_ptr<CodedSink> sink) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        sinks_.push_back(std::move(sink));
        isWanted_ = true;
    }
    /// When it returns the sink is offered nothing more.
    void detach(const CodedSink* sink) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        std::erase_if(sinks_, [sink](const auto& known) { return known.get() == sink; });
        isWanted_ = !sinks_.empty();
    }
    /// @thread media
    void offer(const CodedUnitPtr& unit) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        for (const auto& sink : sinks_) sink->offer(unit);
    }

private:
    std::atomic<bool> isWanted_{false};
    Mutex mutex_;
    std::vector<std::shared_ptr<CodedSink>> sinks_ GUARDED_BY(mutex_);
};

}  // namespace tessera

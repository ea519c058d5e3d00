#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/audio_gate.h"
#include "mcu/media/audio_meter.h"
#include "mcu/media/audio_treatment.h"
#include "mcu/media/coded_tap.h"
#include "mcu/media/frame_mailbox.h"
#include "mcu/media/sample_queue.h"

namespace tessera {

enum class SourceState { Connecting, Live, Stalled, Ended, Failed };

constexpr std::string_view toString(SourceState state) {
    switch (state) {
        case SourceState::Connecting: return "connecting";
        case SourceState::Live: return "live";
        case SourceState::Stalled: return "stalled";
        case SourceState::Ended: return "ended";
        case SourceState::Failed: return "failed";
    }
    return "";
}

/// Where an ingest puts its media and the mixers find it: the hand-off between media threads and ticks.
/// Everything in it may be used by any thread; who writes is said at each member.
class SourceFeed {
public:
    /// Written by the ingest's media threads.
    FrameMailbox video;
    SampleQueue audio;

    /// Before it is decoded; offered by the ingest's media threads.
    CodedTap coded;

    /// Written by the audio tick: level, speaking, rank.
    AudioMeter meter;

    /// Between the ingest and the audio tick: what is decoded at all.
    AudioGate gate;

    /// Between control or the video tick, and who handles the sound.
    AudioTreatment treatment;

    /// Set by the ingest; read by anyone. A live source whose pictures stop is shown dimmed without any change here.
    void setState(SourceState state) { state_.store(state, std::memory_order_relaxed); }
    SourceState state() const { return state_.load(std::memory_order_relaxed); }

    /// What arrived, for stats; written by the ingest.
    Counter packetsReceived, packetsLost, bytesReceived, decodeErrors, keyframeRequests, reconnects;
    Gauge width, height;

    /// Why the source is not live, or was not the last time; without credentials. Set by the ingest; read by anyone.
    void setError(std::string error) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        error_ = std::move(error);
    }
    std::string error() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return error_;
    }

private:
    std::atomic<SourceState> state_{SourceState::Connecting};
    mutable Mutex mutex_;
    std::string error_ GUARDED_BY(mutex_);
};

using SourceFeedPtr = std::shared_ptr<SourceFeed>;

}  // namespace tessera

#pragma once

#include "mcu/media/audio_block.h"
#include "mcu/media/packet.h"
#include "mcu/media/video_frame.h"

namespace tessera {

// Where media is handed over. `offer` takes or drops, never waits, never throws: its caller may be a tick.

class FrameSink {
public:
    virtual ~FrameSink() = default;
    /// @thread video-tick or media
    virtual void offer(FramePtr frame) = 0;
};

class BlockSink {
public:
    virtual ~BlockSink() = default;
    /// @param block  borrowed for the call
    /// @thread audio-tick
    virtual void offer(const AudioBlock& block) = 0;
};

class PacketSink {
public:
    virtual ~PacketSink() = default;
    /// @thread media (the encoder's)
    virtual void offer(PacketPtr packet) = 0;
};

}  // namespace tessera

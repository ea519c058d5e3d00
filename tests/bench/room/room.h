#pragma once

#include <memory>

#include "mcu/media/geometry.h"

#include "tests/bench/room/rtp_feeder.h"

namespace tessera {

inline constexpr int kParties = 9;
inline constexpr Size kRoomCanvas{1280, 720};

/// One meeting of nine parties in this process, without a network: RTP in, H.264 and Opus out.
class Room {
public:
    virtual ~Room() = default;
    /// Where the parties' RTP goes.
    virtual std::vector<RtpSink*> sinks() = 0;
    /// Encoded pictures so far that a party would have been sent: the least of all parties.
    virtual std::uint64_t pictures() const = 0;
    /// Pictures of all parties so far that were decoded.
    virtual std::uint64_t decoded() const = 0;
    /// Encoded sound packets so far of all parties.
    virtual std::uint64_t soundPackets() const = 0;
};

/// A real Meeting with its decoders, mixers and encoders. Its peers end where the network would begin.
std::unique_ptr<Room> createOurRoom();

/// The same as one GStreamer pipeline: nine decoders, compositor, x264enc, audiomixer and opusenc per party.
/// Written as its documentation writes it: default settings, a queue after each decoder and on each branch of a tee.
/// @param isLean  without those queues, one compositor thread, sound mixed in 20 ms: the least that it can cost
std::unique_ptr<Room> createGstreamerRoom(bool isLean);

/// Decoders and encoders alone: what is decoded is thrown away, what is encoded was composed before.
std::unique_ptr<Room> createCodecRoom(const RtpClip& clip);

}  // namespace tessera

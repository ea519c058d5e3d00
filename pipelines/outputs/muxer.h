#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/packet.h"
#include "mcu/meeting/encode_spec.h"

#include "pipelines/av/interrupt.h"

struct AVCodecParameters;

namespace tessera {

struct CodedUnit;

/// Where muxed bytes go, in order. Used by one thread at a time.
class MuxTarget {
public:
    virtual ~MuxTarget() = default;
    /// @error capacity, unreachable: the bytes are lost, nothing can follow them
    virtual Status write(std::span<const std::uint8_t> bytes) = 0;
    /// Everything so far makes whole fragments. @error capacity: the output shall end here
    virtual Status onFragment() = 0;
    /// Everything has been written.
    virtual Status close() = 0;
    /// What ends the waits of a format that connects on its own; it outlives the muxer. Null = nothing does.
    virtual const Interrupt* interrupt() const { return nullptr; }
};

/// What a container holds and how it is written.
struct MuxSpec {
    std::string format = "mp4";                                ///< libavformat's short name
    std::vector<std::pair<std::string, std::string>> options;  ///< of the format
    bool isLive = false;  ///< each packet is written at once with its nominal duration, and nothing in fragments
    std::string url;      ///< of a format that connects on its own (rtsp): its target gets no bytes
    Duration maxDelay{};  ///< how much earlier than its time a transport stream gives a picture to its reader
    std::optional<VideoEncodeSpec> video;                ///< H.264, and VP8 in Matroska
    std::optional<AudioEncodeSpec> audio;                ///< AAC, and Opus in Matroska
    const AVCodecParameters* copied = nullptr;           ///< the one track, instead: what somebody else has coded
    Duration fragment = std::chrono::milliseconds(400);  ///< most media time that a crash may lose
};

/// Writes packets into a container through libavformat. Every timestamp is counted from one origin for both tracks.
/// @thread one at a time
class Muxer {
public:
    /// Writes the header.
    ///
    /// @param videoExtradata  AVCDecoderConfigurationRecord; empty without H.264
    /// @param origin          meeting time that becomes 0 in the file
    /// @param target          outlives the muxer
    /// @error unsupported: libavformat cannot do it; what `target` answers
    static Result<std::unique_ptr<Muxer>> create(const MuxSpec& spec, std::vector<std::uint8_t> videoExtradata,
                                                 MediaTime origin, MuxTarget& target);
    ~Muxer();
    Muxer(const Muxer&) = delete;
    Muxer& operator=(const Muxer&) = delete;

    /// Adds a packet; its pts is at or after the origin and grows within its track, else it is left out. Unless live,
    /// the newest packet of a track waits for the next one, which tells its true duration.
    /// @error what the target answered; nothing more can be written then
    Status write(const Packet& packet);
    /// Adds a unit to the copied track, at once. Its dts is at or after the origin and grows.
    Status write(const CodedUnit& unit);
    /// From now on this meeting time is 0 in the file. What follows is later in the file than what is there.
    void setOrigin(MediaTime origin);
    /// What follows can be read by who begins here: a transport stream repeats its tables.
    Status beginSegment();
    /// Ends the fragment and gives its bytes to the target.
    Status flushFragment();
    /// Writes the trailer. Nothing can follow.
    Status finish();

private:
    struct State;
    explicit Muxer(std::unique_ptr<State> state);
    static void connect(State& state, const MuxSpec& spec);
    Status checked(int code, const char* what);
    Status emit(bool isVideo, std::int64_t next);

    std::unique_ptr<State> state_;
};

}  // namespace tessera

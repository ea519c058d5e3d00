#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/ids.h"
#include "mcu/base/params.h"
#include "mcu/media/sinks.h"
#include "mcu/meeting/encode_spec.h"

namespace tessera {

enum class OutputState { Connecting, Live, Retrying, Stopped, Failed };

constexpr std::string_view toString(OutputState state) {
    switch (state) {
        case OutputState::Connecting: return "connecting";
        case OutputState::Live: return "live";
        case OutputState::Retrying: return "retrying";
        case OutputState::Stopped: return "stopped";
        case OutputState::Failed: return "failed";
    }
    return "";
}

/// What an output tells about itself; readable by any thread.
struct OutputStats {
    OutputState state = OutputState::Connecting;
    std::uint64_t bytes = 0;
    std::uint64_t packetsDropped = 0;
    std::uint64_t reconnects = 0;
    Duration duration{};
    std::string lastError;
};

/// An edge that consumes one video and one audio rendition. The meeting offers both renditions' packets to it.
class Output : public PacketSink {
public:
    /// Ends in order: what was offered is written, files are finished. Returns within five seconds. May be called
    /// twice.
    /// @thread control
    virtual void stop() = 0;
    virtual OutputStats stats() const = 0;
    /// Says how to ask for a keyframe of its video from now on; those that never do ignore it.
    /// @param request  may be called by any thread
    /// @thread control
    virtual void setKeyframeRequest([[maybe_unused]] std::function<void()> request) {}
};

/// What a caller asks for.
struct OutputSpec {
    std::string kind = "recording";  ///< a row of the output catalog
    ViewId view;                     ///< empty = main
    bool audio = true;
    std::optional<VideoEncodeSpec> video;  ///< absent = what viewers of the view get in the kind's codec: it is shared
    Params params;                         ///< completed against the kind's rows
};

/// Where an output writes; empty for kinds that write no file.
struct OutputPlace {
    RecordingId recording;  ///< empty for kinds that record nothing
    std::string path;       ///< of the file or folder; of what is published "<meeting>/<view>"
};

/// What one output is made of: the encodes that it shares, and where it writes.
struct OutputRequest {
    std::string kind;
    Params params;
    std::optional<VideoEncodeSpec> video;
    std::optional<AudioEncodeSpec> audio;
    std::string path;  ///< as in OutputPlace
};

/// What the meeting must know of a kind before it makes one.
struct OutputTraits {
    VideoCodec video = VideoCodec::H264;  ///< unless the caller asks for another
    AudioEncodeSpec audio;
};

struct OutputInfo {
    OutputId id;
    OutputSpec spec;
    RecordingId recording;  ///< empty for kinds that record nothing
    OutputStats stats;
};

}  // namespace tessera

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/base/ids.h"
#include "mcu/base/params.h"
#include "mcu/media/sinks.h"
#include "mcu/media/source_feed.h"
#include "mcu/meeting/cue.h"
#include "mcu/meeting/encode_spec.h"

namespace tessera {

enum class OutputState { Connecting, Live, Paused, Retrying, Stopped, Failed };

constexpr std::string_view toString(OutputState state) {
    switch (state) {
        case OutputState::Connecting: return "connecting";
        case OutputState::Live: return "live";
        case OutputState::Paused: return "paused";
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
    std::optional<MediaTime> beginsAt;  ///< meeting time of its first media; of a recording its time 0
    int files = 0;                      ///< of a recording, begun so far
    std::string lastError;
};

/// A source as outputs hear of it that take sources.
struct OutputSource {
    SourceId id;
    SourceFeedPtr feed;
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
    /// Holds it, or lets it go on with a keyframe. May be called twice.
    /// @error unsupported: the kind cannot
    /// @thread control
    virtual Status setPaused([[maybe_unused]] bool paused) { return unsupported("this output cannot be paused"); }
    /// Takes a caption or a chapter; kinds that carry none ignore it. @thread control
    virtual void addCue([[maybe_unused]] const Cue& cue) {}
    /// Which sources there are from now on, for those that take sources; the others ignore it.
    /// @thread control
    virtual void setSources([[maybe_unused]] const std::vector<OutputSource>& sources) {}
};

/// A recording ends, rather than fill the disk, when less than this is free.
inline constexpr std::uint64_t kRecordingMinimumFree = 200ULL << 20U;

/// What a caller asks for.
struct OutputSpec {
    std::string kind = "recording";  ///< a row of the output catalog
    ViewId view;                     ///< empty = main
    bool audio = true;
    int targetLufs = 0;  ///< programme loudness that its sound is brought to, -40 to -10 LUFS; 0 = as it is mixed
    std::optional<VideoEncodeSpec> video;  ///< absent = what viewers of the view get in the kind's codec: it is shared
    Params params;                         ///< completed against the kind's rows
};

/// Where an output writes; empty for kinds that write no file.
struct OutputPlace {
    RecordingId recording;  ///< empty for kinds that record nothing
    std::string path;       ///< of the file or folder; of what is published "<meeting>/<view>"
    std::uint64_t minimumFree = kRecordingMinimumFree;  ///< bytes of its disk
};

/// What one output is made of: the encodes that it shares, and where it writes.
struct OutputRequest {
    std::string kind;
    Params params;
    std::optional<VideoEncodeSpec> video;
    std::optional<AudioEncodeSpec> audio;
    std::string path;                                   ///< as in OutputPlace
    std::uint64_t minimumFree = kRecordingMinimumFree;  ///< as in OutputPlace
};

/// What the meeting must know of a kind before it makes one.
struct OutputTraits {
    VideoCodec video = VideoCodec::H264;  ///< unless the caller asks for another
    AudioEncodeSpec audio;
    bool takesSources = false;  ///< what each source sends, and no encode
};

struct OutputInfo {
    OutputId id;
    OutputSpec spec;
    RecordingId recording;  ///< empty for kinds that record nothing
    OutputStats stats;
};

}  // namespace tessera

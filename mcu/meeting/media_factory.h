#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/audio/loudness.h"
#include "mcu/base/result.h"
#include "mcu/media/sinks.h"
#include "mcu/media/source_feed.h"
#include "mcu/meeting/encode_spec.h"
#include "mcu/meeting/output.h"
#include "mcu/scene/overlay.h"
#include "mcu/video/compositor.h"

namespace tessera {

/// Encodes pictures on a thread of its own. `offer` keeps at most two pictures waiting and drops the older. Pictures
/// that repeat the id of the one before for more than a second may be left out, down to two a second.
class VideoEncoder : public FrameSink {
public:
    /// Makes the next picture a keyframe; calls within a second of the last forced one are put off to the end of that
    /// second and become one.
    /// @thread any
    virtual void requestKeyframe() = 0;
    virtual std::uint64_t framesEncoded() const = 0;
    virtual std::uint64_t framesDropped() const = 0;
    virtual std::string name() const = 0;  ///< of the implementation: "x264", "openh264", "vp8"
};

/// Encodes sound on a thread of its own. `offer` keeps at most 200 ms waiting and drops the older.
class AudioEncoder : public BlockSink {
public:
    /// Another encoder that goes on where this one is, so that a listener who is moved from this one's packets to its
    /// hears no difference while both are offered the same.
    /// @return null where the codec cannot: then a new one is made
    /// @thread control; waits for the frame that is being encoded
    virtual std::unique_ptr<AudioEncoder> fork(PacketSink&) { return nullptr; }
    virtual std::uint64_t packetsEncoded() const = 0;
};

/// Where an ingest that can be played at will is.
struct Playback {
    Duration position{};  ///< since the begin of what is played
    Duration length{};    ///< 0 = not known
    bool paused = false;
};

/// The edge that fills a source. Destroying it ends it; the destructor returns within two seconds.
/// @thread control
class Ingest {
public:
    virtual ~Ingest() = default;

    /// Goes on from a position; one beyond the end is the end. @error unsupported: the kind cannot
    virtual Status seek(Duration position);
    /// Holds the picture in silence, or goes on. May be called twice. @error unsupported: the kind cannot
    virtual Status setPaused(bool paused);
    /// @return nothing for a kind that cannot be played at will
    virtual std::optional<Playback> playback() const { return std::nullopt; }
};

/// What to read, for every kind that needs no peer.
struct IngestSpec {
    std::string kind = "test";  ///< a row of the ingest catalog
    std::string name;           ///< shown in the picture
    Params params;              ///< of the kind's rows; those absent have their defaults
};

/// Makes everything that needs a library. Implemented by `pipelines`; tests use fakes.
/// @thread control
class MediaFactory {
public:
    virtual ~MediaFactory() = default;

    /// @error unsupported: no encoder for the codec on this machine
    virtual Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncodeSpec& spec, PacketSink& sink) = 0;
    virtual Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncodeSpec& spec, PacketSink& sink) = 0;
    /// @return null where loudness is not measured
    virtual std::shared_ptr<LoudnessMeter> createLoudnessMeter() { return nullptr; }
    /// @error invalid_argument, not_found: what the specification names is wrong or missing
    virtual Result<std::unique_ptr<Ingest>> createIngest(const IngestSpec& spec, const Timeline& timeline,
                                                         SourceFeedPtr feed) = 0;
    /// @param params  completed
    /// @error invalid_argument: there is no such kind
    virtual Result<OutputTraits> outputTraits(std::string_view kind, const Params& params) = 0;
    /// @error invalid_argument, unsupported, not_found, conflict, capacity: as the kind's page in the documentation
    /// says
    virtual Result<std::unique_ptr<Output>> createOutput(const OutputRequest& request) = 0;
    /// @param meeting  whose views are all drawn on one device
    virtual std::unique_ptr<Compositor> createCompositor(std::string_view meeting) = 0;
    virtual TextRasterizer& textRasterizer() = 0;
    /// @param name  of a PNG or JPEG file that configuration allows
    /// @error invalid_argument, not_found, unsupported: it is none, missing, or no files are allowed
    virtual Result<FramePtr> loadPicture(const std::string& name) = 0;
    /// The same as an overlay, as large as fits into `box`.
    virtual Result<OverlayPtr> loadOverlay(const std::string& name, Size box) = 0;
};

}  // namespace tessera

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/meeting/media_factory.h"
#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/reaper.h"
#include "mcu/meeting/rendition.h"

namespace tessera {

/// What one video rendition is of: equal keys share one encoder.
struct VideoRenditionKey {
    ViewId view;
    VideoEncodeSpec spec;
    auto operator<=>(const VideoRenditionKey&) const = default;
};

/// What one audio rendition is of. The mix leaves out one participant's voice, or nobody's when that id is empty.
struct AudioRenditionKey {
    ParticipantId excluded;
    AudioEncodeSpec spec;
    auto operator<=>(const AudioRenditionKey&) const = default;
};

struct VideoRendition {
    std::shared_ptr<Fanout> fanout;
    std::shared_ptr<VideoEncoder> encoder;  ///< offers to `fanout`
};

struct AudioRendition {
    std::optional<ParticipantId> continues;  ///< the mix that its encoder went on from; empty for the shared one
    std::shared_ptr<Fanout> fanout;
    std::shared_ptr<AudioEncoder> encoder;  ///< offers to `fanout`
};

/// The encodes of a meeting, each shared by everyone who wants exactly that. An encode begins with its first subscriber
/// and ends with its last. After a change the caller publishes plans anew, so that ticks feed the encoders that exist.
/// @thread control
class RenditionPool {
public:
    /// @param factory, reaper  outlive the pool
    RenditionPool(MediaFactory& factory, Reaper& reaper) : factory_(factory), reaper_(reaper) {}

    /// @error unsupported: no encoder for the codec
    Status subscribeVideo(const VideoRenditionKey& key, Fanout::Subscriber subscriber);
    /// @param heardBefore  what the subscriber's listener has heard so far: an encode that begins now goes on from it
    Status subscribeAudio(const AudioRenditionKey& key, Fanout::Subscriber subscriber,
                          const AudioRenditionKey* heardBefore = nullptr);

    /// Takes the subscriber off every rendition. The caller retires it.
    void unsubscribe(const PacketSink* subscriber);
    void unsubscribeAudio(const PacketSink* subscriber);

    /// Asks for a keyframe in whatever video the subscriber gets.
    void requestKeyframe(const PacketSink* subscriber);

    /// Asks for a keyframe of what the subscriber gets now, by any thread; without effect once that encode is gone.
    std::function<void()> keyframeRequest(const PacketSink* subscriber) const;

    bool usesView(const ViewId& view) const;
    const std::map<VideoRenditionKey, VideoRendition>& video() const { return video_; }
    const std::map<AudioRenditionKey, AudioRendition>& audio() const { return audio_; }
    std::vector<RenditionInfo> info() const;

    /// Ends every encode.
    void clear();

private:
    template <typename Renditions>
    void unsubscribeFrom(Renditions& renditions, const PacketSink* subscriber);

    // Borrowed
    MediaFactory& factory_;
    Reaper& reaper_;
    // Owned
    std::map<VideoRenditionKey, VideoRendition> video_;
    std::map<AudioRenditionKey, AudioRendition> audio_;
    std::map<const PacketSink*, VideoRenditionKey> watching_;
};

}  // namespace tessera

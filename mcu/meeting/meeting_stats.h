#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcu/audio/loudness.h"
#include "mcu/base/ids.h"
#include "mcu/base/time.h"

namespace tessera {

/// What one encode is and did.
struct RenditionInfo {
    std::string kind;  ///< video | audio
    std::string of;    ///< view id, or "shared", or the participant whose voice is left out
    std::string codec, encoder;
    int subscribers = 0;
    std::uint64_t encoded = 0, dropped = 0, bytes = 0, keyframes = 0;
    int targetLufs = 0;  ///< of AudioEncodeSpec
};

struct MeetingStats {
    MediaTime now{};
    std::uint64_t videoTicks = 0, videoSkipped = 0, videoLate = 0;
    std::uint64_t audioTicks = 0, audioSkipped = 0, audioLate = 0;
    double videoTickMsP50 = 0, videoTickMsP99 = 0, audioTickMsP50 = 0, audioTickMsP99 = 0;
    std::string_view videoFilter = "catmull_rom";  ///< the best that the tick has time for
    std::uint64_t videoFilterChanges = 0;
    std::optional<Loudness> loudness;  ///< of what is heard by who does not talk; absent where it is not measured
    std::vector<RenditionInfo> renditions;
};

/// Something that happened; `type` as in the REST contract ("participant.joined").
struct MeetingEvent {
    MeetingId meeting;
    std::string type;
    std::string subject;  ///< id of what it is about
    std::string detail;
    MediaTime at{};                                           ///< meeting time; 0 before the meeting begins
    std::vector<std::pair<std::string, std::string>> data{};  ///< more of it, by name
};

struct MeetingScore;

/// Who was heard last.
struct SpeakerOrder {
    MediaTime at{};
    std::vector<SourceId> sources;  ///< the active speaker's first; those that have not spoken are left out
};

/// Hears what happens. Called on the meeting's control thread: post and return.
class MeetingListener {
public:
    virtual ~MeetingListener() = default;
    virtual void onEvent(const MeetingEvent& event) = 0;
    /// What picture and sound are made of has changed.
    virtual void onScore(const MeetingId&, const std::shared_ptr<const MeetingScore>&) {}
    virtual void onSpeakers(const MeetingId&, const SpeakerOrder&) {}
};

}  // namespace tessera

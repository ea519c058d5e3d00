#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mcu/base/ids.h"
#include "mcu/base/time.h"
#include "mcu/meeting/audio_options.h"
#include "mcu/meeting/media_factory.h"
#include "mcu/meeting/meeting_stats.h"
#include "mcu/meeting/rtp_terms.h"
#include "mcu/scene/scene.h"

namespace tessera {

// What callers of a Meeting say and hear: plain values, copied across threads.

enum class MeetingState { Scheduled, Live, Ended };
enum class Role { Admin, Operator, Host, Presenter, Participant, Guest, Viewer };
enum class ParticipantState { Joining, Connected, Reconnecting, Left };

std::string_view toString(MeetingState state);
std::string_view toString(Role role);
std::string_view toString(ParticipantState state);
std::optional<Role> roleFromString(std::string_view text);

/// What everybody gets who does not ask for a particular encode.
struct EncodeSettings {
    int videoBitrateKbps = 2500;  ///< at 1280x720 and 30 fps; other canvases get a share by their size
    int audioBitrateKbps = 64;    ///< of peers
    int keyframeIntervalMs = 2000;
};

struct MeetingSettings {
    std::string name;
    Size canvas{1280, 720};  ///< of the view "main"; even, 160x90 to 3840x2160
    FrameRate rate{30, 1};   ///< 1 to 60 fps
    Scene scene;             ///< of the view "main"
    int maxParticipants = 200;
    EncodeSettings encode;
    int talkers = 8;  ///< most sources in the mix at a time
    AudioOptions audio;
    bool locked = false;  ///< nobody new may join
    bool recordOnStart = false;
    Duration playoutDelay = std::chrono::milliseconds(80);  ///< how far behind arrival both media are read
};

/// When a change is seen and heard.
struct Applied {
    MediaTime at{};          ///< meeting time of the tick
    std::int64_t frame = 0;  ///< index of the tick
};

struct MeetingInfo {
    MeetingId id;
    MeetingState state = MeetingState::Scheduled;
    MeetingSettings settings;
    int participants = 0;
    MediaTime now{};
};

/// Members that are absent stay as they are.
struct MeetingPatch {
    std::optional<std::string> name;
    std::optional<bool> locked;
    std::optional<int> maxParticipants;
    std::optional<int> talkers;
    std::optional<AudioOptions> audio;
};

struct ParticipantInfo {
    ParticipantId id;
    std::string identity;  ///< who, across reconnects
    std::string name;
    Role role = Role::Participant;
    ParticipantState state = ParticipantState::Joining;
    bool audioMuted = false, videoMuted = false, pinned = false, spotlight = false, handRaised = false;
    std::optional<bool> recordingConsent;  ///< to being recorded; absent until it is known
    double gainDb = 0;
    double levelDbov = -127;  ///< RFC 6464 scale: 0 loudest, -127 silence
    bool speaking = false;
    std::vector<SourceId> sources;
    bool receives = false;           ///< has a receiving connection
    std::optional<RtpEndpoint> rtp;  ///< our end of its connection over plain RTP
};

struct ParticipantPatch {
    std::optional<std::string> name;
    std::optional<bool> audioMuted, videoMuted, pinned, spotlight, handRaised, recordingConsent;
    std::optional<double> gainDb;  ///< -60 to 20
};

struct SourceInfo {
    SourceId id;
    std::string name;
    std::string kind;           ///< webrtc, rtp, or a row of the ingest catalog
    Params params;              ///< of an ingest
    ParticipantId participant;  ///< empty for none
    SourceState state = SourceState::Connecting;
    bool isScreen = false, audioMuted = false, videoMuted = false;
    double gainDb = 0;
    bool denoise = false, agc = false;  ///< in effect
    Orientation orientation;            ///< how its picture is turned to be shown
    Size size{};                        ///< of the picture as it comes
    double levelDbov = -127;
    std::optional<Loudness> loudness;  ///< while it is heard, before gain; absent where it is not measured
    std::uint64_t framesReceived = 0, framesDropped = 0, packetsReceived = 0, packetsLost = 0, decodeErrors = 0;
    std::uint64_t keyframeRequests = 0, concealedBlocks = 0, reconnects = 0, bytesReceived = 0;
    std::int64_t backlogMs = 0;
    std::string lastError;             ///< empty: none so far
    std::optional<Playback> playback;  ///< of what can be played at will
};

struct SourcePatch {
    std::optional<std::string> name;
    std::optional<bool> audioMuted, videoMuted, mirrored;
    std::optional<bool> denoise, agc;  ///< instead of the meeting's
    std::optional<double> gainDb;
    std::optional<int> rotation;  ///< degrees clockwise: 0, 90, 180 or 270
};

/// What a source that can be played at will shall do; members that are absent stay as they are.
struct PlayCommand {
    std::optional<Duration> position;
    std::optional<bool> paused;
};

struct ViewSpec {
    Size canvas{1280, 720};
    FrameRate rate{30, 1};  ///< must equal the meeting's in this version
    Scene scene;
};

struct ViewInfo {
    ViewId id;
    ViewSpec spec;
    std::uint64_t framesComposed = 0;
    double composeMsP50 = 0, composeMsP99 = 0;
};

struct ViewPatch {
    std::optional<Scene> scene;  ///< the whole new scene: callers merge
};

}  // namespace tessera

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "mcu/audio/audio_mixer.h"
#include "mcu/base/snapshot.h"
#include "mcu/base/task_queue.h"
#include "mcu/base/tick_thread.h"
#include "mcu/meeting/meeting.h"
#include "mcu/meeting/meeting_score.h"
#include "mcu/meeting/output_set.h"
#include "mcu/meeting/output_watch.h"
#include "mcu/meeting/peer_sessions.h"
#include "mcu/meeting/rendition_pool.h"
#include "mcu/meeting/roster.h"
#include "mcu/meeting/view_set.h"
#include "mcu/video/video_mixer.h"

namespace tessera {

/// The Meeting: brings every call to its control thread and lets its parts do the work; after each change it publishes
/// new plans for the ticks.
class LiveMeeting final : public Meeting, private PeerSessionListener {
public:
    LiveMeeting(MeetingId id, MeetingSettings settings, MediaFactory& factory, PeerFactory& peers, const Clock& clock,
                MeetingListener& listener);
    ~LiveMeeting() override;

    Status start() override;
    Status end() override;
    const MeetingId& id() const override { return id_; }
    Result<MeetingInfo> info() override;
    Result<Applied> update(const MeetingPatch& patch) override;
    Result<MeetingStats> stats() override;

    Result<std::vector<ParticipantInfo>> participants() override;
    Result<ParticipantInfo> participant(const ParticipantId& id) override;
    Result<Applied> updateParticipant(const ParticipantId& id, const ParticipantPatch& patch) override;
    Result<Applied> removeParticipant(const ParticipantId& id) override;
    Result<Applied> muteAll() override;
    Status requestKeyframe(const ParticipantId& id) override;

    Result<std::vector<SourceInfo>> sources() override;
    Result<SourceInfo> source(const SourceId& id) override;
    Result<SourceInfo> addSource(const IngestSpec& spec) override;
    Result<Applied> updateSource(const SourceId& id, const SourcePatch& patch) override;
    Result<SourceInfo> playSource(const SourceId& id, const PlayCommand& command) override;
    Result<Applied> removeSource(const SourceId& id) override;

    Result<std::vector<ViewInfo>> views() override;
    Result<ViewInfo> view(const ViewId& id) override;
    Result<ViewInfo> addView(const ViewSpec& spec) override;
    Result<Applied> updateView(const ViewId& id, const ViewPatch& patch) override;
    Result<Applied> removeView(const ViewId& id) override;
    Result<FramePtr> viewPicture(const ViewId& id) override;
    Result<FramePtr> sourcePicture(const SourceId& id) override;

    Result<std::vector<OverlayInfo>> overlays(const ViewId& view) override;
    Result<OverlayInfo> overlay(const ViewId& view, const OverlayId& id) override;
    Result<OverlayInfo> addOverlay(const ViewId& view, const OverlaySpec& spec) override;
    Result<Applied> updateOverlay(const ViewId& view, const OverlayId& id, const OverlaySpec& spec) override;
    Result<Applied> removeOverlay(const ViewId& view, const OverlayId& id) override;

    Result<std::vector<OutputInfo>> outputs() override;
    Result<OutputInfo> output(const OutputId& id) override;
    Result<OutputInfo> addOutput(const OutputSpec& spec, const OutputPlace& place) override;
    Result<OutputInfo> pauseOutput(const OutputId& id, bool paused) override;
    Result<OutputInfo> removeOutput(const OutputId& id) override;
    Result<Cue> addCue(const Cue& cue) override;

    void join(JoinSpec spec, std::function<void(Result<JoinReply>)> reply) override;
    Status trickle(const PeerId& peer, const std::string& sdpFragment) override;
    Status leave(const PeerId& peer) override;

private:
    /// Runs `function` on control and waits.
    template <typename Function>
    auto onControl(Function function) -> decltype(function()) {
        return control_.call(std::chrono::seconds(2), std::move(function));
    }

    void onPeerConnected(PeerSession& session) override;
    void onPeerSilence(PeerSession& session) override;
    void onPeerKeyframeRequest(PeerSession& session) override;
    void onPeerClosed(PeerSession& session, const Error& reason) override;

    Status requireLive() const;
    Applied publish();
    void emit(std::string_view type, const std::string& subject, const std::string& detail = {});
    void emit(MeetingEvent event);
    void tell(const std::vector<OutputChange>& changes);
    void watchOutputs();
    void endOnControl();
    void watchTalkers();
    void tellScore(MediaTime at);
    void tellSpeakers(MediaTime now);
    std::vector<OutputSource> outputSources() const;
    Result<OutputInfo> addOutputOfSources(const OutputSpec& spec, const OutputPlace& place);
    void requestKeyframes();

    void admit(const JoinSpec& spec, std::function<void(Result<JoinReply>)> reply);
    Result<Participant*> seat(const JoinSpec& spec);
    void attachSource(const PeerSession& session, SourceFeedPtr feed);
    AudioEncodeSpec peerAudioEncode() const { return {AudioCodec::Opus, settings_.encode.audioBitrateKbps}; }
    Status subscribe(PeerSession& session);
    void chooseMix(PeerSession& session);
    bool settleMix(PeerSession& session, bool atOnce);
    bool prefersPersonalMix(const PeerSession& session) const;
    AudioRenditionKey audioKey(const PeerSession& session, bool personal) const;
    void holdBack(Participant& participant);
    bool isCrowded() const;
    void dropPeer(PeerSession& session);
    void unseat(const ParticipantId& id);
    ParticipantInfo describe(const Participant& participant);

    // Borrowed
    MediaFactory& factory_;
    const Clock& clock_;
    MeetingListener& listener_;
    // Owned
    const MeetingId id_;
    Reaper reaper_;
    TaskQueue control_{"control"};
    Snapshot<VideoPlan> videoPlan_;
    Snapshot<AudioPlan> audioPlan_;
    VideoMixer videoMixer_;
    AudioMixer audioMixer_;
    std::shared_ptr<LoudnessMeter> loudness_;  ///< of the full mix; null where it is not measured
    std::unique_ptr<Timeline> timeline_;       ///< from start on
    std::unique_ptr<TickThread> videoTicks_;   ///< from start on; stopped, but kept for its statistics, after the end
    std::unique_ptr<TickThread> audioTicks_;
    // State, control only
    MeetingState state_ = MeetingState::Scheduled;
    MeetingSettings settings_;
    Roster roster_;
    ViewSet views_;
    RenditionPool renditions_;
    OutputSet outputs_;
    OutputWatch outputWatch_;
    PeerSessions sessions_;
    ParticipantId activeSpeaker_;
    MeetingScorePtr score_;  ///< as it was told last
    std::vector<SourceId> speakers_;
    int nextParticipantNumber_ = 0;
};

}  // namespace tessera

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mcu/meeting/join.h"
#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/overlay_set.h"
#include "mcu/meeting/peer.h"

namespace tessera {

/// One meeting: a timeline with its participants, sources, views, mixes, renditions and outputs. Aggregate root; it
/// delegates. All mutable state belongs to its control thread; every call below posts there and waits at most two
/// seconds.
///
/// @thread any but the meeting's own threads; every call may answer timeout
class Meeting {
public:
    /// @param factory, peers, clock, listener  outlive the meeting
    static std::unique_ptr<Meeting> create(MeetingId id, MeetingSettings settings, MediaFactory& factory,
                                           PeerFactory& peers, const Clock& clock, MeetingListener& listener);
    virtual ~Meeting() = default;

    /// Whether a meeting can be made of these settings. @error invalid_argument with `field`
    static Status validate(const MeetingSettings& settings);

    /// Scheduled -> live: the epoch is now, ticks begin. @error conflict: not scheduled
    virtual Status start() = 0;
    /// Live -> ended: peers are closed, outputs finished. Within ten seconds. May be called twice.
    virtual Status end() = 0;

    virtual const MeetingId& id() const = 0;
    virtual Result<MeetingInfo> info() = 0;
    virtual Result<Applied> update(const MeetingPatch& patch) = 0;
    virtual Result<MeetingStats> stats() = 0;

    virtual Result<std::vector<ParticipantInfo>> participants() = 0;
    virtual Result<ParticipantInfo> participant(const ParticipantId& id) = 0;
    virtual Result<Applied> updateParticipant(const ParticipantId& id, const ParticipantPatch& patch) = 0;
    /// Closes the participant's peers and removes their sources.
    virtual Result<Applied> removeParticipant(const ParticipantId& id) = 0;
    virtual Result<Applied> muteAll() = 0;
    virtual Status requestKeyframe(const ParticipantId& id) = 0;

    virtual Result<std::vector<SourceInfo>> sources() = 0;
    virtual Result<SourceInfo> source(const SourceId& id) = 0;
    virtual Result<SourceInfo> addSource(const IngestSpec& spec) = 0;
    virtual Result<Applied> updateSource(const SourceId& id, const SourcePatch& patch) = 0;
    /// @error unsupported: the source cannot
    virtual Result<SourceInfo> playSource(const SourceId& id, const PlayCommand& command) = 0;
    virtual Result<Applied> removeSource(const SourceId& id) = 0;

    virtual Result<std::vector<ViewInfo>> views() = 0;
    virtual Result<ViewInfo> view(const ViewId& id) = 0;
    virtual Result<ViewInfo> addView(const ViewSpec& spec) = 0;
    virtual Result<Applied> updateView(const ViewId& id, const ViewPatch& patch) = 0;
    /// @error conflict: "main", or an output or peer still uses it
    virtual Result<Applied> removeView(const ViewId& id) = 0;

    /// The next picture of a view, as it is composed; waits up to two seconds more.
    /// @error timeout; conflict: the meeting is not live
    virtual Result<FramePtr> viewPicture(const ViewId& id) = 0;
    /// The newest picture of a source, as it came. @error not_found: the source, or it has no picture
    virtual Result<FramePtr> sourcePicture(const SourceId& id) = 0;

    virtual Result<std::vector<OverlayInfo>> overlays(const ViewId& view) = 0;
    virtual Result<OverlayInfo> overlay(const ViewId& view, const OverlayId& id) = 0;
    /// @error as OverlaySet::add; not_found: the view
    virtual Result<OverlayInfo> addOverlay(const ViewId& view, const OverlaySpec& spec) = 0;
    /// @param spec  the whole new overlay: callers merge
    virtual Result<Applied> updateOverlay(const ViewId& view, const OverlayId& id, const OverlaySpec& spec) = 0;
    virtual Result<Applied> removeOverlay(const ViewId& view, const OverlayId& id) = 0;

    virtual Result<std::vector<OutputInfo>> outputs() = 0;
    virtual Result<OutputInfo> output(const OutputId& id) = 0;
    /// @param place  what the caller has prepared for it
    /// @error as MediaFactory::createOutput; not_found: the view; unsupported: the video is not the view's
    virtual Result<OutputInfo> addOutput(const OutputSpec& spec, const OutputPlace& place) = 0;
    /// Holds an output, or lets it go on. @error as Output::setPaused
    virtual Result<OutputInfo> pauseOutput(const OutputId& id, bool paused) = 0;
    /// Stops and removes it; its last statistics are returned.
    virtual Result<OutputInfo> removeOutput(const OutputId& id) = 0;

    /// Gives a caption or a chapter, which begins now, to the outputs. @return the cue with its time
    virtual Result<Cue> addCue(const Cue& cue) = 0;

    /// Admits a WebRTC peer; `reply` is called once, on another thread, within three seconds.
    virtual void join(JoinSpec spec, std::function<void(Result<JoinReply>)> reply) = 0;
    virtual Status trickle(const PeerId& peer, const std::string& sdpFragment) = 0;
    /// The peer leaves now, without grace.
    virtual Status leave(const PeerId& peer) = 0;
};

}  // namespace tessera

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/audio/audio_plan.h"
#include "mcu/meeting/meeting_score.h"
#include "mcu/meeting/rendition_pool.h"
#include "mcu/meeting/roster.h"
#include "mcu/meeting/view_set.h"
#include "mcu/video/video_plan.h"

namespace tessera {

/// What is to be other than the score says.
struct ScoreVariant {
    ViewId view;                 ///< of the score, whose picture is made; empty = main
    std::optional<Size> canvas;  ///< corners and borders keep their share of its height
    std::optional<FrameRate> rate;
    std::optional<std::string> layout;  ///< with `params`, instead of the score's at every moment
    LayoutParams params;
    std::vector<std::string> exclude;  ///< ids of participants and sources, and names: neither seen nor heard
};

/// The sources and the one view of a meeting as its score says, without anybody in it: what `plans.h` makes plans of.
/// @thread one at a time
class ScoreStage {
public:
    /// @param factory  outlives the stage
    /// @param first    that has the variant's view: its canvas and rate stay those of the stage
    /// @error not_found: it has no such view; invalid_argument: the variant cannot be drawn
    static Result<std::unique_ptr<ScoreStage>> create(MediaFactory& factory, ScoreVariant variant,
                                                      const MeetingScore& first);

    /// Brings everything to what the score says. What cannot be made again, as an image that is gone, is left out and
    /// told by `takeWarnings`.
    void perform(const MeetingScore& score);

    /// @param wallAtEpoch  UTC since 1970 at the meeting's epoch
    std::shared_ptr<const VideoPlan> videoPlan(const std::shared_ptr<FrameSink>& sink, Duration wallAtEpoch);
    std::shared_ptr<const AudioPlan> audioPlan(const std::shared_ptr<BlockSink>& sink) const;

    const Roster& roster() const { return roster_; }
    const ViewSpec& view() const { return views_.find(ViewId())->spec; }
    Duration playoutDelay() const { return settings_.playoutDelay; }

    /// Whether the variant leaves the source out.
    static bool isExcluded(const ScoreVariant& variant, const ScoreSource& source);

    std::vector<std::string> takeWarnings() { return std::exchange(warnings_, {}); }

private:
    ScoreStage(MediaFactory& factory, ScoreVariant variant, ViewSpec spec, int originalHeight);
    static const ScoreView* viewOf(const MeetingScore& score, const ViewId& id);
    void seat(const ScoreSource& scored);
    void arrange(const ScoreView& scored);
    void overlay(const ScoreView& scored);
    void warn(std::string text);

    // Borrowed
    MediaFactory& factory_;
    // Owned
    const ScoreVariant variant_;
    const int originalHeight_;
    Reaper reaper_;
    Roster roster_{reaper_};
    ViewSet views_;
    RenditionPool renditions_{factory_, reaper_};  ///< none: the pictures go to a sink
    // State
    MeetingSettings settings_;
    std::map<OverlayId, OverlayInfo> overlays_;  ///< of the score, as they are on the view
    std::vector<std::string> warnings_, warned_;
};

}  // namespace tessera

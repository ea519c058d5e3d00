#pragma once

#include <memory>

#include "mcu/audio/audio_plan.h"
#include "mcu/meeting/rendition_pool.h"
#include "mcu/meeting/roster.h"
#include "mcu/meeting/view_set.h"
#include "mcu/video/video_plan.h"

namespace tessera {

/// What the ticks are to do, from what control knows. Pure.
/// @param wallAtEpoch  UTC since 1970 at the meeting's epoch
/// @thread control
std::shared_ptr<const VideoPlan> makeVideoPlan(const MeetingSettings& settings, const Roster& roster,
                                               const ViewSet& views, const RenditionPool& renditions,
                                               Duration wallAtEpoch);
/// @param loudness  measures the full mix, whoever listens to it; may be null
std::shared_ptr<const AudioPlan> makeAudioPlan(const MeetingSettings& settings, const Roster& roster,
                                               const RenditionPool& renditions,
                                               const std::shared_ptr<LoudnessMeter>& loudness);
/// The same without a mix: what is heard of each source.
std::shared_ptr<AudioPlan> makeAudioPlan(const MeetingSettings& settings, const Roster& roster);

}  // namespace tessera

#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "mcu/meeting/score_stage.h"

#include "pipelines/render/recorded_meeting.h"

namespace tessera {

/// What is to be made of a recorded meeting.
struct RenderOptions {
    ScoreVariant variant;
    Duration from{};                ///< since the recording's begin
    std::optional<Duration> to;     ///< absent = its end
    int bitrateKbps = 0;            ///< of the picture; 0 = as viewers of such a view get it
    std::string container = "mp4";  ///< mp4 | mkv
};

/// Lets others see how far it is, and end it. @thread any
struct RenderControl {
    std::atomic<bool> isCancelled{false};
    std::atomic<int> permille{0};  ///< of the media that is to be made
};

struct RenderReport {
    MediaTime beginsAt{};  ///< meeting time of the programme's time 0
    Duration duration{};
    std::uint64_t pictures = 0;
    Size canvas;
    FrameRate rate;
    std::vector<std::string> warnings;  ///< what is missing, and why
};

/// Whether the options can be used for that meeting.
/// @error invalid_argument with `field`: a range that is empty, who is excluded and was not there, a canvas, rate or
///        layout that cannot be drawn; not_found: the view
Status checkRender(const RecordedMeeting& meeting, const RenderOptions& options, MediaFactory& factory);

/// Makes a programme of a recorded meeting, as fast as the machine can: with the compositor, the mixers and the
/// encoders of live meetings, on the same ticks, so that what is not to be other than it was is what viewers got. Time
/// 0 of the file shows and sounds what the recorded files hold at `from`.
///
/// What cannot be read or made again is left out and told in the report.
/// @param factory  of whoever renders: compositor, texts, images
/// @param path     of the new file: fragmented MP4, or Matroska without an index
/// @error as checkRender; timeout: cancelled; those of ProgramWriter. Nothing is left of the file then
/// @thread any that may wait; takes as long as it takes
Result<RenderReport> render(const RecordedMeeting& meeting, const RenderOptions& options, const std::string& path,
                            MediaFactory& factory, RenderControl& control);

}  // namespace tessera

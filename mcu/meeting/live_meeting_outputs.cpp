// What outputs are told, and what they say of themselves.

#include "mcu/base/log.h"
#include "mcu/meeting/live_meeting.h"

namespace tessera {
namespace {

/// How often outputs are looked at: below what a person notices, far above the cost of reading some counters.
constexpr Duration kOutputWatch = std::chrono::milliseconds(200);

}  // namespace

void LiveMeeting::watchOutputs() {
    if (state_ != MeetingState::Live) return;
    for (const auto& output : outputs_.all()) tell(outputWatch_.look(output));
    control_.postDelayed(kOutputWatch, [this] { watchOutputs(); });
}

void LiveMeeting::tell(const std::vector<OutputChange>& changes) {
    for (const auto& change : changes) {
        log(LogLevel::Info, "meeting", change.type,
            {{"meeting", id_.toString()}, {"subject", change.subject}, {"detail", change.detail}});
        emit({.type = change.type,
              .subject = change.subject,
              .detail = change.detail,
              .at = timeline_ ? timeline_->now() : MediaTime{},
              .data = change.data});
    }
}

Result<OutputInfo> LiveMeeting::pauseOutput(const OutputId& id, bool paused) {
    return onControl([this, id, paused]() -> Result<OutputInfo> {
        TESSERA_TRY(outputs_.setPaused(id, paused));
        auto info = outputs_.info(id);
        tell(outputWatch_.look(*info));
        return info;
    });
}

Result<Cue> LiveMeeting::addCue(const Cue& cue) {
    return onControl([this, cue]() -> Result<Cue> {
        TESSERA_TRY(requireLive());
        auto timed = cue;
        timed.at = timeline_->now();
        outputs_.addCue(timed);
        const bool isCaption = cue.kind == CueKind::Caption;
        emit({.type = isCaption ? "caption.added" : "chapter.added",
              .detail = cue.text,
              .at = timed.at,
              .data = {{"duration_ms", std::to_string(toMilliseconds(cue.duration))}, {"language", cue.language}}});
        return timed;
    });
}

}  // namespace tessera

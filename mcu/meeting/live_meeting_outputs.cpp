// Events of outputs: the part of LiveMeeting that looks at what they say of themselves.

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
        listener_.onEvent({.meeting = id_,
                           .type = change.type,
                           .subject = change.subject,
                           .detail = change.detail,
                           .at = timeline_ ? timeline_->now() : MediaTime{},
                           .data = change.data});
    }
}

}  // namespace tessera

// What LiveMeeting tells so that its picture and sound can be made again: the score, who speaks, and the sources
// themselves.

#include "mcu/meeting/live_meeting.h"
#include "mcu/meeting/score.h"

namespace tessera {

void LiveMeeting::tellScore(MediaTime at) {
    auto score = std::make_shared<MeetingScore>(makeScore(settings_, roster_, views_));
    if (score_ && isSameScore(*score_, *score)) return;
    score->at = at;
    score_ = std::move(score);
    listener_.onScore(id_, score_);
}

void LiveMeeting::tellSpeakers(MediaTime now) {
    auto order = speakerOrder(roster_);
    if (order == speakers_) return;
    speakers_ = std::move(order);
    listener_.onSpeakers(id_, {now, speakers_});
}

std::vector<OutputSource> LiveMeeting::outputSources() const {
    std::vector<OutputSource> sources;
    for (const auto& source : roster_.sources()) sources.push_back({source->id, source->feed});
    return sources;
}

Result<OutputInfo> LiveMeeting::addOutputOfSources(const OutputSpec& spec, const OutputPlace& place) {
    auto added = outputs_.addOfSources(spec, place, [this] { control_.post([this] { requestKeyframes(); }); });
    if (!added) return added;
    publish();
    requestKeyframes();
    tell(outputWatch_.added(*added));
    return added;
}

void LiveMeeting::requestKeyframes() {
    for (auto* session : sessions_.all()) {
        if (session->peer) session->peer->requestKeyframe();
    }
}

}  // namespace tessera

#include "mcu/meeting/score.h"

#include <algorithm>
#include <tuple>

namespace tessera {
namespace {

ScoreSource makeSource(const Source& source, const AudioOptions& audio) {
    const Participant* owner = source.owner;
    return {.id = source.id,
            .name = source.name,
            .kind = source.kind,
            .params = source.params,
            .participant = source.participant,
            .isScreen = source.isScreen,
            .audioMuted = source.audioMuted || (owner != nullptr && owner->audioMuted),
            .videoMuted = source.videoMuted || (owner != nullptr && owner->videoMuted),
            .pinned = owner != nullptr && owner->pinned,
            .spotlight = owner != nullptr && owner->spotlight,
            .gainDb = source.gainDb + (owner == nullptr ? 0 : owner->gainDb),
            .denoise = source.denoise.value_or(audio.denoise),
            .agc = source.agc.value_or(audio.agc),
            .orientation = source.orientation};
}

bool isSameSource(const ScoreSource& a, const ScoreSource& b) {
    const auto all = [](const ScoreSource& s) {
        return std::tie(s.id, s.name, s.kind, s.params, s.participant, s.isScreen, s.audioMuted, s.videoMuted, s.pinned,
                        s.spotlight, s.gainDb, s.denoise, s.agc, s.orientation);
    };
    return all(a) == all(b);
}

bool isSameView(const ScoreView& a, const ScoreView& b) {
    const auto all = [](const ScoreView& v) { return std::tie(v.id, v.spec.canvas, v.spec.rate, v.spec.scene); };
    return all(a) == all(b) && std::equal(a.overlays.begin(), a.overlays.end(), b.overlays.begin(), b.overlays.end(),
                                          [](const OverlayInfo& one, const OverlayInfo& other) {
                                              return one.id == other.id && one.spec == other.spec;
                                          });
}

}  // namespace

MeetingScore makeScore(const MeetingSettings& settings, const Roster& roster, const ViewSet& views) {
    MeetingScore score{.rate = settings.rate,
                       .playoutDelay = settings.playoutDelay,
                       .talkers = settings.talkers,
                       .audio = settings.audio};
    for (const auto& source : roster.sources()) score.sources.push_back(makeSource(*source, settings.audio));
    for (const auto& [id, view] : views.all()) score.views.push_back({id, view.spec, view.overlays.all()});
    return score;
}

bool isSameScore(const MeetingScore& a, const MeetingScore& b) {
    const auto plain = [](const MeetingScore& s) { return std::tie(s.rate, s.playoutDelay, s.talkers, s.audio); };
    return plain(a) == plain(b) &&
           std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(), isSameSource) &&
           std::equal(a.views.begin(), a.views.end(), b.views.begin(), b.views.end(), isSameView);
}

std::vector<SourceId> speakerOrder(const Roster& roster) {
    std::vector<std::pair<int, const Source*>> ranked;
    for (const auto& source : roster.sources()) {
        const int rank = source->feed->meter.speakerRank();
        if (rank >= 0) ranked.emplace_back(rank, source.get());
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<SourceId> order;
    order.reserve(ranked.size());
    for (const auto& [rank, source] : ranked) order.push_back(source->id);
    return order;
}

}  // namespace tessera

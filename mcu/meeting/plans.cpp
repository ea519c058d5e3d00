#include "mcu/meeting/plans.h"

#include <cmath>

namespace tessera {
namespace {

float toLinear(double db) {
    return static_cast<float>(std::pow(10.0, db / 20));
}

int numberOf(const Participant* participant) {
    return participant == nullptr ? kNobody : participant->number;
}

AudioPlanMix& mixWithout(int participant, AudioPlan& plan) {
    for (auto& mix : plan.mixes) {
        if (mix.excludeParticipant == participant) return mix;
    }
    return plan.mixes.emplace_back(AudioPlanMix{.excludeParticipant = participant, .continues = {}, .sinks = {}});
}

}  // namespace

std::shared_ptr<const VideoPlan> makeVideoPlan(const MeetingSettings& settings, const Roster& roster,
                                               const ViewSet& views, const RenditionPool& renditions,
                                               Duration wallAtEpoch) {
    auto plan = std::make_shared<VideoPlan>();
    plan->wallAtEpoch = wallAtEpoch;
    plan->rate = settings.rate;
    plan->playoutDelay = settings.playoutDelay;
    for (const auto& source : roster.sources()) {
        const auto* owner = source->owner;
        plan->sources.push_back({.feed = source->feed,
                                 .id = source->id.toString(),
                                 .participant = source->participant.toString(),
                                 .isScreen = source->isScreen,
                                 .videoMuted = source->videoMuted || (owner != nullptr && owner->videoMuted),
                                 .pinned = owner != nullptr && owner->pinned,
                                 .spotlight = owner != nullptr && owner->spotlight,
                                 .orientation = source->orientation,
                                 .labels = source->labels,
                                 .avatars = source->avatars});
    }
    for (const auto& [id, view] : views.all()) {
        VideoPlanView planned{.view = view.view,
                              .scene = view.spec.scene,
                              .canvas = view.spec.canvas,
                              .sinks = view.watchers,
                              .backgroundImage = view.backgroundImage,
                              .overlays = view.overlays.planned()};
        planned.placesSound = settings.audio.stereo && id == ViewSet::mainId();
        for (const auto& [key, rendition] : renditions.video()) {
            if (key.view == id) planned.sinks.push_back(rendition.encoder);
        }
        plan->views.push_back(std::move(planned));
    }
    return plan;
}

std::shared_ptr<AudioPlan> makeAudioPlan(const MeetingSettings& settings, const Roster& roster) {
    auto plan = std::make_shared<AudioPlan>();
    plan->playoutDelay = settings.playoutDelay;
    plan->talkers = settings.talkers;
    plan->stereo = settings.audio.stereo;
    for (const auto& source : roster.sources()) {
        const auto* owner = source->owner;
        plan->sources.push_back({.feed = source->feed,
                                 .gain = toLinear(source->gainDb + (owner == nullptr ? 0 : owner->gainDb)),
                                 .muted = source->audioMuted || (owner != nullptr && owner->audioMuted),
                                 .heldBack = owner != nullptr && owner->heldBack,
                                 .participant = numberOf(owner),
                                 .loudness = source->loudness});
    }
    return plan;
}

std::shared_ptr<const AudioPlan> makeAudioPlan(const MeetingSettings& settings, const Roster& roster,
                                               const RenditionPool& renditions,
                                               const std::shared_ptr<LoudnessMeter>& loudness) {
    auto plan = makeAudioPlan(settings, roster);
    for (const auto& [key, rendition] : renditions.audio()) {
        auto& mix = mixWithout(numberOf(roster.find(key.excluded)), *plan);
        if (rendition.continues) mix.continues = numberOf(roster.find(*rendition.continues));
        mix.sinks.push_back(rendition.encoder);
    }
    if (loudness) mixWithout(kNobody, *plan).sinks.push_back(loudness);
    return plan;
}

}  // namespace tessera

#include "mcu/video/video_mixer.h"

#include <algorithm>
#include <array>

namespace tessera {
namespace {

void assignChanged(const std::array<OverlayPtr, kTileScales>& from, std::array<OverlayPtr, kTileScales>& to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to[i] != from[i]) to[i] = from[i];
    }
}

}  // namespace

void VideoMixer::tick(std::int64_t n) {
    const auto plan = plan_.load();
    const MediaTime pts(plan->rate.tickTime(n));
    const auto begin = clock_.now();
    // Half a period ahead: a held picture is then as often early as late against its sound, not always late.
    gather(*plan, pts - plan->playoutDelay + plan->rate.period() / 2);
    for (const auto& view : plan->views) {
        if (!view.sinks.empty()) submit(*plan, view, pts);
    }
    for (const auto& view : plan->views) {
        if (!view.sinks.empty()) publish(view);
    }
    frames_.clear();
    if (shedder_.onTick(clock_.now() - begin, plan->rate.period())) {
        filter_.store(shedder_.filter(), std::memory_order_relaxed);
        filterChanges_.add();
    }
}

void VideoMixer::gather(const VideoPlan& plan, MediaTime t) {
    frames_.resize(plan.sources.size());
    // Kept from tick to tick: what did not change is then assigned to itself, without counting references.
    stage_.resize(plan.sources.size());
    for (std::size_t i = 0; i < stage_.size(); ++i) {
        const VideoPlanSource& source = plan.sources[i];
        StageSource& staged = stage_[i];
        frames_[i] = source.videoMuted ? nullptr : source.feed->video.take(t);
        staged.id = source.id;
        staged.participant = source.participant;
        staged.traits = {.isScreen = source.isScreen,
                         .hasVideo = frames_[i] != nullptr,
                         .pinned = source.pinned,
                         .spotlight = source.spotlight,
                         .speakerRank = source.feed->meter.speakerRank()};
        staged.orientation = source.orientation;
        staged.pictureAge = frames_[i] ? t - frames_[i]->pts : Duration{};
        assignChanged(source.labels, staged.labels);
        assignChanged(source.avatars, staged.avatars);
    }
}

void VideoMixer::submit(const VideoPlan& plan, const VideoPlanView& planned, MediaTime pts) {
    View& view = *planned.view;
    const auto begin = clock_.now();
    resolve(planned.scene, planned.canvas, stage_, view.scratch, view.composition);
    if (planned.placesSound) placeSound(plan, planned);
    view.frames.assign(frames_.begin(), frames_.end());
    view.transition.apply(planned.scene.transition, pts, stage_, view.frames, view.composition);
    for (Layer& layer : view.composition.layers) layer.filter = std::max(layer.filter, shedder_.filter());
    view.composition.backgroundImage = planned.backgroundImage;
    const Duration wall = plan.wallAtEpoch + pts.time_since_epoch();
    for (const auto& overlay : planned.overlays) {
        placeOverlay(*overlay, pts, wall, planned.canvas, view.composition.overlays);
    }
    view.compositor->submit(view.composition, view.frames, pts);
    view.spent = clock_.now() - begin;
}

/// By the arrangement that is asked for: sound is not faded with its tile.
void VideoMixer::placeSound(const VideoPlan& plan, const VideoPlanView& planned) {
    for (const auto& layer : planned.view->composition.layers) {
        if (layer.source < 0) continue;
        const auto middle = static_cast<float>(layer.rect.x) + static_cast<float>(layer.rect.width) / 2;
        auto& treatment = plan.sources[static_cast<std::size_t>(layer.source)].feed->treatment;
        treatment.place.store(2 * middle / static_cast<float>(planned.canvas.width) - 1, std::memory_order_relaxed);
    }
}

void VideoMixer::publish(const VideoPlanView& planned) {
    View& view = *planned.view;
    const auto begin = clock_.now();
    auto frame = view.compositor->collect();
    view.frames.clear();
    view.spent += clock_.now() - begin;
    view.composeUs.record(static_cast<std::uint64_t>(view.spent.count() / 1000));
    if (!frame) {
        view.composeErrors.add();
        return;
    }
    view.framesComposed.add();
    for (const auto& sink : planned.sinks) sink->offer(*frame);
}

}  // namespace tessera

#include "mcu/meeting/score_stage.h"

#include <algorithm>
#include <cmath>

#include "mcu/meeting/plans.h"

namespace tessera {
namespace {

int scaledEven(int pixels, int height, int originalHeight, int most) {
    const double scaled = static_cast<double>(pixels) * height / originalHeight;
    return std::clamp(2 * static_cast<int>(std::lround(scaled / 2)), 0, most);
}

/// The scene of the score as the variant wants it.
Scene vary(const Scene& scored, const ScoreVariant& variant, int height, int originalHeight) {
    Scene scene = scored;
    if (variant.layout) {
        scene.layout = *variant.layout;
        scene.params = variant.params;
    }
    scene.cornerRadius = scaledEven(scored.cornerRadius, height, originalHeight, kMaximumCornerRadius);
    scene.border = scaledEven(scored.border, height, originalHeight, kMaximumBorder);
    return scene;
}

}  // namespace

const ScoreView* ScoreStage::viewOf(const MeetingScore& score, const ViewId& id) {
    const auto& wanted = id.isEmpty() ? ViewSet::mainId() : id;
    const auto found =
        std::find_if(score.views.begin(), score.views.end(), [&](const ScoreView& view) { return view.id == wanted; });
    return found == score.views.end() ? nullptr : &*found;
}

bool ScoreStage::isExcluded(const ScoreVariant& variant, const ScoreSource& source) {
    return std::any_of(variant.exclude.begin(), variant.exclude.end(), [&](const std::string& each) {
        return each == source.id.toString() || each == source.name ||
               (!source.participant.isEmpty() && each == source.participant.toString());
    });
}

Result<std::unique_ptr<ScoreStage>> ScoreStage::create(MediaFactory& factory, ScoreVariant variant,
                                                       const MeetingScore& first) {
    const ScoreView* scored = viewOf(first, variant.view);
    if (scored == nullptr)
        return Error{ErrorCode::NotFound, "the recording has no view " + variant.view.toString(), "view"};
    ViewSpec spec = scored->spec;
    spec.canvas = variant.canvas.value_or(spec.canvas);
    spec.rate = variant.rate.value_or(first.rate);
    spec.scene = vary(spec.scene, variant, spec.canvas.height, scored->spec.canvas.height);
    TESSERA_TRY(ViewSet::validate(spec));
    spec.scene.backgroundImage.clear();  // until `perform`, which tells what is missing
    return std::unique_ptr<ScoreStage>(
        new ScoreStage(factory, std::move(variant), std::move(spec), scored->spec.canvas.height));
}

ScoreStage::ScoreStage(MediaFactory& factory, ScoreVariant variant, ViewSpec spec, int originalHeight)
    : factory_(factory),
      variant_(std::move(variant)),
      originalHeight_(originalHeight),
      views_(factory, reaper_, "render", std::move(spec)) {}

void ScoreStage::perform(const MeetingScore& score) {
    settings_.rate = view().rate;
    settings_.playoutDelay = score.playoutDelay;
    settings_.talkers = score.talkers;
    settings_.audio = score.audio;
    const auto isThere = [&](const SourceId& id) {
        return std::any_of(score.sources.begin(), score.sources.end(),
                           [&](const ScoreSource& source) { return source.id == id && !isExcluded(variant_, source); });
    };
    std::vector<SourceId> gone;
    for (const auto& source : roster_.sources()) {
        if (!isThere(source->id)) gone.push_back(source->id);
    }
    for (const auto& id : gone) roster_.remove(id);
    for (const auto& source : score.sources) {
        if (!isExcluded(variant_, source)) seat(source);
    }
    const ScoreView* scored = viewOf(score, variant_.view);
    if (scored == nullptr) return;  // it did not exist just then: the picture stays as it is
    arrange(*scored);
    overlay(*scored);
}

void ScoreStage::seat(const ScoreSource& scored) {
    auto* owner = roster_.find(scored.participant);
    if (owner == nullptr && !scored.participant.isEmpty()) {
        owner = &roster_.add(Participant{
            .id = scored.participant, .name = scored.name, .number = static_cast<int>(roster_.participants().size())});
    }
    if (owner != nullptr) {
        owner->pinned = scored.pinned;
        owner->spotlight = scored.spotlight;
    }
    auto* source = roster_.find(scored.id);
    const bool isNew = source == nullptr;
    if (isNew) {
        source = &roster_.add(Source{.id = scored.id,
                                     .kind = scored.kind,
                                     .params = scored.params,
                                     .participant = scored.participant,
                                     .feed = std::make_shared<SourceFeed>()});
        source->feed->setState(SourceState::Live);
    }
    source->isScreen = scored.isScreen;
    source->audioMuted = scored.audioMuted;
    source->videoMuted = scored.videoMuted;
    source->gainDb = scored.gainDb;
    source->orientation = scored.orientation;
    source->feed->treatment.denoise = scored.denoise;
    source->feed->treatment.agc = scored.agc;
    if (!isNew && source->name == scored.name) return;
    source->name = scored.name;
    rasterizeName(*source, factory_.textRasterizer());
}

void ScoreStage::arrange(const ScoreView& scored) {
    Scene scene = vary(scored.spec.scene, variant_, view().canvas.height, originalHeight_);
    Status drawn = views_.update(ViewSet::mainId(), {.scene = scene});
    if (!drawn && !scene.backgroundImage.empty()) {
        warn("the background image " + scene.backgroundImage + " is left out: " + drawn.error().message);
        scene.backgroundImage.clear();
        drawn = views_.update(ViewSet::mainId(), {.scene = scene});
    }
    if (!drawn) warn("a scene is left out: " + drawn.error().message);
}

void ScoreStage::overlay(const ScoreView& scored) {
    auto& shown = views_.find(ViewId())->overlays;
    const auto canvas = view().canvas;
    for (auto known = overlays_.begin(); known != overlays_.end();) {
        const bool stays = std::any_of(scored.overlays.begin(), scored.overlays.end(),
                                       [&](const OverlayInfo& each) { return each.id == known->first; });
        if (!stays) static_cast<void>(shown.remove(known->second.id));
        known = stays ? std::next(known) : overlays_.erase(known);
    }
    for (const auto& each : scored.overlays) {
        const auto known = overlays_.find(each.id);
        if (known != overlays_.end() && known->second.spec == each.spec) continue;
        const auto made = known == overlays_.end() ? shown.add(each.spec, canvas, factory_)
                                                   : shown.update(known->second.id, each.spec, canvas, factory_);
        if (made) {
            overlays_[each.id] = *made;
        } else {
            warn("an overlay is left out: " + made.error().message);
        }
    }
}

/// The same is told once.
void ScoreStage::warn(std::string text) {
    if (std::find(warned_.begin(), warned_.end(), text) != warned_.end()) return;
    warned_.push_back(text);
    warnings_.push_back(std::move(text));
}

std::shared_ptr<const VideoPlan> ScoreStage::videoPlan(const std::shared_ptr<FrameSink>& sink, Duration wallAtEpoch) {
    views_.find(ViewId())->watchers = {sink};
    return makeVideoPlan(settings_, roster_, views_, renditions_, wallAtEpoch);
}

std::shared_ptr<const AudioPlan> ScoreStage::audioPlan(const std::shared_ptr<BlockSink>& sink) const {
    auto plan = makeAudioPlan(settings_, roster_);
    plan->mixes.push_back({.excludeParticipant = kNobody, .continues = {}, .sinks = {sink}});
    return plan;
}

}  // namespace tessera

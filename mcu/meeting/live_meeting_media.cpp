// Sources, views and outputs: the part of LiveMeeting that needs no person.

#include "mcu/meeting/encode_defaults.h"
#include "mcu/meeting/first_picture.h"
#include "mcu/meeting/live_meeting.h"

namespace tessera {
namespace {

constexpr Duration kPicturePatience = std::chrono::seconds(2);

Error noSource(const SourceId& id) {
    return notFound("there is no source " + id.toString());
}
Error noView(const ViewId& id) {
    return notFound("there is no view " + id.toString());
}

}  // namespace

Result<std::vector<SourceInfo>> LiveMeeting::sources() {
    return onControl([this]() -> Result<std::vector<SourceInfo>> {
        std::vector<SourceInfo> result;
        for (const auto& source : roster_.sources()) result.push_back(tessera::describe(*source));
        return result;
    });
}

Result<SourceInfo> LiveMeeting::source(const SourceId& id) {
    return onControl([this, id]() -> Result<SourceInfo> {
        const auto* source = roster_.find(id);
        if (source == nullptr) return noSource(id);
        return tessera::describe(*source);
    });
}

Result<SourceInfo> LiveMeeting::addSource(const IngestSpec& spec) {
    return onControl([this, spec]() -> Result<SourceInfo> {
        TESSERA_TRY(requireLive());
        auto feed = std::make_shared<SourceFeed>();
        auto ingest = factory_.createIngest(spec, *timeline_, feed);
        if (!ingest) return ingest.error();
        auto& source = roster_.add(Source{.id = SourceId::create(),
                                          .name = spec.name,
                                          .kind = spec.kind,
                                          .params = spec.params,
                                          .feed = std::move(feed),
                                          .loudness = factory_.createLoudnessMeter(),
                                          .ingest = std::move(ingest).value()});
        rasterizeName(source, factory_.textRasterizer());
        publish();
        emit("source.up", source.id.toString(), source.name);
        return tessera::describe(source);
    });
}

Result<Applied> LiveMeeting::updateSource(const SourceId& id, const SourcePatch& patch) {
    return onControl([this, id, patch]() -> Result<Applied> {
        auto* source = roster_.find(id);
        if (source == nullptr) return noSource(id);
        if (patch.gainDb && !(*patch.gainDb >= -60 && *patch.gainDb <= 20)) {
            return invalidArgument("gain_db must be from -60 to 20", "gain_db");
        }
        if (patch.rotation && (*patch.rotation < 0 || *patch.rotation > 270 || *patch.rotation % 90 != 0)) {
            return invalidArgument("rotation must be 0, 90, 180 or 270", "rotation");
        }
        if (patch.rotation) source->orientation.quarterTurns = *patch.rotation / 90;
        if (patch.mirrored) source->orientation.mirrored = *patch.mirrored;
        if (patch.audioMuted) source->audioMuted = *patch.audioMuted;
        if (patch.videoMuted) source->videoMuted = *patch.videoMuted;
        if (patch.gainDb) source->gainDb = *patch.gainDb;
        if (patch.denoise) source->denoise = patch.denoise;
        if (patch.agc) source->agc = patch.agc;
        if (patch.name && *patch.name != source->name) {
            source->name = *patch.name;
            rasterizeName(*source, factory_.textRasterizer());
        }
        return publish();
    });
}

Result<SourceInfo> LiveMeeting::playSource(const SourceId& id, const PlayCommand& command) {
    return onControl([this, id, command]() -> Result<SourceInfo> {
        auto* source = roster_.find(id);
        if (source == nullptr) return noSource(id);
        if (!source->ingest) return unsupported("a participant's source cannot be played at will");
        if (command.position) TESSERA_TRY(source->ingest->seek(*command.position));
        if (command.paused) TESSERA_TRY(source->ingest->setPaused(*command.paused));
        return tessera::describe(*source);
    });
}

Result<Applied> LiveMeeting::removeSource(const SourceId& id) {
    return onControl([this, id]() -> Result<Applied> {
        const auto* source = roster_.find(id);
        if (source == nullptr) return noSource(id);
        if (!source->peer.isEmpty()) {
            return conflict("the source belongs to a participant: remove " + source->participant.toString());
        }
        roster_.remove(id);
        emit("source.down", id.toString());
        return publish();
    });
}

Result<std::vector<ViewInfo>> LiveMeeting::views() {
    return onControl([this]() -> Result<std::vector<ViewInfo>> {
        std::vector<ViewInfo> result;
        for (const auto& [id, view] : views_.all()) result.push_back(ViewSet::describe(id, view));
        return result;
    });
}

Result<ViewInfo> LiveMeeting::view(const ViewId& id) {
    return onControl([this, id]() -> Result<ViewInfo> {
        const auto* view = views_.find(id);
        if (view == nullptr) return noView(id);
        return ViewSet::describe(id, *view);
    });
}

Result<ViewInfo> LiveMeeting::addView(const ViewSpec& spec) {
    return onControl([this, spec]() -> Result<ViewInfo> {
        if (state_ == MeetingState::Ended) return conflict("the meeting has ended");
        auto added = views_.add(spec);
        if (added) publish();
        return added;
    });
}

Result<Applied> LiveMeeting::updateView(const ViewId& id, const ViewPatch& patch) {
    return onControl([this, id, patch]() -> Result<Applied> {
        TESSERA_TRY(views_.update(id, patch));
        if (id == ViewSet::mainId() && patch.scene) settings_.scene = *patch.scene;
        const auto applied = publish();
        emit("view.changed", id.toString(), patch.scene ? patch.scene->layout : std::string());
        return applied;
    });
}

Result<Applied> LiveMeeting::removeView(const ViewId& id) {
    return onControl([this, id]() -> Result<Applied> {
        if (renditions_.usesView(id)) return conflict("an output or a peer still uses the view " + id.toString());
        TESSERA_TRY(views_.remove(id));
        return publish();
    });
}

Result<FramePtr> LiveMeeting::viewPicture(const ViewId& id) {
    const auto waiting = std::make_shared<FirstPicture>();
    const auto watched = onControl([this, id, waiting]() -> Status {
        TESSERA_TRY(requireLive());
        auto* view = views_.find(id);
        if (view == nullptr) return noView(id);
        view->watchers.push_back(waiting);
        publish();
        return kOk;
    });
    if (!watched) return watched.error();
    auto picture = waiting->wait(kPicturePatience);
    control_.post([this, id, waiting] {
        auto* view = views_.find(id);
        if (view == nullptr) return;
        std::erase(view->watchers, waiting);
        publish();
    });
    if (picture == nullptr) return Error{ErrorCode::Timeout, "no picture was composed in time", {}};
    return picture;
}

Result<FramePtr> LiveMeeting::sourcePicture(const SourceId& id) {
    return onControl([this, id]() -> Result<FramePtr> {
        const auto* source = roster_.find(id);
        if (source == nullptr) return noSource(id);
        auto picture = source->feed->video.newest();
        if (picture == nullptr) return notFound("the source " + id.toString() + " has no picture");
        return picture;
    });
}

Result<std::vector<OutputInfo>> LiveMeeting::outputs() {
    return onControl([this]() -> Result<std::vector<OutputInfo>> { return outputs_.all(); });
}

Result<OutputInfo> LiveMeeting::output(const OutputId& id) {
    return onControl([this, id]() { return outputs_.info(id); });
}

Result<OutputInfo> LiveMeeting::addOutput(const OutputSpec& spec, const OutputPlace& place) {
    return onControl([this, spec, place]() -> Result<OutputInfo> {
        TESSERA_TRY(requireLive());
        auto traits = factory_.outputTraits(spec.kind, spec.params);
        if (!traits) return traits.error();
        if (traits->takesSources) return addOutputOfSources(spec, place);
        const auto* view = views_.find(spec.view);
        if (view == nullptr) return noView(spec.view);
        // Opus as peers get it, so that it is shared with who hears everything.
        if (traits->audio.codec == AudioCodec::Opus) traits->audio.bitrateKbps = settings_.encode.audioBitrateKbps;
        traits->audio.targetLufs = spec.targetLufs;
        auto complete = spec;
        if (complete.view.isEmpty()) complete.view = ViewSet::mainId();
        if (!complete.video) complete.video = defaultVideoEncode(traits->video, view->spec, settings_.encode);
        if (complete.video->size != view->spec.canvas || complete.video->rate != view->spec.rate) {
            return unsupported("an output has its view's size and rate: add a view with that canvas", "video");
        }
        auto added = outputs_.add(complete, traits->audio, place);
        if (!added) return added;
        publish();
        tell(outputWatch_.added(*added));
        return added;
    });
}

Result<OutputInfo> LiveMeeting::removeOutput(const OutputId& id) {
    return control_.call(std::chrono::seconds(6), [this, id]() -> Result<OutputInfo> {
        auto removed = outputs_.remove(id);
        if (!removed) return removed;
        publish();
        tell(outputWatch_.removed(*removed));
        return removed;
    });
}

}  // namespace tessera

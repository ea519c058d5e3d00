#include "api/store/cut_list.h"

#include <algorithm>
#include <map>

#include "mcu/meeting/view_set.h"
#include "mcu/scene/composition.h"

namespace tessera {
namespace {

/// What is in force at one time.
struct Moment {
    Duration at{};  ///< as in the files
    const MeetingScore* score = nullptr;
    const std::vector<SourceId>* speakers = nullptr;
};

std::vector<Moment> momentsOf(const CutMaterial& material) {
    static const std::vector<SourceId> nobody;
    std::vector<Moment> moments;
    Moment now{.speakers = &nobody};
    for (const ScoreLine& line : material.score) {
        if (line.score) {
            now.score = line.score.get();
        } else {
            now.speakers = &line.speakers;
        }
        if (now.score == nullptr) continue;
        now.at = std::max(line.at - material.origin - now.score->playoutDelay, Duration{});
        moments.push_back(now);
    }
    return moments;
}

/// Sources that are no file are made anew when a programme is.
bool hasPicture(const ScoreSource& source, const CutMaterial& material, Duration at) {
    if (source.videoMuted) return false;
    if (source.kind == "test" || source.kind == "image") return true;
    return std::any_of(material.files.begin(), material.files.end(), [&](const IsolatedFile& file) {
        return file.hasVideo && file.source == source.id && file.begin <= at;
    });
}

int rankOf(const SourceId& source, const std::vector<SourceId>& speakers) {
    const auto found = std::find(speakers.begin(), speakers.end(), source);
    return found == speakers.end() ? -1 : static_cast<int>(found - speakers.begin());
}

std::vector<StageSource> stageOf(const Moment& moment, const CutMaterial& material) {
    std::vector<StageSource> stage;
    for (const ScoreSource& source : moment.score->sources) {
        StageSource staged;
        staged.id = source.id.toString();
        staged.participant = source.participant.toString();
        staged.traits = {.isScreen = source.isScreen,
                         .hasVideo = hasPicture(source, material, moment.at),
                         .pinned = source.pinned,
                         .spotlight = source.spotlight,
                         .speakerRank = rankOf(source.id, *moment.speakers)};
        staged.orientation = source.orientation;
        stage.push_back(staged);
    }
    return stage;
}

std::vector<CutTile> tilesOf(const ScoreView& view, const Moment& moment, std::span<const StageSource> stage) {
    ResolveScratch scratch;
    Composition composition;
    resolve(view.spec.scene, view.spec.canvas, stage, scratch, composition);
    std::vector<CutTile> tiles;
    for (const Layer& layer : composition.layers) {
        if (layer.source < 0) continue;
        tiles.push_back({moment.score->sources[static_cast<std::size_t>(layer.source)].id, layer.rect,
                         static_cast<int>(tiles.size())});
    }
    return tiles;
}

/// Adds what is shown from `from` to `until` behind what was shown before.
void append(std::vector<Cut>& cuts, Cut cut) {
    if (cut.from >= cut.until) return;
    const bool goesOn = !cuts.empty() && cuts.back().tiles == cut.tiles && cuts.back().until == cut.from;
    if (goesOn) {
        cuts.back().until = cut.until;
    } else {
        cuts.push_back(std::move(cut));
    }
}

constexpr double kRate = 1000;

double toMs(Duration time) {
    return static_cast<double>(toMilliseconds(time));
}

Json rational(Duration time) {
    return {{"OTIO_SCHEMA", "RationalTime.1"}, {"rate", kRate}, {"value", toMs(time)}};
}

Json range(Duration begin, Duration end) {
    return {{"OTIO_SCHEMA", "TimeRange.1"}, {"start_time", rational(begin)}, {"duration", rational(end - begin)}};
}

/// What every item of a timeline has.
Json item(const char* schema, const std::string& name, Json sourceRange) {
    return {{"OTIO_SCHEMA", schema},    {"metadata", Json::object()}, {"name", name},   {"source_range", sourceRange},
            {"effects", Json::array()}, {"markers", Json::array()},   {"enabled", true}};
}

Json clipOf(const IsolatedFile& file, Duration begin) {
    Json clip = item("Clip.1", file.name, range(begin, file.end));
    clip["media_reference"] = {{"OTIO_SCHEMA", "ExternalReference.1"},
                               {"metadata", Json::object()},
                               {"name", file.name},
                               {"available_range", range(file.begin, file.end)},
                               {"available_image_bounds", nullptr},
                               {"target_url", file.name}};
    return clip;
}

Json trackOf(const std::string& name, const char* kind, std::vector<IsolatedFile> files) {
    std::stable_sort(files.begin(), files.end(),
                     [](const IsolatedFile& a, const IsolatedFile& b) { return a.begin < b.begin; });
    Json track = item("Track.1", name, nullptr);
    track["kind"] = kind;
    track["children"] = Json::array();
    Duration at{};
    for (const IsolatedFile& file : files) {
        if (file.end <= at) continue;
        const Duration begin = std::max(at, file.begin);
        if (begin > at) track["children"].push_back(item("Gap.1", "", range(Duration{}, begin - at)));
        track["children"].push_back(clipOf(file, begin));
        at = file.end;
    }
    return track;
}

void mark(Json& track, const SourceId& source, const std::vector<ViewCuts>& views) {
    for (const ViewCuts& view : views) {
        if (view.view != ViewSet::mainId()) continue;
        for (const Cut& cut : view.cuts) {
            const auto tile = std::find_if(cut.tiles.begin(), cut.tiles.end(),
                                           [&source](const CutTile& each) { return each.source == source; });
            if (tile == cut.tiles.end()) continue;
            const Rect& rect = tile->rect;
            track["markers"].push_back(
                {{"OTIO_SCHEMA", "Marker.2"},
                 {"metadata",
                  {{"tessera",
                    {{"x", rect.x}, {"y", rect.y}, {"width", rect.width}, {"height", rect.height}, {"z", tile->z}}}}},
                 {"name", "shown"},
                 {"color", "GREEN"},
                 {"marked_range", range(cut.from, cut.until)}});
        }
    }
}

std::map<SourceId, std::string> namesOf(std::span<const ScoreLine> score) {
    std::map<SourceId, std::string> names;
    for (const ScoreLine& line : score) {
        if (!line.score) continue;
        for (const ScoreSource& source : line.score->sources) names[source.id] = source.name;
    }
    return names;
}

}  // namespace

std::vector<ViewCuts> makeCutList(const CutMaterial& material) {
    std::map<ViewId, std::vector<Cut>> views;
    const auto moments = momentsOf(material);
    for (std::size_t i = 0; i < moments.size(); ++i) {
        const Duration until = i + 1 < moments.size() ? std::min(moments[i + 1].at, material.length) : material.length;
        if (moments[i].at >= until) continue;
        const auto stage = stageOf(moments[i], material);
        for (const ScoreView& view : moments[i].score->views) {
            append(views[view.id], {moments[i].at, until, tilesOf(view, moments[i], stage)});
        }
    }
    std::vector<ViewCuts> list;
    for (auto& [view, cuts] : views) list.push_back({view, std::move(cuts)});
    return list;
}

Json toJson(const std::vector<ViewCuts>& views) {
    Json json = Json::object();
    for (const ViewCuts& view : views) {
        Json& list = json[view.view.toString()] = Json::array();
        for (const Cut& cut : view.cuts) {
            Json tiles = Json::array();
            for (const CutTile& tile : cut.tiles) {
                tiles.push_back({{"source", tile.source.toString()},
                                 {"x", tile.rect.x},
                                 {"y", tile.rect.y},
                                 {"width", tile.rect.width},
                                 {"height", tile.rect.height},
                                 {"z", tile.z}});
            }
            list.push_back({{"from_ms", toMilliseconds(cut.from)},
                            {"to_ms", toMilliseconds(cut.until)},
                            {"tiles", std::move(tiles)}});
        }
    }
    return json;
}

Json toOpenTimeline(const std::string& name, const CutMaterial& material, const std::vector<ViewCuts>& views) {
    std::map<SourceId, std::vector<IsolatedFile>> video, audio;
    for (const IsolatedFile& file : material.files) {
        if (file.hasVideo) video[file.source].push_back(file);
        if (file.hasAudio) audio[file.source].push_back(file);
    }
    const auto names = namesOf(material.score);
    const auto nameOf = [&names](const SourceId& source) {
        const auto found = names.find(source);
        return found == names.end() || found->second.empty() ? source.toString() : found->second;
    };
    Json stack = item("Stack.1", "tracks", nullptr);
    stack["children"] = Json::array();
    for (const auto& [source, files] : video) {
        Json track = trackOf(nameOf(source), "Video", files);
        track["metadata"]["tessera"] = {{"source", source.toString()}};
        mark(track, source, views);
        stack["children"].push_back(std::move(track));
    }
    for (const auto& [source, files] : audio) {
        Json track = trackOf(nameOf(source), "Audio", files);
        track["metadata"]["tessera"] = {{"source", source.toString()}};
        stack["children"].push_back(std::move(track));
    }
    return {{"OTIO_SCHEMA", "Timeline.1"},
            {"metadata", Json::object()},
            {"name", name},
            {"global_start_time", nullptr},
            {"tracks", std::move(stack)}};
}

}  // namespace tessera

#include "api/json_score.h"

#include <algorithm>
#include <fstream>

#include "api/json_overlay.h"
#include "api/json_params.h"
#include "api/json_scene.h"
#include "pipelines/ingest/ingest_catalog.h"

namespace tessera {
namespace {

constexpr std::int64_t kLatestUs = 4'000'000'000'000'000;  // more than a century
constexpr int kLongestPlayoutDelayUs = 10'000'000;
constexpr std::size_t kLongestName = 2000;

std::int64_t toMicroseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

/// As readers take it: one line, not too long.
std::string shownName(std::string name) {
    name.resize(std::min(name.size(), kLongestName / 3));  // bytes that are no UTF-8 become three
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return name;
}

Json sourceToJson(const ScoreSource& source) {
    Json json = {{"id", source.id.toString()},
                 {"name", shownName(source.name)},
                 {"kind", source.kind},
                 {"participant", source.participant.isEmpty() ? Json() : Json(source.participant.toString())},
                 {"screen", source.isScreen},
                 {"audio_muted", source.audioMuted},
                 {"video_muted", source.videoMuted},
                 {"pinned", source.pinned},
                 {"spotlight", source.spotlight},
                 {"gain_db", source.gainDb},
                 {"denoise", source.denoise},
                 {"agc", source.agc},
                 {"rotation", 90 * source.orientation.quarterTurns},
                 {"mirrored", source.orientation.mirrored}};
    const auto row = findIngest(source.kind);
    if (row) json["params"] = toJson(source.params, (*row)->params);
    return json;
}

Json viewToJson(const ScoreView& view) {
    Json json = {{"id", view.id.toString()},
                 {"canvas", {{"width", view.spec.canvas.width}, {"height", view.spec.canvas.height}}}};
    json.update(toJson(view.spec.scene));
    Json overlays = Json::array();
    for (const OverlayInfo& overlay : view.overlays) overlays.push_back(toJson(overlay));
    json["overlays"] = std::move(overlays);
    return json;
}

template <typename Tag>
void readId(ObjectReader& reader, std::string_view name, Id<Tag>& id) {
    const Json* member = reader.find(name);
    if (member == nullptr || member->is_null()) return;
    const auto read = Id<Tag>::fromString(member->is_string() ? member->get<std::string>() : "");
    if (!read.ok()) return reader.fail(name, "is not an id");
    id = *read;
}

/// The entries of an array of objects, each read by `read(reader)`.
template <typename Read>
void readObjects(ObjectReader& outer, std::string_view name, std::size_t most, Read read) {
    outer.require(name);
    const Json* list = outer.array(name, most);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string path = outer.pathOf(name) + "[" + std::to_string(i) + "]";
        if (!(*list)[i].is_object()) return outer.fail(invalidArgument(path + " must be an object", path));
        ObjectReader entry((*list)[i], path);
        read(entry);
        if (auto status = entry.finish(); !status.ok()) return outer.fail(status.error());
    }
}

void readMoment(ObjectReader& reader, MediaTime& at) {
    reader.require("at_us");
    const Json* member = reader.find("at_us");
    if (member == nullptr) return;
    const bool isWhole = member->is_number_integer();
    const double value = isWhole ? member->get<double>() : -1;
    if (!(value >= 0 && value <= static_cast<double>(kLatestUs))) return reader.fail("at_us", "must be a time");
    at = MediaTime(std::chrono::microseconds(member->get<std::int64_t>()));
}

void readSourceParams(ObjectReader& reader, ScoreSource& source) {
    const Json* params = reader.object("params");
    if (params == nullptr) return;
    const auto row = findIngest(source.kind);
    if (!row.ok()) return reader.fail("params", "are those of no kind");
    ObjectReader inner(*params, reader.pathOf("params"));
    source.params = readParams(inner, (*row)->params);
    if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
}

ScoreSource readSource(ObjectReader& reader) {
    ScoreSource source;
    reader.require("id");
    readId(reader, "id", source.id);
    reader.read("name", source.name, TextLimits{0, kLongestName});
    reader.require("kind");
    reader.read("kind", source.kind, TextLimits{1, 40});
    readId(reader, "participant", source.participant);
    reader.read("screen", source.isScreen);
    reader.read("audio_muted", source.audioMuted);
    reader.read("video_muted", source.videoMuted);
    reader.read("pinned", source.pinned);
    reader.read("spotlight", source.spotlight);
    reader.read("gain_db", source.gainDb, NumberRange{-200, 200});
    reader.read("denoise", source.denoise);
    reader.read("agc", source.agc);
    int rotation = 0;
    reader.read("rotation", rotation, IntegerRange{0, 270});
    if (rotation % 90 != 0) reader.fail("rotation", "must be 0, 90, 180 or 270");
    source.orientation.quarterTurns = rotation / 90;
    reader.read("mirrored", source.orientation.mirrored);
    readSourceParams(reader, source);
    return source;
}

void readOverlays(ObjectReader& outer, std::vector<OverlayInfo>& overlays) {
    outer.require("overlays");
    const Json* list = outer.array("overlays", OverlaySet::kMost);
    if (list == nullptr) return;
    for (const Json& entry : *list) {
        const bool hasId = entry.is_object() && entry.contains("id") && entry["id"].is_string();
        const auto id = OverlayId::fromString(hasId ? entry["id"].get<std::string>() : "");
        if (!id.ok()) return outer.fail("overlays", "must be objects with an id");
        Json body = entry;
        body.erase("id");
        auto spec = readOverlaySpec(body);
        if (!spec.ok()) return outer.fail("overlays", "hold one that is none: " + spec.error().message);
        overlays.push_back({*id, std::move(spec).value()});
    }
}

ScoreView readView(ObjectReader& reader, FrameRate rate) {
    ScoreView view;
    reader.require("id");
    readId(reader, "id", view.id);
    FrameRate unread;
    reader.require("canvas");
    readCanvas(reader, "canvas", view.spec.canvas, unread);
    view.spec.rate = rate;
    readScene(reader, view.spec.scene);
    readOverlays(reader, view.overlays);
    return view;
}

void readRate(ObjectReader& outer, FrameRate& rate) {
    outer.require("rate");
    const Json* object = outer.object("rate");
    if (object == nullptr) return;
    ObjectReader reader(*object, outer.pathOf("rate"));
    reader.require("num");
    reader.require("den");
    reader.read("num", rate.num, IntegerRange{1, 60'000});
    reader.read("den", rate.den, IntegerRange{1, 1001});
    if (rate.toDouble() < 0.9 || rate.toDouble() > 60) reader.fail("num", "must make 1 to 60 frames a second");
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
}

void readAudio(ObjectReader& outer, AudioOptions& audio) {
    outer.require("audio");
    const Json* object = outer.object("audio");
    if (object == nullptr) return;
    ObjectReader reader(*object, outer.pathOf("audio"));
    reader.read("denoise", audio.denoise);
    reader.read("agc", audio.agc);
    reader.read("stereo", audio.stereo);
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
}

MeetingScorePtr readScore(ObjectReader& outer, const Json& object, MediaTime at) {
    auto score = std::make_shared<MeetingScore>();
    score->at = at;
    ObjectReader reader(object, "score");
    readRate(reader, score->rate);
    int playoutDelayUs = 0;
    reader.require("playout_delay_us");
    reader.read("playout_delay_us", playoutDelayUs, IntegerRange{0, kLongestPlayoutDelayUs});
    score->playoutDelay = std::chrono::microseconds(playoutDelayUs);
    reader.require("talkers");
    reader.read("talkers", score->talkers, IntegerRange{1, 64});
    readAudio(reader, score->audio);
    readObjects(reader, "sources", kMaximumScoreSources,
                [&](ObjectReader& entry) { score->sources.push_back(readSource(entry)); });
    readObjects(reader, "views", kMaximumScoreViews,
                [&](ObjectReader& entry) { score->views.push_back(readView(entry, score->rate)); });
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
    return score;
}

void readSpeakers(ObjectReader& reader, std::vector<SourceId>& speakers) {
    const Json* list = reader.array("speakers", kMaximumScoreSources);
    if (list == nullptr) return;
    for (const Json& entry : *list) {
        auto id = SourceId::fromString(entry.is_string() ? entry.get<std::string>() : "");
        if (!id.ok()) return reader.fail("speakers", "must be ids");
        speakers.push_back(std::move(id).value());
    }
}

}  // namespace

std::string toScoreLine(const MeetingScore& score) {
    Json sources = Json::array(), views = Json::array();
    for (const ScoreSource& source : score.sources) sources.push_back(sourceToJson(source));
    for (const ScoreView& view : score.views) views.push_back(viewToJson(view));
    const Json json = {
        {"at_us", toMicroseconds(score.at.time_since_epoch())},
        {"score",
         {{"rate", {{"num", score.rate.num}, {"den", score.rate.den}}},
          {"playout_delay_us", toMicroseconds(score.playoutDelay)},
          {"talkers", score.talkers},
          {"audio", {{"denoise", score.audio.denoise}, {"agc", score.audio.agc}, {"stereo", score.audio.stereo}}},
          {"sources", std::move(sources)},
          {"views", std::move(views)}}}};
    return toText(json);
}

std::string toScoreLine(MediaTime at, std::span<const SourceId> speakers) {
    Json ids = Json::array();
    for (const SourceId& speaker : speakers) ids.push_back(speaker.toString());
    return toText({{"at_us", toMicroseconds(at.time_since_epoch())}, {"speakers", std::move(ids)}});
}

Result<ScoreLine> readScoreLine(std::string_view line) {
    if (line.size() > kMaximumScoreLine) return invalidArgument("a line of the score is too long");
    const auto parsed = parseJsonObject(line);
    if (!parsed.ok()) return parsed.error();
    ScoreLine read;
    ObjectReader reader(*parsed);
    readMoment(reader, read.at);
    const Json* score = reader.object("score");
    if (score != nullptr) read.score = readScore(reader, *score, read.at);
    if (score == nullptr) reader.require("speakers");
    if (score == nullptr) readSpeakers(reader, read.speakers);
    TESSERA_TRY(reader.finish());
    return read;
}

Result<std::vector<ScoreLine>> readScoreFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return notFound("there is no score");
    if (file.tellg() > static_cast<std::streamoff>(kMaximumScoreFile)) return invalidArgument("the score is too large");
    file.seekg(0);
    std::vector<ScoreLine> lines;
    std::string text;
    while (std::getline(file, text) && !file.eof()) {  // a last line without its end was cut off
        auto line = readScoreLine(text);
        if (!line.ok()) {
            return invalidArgument(
                "line " + std::to_string(lines.size() + 1) + " of the score: " + line.error().message,
                line.error().field);
        }
        lines.push_back(std::move(line).value());
    }
    return lines;
}

}  // namespace tessera

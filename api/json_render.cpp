#include "api/json_render.h"

#include "api/json_scene.h"

namespace tessera {
namespace {

constexpr std::int64_t kLatestMs = 400'000'000;  // four days: integers of a body are int
constexpr std::size_t kMostExcluded = 200;

void readView(ObjectReader& reader, ViewId& view) {
    std::optional<std::string> name;
    reader.read("view", name, TextLimits{1, 64});
    if (!name) return;
    const auto id = ViewId::fromString(*name);
    if (!id) return reader.fail("view", "is not an id");
    view = *id;
}

void readLayout(ObjectReader& reader, ScoreVariant& variant) {
    const Json* layout = reader.find("layout");
    if (layout == nullptr) return;
    const Json scene = {{"layout", *layout}};
    ObjectReader inner(scene);
    Scene read;
    readScene(inner, read);
    if (auto status = inner.finish(); !status.ok()) return reader.fail(status.error());
    variant.layout = read.layout;
    variant.params = read.params;
}

void readVariantCanvas(ObjectReader& reader, ScoreVariant& variant) {
    const Json* canvas = reader.find("canvas");
    if (canvas == nullptr) return;
    Size size;
    FrameRate rate;
    readCanvas(reader, "canvas", size, rate);
    if (!canvas->is_object()) return;
    const bool hasWidth = canvas->contains("width"), hasHeight = canvas->contains("height");
    if (hasWidth != hasHeight) reader.fail("canvas", "must have a width and a height, or neither");
    if (hasWidth) variant.canvas = size;
    if (canvas->contains("fps")) variant.rate = rate;
}

void readExcluded(ObjectReader& reader, ScoreVariant& variant) {
    const Json* list = reader.array("exclude", kMostExcluded);
    if (list == nullptr) return;
    for (const Json& each : *list) {
        const auto name = each.is_string() ? each.get<std::string>() : std::string();
        if (name.empty() || name.size() > 2000) return reader.fail("exclude", "must be ids and names");
        variant.exclude.push_back(name);
    }
}

}  // namespace

Result<RenderOptions> readRenderOptions(const Json& body) {
    RenderOptions options;
    ObjectReader reader(body);
    readView(reader, options.variant.view);
    readLayout(reader, options.variant);
    readVariantCanvas(reader, options.variant);
    readExcluded(reader, options.variant);
    int fromMs = 0;
    std::optional<int> toMs;
    reader.read("from_ms", fromMs, IntegerRange{0, kLatestMs});
    reader.read("to_ms", toMs, IntegerRange{1, kLatestMs});
    reader.read("bitrate_kbps", options.bitrateKbps, IntegerRange{100, 100'000});
    reader.readChoice("container", options.container, {"mp4", "mkv"});
    TESSERA_TRY(reader.finish());
    options.from = std::chrono::milliseconds(fromMs);
    if (toMs) options.to = std::chrono::milliseconds(*toMs);
    return options;
}

std::string toRenderText(const RecordingId& recording, const Json& options, const RenderReport* report) {
    Json json = {{"recording", recording.toString()}, {"options", options}};
    if (report != nullptr) json["begins_at_us"] = report->beginsAt.time_since_epoch() / std::chrono::microseconds(1);
    json["warnings"] = report == nullptr ? std::vector<std::string>() : report->warnings;
    return toText(json);
}

std::optional<RecordingId> renderedFrom(const RecordingRecord& recording) {
    const auto render = Json::parse(recording.render, nullptr, false);
    if (!render.is_object() || !render.contains("recording") || !render["recording"].is_string()) return std::nullopt;
    const auto id = RecordingId::fromString(render["recording"].get<std::string>());
    return id ? std::optional(*id) : std::nullopt;
}

}  // namespace tessera

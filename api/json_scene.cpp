#include "api/json_scene.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "mcu/scene/layout_catalog.h"

namespace tessera {

namespace {

std::string_view toString(Fit fit) {
    return fit == Fit::Contain ? "contain" : "cover";
}

void readFit(ObjectReader& reader, Fit& fit) {
    std::string text(toString(fit));
    reader.readChoice("fit", text, {"contain", "cover"});
    fit = text == "contain" ? Fit::Contain : Fit::Cover;
}

Json tilesToJson(const std::vector<CustomTile>& tiles) {
    Json list = Json::array();
    for (const CustomTile& tile : tiles) {
        Json entry = {
            {"rect",
             {{"x", tile.rect.x}, {"y", tile.rect.y}, {"width", tile.rect.width}, {"height", tile.rect.height}}},
            {"z", tile.z},
            {"opacity", tile.opacity},
            {"fit", toString(tile.fit)}};
        if (!tile.source.empty()) entry["source"] = tile.source;
        list.push_back(std::move(entry));
    }
    return list;
}

/// Every parameter; the caller leaves out those that the layout does not read.
Json allParams(const LayoutParams& params) {
    return {{"columns", params.columns},
            {"rows", params.rows},
            {"small", params.small},
            {"strip", params.strip},
            {"strip_fraction", params.stripFraction},
            {"corner", params.corner},
            {"inset_fraction", params.insetFraction},
            {"gap", params.gap},
            {"fit", toString(params.fit)},
            {"tiles", tilesToJson(params.tiles)}};
}

Json paramsToJson(const Scene& scene) {
    const auto layout = findLayout(scene.layout);
    Json all = allParams(scene.params);
    if (!layout.ok()) return all;
    Json read = Json::object();
    for (const LayoutParamRow& row : (*layout)->params) read[std::string(row.name)] = all[std::string(row.name)];
    return read;
}

CustomTile readTile(ObjectReader& reader) {
    CustomTile tile;
    if (const Json* rect = reader.object("rect")) {
        ObjectReader inner(*rect, reader.pathOf("rect"));
        inner.read("x", tile.rect.x, NumberRange{0, 1});
        inner.read("y", tile.rect.y, NumberRange{0, 1});
        inner.read("width", tile.rect.width, NumberRange{0, 1});
        inner.read("height", tile.rect.height, NumberRange{0, 1});
        if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
    }
    reader.read("z", tile.z, IntegerRange{-1000, 1000});
    reader.read("opacity", tile.opacity, NumberRange{0, 1});
    readFit(reader, tile.fit);
    reader.read("source", tile.source, TextLimits{0, 64});
    return tile;
}

void readTiles(ObjectReader& reader, std::vector<CustomTile>& tiles) {
    const Json* list = reader.array("tiles", kMaximumTiles);
    if (list == nullptr) return;
    tiles.clear();
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string path = reader.pathOf("tiles") + "[" + std::to_string(i) + "]";
        if (!(*list)[i].is_object()) return reader.fail(invalidArgument(path + " must be an object", path));
        ObjectReader entry((*list)[i], path);
        tiles.push_back(readTile(entry));
        if (auto status = entry.finish(); !status.ok()) return reader.fail(status.error());
    }
}

/// @param json  parameters by name; only those in `layout` are known
LayoutParams readParams(const Json& json, const LayoutRow& layout, ObjectReader& outer) {
    LayoutParams params;
    const auto reads = [&layout](std::string_view name) {
        return std::any_of(layout.params.begin(), layout.params.end(),
                           [name](const LayoutParamRow& row) { return row.name == name; });
    };
    ObjectReader reader(json, outer.pathOf("layout.params"));
    if (reads("columns")) reader.read("columns", params.columns, IntegerRange{0, kMaximumTiles});
    if (reads("rows")) reader.read("rows", params.rows, IntegerRange{0, kMaximumTiles});
    if (reads("small")) reader.read("small", params.small, IntegerRange{1, kMaximumTiles});
    if (reads("strip")) reader.read("strip", params.strip, TextLimits{1, 32});
    if (reads("strip_fraction")) reader.read("strip_fraction", params.stripFraction, NumberRange{0, 1});
    if (reads("corner")) reader.read("corner", params.corner, TextLimits{1, 32});
    if (reads("inset_fraction")) reader.read("inset_fraction", params.insetFraction, NumberRange{0, 1});
    if (reads("gap")) reader.read("gap", params.gap, IntegerRange{0, 64});
    if (reads("fit")) readFit(reader, params.fit);
    if (reads("tiles")) readTiles(reader, params.tiles);
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
    return params;
}

void readLayout(ObjectReader& reader, Scene& scene) {
    const Json* member = reader.find("layout");
    if (member == nullptr) return;
    if (!member->is_string() && !member->is_object()) return reader.fail("layout", "must be a name or an object");
    const Json object = member->is_string() ? Json{{"name", *member}} : *member;
    ObjectReader layoutReader(object, reader.pathOf("layout"));
    std::string name = scene.layout;
    layoutReader.read("name", name, TextLimits{1, 64});
    const Json* patch = layoutReader.object("params");
    if (auto status = layoutReader.finish(); !status.ok()) return reader.fail(status.error());
    const auto layout = findLayout(name);
    if (!layout.ok()) return reader.fail(invalidArgument(layout.error().message, reader.pathOf("layout.name")));
    Json params = name == scene.layout ? paramsToJson(scene) : Json::object();
    if (patch != nullptr) params.merge_patch(*patch);
    const LayoutParams read = readParams(params, **layout, reader);
    if (auto status = validateLayoutParams(**layout, read); !status.ok()) {
        return reader.fail(
            invalidArgument(status.error().message, reader.pathOf("layout.params." + status.error().field)));
    }
    scene.layout = name;
    scene.params = read;
}

std::string_view toString(TransitionKind kind) {
    switch (kind) {
        case TransitionKind::Cut: return "cut";
        case TransitionKind::Fade: return "fade";
        case TransitionKind::Move: return "move";
    }
    return "";
}

void readTransition(ObjectReader& reader, SceneTransition& transition) {
    const Json* object = reader.object("transition");
    if (object == nullptr) return;
    ObjectReader inner(*object, reader.pathOf("transition"));
    std::string kind(toString(transition.kind));
    inner.readChoice("kind", kind, {"cut", "fade", "move"});
    transition.kind = kind == "move"   ? TransitionKind::Move
                      : kind == "fade" ? TransitionKind::Fade
                                       : TransitionKind::Cut;
    std::optional<int> ms;
    inner.read("ms", ms, IntegerRange{0, 5000});
    if (ms) transition.duration = std::chrono::milliseconds(*ms);
    if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
}

void readColor(ObjectReader& reader, std::string_view name, Yuv& color) {
    std::optional<std::string> text;
    reader.read(name, text, TextLimits{1, 16});
    if (!text) return;
    const auto parsed = parseHexColor(*text);
    if (!parsed) reader.fail(name, "must be a colour such as #10161e");
    color = parsed.value_or(color);
}

void readBorder(ObjectReader& reader, Scene& scene) {
    const Json* object = reader.object("border");
    if (object == nullptr) return;
    ObjectReader inner(*object, reader.pathOf("border"));
    inner.read("width", scene.border, IntegerRange{0, kMaximumBorder});
    if (scene.border % 2 != 0) inner.fail("width", "must be even");
    readColor(inner, "color", scene.borderColor);
    if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
}

int clampedByte(double value) {
    return static_cast<int>(std::clamp(std::lround(value), 0L, 255L));
}

}  // namespace

std::string toHexColor(Yuv color) {
    const double luma = (color.y - 16) / 219.0, cb = (color.u - 128) / 224.0, cr = (color.v - 128) / 224.0;
    const double red = luma + 1.5748 * cr, blue = luma + 1.8556 * cb;
    const double green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152;
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", static_cast<unsigned>(clampedByte(red * 255)) & 0xffU,
                  static_cast<unsigned>(clampedByte(green * 255)) & 0xffU,
                  static_cast<unsigned>(clampedByte(blue * 255)) & 0xffU);
    return text;
}

std::optional<Yuv> parseHexColor(std::string_view text) {
    if (text.size() != 7 || text[0] != '#') return std::nullopt;
    unsigned value = 0;
    for (const char c : text.substr(1)) {
        const bool isDigit = c >= '0' && c <= '9', isLower = c >= 'a' && c <= 'f', isUpper = c >= 'A' && c <= 'F';
        if (!isDigit && !isLower && !isUpper) return std::nullopt;
        const int digit = isDigit ? c - '0' : isLower ? c - 'a' + 10 : c - 'A' + 10;
        value = value * 16 + static_cast<unsigned>(digit);
    }
    return yuvFromRgb(static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                      static_cast<std::uint8_t>(value));
}

Json toJson(const Scene& scene) {
    return {{"layout", {{"name", scene.layout}, {"params", paramsToJson(scene)}}},
            {"background", toHexColor(scene.background)},
            {"background_image", scene.backgroundImage.empty() ? Json() : Json(scene.backgroundImage)},
            {"corner_radius", scene.cornerRadius},
            {"border", {{"width", scene.border}, {"color", toHexColor(scene.borderColor)}}},
            {"transition",
             {{"kind", toString(scene.transition.kind)},
              {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(scene.transition.duration).count()}}},
            {"labels", scene.labels},
            {"active_speaker_border", scene.activeSpeakerBorder},
            {"exclude_participant", scene.excludeParticipant.empty() ? Json() : Json(scene.excludeParticipant)}};
}

void readScene(ObjectReader& reader, Scene& scene) {
    readLayout(reader, scene);
    readColor(reader, "background", scene.background);
    if (const Json* image = reader.find("background_image")) {
        scene.backgroundImage.clear();
        if (!image->is_null()) reader.read("background_image", scene.backgroundImage, TextLimits{1, 255});
    }
    reader.read("corner_radius", scene.cornerRadius, IntegerRange{0, kMaximumCornerRadius});
    if (scene.cornerRadius % 2 != 0) reader.fail("corner_radius", "must be even");
    readBorder(reader, scene);
    readTransition(reader, scene.transition);
    reader.read("labels", scene.labels);
    reader.read("active_speaker_border", scene.activeSpeakerBorder);
    if (const Json* excluded = reader.find("exclude_participant")) {
        scene.excludeParticipant.clear();
        if (!excluded->is_null()) reader.read("exclude_participant", scene.excludeParticipant, TextLimits{1, 64});
    }
}

double toFps(FrameRate rate) {
    return rate.den == 1 ? rate.num : std::round(rate.toDouble() * 100) / 100;
}

Json canvasToJson(Size size, FrameRate rate) {
    Json fps = rate.den == 1 ? Json(rate.num) : Json(toFps(rate));
    return {{"width", size.width}, {"height", size.height}, {"fps", std::move(fps)}};
}

void readCanvas(ObjectReader& reader, std::string_view name, Size& size, FrameRate& rate) {
    const Json* canvas = reader.object(name);
    if (canvas == nullptr) return;
    ObjectReader inner(*canvas, reader.pathOf(name));
    inner.read("width", size.width, IntegerRange{160, 3840});
    inner.read("height", size.height, IntegerRange{90, 2160});
    std::optional<double> fps;
    inner.read("fps", fps, NumberRange{1, 60});
    if (size.width % 2 != 0) inner.fail("width", "must be even");
    if (size.height % 2 != 0) inner.fail("height", "must be even");
    if (fps && *fps == std::floor(*fps)) {
        rate = FrameRate{static_cast<int>(*fps), 1};
    } else if (fps) {  // 23.976, 29.97 and 59.94 are n*1000/1001
        const int whole = static_cast<int>(std::ceil(*fps));
        rate = FrameRate{whole * 1000, 1001};
        if (std::abs(rate.toDouble() - *fps) > 0.006) inner.fail("fps", "must be an integer, 23.98, 29.97 or 59.94");
    }
    if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
}

}  // namespace tessera

#include "api/json_overlay.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tessera {
namespace {

constexpr std::size_t kLongestText = 2000;

struct KindRow {
    std::string_view name;
    OverlayKind kind;
    OverlayPlace place;  ///< by default
    double width, height;
    double opacity;  ///< of the background
};
constexpr KindRow kKinds[] = {
    {"text", OverlayKind::Text, {0.03, 0.05, 0, 0}, 0.6, 0.06, 0.68},
    {"image", OverlayKind::Image, {0.97, 0.05, 1, 0}, 0.2, 0.15, 0},
    {"ticker", OverlayKind::Ticker, {0.5, 1, 0.5, 1}, 1, 0.07, 0.68},
    {"clock", OverlayKind::Clock, {0.97, 0.05, 1, 0}, 0.3, 0.06, 0.68},
    {"caption", OverlayKind::Caption, {0.5, 0.94, 0.5, 1}, 0.8, 0.06, 0.68},
};

struct AnchorRow {
    std::string_view name;
    double x, y;
};
constexpr AnchorRow kAnchors[] = {
    {"top-left", 0, 0}, {"top", 0.5, 0},       {"top-right", 1, 0}, {"left", 0, 0.5},       {"center", 0.5, 0.5},
    {"right", 1, 0.5},  {"bottom-left", 0, 1}, {"bottom", 0.5, 1},  {"bottom-right", 1, 1},
};

const KindRow& rowOf(OverlayKind kind) {
    return *std::find_if(std::begin(kKinds), std::end(kKinds), [kind](const KindRow& row) { return row.kind == kind; });
}

std::string_view anchorName(const OverlayPlace& place) {
    const auto found = std::find_if(std::begin(kAnchors), std::end(kAnchors), [&place](const AnchorRow& row) {
        return row.x == place.anchorX && row.y == place.anchorY;
    });
    return found == std::end(kAnchors) ? "center" : found->name;
}

std::string toHex(std::uint32_t color) {
    char text[8];
    std::snprintf(text, sizeof text, "#%06x", static_cast<unsigned>(color & 0xFFFFFFU));
    return text;
}

void readRgb(ObjectReader& reader, std::string_view name, std::uint32_t& color) {
    std::optional<std::string> text;
    reader.read(name, text, TextLimits{7, 7});
    if (!text) return;
    const bool isHex = (*text)[0] == '#' && text->find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
    if (!isHex) return reader.fail(name, "must be a colour such as #10161e");
    color = static_cast<std::uint32_t>(std::stoul(text->substr(1), nullptr, 16));
}

void readPlace(ObjectReader& outer, OverlayPlace& place) {
    const Json* object = outer.object("place");
    if (object == nullptr) return;
    ObjectReader reader(*object, outer.pathOf("place"));
    reader.read("x", place.x, NumberRange{0, 1});
    reader.read("y", place.y, NumberRange{0, 1});
    std::string anchor(anchorName(place));
    reader.readChoice(
        "anchor", anchor,
        {"top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"});
    for (const AnchorRow& row : kAnchors) {
        if (row.name != anchor) continue;
        place.anchorX = row.x;
        place.anchorY = row.y;
    }
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
}

void readSize(ObjectReader& outer, OverlaySpec& spec) {
    const Json* object = outer.object("size");
    if (object == nullptr) return;
    ObjectReader reader(*object, outer.pathOf("size"));
    reader.read("width", spec.width, NumberRange{0.01, 1});
    reader.read("height", spec.height, NumberRange{0.01, 1});
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
}

void readStyle(ObjectReader& outer, OverlayStyle& style) {
    const Json* object = outer.object("style");
    if (object == nullptr) return;
    ObjectReader reader(*object, outer.pathOf("style"));
    readRgb(reader, "color", style.color);
    readRgb(reader, "background", style.background);
    reader.read("background_opacity", style.backgroundOpacity, NumberRange{0, 1});
    reader.read("bold", style.bold);
    if (auto status = reader.finish(); !status.ok()) outer.fail(status.error());
}

void readMoment(ObjectReader& reader, std::string_view name, std::optional<std::int64_t>& ms) {
    const Json* value = reader.find(name);
    if (value == nullptr) return;
    ms.reset();
    if (value->is_null()) return;
    constexpr double kMost = 1e12;
    double read = 0;
    reader.read(name, read, NumberRange{0, kMost});
    ms = static_cast<std::int64_t>(std::llround(read));
}

void readOwn(ObjectReader& reader, OverlaySpec& spec) {
    switch (spec.kind) {
        case OverlayKind::Ticker: reader.read("speed", spec.speed, NumberRange{0.01, 2}); [[fallthrough]];
        case OverlayKind::Text:
        case OverlayKind::Caption: reader.read("text", spec.text, TextLimits{1, kLongestText}); break;
        case OverlayKind::Image: reader.read("image", spec.image, TextLimits{1, 255}); break;
        case OverlayKind::Clock: {
            std::string format = spec.isElapsed ? "elapsed" : "time";
            reader.readChoice("format", format, {"time", "elapsed"});
            spec.isElapsed = format == "elapsed";
            reader.read("utc_offset_minutes", spec.utcOffsetMinutes, IntegerRange{-840, 840});
        }
    }
}

Result<OverlaySpec> readMembers(ObjectReader& reader, OverlaySpec spec) {
    readPlace(reader, spec.place);
    readSize(reader, spec);
    readStyle(reader, spec.style);
    readOwn(reader, spec);
    reader.read("z", spec.z, IntegerRange{-1000, 1000});
    reader.read("opacity", spec.opacity, NumberRange{0, 1});
    readMoment(reader, "from_ms", spec.fromMs);
    readMoment(reader, "until_ms", spec.untilMs);
    TESSERA_TRY(reader.finish());
    return spec;
}

Json orNull(const std::optional<std::int64_t>& ms) {
    return ms ? Json(*ms) : Json();
}

}  // namespace

Json toJson(const OverlayInfo& overlay) {
    const OverlaySpec& spec = overlay.spec;
    Json json = {{"id", overlay.id.toString()},
                 {"kind", rowOf(spec.kind).name},
                 {"place", {{"x", spec.place.x}, {"y", spec.place.y}, {"anchor", anchorName(spec.place)}}},
                 {"size", {{"width", spec.width}, {"height", spec.height}}},
                 {"style",
                  {{"color", toHex(spec.style.color)},
                   {"background", toHex(spec.style.background)},
                   {"background_opacity", spec.style.backgroundOpacity},
                   {"bold", spec.style.bold}}},
                 {"z", spec.z},
                 {"opacity", spec.opacity},
                 {"from_ms", orNull(spec.fromMs)},
                 {"until_ms", orNull(spec.untilMs)}};
    switch (spec.kind) {
        case OverlayKind::Ticker: json["speed"] = spec.speed; [[fallthrough]];
        case OverlayKind::Text:
        case OverlayKind::Caption: json["text"] = spec.text; break;
        case OverlayKind::Image: json["image"] = spec.image; break;
        case OverlayKind::Clock:
            json["format"] = spec.isElapsed ? "elapsed" : "time";
            json["utc_offset_minutes"] = spec.utcOffsetMinutes;
    }
    return json;
}

Result<OverlaySpec> readOverlaySpec(const Json& body) {
    ObjectReader reader(body);
    reader.require("kind");
    std::string kind = "text";
    reader.readChoice("kind", kind, {"text", "image", "ticker", "clock", "caption"});
    OverlaySpec spec;
    for (const KindRow& row : kKinds) {
        if (row.name != kind) continue;
        spec.kind = row.kind;
        spec.place = row.place;
        spec.width = row.width;
        spec.height = row.height;
        spec.style.backgroundOpacity = row.opacity;
    }
    if (spec.kind == OverlayKind::Image) reader.require("image");
    if (spec.kind != OverlayKind::Image && spec.kind != OverlayKind::Clock) reader.require("text");
    return readMembers(reader, std::move(spec));
}

Result<OverlaySpec> readOverlayPatch(const Json& body, const OverlaySpec& spec) {
    ObjectReader reader(body);
    return readMembers(reader, spec);
}

}  // namespace tessera

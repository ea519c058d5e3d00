#include "mcu/meeting/overlay_set.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

/// Long enough for some thousand characters; a strip takes a megabyte or two.
constexpr int kLongestStrip = 16384;
constexpr int kCaptionLines = 3;

int evenShare(double share, int of, int least) {
    return std::max(2 * static_cast<int>(std::lround(share * of / 2)), least);
}

Error noOverlay(const OverlayId& id) {
    return notFound("there is no overlay " + id.toString());
}

Status validate(const OverlaySpec& spec) {
    const auto isFraction = [](double value) { return value >= 0 && value <= 1; };
    if (!isFraction(spec.place.x) || !isFraction(spec.place.y)) {
        return invalidArgument("a place is given in fractions of the canvas, 0 to 1", "place");
    }
    if (!(spec.width > 0 && spec.width <= 1 && spec.height > 0 && spec.height <= 1)) {
        return invalidArgument("a size is given in fractions of the canvas, above 0 and at most 1", "size");
    }
    if (!isFraction(spec.opacity) || !isFraction(spec.style.backgroundOpacity)) {
        return invalidArgument("an opacity is 0 to 1", "opacity");
    }
    if (!(spec.speed > 0 && spec.speed <= 2)) {
        return invalidArgument("a ticker runs at up to 2 canvas widths a second", "speed");
    }
    if (spec.fromMs && spec.untilMs && *spec.untilMs <= *spec.fromMs) {
        return invalidArgument("until_ms must be later than from_ms", "until_ms");
    }
    const bool needsText = spec.kind != OverlayKind::Image && spec.kind != OverlayKind::Clock;
    if (needsText && spec.text.empty()) return invalidArgument("text must not be empty", "text");
    if (spec.kind == OverlayKind::Image && spec.image.empty()) return invalidArgument("image is missing", "image");
    return kOk;
}

/// Text alone, to be put on a plate.
OverlayStyle withoutBackground(OverlayStyle style) {
    style.backgroundOpacity = 0;
    return style;
}

Status makeTicker(ViewOverlay& made, Size box, TextRasterizer& rasterizer) {
    auto plate = rasterizer.text("", {box.height, box.width, box.width, 1, made.spec.style});
    if (!plate) return plate.error();
    auto strip = rasterizer.text(made.spec.text, {box.height, 2, kLongestStrip, 1, withoutBackground(made.spec.style)});
    if (!strip) return strip.error();
    made.plate = std::move(plate).value();
    made.strip = std::move(strip).value();
    return kOk;
}

Status makeClock(ViewOverlay& made, int height, TextRasterizer& rasterizer) {
    const int cell = evenShare(0.38, height, 4);
    for (std::size_t i = 0; i < kClockCharacters.size(); ++i) {
        const std::string text(1, kClockCharacters[i]);
        auto character = rasterizer.text(text, {height, cell, cell, 1, withoutBackground(made.spec.style)});
        if (!character) return character.error();
        made.characters[i] = std::move(character).value();
    }
    const int width = 9 * cell;
    auto plate = rasterizer.text("", {height, width, width, 1, made.spec.style});
    if (!plate) return plate.error();
    made.plate = std::move(plate).value();
    return kOk;
}

Result<ViewOverlayPtr> make(const OverlaySpec& spec, Size canvas, MediaFactory& factory) {
    TESSERA_TRY(validate(spec));
    auto made = std::make_shared<ViewOverlay>();
    made->spec = spec;
    const Size box{evenShare(spec.width, canvas.width, 16), evenShare(spec.height, canvas.height, 12)};
    TextRasterizer& rasterizer = factory.textRasterizer();
    Result<OverlayPtr> plate = OverlayPtr();
    switch (spec.kind) {
        case OverlayKind::Text: plate = rasterizer.text(spec.text, {box.height, 2, box.width, 1, spec.style}); break;
        case OverlayKind::Caption:
            plate = rasterizer.text(spec.text, {box.height, 2, box.width, kCaptionLines, spec.style});
            break;
        case OverlayKind::Image: plate = factory.loadOverlay(spec.image, box); break;
        case OverlayKind::Ticker: TESSERA_TRY(makeTicker(*made, box, rasterizer)); return ViewOverlayPtr(made);
        case OverlayKind::Clock: TESSERA_TRY(makeClock(*made, box.height, rasterizer)); return ViewOverlayPtr(made);
    }
    if (!plate) return plate.error();
    made->plate = std::move(plate).value();
    return ViewOverlayPtr(made);
}

}  // namespace

std::vector<OverlaySet::Entry>::iterator OverlaySet::find(const OverlayId& id) {
    return std::find_if(entries_.begin(), entries_.end(), [&id](const Entry& entry) { return entry.id == id; });
}

Result<OverlayInfo> OverlaySet::add(const OverlaySpec& spec, Size canvas, MediaFactory& factory) {
    if (entries_.size() == kMost) return Error{ErrorCode::Capacity, "a view has at most 32 overlays", {}};
    auto made = make(spec, canvas, factory);
    if (!made) return made.error();
    entries_.push_back({OverlayId::create(), std::move(made).value()});
    return OverlayInfo{entries_.back().id, spec};
}

Result<OverlayInfo> OverlaySet::update(const OverlayId& id, const OverlaySpec& spec, Size canvas,
                                       MediaFactory& factory) {
    const auto found = find(id);
    if (found == entries_.end()) return noOverlay(id);
    auto made = make(spec, canvas, factory);
    if (!made) return made.error();
    found->overlay = std::move(made).value();
    return OverlayInfo{id, spec};
}

Status OverlaySet::remove(const OverlayId& id) {
    const auto found = find(id);
    if (found == entries_.end()) return noOverlay(id);
    entries_.erase(found);
    return kOk;
}

Result<OverlayInfo> OverlaySet::info(const OverlayId& id) const {
    for (const Entry& entry : entries_) {
        if (entry.id == id) return OverlayInfo{id, entry.overlay->spec};
    }
    return noOverlay(id);
}

std::vector<OverlayInfo> OverlaySet::all() const {
    std::vector<OverlayInfo> result;
    for (const Entry& entry : entries_) result.push_back({entry.id, entry.overlay->spec});
    return result;
}

std::vector<ViewOverlayPtr> OverlaySet::planned() const {
    std::vector<ViewOverlayPtr> result;
    for (const Entry& entry : entries_) result.push_back(entry.overlay);
    std::stable_sort(result.begin(), result.end(),
                     [](const ViewOverlayPtr& a, const ViewOverlayPtr& b) { return a->spec.z < b->spec.z; });
    return result;
}

}  // namespace tessera

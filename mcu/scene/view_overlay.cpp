#include "mcu/scene/view_overlay.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

constexpr int kClockLength = 8;  // hh:mm:ss

int toEven(double value) {
    return 2 * static_cast<int>(std::floor(value / 2 + 0.5));
}

Rect clipped(const Rect& rect, Size canvas) {
    const int x = std::clamp(rect.x, 0, canvas.width), y = std::clamp(rect.y, 0, canvas.height);
    return {x, y, std::clamp(rect.right(), 0, canvas.width) - x, std::clamp(rect.bottom(), 0, canvas.height) - y};
}

bool isShown(const OverlaySpec& spec, MediaTime now) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    return (!spec.fromMs || ms >= *spec.fromMs) && (!spec.untilMs || ms < *spec.untilMs);
}

/// Where an overlay of that size stands.
Rect standing(const OverlayPlace& place, Size size, Size canvas) {
    return {toEven(place.x * canvas.width - place.anchorX * size.width),
            toEven(place.y * canvas.height - place.anchorY * size.height), size.width, size.height};
}

/// Runs from right to left through its band, enters again when it has left, and begins when the ticker is shown.
int tickerX(const OverlaySpec& spec, MediaTime now, const Rect& band, int length, int canvasWidth) {
    const auto shownFor = now.time_since_epoch() - std::chrono::milliseconds(spec.fromMs.value_or(0));
    const double seconds = std::chrono::duration<double>(shownFor).count();
    const double way = std::fmod(std::max(seconds, 0.0) * spec.speed * canvasWidth, band.width + length);
    return band.right() - 2 * static_cast<int>(way / 2);
}

std::array<char, kClockLength> clockText(const OverlaySpec& spec, MediaTime now, Duration wall) {
    const Duration shown = spec.isElapsed ? now.time_since_epoch() : wall + std::chrono::minutes(spec.utcOffsetMinutes);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(shown).count() % 86400;
    const int second = static_cast<int>((seconds + 86400) % 86400);
    const int parts[] = {second / 3600, second / 60 % 60, second % 60};
    std::array<char, kClockLength> text{};
    for (int i = 0; i < 3; ++i) {
        text[static_cast<std::size_t>(3 * i)] = static_cast<char>('0' + parts[i] / 10);
        text[static_cast<std::size_t>(3 * i + 1)] = static_cast<char>('0' + parts[i] % 10);
        if (i < 2) text[static_cast<std::size_t>(3 * i + 2)] = ':';
    }
    return text;
}

void placeClock(const ViewOverlay& overlay, std::span<const char> text, const Rect& rect, PlacedOverlay piece,
                std::vector<PlacedOverlay>& placed) {
    const Size cell = overlay.characters[0]->size;
    const int length = static_cast<int>(text.size()) * cell.width;
    piece.x = rect.x + (rect.width - length) / 4 * 2;
    piece.y = rect.y + (rect.height - cell.height) / 4 * 2;
    for (const char character : text) {
        piece.overlay = overlay.characters[kClockCharacters.find(character)].get();
        placed.push_back(piece);
        piece.x += cell.width;
    }
}

}  // namespace

void placeOverlay(const ViewOverlay& overlay, MediaTime now, Duration wall, Size canvas,
                  std::vector<PlacedOverlay>& placed) {
    const OverlaySpec& spec = overlay.spec;
    if (!isShown(spec, now) || !overlay.plate) return;
    const Rect rect = standing(spec.place, overlay.plate->size, canvas);
    PlacedOverlay piece;
    piece.overlay = overlay.plate.get();
    piece.x = rect.x;
    piece.y = rect.y;
    piece.opacity = static_cast<int>(std::lround(std::clamp(spec.opacity, 0.0, 1.0) * kOpaque));
    piece.clip = clipped(rect, canvas);
    if (piece.clip.isEmpty() || piece.opacity == 0) return;
    placed.push_back(piece);
    if (spec.kind == OverlayKind::Ticker && overlay.strip) {
        const Size strip = overlay.strip->size;
        piece.overlay = overlay.strip.get();
        piece.x = tickerX(spec, now, rect, strip.width, canvas.width);
        piece.y = rect.y + (rect.height - strip.height) / 4 * 2;
        placed.push_back(piece);
    }
    if (spec.kind == OverlayKind::Clock && overlay.characters[0]) {
        placeClock(overlay, clockText(spec, now, wall), rect, piece, placed);
    }
}

}  // namespace tessera

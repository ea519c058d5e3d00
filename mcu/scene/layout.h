#pragma once

#include <span>
#include <string>
#include <vector>

#include "mcu/media/geometry.h"

namespace tessera {

/// The most sources a layout places; those beyond are not shown.
inline constexpr int kMaximumTiles = 49;

/// What a layout may know about one source. Sources come in stage order: the order of joining.
struct LayoutSource {
    bool isScreen = false;   ///< a shared screen or slides, not a camera
    bool hasVideo = false;   ///< false: a placeholder stands in its tile
    bool pinned = false;     ///< wins over the active speaker on the view
    bool spotlight = false;  ///< wins over pins
    int speakerRank = -1;    ///< 0 = active speaker, 1 = the one before, ...; -1 = has not spoken
};

/// One rectangle of a `custom` layout.
struct CustomTile {
    FractionRect rect;
    int z = 0;  ///< higher is nearer
    Fit fit = Fit::Cover;
    std::string source;  ///< id of the source or of its participant; empty = the next in stage order
    double opacity = 1;  ///< of all that the tile shows, 0 to 1
    auto operator<=>(const CustomTile&) const = default;
};

/// Parameters of a layout, each with the default that the catalog documents. A layout reads only its own.
struct LayoutParams {
    int columns = 0;                      ///< grid: 0 = automatic
    int rows = 0;                         ///< grid: 0 = automatic
    int small = 5;                        ///< one-plus-n: 5, 7 or 12
    std::string strip = "bottom";         ///< speaker, presentation: bottom | top | left | right
    double stripFraction = 0.2;           ///< speaker, presentation: 0.1 to 0.5 of the canvas
    std::string corner = "bottom-right";  ///< picture-in-picture
    double insetFraction = 0.25;          ///< picture-in-picture: width of the inset, 0.1 to 0.5 of the canvas
    int gap = 4;                          ///< pixels between tiles, even, 0 to 64
    Fit fit = Fit::Cover;                 ///< of cameras; a shared screen is always contained
    std::vector<CustomTile> tiles;        ///< custom
    auto operator<=>(const LayoutParams&) const = default;
};

/// Where one source is drawn.
struct Tile {
    int source = -1;  ///< index into the layout's sources
    Rect rect;        ///< pixels of the canvas; x, y, width, height even; inside the canvas
    Fit fit = Fit::Cover;
    int z = 0;           ///< drawn from low to high, equal ones in order
    double opacity = 1;  ///< of all that the tile shows, 0 to 1
    auto operator<=>(const Tile&) const = default;
};

/// A layout: canvas and sources to tiles. Pure; sorted by z on return; allocates only while `tiles` grows.
///
/// @param canvas   pixels, even, at least 16x16
/// @param sources  any number; at most kMaximumTiles are placed
/// @param custom   for each of params.tiles the index of its source, -1 = none (only `custom` reads it)
/// @param tiles    cleared first
/// @thread any
using LayoutFunction = void (*)(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params,
                                std::span<const int> custom, std::vector<Tile>& tiles);

}  // namespace tessera

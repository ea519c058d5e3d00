#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "mcu/base/time.h"
#include "mcu/media/video_frame.h"
#include "mcu/scene/layout.h"
#include "mcu/scene/overlay.h"
#include "mcu/scene/scene.h"

namespace tessera {

/// What is known about one source at a tick, besides its picture.
struct StageSource {
    std::string_view id;           ///< borrowed from the plan
    std::string_view participant;  ///< borrowed from the plan; id of its owner, empty for none
    LayoutSource traits;
    Orientation orientation;                        ///< applied after the picture's own
    Duration pictureAge{};                          ///< since the newest picture; meaningless without video
    std::array<OverlayPtr, kTileScales> labels{};   ///< by TileScale; null = no name to show
    std::array<OverlayPtr, kTileScales> avatars{};  ///< by TileScale
};

/// A picture older than this is dimmed: it is held, not live.
inline constexpr Duration kDimAfter = std::chrono::seconds(2);

/// Brightness of a dimmed tile, in 1/256.
inline constexpr int kDimLevel = 112;

/// Distance of a label from the left and bottom edges of a tile with square corners, pixels.
inline constexpr int kLabelInset = 8;

/// The same with rounded corners and a thick border, so that the label keeps clear of both; even.
constexpr int labelInset(int cornerRadius, int border) {
    return kLabelInset + cornerRadius / 10 * 2 + (border > kLabelInset / 2 ? border - kLabelInset / 2 : 0);
}

/// Quality of scaling; the cheaper ones are for load shedding and for sizes that change from tick to tick.
enum class ScaleFilter { CatmullRom, Area, Bilinear };

/// Coverage of what is drawn wholly.
inline constexpr int kOpaque = 255;

/// One thing to draw. Everything a compositor needs is here; it decides nothing.
struct Layer {
    int source = -1;  ///< index into the sources that were resolved
    Rect rect;        ///< pixels of the canvas, all even
    Fit fit = Fit::Cover;
    ScaleFilter filter = ScaleFilter::CatmullRom;
    Orientation orientation;   ///< applied after the picture's own; not to avatar and label
    int opacity = kOpaque;     ///< of the whole layer, 0 to 255
    int cornerRadius = 0;      ///< pixels, even, at most half the smaller side; cuts everything the layer draws
    bool placeholder = false;  ///< no picture: `fill` with `avatar` in the middle
    int level = 256;           ///< brightness in 1/256: 256 = as it is
    int border = 0;            ///< thickness inside the rectangle, pixels, even; 0 = none
    Yuv borderColor{};
    Yuv fill{};                       ///< letterbox bars and placeholder
    const Overlay* label = nullptr;   ///< borrowed from the StageSource; in the bottom left corner
    int labelInset = kLabelInset;     ///< of the label from the left and bottom edges, pixels, even
    const Overlay* avatar = nullptr;  ///< borrowed from the StageSource
};

/// An overlay at its place on the canvas.
struct PlacedOverlay {
    const Overlay* overlay = nullptr;  ///< borrowed, never null
    int x = 0;                         ///< of its upper left corner, pixels, even, may lie outside the canvas
    int y = 0;
    int opacity = kOpaque;  ///< 0 to 255
    Rect clip;              ///< nothing is drawn outside it; even, inside the canvas
};

/// The resolved draw list of one view at one tick.
struct Composition {
    Size canvas;
    Yuv background{};
    FramePtr backgroundImage{};             ///< covers the canvas behind every layer; null = none
    std::vector<Layer> layers{};            ///< from far to near
    std::vector<PlacedOverlay> overlays{};  ///< over all layers, from far to near
};

/// Buffers that `resolve` reuses, so that a tick does not allocate.
struct ResolveScratch {
    std::vector<LayoutSource> sources;
    std::vector<int> indices;  ///< of `sources` in the stage
    std::vector<int> custom;
    std::vector<Tile> tiles;
};

/// Gives a layer, whose rectangle, corners and border are set, the name and, when it is a placeholder, the avatar of
/// its source in the size that suits the rectangle; none where that does not fit.
void dressLayer(const StageSource& source, bool hasLabel, Layer& layer);

/// Applies a scene to the stage: leaves out what it excludes, calls the layout, and fills in labels, the active
/// speaker's border, placeholders and dimming. Pure but for the reused buffers. An unknown layout falls back to grid.
///
/// @param composition  overwritten; its layers' capacity is reused
/// @thread video-tick, or any with its own scratch
void resolve(const Scene& scene, Size canvas, std::span<const StageSource> stage, ResolveScratch& scratch,
             Composition& composition);

}  // namespace tessera

#pragma once

#include <cstdint>
#include <type_traits>

/// What one launch reads: plain structures that the host fills and the device, or its emulation, works through. All
/// pointers are device addresses; all rectangles are canvas pixels with even edges; plane 0 is luma, 1 is U, 2 is V.
namespace tessera::kernel {

using Sample = std::uint8_t;

/// A block of threads draws this much of a canvas.
inline constexpr int kTileWidth = 64;
inline constexpr int kTileHeight = 16;
inline constexpr int kThreads = 128;

/// Most source columns that the columns of a tile are filtered from: four per column, the widest filter, and some to
/// spare.
inline constexpr int kLumaWindow = 304;
inline constexpr int kChromaWindow = 176;

/// Most layers of one canvas, overlays and background image counted.
inline constexpr int kMaximumLayers = 512;

/// Halvings before filtering, per axis: from 16384 samples down to 4.
inline constexpr int kMaximumHalvings = 12;

struct Area {
    std::int32_t x = 0;
    std::int32_t y = 0;
    std::int32_t width = 0;
    std::int32_t height = 0;
};

/// A plane of a turned picture: stepping in bytes from its upper left sample, backwards where it is mirrored.
struct PlaneSource {
    const Sample* origin = nullptr;
    std::int64_t columnStep = 1;
    std::int64_t rowStep = 0;
};

/// One axis of one plane: docs/compositor.md, sections 5 and 6.
struct AxisRow {
    const std::int32_t* first = nullptr;    ///< by output sample
    const std::int32_t* begin = nullptr;    ///< by output sample: the smallest `first` from it on
    const std::int32_t* end = nullptr;      ///< by output sample: behind the last source sample up to it
    const std::int16_t* weights = nullptr;  ///< by output sample, `taps` each
    std::int32_t taps = 0;
    std::int32_t sourceLength = 0;  ///< before halving
    std::int32_t halvings = 0;
    std::int32_t reserved = 0;
};

/// A premultiplied picture at its place; nothing when width is 0.
struct OverlayRow {
    const Sample* color[3] = {};
    const Sample* alpha[2] = {};  ///< of luma, of chroma
    Area area;
};

enum class LayerKind : std::int32_t { Picture, Placeholder, Overlay };

/// Without padding, so that rows are compared byte by byte.
struct LayerRow {
    LayerKind kind = LayerKind::Placeholder;
    std::int32_t converts = 0;  ///< 0: the picture is BT.709 limited already
    Area rect;                  ///< nothing is drawn outside
    Area picture;               ///< part of `rect`
    PlaneSource planes[3];
    AxisRow horizontal[2];  ///< of luma, of chroma
    AxisRow vertical[2];
    std::int32_t conversion[8] = {};  ///< yy yu yv y0 uu uv vu vv
    std::int32_t level = 256;
    std::int32_t border = 0;
    std::int32_t opacity = 255;
    std::int32_t radius = 0;
    std::int32_t innerRadius = 0;  ///< inside the border
    Sample fill[4] = {};           ///< by plane
    Sample borderColor[4] = {};
    std::int32_t reserved = 0;
    const Sample* corner[2] = {};       ///< coverage of the upper left corner: luma radius^2, chroma a quarter of it
    const Sample* innerCorner[2] = {};  ///< likewise
    OverlayRow avatar;
    OverlayRow label;  ///< the overlay itself when kind is Overlay
};
static_assert(std::has_unique_object_representations_v<LayerRow>);

/// One canvas of the launch: NV12.
struct CanvasRow {
    Sample* luma = nullptr;
    Sample* chroma = nullptr;
    std::int64_t pitch = 0;
    std::int32_t width = 0;
    std::int32_t height = 0;
    std::int32_t firstLayer = 0;
    std::int32_t layerCount = 0;
    Sample background[3] = {};
};

/// One tile to draw.
struct TileRow {
    std::int32_t canvas = 0;
    std::int32_t x = 0;
    std::int32_t y = 0;
};

/// The kernel's argument; one block of threads per tile.
struct LaunchTable {
    const CanvasRow* canvases = nullptr;
    const LayerRow* layers = nullptr;
    const TileRow* tiles = nullptr;
};

}  // namespace tessera::kernel

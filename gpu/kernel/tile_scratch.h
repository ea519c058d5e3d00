#pragma once

#include "gpu/kernel/layer_table.h"

#if defined(__CUDACC__)
/// A loop that stays a loop: unrolled, the long bodies would need more registers than a thread should take.
#define TESSERA_ROLLED _Pragma("unroll 1")
#define TESSERA_KERNEL __host__ __device__ inline
#define TESSERA_KERNEL_CALL __host__ __device__ __noinline__ inline
#else
#define TESSERA_ROLLED
#define TESSERA_KERNEL inline
#define TESSERA_KERNEL_CALL __attribute__((noinline)) inline
#endif

namespace tessera::kernel {

/// What the threads of a block share.
struct TileScratch {
    Sample lumaLines[kTileHeight][kLumaWindow];  ///< source columns, filtered vertically
    Sample chromaLines[2][kTileHeight / 2][kChromaWindow];
    Sample picture[kTileHeight][kTileWidth];  ///< filtered both ways
    Sample pictureChroma[2][kTileHeight / 2][kTileWidth / 2];
    Sample canvas[kTileHeight][kTileWidth];
    Sample canvasChroma[2][kTileHeight / 2][kTileWidth / 2];
    Sample seen[kMaximumLayers];  ///< by layer: 0 outside of the tile, 1 inside, 2 hides all before it
};

TESSERA_KERNEL int smaller(int a, int b) {
    return a < b ? a : b;
}
TESSERA_KERNEL int larger(int a, int b) {
    return a > b ? a : b;
}
TESSERA_KERNEL int clampSample(int value) {
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

TESSERA_KERNEL Area intersect(const Area& a, const Area& b) {
    const int x = larger(a.x, b.x), y = larger(a.y, b.y);
    return {x, y, smaller(a.x + a.width, b.x + b.width) - x, smaller(a.y + a.height, b.y + b.height) - y};
}
TESSERA_KERNEL bool isEmpty(const Area& area) {
    return area.width <= 0 || area.height <= 0;
}
TESSERA_KERNEL Area halved(const Area& area) {
    return {area.x >> 1, area.y >> 1, area.width >> 1, area.height >> 1};
}

TESSERA_KERNEL int halvedLength(int length, int times) {
    for (; times > 0; --times) length = (length + 1) >> 1;
    return length;
}

}  // namespace tessera::kernel

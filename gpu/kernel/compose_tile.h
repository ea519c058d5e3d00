#pragma once

#include "gpu/kernel/draw_phase.h"

/// One block of threads draws one tile of one canvas, through all layers that touch it. The work is a row of phases;
/// within a phase no thread reads what another writes. On the device a phase ends with a barrier; the emulation runs
/// the threads of a phase one after the other, in any order.
namespace tessera::kernel {

/// The part of the tile that lies on the canvas.
TESSERA_KERNEL Area tileArea(const TileRow& tile, const CanvasRow& canvas) {
    return intersect({tile.x, tile.y, kTileWidth, kTileHeight}, {0, 0, canvas.width, canvas.height});
}

TESSERA_KERNEL bool hides(const LayerRow& layer, const Area& tile) {
    if (layer.kind == LayerKind::Overlay || layer.opacity < 255 || layer.radius > 0) return false;
    const Area& rect = layer.rect;
    return rect.x <= tile.x && rect.y <= tile.y && rect.x + rect.width >= tile.x + tile.width &&
           rect.y + rect.height >= tile.y + tile.height;
}

/// Which layers the tile sees, and the background under them.
TESSERA_KERNEL void beginPhase(const CanvasRow& canvas, const LayerRow* layers, const Area& tile, int thread,
                               TileScratch& scratch) {
    for (int i = thread; i < canvas.layerCount; i += kThreads) {
        const bool outside = isEmpty(intersect(layers[i].rect, tile)) || layers[i].opacity <= 0;
        scratch.seen[i] = outside ? 0 : hides(layers[i], tile) ? 2 : 1;
    }
    for (int y = thread / kTileWidth; y < kTileHeight; y += kThreads / kTileWidth) {
        scratch.canvas[y][thread % kTileWidth] = canvas.background[0];
    }
    const int column = thread % 32, plane = thread / 32 % 2;
    for (int y = thread / 64; y < kTileHeight / 2; y += 2) {
        scratch.canvasChroma[plane][y][column] = canvas.background[1 + plane];
    }
}

TESSERA_KERNEL HalvedPlane halvedPlane(const LayerRow& layer, int plane) {
    const int kind = plane == 0 ? 0 : 1;
    return {layer.planes[plane], layer.horizontal[kind].sourceLength, layer.vertical[kind].sourceLength,
            layer.horizontal[kind].halvings, layer.vertical[kind].halvings};
}

TESSERA_KERNEL_CALL void verticalPhase(const LayerRow& layer, const Area& tile, int thread, TileScratch& scratch) {
    const Window luma = windowOf(tile, layer.picture, layer.horizontal[0]);
    filterRows(halvedPlane(layer, 0), layer.vertical[0], luma, thread, scratch.lumaLines[0], kLumaWindow);
    const Window chroma = windowOf(halved(tile), halved(layer.picture), layer.horizontal[1]);
    for (int plane = 1; plane < 3; ++plane) {
        filterRows(halvedPlane(layer, plane), layer.vertical[1], chroma, thread, scratch.chromaLines[plane - 1][0],
                   kChromaWindow);
    }
}

TESSERA_KERNEL_CALL void horizontalPhase(const LayerRow& layer, const Area& tile, int thread, TileScratch& scratch) {
    constexpr int kLumaRows = kTileHeight / 2, kChromaRows = kTileHeight / 4;
    int sums[kLumaRows];
    const Window luma = windowOf(tile, layer.picture, layer.horizontal[0]);
    const int column = thread % kTileWidth, half = thread / kTileWidth;
    if (column < luma.shown.width) {
        const int top = half * kLumaRows;
        filterColumn<kLumaRows>(layer.horizontal[0], luma, column, scratch.lumaLines[top], kLumaWindow, sums);
        for (int row = 0; row < kLumaRows && top + row < luma.shown.height; ++row) {
            scratch.picture[luma.shown.y - tile.y + top + row][luma.shown.x - tile.x + column] =
                static_cast<Sample>(clampSample(sums[row] >> 7));
        }
    }
    const Area chromaTile = halved(tile);
    const Window chroma = windowOf(chromaTile, halved(layer.picture), layer.horizontal[1]);
    const int chromaColumn = thread % 32, plane = thread / 32 % 2;
    if (chromaColumn >= chroma.shown.width) return;
    const int top = thread / 64 * kChromaRows;
    filterColumn<kChromaRows>(layer.horizontal[1], chroma, chromaColumn, scratch.chromaLines[plane][top], kChromaWindow,
                              sums);
    for (int row = 0; row < kChromaRows && top + row < chroma.shown.height; ++row) {
        const int y = chroma.shown.y - chromaTile.y + top + row, x = chroma.shown.x - chromaTile.x + chromaColumn;
        scratch.pictureChroma[plane][y][x] = static_cast<Sample>(clampSample(sums[row] >> 7));
    }
}

TESSERA_KERNEL_CALL void drawPhase(const LayerRow& layer, const Area& tile, int thread, TileScratch& scratch) {
    const int x = thread % kTileWidth;
    TESSERA_ROLLED
    for (int y = thread / kTileWidth; y < kTileHeight; y += kThreads / kTileWidth) {
        Sample& sample = scratch.canvas[y][x];
        sample = static_cast<Sample>(drawSample(layer, scratch, tile, {0, tile.x + x, tile.y + y}, sample));
    }
    const int column = thread % 32, plane = thread / 32 % 2;
    TESSERA_ROLLED
    for (int y = thread / 64; y < kTileHeight / 2; y += 2) {
        Sample& sample = scratch.canvasChroma[plane][y][column];
        const Place at{1 + plane, tile.x / 2 + column, tile.y / 2 + y};
        sample = static_cast<Sample>(drawSample(layer, scratch, tile, at, sample));
    }
}

/// Writes what lies inside the canvas: four bytes per thread and row.
TESSERA_KERNEL void storePhase(const CanvasRow& canvas, const Area& tile, int thread, const TileScratch& scratch) {
    const int x = thread % 16 * 4;
    const int count = smaller(4, canvas.width - tile.x - x);
    for (int y = thread / 16; y < kTileHeight && tile.y + y < canvas.height; y += kThreads / 16) {
        Sample* out = canvas.luma + (tile.y + y) * canvas.pitch + tile.x + x;
        for (int i = 0; i < count; ++i) out[i] = scratch.canvas[y][x + i];
    }
    for (int y = thread / 16; y < kTileHeight / 2 && tile.y / 2 + y < canvas.height / 2; y += kThreads / 16) {
        Sample* out = canvas.chroma + (tile.y / 2 + y) * canvas.pitch + tile.x + x;
        for (int i = 0; i < count; ++i) out[i] = scratch.canvasChroma[i & 1][y][(x + i) >> 1];
    }
}

/// Draws tile `block` of the launch.
/// @param run  calls its argument once for every thread of the block and returns when all are done
#if defined(__CUDACC__)
#pragma nv_exec_check_disable
#endif
template <typename Run>
TESSERA_KERNEL void composeTile(const LaunchTable& table, int block, TileScratch& scratch, Run run) {
    const TileRow row = table.tiles[block];
    const CanvasRow& canvas = table.canvases[row.canvas];
    const Area tile = tileArea(row, canvas);
    const LayerRow* layers = table.layers + canvas.firstLayer;
    run([&](int thread) { beginPhase(canvas, layers, tile, thread, scratch); });
    int first = canvas.layerCount - 1;
    while (first > 0 && scratch.seen[first] != 2) --first;
    for (int i = larger(first, 0); i < canvas.layerCount; ++i) {
        if (scratch.seen[i] == 0) continue;
        const LayerRow& layer = layers[i];
        if (layer.kind == LayerKind::Picture && !isEmpty(intersect(layer.picture, tile))) {
            run([&](int thread) { verticalPhase(layer, tile, thread, scratch); });
            run([&](int thread) { horizontalPhase(layer, tile, thread, scratch); });
        }
        run([&](int thread) { drawPhase(layer, tile, thread, scratch); });
    }
    run([&](int thread) { storePhase(canvas, tile, thread, scratch); });
}

}  // namespace tessera::kernel

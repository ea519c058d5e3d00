#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "mcu/scene/layout_catalog.h"

namespace tessera {

/// Parameters worth trying on a layout.
struct LayoutSample {
    std::string title;
    LayoutParams params;
};

inline bool reads(const LayoutRow& layout, std::string_view param) {
    return std::any_of(layout.params.begin(), layout.params.end(),
                       [&](const LayoutParamRow& row) { return row.name == param; });
}

/// Two halves, a banner above both, and an inset in front: what people draw.
inline std::vector<CustomTile> sampleTiles() {
    return {{{0, 0, 0.5, 0.8}, 0, Fit::Cover, ""},
            {{0.5, 0, 0.5, 0.8}, 0, Fit::Contain, ""},
            {{0.7, 0.6, 0.25, 0.35}, 2, Fit::Cover, ""},
            {{0, 0.8, 1, 0.2}, 1, Fit::Cover, ""},
            {{1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3}, -1, Fit::Cover, ""}};
}

/// The defaults, then one sample for each interesting value of each parameter that the layout reads.
inline std::vector<LayoutSample> samplesOf(const LayoutRow& layout) {
    LayoutParams base;
    if (reads(layout, "tiles")) base.tiles = sampleTiles();
    std::vector<LayoutSample> samples{{"defaults", base}};
    const auto add = [&](std::string_view param, std::string title, auto change) {
        if (!reads(layout, param)) return;
        LayoutParams params = base;
        change(params);
        samples.push_back({std::move(title), params});
    };
    add("columns", "columns 3", [](LayoutParams& p) { p.columns = 3; });
    add("columns", "columns 49", [](LayoutParams& p) { p.columns = 49; });
    add("rows", "rows 2", [](LayoutParams& p) { p.rows = 2; });
    add("rows", "columns 3, rows 3", [](LayoutParams& p) { p.columns = p.rows = 3; });
    add("small", "small 7", [](LayoutParams& p) { p.small = 7; });
    add("small", "small 12", [](LayoutParams& p) { p.small = 12; });
    for (const char* strip : {"top", "left", "right"}) {
        add("strip", std::string("strip ") + strip, [&](LayoutParams& p) { p.strip = strip; });
    }
    add("strip_fraction", "strip_fraction 0.1", [](LayoutParams& p) { p.stripFraction = 0.1; });
    add("strip_fraction", "strip_fraction 0.5", [](LayoutParams& p) { p.stripFraction = 0.5; });
    for (const char* corner : {"bottom-left", "top-right", "top-left"}) {
        add("corner", std::string("corner ") + corner, [&](LayoutParams& p) { p.corner = corner; });
    }
    add("inset_fraction", "inset_fraction 0.1", [](LayoutParams& p) { p.insetFraction = 0.1; });
    add("inset_fraction", "inset_fraction 0.5", [](LayoutParams& p) { p.insetFraction = 0.5; });
    add("gap", "gap 0", [](LayoutParams& p) { p.gap = 0; });
    add("gap", "gap 64", [](LayoutParams& p) { p.gap = 64; });
    add("fit", "fit contain", [](LayoutParams& p) { p.fit = Fit::Contain; });
    return samples;
}

/// `count` cameras of which the middle one speaks; with `screen` the last is a shared screen.
inline std::vector<LayoutSource> people(int count, bool screen = false) {
    std::vector<LayoutSource> sources(static_cast<std::size_t>(count));
    for (LayoutSource& source : sources) source.hasVideo = true;
    if (count > 0) sources[sources.size() / 2].speakerRank = 0;
    if (count > 0 && screen) sources.back().isScreen = true;
    return sources;
}

/// Calls a layout as `resolve` does: its n-th custom rectangle shows the n-th source.
inline std::vector<Tile> place(const LayoutRow& layout, Size canvas, std::span<const LayoutSource> sources,
                               const LayoutParams& params) {
    std::vector<int> custom;
    for (int i = 0; i < static_cast<int>(params.tiles.size()); ++i) {
        custom.push_back(i < static_cast<int>(sources.size()) ? i : -1);
    }
    std::vector<Tile> tiles;
    layout.place(canvas, sources, params, custom, tiles);
    return tiles;
}

inline std::vector<Tile> place(std::string_view layout, Size canvas, std::span<const LayoutSource> sources,
                               const LayoutParams& params = {}) {
    return place(*findLayout(layout).value(), canvas, sources, params);
}

}  // namespace tessera

#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/selection.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

void placeSingle(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params, std::span<const int>,
                 std::vector<Tile>& tiles) {
    TileWriter writer(sources, params, tiles);
    if (const int only = lead(sources, ScreenRank::LikeAnyone); only >= 0) writer.add(only, wholeCanvas(canvas));
}

}  // namespace tessera

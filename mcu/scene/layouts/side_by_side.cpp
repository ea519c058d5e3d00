#include <algorithm>

#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/selection.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

void placeSideBySide(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params,
                     std::span<const int>, std::vector<Tile>& tiles) {
    TileWriter writer(sources, params, tiles);
    const Selection chosen = choose(sources, 2);
    if (chosen.count == 0) return;
    if (chosen.count == 1) return writer.add(chosen.indices[0], wholeCanvas(canvas));

    const bool isStacked = canvas.height > canvas.width;
    const int length = isStacked ? canvas.height : canvas.width;
    const int half = evenDown((length - std::clamp(params.gap, 0, length / 2)) / 2);
    const int second = length - half;
    writer.add(chosen.indices[0], isStacked ? Rect{0, 0, canvas.width, half} : Rect{0, 0, half, canvas.height});
    writer.add(chosen.indices[1],
               isStacked ? Rect{0, second, canvas.width, half} : Rect{second, 0, half, canvas.height});
}

}  // namespace tessera

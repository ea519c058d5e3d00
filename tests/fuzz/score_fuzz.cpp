#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mcu/base/check.h"
#include "mcu/scene/layout_catalog.h"

#include "api/json_score.h"

using namespace tessera;

/// A line that is taken is written back as one that is taken, and its views can be drawn.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto line = readScoreLine({reinterpret_cast<const char*>(bytes), size});
    if (!line.ok()) return 0;
    if (!line->score) {
        TESSERA_CHECK(readScoreLine(toScoreLine(line->at, line->speakers)).ok());
        return 0;
    }
    for (const ScoreView& view : line->score->views) {
        const auto layout = findLayout(view.spec.scene.layout);
        TESSERA_CHECK(layout.ok() && validateLayoutParams(**layout, view.spec.scene.params).ok());
        TESSERA_CHECK(view.spec.canvas.width >= 160 && view.spec.canvas.height >= 90);
    }
    TESSERA_CHECK(readScoreLine(toScoreLine(*line->score)).ok());
    return 0;
}

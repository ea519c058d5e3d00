#include "pipelines/ingest/frame_code.h"

#include <cstring>

namespace tessera {

void drawFrameCode(WritableFrame& frame, MediaTime time) {
    const auto milliseconds = static_cast<std::uint32_t>(toMilliseconds(time.time_since_epoch()));
    const auto stride = frame.frame->planes[0].stride;
    for (int cell = 0; cell < frame_code::kColumns * frame_code::kRows; ++cell) {
        const Rect rect = frame_code::cellRect(frame.frame->size, cell);
        const int luma = frame_code::isWhite(milliseconds, cell) ? 235 : 16;
        for (int y = rect.y; y < rect.bottom(); ++y) {
            std::memset(frame.data[0] + y * stride + rect.x, luma, static_cast<std::size_t>(rect.width));
        }
    }
}

}  // namespace tessera

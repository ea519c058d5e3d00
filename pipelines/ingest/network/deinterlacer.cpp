#include "pipelines/ingest/network/deinterlacer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace tessera {
namespace {

/// Differences above are motion: more than the noise of a coded picture, less than a moving edge.
constexpr int kMotion = 12;

/// One line and those above and below it, of this picture and of the one before.
struct Lines {
    const std::uint8_t *above, *line, *below;
    const std::uint8_t *aboveBefore, *lineBefore, *belowBefore;
};

void mendLine(const Lines& in, std::uint8_t* out, int width) {
    for (int x = 0; x < width; ++x) {
        const int moved = std::max({std::abs(in.above[x] - in.aboveBefore[x]), std::abs(in.line[x] - in.lineBefore[x]),
                                    std::abs(in.below[x] - in.belowBefore[x])});
        const int between = (in.above[x] + in.below[x] + 1) / 2;
        out[x] = static_cast<std::uint8_t>(moved > kMotion ? between : in.line[x]);
    }
}

struct PlaneSize {
    int width, rows;
};

void mendPlane(const Plane& now, const Plane& before, std::uint8_t* out, int outStride, PlaneSize size, int firstKept) {
    for (int y = 0; y < size.rows; ++y) {
        std::uint8_t* target = out + static_cast<std::ptrdiff_t>(y) * outStride;
        const auto row = [y, &size](const Plane& plane, int by) {
            const int at = std::clamp(y + by, 0, size.rows - 1);
            return plane.data + static_cast<std::ptrdiff_t>(at) * plane.stride;
        };
        if (y % 2 == firstKept) {
            std::memcpy(target, row(now, 0), static_cast<std::size_t>(size.width));
            continue;
        }
        const int up = y == 0 ? 1 : -1, down = y == size.rows - 1 ? -1 : 1;
        mendLine({row(now, up), row(now, 0), row(now, down), row(before, up), row(before, 0), row(before, down)},
                 target, size.width);
    }
}

}  // namespace

std::shared_ptr<VideoFrame> Deinterlacer::apply(const FramePtr& picture, bool topFieldFirst) {
    if (!pool_ || pool_->size() != picture->size) pool_ = std::make_unique<FramePool>(picture->size);
    const bool hasBefore = before_ && before_->size == picture->size;
    const FramePtr before = hasBefore ? before_ : picture;
    WritableFrame whole = pool_->take();
    whole.frame->matrix = picture->matrix;
    whole.frame->range = picture->range;
    whole.frame->orientation = picture->orientation;
    whole.frame->pts = picture->pts;
    for (std::size_t plane = 0; plane < 3; ++plane) {
        const Size size = plane == 0 ? picture->size : chromaSize(picture->size);
        mendPlane(picture->planes[plane], before->planes[plane], whole.data[plane], whole.frame->planes[plane].stride,
                  {size.width, size.height}, topFieldFirst ? 0 : 1);
    }
    before_ = picture;
    return whole.frame;
}

}  // namespace tessera

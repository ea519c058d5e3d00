#pragma once

#include <cstdint>
#include <vector>

#include "mcu/media/video_frame.h"
#include "mcu/video/kernels.h"
#include "mcu/video/scale_table_cache.h"

namespace tessera {

/// Scales one plane at a time: halves it while the ratio exceeds four, filters vertically into a block of rows, then
/// horizontally into the target. Holds the rows in between, nothing of the planes.
/// @thread of its owner; allocates only while planes grow and for tables it sees for the first time
class PlaneScaler {
public:
    explicit PlaneScaler(const PixelKernels& kernels) : kernels_(kernels) {}

    /// @param source  plane of horizontal.sourceLength x vertical.sourceLength samples; nothing beyond them is read
    /// @param target  plane of horizontal.table's x vertical.table's outputs; nothing beyond them is written
    void scale(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical, const TargetRows& target);

private:
    Plane halve(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical);
    void halveRow(const std::uint8_t* upper, const std::uint8_t* lower, int width, std::uint8_t* out);
    void scaleBlocks(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical,
                     const TargetRows& target);
    void filterVertically(const Plane& source, const AxisScale& vertical, int row, const ScaleTable& columns,
                          std::uint8_t* out);
    void filterHorizontally(const RowBlock& rows, const AxisScale& horizontal, const TargetRows& out);
    void preparePairs(const AxisScale& axis);
    void prepareColumns(const AxisScale& axis);

    // Borrowed
    const PixelKernels& kernels_;

    // State
    std::vector<std::uint8_t> halved_;
    std::vector<std::uint8_t> rows_;
    std::vector<std::uint8_t> scratch_;
};

}  // namespace tessera

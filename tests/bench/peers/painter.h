#pragma once

#include <memory>
#include <optional>

#include "mcu/scene/composition.h"
#include "mcu/video/compositor.h"
#include "mcu/video/kernels.h"

#include "tests/bench/peers/source_set.h"

namespace tessera {

/// A picture that a painter made; valid until it paints again.
struct Painting {
    Size size;
    std::array<Plane, 3> planes{};
};

/// Whose CPU time counts: a painter that hands work to threads of its own is charged for them.
enum class CpuClock { Thread, Process };

/// One contestant: draws a case again and again from the same sources.
class Painter {
public:
    virtual ~Painter() = default;
    /// What comes before drawing and is not measured: wrapping the sources' memory as the contestant wants it.
    virtual void prepare() {}
    virtual void paint() = 0;
    virtual CpuClock clock() const { return CpuClock::Thread; }
    /// Null: it draws nothing that could be looked at.
    virtual std::optional<Painting> painted() const { return std::nullopt; }
};

using PainterPtr = std::unique_ptr<Painter>;

PainterPtr createOurPainter(const BenchCase& drawn, const SourceSet& sources, const PixelKernels& kernels,
                            ScaleFilter filter);

/// I420Scale of every tile straight into a canvas of a small ring.
/// @param isBox  box, else bilinear
PainterPtr createLibyuvPainter(const BenchCase& drawn, const SourceSet& sources, bool isBox);

/// A bare `compositor` element with one worker thread, fed and emptied without queues between.
PainterPtr createGstreamerPainter(const BenchCase& drawn, const SourceSet& sources);

/// buffer, scale (bilinear) and xstack in one filter graph with one thread.
PainterPtr createFfmpegPainter(const BenchCase& drawn, const SourceSet& sources);

/// What cannot be avoided: reads one byte of every line of the sources' cache and writes the canvas.
PainterPtr createFloorPainter(const BenchCase& drawn, const SourceSet& sources);

/// A copy of the canvas.
PainterPtr createCopyPainter(const BenchCase& drawn);

}  // namespace tessera

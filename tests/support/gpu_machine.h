#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "mcu/media/frame_pool.h"
#include "mcu/video/compositor.h"

#include "gpu/cuda_compositor.h"
#include "tests/support/fake_gpu.h"

namespace tessera {

/// A machine with one device of the stand-in driver, ready to compose.
struct GpuMachine {
    explicit GpuMachine(const std::string& plan = {}) : gpu(plan) {
        device = *gpu.openDevice();
        queue = *FakeGpu::openQueue(device);
    }
    std::unique_ptr<Compositor> compositor() { return createCudaCompositor(queue); }

    FakeGpu gpu;
    std::shared_ptr<CudaDevice> device;
    std::shared_ptr<CudaLaunchQueue> queue;
};

/// A picture of one grey value.
inline FramePtr greyFrame(Size size, int value) {
    FramePool pool(size);
    WritableFrame frame = pool.take();
    for (std::size_t i = 0; i < 3; ++i) {
        const Size plane = i == 0 ? size : chromaSize(size);
        const auto bytes =
            static_cast<std::size_t>(frame.frame->planes[i].stride) * static_cast<std::size_t>(plane.height);
        std::fill_n(frame.data[i], bytes, static_cast<std::uint8_t>(i == 0 ? value : 128));
    }
    return std::move(frame).publish();
}

/// One source over the whole canvas.
inline Composition fullPicture(Size canvas) {
    Composition composition;
    composition.canvas = canvas;
    Layer layer;
    layer.source = 0;
    layer.rect = {0, 0, canvas.width, canvas.height};
    layer.fill = {40, 128, 128};
    composition.layers.push_back(layer);
    return composition;
}

inline int lumaAt(const VideoFrame& frame, int x, int y) {
    return frame.planes[0].data[static_cast<std::ptrdiff_t>(y) * frame.planes[0].stride + x];
}

}  // namespace tessera

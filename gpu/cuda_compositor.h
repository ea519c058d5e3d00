#pragma once

#include <memory>

#include "mcu/video/compositor.h"

#include "gpu/cuda_launch_queue.h"

namespace tessera {

/// The CUDA backend: bit for bit the picture of the CPU backend (docs/compositor.md), NV12 in the device's memory.
///
/// Reads I420 pictures of the host, uploaded once each, and NV12 pictures of a device. `submit` queues, the first
/// `collect` on the device launches for all that wait; neither waits for the device. A launch error costs one picture;
/// after `CudaDevice::isLost` every `collect` fails.
std::unique_ptr<Compositor> createCudaCompositor(std::shared_ptr<CudaLaunchQueue> queue);

}  // namespace tessera

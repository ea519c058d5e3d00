#pragma once

#include <memory>

#include "mcu/video/compositor.h"

#include "gpu/gpu_composers.h"

namespace tessera {

/// Composes on a device for as long as that works, and on the CPU from then on; its owner need not know which.
///
/// Loss of the device: the picture of that very tick and all later ones are drawn on the CPU. Pictures in the lost
/// memory count as missing until their sources deliver others. Any other error costs one picture; after several in a
/// row, as when memory is short, the CPU draws for some seconds before the device is tried again.
///
/// @param composer  null = the CPU alone
std::unique_ptr<Compositor> createGpuCompositor(std::shared_ptr<GpuComposer> composer);

}  // namespace tessera

#pragma once

#include <memory>

#include "mcu/meeting/output.h"

#include "pipelines/outputs/muxer.h"

namespace tessera {

/// Makes an output that muxes on a thread of its own.
///
/// It begins at the first video keyframe (or, without video, at the first sound), which is time 0 of both tracks;
/// earlier sound is left out. The state is Connecting until then, Live, and Stopped or Failed in the end. A fragment is
/// closed when it holds `spec.fragment` of media, or when nothing has come for that long. After a failure what was
/// written is finished as far as the target allows.
std::unique_ptr<Output> createMuxOutput(MuxSpec spec, std::unique_ptr<MuxTarget> target);

}  // namespace tessera

#pragma once

#include "mcu/base/time.h"

#include "pipelines/gst/gst_ptr.h"

namespace tessera {

/// Moves a pipeline to NULL and frees it on a thread of the process' reaper, since either can hang in a broken element.
///
/// @return true when that was done within `deadline`; false leaves it to the reaper, which goes on with the next one
///         on another thread. A deadline of 0 does not wait and is never an error
/// @thread any but a streaming thread of that pipeline
bool reapPipeline(GstElementPtr pipeline, Duration deadline);

}  // namespace tessera

#pragma once

namespace tessera {

/// Initialises GStreamer once per process; later calls return at once.
/// @thread any
void initGst();

}  // namespace tessera

#pragma once

namespace tessera {

/// Lets the calling thread, and threads that it makes from now on, run only when nobody else wants the processor much.
/// @source setpriority(2): on Linux a nice value is a thread's own, and inherited
/// @thread any
void lowerThreadPriority();

}  // namespace tessera

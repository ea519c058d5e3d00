#pragma once

#include <string>

#include "mcu/base/result.h"

#include "pipelines/av/interrupt.h"

namespace tessera {

/// Finds out whether a host name has an address. FFmpeg's own lookups cannot be interrupted: done before, this one
/// waits in their place, and theirs find the answer fresh.
///
/// @param interrupt  asked every 50 ms
/// @error unreachable: the name has no address; timeout: `interrupt` was due
/// @thread any that may wait
Status lookUp(const std::string& host, const Interrupt& interrupt);

}  // namespace tessera

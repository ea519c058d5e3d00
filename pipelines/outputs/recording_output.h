#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

/// A recording ends, rather than fill the disk, when less than this is free.
inline constexpr std::uint64_t kRecordingMinimumFree = 200ULL << 20U;

/// Makes an output that writes a fragmented MP4 file (H.264 and AAC), readable at any time up to its last fragment:
/// at most 400 ms of media wait in memory, so a killed process loses less than a second, and a power cut about two
/// more.
///
/// @param minimumFree  bytes
/// @error invalid_argument: neither video nor audio, or a codec that the file cannot hold; not_found: no such folder;
///        conflict: the file exists; capacity: too little disk space
Result<std::unique_ptr<Output>> createRecordingOutput(const OutputRequest& request,
                                                      std::uint64_t minimumFree = kRecordingMinimumFree);

}  // namespace tessera

#pragma once

#include <memory>
#include <string>

#include "pipelines/outputs/muxer.h"

namespace tessera {

/// Creates a file that reaches the disk while it is written: fdatasync at most every two seconds, and at the end.
/// What is written to it fails with capacity once less than `minimumFree` bytes of the disk are free.
///
/// @error not_found: no such folder; conflict: the file exists; capacity: too little disk space; device
Result<std::unique_ptr<MuxTarget>> createRecordingFile(const std::string& path, std::uint64_t minimumFree);

/// How a container is written that can be read up to its last fragment at any time: MP4, or Matroska in short clusters.
/// Its tracks are for the caller to say.
MuxSpec recordingContainer(bool isMatroska);

}  // namespace tessera

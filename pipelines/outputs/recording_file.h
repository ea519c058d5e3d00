#pragma once

#include <cstdint>
#include <memory>
#include <span>
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

/// What `errno` means for a file of a recording: not_found, conflict, capacity, else device.
Error diskError(const std::string& path, int code);

/// Writes all of it. @error as diskError
Status writeAll(int descriptor, std::span<const std::uint8_t> bytes, const std::string& path);

/// In the folder of a recording: where the times of its files and of the meeting meet, an object per line with `file`,
/// `at_us` (in the file) and `meeting_us`, from which both run on together.
inline constexpr const char* kTimelineFile = "timeline.jsonl";

/// Adds a line to it. @error device
Status noteTimeline(const std::string& folder, const std::string& file, Duration at, MediaTime meeting);

}  // namespace tessera

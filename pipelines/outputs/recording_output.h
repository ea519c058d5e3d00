#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

/// A recording ends, rather than fill the disk, when less than this is free.
inline constexpr std::uint64_t kRecordingMinimumFree = 200ULL << 20U;

inline constexpr ParamRow kRecordingParams[] = {
    {"container", ParamType::Choice, R"("mp4")", "mp4 | mkv",
     "mp4: H.264 and AAC, plays everywhere; mkv: H.264 or VP8 as viewers get it, and their Opus"},
};

/// Sound of its own as AAC in MP4; what viewers hear in Matroska.
OutputTraits recordingTraits(const Params& params);

/// Whether the container holds the video that is asked for. @error unsupported: field video.codec
Status checkRecording(const OutputSpec& spec);

/// Name of the recording's first file.
std::string recordingFileName(const Params& params);

/// Makes an output that writes a fragmented MP4 file (H.264 and AAC) or a Matroska file in short clusters, readable at
/// any time up to its last fragment: at most 400 ms of media wait in memory, so a killed process loses less than a
/// second, and a power cut about two more.
///
/// @param minimumFree  bytes
/// @error invalid_argument: neither video nor audio, or a codec that the file cannot hold; not_found: no such folder;
///        conflict: the file exists; capacity: too little disk space
Result<std::unique_ptr<Output>> createRecordingOutput(const OutputRequest& request,
                                                      std::uint64_t minimumFree = kRecordingMinimumFree);

}  // namespace tessera

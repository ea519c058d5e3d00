#pragma once

#include <memory>
#include <string>

#include "mcu/meeting/output.h"

#include "pipelines/outputs/file_listener.h"
#include "pipelines/outputs/recording_writer.h"

namespace tessera {

inline constexpr ParamRow kRecordingParams[] = {
    {"container", ParamType::Choice, R"("mp4")", "mp4 | mkv",
     "mp4: H.264 and AAC, plays everywhere; mkv: H.264 or VP8 as viewers get it, and their Opus"},
    {"segment_s", ParamType::Integer, "0", "", "Begin another file after this many seconds; 0 = never", 0, 86'400},
    {"segment_mb", ParamType::Integer, "0", "", "Begin another file after this many megabytes; 0 = never", 0,
     1'000'000},
};

/// Sound of its own as AAC in MP4; what viewers hear in Matroska.
OutputTraits recordingTraits(const Params& params);

/// Whether the container holds the video that is asked for. @error unsupported: field video.codec
Status checkRecording(const OutputSpec& spec);

/// Name of one of the recording's files. @param number  from 1
std::string recordingFileName(const Params& params, int number = 1);

/// Makes an output that writes a fragmented MP4 file (H.264 and AAC) or a Matroska file in short clusters, readable at
/// any time up to its last fragment: at most 400 ms of media wait in memory (900 ms of sound with segments), so a
/// killed process loses less than a second, and a power cut about two more.
///
/// It begins at the first video keyframe (or, without video, at the first sound), which is time 0 of both tracks;
/// earlier sound is left out. The state is Connecting until then, Live, Paused while it is held, and Stopped or Failed
/// in the end. After a failure what was written is finished as far as the disk allows.
///
/// @error invalid_argument: neither video nor audio, or a codec that the file cannot hold; those of createRecordingFile
///        timeout: the disk does not answer
/// @param onFile  null = nobody hears
Result<std::unique_ptr<Output>> createRecordingOutput(const OutputRequest& request, const FileListener& onFile = {});

/// The same on files of the caller's.
using RecordingFiles = RecordingWriter::Hooks;
Result<std::unique_ptr<Output>> createRecordingOutput(MuxSpec spec, SegmentLimits limits, RecordingFiles files);

}  // namespace tessera

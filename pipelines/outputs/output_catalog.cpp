#include "pipelines/outputs/output_catalog.h"

#include "pipelines/outputs/hls/hls_output.h"
#include "pipelines/outputs/iso/iso_output.h"
#include "pipelines/outputs/mpegts_output.h"
#include "pipelines/outputs/recording_output.h"
#include "pipelines/outputs/rtmp_output.h"
#include "pipelines/outputs/rtsp_output.h"
#include "pipelines/outputs/srt_output.h"
#include "pipelines/outputs/whip_output.h"

namespace tessera {
namespace {

constexpr VideoCodec kH264[] = {VideoCodec::H264};
constexpr AudioCodec kAac[] = {AudioCodec::Aac};
constexpr VideoCodec kH264AndVp8[] = {VideoCodec::H264, VideoCodec::Vp8};
constexpr AudioCodec kAacAndOpus[] = {AudioCodec::Aac, AudioCodec::Opus};

OutputTraits h264AndAac(const Params&) {
    return {VideoCodec::H264, {AudioCodec::Aac, 128}};
}

constexpr AudioCodec kOpus[] = {AudioCodec::Opus};

OutputTraits h264AndOpus(const Params&) {
    return {VideoCodec::H264, {AudioCodec::Opus, 64}};
}

constexpr OutputRow kRows[] = {
    {"recording", "A view with its full mix as a file, MP4 or Matroska", OutputStorage::Recording, recordingTraits,
     kH264AndVp8, kAacAndOpus, kRecordingParams,
     [](const OutputRequest& request) { return createRecordingOutput(request); }, nullptr, checkRecording, nullptr,
     createRecordingOutput},
    {"iso",
     "What each source sends, as it is coded, in files of one timeline with a cut list",
     OutputStorage::Recording,
     isoTraits,
     {},
     {},
     {},
     createIsoOutput,
     nullptr,
     checkIso},
    {"rtmp", "A view with its full mix, published to an RTMP or RTMPS server", OutputStorage::None, h264AndAac, kH264,
     kAac, kRtmpParams, createRtmpOutput},
    {"hls", "A view with its full mix as HLS, with low latency, for browsers and players (H.264 and AAC)",
     OutputStorage::Site, h264AndAac, kH264, kAac, kHlsParams, nullptr, createHlsOutput},
    {"srt", "A view with its full mix over SRT, as caller or listener", OutputStorage::None, h264AndAac, kH264, kAac,
     kSrtParams, createSrtOutput},
    {"mpegts", "A view with its full mix as MPEG transport stream over UDP or RTP, to a host or a multicast group",
     OutputStorage::None, h264AndAac, kH264, kAac, kMpegtsParams, createMpegtsOutput},
    {"rtsp", "A view with its full mix, published to an RTSP server", OutputStorage::None, h264AndAac, kH264, kAac,
     kRtspParams, createRtspOutput},
    {"whip", "A view with its full mix, published to another server over WebRTC (WHIP)", OutputStorage::None,
     h264AndOpus, kH264AndVp8, kOpus, kWhipParams, nullptr, nullptr, nullptr, createWhipOutput},
};

}  // namespace

std::span<const OutputRow> outputCatalog() {
    return kRows;
}

Result<const OutputRow*> findOutput(std::string_view kind) {
    std::string known;
    for (const OutputRow& row : kRows) {
        if (row.kind == kind) return &row;
        known.append(known.empty() ? "" : ", ").append(row.kind);
    }
    return invalidArgument("there is no kind of output " + std::string(kind) + "; there are " + known, "kind");
}

}  // namespace tessera

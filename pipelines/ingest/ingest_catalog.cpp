#include "pipelines/ingest/ingest_catalog.h"

#include "pipelines/ingest/file_ingest.h"
#include "pipelines/ingest/image_ingest.h"
#include "pipelines/ingest/network/hls_ingest.h"
#include "pipelines/ingest/network/mpegts_ingest.h"
#include "pipelines/ingest/network/rtmp_ingest.h"
#include "pipelines/ingest/network/rtsp_ingest.h"
#include "pipelines/ingest/network/srt_ingest.h"
#include "pipelines/ingest/test_ingest.h"

namespace tessera {
namespace {

constexpr IngestRow kRows[] = {
    {"test", "A generated picture and sound", kTestIngestParams, &checkTestIngest, &createTestIngest},
    {"file", "A media file of this machine", kFileIngestParams, &checkFileIngest, &createFileIngest},
    {"image", "A still picture of this machine", kImageIngestParams, &checkImageIngest, &createImageIngest},
    {"rtsp", "A camera or server over RTSP", kRtspIngestParams, &checkRtspIngest, &createRtspIngest},
    {"srt", "MPEG-TS over SRT, called or listened for", kSrtIngestParams, &checkSrtIngest, &createSrtIngest},
    {"rtmp", "A stream that an RTMP server plays, or that a sender pushes to us", kRtmpIngestParams, &checkRtmpIngest,
     &createRtmpIngest, &prepareRtmpIngest, "key"},
    {"hls", "An HLS playlist, live or not", kHlsIngestParams, &checkHlsIngest, &createHlsIngest},
    {"mpegts", "MPEG-TS over UDP or RTP, unicast or multicast", kMpegTsIngestParams, &checkMpegTsIngest,
     &createMpegTsIngest},
};

}  // namespace

std::span<const IngestRow> ingestCatalog() {
    return kRows;
}

Result<const IngestRow*> findIngest(std::string_view kind) {
    std::string known;
    for (const IngestRow& row : kRows) {
        if (row.kind == kind) return &row;
        known.append(known.empty() ? "" : ", ").append(row.kind);
    }
    return invalidArgument("there is no kind of source " + std::string(kind) + "; there are " + known, "kind");
}

Result<IngestSpec> completeIngest(IngestSpec spec) {
    const auto row = findIngest(spec.kind);
    if (!row) return row.error();
    auto params = completeParams((*row)->params, spec.params);
    if (!params) return params.error();
    spec.params = std::move(params).value();
    return spec;
}

}  // namespace tessera

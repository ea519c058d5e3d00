#include "pipelines/ingest/ingest_catalog.h"

#include <algorithm>

#include "pipelines/ingest/file_ingest.h"
#include "pipelines/ingest/test_ingest.h"

namespace tessera {
namespace {

constexpr IngestParameter kTestParameters[] = {
    {"name", "string", "test", "shown in the picture"},
    {"pattern", "choice", "moving", "moving | flash (white for 100 ms at each full second) | coded (frame code)"},
    {"audio", "choice", "tone", "tone | speech | beep (for 100 ms at each full second) | silence"},
    {"tone_hz", "integer", "440", "pitch of tone and beep, 0 to 20000; a tone of 0 is silence"},
    {"width", "integer", "640", "pixels, even, 16 to 3840"},
    {"height", "integer", "360", "pixels, even, 16 to 2160"},
    {"fps", "integer", "30", "1 to 60"},
};

constexpr IngestParameter kFileParameters[] = {
    {"url", "string", "", "path of a media file, relative to the folder files.root of the configuration"},
    {"loop", "boolean", "true", "begin again at the end"},
};

constexpr IngestRow kRows[] = {
    {IngestKind::Test, "test", "a generated picture and sound", kTestParameters, &createTestIngest},
    {IngestKind::File, "file", "a media file of this machine", kFileParameters,
     [](const IngestSpec& spec, const Timeline& timeline, SourceFeedPtr feed, int) {
         return createFileIngest(spec, timeline, std::move(feed));
     }},
};

}  // namespace

std::span<const IngestRow> ingestCatalog() {
    return kRows;
}

const IngestRow& findIngest(IngestKind kind) {
    const auto* row =
        std::find_if(std::begin(kRows), std::end(kRows), [kind](const auto& r) { return r.kind == kind; });
    TESSERA_CHECK(row != std::end(kRows));
    return *row;
}

}  // namespace tessera

#include "pipelines/ingest/ingest_catalog.h"

#include "pipelines/ingest/file_ingest.h"
#include "pipelines/ingest/test_ingest.h"

namespace tessera {
namespace {

constexpr IngestRow kRows[] = {
    {"test", "A generated picture and sound", kTestIngestParams, &checkTestIngest, &createTestIngest},
    {"file", "A media file of this machine", kFileIngestParams, &checkFileIngest, &createFileIngest},
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

#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "mcu/meeting/media_factory.h"

namespace tessera {

/// One parameter of a kind of ingest, named as the REST contract names it.
struct IngestParameter {
    std::string_view name;
    std::string_view type;          ///< string | integer | boolean | choice
    std::string_view defaultValue;  ///< empty: it must be given
    std::string_view summary;
};

/// One row of the ingest catalog.
struct IngestRow {
    IngestKind kind;
    std::string_view name;  ///< "test"
    std::string_view summary;
    std::span<const IngestParameter> parameters;
    /// @param timeline  outlives the ingest
    /// @param index     of the ingest among all of the process
    /// @error invalid_argument, not_found: what the specification names is wrong or missing
    Result<std::unique_ptr<Ingest>> (*create)(const IngestSpec& spec, const Timeline& timeline, SourceFeedPtr feed,
                                              int index);
};

/// The one table of ingests: one row per IngestKind.
std::span<const IngestRow> ingestCatalog();

const IngestRow& findIngest(IngestKind kind);

}  // namespace tessera

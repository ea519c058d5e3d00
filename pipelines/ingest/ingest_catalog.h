#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "mcu/meeting/media_factory.h"

#include "pipelines/ingest/ingest_settings.h"

namespace tessera {

/// What an ingest is made with.
struct IngestContext {
    const Timeline& timeline;  ///< outlives the ingest
    SourceFeedPtr feed;
    const IngestSettings& settings;  ///< outlives the ingest
    int index = 0;                   ///< of the ingest among all of the process
};

/// One row of the ingest catalog.
struct IngestRow {
    std::string_view kind;  ///< "test"
    std::string_view summary;
    std::span<const ParamRow> params;
    /// What the rows of the parameters alone cannot tell; asked before `create`, and when nothing shall be made.
    /// @param spec  complete
    /// @error invalid_argument with `field`, unsupported: what the specification names is wrong, missing or not allowed
    /// @thread any but control and ticks: it may look up a name
    Status (*check)(const IngestSpec& spec, const IngestSettings& settings);
    /// @param spec  complete
    /// @error as the kind's page in the documentation says
    /// @thread control; waits for no network
    Result<std::unique_ptr<Ingest>> (*create)(const IngestSpec& spec, const IngestContext& context);
    /// Fills in what the caller leaves to us, before `check`; null = nothing.
    /// @param meeting  its id
    void (*prepare)(IngestSpec& spec, std::string_view meeting) = nullptr;
    /// A secret that is told once, in the answer that adds the source; "" = none.
    std::string_view toldOnce = {};
};

/// The one table of ingests.
std::span<const IngestRow> ingestCatalog();

/// @error invalid_argument: no such kind; the message lists those that exist
Result<const IngestRow*> findIngest(std::string_view kind);

/// Completes the parameters of a specification. @error as findIngest, completeParams
Result<IngestSpec> completeIngest(IngestSpec spec);

}  // namespace tessera

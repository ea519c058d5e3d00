#include "mcu/scene/layout_catalog.h"

#include "api/handlers/handlers.h"
#include "api/json_params.h"
#include "api/machine_probe.h"
#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/outputs/output_catalog.h"

namespace tessera::handlers {

namespace {

/// A default as the catalog writes it: JSON where it is JSON, else text.
Json parseDefault(std::string_view text) {
    auto parsed = Json::parse(text, nullptr, false);
    return parsed.is_discarded() ? Json(text) : parsed;
}

template <typename Codec>
Json namesOf(std::span<const Codec> codecs) {
    Json names = Json::array();
    for (const Codec codec : codecs) names.push_back(toString(codec));
    return names;
}

/// Found out once: it takes some 100 ms.
const Json& capabilities(const Services& services) {
    static const Json found =
        services.gpus != nullptr ? probeMachine(*services.gpus) : probeMachine(*GpuEngines::open({}));
    return found;
}

}  // namespace

Result<HttpResponse> listLayouts(Call& call) {
    std::vector<Json> items;
    for (const auto& layout : layoutCatalog()) {
        Json params = Json::array();
        for (const auto& param : layout.params) {
            params.push_back({{"name", param.name},
                              {"type", param.type},
                              {"values", param.values},
                              {"default", parseDefault(param.initial)}});
        }
        items.push_back({{"name", layout.name}, {"summary", layout.summary}, {"params", std::move(params)}});
    }
    return listResponse(call, std::move(items));
}

Result<HttpResponse> listOutputKinds(Call& call) {
    std::vector<Json> items;
    for (const auto& output : outputCatalog()) {
        items.push_back({{"name", output.kind},
                         {"summary", output.summary},
                         {"codecs", {{"video", namesOf(output.video)}, {"audio", namesOf(output.audio)}}},
                         {"params", describeParams(output.params)}});
    }
    return listResponse(call, std::move(items));
}

Result<HttpResponse> listSourceKinds(Call& call) {
    std::vector<Json> items;
    for (const auto& ingest : ingestCatalog()) {
        items.push_back(
            {{"name", ingest.kind}, {"summary", ingest.summary}, {"params", describeParams(ingest.params)}});
    }
    return listResponse(call, std::move(items));
}

Result<HttpResponse> getCapabilities(Call& call) {
    Json json = capabilities(call.services);
    const auto& limits = call.services.config.limits;
    json["limits"] = {{"meetings", limits.meetings}, {"participants", limits.participants}};
    return jsonResponse(200, json);
}

}  // namespace tessera::handlers

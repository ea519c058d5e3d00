// A playlist of anybody's server.
#include "pipelines/ingest/hls/hls_master.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tessera;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto chosen = chooseHlsVariant(text, {4096, 2304});
    if (!chosen.ok()) return 0;
    TESSERA_CHECK(chosen->starts_with("#EXTM3U"));
    const auto again = chooseHlsVariant(*chosen, {4096, 2304});
    TESSERA_CHECK(again.ok() && *again == *chosen);
    return 0;
}

// The URL of a source: anything a caller of the API may send.
#include "pipelines/ingest/network/source_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto url = tessera::parseSourceUrl(text);
    if (!url.ok()) {
        TESSERA_CHECK(url.error().field == "url");
        return 0;
    }
    TESSERA_CHECK(!url->scheme.empty() && url->host.find('@') == std::string::npos);
    TESSERA_CHECK(tessera::percentEncoded(url->user).find('@') == std::string::npos);
    return 0;
}

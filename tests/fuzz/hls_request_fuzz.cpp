#include <cstdlib>
#include <string>

#include "pipelines/outputs/hls/hls_request.h"

/// The first line is a file's name; each other one is a parameter, "name=value".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tessera;
    std::string text(reinterpret_cast<const char*>(data), size);
    std::string name = text.substr(0, text.find('\n'));
    std::map<std::string, std::string> query;
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
        const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
        query[line.substr(0, line.find('='))] = line.substr(std::min(line.size(), line.find('=') + 1));
    }
    if (const auto file = parseHlsFile(name); file.ok()) {
        if (name.find('/') != std::string::npos || file.value().stem.empty()) abort();
        if (!name.starts_with(file.value().stem) || !name.ends_with(file.value().extension)) abort();
    }
    if (const auto parsed = parseHlsQuery(query); parsed.ok()) {
        if (parsed.value().token.find_first_of("\"\r\n&# ") != std::string::npos) abort();
        if (parsed.value().part && !parsed.value().segment) abort();
    }
    return 0;
}

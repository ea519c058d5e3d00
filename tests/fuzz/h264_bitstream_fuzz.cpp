#include <cstdlib>

#include "pipelines/codecs/h264_bitstream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tessera;
    const std::span<const std::uint8_t> stream(data, size);
    std::size_t total = 0;
    for (const auto& unit : splitAnnexB(stream)) {
        if (unit.bytes.empty() || unit.bytes.data() < data || unit.bytes.data() + unit.bytes.size() > data + size)
            abort();
        total += unit.bytes.size() + 4;
    }
    if (toLengthPrefixed(stream).size() > total) abort();
    static_cast<void>(avcConfiguration(stream));
    return 0;
}

#include <cstddef>
#include <cstdint>

#include "mcu/base/check.h"

#include "pipelines/outputs/iso/coded_format.h"

using namespace tessera;

/// What is read of a sender's own bytes before they are put into a file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> bytes(data, size);
    if (const auto frame = parseAdts(bytes)) {
        TESSERA_CHECK(!frame->payload.empty() && frame->payload.size() < size && frame->configuration.size() == 2);
        TESSERA_CHECK(frame->payload.data() > data && frame->payload.data() + frame->payload.size() <= data + size);
    }
    if (const auto picture = vp8Size(bytes)) TESSERA_CHECK(picture->first < 1 << 14 && picture->second < 1 << 14);
    for (const char* codec : {"h264", "hevc", "opus"}) {
        CodedUnit unit{.codec = codec, .bytes = {data, data + size}};
        if (unit.codec == "opus") {
            unit.kind = MediaKind::Audio;
            unit.configuration = std::make_shared<const std::vector<std::uint8_t>>(unit.bytes);
        }
        const CodedFormat format = formatOf(unit, nullptr);
        TESSERA_CHECK(formatOf(unit, &format) == format);
    }
    return 0;
}

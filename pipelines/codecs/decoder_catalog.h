#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// One row of the decoder catalog: what media from outside is decoded with.
struct DecoderRow {
    std::string_view codec;  ///< h264 | vp8 | opus
    std::string_view kind;   ///< video | audio
    const char* element;     ///< of GStreamer
};

/// The one table of decoders.
std::span<const DecoderRow> decoderCatalog();

struct DecoderAvailability {
    std::string codec, kind, element;
    bool available = false;
    std::string reason;  ///< why it is not available; else empty
};

/// Makes every row's element once.
/// @thread any but tick threads
std::vector<DecoderAvailability> probeDecoders();

}  // namespace tessera

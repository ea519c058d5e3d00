#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mcu/base/check.h"

#include "pipelines/webrtc/sdp/sdp_fragment.h"

using namespace tessera;

/// Every candidate that is kept can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto fragment = parseSdpFragment({reinterpret_cast<const char*>(bytes), size});
    if (!fragment.ok()) return 0;
    for (const auto& media : fragment->media) {
        for (const IceCandidate& candidate : media.candidates) {
            const auto again = parseCandidate(toSdp(candidate));
            TESSERA_CHECK(again.ok() && *again == candidate);
        }
    }
    return 0;
}

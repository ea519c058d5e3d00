#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mcu/base/check.h"

#include "pipelines/webrtc/sdp/sdp_answer.h"
#include "pipelines/webrtc/sdp/sdp_publishing.h"

using namespace tessera;

/// Every offer that is taken must be answerable by a description that is itself well formed; the same text may come as
/// the answer to an offer of ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto offer = parseOffer({reinterpret_cast<const char*>(bytes), size});
    if (!offer.ok()) return 0;
    const auto agreed = agreeOn(offerToPublish({VideoCodec::H264, true}), *offer);
    TESSERA_CHECK(!agreed.ok() || !agreed->media.empty());
    for (const bool maySend : {true, false}) {
        const auto negotiation = negotiate(*offer, {maySend, true});
        if (!negotiation.ok()) continue;
        LocalDescription local;
        local.iceUfrag = "abcd";
        local.icePwd = "abcdefghijklmnopqrstuv";
        local.fingerprint = offer->transport.fingerprint;
        const auto answer = parseOffer(makeAnswer(*offer, *negotiation, local));
        TESSERA_CHECK(answer.ok() && answer->media.size() == offer->media.size());
    }
    return 0;
}

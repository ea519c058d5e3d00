#include "pipelines/outputs/transport_stream.h"

#include "mcu/base/url_text.h"

namespace tessera {
namespace {

/// How far picture and sound are ahead of the stream's clock: more than sound and picture of one moment come apart from
/// their encoders, less than anybody would notice as delay. libavformat doubles it.
constexpr Duration kMaxDelay = std::chrono::milliseconds(60);

}  // namespace

LiveSpec transportStream(const OutputRequest& request) {
    LiveSpec live;
    live.mux.format = "mpegts";
    live.mux.options = {{"pat_period", "0.1"}, {"mpegts_flags", "+initial_discontinuity"}};
    live.mux.isLive = true;
    live.mux.maxDelay = kMaxDelay;
    live.mux.video = request.video;
    live.mux.audio = request.audio;
    live.name = withoutCredentials(request.params.text("url"));
    return live;
}

}  // namespace tessera

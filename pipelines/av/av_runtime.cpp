#include "mcu/base/url_text.h"

#include "pipelines/av/av_ptr.h"

namespace tessera {

Error networkError(std::string_view url, int code) {
    const std::string shown = withoutCredentials(url) + ": ";
    switch (code) {
        case AVERROR_EXIT: return {ErrorCode::Timeout, shown + "no answer in time", {}};
        case AVERROR_PROTOCOL_NOT_FOUND: return unsupported(shown + "libavformat here does not know this protocol");
        default: return {ErrorCode::Unreachable, shown + avErrorText(code), {}};
    }
}

void initAv() {
    static const bool initialised = [] {
        av_log_set_level(AV_LOG_FATAL);
        return true;
    }();
    static_cast<void>(initialised);
}

}  // namespace tessera

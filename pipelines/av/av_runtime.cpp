#include "pipelines/av/av_ptr.h"

namespace tessera {

void initAv() {
    static const bool initialised = [] {
        av_log_set_level(AV_LOG_FATAL);
        return true;
    }();
    static_cast<void>(initialised);
}

}  // namespace tessera

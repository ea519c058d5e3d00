#include "pipelines/gst/gst_runtime.h"

#include <gst/gst.h>

namespace tessera {

void initGst() {
    static const bool initialised = [] {
        gst_init(nullptr, nullptr);
        return true;
    }();
    static_cast<void>(initialised);
}

}  // namespace tessera

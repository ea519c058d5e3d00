#pragma once

#include <string>

namespace tessera {

/// One property of a GStreamer element, written as gst-launch writes it.
struct ElementProperty {
    const char* name;
    std::string value;
};

}  // namespace tessera

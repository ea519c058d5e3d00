#pragma once

#include <string>

namespace tessera {

/// What the configuration says about where sources may come from.
struct IngestSettings {
    std::string filesRoot;  ///< folder of media files and images; empty = none are read
};

}  // namespace tessera

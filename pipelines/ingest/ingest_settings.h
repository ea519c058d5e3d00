#pragma once

#include <string>
#include <vector>

namespace tessera {

/// What the configuration says about where sources may come from.
struct IngestSettings {
    std::string filesRoot;           ///< folder of media files and images; empty = none are read
    std::vector<std::string> allow;  ///< hosts and ranges beside the public internet, see UrlPolicy
};

}  // namespace tessera

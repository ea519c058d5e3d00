#pragma once

#include <string>
#include <vector>

namespace tessera {

class PushPlaces;

/// What the configuration says about where sources may come from.
struct IngestSettings {
    std::string filesRoot;           ///< folder of media files and images; empty = none are read
    std::vector<std::string> allow;  ///< hosts and ranges beside the public internet, see UrlPolicy
    bool listensForRtmp = false;     ///< senders can push
    PushPlaces* pushes = nullptr;    ///< where they are let in; outlives the ingests; null = nowhere
};

}  // namespace tessera

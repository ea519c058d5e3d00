#pragma once

namespace tessera {

/// What is done to the sound of a meeting; noise and level for each source that does not say otherwise.
struct AudioOptions {
    bool denoise = false;  ///< lower steady noise
    bool agc = false;      ///< bring speakers to one level
    bool stereo = false;   ///< hear speakers where they are seen in the view "main"
    bool operator==(const AudioOptions&) const = default;
};

}  // namespace tessera

#pragma once

#include <string>
#include <vector>

#include "gpu/nvdec.h"
#include "tests/gpu/stream_file.h"

namespace tessera::gpucheck {

/// How the decoding of one stream went.
struct DecodeReport {
    std::string stream;
    bool isRefused = false;  ///< the device does not offer this codec or size, which is no fault
    int pictures = 0;
    int wrong = 0;     ///< differ from the checksums
    int damaged = 0;   ///< reported by the decoder
    std::string text;  ///< for people

    bool isGood(std::size_t expected) const {
        return isRefused || (wrong == 0 && damaged == 0 && pictures == static_cast<int>(expected));
    }
};

/// Decodes a stream once and compares each picture with its checksum.
DecodeReport checkDecoding(Nvdec& nvdec, const StreamFile& stream);

/// Pictures per second that `decoders` decoders give together, each on a thread of its own, for about `length`.
double decodeRate(Nvdec& nvdec, const StreamFile& stream, int decoders, Duration length);

}  // namespace tessera::gpucheck

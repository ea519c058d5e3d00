#pragma once

#include <cstdint>
#include <span>

#include "mcu/base/result.h"

#include "pipelines/av/interrupt.h"

namespace tessera {

/// Where a demuxer's bytes come from when libavformat does not connect by itself.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Takes up to `into.size()` bytes, waiting for the first of them until `interrupt` is due.
    /// @return 0: there are no more, or `interrupt` was due
    virtual std::size_t read(std::span<std::uint8_t> into, const Interrupt& interrupt) = 0;
    /// Nobody reads any more.
    virtual void close() = 0;
    /// Why there are no more; an error with an empty message when nothing is known.
    virtual Error reason() const = 0;
};

}  // namespace tessera

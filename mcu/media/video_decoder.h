#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mcu/media/packet.h"
#include "mcu/media/sinks.h"

namespace tessera {

/// One coded picture on its way into a decoder. H.264 and HEVC: one Annex B access unit, parameter sets before each
/// keyframe; VP8 and VP9: one frame; AV1: the OBUs of one temporal unit.
struct AccessUnit {
    std::span<const std::uint8_t> bytes;  ///< borrowed for the call
    MediaTime pts{};
    bool keyframe = false;       ///< decodable on its own
    bool discontinuity = false;  ///< something is missing before it
};

/// What became of an access unit. Closed.
enum class DecodeOutcome {
    Accepted,  ///< its picture was offered or will be, when its turn in display order comes
    Damaged,   ///< its picture is missing or wrong: the source should send a keyframe; the decoder goes on
    Unfit,     ///< this decoder does not take the stream as it now is (size, format, memory); another may
    Failed,    ///< the decoder is of no use any more: make a new one
};

/// Decodes one source's access units. Pictures are offered in display order, each with the pts of its access unit, on
/// the thread that decodes. Destroying it ends it; pictures already offered live on.
/// @thread one at a time
class VideoDecoder {
public:
    virtual ~VideoDecoder() = default;

    virtual DecodeOutcome decode(const AccessUnit& unit) = 0;

    /// Offers what still waits for its turn. The next access unit is a keyframe.
    virtual void drain() = 0;

    virtual std::string_view name() const = 0;  ///< of the catalog's row: "nvdec", "software"
};

}  // namespace tessera

#include "tests/support/fake_cuvid/stream_header.h"

#include <cstring>
#include <ffnvcodec/dynlink_cuda.h>
// Must follow the types above.
#include <ffnvcodec/dynlink_cuviddec.h>

namespace tessera::fake {
namespace {

class BitReader {
public:
    explicit BitReader(std::span<const std::uint8_t> nal) {
        for (std::size_t i = 0; i < nal.size(); ++i) {
            const bool isEscape = i >= 2 && nal[i] == 3 && nal[i - 1] == 0 && nal[i - 2] == 0;
            if (!isEscape) bytes_.push_back(nal[i]);
        }
    }
    unsigned bits(int count) {
        unsigned value = 0;
        for (int i = 0; i < count; ++i) value = value << 1U | bit();
        return value;
    }
    unsigned ue() {
        int zeros = 0;
        while (zeros < 31 && bit() == 0) ++zeros;
        return (1U << zeros) - 1 + bits(zeros);
    }

private:
    unsigned bit() {
        const std::size_t at = position_++;
        return at / 8 < bytes_.size() ? (bytes_[at / 8] >> (7 - at % 8)) & 1U : 0;
    }
    std::vector<std::uint8_t> bytes_;
    std::size_t position_ = 0;
};

void skipHighProfileFields(BitReader& reader, StreamHeader& header) {
    header.chroma = static_cast<int>(reader.ue());
    header.bitDepth = 8 + static_cast<int>(reader.ue());
    reader.ue();
    reader.bits(2);  // no scaling lists in the streams of our tests
}

StreamHeader readSps(std::span<const std::uint8_t> nal) {
    StreamHeader header;
    BitReader reader(nal.subspan(1));
    const unsigned profile = reader.bits(8);
    reader.bits(16);
    reader.ue();
    if (profile >= 100) skipHighProfileFields(reader, header);
    reader.ue();
    if (reader.ue() == 0) reader.ue();  // the tests' encoders use order types 0 and 2
    header.surfaces = static_cast<int>(reader.ue()) + 1;
    reader.bits(1);
    header.codedWidth = 16 * (static_cast<int>(reader.ue()) + 1);
    const int mapUnits = static_cast<int>(reader.ue()) + 1;
    const bool isProgressive = reader.bits(1) == 1;
    header.codedHeight = 16 * mapUnits * (isProgressive ? 1 : 2);
    reader.bits(isProgressive ? 1 : 2);
    header.width = header.codedWidth;
    header.height = header.codedHeight;
    if (reader.bits(1) == 1) {
        const auto left = reader.ue(), right = reader.ue(), top = reader.ue(), bottom = reader.ue();
        header.width -= 2 * static_cast<int>(left + right);
        header.height -= 2 * static_cast<int>(top + bottom);
    }
    header.isSequence = true;
    return header;
}

std::optional<StreamHeader> readH264(std::span<const std::uint8_t> unit) {
    std::optional<StreamHeader> found;
    bool hasPicture = false;
    for (std::size_t i = 0; i + 3 < unit.size(); ++i) {
        if (unit[i] != 0 || unit[i + 1] != 0 || unit[i + 2] != 1) continue;
        const unsigned type = unit[i + 3] & 0x1fU;
        if (type == 7) found = readSps(unit.subspan(i + 3));
        if (type == 1 || type == 5) hasPicture = true;
    }
    if (!hasPicture) return std::nullopt;
    return found ? found : StreamHeader();
}

std::optional<StreamHeader> readVp8(std::span<const std::uint8_t> frame) {
    if (frame.size() < 10) return std::nullopt;
    StreamHeader header;
    if ((frame[0] & 1U) != 0) return header;
    header.width = (frame[6] | frame[7] << 8) & 0x3fff;
    header.height = (frame[8] | frame[9] << 8) & 0x3fff;
    header.codedWidth = (header.width + 15) / 16 * 16;
    header.codedHeight = (header.height + 15) / 16 * 16;
    header.surfaces = 4;
    header.isSequence = true;
    return header;
}

}  // namespace

std::optional<StreamHeader> readHeader(int codec, std::span<const std::uint8_t> unit) {
    if (unit.size() == sizeof kSyntheticMagic + sizeof(StreamHeader) &&
        std::memcmp(unit.data(), kSyntheticMagic, sizeof kSyntheticMagic) == 0) {
        StreamHeader header;
        std::memcpy(&header, unit.data() + sizeof kSyntheticMagic, sizeof header);
        return header;
    }
    if (codec == cudaVideoCodec_H264) return readH264(unit);
    if (codec == cudaVideoCodec_VP8) return readVp8(unit);
    return std::nullopt;
}

}  // namespace tessera::fake

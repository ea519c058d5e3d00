#include "pipelines/codecs/h264_bitstream.h"

#include <algorithm>
#include <optional>

namespace tessera {
namespace {

/// Position of the next 00 00 01 at or after `from`, else the stream's size.
std::size_t findStartCode(std::span<const std::uint8_t> stream, std::size_t from) {
    for (std::size_t i = from; i + 2 < stream.size();) {
        if (stream[i + 2] > 1) {
            i += 3;
        } else if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
            return i;
        } else {
            ++i;
        }
    }
    return stream.size();
}

void append(std::vector<std::uint8_t>& out, std::span<const std::uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void appendNumber(std::vector<std::uint8_t>& out, std::size_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

std::vector<NalUnit> splitAnnexB(std::span<const std::uint8_t> stream) {
    std::vector<NalUnit> units;
    std::size_t code = findStartCode(stream, 0);
    while (code < stream.size()) {
        const std::size_t begin = code + 3;
        code = findStartCode(stream, begin);
        std::size_t end = code;
        while (end > begin && stream[end - 1] == 0) --end;  // trailing_zero_8bits, and the zero_byte of the next code
        if (end > begin) units.push_back({stream.subspan(begin, end - begin)});
    }
    return units;
}

Result<std::vector<std::uint8_t>> avcConfiguration(std::span<const std::uint8_t> accessUnit) {
    const auto units = splitAnnexB(accessUnit);
    const auto first = [&units](NalType type) {
        const auto found = std::find_if(units.begin(), units.end(), [type](const auto& u) { return u.type() == type; });
        return found == units.end() ? std::span<const std::uint8_t>() : found->bytes;
    };
    const auto sps = first(NalType::Sps);
    const auto pps = first(NalType::Pps);
    if (sps.size() < 4 || pps.empty() || sps.size() > 0xffff || pps.size() > 0xffff) {
        return invalidArgument("the keyframe carries no usable SPS and PPS");
    }
    std::vector<std::uint8_t> record{1, sps[1], sps[2], sps[3], 0xff, 0xe1};
    appendNumber(record, sps.size(), 2);
    append(record, sps);
    record.push_back(1);
    appendNumber(record, pps.size(), 2);
    append(record, pps);
    return record;
}

std::vector<std::uint8_t> toLengthPrefixed(std::span<const std::uint8_t> accessUnit) {
    std::vector<std::uint8_t> out;
    out.reserve(accessUnit.size() + 16);
    for (const auto& unit : splitAnnexB(accessUnit)) {
        const NalType type = unit.type();
        if (type == NalType::Sps || type == NalType::Pps || type == NalType::AccessUnitDelimiter) continue;
        appendNumber(out, unit.bytes.size(), 4);
        append(out, unit.bytes);
    }
    return out;
}

}  // namespace tessera

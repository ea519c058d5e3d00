#include "api/store/retention.h"

namespace tessera {
namespace {

std::int64_t sizeOf(const RecordingRecord& record) {
    std::int64_t bytes = 0;
    for (const auto& file : record.files) bytes += file.bytes;
    return bytes;
}

}  // namespace

std::vector<RetiredRecording> beyond(const Retention& keep, const std::vector<RecordingRecord>& finished,
                                     std::int64_t nowMs) {
    std::int64_t total = 0;
    for (const auto& record : finished) total += sizeOf(record);
    std::vector<RetiredRecording> retired;
    for (const auto& record : finished) {
        const bool isOld = keep.maximumAgeMs > 0 && nowMs - record.finishedAtMs > keep.maximumAgeMs;
        const bool isTooMuch = keep.maximumBytes > 0 && total > keep.maximumBytes;
        if (!isOld && !isTooMuch) continue;
        total -= sizeOf(record);
        retired.push_back({record.id, isOld ? "age" : "size of all"});
    }
    return retired;
}

}  // namespace tessera

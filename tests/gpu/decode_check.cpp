#include "tests/gpu/decode_check.h"

#include <atomic>

#include "mcu/media/device_picture.h"

namespace tessera::gpucheck {
namespace {

constexpr FrameRate kRate{30, 1};

/// Compares pictures as they come.
class Comparison final : public FrameSink {
public:
    Comparison(const StreamFile& stream, DecodeReport& report) : stream_(stream), report_(report) {}
    void offer(FramePtr frame) override {
        const auto index = static_cast<std::size_t>(report_.pictures++);
        const auto host = hostFrame(frame);
        if (!host) {
            ++report_.wrong;
            report_.text += " " + host.error().message;
        } else if (index < stream_.checksums.size() && checksum(**host) != stream_.checksums[index]) {
            if (report_.wrong++ == 0) report_.text += " picture " + std::to_string(index) + " is the first wrong one";
        }
    }

private:
    const StreamFile& stream_;
    DecodeReport& report_;
};

class Count final : public FrameSink {
public:
    void offer(FramePtr) override { ++pictures; }
    std::int64_t pictures = 0;
};

MediaTime ptsOf(std::size_t unit) {
    return MediaTime(kRate.tickTime(static_cast<std::int64_t>(unit)));
}

}  // namespace

DecodeReport checkDecoding(Nvdec& nvdec, const StreamFile& stream) {
    DecodeReport report;
    report.stream = stream.name;
    Comparison comparison(stream, report);
    auto decoder = nvdec.createDecoder(stream.codec, comparison);
    if (!decoder) {
        report.isRefused = decoder.error().code == ErrorCode::Unsupported;
        report.damaged = report.isRefused ? 0 : 1;
        report.text = decoder.error().message;
        return report;
    }
    for (std::size_t i = 0; i < stream.units.size(); ++i) {
        const auto outcome = (*decoder)->decode({stream.units[i], ptsOf(i), i == 0, false});
        if (outcome == DecodeOutcome::Accepted) continue;
        report.isRefused = outcome == DecodeOutcome::Unfit;
        if (report.isRefused) return report;
        ++report.damaged;
    }
    (*decoder)->drain();
    return report;
}

double decodeRate(Nvdec& nvdec, const StreamFile& stream, int decoders, Duration length) {
    const SteadyClock clock;
    std::atomic<std::int64_t> pictures{0};
    const auto begin = clock.now();
    std::vector<Thread> threads;
    for (int i = 0; i < decoders; ++i) {
        threads.emplace_back("decode-rate", [&] {
            Count count;
            auto decoder = nvdec.createDecoder(stream.codec, count);
            for (std::size_t unit = 0; decoder.ok() && clock.now() - begin < length; ++unit) {
                const std::size_t index = unit % stream.units.size();
                const AccessUnit next{stream.units[index], ptsOf(unit), index == 0, false};
                if ((*decoder)->decode(next) == DecodeOutcome::Failed) break;
            }
            pictures += count.pictures;
        });
    }
    for (auto& thread : threads) thread.join();
    return static_cast<double>(pictures) / toSeconds(clock.now() - begin);
}

}  // namespace tessera::gpucheck

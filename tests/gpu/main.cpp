#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>

#include "gpu/gpu_engines.h"
#include "gpu/kernel_image.h"
#include "tests/gpu/compose_check.h"
#include "tests/gpu/decode_check.h"

// Checks and measures each GPU of this machine: the compositing kernel against the written rule, NVDEC against what
// ffmpeg decoded, and how much of each there is.
//
//   gpu_check [--streams DIR] [--scenes N] [--no-bench] [--libraries DIR/]
//
// Exits with 0 when all is right, 1 when something is not, 2 on bad arguments, 77 when there is no device.

namespace tessera::gpucheck {
namespace {

constexpr int kNoDevice = 77;
constexpr Duration kBenchLength = std::chrono::seconds(2);
constexpr int kTilesOfAMeeting = 9;

struct Options {
    std::string streams;
    std::string libraries;
    int scenes = 2000;
    bool bench = true;
};

bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--no-bench") {
            options.bench = false;
            continue;
        }
        if (i + 1 == argc) return false;
        const std::string value = argv[++i];
        if (word == "--streams") {
            options.streams = value;
        } else if (word == "--libraries") {
            options.libraries = value;
        } else if (word == "--scenes") {
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), options.scenes);
            if (error != std::errc() || end != value.data() + value.size()) return false;
        } else {
            return false;
        }
    }
    return true;
}

void printCapabilities(Nvdec& nvdec) {
    for (const auto codec : {VideoCodec::H264, VideoCodec::Hevc, VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::Av1}) {
        const auto range = nvdec.range({codec, cudaVideoChromaFormat_420, 8});
        const std::string name(toString(codec));
        if (!range.ok() || !range->isSupported) {
            std::printf("  %-5s not decoded\n", name.c_str());
            continue;
        }
        std::printf("  %-5s %dx%d to %dx%d, %d engines\n", name.c_str(), range->minimum.width, range->minimum.height,
                    range->maximum.width, range->maximum.height, range->engines);
    }
}

/// @return what went wrong, counted
int checkStreams(Nvdec& nvdec, const Options& options, double& rate360) {
    int faults = 0;
    for (const auto& path : streamFilesOf(options.streams)) {
        const auto stream = readStreamFile(path);
        if (!stream) {
            std::printf("FAIL %s\n", stream.error().message.c_str());
            ++faults;
            continue;
        }
        const auto report = checkDecoding(nvdec, *stream);
        const bool isGood = report.isGood(stream->checksums.size());
        faults += isGood ? 0 : 1;
        std::printf("%s %-28s %d of %zu pictures, %d wrong, %d damaged%s%s\n",
                    report.isRefused ? "none"
                    : isGood         ? "ok  "
                                     : "FAIL",
                    report.stream.c_str(), report.pictures, stream->checksums.size(), report.wrong, report.damaged,
                    report.isRefused ? " (refused)" : "", report.text.c_str());
        if (!options.bench || report.isRefused || !isGood) continue;
        double best = 0;
        for (const int decoders : {1, 2, 4, 8, 16}) {
            const double rate = decodeRate(nvdec, *stream, decoders, kBenchLength);
            std::printf("     %2d decoders: %.0f pictures/s\n", decoders, rate);
            best = std::max(best, rate);
        }
        if (report.stream.find("640x360") != std::string::npos) rate360 = std::max(rate360, best);
    }
    return faults;
}

int measureComposing(const std::shared_ptr<CudaLaunchQueue>& queue, double& meetingMs) {
    const auto copy = copyRate(queue->device());
    if (copy.ok()) std::printf("device copies: %.0f GB/s read and written\n", *copy / 1e9);
    struct Case {
        Size source;
        int columns;
        Size canvas;
    };
    const Case cases[] = {{{640, 360}, 3, {1280, 720}}, {{640, 360}, 5, {1280, 720}}, {{640, 360}, 7, {1920, 1080}}};
    for (const auto& each : cases) {
        const auto rate = composeRate(queue, each.source, each.columns, each.canvas, kBenchLength);
        if (!rate) {
            std::printf("FAIL composing: %s\n", rate.error().message.c_str());
            return 1;
        }
        const double floorMs = copy.ok() ? 1000 * rate->megabytes * 1e6 / *copy : 0;
        std::printf("compose %-28s %.3f ms with launch and wait, floor by bytes %.3f ms, download %.3f ms\n",
                    rate->name.c_str(), rate->milliseconds, floorMs, rate->downloadMs);
        if (meetingMs == 0) meetingMs = rate->milliseconds + rate->downloadMs;
    }
    return 0;
}

int checkEngine(const GpuEngine& engine, const Options& options) {
    const auto& device = engine.device->context().device();
    std::printf("GPU %d: %s, compute capability %d.%d, %zu MB\n", device.index, device.name.c_str(), device.major,
                device.minor, device.memoryBytes >> 20U);
    int faults = 0;
    double meetingMs = 0, rate360 = 0;
    // The stand-in driver takes any bytes for an image.
    static constexpr std::uint8_t kAnyImage[4] = {1, 2, 3, 4};
    const bool isStandIn = !options.libraries.empty() && kernelImage().empty();
    const auto image = isStandIn ? std::span<const std::uint8_t>(kAnyImage) : kernelImage();
    if (image.empty()) {
        std::printf("FAIL this program was built without nvcc: no kernel to check\n");
        ++faults;
    } else if (auto queue = CudaLaunchQueue::create(engine.device, image); !queue.ok()) {
        std::printf("FAIL kernel: %s\n", queue.error().message.c_str());
        ++faults;
    } else {
        const auto wrong = checkComposing(*queue, options.scenes);
        std::printf("%s compositing: %s\n", wrong ? "FAIL" : "ok  ",
                    wrong ? wrong->c_str() : (std::to_string(options.scenes) + " scenes byte for byte").c_str());
        faults += wrong ? 1 : 0;
        if (options.bench && !wrong) faults += measureComposing(*queue, meetingMs);
    }
    if (!engine.nvdec) {
        std::printf("FAIL no NVDEC\n");
        return faults + 1;
    }
    printCapabilities(*engine.nvdec);
    if (!options.streams.empty()) faults += checkStreams(*engine.nvdec, options, rate360);
    if (rate360 > 0 && meetingMs > 0) {
        std::printf("meetings of nine 640x360 at 30/s, by throughput: %.0f by NVDEC, %.0f by compositing\n",
                    rate360 / (30 * kTilesOfAMeeting), 1000 / (30 * meetingMs));
    }
    return faults;
}

}  // namespace

int run(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        std::fprintf(stderr, "usage: gpu_check [--streams DIR] [--scenes N] [--no-bench] [--libraries DIR/]\n");
        return 2;
    }
    GpuSettings settings;
    settings.libraryFolder = options.libraries;
    const auto engines = GpuEngines::open(settings);
    for (const auto& reason : engines->reasons()) std::printf("note: %s\n", reason.c_str());
    if (engines->engines().empty()) {
        std::printf("gpu_check: there is no GPU here, nothing was checked\n");
        return kNoDevice;
    }
    int faults = 0;
    for (const auto& engine : engines->engines()) faults += checkEngine(engine, options);
    std::printf(faults == 0 ? "gpu_check: all right\n" : "gpu_check: %d faults\n", faults);
    return faults == 0 ? 0 : 1;
}

}  // namespace tessera::gpucheck

int main(int argc, char** argv) {
    return tessera::gpucheck::run(argc, argv);
}

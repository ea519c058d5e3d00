#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>

#include "gpu/gpu_engines.h"
#include "gpu/kernel_image.h"
#include "tests/gpu/compose_check.h"
#include "tests/gpu/decode_check.h"
#include "tests/gpu/report.h"

// Checks and measures each GPU of this machine: the compositing kernel against the written rule, NVDEC against what
// ffmpeg decoded, and how much of each there is.
//
//   gpu_check [--streams DIR] [--scenes N] [--no-bench] [--json] [--libraries DIR/]
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
    bool asJson = false;
};

bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--no-bench" || word == "--json") {
            (word == "--json" ? options.asJson : options.bench) = word == "--json";
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

std::string text(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

std::string capabilities(Nvdec& nvdec) {
    std::string list;
    for (const auto codec : {VideoCodec::H264, VideoCodec::Hevc, VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::Av1}) {
        const auto range = nvdec.range({codec, cudaVideoChromaFormat_420, 8});
        list += (list.empty() ? "" : ", ") + std::string(toString(codec));
        list += !range.ok() || !range->isSupported ? " not decoded"
                                                   : " " + text(range->minimum) + " to " + text(range->maximum) +
                                                         " on " + std::to_string(range->engines) + " engines";
    }
    return list;
}

/// Rates of one GPU that say how many meetings it holds; 0 = not measured.
struct Throughput {
    double decode360 = 0;   ///< pictures of 640x360 per second, all engines
    double compose720 = 0;  ///< composites of nine 640x360 per second, downloads included
};

std::string describe(const DecodeReport& report, std::size_t expected) {
    if (report.isRefused) return "the device does not take it: " + report.text;
    return std::to_string(report.pictures) + " of " + std::to_string(expected) + " pictures, " +
           std::to_string(report.wrong) + " wrong, " + std::to_string(report.damaged) + " damaged" + report.text;
}

void measureDecoding(Nvdec& nvdec, const StreamFile& stream, Report& out, Throughput& throughput) {
    double best = 0;
    nlohmann::ordered_json rates;
    for (const int decoders : {1, 2, 4, 8, 16}) {
        const double rate = decodeRate(nvdec, stream, decoders, kBenchLength);
        rates[std::to_string(decoders) + "_decoders_fps"] = rate;
        best = std::max(best, rate);
    }
    out.measure("decode " + stream.name, rates);
    if (stream.name.find("640x360") != std::string::npos) throughput.decode360 = std::max(throughput.decode360, best);
}

void checkStreams(Nvdec& nvdec, const Options& options, Report& out, Throughput& throughput) {
    for (const auto& path : streamFilesOf(options.streams)) {
        const auto stream = readStreamFile(path);
        if (!stream) {
            out.check("decode " + path, false, stream.error().message);
            continue;
        }
        const auto report = checkDecoding(nvdec, *stream);
        const bool isGood = report.isGood(stream->checksums.size());
        out.check("decode " + report.stream, isGood, describe(report, stream->checksums.size()));
        if (options.bench && isGood && !report.isRefused) measureDecoding(nvdec, *stream, out, throughput);
    }
}

void measureComposing(const std::shared_ptr<CudaLaunchQueue>& queue, Report& out, Throughput& throughput) {
    const auto copy = copyRate(queue->device());
    if (!copy) return out.check("copy within the device", false, copy.error().message);
    out.measure("copy within the device", {{"gigabytes_per_second", *copy / 1e9}});
    const ComposeCase cases[] = {{{640, 360}, 3, {1280, 720}, kBenchLength},
                                 {{640, 360}, 5, {1280, 720}, kBenchLength},
                                 {{640, 360}, 7, {1920, 1080}, kBenchLength},
                                 {{1920, 1080}, 1, {1280, 720}, kBenchLength}};
    for (const auto& each : cases) {
        const auto rate = composeRate(queue, each);
        if (!rate) return out.check("composing", false, rate.error().message);
        out.measure("compose " + rate->name, {{"device_ms", rate->deviceMs},
                                              {"floor_ms", 1000 * rate->bytes / *copy},
                                              {"with_launch_and_wait_ms", rate->wholeMs},
                                              {"download_ms", rate->downloadMs}});
        if (throughput.compose720 == 0) throughput.compose720 = 1000 / (rate->wholeMs + rate->downloadMs);
    }
}

void checkKernel(const GpuEngine& engine, const Options& options, Report& out, Throughput& throughput) {
    // The stand-in driver takes any bytes for an image.
    static constexpr std::uint8_t kAnyImage[4] = {1, 2, 3, 4};
    const bool isStandIn = !options.libraries.empty() && kernelImage().empty();
    const auto image = isStandIn ? std::span<const std::uint8_t>(kAnyImage) : kernelImage();
    const auto queue = CudaLaunchQueue::create(engine.device, image);
    if (!queue) return out.check("kernel", false, queue.error().message);
    const auto wrong = checkComposing(*queue, options.scenes);
    out.check("compositing", !wrong, wrong.value_or(std::to_string(options.scenes) + " scenes byte for byte"));
    if (options.bench && !wrong) measureComposing(*queue, out, throughput);
}

void checkEngine(const GpuEngine& engine, const Options& options, Report& out) {
    const auto& device = engine.device->context().device();
    out.begin({{"index", device.index},
               {"name", device.name},
               {"compute_capability", std::to_string(device.major) + "." + std::to_string(device.minor)},
               {"memory_bytes", device.memoryBytes}});
    Throughput throughput;
    checkKernel(engine, options, out, throughput);
    if (!engine.nvdec) return out.check("decoding", false, "the device decodes nothing");
    out.note(capabilities(*engine.nvdec));
    if (!options.streams.empty()) checkStreams(*engine.nvdec, options, out, throughput);
    if (throughput.decode360 > 0 && throughput.compose720 > 0) {
        out.measure("meetings of nine 640x360 at 30/s, by throughput",
                    {{"by_decoding", throughput.decode360 / (30 * kTilesOfAMeeting)},
                     {"by_compositing", throughput.compose720 / 30}});
    }
}

}  // namespace

int run(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        std::fprintf(stderr,
                     "usage: gpu_check [--streams DIR] [--scenes N] [--no-bench] [--json] [--libraries DIR/]\n");
        return 2;
    }
    GpuSettings settings;
    settings.libraryFolder = options.libraries;
    const auto engines = GpuEngines::open(settings);
    Report out(options.asJson);
    for (const auto& reason : engines->reasons()) out.note(reason);
    if (engines->engines().empty()) {
        std::fprintf(stderr, "gpu_check: there is no GPU here, nothing was checked\n");
        return kNoDevice;
    }
    for (const auto& engine : engines->engines()) checkEngine(engine, options, out);
    return out.end() == 0 ? 0 : 1;
}

}  // namespace tessera::gpucheck

int main(int argc, char** argv) {
    return tessera::gpucheck::run(argc, argv);
}

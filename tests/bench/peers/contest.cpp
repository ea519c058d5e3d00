#include "tests/bench/peers/contest.h"

#include <algorithm>
#include <ctime>

#include "tests/quality/picture_quality.h"

namespace tessera {
namespace {

constexpr auto kPause = std::chrono::milliseconds(2);
/// Different filters on hard edges come to 28 dB or more; a tile that is missing or misplaced gives less than 15.
constexpr double kPlausible = 22;

double cpuMilliseconds(CpuClock clock) {
    timespec now{};
    clock_gettime(clock == CpuClock::Thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double percentile(std::vector<double>& values, double fraction) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

/// The lowest luma PSNR of any tile against the other painting.
double worstTile(const BenchCase& drawn, const Painting& a, const Painting& b) {
    double worst = 100;
    for (const BenchTile& tile : drawn.tiles) {
        const auto part = [&tile](const Painting& painting) {
            const Plane& luma = painting.planes[0];
            return Plane{luma.data + static_cast<std::ptrdiff_t>(tile.rect.y) * luma.stride + tile.rect.x, luma.stride};
        };
        worst = std::min(worst, psnr(part(a), part(b), {tile.rect.width, tile.rect.height}));
    }
    return worst;
}

struct Contestant {
    std::string name;
    PainterPtr painter;
    std::vector<double> paced;
    std::vector<double> hot;
    double psnr = 0;

    double measure() {
        painter->prepare();
        const double begin = cpuMilliseconds(painter->clock());
        painter->paint();
        return cpuMilliseconds(painter->clock()) - begin;
    }
};

std::vector<Contestant> contestants(const BenchCase& drawn, const SourceSet& sources) {
    struct Filter {
        const char* name;
        ScaleFilter filter;
    };
    constexpr Filter kFilters[] = {
        {"catmull_rom", ScaleFilter::CatmullRom}, {"area", ScaleFilter::Area}, {"bilinear", ScaleFilter::Bilinear}};
    std::vector<Contestant> all;
    const auto add = [&all](std::string name, PainterPtr painter) {
        all.push_back({std::move(name), std::move(painter), {}, {}});
    };
    for (const PixelKernels* kernels : availableKernels()) {
        for (const Filter& filter : kFilters) {
            add(std::string("ours/") + kernels->name + "/" + filter.name,
                createOurPainter(drawn, sources, *kernels, filter.filter));
        }
    }
    add("libyuv/box", createLibyuvPainter(drawn, sources, true));
    add("libyuv/bilinear", createLibyuvPainter(drawn, sources, false));
    add("gstreamer", createGstreamerPainter(drawn, sources));
    add("ffmpeg", createFfmpegPainter(drawn, sources));
    add("floor", createFloorPainter(drawn, sources));
    add("memcpy", createCopyPainter(drawn));
    return all;
}

/// Everybody draws the same sources; decoration does not count, so ours is drawn without.
Status checkPictures(const BenchCase& drawn, std::vector<Contestant>& all, SourceSet& sources) {
    sources.refresh(Duration{});
    BenchCase bare = drawn;
    bare.isDecorated = false;
    const auto reference = createOurPainter(bare, sources, kPlainKernels, ScaleFilter::CatmullRom);
    reference->prepare();
    reference->paint();
    for (Contestant& each : all) {
        each.measure();
        const auto painted = each.painter->painted();
        if (!painted) continue;
        each.psnr = worstTile(drawn, *painted, *reference->painted());
        const bool isCovered = drawn.isDecorated && each.name.starts_with("ours");
        if (each.psnr < kPlausible && !isCovered) {
            return Error{
                ErrorCode::Internal,
                drawn.name + ": the picture of " + each.name + " is wrong: " + std::to_string(each.psnr) + " dB",
                {}};
        }
    }
    return kOk;
}

}  // namespace

Result<ContestTimes> runContest(const BenchCase& drawn, int rounds) {
    SourceSet sources(drawn);
    std::vector<Contestant> all = contestants(drawn, sources);
    if (const Status checked = checkPictures(drawn, all, sources); !checked.ok()) return checked.error();
    for (int round = 0; round < rounds; ++round) {
        for (Contestant& each : all) {
            sources.refresh(kPause);
            each.paced.push_back(each.measure());
            each.hot.push_back(each.measure());
        }
    }
    ContestTimes times;
    for (Contestant& each : all) {
        times[each.name] = {percentile(each.paced, 0.5), percentile(each.paced, 0.1), percentile(each.hot, 0.5),
                            percentile(each.hot, 0.1), each.psnr};
    }
    return times;
}

}  // namespace tessera

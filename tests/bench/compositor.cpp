// CPU time of composing one 1280x720 picture, beside a copy of such a picture as the floor. All rows are measured in
// turns, so that a slow moment of the machine falls on each of them.
#include "mcu/video/compositor.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/media/frame_pool.h"

namespace tessera {
namespace {

constexpr Size kCanvas{1280, 720};
constexpr int kRounds = 80;

struct Case {
    const char* name;
    Size source;
    int columns;
    Size tile;
    ColorMatrix matrix;
};
constexpr Case kCases[] = {
    {"9x 640x360 -> 426x240", {640, 360}, 3, {426, 240}, ColorMatrix::Bt709},
    {"9x 640x360 -> 426x240, BT.601", {640, 360}, 3, {426, 240}, ColorMatrix::Bt601},
    {"9x 1280x720 -> 426x240", {1280, 720}, 3, {426, 240}, ColorMatrix::Bt709},
    {"9x 320x180 -> 426x240", {320, 180}, 3, {426, 240}, ColorMatrix::Bt709},
    {"4x 1280x720 -> 640x360", {1280, 720}, 2, {640, 360}, ColorMatrix::Bt709},
    {"4x 640x360 copied", {640, 360}, 2, {640, 360}, ColorMatrix::Bt709},
    {"1x 1920x1080 -> 1280x720", {1920, 1080}, 1, {1280, 720}, ColorMatrix::Bt709},
};
struct Filter {
    const char* name;
    ScaleFilter filter;
};
constexpr Filter kFilters[] = {
    {"catmull_rom", ScaleFilter::CatmullRom}, {"area", ScaleFilter::Area}, {"bilinear", ScaleFilter::Bilinear}};

double cpuMilliseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

FramePtr noise(Size size, ColorMatrix matrix) {
    static std::mt19937 random(1);
    FramePool pool(size);
    WritableFrame frame = pool.take();
    for (std::size_t i = 0; i < 3; ++i) {
        const int rows = i == 0 ? size.height : chromaSize(size).height;
        const int bytes = rows * frame.frame->planes[i].stride;
        for (int k = 0; k < bytes; ++k) frame.data[i][k] = static_cast<std::uint8_t>(random());
    }
    frame.frame->matrix = matrix;
    return std::move(frame).publish();
}

/// One row of the table: what is drawn, by whom, and how long it took.
class Row {
public:
    Row(const Case& drawn, const Filter& by) : name_(drawn.name), filter_(by.name), compositor_(createCpuCompositor()) {
        composition_.canvas = kCanvas;
        for (int i = 0; i < drawn.columns * drawn.columns; ++i) {
            Layer layer;
            layer.source = i;
            layer.filter = by.filter;
            layer.rect = {i % drawn.columns * drawn.tile.width, i / drawn.columns * drawn.tile.height, drawn.tile.width,
                          drawn.tile.height};
            composition_.layers.push_back(layer);
            frames_.push_back(noise(drawn.source, drawn.matrix));
        }
    }

    void run() {
        const double begin = cpuMilliseconds();
        auto drawn = compositor_->compose(composition_, frames_, MediaTime{});
        times_.push_back(cpuMilliseconds() - begin);
        held_[times_.size() % held_.size()] = *drawn;
    }

    void print(bool json) {
        std::sort(times_.begin(), times_.end());
        const double median = times_[times_.size() / 2], p10 = times_[times_.size() / 10];
        if (json) {
            std::printf(",\n  \"%s, %s, ms median\": %.3f,\n  \"%s, %s, ms p10\": %.3f", name_, filter_, median, name_,
                        filter_, p10);
        } else {
            std::printf("%-32s %-12s %8.2f %8.2f\n", name_, filter_, median, p10);
        }
    }

private:
    const char* name_;
    const char* filter_;
    std::unique_ptr<Compositor> compositor_;
    Composition composition_;
    std::vector<FramePtr> frames_;
    std::array<FramePtr, 3> held_;  ///< as encoders hold them
    std::vector<double> times_;
};

double copyMilliseconds() {
    static std::vector<std::uint8_t> from(1280 * 720 * 3 / 2, 1), to(from.size());
    const double begin = cpuMilliseconds();
    std::memcpy(to.data(), from.data(), from.size());
    return cpuMilliseconds() - begin;
}

int runAll(bool json) {
    std::vector<Row> rows;
    for (const Case& drawn : kCases) {
        for (const Filter& filter : kFilters) rows.emplace_back(drawn, filter);
    }
    std::vector<double> copies;
    for (int round = 0; round < kRounds; ++round) {
        for (Row& row : rows) row.run();
        copies.push_back(copyMilliseconds());
    }
    std::sort(copies.begin(), copies.end());
    if (!json)
        std::printf("%-32s %-12s %8s %8s   (CPU ms per 1280x720 picture)\n", "picture", "filter", "median", "p10");
    if (json) std::printf("{\n  \"copy of the canvas, ms median\": %.3f", copies[copies.size() / 2]);
    if (!json)
        std::printf("%-32s %-12s %8.2f %8.2f\n", "copy of the canvas", "", copies[kRounds / 2], copies[kRounds / 10]);
    for (Row& row : rows) row.print(json);
    if (json) std::printf("\n}\n");
    return 0;
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) {
    return tessera::runAll(argc > 1 && std::string_view(argv[1]) == "--json");
}

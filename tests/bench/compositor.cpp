// What a composed picture costs in CPU time, beside libyuv, GStreamer's compositor, FFmpeg's scale and xstack, and
// beside what cannot be avoided; and how good the pictures are.
//
//   build/bench/compositor [--json] [--quality] [--rounds N] [--case NAME]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/peers/contest.h"
#include "tests/bench/peers/quality_table.h"

namespace tessera {
namespace {

struct Options {
    bool isJson = false;
    bool isQuality = false;
    int rounds = 40;
    std::string only;
};

/// The fastest of our rows with one filter.
const PainterTimes& best(const ContestTimes& times, std::string_view filter) {
    const PainterTimes* found = nullptr;
    for (const auto& [name, each] : times) {
        if (!name.starts_with("ours/") || !name.ends_with(filter)) continue;
        if (found == nullptr || each.pacedP10 < found->pacedP10) found = &each;
    }
    return *found;
}

void printJson(const BenchCase& drawn, const ContestTimes& times, bool isFirst) {
    const PainterTimes& ours = best(times, "catmull_rom");
    std::printf("%s\n  {\"name\": \"%s\", \"tiles\": %zu", isFirst ? "" : ",", drawn.name.c_str(), drawn.tiles.size());
    const auto print = [](const char* name, const PainterTimes& each) {
        std::printf(", \"%s_ms\": %.4f, \"%s_p10_ms\": %.4f, \"%s_hot_ms\": %.4f, \"%s_hot_p10_ms\": %.4f", name,
                    each.pacedMedian, name, each.pacedP10, name, each.hotMedian, name, each.hotP10);
    };
    print("ours", ours);
    print("ours_area", best(times, "area"));
    print("ours_bilinear", best(times, "bilinear"));
    print("floor", times.at("floor"));
    print("memcpy", times.at("memcpy"));
    print("libyuv", times.at("libyuv/box"));
    print("libyuv_bilinear", times.at("libyuv/bilinear"));
    print("gstreamer", times.at("gstreamer"));
    print("ffmpeg", times.at("ffmpeg"));
    std::printf(",\n   \"rows\": {");
    const char* separator = "";
    for (const auto& [name, each] : times) {
        std::printf(
            "%s\n    \"%s\": {\"paced_ms\": %.4f, \"paced_p10_ms\": %.4f, \"hot_ms\": %.4f, \"hot_p10_ms\": %.4f, "
            "\"psnr_to_ours_db\": %.1f}",
            separator, name.c_str(), each.pacedMedian, each.pacedP10, each.hotMedian, each.hotP10, each.psnr);
        separator = ",";
    }
    std::printf("}}");
}

void printTable(const BenchCase& drawn, const ContestTimes& times) {
    std::printf("\n%s: %zu tiles on %dx%d%s\n", drawn.name.c_str(), drawn.tiles.size(), drawn.canvas.width,
                drawn.canvas.height, drawn.isDecorated ? ", ours with labels and rounded corners" : "");
    std::printf("%-30s %8s %8s %8s %8s %9s %8s\n", "CPU ms per picture", "paced", "p10", "hot", "p10", "x ours", "dB");
    const double ours = best(times, "catmull_rom").pacedP10;
    for (const auto& [name, each] : times) {
        std::printf("%-30s %8.3f %8.3f %8.3f %8.3f %9.2f", name.c_str(), each.pacedMedian, each.pacedP10,
                    each.hotMedian, each.hotP10, each.pacedP10 / ours);
        if (each.psnr > 0) std::printf(" %8.1f", each.psnr);
        std::printf("\n");
    }
}

int runAll(const Options& options) {
    bindToCore(0);
    bool isFirst = true;
    if (options.isJson) std::printf("{\"cases\": [");
    for (const BenchCase& drawn : benchCases()) {
        if (!options.only.empty() && drawn.name != options.only) continue;
        const auto times = runContest(drawn, options.rounds);
        if (!times.ok()) {
            std::fprintf(stderr, "%s\n", times.error().message.c_str());
            return 1;
        }
        options.isJson ? printJson(drawn, *times, isFirst) : printTable(drawn, *times);
        std::fflush(stdout);
        isFirst = false;
    }
    if (options.isJson) std::printf("\n]}\n");
    return 0;
}

Options parse(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--json") options.isJson = true;
        if (argument == "--quality") options.isQuality = true;
        if (argument == "--rounds" && i + 1 < count) options.rounds = std::max(1, std::atoi(arguments[++i]));
        if (argument == "--case" && i + 1 < count) options.only = arguments[++i];
    }
    return options;
}

}  // namespace
}  // namespace tessera

int main(int count, char** arguments) {
    const tessera::Options options = tessera::parse(count, arguments);
    return options.isQuality ? tessera::printQuality(options.isJson) : tessera::runAll(options);
}

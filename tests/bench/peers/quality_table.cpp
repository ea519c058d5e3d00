#include "tests/bench/peers/quality_table.h"

#include <cstdio>
#include <cstring>
#include <string>

#include "tests/bench/peers/painter.h"
#include "tests/bench/peers/test_source.h"
#include "tests/quality/picture_quality.h"
#include "tests/quality/scalers.h"

namespace tessera {
namespace {

struct Scaling {
    Size from;
    Size to;
};
constexpr Scaling kScalings[] = {{{640, 360}, {426, 240}},
                                 {{1280, 720}, {426, 240}},
                                 {{1280, 720}, {640, 360}},
                                 {{1920, 1080}, {1280, 720}},
                                 {{320, 180}, {426, 240}}};

struct Scaled {
    const char* name;
    PackedPicture picture;
};

PackedPicture scaleGstreamer(const PackedPicture& source, Size size) {
    const BenchCase one{"one", size, {{source.size, {0, 0, size.width, size.height}}}};
    SourceSet sources(one);
    std::memcpy(sources.bytes(0), source.bytes.data(), source.bytes.size());
    const PainterPtr painter = createGstreamerPainter(one, sources);
    painter->prepare();
    painter->paint();
    PackedPicture result(size);
    const Painting painted = *painter->painted();
    for (std::size_t i = 0; i < 3; ++i) {
        const Size part = result.planeSize(i);
        std::memcpy(result.data(i), painted.planes[i].data, static_cast<std::size_t>(part.width) * part.height);
    }
    return result;
}

std::vector<Scaled> scaleByAll(const PackedPicture& source, Size size) {
    return {{"ours catmull_rom", scaleOurs(source, size, ScaleFilter::CatmullRom)},
            {"ours area", scaleOurs(source, size, ScaleFilter::Area)},
            {"ours bilinear", scaleOurs(source, size, ScaleFilter::Bilinear)},
            {"libyuv box", scaleLibyuv(source, size, YuvFilter::Box)},
            {"libyuv bilinear", scaleLibyuv(source, size, YuvFilter::Bilinear)},
            {"ffmpeg bilinear", scaleSws(source, size, SwsFilter::Bilinear)},
            {"ffmpeg bicubic", scaleSws(source, size, SwsFilter::Bicubic)},
            {"gstreamer compositor", scaleGstreamer(source, size)}};
}

/// One line of the table, or one object.
void print(const std::string& row, const PackedPicture& reference, const Scaled& scaled, bool isJson) {
    const auto luma = scaled.picture.plane(0);
    const double y = psnr(reference.plane(0), luma, reference.size);
    const double u = psnr(reference.plane(1), scaled.picture.plane(1), reference.planeSize(1));
    const double similarity = ssim(reference.plane(0), luma, reference.size);
    if (isJson) {
        static const char* separator = "";
        std::printf("%s\n  {\"name\": \"%s, %s\", \"psnr_y_db\": %.2f, \"psnr_u_db\": %.2f, \"ssim_y\": %.5f}",
                    separator, row.c_str(), scaled.name, y, u, similarity);
        separator = ",";
    } else {
        std::printf("%-28s %-22s %7.2f %7.2f %9.5f\n", row.c_str(), scaled.name, y, u, similarity);
    }
}

void printScaling(const std::string& content, const PackedPicture& source, Size size, bool isJson) {
    const std::string row = content + " " + std::to_string(source.size.width) + " to " + std::to_string(size.width);
    const PackedPicture reference = scaleSws(source, size, SwsFilter::Lanczos);
    for (const Scaled& each : scaleByAll(source, size)) print(row, reference, each, isJson);
}

}  // namespace

int printQuality(bool isJson) {
    if (isJson) {
        std::printf("{\"cases\": [");
    } else {
        std::printf("%-28s %-22s %7s %7s %9s\n", "picture", "by", "Y dB", "U dB", "SSIM Y");
    }
    for (const Scaling& scaling : kScalings) {
        printScaling("testsrc2", readTestSource("testsrc2", scaling.from), scaling.to, isJson);
        for (const Content content : kContents) {
            printScaling(toString(content), makePicture(content, scaling.from), scaling.to, isJson);
        }
    }
    if (isJson) std::printf("\n]}\n");
    return 0;
}

}  // namespace tessera

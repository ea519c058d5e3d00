// The pictures that we draw beside those of others, each against a Lanczos picture: a cheap picture is no saving.
#include <boost/test/unit_test.hpp>
#include <span>

#include "tests/quality/picture_quality.h"
#include "tests/quality/scalers.h"

namespace tessera {
namespace {

struct Scaling {
    Size from;
    Size to;
};
constexpr Scaling kScalings[] = {
    {{640, 360}, {426, 240}}, {{1280, 720}, {426, 240}}, {{320, 180}, {256, 144}}, {{1920, 1080}, {1280, 720}}};

struct Quality {
    double psnr;
    double ssim;
};

Quality against(const PackedPicture& reference, const PackedPicture& picture) {
    return {psnr(reference.plane(0), picture.plane(0), reference.size),
            ssim(reference.plane(0), picture.plane(0), reference.size)};
}

double chromaAgainst(const PackedPicture& reference, const PackedPicture& picture) {
    return psnr(reference.plane(1), picture.plane(1), reference.planeSize(1));
}

constexpr Content kColoured[] = {Content::Card, Content::Mandelbrot, Content::Photo};  // letters are grey

/// Calls check(source, size) for every content and scaling.
template <typename Check>
void forEachPicture(std::span<const Content> contents, Check check) {
    for (const Content content : contents) {
        for (const Scaling& scaling : kScalings) {
            BOOST_TEST_CONTEXT(toString(content) << ' ' << scaling.from.width << " to " << scaling.to.width) {
                check(makePicture(content, scaling.from), scaling.to);
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quality)

BOOST_AUTO_TEST_CASE(ours_is_nearer_to_lanczos_than_libyuvs_box_and_ffmpegs_bilinear) {
    forEachPicture(kContents, [](const PackedPicture& source, Size size) {
        const PackedPicture reference = scaleSws(source, size, SwsFilter::Lanczos);
        const Quality ours = against(reference, scaleOurs(source, size, ScaleFilter::CatmullRom));
        const Quality box = against(reference, scaleLibyuv(source, size, YuvFilter::Box));
        const Quality bilinear = against(reference, scaleSws(source, size, SwsFilter::Bilinear));
        BOOST_TEST(ours.psnr > box.psnr);
        BOOST_TEST(ours.ssim > box.ssim);
        BOOST_TEST(ours.psnr > bilinear.psnr);
        BOOST_TEST(ours.ssim > bilinear.ssim);
    });
}

BOOST_AUTO_TEST_CASE(ours_puts_chroma_where_it_belongs) {
    forEachPicture(kColoured, [](const PackedPicture& source, Size size) {
        const PackedPicture reference = scaleSws(source, size, SwsFilter::Lanczos);
        const double ours = chromaAgainst(reference, scaleOurs(source, size, ScaleFilter::CatmullRom));
        BOOST_TEST(ours > chromaAgainst(reference, scaleLibyuv(source, size, YuvFilter::Box)));
        BOOST_TEST(ours > chromaAgainst(reference, scaleSws(source, size, SwsFilter::Bilinear)));
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include "mcu/video/plane_scaler.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "mcu/video/picture_placement.h"

#include "tests/conformance/naive_scale.h"

namespace tessera {
namespace {

constexpr std::uint8_t kGuard = 0xa5;
constexpr int kMargin = 40;

constexpr ScaleFilter kFilters[] = {ScaleFilter::CatmullRom, ScaleFilter::Area, ScaleFilter::Bilinear};

/// A plane of a size of its own in memory that ends with its last sample.
struct Source {
    Source(Size of, int slack) : size(of), stride(of.width + slack) {
        samples.resize(static_cast<std::size_t>(stride * (size.height - 1) + size.width));
    }
    Plane plane() const { return {samples.data(), stride}; }
    conformance::Grid grid() const {
        conformance::Grid result(size.width, size.height);
        for (int y = 0; y < size.height; ++y) {
            for (int x = 0; x < size.width; ++x) result.at(x, y) = samples[static_cast<std::size_t>(y * stride + x)];
        }
        return result;
    }
    Size size;
    int stride;
    std::vector<std::uint8_t> samples;
};

/// A target with guard bytes on all sides.
struct Target {
    explicit Target(Size of) : size(of), stride(of.width + 2 * kMargin) {
        samples.assign(static_cast<std::size_t>(stride * (size.height + 2 * kMargin)), kGuard);
    }
    TargetRows rows() { return {samples.data() + kMargin * stride + kMargin, stride}; }
    int at(int x, int y) const { return samples[static_cast<std::size_t>((y + kMargin) * stride + x + kMargin)]; }
    int touchedGuards() const {
        int touched = 0;
        for (int y = -kMargin; y < size.height + kMargin; ++y) {
            for (int x = -kMargin; x < size.width + kMargin; ++x) {
                const bool isInside = x >= 0 && y >= 0 && x < size.width && y < size.height;
                if (!isInside && at(x, y) != kGuard) ++touched;
            }
        }
        return touched;
    }
    Size size;
    int stride;
    std::vector<std::uint8_t> samples;
};

struct Axes {
    AxisMapping horizontal;
    AxisMapping vertical;
};

Target scaled(const Source& source, const Axes& axes, ScaleFilter filter) {
    ScaleTableCache cache;
    PlaneScaler scaler(pixelKernels());
    Target target({axes.horizontal.targetLength, axes.vertical.targetLength});
    scaler.scale(source.plane(), cache.find(axes.horizontal, filter), cache.find(axes.vertical, filter), target.rows());
    return target;
}

conformance::Axis naive(const AxisMapping& axis) {
    return {axis.sourceLength, axis.ratioNumerator, axis.ratioDenominator, axis.origin, axis.targetLength};
}

Axes wholePlane(Size source, Size target) {
    return {AxisCrop{source.width, target.width, source.width, target.width, 0, 0}.luma(),
            AxisCrop{source.height, target.height, source.height, target.height, 0, 0}.luma()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plane_scaler)

BOOST_AUTO_TEST_CASE(random_planes_equal_the_naive_filter_and_no_byte_outside_is_touched) {
    std::mt19937 random(11);
    const auto number = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int round = 0; round < 240; ++round) {
        const Rect tile{0, 0, 2 * number(1, 60), 2 * number(1, 40)};
        const auto ratio = [&](int length) {
            return std::max(2, round % 2 == 0 ? length * number(8, 64) / 8 : length * number(1, 8) / 8);
        };
        const Size picture{ratio(tile.width), ratio(tile.height)};
        const PicturePlacement placed = placePicture(picture, tile, round % 3 == 0 ? Fit::Contain : Fit::Cover);
        const bool isChroma = round % 5 == 0;
        const Axes axes = isChroma ? Axes{placed.horizontal.horizontalChroma(), placed.vertical.verticalChroma()}
                                   : Axes{placed.horizontal.luma(), placed.vertical.luma()};
        Source source({axes.horizontal.sourceLength, axes.vertical.sourceLength}, number(0, 70));
        for (auto& sample : source.samples) {
            sample = static_cast<std::uint8_t>(round % 4 == 0 ? 255 * number(0, 1) : number(0, 255));
        }
        const ScaleFilter filter = kFilters[round % 3];
        const Target actual = scaled(source, axes, filter);
        const auto expected =
            conformance::NaiveScaler(filter).scale(source.grid(), naive(axes.horizontal), naive(axes.vertical));
        int wrong = 0;
        for (int y = 0; y < expected.height; ++y) {
            for (int x = 0; x < expected.width; ++x) wrong += expected.at(x, y) != actual.at(x, y) ? 1 : 0;
        }
        BOOST_REQUIRE_MESSAGE(wrong == 0, "round " << round << ": " << wrong << " samples differ");
        BOOST_REQUIRE(actual.touchedGuards() == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_constant_plane_stays_constant) {
    for (const ScaleFilter filter : kFilters) {
        for (const Size target : {Size{7, 5}, Size{30, 20}, Size{61, 41}, Size{200, 133}, Size{2, 2}}) {
            for (const int value : {0, 16, 127, 235, 255}) {
                Source source({61, 41}, 3);
                std::fill(source.samples.begin(), source.samples.end(), static_cast<std::uint8_t>(value));
                const Target result = scaled(source, wholePlane(source.size, target), filter);
                int wrong = 0;
                for (int y = 0; y < target.height; ++y) {
                    for (int x = 0; x < target.width; ++x) wrong += result.at(x, y) != value ? 1 : 0;
                }
                BOOST_TEST(wrong == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_same_size_is_copied) {
    std::mt19937 random(5);
    Source source({77, 35}, 9);
    for (auto& sample : source.samples) sample = static_cast<std::uint8_t>(random());
    for (const ScaleFilter filter : kFilters) {
        const Target result = scaled(source, wholePlane(source.size, source.size), filter);
        int wrong = 0;
        for (int y = 0; y < 35; ++y) {
            for (int x = 0; x < 77; ++x) {
                wrong += result.at(x, y) != source.samples[static_cast<std::size_t>(y * source.stride + x)] ? 1 : 0;
            }
        }
        BOOST_TEST(wrong == 0);
    }
}

namespace {

/// Keys' kernel (a = -1/2) in floating point, edges repeated, nothing rounded in between.
double cubic(double t) {
    t = std::abs(t);
    if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
    return t < 2 ? ((2.5 - 0.5 * t) * t - 4) * t + 2 : 0;
}

struct Resampled {
    int length;
    std::vector<double> operator()(const std::vector<double>& in) const {
        const double ratio = static_cast<double>(in.size()) / length, scale = std::max(1.0, ratio);
        std::vector<double> out;
        for (int i = 0; i < length; ++i) {
            const double position = (i + 0.5) * ratio - 0.5;
            double sum = 0, weights = 0;
            for (int k = static_cast<int>(position - 2 * scale) - 1; k <= position + 2 * scale + 1; ++k) {
                const double weight = cubic((position - k) / scale);
                sum += weight * in[static_cast<std::size_t>(std::clamp(k, 0, static_cast<int>(in.size()) - 1))];
                weights += weight;
            }
            out.push_back(sum / weights);
        }
        return out;
    }
};

std::vector<std::vector<double>> transposed(const std::vector<std::vector<double>>& rows) {
    std::vector<std::vector<double>> out(rows[0].size(), std::vector<double>(rows.size()));
    for (std::size_t y = 0; y < rows.size(); ++y) {
        for (std::size_t x = 0; x < rows[y].size(); ++x) out[x][y] = rows[y][x];
    }
    return out;
}

double psnr(const Source& source, Size target) {
    std::vector<std::vector<double>> rows;
    for (int y = 0; y < source.size.height; ++y) {
        const auto begin = source.samples.begin() + y * source.stride;
        rows.push_back(Resampled{target.width}({begin, begin + source.size.width}));
    }
    auto columns = transposed(rows);
    for (auto& column : columns) column = Resampled{target.height}(column);
    const Target actual = scaled(source, wholePlane(source.size, target), ScaleFilter::CatmullRom);
    double squares = 0;
    for (int y = 0; y < target.height; ++y) {
        for (int x = 0; x < target.width; ++x) {
            const double exact =
                std::clamp(columns[static_cast<std::size_t>(x)][static_cast<std::size_t>(y)], 0.0, 255.0);
            squares += (exact - actual.at(x, y)) * (exact - actual.at(x, y));
        }
    }
    return 10 * std::log10(255.0 * 255.0 * target.width * target.height / squares);
}

}  // namespace

BOOST_AUTO_TEST_CASE(seven_bit_weights_stay_within_48_dB_of_the_exact_filter) {
    Source picture({320, 180}, 0);
    for (int y = 0; y < 180; ++y) {
        for (int x = 0; x < 320; ++x) {
            const double ripple = std::cos((x * x + y * y) * std::numbers::pi / 1200.0);
            const double value = x < 160 ? 128 + 100 * ripple : ((x / 12 + y / 9) % 2 == 0 ? 40 : 210);
            picture.samples[static_cast<std::size_t>(y * 320 + x)] = static_cast<std::uint8_t>(value);
        }
    }
    for (const Size target :
         {Size{213, 120}, Size{160, 90}, Size{107, 60}, Size{426, 240}, Size{640, 360}, Size{90, 50}}) {
        const double quality = psnr(picture, target);
        BOOST_TEST(quality >= 48.0, target.width << "x" << target.height << ": " << quality << " dB");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include "mcu/video/kernels.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

#include "mcu/video/picture_placement.h"
#include "mcu/video/plane_scaler.h"

#include "tests/conformance/compositor_conformance.h"
#include "tests/conformance/kernel_sets.h"

namespace tessera {
namespace {

constexpr std::uint8_t kGuard = 0xa5;
constexpr int kMargin = 72;
constexpr ScaleFilter kFilters[] = {ScaleFilter::CatmullRom, ScaleFilter::Area, ScaleFilter::Bilinear};

using Samples = std::vector<std::uint8_t>;

/// Every set but the plain one.
std::vector<const PixelKernels*> fasterKernels() {
    auto sets = conformance::everyKernelSet();
    sets.erase(sets.begin());
    return sets;
}

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}
    int operator()(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

    /// Samples of all values, or of the extremes alone, which is where sums leave their bounds.
    Samples samples(int count) {
        Samples result(static_cast<std::size_t>(count));
        const bool isExtreme = (*this)(0, 2) == 0;
        for (auto& sample : result)
            sample = static_cast<std::uint8_t>(isExtreme ? 255 * (*this)(0, 1) : (*this)(0, 255));
        return result;
    }

private:
    std::mt19937 engine_;
};

struct Axes {
    AxisMapping horizontal;
    AxisMapping vertical;
};

Axes randomAxes(Random& random, int largest) {
    const Rect tile{0, 0, 2 * random(1, largest / 2), 2 * random(1, 20)};
    const auto source = [&](int length) {
        return random(0, 1) == 0 ? std::max(1, length * random(8, 64) / 8) : std::max(1, length * random(1, 10) / 8);
    };
    const Size size{source(tile.width), source(tile.height)};
    const PicturePlacement placed = placePicture(size, tile, random(0, 2) == 0 ? Fit::Contain : Fit::Cover);
    if (random(0, 3) == 0) return {placed.horizontal.horizontalChroma(), placed.vertical.verticalChroma()};
    return {placed.horizontal.luma(), placed.vertical.luma()};
}

/// The target with its guard bytes, `offset` bytes after the allocation's start.
Samples scaled(const PixelKernels& kernels, const Plane& source, const Axes& axes, ScaleFilter filter, int offset) {
    ScaleTableCache cache;
    PlaneScaler scaler(kernels);
    const int stride = axes.horizontal.targetLength + kMargin + offset;
    Samples target(static_cast<std::size_t>(stride * (axes.vertical.targetLength + 2) + kMargin), kGuard);
    scaler.scale(source, cache.find(axes.horizontal, filter), cache.find(axes.vertical, filter),
                 {target.data() + stride + offset, stride});
    return target;
}

AxisMapping halvedAsNeeded(AxisMapping mapping) {
    while (mapping.needsHalving()) mapping = mapping.halved();
    return mapping;
}

/// The weight of every sample of one output's window, summed over the pairs; fails when a pair, or all but the last,
/// could leave 16 bits.
std::vector<int> weightsOf(std::span<const TapPair> pairs, int taps) {
    std::vector<int> weights(static_cast<std::size_t>(taps));
    int positive = 0, negative = 0;
    for (const TapPair& pair : pairs) {
        const int first = pair.firstWeight, second = pair.secondWeight;
        BOOST_REQUIRE(positive <= 128);
        BOOST_REQUIRE(std::max(first, 0) + std::max(second, 0) <= 128);
        positive += std::max(first, 0) + std::max(second, 0);
        negative += std::min(first, 0) + std::min(second, 0);
        BOOST_REQUIRE(negative >= -128);
        weights.at(static_cast<std::size_t>(pair.first)) += first;
        weights.at(static_cast<std::size_t>(pair.second)) += second;
    }
    return weights;
}

void checkForms(const AxisMapping& axis, ScaleFilter filter) {
    const ScaleTable table = buildScaleTable(halvedAsNeeded(axis), filter);
    TapPairs pairs;
    pairTaps(table, pairs);
    for (int i = 0; i < table.targetLength(); ++i) {
        const auto begin = table.weights.begin() + i * table.taps;
        BOOST_REQUIRE((weightsOf(pairs.of(i), table.taps) == std::vector<int>{begin, begin + table.taps}));
    }
    for (const PixelKernels* kernels : fasterKernels()) {
        ColumnLayout layout;
        kernels->layOutColumns(table, pairs, layout);
        BOOST_REQUIRE_MESSAGE(!layout.blocks.empty(),
                              kernels->name << " cannot fetch " << axis.sourceLength << " to " << axis.targetLength);
    }
}

/// Runs `operation(kernels, row)` on equal rows with every set and compares the rows, guards included.
template <typename Operation>
void checkRows(const Samples& row, Operation operation) {
    Samples expected = row;
    operation(kPlainKernels, expected.data());
    for (const PixelKernels* kernels : fasterKernels()) {
        Samples actual = row;
        operation(*kernels, actual.data());
        BOOST_REQUIRE_MESSAGE(actual == expected, kernels->name << ", row of " << row.size());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels)

BOOST_AUTO_TEST_CASE(every_set_is_found_by_its_name_and_one_is_chosen) {
    for (const PixelKernels* kernels : availableKernels()) {
        BOOST_TEST_MESSAGE("runs here: " << kernels->name);
        BOOST_TEST(findKernels(kernels->name) == kernels);
    }
    for (const PixelKernels* kernels : fasterKernels()) BOOST_TEST_MESSAGE("compared: " << kernels->name);
    BOOST_TEST(findKernels("mmx") == nullptr);
    BOOST_TEST(findKernels(pixelKernels().name) == &pixelKernels());
}

BOOST_AUTO_TEST_CASE(every_set_scales_to_the_bytes_of_the_plain_one_and_touches_no_other) {
    Random random(2 + conformance::firstSeed());
    for (int round = 0; round < conformance::caseCount(2500); ++round) {
        const Axes axes = randomAxes(random, round % 10 == 0 ? 900 : 150);
        const int width = axes.horizontal.sourceLength, stride = width + random(0, 70);
        // Ends with the last sample, so that a sanitizer sees any read beyond it.
        const Samples source = random.samples(stride * (axes.vertical.sourceLength - 1) + width);
        const ScaleFilter filter = kFilters[random(0, 2)];
        const int offset = random(0, 63);
        const Samples expected = scaled(kPlainKernels, {source.data(), stride}, axes, filter, offset);
        for (const PixelKernels* kernels : fasterKernels()) {
            const Samples actual = scaled(*kernels, {source.data(), stride}, axes, filter, offset);
            BOOST_REQUIRE_MESSAGE(actual == expected, kernels->name << ", round " << round << ", columns " << width
                                                                    << " to " << axes.horizontal.targetLength
                                                                    << ", rows " << axes.vertical.sourceLength << " to "
                                                                    << axes.vertical.targetLength);
        }
    }
}

BOOST_AUTO_TEST_CASE(rows_are_averaged_blended_and_faded_to_the_same_bytes) {
    Random random(3 + conformance::firstSeed());
    for (int round = 0; round < conformance::caseCount(2000); ++round) {
        const int count = random(0, 300), offset = random(0, 63);
        const Samples row = random.samples(2 * count + offset + kMargin), other = random.samples(2 * count);
        Samples alpha = random.samples(count), colour(alpha);
        for (auto& sample : colour) sample = static_cast<std::uint8_t>(random(0, sample));
        const int level = random(0, 256), centre = random(0, 1) == 0 ? 16 : 128;
        const Samples source = random.samples(2 * count);
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.averageRows(source.data(), other.data(), to + offset, count);
        });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.averageRows(to + offset, other.data(), to + offset, count);
        });
        checkRows(row,
                  [&](const PixelKernels& k, std::uint8_t* to) { k.averagePairs(source.data(), to + offset, count); });
        checkRows(row,
                  [&](const PixelKernels& k, std::uint8_t* to) { k.averagePairs(to + offset, to + offset, count); });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.averageSquares(source.data(), other.data(), to + offset, count);
        });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.averageSquares(to + offset, other.data(), to + offset, count);
        });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.blend(to + offset, colour.data(), alpha.data(), count);
        });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.mix(to + offset, other.data(), alpha.data(), count);
        });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) {
            k.multiply(source.data(), std::min(level, 255), to + offset, count);
        });
        checkRows(row, [&](const PixelKernels& k, std::uint8_t* to) { k.fade(to + offset, count, level, centre); });
    }
}

BOOST_AUTO_TEST_CASE(colours_are_converted_to_the_same_bytes) {
    Random random(4 + conformance::firstSeed());
    for (int round = 0; round < conformance::caseCount(1500); ++round) {
        const int count = 2 * random(0, 150), offset = random(0, 63);
        const auto matrix = random(0, 1) == 0 ? ColorMatrix::Bt601 : ColorMatrix::Bt709;
        const auto range = random(0, 1) == 0 ? ColorRange::Limited : ColorRange::Full;
        const ColorConversion conversion = colorConversion(matrix, range);
        const Samples y = random.samples(count + offset + kMargin);
        const Samples u = random.samples(count / 2), v = random.samples(count / 2);
        checkRows(y, [&](const PixelKernels& k, std::uint8_t* to) {
            k.convertLuma(to + offset, u.data(), v.data(), count, conversion);
        });
        const Samples chroma = random.samples(2 * (count + kMargin) + offset);
        checkRows(chroma, [&](const PixelKernels& k, std::uint8_t* to) {
            k.convertChroma(to + offset, to + offset + count + kMargin, count, conversion);
        });
    }
}

BOOST_AUTO_TEST_CASE(weights_of_eight_bits_give_the_same_sums_and_no_pair_overflows_for_every_size_pair) {
    for (const ScaleFilter filter : kFilters) {
        for (int source = 1; source <= 140; source += 3) {
            for (int target = 1; target <= 140; ++target) {
                checkForms(AxisCrop{source, target, source, target, 0, 0}.luma(), filter);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(crops_and_chroma_of_large_pictures_are_paired_and_fetched_too) {
    Random random(5 + conformance::firstSeed());
    for (int round = 0; round < conformance::caseCount(400); ++round) {
        const Size source{random(1, 4096), random(1, 2304)};
        const Rect tile{0, 0, 2 * random(1, 1920), 2 * random(1, 1080)};
        const PicturePlacement placed = placePicture(source, tile, round % 2 == 0 ? Fit::Cover : Fit::Contain);
        const ScaleFilter filter = kFilters[round % 3];
        checkForms(placed.horizontal.luma(), filter);
        checkForms(placed.horizontal.horizontalChroma(), filter);
        checkForms(placed.vertical.luma(), filter);
        checkForms(placed.vertical.verticalChroma(), filter);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include "tests/quality/picture_quality.h"

#include <cmath>
#include <cstdint>

namespace tessera {
namespace {

constexpr int kWindow = 8;
constexpr int kStep = 4;
constexpr double kC1 = 0.01 * 255 * 0.01 * 255, kC2 = 0.03 * 255 * 0.03 * 255;

const std::uint8_t* row(const Plane& plane, int y) {
    return plane.data + static_cast<std::ptrdiff_t>(y) * plane.stride;
}

double windowSsim(const Plane& a, const Plane& b, int left, int top) {
    double sumA = 0, sumB = 0, squareA = 0, squareB = 0, product = 0;
    for (int y = top; y < top + kWindow; ++y) {
        for (int x = left; x < left + kWindow; ++x) {
            const double p = row(a, y)[x], q = row(b, y)[x];
            sumA += p;
            sumB += q;
            squareA += p * p;
            squareB += q * q;
            product += p * q;
        }
    }
    constexpr double kCount = kWindow * kWindow;
    const double meanA = sumA / kCount, meanB = sumB / kCount;
    const double variances = (squareA + squareB) / kCount - meanA * meanA - meanB * meanB;
    const double covariance = product / kCount - meanA * meanB;
    return (2 * meanA * meanB + kC1) * (2 * covariance + kC2) /
           ((meanA * meanA + meanB * meanB + kC1) * (variances + kC2));
}

}  // namespace

double psnr(const Plane& a, const Plane& b, Size size) {
    double squares = 0;
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const double difference = row(a, y)[x] - row(b, y)[x];
            squares += difference * difference;
        }
    }
    if (squares == 0) return 100;
    return 10 * std::log10(255.0 * 255.0 * size.width * size.height / squares);
}

double ssim(const Plane& a, const Plane& b, Size size) {
    double sum = 0;
    int windows = 0;
    for (int y = 0; y + kWindow <= size.height; y += kStep) {
        for (int x = 0; x + kWindow <= size.width; x += kStep) {
            sum += windowSsim(a, b, x, y);
            ++windows;
        }
    }
    return windows == 0 ? 1 : sum / windows;
}

}  // namespace tessera

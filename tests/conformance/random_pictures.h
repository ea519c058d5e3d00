#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "mcu/media/video_frame.h"
#include "mcu/scene/overlay.h"

namespace tessera::conformance {

/// Numbers, pictures and overlays that a seed determines.
class RandomPictures {
public:
    explicit RandomPictures(std::uint32_t seed) : random_(seed) {}

    int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    int even(int low, int high) { return 2 * number(low / 2, high / 2); }
    bool oneIn(int n) { return number(1, n) == 1; }
    std::uint8_t byte() { return static_cast<std::uint8_t>(random_()); }
    Yuv color() { return {byte(), byte(), byte()}; }
    Orientation orientation() { return {number(0, 3), oneIn(2)}; }

    /// Noise of all values, or of the extremes alone, where clamping is reached: I420 with slack between the rows, from
    /// any address, and with nothing behind its last sample, so that a sanitizer sees any read beyond it.
    FramePtr frame(Size size) {
        auto made = std::make_shared<VideoFrame>();
        made->size = size;
        made->matrix = oneIn(2) ? ColorMatrix::Bt601 : ColorMatrix::Bt709;
        made->range = oneIn(3) ? ColorRange::Full : ColorRange::Limited;
        if (oneIn(5)) made->orientation = orientation();
        auto bytes = std::make_shared<std::array<std::vector<std::uint8_t>, 3>>();
        for (std::size_t i = 0; i < 3; ++i) {
            const Size plane = i == 0 ? size : chromaSize(size);
            const int stride = plane.width + number(0, 40), offset = number(0, 15);
            (*bytes)[i].resize(static_cast<std::size_t>(offset + stride * (plane.height - 1) + plane.width));
            fill((*bytes)[i]);
            made->planes[i] = {(*bytes)[i].data() + offset, stride};
        }
        made->owner = bytes;
        return made;
    }

    std::shared_ptr<Overlay> overlay(Size size) {
        auto made = std::make_shared<Overlay>();
        made->size = size;
        const auto area = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
        for (std::size_t i = 0; i < area; ++i) {
            made->alpha.push_back(oneIn(4) ? 255 : byte());
            made->y.push_back(static_cast<std::uint8_t>(number(0, made->alpha.back())));
        }
        for (std::size_t i = 0; i < area / 4; ++i) {
            made->chromaAlpha.push_back(oneIn(4) ? 0 : byte());
            made->u.push_back(static_cast<std::uint8_t>(number(0, made->chromaAlpha.back())));
            made->v.push_back(static_cast<std::uint8_t>(number(0, made->chromaAlpha.back())));
        }
        return made;
    }

private:
    /// Four samples of a word at a time: sources are most of what a scene is made of.
    void fill(std::vector<std::uint8_t>& samples) {
        const bool isHard = oneIn(2);
        for (std::size_t i = 0; i < samples.size(); i += 4) {
            auto word = static_cast<std::uint32_t>(random_());
            if (isHard) word = (word & 0x01010101U) * 255U;
            std::memcpy(samples.data() + i, &word, std::min<std::size_t>(4, samples.size() - i));
        }
    }

    std::mt19937 random_;
};

/// One number that changes when any byte of the picture's memory does, slack included.
inline std::uint64_t fingerprint(const VideoFrame& frame) {
    std::uint64_t sum = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        const Size size = i == 0 ? frame.size : chromaSize(frame.size);
        const std::size_t bytes =
            static_cast<std::size_t>(frame.planes[i].stride) * static_cast<std::size_t>(size.height - 1) +
            static_cast<std::size_t>(size.width);
        for (std::size_t k = 0; k < bytes; k += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, frame.planes[i].data + k, std::min(sizeof word, bytes - k));
            sum = (sum ^ word) * 0x9E3779B97F4A7C15U;
            sum ^= sum >> 29;
        }
    }
    return sum;
}

}  // namespace tessera::conformance

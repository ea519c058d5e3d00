#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "mcu/base/environment.h"
#include "mcu/video/compositor.h"
#include "mcu/video/kernels.h"

#include "tests/conformance/naive_compositor.h"
#include "tests/conformance/random_scene.h"
#include "tests/conformance/random_show.h"

namespace tessera::conformance {

/// A compositor under test.
struct Subject {
    std::string name;
    Compositor* compositor = nullptr;  ///< borrowed; must return host frames
    bool hasOwnMemory = true;          ///< the memory of its pictures is used for nothing else, so it can be guarded
};

/// How many cases a test runs: `usual`, or so many times that as TESSERA_CONFORMANCE says.
inline int caseCount(int usual) {
    return usual * std::stoi(environmentVariable("TESSERA_CONFORMANCE").value_or("1"));
}

/// The seed of a test's first case: TESSERA_CONFORMANCE_SEED, or 1. Case i has the i-th seed after it.
inline std::uint32_t firstSeed() {
    return static_cast<std::uint32_t>(std::stoul(environmentVariable("TESSERA_CONFORMANCE_SEED").value_or("1")));
}

/// @return where two host frames first differ, in words; nothing when they are equal
inline std::optional<std::string> difference(const VideoFrame& expected, const VideoFrame& actual) {
    if (expected.size != actual.size) return "the sizes differ";
    for (std::size_t i = 0; i < 3; ++i) {
        const Size size = i == 0 ? expected.size : chromaSize(expected.size);
        for (int y = 0; y < size.height; ++y) {
            const std::uint8_t* wanted = expected.planes[i].data + y * expected.planes[i].stride;
            const std::uint8_t* got = actual.planes[i].data + y * actual.planes[i].stride;
            const auto at = std::mismatch(wanted, wanted + size.width, got);
            if (at.first == wanted + size.width) continue;
            return "plane " + std::to_string(i) + " at " + std::to_string(at.first - wanted) + "," + std::to_string(y) +
                   ": expected " + std::to_string(*at.first) + ", got " + std::to_string(*at.second);
        }
    }
    return std::nullopt;
}

/// Bytes behind the rows of pooled canvases, which nobody may write. A canvas is marked when it is seen first and
/// looked at whenever its memory comes back with another picture.
class CanvasGuards {
public:
    /// @return what was written beyond the picture, in words
    std::optional<std::string> check(const VideoFrame& frame) {
        for (std::size_t i = 0; i < 3; ++i) {
            const Size size = i == 0 ? frame.size : chromaSize(frame.size);
            const bool isMarked = !marked_.insert(frame.planes[i].data).second;
            for (int y = 0; y < size.height; ++y) {
                // The memory is the pool's, not a constant; the compositor does not read it.
                auto* row = const_cast<std::uint8_t*>(frame.planes[i].data + y * frame.planes[i].stride);
                for (int x = size.width; x < frame.planes[i].stride; ++x) {
                    if (isMarked && row[x] != kMark) {
                        return "plane " + std::to_string(i) + " was written at " + std::to_string(x) + "," +
                               std::to_string(y) + ", beyond its width";
                    }
                    row[x] = kMark;
                }
            }
        }
        return std::nullopt;
    }

private:
    static constexpr std::uint8_t kMark = 0xa5;
    std::set<const std::uint8_t*> marked_;
};

/// Draws random scenes with every subject and compares every byte with the written rule. Sources must stay as they are.
///
/// @return what differed first, with the seed that repeats it; nothing when all was equal
inline std::optional<std::string> checkScenes(std::span<const Subject> subjects, std::uint32_t seed, int scenes) {
    NaiveCompositor rule;
    for (int i = 0; i < scenes; ++i, ++seed) {
        const RandomScene scene(seed);
        const MediaTime pts = MediaTime(std::chrono::milliseconds(i));
        std::uint64_t before = 0, after = 0;
        for (const auto& frame : scene.frames) before += frame ? fingerprint(*frame) : 0;
        const auto expected = rule.compose(scene.composition, scene.frames, pts);
        for (const Subject& subject : subjects) {
            const std::string where = "seed " + std::to_string(seed) + ", " + subject.name + ": ";
            const auto actual = subject.compositor->compose(scene.composition, scene.frames, pts);
            if (!actual.ok()) return where + actual.error().message;
            if ((*actual)->pts != pts) return where + "wrong pts";
            if (const auto found = difference(**expected, **actual)) return where + *found;
        }
        for (const auto& frame : scene.frames) after += frame ? fingerprint(*frame) : 0;
        if (before != after) return "seed " + std::to_string(seed) + ": a source was written";
    }
    return std::nullopt;
}

/// Draws random shows with every subject, which keep their canvases and so what is already right on them, and compares
/// every tick with one drawn from nothing by the plain kernels, and every eighth with the written rule.
///
/// @return as above; the show's seed repeats it
inline std::optional<std::string> checkShows(std::span<const Subject> subjects, std::uint32_t seed, int shows) {
    constexpr int kTicks = 60;
    NaiveCompositor rule;
    for (int i = 0; i < shows; ++i, ++seed) {
        RandomShow show(seed);
        std::map<std::string, CanvasGuards> guards;
        std::deque<FramePtr> held;
        for (int tick = 0; tick < kTicks; ++tick) {
            show.tick();
            const bool isRuled = (tick + i) % 8 == 0;
            const auto fresh = isRuled ? nullptr : createCpuCompositor(kPlainKernels);
            const auto expected = (isRuled ? rule : *fresh).compose(show.composition, show.frames, MediaTime{});
            for (const Subject& subject : subjects) {
                const auto actual = subject.compositor->compose(show.composition, show.frames, MediaTime{});
                const std::string where =
                    "show " + std::to_string(seed) + ", tick " + std::to_string(tick) + ", " + subject.name + ": ";
                if (!actual.ok()) return where + actual.error().message;
                if (const auto found = difference(**expected, **actual)) return where + *found;
                held.push_back(*actual);
                if (!subject.hasOwnMemory) continue;
                if (const auto found = guards[subject.name].check(**actual)) return where + *found;
            }
            // Encoders hold a picture for a while: which canvas comes back, and what it shows, varies.
            const auto most = static_cast<std::size_t>((tick / 7 + i) % 4) * subjects.size();
            while (held.size() > most) held.pop_front();
        }
    }
    return std::nullopt;
}

}  // namespace tessera::conformance

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <new>

#include "mcu/audio/audio_mixer.h"

#include "tests/support/allocation_counter.h"
#include "tests/support/signal.h"

namespace {

thread_local std::uint64_t allocations = 0;

}  // namespace

// GCC and clang say in different ways that the address sanitizer is there.
#if defined(__SANITIZE_ADDRESS__)
#define TESSERA_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TESSERA_ADDRESS_SANITIZER
#endif
#endif

#ifndef TESSERA_ADDRESS_SANITIZER
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
#endif

namespace tessera {

std::uint64_t allocationsOnThisThread() {
    return allocations;
}

BOOST_AUTO_TEST_SUITE(tick_allocation)

BOOST_AUTO_TEST_CASE(warm_audio_tick_allocates_nothing) {
    struct Sink final : BlockSink {
        void offer(const AudioBlock& block) override { heard += block.samples[0][0]; }
        float heard = 0;
    };
    constexpr int kSources = 20;
    AudioPlan plan;
    plan.talkers = 5;
    for (int i = 0; i < kSources; ++i)
        plan.sources.push_back({.feed = std::make_shared<SourceFeed>(), .participant = i});
    for (int i = -1; i < 5; ++i) {
        plan.mixes.push_back({.excludeParticipant = i, .sinks = {std::make_shared<Sink>()}});
    }
    auto fewer = plan;
    fewer.sources.erase(fewer.sources.begin() + 3);
    fewer.mixes.pop_back();
    const std::array plans{std::make_shared<const AudioPlan>(plan), std::make_shared<const AudioPlan>(fewer)};
    Snapshot<AudioPlan> newest(plans[0]);
    AudioMixer mixer(newest);
    std::uint64_t counted = 0;
    for (int k = 0; k < 500; ++k) {
        for (int i = 0; i < kSources; ++i) {
            // Loud enough to be limited, with drift, holes and turns of talking.
            const auto samples = ToneGenerator(200 + 30 * i, (k / 50 + i) % 4 == 0 ? 0.9 : 0.01).stereo(480);
            const auto pts = Duration(static_cast<std::int64_t>(k * 10e6 * (1 + 1e-5 * i)));
            if ((k + i) % 40 != 0)
                plan.sources[static_cast<std::size_t>(i)].feed->audio.write(MediaTime(pts), samples.data(), 480);
        }
        newest.publish(plans[k / 100 % 2]);
        const auto before = allocationsOnThisThread();
        mixer.tick(k);
        if (k >= 200) counted += allocationsOnThisThread() - before;
    }
    BOOST_TEST(counted == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <opus/opus.h>

#include "mcu/meeting/audio_switch.h"

#include "pipelines/codecs/audio_packetizer.h"
#include "tests/support/signal.h"

namespace tessera {

namespace {

const AudioEncodeSpec kSpec{AudioCodec::Opus, 64};

const AudioEncoderRow& opusRow() {
    return *std::find_if(audioEncoderCatalog().begin(), audioEncoderCatalog().end(),
                         [](const auto& row) { return row.codec == AudioCodec::Opus; });
}

/// A listener's decoder.
struct Decoder final : PacketSink {
    Decoder() {
        int error = 0;
        decoder = opus_decoder_create(kSampleRate, 2, &error);
    }
    ~Decoder() override { opus_decoder_destroy(decoder); }
    void offer(PacketPtr packet) override {
        std::vector<float> stereo(2 * 5760);
        const int frames = opus_decode_float(decoder, packet->bytes.data(), static_cast<int>(packet->bytes.size()),
                                             stereo.data(), 5760, 0);
        BOOST_REQUIRE(frames == 960);
        for (int i = 0; i < frames; ++i) left.push_back(stereo[static_cast<std::size_t>(2 * i)]);
        if (hasAny) BOOST_REQUIRE((packet->pts == end));
        hasAny = true;
        end = packet->pts + packet->duration;
    }
    OpusDecoder* decoder = nullptr;
    std::vector<float> left;
    bool hasAny = false;
    MediaTime end{};
};

void addTone(AudioBlock& block, double hertz, double amplitude) {
    for (std::size_t i = 0; i < kBlockSamples; ++i) {
        const auto n = static_cast<double>(block.index * kBlockSamples + static_cast<std::int64_t>(i));
        const double value = amplitude * std::sin(2 * std::numbers::pi * hertz * n / kSampleRate);
        block.samples[0][i] += static_cast<float>(value);
        block.samples[1][i] += static_cast<float>(value);
    }
}

AudioBlock toneBlock(std::int64_t index, double hertz) {
    AudioBlock block;
    block.index = index;
    addTone(block, hertz, 0.1);
    return block;
}

/// The loudest of what a listener hears who is moved, against one who is not, in dBFS.
double differenceDb(const Decoder& moved, const Decoder& unmoved) {
    const auto count = std::min(moved.left.size(), unmoved.left.size());
    BOOST_REQUIRE(count > 24000U);
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(moved.left[i]) - unmoved.left[i]));
    }
    return toDecibels(largest);
}

/// The loudest sample above 4 kHz, in dBFS: a click is as loud there as anywhere, a low tone is not there, and the
/// codec's own wavering of the tone's level, which is -45 dBFS and not a click, is not either.
double clickDb(std::span<const float> signal) {
    constexpr int kTaps = 255;
    constexpr double kEdge = 4000.0 / kSampleRate;
    std::array<double, kTaps> highPass{};
    double sum = 0;
    for (int i = 0; i < kTaps; ++i) {
        const double n = i - kTaps / 2;
        const double sinc = n == 0 ? 2 * kEdge : std::sin(2 * std::numbers::pi * kEdge * n) / (std::numbers::pi * n);
        sum += highPass[static_cast<std::size_t>(i)] =
            sinc * (0.5 - 0.5 * std::cos(2 * std::numbers::pi * (i + 0.5) / kTaps));
    }
    for (auto& tap : highPass) tap /= -sum;
    highPass[kTaps / 2] += 1;
    double largest = 0;
    for (std::size_t at = 0; at + kTaps <= signal.size(); ++at) {
        double value = 0;
        for (std::size_t i = 0; i < kTaps; ++i) value += highPass[i] * signal[at + i];
        largest = std::max(largest, std::abs(value));
    }
    return toDecibels(largest);
}

/// Two listeners of one encode, one of whom is moved to another encode of the same sound.
struct Listeners {
    std::shared_ptr<Decoder> moved = std::make_shared<Decoder>();
    std::shared_ptr<Decoder> unmoved = std::make_shared<Decoder>();
    std::shared_ptr<AudioSwitch> audio = std::make_shared<AudioSwitch>(moved);
    std::shared_ptr<PacketSink> first = audio->begin(), second;

    void offerFirst(const PacketPtr& packet) {
        unmoved->offer(packet);
        first->offer(packet);
    }
    void offerSecond(const PacketPtr& packet) {
        if (second) second->offer(packet);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mix_change)

/// As when a listener begins to talk: the new encode is forked from the old one, some ticks before it gets blocks.
BOOST_AUTO_TEST_CASE(a_change_to_a_mix_of_ones_own_is_not_heard) {
    for (const double hertz : {220.0, 440.0, 1000.0, 3150.0}) {
        for (const std::int64_t changeAt : {150, 151, 158}) {
            Listeners listeners;
            auto shared = AudioPacketizer::create(opusRow(), kSpec, [&](PacketPtr p) { listeners.offerFirst(p); });
            std::unique_ptr<AudioPacketizer> own;
            for (std::int64_t k = 0; k < 250; ++k) {
                if (k == changeAt - 3) {
                    own = (*shared)->fork([&](PacketPtr p) { listeners.offerSecond(p); });
                    BOOST_REQUIRE(own != nullptr);
                    listeners.second = listeners.audio->begin();
                }
                if (k == changeAt) {  // what the mixer gives a new mix first
                    for (auto past = k - 8; past < k; ++past) {
                        BOOST_REQUIRE(own->encode(toneBlock(past, hertz)).ok());
                    }
                }
                BOOST_REQUIRE((*shared)->encode(toneBlock(k, hertz)).ok());
                if (k >= changeAt) BOOST_REQUIRE(own->encode(toneBlock(k, hertz)).ok());
                if (k == changeAt + 3) BOOST_TEST(listeners.audio->isSettled());
            }
            BOOST_TEST(differenceDb(*listeners.moved, *listeners.unmoved) < -120);
        }
    }
}

/// As when a talker has fallen silent: until then the shared mix had its voice in it, and its own had not.
BOOST_AUTO_TEST_CASE(a_change_back_to_the_shared_mix_is_not_heard) {
    constexpr std::int64_t kTalksUntil = 300, kChangeAt = 800, kEnd = 1000;
    for (const double hertz : {220.0, 440.0, 1000.0, 1500.0}) {
        Listeners listeners;
        auto own = AudioPacketizer::create(opusRow(), kSpec, [&](PacketPtr p) { listeners.offerFirst(p); });
        auto shared = AudioPacketizer::create(opusRow(), kSpec, [&](PacketPtr p) { listeners.offerSecond(p); });
        for (std::int64_t k = 0; k < kEnd; ++k) {
            if (k == kChangeAt) listeners.second = listeners.audio->begin();
            auto block = toneBlock(k, hertz);
            BOOST_REQUIRE((*own)->encode(block).ok());
            if (k < kTalksUntil) addTone(block, 700, 0.2);
            BOOST_REQUIRE((*shared)->encode(block).ok());
        }
        BOOST_TEST(listeners.audio->isSettled());
        const auto around = std::span(listeners.moved->left).subspan((kChangeAt - 50) * kBlockSamples, 48000);
        const double click = clickDb(around);
        BOOST_TEST_MESSAGE(hertz << " Hz, back to the shared mix: " << click << " dBFS above 4 kHz");
        BOOST_TEST(click < -60);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

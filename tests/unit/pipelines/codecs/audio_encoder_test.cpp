#include "pipelines/codecs/audio_encoder.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>

#include "pipelines/codecs/audio_packetizer.h"
#include "tests/support/audio_decode.h"
#include "tests/support/packet_collector.h"

namespace tessera {
namespace {

/// A chord whose loudness wobbles: its autocorrelation has one clear peak.
float sampleAt(std::int64_t index) {
    const double t = static_cast<double>(index) / kSampleRate * 2 * std::numbers::pi;
    return static_cast<float>(0.2 * (0.6 + 0.4 * std::sin(3 * t)) *
                              (std::sin(311 * t) + std::sin(727 * t + 1) + std::sin(1303 * t + 2)));
}

AudioBlock blockAt(std::int64_t index) {
    AudioBlock block;
    block.index = index;
    for (int i = 0; i < kBlockSamples; ++i) {
        const auto at = static_cast<std::size_t>(i);
        block.samples[0][at] = block.samples[1][at] = sampleAt(index * kBlockSamples + i);
    }
    return block;
}

std::vector<PacketPtr> packetsOf(const AudioEncoderRow& row, const std::vector<std::int64_t>& blocks) {
    std::vector<PacketPtr> packets;
    AudioEncodeSpec spec{row.codec, row.codec == AudioCodec::Opus ? 64 : 128};
    auto packetizer = AudioPacketizer::create(row, spec, [&](PacketPtr packet) { packets.push_back(packet); });
    BOOST_REQUIRE(packetizer.ok());
    for (const auto index : blocks) BOOST_REQUIRE((*packetizer)->encode(blockAt(index)).ok());
    (*packetizer)->drain();
    return packets;
}

std::vector<std::int64_t> indices(std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> result;
    for (auto k = first; k <= last; ++k) result.push_back(k);
    return result;
}

void checkAlignment(const AudioEncoderRow& row, const std::vector<PacketPtr>& packets, std::int64_t second) {
    const auto decoded = decodeAudio(packets, row.codec);
    const auto from = static_cast<std::size_t>(second * kSampleRate);
    BOOST_REQUIRE(decoded.size() >= from + 40000);
    const std::vector<float> heard(decoded.begin() + static_cast<std::ptrdiff_t>(from),
                                   decoded.begin() + static_cast<std::ptrdiff_t>(from) + 40000);
    std::vector<float> sent;
    for (std::int64_t i = 0; i < 40000; ++i) sent.push_back(sampleAt(second * kSampleRate + i));
    const int delay = delayOf(heard, sent, 1500);
    BOOST_TEST_MESSAGE(row.name << ": decoded sound is " << delay << " samples behind its pts");
    BOOST_TEST(std::abs(delay) <= 2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audio_encoder)

BOOST_AUTO_TEST_CASE(decoded_sound_is_where_its_pts_says) {
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST_CONTEXT(row.name) {
            checkAlignment(row, packetsOf(row, indices(100, 299)), 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(sound_of_one_side_stays_there) {
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST_CONTEXT(row.name) {
            std::vector<PacketPtr> packets;
            auto packetizer = AudioPacketizer::create(row, AudioEncodeSpec{row.codec, 128},
                                                      [&](PacketPtr packet) { packets.push_back(packet); });
            BOOST_REQUIRE(packetizer.ok());
            for (std::int64_t k = 0; k < 200; ++k) {
                AudioBlock block = blockAt(k);
                block.samples[0].fill(0);
                BOOST_REQUIRE((*packetizer)->encode(block).ok());
            }
            double silent = 0, sounding = 0;
            const auto left = decodeAudio(packets, row.codec);
            for (std::int64_t i = kSampleRate / 2; i < kSampleRate; ++i) {
                silent += std::abs(left[static_cast<std::size_t>(i)]);
                sounding += std::abs(sampleAt(i));
            }
            BOOST_TEST(silent < 0.05 * sounding);
        }
    }
}

BOOST_AUTO_TEST_CASE(packets_follow_each_other_without_drift) {
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST_CONTEXT(row.name) {
            const std::int64_t first = 1'000'000;  // 2 h 46 min into the meeting
            const auto packets = packetsOf(row, indices(first, first + 999));
            BOOST_REQUIRE(packets.size() > 400U);
            for (std::size_t i = 0; i < packets.size(); ++i) {
                const auto begin =
                    first * kBlockSamples + static_cast<std::int64_t>(i) * row.frameSamples - row.delaySamples;
                BOOST_REQUIRE((packets[i]->pts == MediaTime(samplesToDuration(begin))));
                BOOST_REQUIRE(packets[i]->sequence == i);
                if (i > 0) BOOST_REQUIRE((packets[i - 1]->pts + packets[i - 1]->duration == packets[i]->pts));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(short_gaps_become_silence_and_long_ones_move_the_timestamps) {
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST_CONTEXT(row.name) {
            auto blocks = indices(0, 49);
            for (const auto k : indices(60, 149)) blocks.push_back(k);   // 100 ms missing
            for (const auto k : indices(400, 549)) blocks.push_back(k);  // 2.5 s missing
            const auto packets = packetsOf(row, blocks);
            int jumps = 0;
            for (std::size_t i = 1; i < packets.size(); ++i) {
                BOOST_TEST(packets[i]->sequence == packets[i - 1]->sequence + 1);
                const auto step = packets[i]->pts - packets[i - 1]->pts;
                BOOST_TEST((step > Duration(0)));
                if (step > std::chrono::milliseconds(30)) ++jumps;
            }
            BOOST_TEST(jumps == 1);
            checkAlignment(row, packets, 4);
            const auto decoded = decodeAudio(packets, row.codec);
            double energy = 0;
            for (std::size_t i = 52 * 480; i < 58 * 480; ++i) energy += std::abs(decoded[i]);
            BOOST_TEST(energy / (6 * 480) < 0.002);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_thread_encodes_what_is_offered) {
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST_CONTEXT(row.name) {
            PacketCollector collector;
            auto encoder = createAudioEncoder(AudioEncodeSpec{row.codec, 64}, collector);
            BOOST_REQUIRE(encoder.ok());
            std::size_t expected = 0;
            for (std::int64_t k = 0; k < 200; ++k) {
                (*encoder)->offer(blockAt(k));
                expected = static_cast<std::size_t>((k + 1) * kBlockSamples / row.frameSamples);
                const std::size_t held = row.codec == AudioCodec::Aac ? 3 : 0;  // frames in the codec
                if (expected > held) BOOST_REQUIRE(collector.waitFor(expected - held));
            }
            BOOST_TEST((*encoder)->packetsEncoded() >= 90U);
        }
    }
}

BOOST_AUTO_TEST_CASE(sound_that_is_brought_to_a_loudness_stays_where_its_pts_says) {
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST_CONTEXT(row.name) {
            PacketCollector collector;
            auto encoder = createAudioEncoder(row, AudioEncodeSpec{row.codec, 128, -30}, collector);
            BOOST_REQUIRE(encoder.ok());
            for (std::int64_t k = 100; k < 400; ++k) {
                (*encoder)->offer(blockAt(k));
                const auto encoded = static_cast<std::size_t>((k - 100) * kBlockSamples / row.frameSamples);
                if (encoded > 3) BOOST_REQUIRE(collector.waitFor(encoded - 3));
            }
            const auto packets = collector.packets();
            checkAlignment(row, packets, 2);
            // It was louder: 0.2 of three tones is about -17 LUFS.
            const auto decoded = decodeAudio(packets, row.codec);
            double sent = 0, heard = 0;
            for (std::int64_t i = 2 * kSampleRate; i < 3 * kSampleRate; ++i) {
                sent += sampleAt(i) * sampleAt(i);
                heard += decoded[static_cast<std::size_t>(i)] * decoded[static_cast<std::size_t>(i)];
            }
            BOOST_TEST(heard < 0.2 * sent);
            BOOST_TEST(heard > 0.01 * sent);
            BOOST_TEST(!(*encoder)->fork(collector));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_loudness_that_is_none_is_refused) {
    PacketCollector collector;
    for (const int target : {-41, -9, 5}) {
        const auto encoder = createAudioEncoder(AudioEncodeSpec{AudioCodec::Opus, 64, target}, collector);
        BOOST_TEST(encoder.error().field == "target_lufs");
    }
}

BOOST_AUTO_TEST_CASE(an_impossible_bitrate_is_refused) {
    PacketCollector collector;
    const auto encoder = createAudioEncoder(AudioEncodeSpec{AudioCodec::Opus, 0}, collector);
    BOOST_TEST(encoder.error().field == "bitrate_kbps");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#pragma once

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "pipelines/codecs/audio_encoder.h"
#include "pipelines/codecs/video_encoder.h"
#include "pipelines/ingest/test_picture.h"
#include "pipelines/ingest/test_sound.h"
#include "tests/support/packet_collector.h"
#include "tests/support/temporary_folder.h"

namespace tessera {

inline constexpr FrameRate kFlashRate{30, 1};

/// 320x180 at 30 fps with sound.
inline OutputRequest recordingTo(const std::filesystem::path& path) {
    OutputRequest spec;
    spec.path = path.string();
    spec.video = VideoEncodeSpec{VideoCodec::H264, {320, 180}, kFlashRate, 800, 2000};
    spec.audio = AudioEncodeSpec{AudioCodec::Aac, 96};
    return spec;
}

/// Gives packets to an output and lets the test know how many.
class Tap final : public PacketSink {
public:
    explicit Tap(Output& output) : output_(output) {}
    void offer(PacketPtr packet) override {
        output_.offer(packet);
        collector.offer(std::move(packet));
    }
    PacketCollector collector;

private:
    Output& output_;
};

/// Flash and beep through the real encoders into an output.
class FlashAndBeep {
public:
    FlashAndBeep(const OutputRequest& spec, Output& output)
        : videoTap_(output),
          audioTap_(output),
          frameSamples_(spec.audio->codec == AudioCodec::Opus ? 960 : 1024),
          picture_(TestPattern::Flash, "", spec.video->size, kFlashRate, 0) {
        video_ = createVideoEncoder(*spec.video, videoTap_).value();
        audio_ = createAudioEncoder(*spec.audio, audioTap_).value();
    }

    void offerPicture(std::int64_t tick) {
        video_->offer(picture_.draw(tick));
        BOOST_REQUIRE(videoTap_.collector.waitFor(++pictures_));
    }

    void offerBlock(std::int64_t k) {
        AudioBlock block;
        std::array<float, 2 * kBlockSamples> samples{};
        sound_.read(k * kBlockSamples, samples.data(), kBlockSamples);
        for (std::size_t i = 0; i < kBlockSamples; ++i) block.samples[0][i] = block.samples[1][i] = samples[2 * i];
        block.index = k;
        audio_->offer(block);
        ++blocks_;
        const auto encoded = static_cast<std::size_t>(blocks_ * kBlockSamples / frameSamples_);
        if (encoded > 3) BOOST_REQUIRE(audioTap_.collector.waitFor(encoded - 3));  // some are held by the codec
    }

    /// Offers picture and sound of [from, to) in the order of their times.
    void run(std::int64_t fromMs, std::int64_t toMs) {
        for (std::int64_t ms = fromMs; ms < toMs; ms += 10) {
            offerBlock(ms / 10);
            const Duration time = std::chrono::milliseconds(ms + 10) - Duration(1);
            if (const auto tick = kFlashRate.tickAt(time); kFlashRate.tickTime(tick) >= std::chrono::milliseconds(ms)) {
                offerPicture(tick);
            }
        }
    }

private:
    Tap videoTap_, audioTap_;
    std::int64_t frameSamples_;
    TestPicture picture_;
    TestSound sound_{TestSoundKind::Beep, 0, 0};
    std::unique_ptr<VideoEncoder> video_;
    std::unique_ptr<AudioEncoder> audio_;
    std::size_t pictures_ = 0;
    std::int64_t blocks_ = 0;
};

}  // namespace tessera

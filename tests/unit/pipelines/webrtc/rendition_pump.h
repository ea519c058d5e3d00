#pragma once

#include <cstring>
#include <memory>

#include "mcu/media/frame_pool.h"

#include "peer_bench.h"
#include "pipelines/codecs/audio_encoder.h"
#include "pipelines/codecs/video_encoder.h"
#include "tests/support/signal.h"

namespace tessera::test {

/// Encodes a moving 320x180 picture and a tone of 600 Hz in real time, and offers the packets to a peer, as a meeting
/// does.
class RenditionPump {
public:
    RenditionPump(PeerBenchSession& session, VideoCodec codec)
        : session_(session),
          started_(session.timeline.now()),
          video_(createVideoEncoder({.codec = codec, .size = pool_.size(), .bitrateKbps = 500}, *session.peer).value()),
          audio_(createAudioEncoder(AudioEncodeSpec{}, *session.peer).value()) {}

    /// Makes what is due by now, and a keyframe where the peer has asked for one. Call it often.
    void step() {
        if (std::exchange(asked_, session_.keyframeRequests) != session_.keyframeRequests) video_->requestKeyframe();
        const auto now = session_.timeline.now();
        for (; pictureTime() <= now; ++picture_) video_->offer(draw());
        for (; soundTime() <= now; ++block_) audio_->offer(sound());
    }

private:
    static constexpr FrameRate kRate{30, 1};

    MediaTime pictureTime() const { return started_ + kRate.tickTime(picture_); }
    MediaTime soundTime() const { return started_ + kAudioTickRate.tickTime(block_); }

    FramePtr draw() {
        auto picture = pool_.take();
        const auto& planes = picture.frame->planes;
        for (std::size_t i = 0; i < planes.size(); ++i) {
            const auto rows = static_cast<std::size_t>(i == 0 ? pool_.size().height : pool_.size().height / 2);
            std::memset(picture.data[i], i == 0 ? 40 + static_cast<int>(picture_ % 160) : 128,
                        rows * static_cast<std::size_t>(planes[i].stride));
        }
        picture.frame->pts = pictureTime();
        return std::move(picture).publish();
    }
    AudioBlock sound() {
        AudioBlock block;
        block.index = kAudioTickRate.tickAt(started_.time_since_epoch()) + block_;
        for (int i = 0; i < kBlockSamples; ++i) {
            const auto n = static_cast<std::size_t>(i);
            block.samples[0][n] = block.samples[1][n] = tone_.next();
        }
        return block;
    }

    PeerBenchSession& session_;
    FramePool pool_{Size{320, 180}};
    ToneGenerator tone_{600};
    MediaTime started_;
    std::int64_t picture_ = 0, block_ = 0;
    int asked_ = 0;
    std::unique_ptr<VideoEncoder> video_;
    std::unique_ptr<AudioEncoder> audio_;
};

}  // namespace tessera::test

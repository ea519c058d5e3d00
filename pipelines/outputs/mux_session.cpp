#include "pipelines/outputs/mux_session.h"

#include <algorithm>
#include <utility>

#include "pipelines/codecs/h264_bitstream.h"

namespace tessera {
namespace {

/// Sound that waits for the first keyframe: more than any keyframe interval's encode delay.
constexpr std::size_t kMaxHeldPackets = 200;

}  // namespace

Status MuxSession::write(const PacketPtr& packet) {
    return muxer_ ? append(*packet) : begin(packet);
}

/// Opens the container when the first keyframe has come, and writes the sound that came before it but belongs after.
Status MuxSession::begin(const PacketPtr& packet) {
    const bool isWanted = packet->kind == MediaKind::Video ? spec_.video.has_value() : spec_.audio.has_value();
    if (!isWanted) return kOk;
    if (spec_.video && packet->kind == MediaKind::Audio) {
        if (held_.size() == kMaxHeldPackets) held_.pop_front();
        held_.push_back(packet);
        return kOk;
    }
    if (!packet->keyframe || packet->pts < MediaTime{}) return kOk;
    std::vector<std::uint8_t> extradata;
    if (spec_.video && spec_.video->codec == VideoCodec::H264) {
        auto configuration = avcConfiguration(packet->bytes);
        if (!configuration) return configuration.error();
        extradata = std::move(configuration).value();
    }
    origin_ = fragmentBegin_ = packet->pts;
    auto muxer = Muxer::create(spec_, std::move(extradata), origin_, target_);
    if (!muxer) return muxer.error();
    muxer_ = std::move(muxer).value();
    TESSERA_TRY(append(*packet));
    for (const auto& earlier : std::exchange(held_, {})) TESSERA_TRY(append(*earlier));
    return kOk;
}

Status MuxSession::append(const Packet& packet) {
    if (packet.pts < origin_) return kOk;
    if (!spec_.isLive && packet.pts - fragmentBegin_ >= spec_.fragment) {
        TESSERA_TRY(flush());
        fragmentBegin_ = packet.pts;
    }
    TESSERA_TRY(muxer_->write(packet));
    isFlushed_ = false;
    duration_ = std::max(duration_, packet.pts + packet.duration - origin_);
    return kOk;
}

Status MuxSession::flush() {
    if (!muxer_ || isFlushed_) return kOk;
    isFlushed_ = true;
    return muxer_->flushFragment();
}

Status MuxSession::finish() {
    return muxer_ ? muxer_->finish() : Status(kOk);
}

}  // namespace tessera

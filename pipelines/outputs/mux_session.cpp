#include "pipelines/outputs/mux_session.h"

#include <algorithm>
#include <utility>

#include "pipelines/codecs/h264_bitstream.h"

namespace tessera {
namespace {

/// Sound that waits for a keyframe: more than any keyframe interval's encode delay.
constexpr std::size_t kMaxHeldPackets = 200;

}  // namespace

Status MuxSession::write(const PacketPtr& packet) {
    return isWaiting_ ? wait(packet) : append(*packet);
}

/// Begins, or goes on, when a keyframe has come, and writes the sound that came before it but belongs after.
Status MuxSession::wait(const PacketPtr& packet) {
    const bool isWanted = packet->kind == MediaKind::Video ? spec_.video.has_value() : spec_.audio.has_value();
    if (!isWanted) return kOk;
    const bool isOfBefore = muxer_ && packet->pts + packet->duration <= origin() + duration_;
    if (isOfBefore && packet->kind == MediaKind::Audio) return append(*packet);
    if (isPaused_) return kOk;
    if (spec_.video && packet->kind == MediaKind::Audio) {
        if (held_.size() == kMaxHeldPackets) held_.pop_front();
        held_.push_back(packet);
        return kOk;
    }
    if (!packet->keyframe || packet->pts < MediaTime{}) return kOk;
    TESSERA_TRY(muxer_ ? goOn(*packet) : begin(*packet));
    isWaiting_ = false;
    TESSERA_TRY(append(*packet));
    for (const auto& earlier : std::exchange(held_, {})) TESSERA_TRY(append(*earlier));
    return kOk;
}

Status MuxSession::begin(const Packet& first) {
    std::vector<std::uint8_t> extradata;
    if (spec_.video && spec_.video->codec == VideoCodec::H264) {
        auto configuration = avcConfiguration(first.bytes);
        if (!configuration) return configuration.error();
        extradata = std::move(configuration).value();
    }
    anchor_ = {Duration{}, first.pts};
    fragmentBegin_ = first.pts;
    auto muxer = Muxer::create(spec_, std::move(extradata), first.pts, target_);
    if (!muxer) return muxer.error();
    muxer_ = std::move(muxer).value();
    return kOk;
}

Status MuxSession::goOn(const Packet& first) {
    anchor_ = {duration_, first.pts};
    fragmentBegin_ = first.pts;
    muxer_->setOrigin(origin());
    return kOk;
}

Status MuxSession::append(const Packet& packet) {
    if (packet.pts < anchor_.meeting) return kOk;
    if (!spec_.isLive && packet.pts - fragmentBegin_ >= spec_.fragment) {
        TESSERA_TRY(flush());
        fragmentBegin_ = packet.pts;
    }
    TESSERA_TRY(muxer_->write(packet));
    if (!spec_.url.empty()) bytes_.add(packet.bytes.size());
    isFlushed_ = false;
    duration_ = std::max(duration_, packet.pts + packet.duration - origin());
    return kOk;
}

Status MuxSession::pause() {
    isPaused_ = isWaiting_ = true;
    held_.clear();
    return flush();
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

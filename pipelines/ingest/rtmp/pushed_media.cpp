#include "pipelines/ingest/rtmp/pushed_media.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

using Codec = FlvMedia::Codec;
using Part = FlvMedia::Part;

/// @source "Adobe Flash Video File Format Specification 10.1", annex E.2
constexpr std::uint8_t kFlvHeader[] = {'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0};
/// Above what passes between a sender's sound and its first picture, below what anybody takes for a fault.
constexpr std::uint32_t kHoldMs = 1000;
constexpr std::size_t kMostHeldBytes = 1U << 20U;
constexpr std::size_t kMostHeldMessages = 256;

Error refusal() {
    return unsupported(
        "the sender pushes what cannot be shown here (several tracks, or a codec that is not known): choose H.264, "
        "HEVC "
        "or AV1, and AAC or Opus");
}

}  // namespace

Status PushedMedia::take(RtmpMessage message) {
    if (container_ != Container::Undecided) return write(message);
    const FlvMedia media = readFlvMedia(message);
    heldBytes_ += message.body.size();
    held_.push_back(std::move(message));
    if (!isEnough(media)) return kOk;
    TESSERA_TRY(begin());
    for (const auto& each : std::exchange(held_, {})) TESSERA_TRY(write(each));
    return kOk;
}

bool PushedMedia::isEnough(const FlvMedia& last) const {
    return (last.isVideo && last.part == Part::Frame) || held_.back().timestamp - held_.front().timestamp >= kHoldMs ||
           heldBytes_ >= kMostHeldBytes || held_.size() >= kMostHeldMessages;
}

Status PushedMedia::begin() {
    const auto isEnhanced = [](const RtmpMessage& each) { return readFlvMedia(each).isEnhanced; };
    if (std::none_of(held_.begin(), held_.end(), isEnhanced)) {
        container_ = Container::Flv;
        return pass({std::begin(kFlvHeader), std::end(kFlvHeader)});
    }
    container_ = Container::Matroska;
    for (const auto& each : held_) {
        const FlvMedia media = readFlvMedia(each);
        if (media.part != Part::Other && media.codec == Codec::Unknown) return refusal();
        if (media.part != Part::Config) continue;
        tracks_.of(media.isVideo) = {media.codec, {media.payload.begin(), media.payload.end()}};
    }
    if (!tracks_.video && !tracks_.audio) return refusal();
    return pass(matroskaHeader(tracks_));
}

Status PushedMedia::write(const RtmpMessage& message) {
    return container_ == Container::Flv ? writeTag(message) : writeBlock(message);
}

Status PushedMedia::writeTag(const RtmpMessage& message) {
    if (readFlvMedia(message).isEnhanced) return refusal();
    std::vector<std::uint8_t> tag;
    tag.reserve(message.body.size() + 15);
    tag.push_back(message.type);
    appendBigEndian(tag, static_cast<std::uint32_t>(message.body.size()), 3);
    appendBigEndian(tag, message.timestamp & 0xff'ffffU, 3);
    tag.push_back(static_cast<std::uint8_t>(message.timestamp >> 24U));
    appendBigEndian(tag, 0, 3);
    tag.insert(tag.end(), message.body.begin(), message.body.end());
    appendBigEndian(tag, static_cast<std::uint32_t>(message.body.size() + 11), 4);
    return pass(tag);
}

Status PushedMedia::writeBlock(const RtmpMessage& message) {
    const FlvMedia media = readFlvMedia(message);
    const auto& track = tracks_.of(media.isVideo);
    if (!track || media.part == Part::Other) return kOk;  // what comes later than a second has no track
    if (media.codec == Codec::Unknown) return refusal();
    const bool isOther = media.codec != track->codec ||
                         (media.part == Part::Config && !std::ranges::equal(media.payload, track->config));
    if (isOther) return Error{ErrorCode::Unreachable, "the sender goes on with another format: it may push again", {}};
    if (media.part == Part::Config) return kOk;
    return pass(matroskaBlock(media, message.timestamp));
}

Status PushedMedia::pass(const std::vector<std::uint8_t>& bytes) {
    if (!pipe_->write(bytes)) return Error{ErrorCode::Unreachable, "its source has been removed", {}};
    return kOk;
}

}  // namespace tessera

#include "tests/bench/room/rtp_feeder.h"

#include <algorithm>

#include "mcu/base/time.h"

#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {
namespace {

constexpr Duration kStagger = FrameRate{}.period() / 9;
constexpr std::uint32_t kVideoClock = 90000, kAudioClock = 48000;

}  // namespace

RtpFeeder::RtpFeeder(const RtpClip& clip, const std::vector<RtpSink*>& sinks) : clip_(clip) {
    for (RtpSink* sink : sinks) parties_.push_back({sink, kStagger * static_cast<std::int64_t>(parties_.size())});
    thread_ = Thread("bench-feeder", [this] { run(); });
}

RtpFeeder::~RtpFeeder() {
    isEnding_ = true;
}

Duration RtpFeeder::dueTime(const Party& party) const {
    return party.start + party.round * clip_.duration + clip_.units[party.unit].at;
}

void RtpFeeder::pushNext(Party& party) {
    const ClipUnit& unit = clip_.units[party.unit];
    const bool isVideo = unit.kind == MediaKind::Video;
    const Duration at = dueTime(party) - party.start;
    for (const auto& packet : unit.packets) {
        packet_ = packet;
        RtpHeader header = RtpPacketView::parse(packet)->header();
        header.sequence = isVideo ? party.videoSequence++ : party.audioSequence++;
        header.timestamp =
            static_cast<std::uint32_t>(at.count() / 1000 * (isVideo ? kVideoClock : kAudioClock) / 1000000);
        header.ssrc = isVideo ? 1 : 2;
        writeRtpHeader(header, std::span<std::uint8_t, kRtpHeaderSize>(packet_.data(), kRtpHeaderSize));
        party.sink->push(unit.kind, packet_, at);
    }
    if (++party.unit < clip_.units.size()) return;
    party.unit = 0;
    ++party.round;
}

void RtpFeeder::run() {
    const SteadyClock clock;
    const MonotonicTime begin = clock.now();
    while (!isEnding_) {
        const auto next = std::min_element(parties_.begin(), parties_.end(),
                                           [this](const Party& a, const Party& b) { return dueTime(a) < dueTime(b); });
        clock.sleepUntil(begin + dueTime(*next));
        pushNext(*next);
    }
}

}  // namespace tessera

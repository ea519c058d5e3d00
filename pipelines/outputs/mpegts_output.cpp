#include "pipelines/outputs/mpegts_output.h"

#include <algorithm>
#include <random>
#include <utility>

#include "pipelines/av/url_parts.h"
#include "pipelines/outputs/network_target.h"
#include "pipelines/outputs/transport_stream.h"

namespace tessera {
namespace {

/// Puts each write into RTP packets of seven transport packets. libavformat's rtp_mpegts cannot be used: it wants
/// picture and sound sorted by time, for which one would have to wait for the other.
/// @source RFC 2250 section 2, RFC 3551 table 5
class RtpTarget final : public MuxTarget {
public:
    explicit RtpTarget(std::unique_ptr<MuxTarget> datagrams) : datagrams_(std::move(datagrams)) {
        std::random_device random;
        ssrc_ = random();
        sequence_ = static_cast<std::uint16_t>(random());
        packet_.reserve(kRtpHeaderBytes + kTransportPacketBytes);
    }

    Status write(std::span<const std::uint8_t> bytes) override {
        while (!bytes.empty()) {
            if (packet_.empty()) appendHeader();
            const auto room = kRtpHeaderBytes + kTransportPacketBytes - packet_.size();
            const auto taken = bytes.first(std::min(room, bytes.size()));
            packet_.insert(packet_.end(), taken.begin(), taken.end());
            bytes = bytes.subspan(taken.size());
            if (taken.size() < room) break;
            TESSERA_TRY(datagrams_->write(packet_));
            packet_.clear();
        }
        return kOk;
    }
    Status onFragment() override { return kOk; }
    Status close() override { return datagrams_->close(); }
    const Interrupt* interrupt() const override { return datagrams_->interrupt(); }

private:
    static constexpr std::size_t kRtpHeaderBytes = 12;
    static constexpr std::uint8_t kVersion = 0x80, kMp2t = 33;
    static constexpr std::int64_t kTicksPerSecond = 90'000;

    void appendBigEndian(std::uint32_t value, int bytes) {
        while (bytes-- > 0) packet_.push_back(static_cast<std::uint8_t>(value >> (8 * bytes)));
    }

    /// The timestamp is when the packet's first byte is sent.
    void appendHeader() {
        const auto now = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now().time_since_epoch()).count();
        packet_ = {kVersion, kMp2t};
        appendBigEndian(sequence_++, 2);
        appendBigEndian(static_cast<std::uint32_t>(now * kTicksPerSecond / 1'000'000), 4);
        appendBigEndian(ssrc_, 4);
    }

    // Owned
    std::unique_ptr<MuxTarget> datagrams_;
    SteadyClock clock_;
    // State
    std::vector<std::uint8_t> packet_;  ///< being filled
    std::uint32_t ssrc_ = 0;
    std::uint16_t sequence_ = 0;
};

OpenTarget openRtp(OpenTarget datagrams) {
    return [datagrams = std::move(datagrams)](const Interrupt& interrupt) -> Result<std::unique_ptr<MuxTarget>> {
        auto target = datagrams(interrupt);
        if (!target) return target;
        return std::unique_ptr<MuxTarget>(std::make_unique<RtpTarget>(std::move(target).value()));
    };
}

}  // namespace

Result<std::unique_ptr<Output>> createMpegtsOutput(const OutputRequest& request) {
    const Params& params = request.params;
    const auto url = splitUrl(params.text("url"), "udp | rtp");
    if (!url) return url.error();
    if (url->host.empty()) return invalidArgument("url names no host", "url");
    if (url->port <= 0 || url->port > 65535) return invalidArgument("url names no port", "url");
    if (!url->path.empty() && url->path != "/") return invalidArgument("url takes no path and no query", "url");

    const bool isRtp = url->scheme == "rtp";
    const std::string rest = params.text("url").substr(url->scheme.size());
    NetworkAddress address{.url = "udp" + rest, .host = url->host};
    address.options = {{"ttl", std::to_string(params.integer("ttl"))}};
    if (!params.text("local_address").empty()) address.options.emplace_back("localaddr", params.text("local_address"));
    if (!isRtp) {
        address.packetBytes = kTransportPacketBytes;
        address.options.emplace_back("pkt_size", std::to_string(kTransportPacketBytes));
    }
    LiveSpec live = transportStream(request);
    live.open = openNetwork(std::move(address));
    if (isRtp) live.open = openRtp(std::move(live.open));
    return createLiveOutput(std::move(live));
}

}  // namespace tessera

#include "pipelines/outputs/mpegts_output.h"

#include <algorithm>
#include <random>
#include <utility>

#include "pipelines/av/url_parts.h"
#include "pipelines/datagram/datagram_socket.h"
#include "pipelines/outputs/transport_stream.h"

namespace tessera {
namespace {

/// Sends datagrams of seven transport packets, with an RTP header before them or without. libavformat's rtp_mpegts
/// cannot be used: it wants picture and sound sorted by time, for which one would have to wait for the other.
/// @source RFC 2250 section 2, RFC 3551 table 5
class DatagramTarget final : public MuxTarget {
public:
    DatagramTarget(DatagramSocket socket, bool isRtp, std::string name, const Interrupt& interrupt)
        : interrupt_(interrupt),
          socket_(std::move(socket)),
          headerBytes_(isRtp ? kRtpHeaderBytes : 0),
          name_(std::move(name)) {
        std::random_device random;
        ssrc_ = random();
        sequence_ = static_cast<std::uint16_t>(random());
        packet_.reserve(kRtpHeaderBytes + kTransportPacketBytes);
    }

    Status write(std::span<const std::uint8_t> bytes) override {
        while (!bytes.empty()) {
            if (packet_.empty() && headerBytes_ > 0) appendHeader();
            const auto room = headerBytes_ + kTransportPacketBytes - packet_.size();
            const auto taken = bytes.first(std::min(room, bytes.size()));
            packet_.insert(packet_.end(), taken.begin(), taken.end());
            bytes = bytes.subspan(taken.size());
            if (taken.size() == room) TESSERA_TRY(send());
        }
        return kOk;
    }
    Status onFragment() override { return kOk; }
    Status close() override { return packet_.empty() ? Status(kOk) : send(); }
    const Interrupt* interrupt() const override { return &interrupt_; }

private:
    static constexpr std::size_t kRtpHeaderBytes = 12;
    static constexpr std::uint8_t kVersion = 0x80, kMp2t = 33;
    static constexpr std::int64_t kTicksPerSecond = 90'000;

    Status send() {
        const Status sent = socket_.send(packet_, interrupt_);
        packet_.clear();
        if (sent) return kOk;
        return Error{sent.error().code, name_ + ": " + sent.error().message, {}};
    }

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

    // Borrowed
    const Interrupt& interrupt_;
    // Owned
    DatagramSocket socket_;
    const std::size_t headerBytes_;
    const std::string name_;
    SteadyClock clock_;
    // State
    std::vector<std::uint8_t> packet_;  ///< being filled
    std::uint32_t ssrc_ = 0;
    std::uint16_t sequence_ = 0;
};

/// What is asked for; the host is looked up anew for each connection.
struct Wanted {
    std::string name, host;
    DatagramSocket::Destination destination;
    bool isRtp = false;
};

Result<std::unique_ptr<MuxTarget>> open(Wanted wanted, const Interrupt& interrupt) {
    const auto address = resolve(wanted.host, interrupt);
    if (!address) return address.error();
    wanted.destination.to.ip = *address;
    auto socket = DatagramSocket::sendingTo(wanted.destination);
    if (!socket) return socket.error();
    return std::unique_ptr<MuxTarget>(
        std::make_unique<DatagramTarget>(std::move(socket).value(), wanted.isRtp, wanted.name, interrupt));
}

}  // namespace

Result<std::unique_ptr<Output>> createMpegtsOutput(const OutputRequest& request) {
    const Params& params = request.params;
    const auto url = splitUrl(params.text("url"), "udp | rtp");
    if (!url) return url.error();
    if (url->host.empty()) return invalidArgument("url names no host", "url");
    if (url->port <= 0 || url->port > 65535) return invalidArgument("url names no port", "url");
    if (!url->path.empty() && url->path != "/") return invalidArgument("url takes no path and no query", "url");

    const std::string& interface = params.text("local_address");
    if (!interface.empty() && !namesInterface(interface)) {
        return invalidArgument("local_address is neither an IP address nor the name of an interface", "local_address");
    }
    LiveSpec live = transportStream(request);
    const Wanted wanted{live.name,
                        url->host,
                        {.to = {{}, static_cast<std::uint16_t>(url->port)},
                         .interface = interface,
                         .hops = static_cast<int>(params.integer("ttl"))},
                        url->scheme == "rtp"};
    live.open = [wanted](const Interrupt& interrupt) { return open(wanted, interrupt); };
    return createLiveOutput(std::move(live));
}

}  // namespace tessera

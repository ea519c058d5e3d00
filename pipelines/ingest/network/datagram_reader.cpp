#include "pipelines/ingest/network/datagram_reader.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "pipelines/webrtc/rtp/jitter_buffer.h"
#include "pipelines/webrtc/rtp/sequence_number.h"

namespace tessera {
namespace {

constexpr Duration kStep = std::chrono::milliseconds(50);
constexpr std::size_t kLongestDatagram = 65'536;
/// Above the reordering of parallel paths, below the latency that sources have (200 ms).
constexpr JitterBuffer::Settings kReordering{std::chrono::milliseconds(100), 1024};

class DatagramReader final : public ByteSource {
public:
    DatagramReader(DatagramSocket socket, bool isRtp) : isRtp_(isRtp), socket_(std::move(socket)) {}

    std::size_t read(std::span<std::uint8_t> into, const Interrupt& interrupt) override;
    void close() override {}
    Error reason() const override { return {}; }

private:
    void takeRtp(std::span<const std::uint8_t> datagram);
    Duration patience() const;

    // Owned
    const bool isRtp_;
    DatagramSocket socket_;
    SteadyClock clock_;
    // State
    std::vector<std::uint8_t> datagram_ = std::vector<std::uint8_t>(kLongestDatagram);
    std::deque<std::uint8_t> ready_;
    JitterBuffer order_{kReordering};
    SequenceUnwrapper sequence_;
    std::optional<std::uint32_t> ssrc_;
};

std::size_t DatagramReader::read(std::span<std::uint8_t> into, const Interrupt& interrupt) {
    while (ready_.empty()) {
        if (interrupt.isDue()) return 0;
        const auto size = socket_.receive(datagram_, patience());
        const auto datagram = std::span<const std::uint8_t>(datagram_).first(size.value_or(0));
        if (isRtp_) {
            takeRtp(datagram);
        } else {
            ready_.insert(ready_.end(), datagram.begin(), datagram.end());
        }
    }
    const std::size_t taken = std::min(into.size(), ready_.size());
    std::copy_n(ready_.begin(), taken, into.begin());
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(taken));
    return taken;
}

Duration DatagramReader::patience() const {
    const auto deadline = order_.nextDeadline();
    return deadline ? std::clamp(*deadline - clock_.now(), Duration(0), kStep) : kStep;
}

/// @param datagram  empty when none has come
void DatagramReader::takeRtp(std::span<const std::uint8_t> datagram) {
    const MonotonicTime now = clock_.now();
    if (const auto packet = RtpPacketView::parse(datagram)) {
        const RtpHeader& header = packet->header();
        if (ssrc_ != header.ssrc) {
            ssrc_ = header.ssrc;
            order_.reset();
            sequence_.reset();
        }
        ReceivedPacket received{.header = header, .sequence = sequence_.unwrap(header.sequence), .arrival = now};
        received.payload.assign(packet->payload().begin(), packet->payload().end());
        order_.insert(std::move(received));
    }
    for (const ReceivedPacket& each : order_.take(now)) {
        ready_.insert(ready_.end(), each.payload.begin(), each.payload.end());
    }
}

}  // namespace

std::unique_ptr<ByteSource> readDatagrams(DatagramSocket socket, bool isRtp) {
    return std::make_unique<DatagramReader>(std::move(socket), isRtp);
}

}  // namespace tessera

#include "pipelines/outputs/network_target.h"

#include <algorithm>

#include "mcu/base/url_text.h"

#include "pipelines/av/av_ptr.h"
#include "pipelines/av/host_lookup.h"

namespace tessera {
namespace {

constexpr int kMinSendBufferBytes = 64 << 10;

class NetworkTarget final : public MuxTarget {
public:
    NetworkTarget(const NetworkAddress& address, AVIOContext* io, const Interrupt& interrupt)
        : url_(address.url), flushes_(address.packetBytes == 0), io_(io), interrupt_(interrupt) {}
    ~NetworkTarget() override { avio_close(io_); }

    Status write(std::span<const std::uint8_t> bytes) override {
        avio_write(io_, bytes.data(), static_cast<int>(bytes.size()));
        if (flushes_) avio_flush(io_);
        if (io_->error < 0) return networkError(url_, io_->error);
        return kOk;
    }
    Status onFragment() override { return kOk; }
    Status close() override {
        avio_flush(io_);
        const int code = avio_close(std::exchange(io_, nullptr));
        return code < 0 ? Status(networkError(url_, code)) : Status(kOk);
    }
    const Interrupt* interrupt() const override { return &interrupt_; }

private:
    const std::string url_;
    const bool flushes_;
    AVIOContext* io_;
    // Borrowed
    const Interrupt& interrupt_;
};

Result<std::unique_ptr<MuxTarget>> open(const NetworkAddress& address, const Interrupt& interrupt) {
    initAv();
    TESSERA_TRY(lookUp(address.host, interrupt));
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : address.options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    const AVIOInterruptCB callback = interruptCallback(interrupt);
    AVIOContext* io = nullptr;
    const int code = avio_open2(&io, address.url.c_str(), AVIO_FLAG_WRITE, &callback, &options);
    av_dict_free(&options);
    if (code < 0 && interrupt.isDue()) return networkError(address.url, AVERROR_EXIT);
    if (code == AVERROR(EIO) || code == AVERROR_UNKNOWN) {
        return Error{ErrorCode::Unreachable, withoutCredentials(address.url) + ": " + address.refusal, {}};
    }
    if (code < 0) return networkError(address.url, code);
    return std::unique_ptr<MuxTarget>(std::make_unique<NetworkTarget>(address, io, interrupt));
}

class NoTarget final : public MuxTarget {
public:
    explicit NoTarget(const Interrupt& interrupt) : interrupt_(interrupt) {}
    Status write(std::span<const std::uint8_t>) override { return internalError("the format has no target"); }
    Status onFragment() override { return kOk; }
    Status close() override { return kOk; }
    const Interrupt* interrupt() const override { return &interrupt_; }

private:
    // Borrowed
    const Interrupt& interrupt_;
};

}  // namespace

OpenTarget openNetwork(NetworkAddress address) {
    return [address = std::move(address)](const Interrupt& interrupt) { return open(address, interrupt); };
}

int sendBufferBytes(const OutputRequest& request) {
    constexpr int kBytesPerKilobit = 1000 / 8;
    int kbps = 0;
    if (request.video) kbps += request.video->bitrateKbps;
    if (request.audio) kbps += request.audio->bitrateKbps;
    return std::max(kbps * kBytesPerKilobit, kMinSendBufferBytes);
}

OpenTarget openByFormat(std::string host) {
    return [host = std::move(host)](const Interrupt& interrupt) -> Result<std::unique_ptr<MuxTarget>> {
        TESSERA_TRY(lookUp(host, interrupt));
        return std::unique_ptr<MuxTarget>(std::make_unique<NoTarget>(interrupt));
    };
}

}  // namespace tessera

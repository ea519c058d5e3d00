#pragma once

#include <array>
#include <memory>
#include <optional>

#include "pipelines/av/av_ptr.h"
#include "pipelines/ingest/network/stream_decoder.h"
#include "pipelines/ingest/network/stream_ingest.h"

namespace tessera {

/// One connection to a stream: opened, looked into, then read packet by packet.
/// @thread one at a time
class StreamInput {
public:
    /// @param interrupt  outlives the input; how long opening may take is set by the caller
    /// @error unreachable, timeout, unsupported: as libavformat says
    static Result<std::unique_ptr<StreamInput>> open(const StreamKind& kind, const StreamAddress& address,
                                                     const Interrupt& interrupt);
    ~StreamInput();
    StreamInput(const StreamInput&) = delete;
    StreamInput& operator=(const StreamInput&) = delete;

    struct Read {
        AvPacketPtr packet;
        int medium = 0;
        Duration stamp{};  ///< decoding time
    };
    /// @return nothing for a packet of neither medium
    /// @error unreachable: the end of the stream or of the connection; timeout: `interrupt` was due
    Result<std::optional<Read>> read();
    bool isAtEnd() const { return isAtEnd_; }

    /// @error unsupported: pictures that are too large, as far as the stream says before they are decoded
    Status checkPictures() const;
    /// Opens decoders for what was found. @error unsupported: for none there is one
    Result<std::unique_ptr<StreamDecoder>> makeDecoder(const SourceFeedPtr& feed);

private:
    StreamInput(const StreamKind& kind, const Interrupt& interrupt) : kind_(kind), interrupt_(interrupt) {}
    Status openFormat(const StreamAddress& address);
    Error failure(int code) const;
    void readFrom(std::shared_ptr<ByteSource> bytes);
    static int readBytes(void* opaque, std::uint8_t* into, int size);
    static int onInterrupt(void* opaque);

    // Borrowed
    const StreamKind& kind_;
    const Interrupt& interrupt_;
    // Owned
    std::shared_ptr<ByteSource> bytes_;  ///< null = libavformat connects by itself
    std::shared_ptr<HlsResources> resources_;
    AVIOContext* io_ = nullptr;
    AVFormatContext* format_ = nullptr;
    // State
    std::string url_;
    std::array<int, 2> streams_{-1, -1};
    std::array<Duration, 2> last_{};
    bool isAtEnd_ = false;
};

}  // namespace tessera

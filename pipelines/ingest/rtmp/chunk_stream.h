#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// One message of RTMP. @source Adobe's Real Time Messaging Protocol 1.0, sections 5.4 to 7.1
struct RtmpMessage {
    enum Type : std::uint8_t {
        kSetChunkSize = 1,
        kAbort = 2,
        kAcknowledgement = 3,
        kUserControl = 4,
        kWindowAcknowledgement = 5,
        kPeerBandwidth = 6,
        kAudio = 8,
        kVideo = 9,
        kCommandAmf3 = 17,
        kCommand = 20,
    };
    std::uint8_t type = 0;
    std::uint32_t streamId = 0;
    std::uint32_t timestamp = 0;  ///< milliseconds, modulo 2^32
    std::vector<std::uint8_t> body;
};

/// Puts messages together out of the chunks that a sender interleaves. Strict in what may be held for it: 32 chunk
/// streams, and `allow` bytes of messages that are not complete.
/// @source Adobe's Real Time Messaging Protocol 1.0, section 5.3
class ChunkReader {
public:
    /// @param mostBytes  of a message, and of all that are not complete
    explicit ChunkReader(std::size_t mostBytes) : mostBytes_(mostBytes) {}
    void allow(std::size_t mostBytes) { mostBytes_ = mostBytes; }

    void push(std::span<const std::uint8_t> bytes);

    /// The next message that is complete. Those that rule the chunks themselves (set chunk size, abort) are obeyed
    /// here.
    /// @error invalid_argument: this is no RTMP, or too large; nothing more can be read
    Result<std::optional<RtmpMessage>> next();

private:
    struct Stream {
        RtmpMessage message;  ///< that is being put together, or was the last
        std::uint32_t length = 0, delta = 0;
        bool isExtended = false, hasHeader = false, isInside = false;
    };
    struct Header;

    std::size_t available() const { return buffer_.size() - begin_; }
    Result<bool> readHeader(Header& header);
    void begin(Stream& stream, const Header& header);
    Status rule(const RtmpMessage& message);

    // State
    std::size_t mostBytes_;
    std::size_t chunkSize_ = 128;  ///< @source section 5.3: as connections begin
    std::size_t held_ = 0;         ///< bytes of messages that are not complete
    std::vector<std::uint8_t> buffer_;
    std::size_t begin_ = 0;
    std::map<std::uint32_t, Stream> streams_;
};

/// Appends a message as chunks of at most `chunkSize` bytes. @param chunkStream  2 to 63
void writeMessage(std::vector<std::uint8_t>& out, const RtmpMessage& message, std::uint8_t chunkStream,
                  std::size_t chunkSize);

/// Big-endian integers of one to four bytes.
std::uint32_t readBigEndian(std::span<const std::uint8_t> bytes);
void appendBigEndian(std::vector<std::uint8_t>& out, std::uint32_t value, int bytes);

}  // namespace tessera

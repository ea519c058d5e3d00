#include "pipelines/ingest/rtmp/chunk_stream.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::size_t kMostStreams = 32;
/// Smaller chunks cost more to read than they carry; senders use 128 to 65536.
constexpr std::uint32_t kLeastChunkSize = 64;
constexpr std::uint32_t kExtended = 0xff'ffff;

Error bad(const char* what) {
    return invalidArgument(std::string("the sender speaks no RTMP: ") + what);
}

}  // namespace

std::uint32_t readBigEndian(std::span<const std::uint8_t> bytes) {
    std::uint32_t value = 0;
    for (const auto byte : bytes) value = value << 8U | byte;
    return value;
}

void appendBigEndian(std::vector<std::uint8_t>& out, std::uint32_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

struct ChunkReader::Header {
    std::uint8_t format = 0;
    std::uint32_t chunkStream = 0;
    std::uint32_t time = 0, length = 0, streamId = 0;
    std::uint8_t type = 0;
    bool isExtended = false;
    std::size_t bytes = 0;  ///< of the header
};

void ChunkReader::push(std::span<const std::uint8_t> bytes) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

/// @return false: it has not come whole
Result<bool> ChunkReader::readHeader(Header& header) {
    const std::span<const std::uint8_t> rest(buffer_.data() + begin_, available());
    if (rest.empty()) return false;
    header.format = rest[0] >> 6U;
    header.chunkStream = rest[0] & 63U;
    std::size_t at = 1;
    if (header.chunkStream < 2) {  // section 5.3.1.1: ids from 64 on take one or two bytes more, little endian
        const std::size_t more = header.chunkStream + 1;
        if (rest.size() < at + more) return false;
        header.chunkStream = 64 + rest[1] + (more == 2 ? 256U * rest[2] : 0U);
        at += more;
    }
    constexpr std::size_t kMessageHeader[] = {11, 7, 3, 0};
    const std::size_t size = kMessageHeader[header.format];
    if (rest.size() < at + size) return false;
    const auto fields = rest.subspan(at, size);
    at += size;
    const auto known = streams_.find(header.chunkStream);
    if (header.format > 0 && (known == streams_.end() || !known->second.hasHeader)) {
        return bad("a chunk refers to none before");
    }
    if (size >= 3) header.time = readBigEndian(fields.first(3));
    if (size >= 7) header.length = readBigEndian(fields.subspan(3, 3));
    if (size >= 7) header.type = fields[6];
    if (size == 11) {  // little endian, section 5.3.1.2.1
        header.streamId = static_cast<std::uint32_t>(fields[7]) | static_cast<std::uint32_t>(fields[8]) << 8U |
                          static_cast<std::uint32_t>(fields[9]) << 16U | static_cast<std::uint32_t>(fields[10]) << 24U;
    }
    header.isExtended = header.format == 3 ? known->second.isExtended : header.time == kExtended;
    if (header.isExtended) {
        if (rest.size() < at + 4) return false;
        header.time = readBigEndian(rest.subspan(at, 4));
        at += 4;
    }
    header.bytes = at;
    return true;
}

/// The first chunk of a message.
void ChunkReader::begin(Stream& stream, const Header& header) {
    if (header.format < 2) {
        stream.length = header.length;
        stream.message.type = header.type;
    }
    if (header.format == 0) stream.message.streamId = header.streamId;
    if (header.format < 3) {
        stream.delta = header.time;
        stream.isExtended = header.isExtended;
    }
    // Section 5.3.1.2.4: after a chunk of format 0, its timestamp is the delta of one of format 3.
    stream.message.timestamp = header.format == 0 ? header.time : stream.message.timestamp + stream.delta;
    stream.hasHeader = true;
    stream.isInside = true;
}

Status ChunkReader::rule(const RtmpMessage& message) {
    if (message.body.size() < 4) return bad("a control message is too short");
    const auto value = readBigEndian(std::span(message.body).first(4));
    if (message.type == RtmpMessage::kSetChunkSize) {
        if (value < kLeastChunkSize || value > 0x7fff'ffff) return bad("its chunks are too small");
        chunkSize_ = value;
        return kOk;
    }
    const auto aborted = streams_.find(value);
    if (aborted == streams_.end() || !aborted->second.isInside) return kOk;
    held_ -= aborted->second.message.body.size();
    aborted->second.message.body.clear();
    aborted->second.isInside = false;
    return kOk;
}

Result<std::optional<RtmpMessage>> ChunkReader::next() {
    while (true) {
        Header header;
        const auto isWhole = readHeader(header);
        if (!isWhole) return isWhole.error();
        if (!*isWhole) return std::optional<RtmpMessage>();
        if (streams_.size() >= kMostStreams && !streams_.contains(header.chunkStream)) return bad("too many streams");
        Stream& stream = streams_[header.chunkStream];
        const bool isFirst = !stream.isInside;
        if (!isFirst && header.format != 3) return bad("a message begins inside another");
        auto& body = stream.message.body;
        const std::size_t length = isFirst && header.format < 2 ? header.length : stream.length;
        if (isFirst && held_ + length > mostBytes_) return bad("a message is too large");
        const std::size_t size = std::min(chunkSize_, length - body.size());
        if (available() < header.bytes + size) return std::optional<RtmpMessage>();
        if (isFirst) begin(stream, header);
        const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_ + header.bytes);
        body.insert(body.end(), from, from + static_cast<std::ptrdiff_t>(size));
        begin_ += header.bytes + size;
        held_ += size;
        if (body.size() < stream.length) continue;
        held_ -= body.size();
        stream.isInside = false;
        RtmpMessage whole{stream.message.type, stream.message.streamId, stream.message.timestamp, std::move(body)};
        body = {};
        if (whole.type != RtmpMessage::kSetChunkSize && whole.type != RtmpMessage::kAbort) {
            return std::optional<RtmpMessage>(std::move(whole));
        }
        TESSERA_TRY(rule(whole));
    }
}

void writeMessage(std::vector<std::uint8_t>& out, const RtmpMessage& message, std::uint8_t chunkStream,
                  std::size_t chunkSize) {
    out.push_back(chunkStream);
    const bool isExtended = message.timestamp >= kExtended;
    appendBigEndian(out, isExtended ? kExtended : message.timestamp, 3);
    appendBigEndian(out, static_cast<std::uint32_t>(message.body.size()), 3);
    out.push_back(message.type);
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(message.streamId >> shift));
    if (isExtended) appendBigEndian(out, message.timestamp, 4);
    for (std::size_t at = 0; at < message.body.size(); at += chunkSize) {
        if (at > 0) out.push_back(static_cast<std::uint8_t>(0xc0U | chunkStream));
        if (at > 0 && isExtended) appendBigEndian(out, message.timestamp, 4);
        const auto end = std::min(at + chunkSize, message.body.size());
        out.insert(out.end(), message.body.begin() + static_cast<std::ptrdiff_t>(at),
                   message.body.begin() + static_cast<std::ptrdiff_t>(end));
    }
}

}  // namespace tessera

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/ingest/rtmp/amf0.h"
#include "pipelines/ingest/rtmp/byte_pipe.h"
#include "pipelines/ingest/rtmp/chunk_stream.h"
#include "pipelines/ingest/rtmp/pushed_media.h"

namespace tessera {

/// Our side of one connection of a sender over RTMP: handshake, commands, and then what it publishes, written into a
/// pipe by PushedMedia. Takes bytes and gives bytes; knows no socket and no clock. It plays nothing.
/// @source Adobe's Real Time Messaging Protocol 1.0; the handshake without digests (section 5.2)
/// @thread one at a time
class RtmpSession {
public:
    /// Lets a sender in, as PushPlaces::enter.
    using Admit = std::function<Result<std::shared_ptr<BytePipe>>(std::string_view application, std::string_view key)>;

    explicit RtmpSession(Admit admit);
    /// The pipe is closed.
    ~RtmpSession();
    RtmpSession(const RtmpSession&) = delete;
    RtmpSession& operator=(const RtmpSession&) = delete;

    /// Takes what the sender has sent.
    /// @error the connection is to be closed once `takeOutput` has been sent: it speaks no RTMP, is refused, sends what
    ///        is not taken, or has ended (then the message is empty)
    Status receive(std::span<const std::uint8_t> bytes);
    /// What is to be sent.
    std::vector<std::uint8_t> takeOutput() { return std::exchange(output_, {}); }

    /// Null until the sender has been let in.
    const std::shared_ptr<BytePipe>& pipe() const { return pipe_; }

private:
    Status shakeHands(std::span<const std::uint8_t>& bytes);
    Status handle(RtmpMessage message);
    Status handleCommand(std::span<const std::uint8_t> body);
    void connect(const std::vector<AmfValue>& command);
    Status publish(const std::vector<AmfValue>& command);
    Status forward(RtmpMessage message);
    void acknowledge(std::size_t bytes);
    void sendControl(std::uint8_t type, std::initializer_list<std::uint32_t> values);
    void sendCommand(const AmfWriter& command, std::uint32_t streamId);
    void sendStatus(std::string_view level, std::string_view code, std::string_view description);

    enum class Stage { Hello, Echo, Commands };
    // Owned
    Admit admit_;
    std::shared_ptr<BytePipe> pipe_;
    std::optional<PushedMedia> media_;  ///< once let in
    // State
    Stage stage_ = Stage::Hello;
    std::vector<std::uint8_t> handshake_;
    ChunkReader chunks_;
    std::vector<std::uint8_t> output_;
    std::string application_;
    std::uint32_t received_ = 0, acknowledged_ = 0;  ///< bytes, modulo 2^32
};

}  // namespace tessera

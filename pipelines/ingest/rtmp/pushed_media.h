#pragma once

#include <memory>
#include <vector>

#include "pipelines/ingest/rtmp/byte_pipe.h"
#include "pipelines/ingest/rtmp/chunk_stream.h"
#include "pipelines/ingest/rtmp/matroska_stream.h"

namespace tessera {

/// Writes what a sender pushes into a pipe, as FLV, or as Matroska when it is coded in a way that FLV does not know
/// (HEVC, AV1, VP9, Opus). Which one is known with the first picture, so what comes before is held for it: at most a
/// second of sound.
/// @thread one at a time
class PushedMedia {
public:
    explicit PushedMedia(std::shared_ptr<BytePipe> pipe) : pipe_(std::move(pipe)) {}

    /// @param message  of audio or video, not empty
    /// @error unsupported: it cannot be shown; unreachable: nobody reads, or it has become another stream
    Status take(RtmpMessage message);

private:
    enum class Container { Undecided, Flv, Matroska };
    bool isEnough(const FlvMedia& last) const;
    Status begin();
    Status write(const RtmpMessage& message);
    Status writeTag(const RtmpMessage& message);
    Status writeBlock(const RtmpMessage& message);
    Status pass(const std::vector<std::uint8_t>& bytes);

    // Owned
    std::shared_ptr<BytePipe> pipe_;
    // State
    Container container_ = Container::Undecided;
    std::vector<RtmpMessage> held_;
    std::size_t heldBytes_ = 0;
    MatroskaTracks tracks_;
};

/// libavformat's name of what a pipe's content is, by its first byte.
constexpr const char* pushedFormat(std::uint8_t first) {
    return first == kMatroskaBegin ? "matroska" : "flv";
}

}  // namespace tessera

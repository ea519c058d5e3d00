#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"

#include "pipelines/av/av_media.h"
#include "pipelines/ingest/network/picture_intake.h"

namespace tessera {

/// A decoded picture or piece of sound.
struct MediaItem {
    Duration time{};  ///< since the file's first picture or sound
    Duration duration{};
    std::shared_ptr<VideoFrame> picture;  ///< null for sound
    std::vector<float> sound;             ///< 48 kHz interleaved stereo
};

/// Decodes a local media file, picture and sound merged by their times. Reads nothing but that file, and no playlist.
/// @thread one at a time
class MediaReader {
public:
    /// @error not_found: there is no such file; invalid_argument: it is no media file, or holds nothing that can be
    /// decoded
    static Result<std::unique_ptr<MediaReader>> open(const std::string& path);
    ~MediaReader();
    MediaReader(const MediaReader&) = delete;
    MediaReader& operator=(const MediaReader&) = delete;

    /// Who gets each packet before it is decoded, with its stream and the begin of the file in the stream's time.
    using PacketTap = std::function<void(const AVPacket& packet, const AVStream& stream, Duration begin)>;
    void setPacketTap(PacketTap tap) { tap_ = std::move(tap); }

    /// @return the next item; nothing at the end
    std::optional<MediaItem> next();

    /// Opens the file again, since not every container can be sought to its very begin.
    /// @error as open: the file has changed
    Status rewind();

    /// Goes on with the first picture and sound from `position` on; at the end when that is beyond it.
    /// @error unsupported: the container cannot be sought
    Status seek(Duration position);

    Duration length() const;             ///< 0 when the container does not tell
    Duration begin() const;              ///< of the first picture or sound, as the file's own timestamps have it
    Size size() const { return size_; }  ///< of the pictures; empty without any
    std::uint64_t decodeErrors() const { return decodeErrors_; }

private:
    struct Stream {
        int index = -1;  ///< -1: there is none
        AvCodecContextPtr decoder;
        std::deque<AvPacketPtr> packets;
        std::deque<MediaItem> items;
        std::size_t bytes = 0;
        bool isEnded = false;
        Duration follow{};  ///< where the next item without a timestamp belongs
    };

    explicit MediaReader(std::string path) : path_(std::move(path)) {}
    Status openFile();
    bool openStream(Stream& stream, int type);
    void fill(Stream& stream);
    bool fetchPacket(const Stream& wanted);
    void decode(Stream& stream, const AVPacket* packet);
    void take(Stream& stream, AvFramePtr frame);
    Duration timeOf(const Stream& stream, const AVFrame& frame) const;

    // Owned
    AVFormatContext* format_ = nullptr;
    Stream video_, audio_;
    PictureIntake pictures_;
    AvSoundConverter sounds_;
    // State
    std::string path_;
    PacketTap tap_;
    Size size_;
    bool isAtEnd_ = false;
    std::uint64_t decodeErrors_ = 0;
};

}  // namespace tessera

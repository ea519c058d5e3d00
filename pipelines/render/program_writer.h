#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "mcu/base/sync.h"
#include "mcu/media/sinks.h"
#include "mcu/meeting/encode_spec.h"

#include "pipelines/codecs/audio_packetizer.h"
#include "pipelines/codecs/picture_encoder.h"
#include "pipelines/outputs/mux_session.h"

namespace tessera {

/// Encodes a programme on a thread of its own and writes it into a file: every picture and every block, however quickly
/// they come; who writes waits.
class ProgramWriter {
public:
    struct Spec {
        std::string path;
        bool isMatroska = false;  ///< with Opus; else fragmented MP4 with AAC
        VideoEncodeSpec video;
        AudioEncodeSpec audio;
    };

    /// @error as the encoders'; not_found, conflict, capacity, device: the file
    static Result<std::unique_ptr<ProgramWriter>> create(Spec spec);
    /// Without `finish` what is still queued is left out.
    ~ProgramWriter();

    /// Waits while too much is queued. What comes after a failure is left out.
    void write(FramePtr picture) { put(std::move(picture)); }
    void write(const AudioBlock& block) { put(block); }

    /// Why nothing more is written. @thread any
    Status status() const EXCLUDES(mutex_);

    /// Waits until everything is in the file and ends it. @error the first failure
    Status finish();

private:
    using Item = std::variant<FramePtr, AudioBlock>;
    /// About six pictures at 30 per second, with their sound.
    static constexpr std::size_t kMostItems = 24;

    ProgramWriter(Spec spec, std::unique_ptr<MuxTarget> target);
    Status open();
    void put(Item item) EXCLUDES(mutex_);
    std::optional<Item> next() EXCLUDES(mutex_);
    void run() EXCLUDES(mutex_);
    Status encode(const Item& item);
    Status end();
    void onPicture(const EncodedPicture& picture);
    void mux(const PacketPtr& packet);

    // Owned
    const Spec spec_;
    MuxSpec container_;
    std::unique_ptr<MuxTarget> target_;
    Counter bytes_;
    // Owned by the thread
    MuxSession session_;
    std::unique_ptr<PictureEncoder> pictures_;
    std::unique_ptr<AudioPacketizer> sounds_;
    std::uint64_t sequence_ = 0;
    Status muxed_ = kOk;
    // State
    mutable Mutex mutex_;
    CondVar changed_;
    std::deque<Item> items_ GUARDED_BY(mutex_);
    bool isEnding_ GUARDED_BY(mutex_) = false;
    bool isAborted_ GUARDED_BY(mutex_) = false;
    Status status_ GUARDED_BY(mutex_) = kOk;
    Thread thread_;
};

}  // namespace tessera

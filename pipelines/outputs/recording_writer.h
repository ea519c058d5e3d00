#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "pipelines/outputs/mux_session.h"

namespace tessera {

/// When a recording goes on in another file: at the first keyframe after either; 0 = never.
struct SegmentLimits {
    Duration duration{};
    std::uint64_t bytes = 0;
    bool areSet() const { return duration > Duration{} || bytes > 0; }
};

/// Writes the files of one recording, one after another. No packet is lost or doubled between two files: sound goes
/// where the picture of its time is.
/// @thread one at a time
class RecordingWriter {
public:
    /// What it needs of its owner.
    struct Hooks {
        /// Opens file `number`, counted from 1.
        std::function<Result<std::unique_ptr<MuxTarget>>(int number)> open;
        /// Hears where the times of a file and of the meeting meet: at its begin, and where it goes on after a pause.
        std::function<void(int number, const MuxSession::Anchor& anchor)> onAnchor;
        /// A file is full: the next keyframe begins another.
        std::function<void()> requestKeyframe;
        /// Nothing more is written to file `number`; null = nobody hears.
        std::function<void(int number)> onClosed{};
    };

    /// @param spec, bytes  outlive the writer
    RecordingWriter(const MuxSpec& spec, SegmentLimits limits, Hooks hooks, Counter& bytes)
        : spec_(spec), limits_(limits), hooks_(std::move(hooks)), bytes_(bytes) {}

    /// Opens the first file. Once, before everything else.
    Status open();
    /// @error what the file answers; nothing more can be written then
    Status write(const PacketPtr& packet);
    /// As MuxSession's.
    Status pause();
    void resume();
    /// Closes the open fragments.
    Status flush();
    /// Ends every file in order, whatever one of them answers. @return the first error
    Status finish();

    bool hasBegun() const { return current_ && current_->session.hasBegun(); }
    MediaTime begin() const { return begin_; }  ///< of the first file; of use once it has begun
    /// Of all files.
    Duration duration() const;
    int files() const { return files_; }  ///< that have been opened

private:
    /// Sound waits this long at most for the picture of its time, as in a view in which nothing moves.
    static constexpr Duration kLongestWait = std::chrono::milliseconds(500);

    struct File {
        File(int which, std::unique_ptr<MuxTarget> to, const MuxSpec& spec, Counter& count)
            : number(which), target(std::move(to)), session(spec, *target, count), bytesBefore(count.value()) {}
        int number;
        std::unique_ptr<MuxTarget> target;
        MuxSession session;
        std::uint64_t bytesBefore;
        MediaTime begin{};
        MuxSession::Anchor told{Duration(-1), {}};
    };

    Status writePicture(const PacketPtr& packet);
    Status releaseSound(MediaTime until);
    Status writeTo(File& file, const PacketPtr& packet);
    Status beginFile(MediaTime begin);
    Status close(std::unique_ptr<File> file);
    bool isFull() const;

    // Borrowed
    const MuxSpec& spec_;
    // State
    SegmentLimits limits_;
    Hooks hooks_;
    Counter& bytes_;
    std::unique_ptr<File> previous_;  ///< waits for the rest of its sound
    std::unique_ptr<File> current_;
    std::deque<PacketPtr> sound_;  ///< whose picture has not come yet; only with limits
    bool isPaused_ = false;
    bool isKeyframeAsked_ = false;
    int files_ = 0;
    MediaTime begin_{};
    Duration closed_{};  ///< media of the files that are closed
};

}  // namespace tessera

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipelines/outputs/iso/coded_format.h"
#include "pipelines/outputs/iso/iso_folder.h"

namespace tessera {

/// The video or the sound of one source on its way into files, as it is coded. A file begins at a keyframe and ends
/// where the format changes, or where time goes back. After a loss video goes on at the next keyframe; until then, and
/// while nothing comes, there is a gap in the timestamps.
/// @thread one at a time
class IsoTrack {
public:
    /// @param folder  outlives the track
    IsoTrack(SourceId source, IsoFolder& folder) : source_(std::move(source)), folder_(folder) {}

    /// @error capacity, device, not_found, conflict: the disk; nothing more can be written then
    Status write(const CodedUnit& unit);
    /// Gives everything so far to the file. @error as write
    Status flush();
    /// Ends the open file in order. @error as write
    Status finish();

    /// Keeps how the pictures of the open file are turned for display.
    void noteTurns(int quarterTurns);

    /// True once after a keyframe could not be used, for which nobody else asks again.
    bool takeKeyframeNeeded() { return std::exchange(isKeyframeNeeded_, false); }
    /// What could not be written, since when nothing was.
    const std::string& fault() const { return fault_; }
    std::uint64_t dropped() const { return dropped_; }
    /// Of the last unit that was written.
    MediaTime end() const { return end_; }

private:
    bool isDecodable(const CodedUnit& unit);
    Status writeInOrder(CodedUnit unit);
    Status begin(const CodedFormat& format, const CodedUnit& unit);
    Status refuse(const CodedFormat& format, const Error& error);
    void drop(const std::string& fault);

    // Borrowed
    const SourceId source_;
    IsoFolder& folder_;
    // Owned
    IsoFolder::File file_;
    std::unique_ptr<Muxer> muxer_;
    // State
    CodedFormat format_;
    std::optional<CodedFormat> refused_;  ///< that no file can hold
    bool waitsForKeyframe_ = true;
    bool isKeyframeNeeded_ = false;
    bool isFlushed_ = true;
    int turns_ = 0;
    MediaTime newest_ = MediaTime::min();  ///< dts
    MediaTime end_ = MediaTime::min();
    std::string fault_;
    std::uint64_t dropped_ = 0;
};

}  // namespace tessera

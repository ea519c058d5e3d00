#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "mcu/base/ids.h"
#include "mcu/base/stats.h"
#include "mcu/base/time.h"

#include "pipelines/outputs/iso/folder_sync.h"
#include "pipelines/outputs/muxer.h"

namespace tessera {

/// In the folder: how pictures are turned for display where the stream itself does not say so, an object per line with
/// `file` and `rotation` (degrees clockwise).
inline constexpr const char* kRotationsFile = "rotations.jsonl";

/// The folder of an isolated recording: names and opens its files, `<source>-<n>.mkv`, all of one origin.
/// @thread one at a time; bytes, files: any
class IsoFolder {
public:
    IsoFolder(const std::string& path, std::uint64_t minimumFree)
        : path_(path), minimumFree_(minimumFree), sync_(path) {}

    /// Meeting time that is 0 in every file. Set before the first file is opened.
    void setOrigin(MediaTime origin) { origin_ = origin; }
    MediaTime origin() const { return origin_; }

    struct File {
        std::string name;
        std::unique_ptr<MuxTarget> target;
    };
    /// Whether more can be written.
    /// @error not_found: there is no such folder; capacity: less than `minimumFree` bytes of the disk are free; device
    Status check() const;
    /// The next file of a source.
    /// @error capacity, device
    Result<File> open(const SourceId& source);
    void noteRotation(const std::string& name, int degrees) const;

    /// Brings everything to the disk.
    void close() { sync_.stop(); }

    const Counter& bytes() const { return bytes_; }
    const Counter& files() const { return files_; }

private:
    Status noteFile(const std::string& name) const;

    const std::string path_;
    const std::uint64_t minimumFree_;
    // Owned
    FolderSync sync_;
    // State
    MediaTime origin_{};
    std::map<SourceId, int> numbers_;  ///< of the newest file
    Counter bytes_, files_;
};

}  // namespace tessera

#pragma once

#include <map>
#include <string>

#include "mcu/base/result.h"

#include "api/json.h"
#include "api/store/records.h"

namespace tessera {

/// What is known of files that were finished while their recording went on: `finished.jsonl` in its folder, an object
/// per line as in the manifest, so that a crash loses the last line at most. A file without one is finished anew.
/// @thread one that may wait for the disk
class FinishedFiles {
public:
    explicit FinishedFiles(std::string folder);

    /// The newest description of a file; null when there is none, or none that fits the file as it is.
    const Json* find(const std::string& name) const;
    /// Keeps a description. @error internal: the disk
    static Status add(const std::string& folder, const Json& description);

private:
    const std::string folder_;
    std::map<std::string, Json> byName_;
};

/// A description as the store keeps it.
RecordingFile toRecordingFile(const Json& description);

/// Meeting time of a media file's time 0, as its timeline (readTimeline) tells.
std::optional<std::int64_t> beginOf(const Json& timeline);

}  // namespace tessera

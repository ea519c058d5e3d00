#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/store/cut_list.h"
#include "api/store/recording_finish.h"

namespace tessera {

/// What an isolated recording has besides its media, put together when it has ended: whose each file is, and when which
/// source was seen where.
class IsolatedRecording {
public:
    /// Reads the score and the origin in the folder; what a crash has taken is left out.
    explicit IsolatedRecording(const std::string& folder);

    /// Adds a file, and to its description `source`, `begins_ms` and `rotation`; `duration_ms` is without what comes
    /// before its begin.
    void add(const std::string& name, const MediaWork::Facts& facts, Json& description);

    std::int64_t originUs() const;
    std::int64_t playoutDelayMs() const;
    /// From the origin to the end of the last file.
    std::int64_t durationMs() const { return toMilliseconds(length_); }

    /// Names and contents of the files that it makes. @param title  of the timeline
    std::vector<std::pair<std::string, std::string>> lists(const std::string& title) const;

private:
    CutMaterial material() const { return {score_, files_, origin_, length_}; }

    // State
    std::vector<ScoreLine> score_;
    MediaTime origin_{};
    std::map<std::string, int> rotations_;  ///< by file
    std::vector<IsolatedFile> files_;
    Duration length_{};
};

}  // namespace tessera

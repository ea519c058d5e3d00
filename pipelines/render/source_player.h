#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mcu/meeting/media_factory.h"

#include "pipelines/render/recorded_meeting.h"

namespace tessera {

/// Makes the media of one source again, in any tempo.
/// @thread one at a time
class SourcePlayer {
public:
    virtual ~SourcePlayer() = default;

    /// Writes everything that begins at or before `t` and was not written yet; waits until it is decoded.
    /// @param t     grows from call to call
    /// @param feed  of the source; another when the source has left and come back
    virtual void playTo(MediaTime t, const SourceFeedPtr& feed) = 0;

    /// What is missing, and why.
    std::vector<std::string> takeWarnings() { return std::exchange(warnings_, {}); }

protected:
    void warn(std::string text) { warnings_.push_back(std::move(text)); }

private:
    std::vector<std::string> warnings_;
};

/// Of what was recorded. @param files  of the source, in the order of their begins; origin: meeting time of their 0
/// @param from  meeting time from which on media is wanted
std::unique_ptr<SourcePlayer> createRecordedPlayer(std::vector<RecordedFile> files, const ScoreSource& source,
                                                   MediaTime origin, MediaTime from);

/// Of what is generated (kinds test and image): the same as when the meeting was live, but for the hue of a test
/// source.
/// @param index  of the source among those that need no peer
/// @error unsupported: another kind; as the kind's page says
Result<std::unique_ptr<SourcePlayer>> createGeneratedPlayer(const ScoreSource& source, MediaFactory& factory, int index,
                                                            MediaTime from);

}  // namespace tessera

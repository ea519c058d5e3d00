#pragma once

#include <span>
#include <string>
#include <vector>

#include "mcu/base/ids.h"
#include "mcu/media/geometry.h"

#include "api/json_score.h"

namespace tessera {

/// A media file of an isolated recording. Times are those in the files: 0 = the recording's origin.
struct IsolatedFile {
    std::string name;
    SourceId source;
    bool hasVideo = false, hasAudio = false;
    Duration begin{}, end{};
};

/// A source in the picture of a view.
struct CutTile {
    SourceId source;
    Rect rect;  ///< pixels of the view's canvas
    int z = 0;  ///< from far to near, from 0
    bool operator==(const CutTile&) const = default;
};

/// What a view showed for a while. Times as in the files.
struct Cut {
    Duration from{}, until{};
    std::vector<CutTile> tiles;
    bool operator==(const Cut&) const = default;
};

struct ViewCuts {
    ViewId view;
    std::vector<Cut> cuts;
};

/// What a cut list is made of. Borrows everything.
struct CutMaterial {
    std::span<const ScoreLine> score;
    std::span<const IsolatedFile> files;
    MediaTime origin{};  ///< meeting time that is 0 in the files
    Duration length{};   ///< of the recording
};

/// Which source was where and when in each view, without what views go through on their way from one arrangement to the
/// next. A view shows media a playout delay after the time that they have in the files: that is taken off. Pure.
std::vector<ViewCuts> makeCutList(const CutMaterial& material);

/// By view, a list of `from_ms`, `to_ms` and `tiles` of `source`, `x`, `y`, `width`, `height`, `z`.
Json toJson(const std::vector<ViewCuts>& views);

/// As OpenTimelineIO reads it: for each source a track of its video and one of its sound, with its files as clips and
/// gaps between them, and on video a marker wherever the view "main" showed it.
/// @source OpenTimelineIO's serialized schema: Timeline.1, Stack.1, Track.1, Clip.1, Gap.1, Marker.2,
///         ExternalReference.1, TimeRange.1, RationalTime.1
Json toOpenTimeline(const std::string& name, const CutMaterial& material, const std::vector<ViewCuts>& views);

}  // namespace tessera

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/rendition_pool.h"

namespace tessera {

/// The outputs of a meeting that are not peers.
/// @thread control
class OutputSet {
public:
    /// @param factory, renditions, reaper  outlive the set
    OutputSet(MediaFactory& factory, RenditionPool& renditions, Reaper& reaper)
        : factory_(factory), renditions_(renditions), reaper_(reaper) {}

    /// Starts an output. The specification's view is set and `video` is filled in.
    /// @param audio  what its sound is encoded as, if it has any
    /// @error as MediaFactory::createOutput; unsupported: no encoder. Nothing has been started then.
    Result<OutputInfo> add(const OutputSpec& spec, const AudioEncodeSpec& audio, const OutputPlace& place);

    /// Starts an output that takes what sources send, and no encode; setSources tells it which there are.
    /// @param requestKeyframes  of all sources; any thread may call it
    /// @error as MediaFactory::createOutput
    Result<OutputInfo> addOfSources(const OutputSpec& spec, const OutputPlace& place,
                                    std::function<void()> requestKeyframes);

    /// True while there is an output that takes sources.
    bool takeSources() const;
    /// Tells those outputs which sources there are from now on.
    void setSources(const std::vector<OutputSource>& sources);

    /// @error not_found; as Output::setPaused
    Status setPaused(const OutputId& id, bool paused);

    /// Gives a caption or a chapter to every output.
    void addCue(const Cue& cue);

    /// Takes it off its renditions, finishes and forgets it.
    Result<OutputInfo> remove(const OutputId& id);

    Result<OutputInfo> info(const OutputId& id) const;
    std::vector<OutputInfo> all() const;

private:
    struct Entry {
        OutputInfo info;
        std::shared_ptr<Output> output;
        bool takesSources = false;
    };
    static OutputInfo describe(const Entry& entry);

    // Borrowed
    MediaFactory& factory_;
    RenditionPool& renditions_;
    Reaper& reaper_;
    // Owned
    std::map<OutputId, Entry> outputs_;
};

}  // namespace tessera

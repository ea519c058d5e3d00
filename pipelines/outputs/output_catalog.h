#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "mcu/meeting/output.h"

#include "pipelines/outputs/file_listener.h"

namespace tessera {

/// Where an output's bytes end up, and so what its caller prepares.
enum class OutputStorage {
    None,       ///< elsewhere: it has no path
    Recording,  ///< a file in the folder of a recording, which is listed
    Site,       ///< published under names: its path is "<meeting>/<view>"
};

class HlsSite;
class WebRtcPublisher;

/// One row of the output catalog.
struct OutputRow {
    std::string_view kind;  ///< "recording"
    std::string_view summary;
    OutputStorage storage = OutputStorage::None;
    OutputTraits (*traits)(const Params& params);  ///< of completed parameters
    std::span<const VideoCodec> video;             ///< that it takes
    std::span<const AudioCodec> audio;
    std::span<const ParamRow> params;
    /// @error as the kind's page in the documentation says
    Result<std::unique_ptr<Output>> (*create)(const OutputRequest& request);
    /// In place of `create` for what is published.
    Result<std::unique_ptr<Output>> (*publish)(const OutputRequest& request, HlsSite& site) = nullptr;
    /// What parameters and video do not allow together; null = nothing. @error unsupported with `field`
    Status (*check)(const OutputSpec& spec) = nullptr;
    /// In place of `create` for what is sent over WebRTC.
    Result<std::unique_ptr<Output>> (*send)(const OutputRequest& request, WebRtcPublisher& publisher) = nullptr;
    /// In place of `create` for what writes files one after another, of which somebody hears.
    Result<std::unique_ptr<Output>> (*record)(const OutputRequest& request, const FileListener& onFile) = nullptr;
};

/// The one table of outputs.
std::span<const OutputRow> outputCatalog();

/// @error invalid_argument: no such kind; the message lists those that exist
Result<const OutputRow*> findOutput(std::string_view kind);

}  // namespace tessera

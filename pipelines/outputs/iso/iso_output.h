#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

/// It takes sources.
OutputTraits isoTraits(const Params& params);

/// @error invalid_argument: field view, since it has none
Status checkIso(const OutputSpec& spec);

/// Makes an output that writes what each source sends, as it is coded, into a folder: a Matroska file for each track
/// and each format that it comes in, readable at any time up to its last 400 ms, all with the times of one origin. One
/// thread writes all of them; what each source may keep waiting is bounded, and beyond that it loses its own.
///
/// @param request  its path is the folder
/// @error not_found: no such folder; capacity: too little disk space
Result<std::unique_ptr<Output>> createIsoOutput(const OutputRequest& request);

}  // namespace tessera

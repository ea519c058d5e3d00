#pragma once

#include "api/store/recording_finish.h"

namespace tessera {

/// What libavformat and libavcodec do for the files of a recording. A file that cannot be finished stays as it was
/// written, readable too; why is logged.
MediaWork libraryMediaWork();

}  // namespace tessera

#pragma once

#include <string>

#include "mcu/base/ids.h"
#include "mcu/base/result.h"

namespace tessera {

/// The folder of one recording: `<dataDir>/recordings/<id>`.
std::string recordingFolder(const std::string& dataDir, const RecordingId& id);

/// True for a plain file name: 1 to 64 characters of [A-Za-z0-9_-], a dot, and an extension of 1 to 8 letters or
/// digits.
bool isSafeFileName(std::string_view name);

/// Path of a file that belongs to a recording. Only a regular file (no link) with a safe name right inside the
/// recording's own folder is ever named: no path can lead elsewhere.
/// @error not_found, for everything else
Result<std::string> resolveRecordingFile(const std::string& dataDir, const std::string& id, const std::string& name);

/// Whether a file of that name holds pictures or sound.
bool isMediaFile(std::string_view name);

/// Whether a fragmented MP4 file holds at least one whole fragment (a `moof` box followed by a whole `mdat`), or is a
/// finished one (`moov` beside a whole `mdat`).
/// @source ISO/IEC 14496-12 sections 4.2, 8.1.1 and 8.8.4
bool holdsMedia(const std::string& path);

}  // namespace tessera

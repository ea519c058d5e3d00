#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/json.h"

namespace tessera {

/// How far one file has come; kept in the store after each part, so that a restart goes on behind it.
struct FileProgress {
    bool isDone = false;
    bool isVerified = false;         ///< the other side holds these very bytes
    std::string uploadId;            ///< of a multipart upload that is open
    std::int64_t partBytes = 0;      ///< with which it was begun
    std::vector<std::string> parts;  ///< MD5 of each that was taken, as 32 hexadecimal digits
    std::string sha256;              ///< of the bytes that were sent, once it is done
};

/// By file name.
using UploadProgress = std::map<std::string, FileProgress>;

Json toJson(const UploadProgress& progress);
/// What cannot be read is as if it had not begun.
UploadProgress progressFromText(std::string_view text);

}  // namespace tessera

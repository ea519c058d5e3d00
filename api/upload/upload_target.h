#pragma once

#include <string>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// A place that finished recordings go to, as the configuration names it.
struct UploadTarget {
    enum class Kind { S3, Put };

    std::string name;  ///< of the API, events and logs
    Kind kind = Kind::Put;
    std::string url;  ///< without a slash at its end: everything of ours lies below it
    std::string region = "us-east-1";
    std::string user, secret;  ///< access key and secret key, or user and password; may be empty

    /// The URL of one file. The parts are safe names.
    std::string urlOf(const std::string& meeting, const std::string& recording, const std::string& file) const {
        return url + "/" + meeting + "/" + recording + "/" + file;
    }
};

/// "NAME s3 URL [region=REGION]" or "NAME put URL".
/// @error invalid_argument, without the text itself
Result<UploadTarget> parseUploadTarget(const std::string& text);

/// Puts "NAME USER SECRET" lines to the targets that they name.
/// @error invalid_argument: two targets of a name, a credential that is none or of no target
Result<std::vector<UploadTarget>> readUploadTargets(const std::vector<std::string>& targets,
                                                    const std::vector<std::string>& credentials);

}  // namespace tessera

#pragma once

#include <optional>
#include <string>

#include "mcu/base/time.h"

#include "pipelines/av/av_ptr.h"
#include "pipelines/http/http_fetch.h"

namespace tessera {

/// Opens for libavformat's HLS demuxer what a playlist names: playlists, segments, parts of files, keys. All of it over
/// HTTP and HTTPS, from addresses that are allowed, and decrypted where it is encrypted (AES-128).
/// @source RFC 8216 section 4.3.2.4 and 5.2: AES-128-CBC with PKCS7 padding
/// @thread one at a time
class HlsResources {
public:
    /// @param interrupt  outlives it
    HlsResources(UrlPolicy policy, const Interrupt& interrupt) : policy_(std::move(policy)), interrupt_(interrupt) {}
    HlsResources(const HlsResources&) = delete;
    HlsResources& operator=(const HlsResources&) = delete;

    /// From now on the context opens everything through this, which outlives it.
    void serve(AVFormatContext& format);

    /// What was named that is not allowed, the first of it.
    const std::optional<Error>& refusal() const { return refusal_; }

private:
    static int onOpen(AVFormatContext* format, AVIOContext** io, const char* url, int flags, AVDictionary** options);
    static int onClose(AVFormatContext* format, AVIOContext* io);
    int open(AVIOContext** io, std::string url, const AVDictionary* options);
    bool awaitTurn(const std::string& url);

    // Owned
    UrlPolicy policy_;
    // Borrowed
    const Interrupt& interrupt_;
    // State
    SteadyClock clock_;
    std::string lastUrl_;
    MonotonicTime lastOpened_{}, second_{};
    int opened_ = 0;  ///< since `second_`
    std::optional<Error> refusal_;
};

}  // namespace tessera

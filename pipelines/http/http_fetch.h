#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/av/interrupt.h"
#include "pipelines/ingest/network/url_policy.h"

namespace tessera {

/// One request over HTTP or HTTPS, its answer read as it comes. Each address, those of redirects included, is
/// looked up by us, checked, and connected to as it was checked; no proxy of the environment is used.
/// @thread one at a time
class HttpFetch {
public:
    struct Request {
        std::string url;
        std::optional<std::pair<std::int64_t, std::int64_t>> range{};  ///< first byte, and the one after the last
        std::string method = "GET";
        std::string body{};
        std::vector<std::string> headers{};  ///< "Name: value"; Authorization to the origin of `url` alone
        bool isVerified = true;              ///< the certificate must be the host's
    };

    /// Returns when the body begins. @param interrupt  outlives the fetch; ends every wait of it
    /// @error invalid_argument with field "url": no URL, or an address that is not allowed; unreachable: no answer, to
    ///        GET one other than 200 or 206, more than five redirects; timeout
    static Result<std::unique_ptr<HttpFetch>> open(const Request& request, const UrlPolicy& policy,
                                                   const Interrupt& interrupt);
    virtual ~HttpFetch() = default;

    /// Waits for bytes. @return 0: the end @error unreachable, timeout
    virtual Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
    /// Where it was found, after redirects.
    virtual const std::string& url() const = 0;
    virtual long status() const = 0;
    /// What the answer's Location names, absolute; "" when there is none.
    virtual std::string location() const = 0;
};

}  // namespace tessera

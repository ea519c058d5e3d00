#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "pipelines/ingest/network/source_url.h"
#include "pipelines/ingest/network/stream_ingest.h"
#include "pipelines/ingest/network/url_policy.h"

namespace tessera {

/// The parameter `url`, of one of these schemes. @error invalid_argument with field "url"
Result<SourceUrl> readSourceUrl(const IngestSpec& spec, std::initializer_list<std::string_view> schemes);

/// Whether we may connect there. A name that has no address now is no fault: it may have one later.
/// @error as UrlPolicy::permits
Status checkReach(const SourceUrl& url, const IngestSettings& settings);

/// Whether we can listen there: an address of this machine, or none for all, and a port that is no service's.
/// @error invalid_argument with field "url"
Status checkListen(const SourceUrl& url);

/// An address and a port as a URL has them: "192.0.2.1:554", "[2001:db8::1]:554".
std::string hostAndPort(const IpAddress& address, std::uint16_t port);

/// "user:password@" of the parameters, or else of the URL; empty when there is neither.
std::string userInfo(const SourceUrl& url, const Params& params);

/// What all kinds have: the URL as it may be shown, latency, and which media.
StreamKind commonKind(const IngestSpec& spec);

/// Where libavformat shall connect to.
struct Reached {
    std::string place;  ///< address and port, as hostAndPort
    std::shared_ptr<TlsTunnel> tunnel;
};

/// Looks the URL's host up and checks it; through TLS, connects too, so that libavformat gets our end of a tunnel.
/// @param port  where the URL names none
/// @error as UrlPolicy::admit, TlsTunnel::open
Result<Reached> reach(const SourceUrl& url, std::uint16_t port, bool isVerified, const UrlPolicy& policy,
                      const Interrupt& interrupt);

inline constexpr ParamRow kVerifyParam{"verify_certificate", ParamType::Boolean, "true", "true | false",
                                       "over TLS, refuse a server whose certificate is not its own"};

}  // namespace tessera

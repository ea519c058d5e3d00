#pragma once

#include <functional>
#include <memory>

#include "api/gateway/conditions.h"
#include "api/gateway/reply.h"

namespace tessera {

/// Something that can be had whole or in part, and that a client may have already.
struct Representation {
    HttpResponse head;  ///< 200 and its headers, without those that follow from what stands below
    Validators validators;
    std::uint64_t size = 0;
    /// Makes the body, or a part of it. Null = `head.body`, which is never given in parts.
    std::function<std::unique_ptr<BodySource>(std::uint64_t first, std::uint64_t size)> body;
};

/// The reply to a GET or HEAD: 200, 206, 304, 412 or 416.
/// @param now  seconds since 1970
/// @source RFC 9110 sections 13, 14, 15.3.7, 15.4.5 and 15.5.17
Reply replyWith(Representation representation, const HttpRequest& request, std::int64_t now);

/// Of a reply that is in memory as a whole; its ETag header is its validator.
Representation inMemory(HttpResponse response);

/// As above, with a body that others hold, too, and that may be had in parts.
Representation inMemory(HttpResponse head, std::shared_ptr<const std::string> body);

}  // namespace tessera

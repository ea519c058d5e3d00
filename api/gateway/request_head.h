#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string>

#include "api/http_message.h"
#include "api/problem.h"

namespace tessera {

/// One request of a client, as everything behind the parser sees it.
struct ClientRequest {
    HttpRequest plain;   ///< end-to-end headers only, none of ours, of /hls/ those that count; `query` stays empty
    std::string target;  ///< origin form, still encoded: path and query
    bool keepAlive = true;
    bool expectsContinue = false;
    bool hasBody = false;

    bool isHead() const { return plain.method == "HEAD"; }
};

/// Takes over the head of a request. What two readers could understand differently is refused, so that nothing that
/// stands in front of the gateway sees other requests than it does.
///
/// @param into  `plain.peer` and `plain.body` are left alone
/// @return      why the request is refused; nothing when it is fine
/// @source RFC 9112 sections 3.2, 6.1 and 6.3; RFC 9110 sections 7.6.1 and 10.1.1
std::optional<Problem> readRequestHead(const boost::beast::http::request_header<>& head, ClientRequest& into);

}  // namespace tessera

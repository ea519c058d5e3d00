#include "api/gateway/content_service.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>

#include "api/gateway/representation.h"
#include "api/store/recording_files.h"
#include "api/timestamp.h"

namespace tessera {

namespace {

constexpr int kReaders = 2;
constexpr std::string_view kRecording = "recording ";
constexpr std::string_view kSite = "hls";
constexpr std::string_view kEvents = "events ";
constexpr std::string_view kEventsPath = "/v1/events";

/// Players on any page may read what everybody may have, and how old a cache's copy of it is.
const SiteService::Headers kPublicHeaders{{"Access-Control-Allow-Origin", "*"},
                                          {"Access-Control-Expose-Headers", "Age, Date, Content-Range, ETag"}};

/// @source W3C Fetch, CORS-preflight request
HttpResponse publicPreflight() {
    HttpResponse response;
    response.status = 204;
    return response.with("Allow", "GET, HEAD, OPTIONS")
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Methods", "GET, HEAD")
        .with("Access-Control-Allow-Headers", "Authorization, Range, If-None-Match, If-Range")
        .with("Access-Control-Max-Age", "86400");
}

/// What the server behind allows the gateway to serve. @return empty for a reply of its own
std::string takeServed(HttpResponse& response) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(), [](const auto& header) {
        return boost::beast::iequals(header.first, kServeHeader);
    });
    if (found == response.headers.end()) return {};
    std::string what = std::move(found->second);
    response.headers.erase(found);
    return what;
}

bool isRead(const HttpRequest& request) {
    return request.method == "GET" || request.method == "HEAD";
}

std::shared_ptr<const HttpRequest> withoutBody(const HttpRequest& request) {
    auto copy = std::make_shared<HttpRequest>(request);
    copy->body.clear();
    return copy;
}

/// Pictures and media may be had in parts, whatever made them.
bool isMedia(const HttpResponse& response) {
    return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
        const auto& [name, type] = header;
        return boost::beast::iequals(name, "Content-Type") &&
               (type.starts_with("image/") || type.starts_with("video/") || type.starts_with("audio/"));
    });
}

Reply toReply(HttpResponse response, const HttpRequest& request) {
    if (response.status != 200 || !isRead(request)) return response;
    const auto now = wallClockMs() / 1000;
    if (!isMedia(response)) return replyWith(inMemory(std::move(response)), request, now);
    auto body = std::make_shared<const std::string>(std::move(response.body));
    return replyWith(inMemory(std::move(response), std::move(body)), request, now);
}

}  // namespace

ContentService::ContentService(boost::asio::io_context& loop, const GatewayOptions& options, GatewayContent content)
    : content_(std::move(content)),
      dataDir_(options.dataDir),
      handle_(std::make_shared<LoopHandle>(loop)),
      upstream_(loop, options.upstreamPort, options.upstreamToken),
      readers_("gateway-file", kReaders, options.limits.connections) {
    if (content_.hls) site_ = std::make_unique<SiteService>(loop, handle_, content_.hls);
    if (content_.events != nullptr) events_ = std::make_unique<EventService>(loop, handle_, *content_.events);
}

ContentService::Forget ContentService::serve(const ClientRequest& request, Answer answer) {
    if (isRead(request.plain) && content_.isPage(request.plain.path)) {
        answer(toReply(content_.page(request.plain), request.plain));
        return nullptr;
    }
    if (site_ && (isRead(request.plain) || request.plain.method == "OPTIONS")) {
        const auto wanted = readSiteRequest(request.plain.path, request.target);
        if (wanted && isRead(request.plain)) return serveSite(request, *wanted, std::move(answer));
        if (wanted && site_->isPublic(*wanted)) {
            answer(Reply(publicPreflight()));
            return nullptr;
        }
    }
    if (events_ && isRead(request.plain) && request.plain.path == kEventsPath) {
        return serveEvents(request, std::move(answer));
    }
    pass(request, std::move(answer));
    return nullptr;
}

/// The handler behind says what the caller may hear, and sends along what comes first.
ContentService::Forget ContentService::serveEvents(const ClientRequest& request, Answer answer) {
    const auto forget = std::make_shared<Forget>();
    const auto isForgotten = std::make_shared<bool>(false);
    upstream_.send(request, [this, forget, isForgotten, plain = withoutBody(request.plain),
                             answer = std::move(answer)](Result<HttpResponse> response) {
        if (*isForgotten) return;
        if (!response) return answer(problemResponse(response.error()));
        HttpResponse head = std::move(response).value();
        const auto what = takeServed(head);
        const auto grant = what.starts_with(kEvents) ? EventGrant::fromText(what.substr(kEvents.size())) : std::nullopt;
        if (!grant) return answer(toReply(std::move(head), *plain));
        *forget = events_->serve(*grant, std::move(head), answer);
    });
    return [forget, isForgotten] {
        *isForgotten = true;
        if (*forget) (*forget)();
    };
}

ContentService::Forget ContentService::serveSite(const ClientRequest& request, const SiteRequest& wanted,
                                                 Answer answer) {
    if (site_->isPublic(wanted)) {
        return site_->ask(wanted, conditionsOf(request.plain), kPublicHeaders, std::move(answer));
    }
    // Players carry a credential from playlist to playlist in the address: few can set a header.
    const auto token = wanted.query.find("token");
    const bool isInAddress = token != wanted.query.end() && request.plain.header("authorization").empty();
    const std::string credential =
        isInAddress ? "Bearer " + token->second : std::string(request.plain.header("authorization"));
    const auto key = GrantCache::keyOf(wanted, request.plain, credential);
    const auto grant = grants_.find(key);
    if (grant.head != nullptr && !grant.isDue) {
        return site_->ask(wanted, conditionsOf(request.plain), grant.head->headers, std::move(answer));
    }
    ClientRequest asked = request;
    if (isInAddress) asked.plain.headers["authorization"] = credential;
    if (grant.head != nullptr) {
        auto headers = grant.head->headers;
        renewGrant(asked, key);
        return site_->ask(wanted, conditionsOf(request.plain), std::move(headers), std::move(answer));
    }
    // Until the server behind has answered, there is nothing to be forgotten but the answer.
    const auto forget = std::make_shared<Forget>();
    const auto isForgotten = std::make_shared<bool>(false);
    upstream_.send(asked, [this, key, wanted, forget, isForgotten, plain = conditionsOf(request.plain),
                           answer = std::move(answer)](Result<HttpResponse> response) {
        if (*isForgotten) return;
        if (!response) return answer(problemResponse(response.error()));
        HttpResponse head = std::move(response).value();
        if (takeServed(head) != kSite) return answer(std::move(head));
        grants_.add(key, head);
        *forget = site_->ask(wanted, plain, head.headers, answer);
    });
    return [forget, isForgotten] {
        *isForgotten = true;
        if (*forget) (*forget)();
    };
}

/// Nobody waits for it: a server behind that is busy leaves the grant as it is, until it ends.
void ContentService::renewGrant(const ClientRequest& asked, const std::string& key) {
    upstream_.send(asked, [this, key](Result<HttpResponse> response) {
        if (!response || response->status >= 500) return;
        HttpResponse head = std::move(response).value();
        takeServed(head) == kSite ? grants_.add(key, head) : grants_.remove(key);
    });
}

void ContentService::pass(const ClientRequest& request, Answer answer) {
    upstream_.send(
        request, [this, plain = withoutBody(request.plain), answer = std::move(answer)](Result<HttpResponse> response) {
            if (!response) return answer(problemResponse(response.error()));
            HttpResponse head = std::move(response).value();
            const auto what = takeServed(head);
            if (what.starts_with(kRecording)) {
                return serveFile(what.substr(kRecording.size()), std::move(head), plain, answer);
            }
            if (!what.empty()) return answer(problemResponse(notFound("there is nothing at " + plain->path)));
            answer(toReply(std::move(head), *plain));
        });
}

/// @param name  "<recording>/<file>"
void ContentService::serveFile(const std::string& name, HttpResponse head, SharedRequest request, Answer answer) {
    const auto slash = std::min(name.find('/'), name.size() - 1);
    const auto busy = answer;
    const bool taken =
        readers_.post([this, handle = handle_, recording = name.substr(0, slash), file = name.substr(slash + 1),
                       dataDir = dataDir_, head = std::move(head), request, answer = std::move(answer)]() mutable {
            const auto path = resolveRecordingFile(dataDir, recording, file);
            auto opened = path ? openForReading(*path) : Result<std::shared_ptr<const OpenFile>>(path.error());
            handle->post([this, handle, opened = std::move(opened), head = std::move(head), request,
                          answer = std::move(answer)]() mutable {
                if (!opened) return answer(problemResponse(opened.error()));
                Representation whole;
                whole.head = std::move(head);
                whole.validators = (*opened)->validators;
                whole.size = (*opened)->size;
                whole.body = [this, handle, shared = *opened](std::uint64_t first, std::uint64_t size) {
                    return std::make_unique<FileBody>(FileReaders{readers_, handle}, shared, first, size);
                };
                answer(replyWith(std::move(whole), *request, wallClockMs() / 1000));
            });
        });
    if (!taken) busy(overloaded());
}

void ContentService::stop() {
    handle_->close();
    readers_.stop();
    upstream_.stop();
}

}  // namespace tessera

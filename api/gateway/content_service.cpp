#include "api/gateway/content_service.h"

namespace tessera {

ContentService::ContentService(boost::asio::io_context& loop, const GatewayOptions& options, GatewayContent content)
    : upstream_(loop, options.upstreamPort, options.upstreamToken), content_(std::move(content)) {}

std::function<void()> ContentService::serve(const ClientRequest& request, Answer answer) {
    const bool reads = request.plain.method == "GET" || request.isHead();
    if (reads && content_.isPage(request.plain.path)) {
        answer(content_.page(request.plain));
        return nullptr;
    }
    upstream_.send(request, [answer = std::move(answer)](Result<HttpResponse> response) {
        answer(response ? std::move(response).value() : problemResponse(response.error()));
    });
    return nullptr;
}

void ContentService::stop() {
    upstream_.stop();
}

}  // namespace tessera

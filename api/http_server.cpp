#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cstring>
#include <pistache/endpoint.h>
#include <pistache/peer.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>
#undef REQUIRES  // Pistache's macro of that name; ours is the thread-safety mark.

#include "api/auth/digest.h"
#include "api/gateway/gateway.h"
#include "api/http_server.h"
#include "api/problem.h"
#include "api/worker_pool.h"

namespace tessera {

namespace {

namespace Http = Pistache::Http;
namespace Tcp = Pistache::Tcp;

/// A reply up to this size goes into the socket's buffer in one piece, so that no reactor waits for a slow reader.
constexpr int kSendBufferBytes = 512 * 1024;

/// Headers are sent only when typed; this one type carries them all.
class NamedHeader final : public Http::Header::Header {
public:
    NamedHeader(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}
    const char* name() const override { return name_.c_str(); }
    void parse(const std::string&) override {}
    void write(std::ostream& stream) const override { stream << value_; }
    std::uint64_t hash() const override { return Http::Header::detail::hash(name_.c_str()); }

private:
    std::string name_, value_;
};

/// What the clones of the front share.
struct FrontShared {
    HttpServerOptions options;
    HttpServer::Handler handler;
    HttpCounters counters;
    std::unique_ptr<WorkerPool> pool;
};

/// Lives as long as its connection.
struct ConnectionSlot {
    explicit ConnectionSlot(FrontShared& owner) : shared(owner) { shared.counters.connections.add(1); }
    ~ConnectionSlot() { shared.counters.connections.add(-1); }
    FrontShared& shared;
    bool broken = false;  ///< what follows on the wire is no longer HTTP: read and ignored
};

std::string lowerCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::map<std::string, std::string> headersOf(const Http::Request& request) {
    std::map<std::string, std::string> headers;
    for (const auto& [name, raw] : request.headers().rawList()) headers[lowerCase(name)] = raw.value();
    for (const auto& typed : request.headers().list()) {
        std::ostringstream text;
        typed->write(text);
        headers[lowerCase(typed->name())] = text.str();
    }
    return headers;
}

/// @return false when an escape is malformed
bool toPlain(const Http::Request& request, HttpRequest& plain) {
    plain.method = Http::methodString(request.method());
    if (!percentDecode(request.resource(), plain.path) || !plain.path.starts_with('/')) return false;
    for (auto it = request.query().parameters_begin(); it != request.query().parameters_end(); ++it) {
        std::string name, value;
        if (!percentDecode(it->first, name) || !percentDecode(it->second, value)) return false;
        plain.query[name] = value;
    }
    plain.body = request.body();
    return true;
}

/// Hands a reply to the reactor that owns the connection. @thread any
/// @param peer  the writer's, held here because Pistache asks whether it is there and then takes it: one that goes in
///              between would be a null pointer
void send(FrontShared& shared, const std::weak_ptr<Tcp::Peer>& peer, Http::ResponseWriter& writer,
          const HttpResponse& response, bool keepAlive) {
    shared.counters.count(response.status);
    const auto held = peer.lock();
    if (!held) return;
    try {
        for (const auto& [name, value] : response.headers) {
            writer.headers().add(std::make_shared<NamedHeader>(name, value));
        }
        writer.headers().add(std::make_shared<NamedHeader>("Connection", keepAlive ? "keep-alive" : "close"));
        writer.send(static_cast<Http::Code>(response.status), response.body);
    } catch (const std::exception&) {  // the client has gone
    }
}

bool wantsKeepAlive(const HttpRequest& request) {
    return lowerCase(std::string(request.header("connection"))) != "close";
}

/// Feeds bytes to Pistache's parser and hands whole requests to the pool: no routing and no work on a reactor.
class Front final : public Http::Handler {
public:
    HTTP_PROTOTYPE(Front)
    explicit Front(std::shared_ptr<FrontShared> shared) : shared_(std::move(shared)) {}
    void onRequest(const Http::Request&, Http::ResponseWriter) override {}

private:
    void onConnection(const std::shared_ptr<Tcp::Peer>& peer) override {
        peer->putData(ParserData, std::make_shared<Http::RequestParser>(shared_->options.maxRequestBytes));
        const auto slot = std::make_shared<ConnectionSlot>(*shared_);
        peer->putData(kSlot, slot);
        ::setsockopt(peer->fd(), SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes);
        if (shared_->counters.connections.value() > shared_->options.connections) {
            shared_->counters.refused.add();
            slot->broken = true;
            ::shutdown(peer->fd(), SHUT_RDWR);
        }
    }

    void onInput(const char* bytes, std::size_t size, const std::shared_ptr<Tcp::Peer>& peer) override {
        const auto slot = std::static_pointer_cast<ConnectionSlot>(peer->getData(kSlot));
        if (slot->broken) return;
        const auto parser = getParser(peer);
        try {
            if (!parser->feed(bytes, size))
                return refuse(peer, *slot, payloadTooLarge(shared_->options.maxRequestBytes));
            if (parser->parse() != Http::Private::State::Done) return;
            parser->request.copyAddress(peer->address());
            HttpRequest plain;
            if (!takeOverClient(parser->request, plain)) {
                return refuse(peer, *slot,
                              problemResponse(Error{ErrorCode::Forbidden, "this port is not for you", {}}));
            }
            if (!toPlain(parser->request, plain)) {
                return refuse(peer, *slot, problemResponse(invalidArgument("the address has a malformed escape")));
            }
            parser->reset();
            peer->setIdle(false);
            dispatch(std::move(plain), peer);
        } catch (const Http::HttpError& error) {
            refuse(peer, *slot,
                   error.code() == 413 ? payloadTooLarge(shared_->options.maxRequestBytes)
                                       : problemResponse(invalidArgument("this is not valid HTTP/1.1")));
        } catch (const std::exception&) {
            refuse(peer, *slot, problemResponse(invalidArgument("this is not valid HTTP/1.1")));
        }
    }

    /// Takes the client's address from the gateway, when there is one in front.
    /// @return false when the request does not come from it
    bool takeOverClient(const Http::Request& request, HttpRequest& plain) const {
        plain.headers = headersOf(request);
        plain.peer = request.address().host();
        if (shared_->options.token.empty()) return true;
        if (!equalInConstantTime(plain.header(kTokenHeader), shared_->options.token)) return false;
        plain.peer = plain.header(kClientHeader);
        std::erase_if(plain.headers, [](const auto& each) { return each.first.starts_with(kInternalHeaderPrefix); });
        return true;
    }

    /// Answers what could not be read and ignores the rest of the connection; the idle reaper closes it.
    void refuse(const std::shared_ptr<Tcp::Peer>& peer, ConnectionSlot& slot, const HttpResponse& response) {
        slot.broken = true;
        getParser(peer)->reset();
        shared_->counters.requests.add();
        Http::ResponseWriter writer(Http::Version::Http11, transport(), this, peer);
        send(*shared_, peer, writer, response, false);
    }

    void dispatch(HttpRequest request, const std::shared_ptr<Tcp::Peer>& peer) {
        shared_->counters.requests.add();
        const bool keepAlive = wantsKeepAlive(request);
        // std::function wants to be copied, a writer does not.
        const auto writer = std::make_shared<Http::ResponseWriter>(Http::Version::Http11, transport(), this, peer);
        FrontShared* shared = shared_.get();
        const bool taken =
            shared->pool->post([shared, weak = std::weak_ptr(peer), writer, keepAlive, request = std::move(request)] {
                HttpResponse response = shared->handler(request);
                if (request.method == "HEAD") response.body.clear();
                send(*shared, weak, *writer, response, keepAlive);
            });
        if (!taken) {
            shared->counters.refused.add();
            send(*shared, peer, *writer, overloaded(), keepAlive);
        }
    }

    static constexpr const char* kSlot = "tessera-slot";
    std::shared_ptr<FrontShared> shared_;
};

/// Tells an address that is taken from one that cannot be used, in words of our own.
Status probeAddress(const HttpServerOptions& options) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    four.sin_family = AF_INET;
    six.sin6_family = AF_INET6;
    four.sin_port = six.sin6_port = htons(static_cast<std::uint16_t>(options.port));
    const bool isFour = ::inet_pton(AF_INET, options.address.c_str(), &four.sin_addr) == 1;
    if (!isFour && ::inet_pton(AF_INET6, options.address.c_str(), &six.sin6_addr) != 1) {
        return invalidArgument("\"" + options.address + "\" is not an IP address", "http.listen");
    }
    const int fd = ::socket(isFour ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const int bound = isFour ? ::bind(fd, reinterpret_cast<sockaddr*>(&four), sizeof four)
                             : ::bind(fd, reinterpret_cast<sockaddr*>(&six), sizeof six);
    const int reason = errno;
    ::close(fd);
    if (bound == 0) return kOk;
    const std::string where = options.address + " port " + std::to_string(options.port);
    if (reason == EADDRINUSE) return conflict(where + " is in use");
    return invalidArgument(where + " cannot be bound: " + std::strerror(reason), "http.listen");
}

class PistacheServer final : public HttpServer {
public:
    PistacheServer(const HttpServerOptions& options, Handler handler) : shared_(std::make_shared<FrontShared>()) {
        shared_->options = options;
        shared_->handler = std::move(handler);
        shared_->pool = std::make_unique<WorkerPool>("http", options.workers, options.waiting);
    }
    ~PistacheServer() override { stop(); }

    Status serve() {
        const HttpServerOptions& options = shared_->options;
        TESSERA_TRY(probeAddress(options));
        try {
            const bool isSix = options.address.find(':') != std::string::npos;
            const Pistache::Address address(isSix ? "[" + options.address + "]" : options.address,
                                            Pistache::Port(static_cast<std::uint16_t>(options.port)));
            endpoint_ = std::make_unique<Http::Endpoint>(address);
            endpoint_->init(Http::Endpoint::options()
                                .threads(options.reactors)
                                .threadsName("http-io")
                                .flags(Tcp::Options::ReuseAddr | Tcp::Options::NoDelay | Tcp::Options::CloseOnExec)
                                .headerTimeout(std::chrono::seconds(20))
                                .bodyTimeout(std::chrono::seconds(30))
                                .keepaliveTimeout(std::chrono::seconds(60))
                                .maxRequestSize(options.maxRequestBytes));
            endpoint_->setHandler(std::make_shared<Front>(shared_));
            endpoint_->serveThreaded();
        } catch (const std::exception& error) {
            endpoint_.reset();
            return invalidArgument(options.address + ": " + error.what(), "http.listen");
        }
        return kOk;
    }

    int port() const override { return static_cast<std::uint16_t>(endpoint_->getPort()); }
    const HttpCounters& counters() const override { return shared_->counters; }

    void stop() override {
        shared_->pool->stop();
        if (endpoint_) endpoint_->shutdown();
        endpoint_.reset();
    }

private:
    std::shared_ptr<FrontShared> shared_;
    std::unique_ptr<Http::Endpoint> endpoint_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::create(const HttpServerOptions& options, Handler handler) {
    auto server = std::make_unique<PistacheServer>(options, std::move(handler));
    TESSERA_TRY(server->serve());
    return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace tessera

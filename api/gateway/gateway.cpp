#include "api/gateway/gateway.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <set>

#include "mcu/base/log.h"
#include "mcu/base/sync.h"

#include "api/gateway/admission.h"
#include "api/gateway/connection.h"
#include "api/gateway/content_service.h"
#include "api/gateway/loop_handle.h"

namespace tessera {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

/// Connections over a limit that are told so at a time; those beyond are closed without a word.
constexpr int kRefusals = 64;
/// After accept failed for want of descriptors.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

class RunningGateway final : public Gateway {
public:
    RunningGateway(const GatewayOptions& options, GatewayContent content)
        : options_(options),
          work_(asio::make_work_guard(loop_)),
          acceptor_(loop_),
          pause_(loop_),
          admission_(options.limits.connections, options.limits.connectionsPerAddress),
          content_(loop_, options, std::move(content)) {}
    ~RunningGateway() override { stop(); }

    Status listen() {
        error_code error;
        const auto address = asio::ip::make_address(options_.address, error);
        if (error) return invalidArgument("\"" + options_.address + "\" is not an IP address", "http.listen");
        const tcp::endpoint endpoint(address, static_cast<std::uint16_t>(options_.port));
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        const std::string where = options_.address + " port " + std::to_string(options_.port);
        if (error == asio::error::address_in_use) return conflict(where + " is in use");
        if (error) return invalidArgument(where + " cannot be bound: " + error.message(), "http.listen");
        port_ = acceptor_.local_endpoint(error).port();
        accept();
        thread_ = Thread("gateway", [this] { run(); });
        return kOk;
    }

    int port() const override { return port_; }
    const HttpCounters& counters() const override { return counters_; }

    void stop() override {
        if (std::exchange(isStopped_, true) || port_ == 0) return;
        auto drained = drained_.get_future();
        asio::post(loop_, [this] { drain(); });
        drained.wait_for(options_.limits.stopTime);
        asio::post(loop_, [this] { closeAll(); });
        thread_.join();
    }

private:
    void run() {
        for (;;) {
            try {
                loop_.run();
                return;
            } catch (const std::exception& error) {  // out of memory, for one; the request is lost, the server is not
                log(LogLevel::Error, "gateway", "a request failed", {{"error", error.what()}});
            }
        }
    }

    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (!acceptor_.is_open()) return;
            if (!error) admit(std::move(socket));
            const bool isFull = error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
                                error == asio::error::no_memory;
            if (!isFull) return accept();
            pause_.expires_after(kAcceptPause);
            pause_.async_wait([this](error_code cancelled) {
                if (!cancelled) accept();
            });
        });
    }

    void admit(tcp::socket socket) {
        error_code error;
        const auto peer = socket.remote_endpoint(error);
        if (error) return;
        const auto verdict = admission_.enter(peer.address());
        const bool isAdmitted = verdict == Admission::Verdict::Admitted;
        if (!isAdmitted) {
            counters_.refused.add();
            if (refusals_ >= kRefusals) return;
            ++refusals_;
        }
        counters_.connections.add(1);
        const auto connection = std::make_shared<Connection>(
            std::move(socket),
            Connection::Setup{options_.limits, counters_, service(), ended(isAdmitted, peer.address())});
        connections_.insert(connection);
        if (isAdmitted) return connection->start();
        connection->refuse(
            verdict == Admission::Verdict::ServerFull
                ? overloaded()
                : problemResponse(Error{ErrorCode::Capacity, "too many connections from one address", {}}));
    }

    Connection::Service service() {
        return [this](const ClientRequest& request, std::function<void(Reply)> answer) {
            return content_.serve(request, std::move(answer));
        };
    }

    std::function<void(const std::shared_ptr<Connection>&)> ended(bool isAdmitted, const asio::ip::address& address) {
        return [this, isAdmitted, address](const std::shared_ptr<Connection>& connection) {
            isAdmitted ? admission_.leave(address) : static_cast<void>(--refusals_);
            counters_.connections.add(-1);
            connections_.erase(connection);
            sayWhenDrained();
        };
    }

    void drain() {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        isDraining_ = true;
        for (const auto& connection : std::set(connections_)) connection->finish();
        sayWhenDrained();
    }

    void sayWhenDrained() {
        if (!isDraining_ || !connections_.empty()) return;
        isDraining_ = false;
        drained_.set_value();
    }

    void closeAll() {
        isDraining_ = false;
        for (const auto& connection : std::set(connections_)) connection->abort();
        content_.stop();
        work_.reset();
        loop_.stop();
    }

    // Owned; the loop outlives what is registered with it
    asio::io_context loop_{1};
    GatewayOptions options_;
    HttpCounters counters_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    Admission admission_;
    ContentService content_;
    // State
    std::set<std::shared_ptr<Connection>> connections_;
    int refusals_ = 0;
    bool isDraining_ = false;
    bool isStopped_ = false;
    int port_ = 0;
    std::promise<void> drained_;
    Thread thread_;
};

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::create(const GatewayOptions& options, GatewayContent content) {
    auto gateway = std::make_unique<RunningGateway>(options, std::move(content));
    TESSERA_TRY(gateway->listen());
    return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace tessera

#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "api/dispatcher.h"
#include "tests/support/fake_media.h"
#include "tests/support/temporary_folder.h"

namespace tessera::test {

/// Extra header lines of a request, names in lower case.
using Headers = std::map<std::string, std::string>;

/// The whole API without sockets: a real store in a temporary folder, meetings on fake media.
class ApiBench {
public:
    static constexpr const char* kKey = "tsk_bench_key_0123456789abcdef0123456789";

    explicit ApiBench(Config wanted = {}) : config(std::move(wanted)) {
        config.auth.apiKey = kKey;
        config.auth.jwtSecret = "a secret of at least thirty-two characters";
        auto opened =
            Store::create({.dir = folder.path(), .media = {}, .deadline = std::chrono::seconds(30)});
        BOOST_REQUIRE(opened.ok());
        store = std::move(opened).value();
        auto made = Authenticator::create(
            config.auth, [this](const std::string& hash) { return store->findKey(hash); }, false);
        BOOST_REQUIRE(made.ok());
        authenticator = std::move(made).value();
        outputs = std::make_unique<Outputs>(*store, 0);
        auto registry = MeetingRegistry::create({.store = *store,
                                                 .outputs = *outputs,
                                                 .media = media,
                                                 .peers = peers,
                                                 .clock = clock,
                                                 .maxMeetings = config.limits.meetings,
                                                 .defaults = {},
                                                 .events = &events});
        BOOST_REQUIRE(registry.ok());
        meetings = std::move(registry).value();
        services = std::make_unique<Services>(Services{.config = config,
                                                       .store = *store,
                                                       .authenticator = *authenticator,
                                                       .meetings = *meetings,
                                                       .outputs = *outputs,
                                                       .files = files,
                                                       .events = events});
        dispatcher = std::make_unique<Dispatcher>(*services);
    }
    ~ApiBench() {
        meetings->stop();
        (void)store->stop().ok();
    }

    /// @param target  path, with ?name=value&... where wanted
    HttpResponse send(const std::string& method, const std::string& target, const std::string& body = {},
                      const Headers& headers = {}) {
        HttpRequest request;
        request.method = method;
        request.path = target.substr(0, target.find('?'));
        request.body = body;
        request.peer = "127.0.0.1";
        request.headers = {{"authorization", std::string("Bearer ") + kKey}};
        if (!body.empty()) {
            request.headers["content-type"] = method == "PATCH" ? "application/merge-patch+json" : "application/json";
        }
        for (const auto& [name, value] : headers) request.headers[name] = value;
        std::istringstream query(target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1));
        for (std::string pair; std::getline(query, pair, '&');) {
            request.query[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
        }
        return dispatcher->handle(request);
    }

    /// Headers of a caller with a token.
    Headers as(Role role, const std::string& meeting = "*", const std::string& subject = "ada") const {
        const auto minted = authenticator->mint({.subject = subject, .name = {}, .meeting = meeting, .role = role});
        BOOST_REQUIRE(minted.ok());
        return {{"authorization", "Bearer " + minted->token}};
    }

    TemporaryFolder folder;
    Config config;
    SteadyClock clock;
    ConsoleFiles files;
    EventLog events;
    FakeMediaFactory media;
    FakePeerFactory peers;
    std::unique_ptr<Store> store;
    std::unique_ptr<Authenticator> authenticator;
    std::unique_ptr<Outputs> outputs;
    std::unique_ptr<MeetingRegistry> meetings;
    std::unique_ptr<Services> services;
    std::unique_ptr<Dispatcher> dispatcher;
};

inline std::string headerOf(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

inline Json bodyOf(const HttpResponse& response) {
    auto parsed = Json::parse(response.body, nullptr, false);
    return parsed.is_discarded() ? Json() : parsed;
}

/// An offer of a real browser. @param name  of a file in tests/fixtures/sdp
inline std::string offerOf(const std::string& name) {
    std::ifstream stream(std::string(TESSERA_SOURCE_DIR) + "/tests/fixtures/sdp/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace tessera::test

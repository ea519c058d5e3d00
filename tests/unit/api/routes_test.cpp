#include "api/routes.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>

#include "api/json.h"

namespace tessera {
namespace {

/// docs/openapi.yaml by operation: "GET /v1/meetings" -> {summary, x-right}. Reads the two levels that matter of a file
/// whose indentation is two spaces.
std::map<std::string, std::map<std::string, std::string>> describedOperations() {
    static const std::set<std::string> kMethods{"get", "post", "patch", "delete", "put"};
    std::ifstream stream(std::string(TESSERA_SOURCE_DIR) + "/docs/openapi.yaml");
    std::map<std::string, std::map<std::string, std::string>> operations;
    std::string path, operation;
    bool inPaths = false;
    for (std::string line; std::getline(stream, line);) {
        const auto indent = line.find_first_not_of(' ');
        if (indent == std::string::npos) continue;
        const auto colon = line.find(": ", indent);
        const auto key = line.substr(indent, std::min(colon, line.size() - 1) - indent);
        if (indent == 0) inPaths = line == "paths:";
        if (!inPaths) continue;
        if (indent == 2) path = key;
        if (indent == 4) operation.clear();
        if (indent == 4 && kMethods.contains(key)) {
            operation = key;
            std::transform(operation.begin(), operation.end(), operation.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            operation += " " + path;
            operations[operation];
        }
        if (indent == 6 && !operation.empty() && colon != std::string::npos) {
            operations[operation][key] = line.substr(colon + 2);
        }
    }
    return operations;
}

std::string unquoted(const std::string& text) {
    if (text.size() < 2 || (text.front() != '"' && text.front() != '\'')) return text;
    return text.substr(1, text.size() - 2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routes_test)

BOOST_AUTO_TEST_CASE(a_path_without_parameters_matches_itself_alone) {
    BOOST_TEST(matchPath("/v1/meetings", "/v1/meetings").has_value());
    BOOST_TEST(!matchPath("/v1/meetings", "/v1/meeting").has_value());
    BOOST_TEST(!matchPath("/v1/meetings", "/v1/meetings/").has_value());
    BOOST_TEST(!matchPath("/v1/meetings", "/v1//meetings").has_value());
    BOOST_TEST(!matchPath("/v1/meetings", "/V1/meetings").has_value());
    BOOST_TEST(matchPath("/", "/").has_value());
    BOOST_TEST(!matchPath("/", "/x").has_value());
}

BOOST_AUTO_TEST_CASE(a_parameter_is_one_segment_that_is_not_empty) {
    const auto params = matchPath("/whip/{meeting}/{peer}", "/whip/board/peer_1");
    BOOST_REQUIRE(params.has_value());
    BOOST_TEST(params->at("meeting") == "board");
    BOOST_TEST(params->at("peer") == "peer_1");
    BOOST_TEST(!matchPath("/whip/{meeting}/{peer}", "/whip/board/").has_value());
    BOOST_TEST(!matchPath("/whip/{meeting}/{peer}", "/whip//peer_1").has_value());
    BOOST_TEST(!matchPath("/whip/{meeting}/{peer}", "/whip/board/peer_1/x").has_value());
}

BOOST_AUTO_TEST_CASE(an_action_stands_behind_the_parameter_and_is_no_part_of_it) {
    const auto params = matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/board:start");
    BOOST_REQUIRE(params.has_value());
    BOOST_TEST(params->at("meeting") == "board");
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/board").has_value());
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/board:restart").has_value());
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/:start").has_value());
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/a:b:start").has_value());
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}", "/v1/meetings/board:start").has_value());
}

BOOST_AUTO_TEST_CASE(allowed_methods_are_those_of_every_route_of_the_path) {
    BOOST_TEST(allowedMethods("/v1/meetings") == "GET, POST, OPTIONS");
    BOOST_TEST(allowedMethods("/v1/meetings/board") == "GET, PATCH, DELETE, OPTIONS");
    BOOST_TEST(allowedMethods("/v1/meetings/board:start") == "POST, OPTIONS");
    BOOST_TEST(allowedMethods("/v1/nothing").empty());
}

BOOST_AUTO_TEST_CASE(no_two_routes_answer_the_same_request) {
    std::set<std::string> seen;
    for (const Route& route : routes()) {
        BOOST_TEST(seen.insert(std::string(route.method) + " " + std::string(route.path)).second, route.path);
        BOOST_TEST(route.handler != nullptr);
    }
}

BOOST_AUTO_TEST_CASE(only_what_holds_nothing_of_a_meeting_is_public) {
    for (const Route& route : routes()) {
        if (!route.access.isPublic) continue;
        BOOST_TEST(route.method == "GET", route.path);
        BOOST_TEST(route.path.find('{') == route.path.find("{file}"), route.path);
    }
}

BOOST_AUTO_TEST_CASE(every_route_is_described_and_every_description_has_a_route) {
    const auto described = describedOperations();
    BOOST_REQUIRE(!described.empty());
    std::set<std::string> served;
    for (const Route& route : routes()) {
        const auto name = std::string(route.method) + " " + std::string(route.path);
        served.insert(name);
        const auto found = described.find(name);
        BOOST_TEST_REQUIRE((found != described.end()), name + " is not in docs/openapi.yaml");
        const auto& operation = found->second;
        BOOST_TEST(unquoted(operation.at("summary")) == std::string(route.summary), name);
        const auto right = operation.contains("x-right") ? operation.at("x-right") : std::string("absent");
        BOOST_TEST(right == (route.access.isPublic ? "none" : toString(route.access.right)), name + ": " + right);
        BOOST_TEST((operation.contains("security") == route.access.isPublic), name + ": security: [] for public ones");
    }
    for (const auto& [name, operation] : described) BOOST_TEST(served.contains(name), name + " is not served");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

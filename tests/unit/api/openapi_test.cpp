#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "api/json.h"
#include "api/routes.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(openapi)

namespace {

Json description() {
    std::ifstream stream(TESSERA_BINARY_DIR "/openapi.json");
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    return Json::parse(text);
}

std::string lower(std::string_view method) {
    std::string text;
    for (const char c : method) text += static_cast<char>(c | 0x20);
    return text;
}

const Json* operationOf(const Json& api, const Route& route) {
    const auto path = api["paths"].find(std::string(route.path));
    if (path == api["paths"].end()) return nullptr;
    const auto operation = path->find(lower(route.method));
    return operation == path->end() ? nullptr : &*operation;
}

/// Follows a `$ref` into the description.
const Json& resolve(const Json& api, const Json& node) {
    if (!node.contains("$ref")) return node;
    return api.at(Json::json_pointer(node["$ref"].get<std::string>().substr(1)));
}

std::set<std::string> pathParameters(const Json& api, const Json& list) {
    std::set<std::string> names;
    for (const Json& each : list) {
        const Json& parameter = resolve(api, each);
        if (parameter["in"] == "path") names.insert(parameter["name"].get<std::string>());
    }
    return names;
}

std::set<std::string> templateParameters(std::string_view path) {
    std::set<std::string> names;
    for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
        names.insert(std::string(path.substr(open + 1, path.find('}', open) - open - 1)));
    }
    return names;
}

std::string_view acceptedType(const Route& route) {
    if (!route.accepts.empty()) return route.accepts;
    return route.method == "PATCH" ? "application/merge-patch+json" : "application/json";
}

/// Calls `visit` with every `$ref` below `node`.
void walkReferences(const Json& node, const std::function<void(const std::string&)>& visit) {
    if (node.is_object() && node.contains("$ref")) visit(node["$ref"].get<std::string>());
    if (node.is_structured()) {
        for (const Json& child : node) walkReferences(child, visit);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_route_is_described_with_its_summary_access_and_body) {
    const Json api = description();
    for (const Route& route : routes()) {
        const std::string name = std::string(route.method) + " " + std::string(route.path);
        const Json* operation = operationOf(api, route);
        BOOST_REQUIRE_MESSAGE(operation != nullptr, name + " is not in docs/openapi.yaml");
        BOOST_TEST((*operation)["summary"].get<std::string>() == route.summary, name);
        const bool isOpen = operation->contains("security") && (*operation)["security"].empty();
        BOOST_TEST(isOpen == route.access.isPublic, name << ": security");
        BOOST_TEST((*operation)["responses"].contains("default"), name << ": problems are described");
        if (operation->contains("requestBody")) {
            const Json& content = resolve(api, (*operation)["requestBody"])["content"];
            BOOST_TEST(content.contains(std::string(acceptedType(route))), name << ": media type of the body");
        }
        const Json& path = api["paths"][std::string(route.path)];
        const auto described =
            path.contains("parameters") ? pathParameters(api, path["parameters"]) : std::set<std::string>{};
        BOOST_TEST((described == templateParameters(route.path)), name << ": parameters of the path");
    }
}

BOOST_AUTO_TEST_CASE(every_described_operation_is_a_route) {
    const Json api = description();
    std::set<std::string> operationIds;
    for (const auto& [path, methods] : api["paths"].items()) {
        for (const auto& [method, operation] : methods.items()) {
            if (method == "parameters") continue;
            // Copies, since clang 14 lets no lambda see a structured binding.
            const auto wanted = [path = std::string(path), method = std::string(method)](const Route& route) {
                return route.path == path && lower(route.method) == method;
            };
            const bool isRoute = std::any_of(routes().begin(), routes().end(), wanted);
            BOOST_TEST(isRoute, method << " " << path << " has no row in the table of routes");
            BOOST_TEST(operationIds.insert(operation["operationId"].get<std::string>()).second, "operationId twice");
        }
    }
}

BOOST_AUTO_TEST_CASE(every_reference_leads_somewhere) {
    const Json api = description();
    walkReferences(api, [&api](const std::string& reference) {
        BOOST_TEST(api.contains(Json::json_pointer(reference.substr(1))), reference);
    });
}

BOOST_AUTO_TEST_CASE(templates_match_whole_segments_and_actions) {
    BOOST_TEST(matchPath("/v1/meetings/{meeting}", "/v1/meetings/a")->at("meeting") == "a");
    BOOST_TEST(matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/a:start")->at("meeting") == "a");
    for (const auto* path : {"/v1/meetings", "/v1/meetings/", "/v1/meetings/a/", "/v1/meetings/a:start",
                             "/v1/meetings/a/b", "/v1//a", "v1/meetings/a", "/v2/meetings/a"}) {
        BOOST_TEST(!matchPath("/v1/meetings/{meeting}", path).has_value(), path);
    }
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/:start").has_value());
    BOOST_TEST(!matchPath("/v1/meetings/{meeting}:start", "/v1/meetings/a:end:start").has_value());
    BOOST_TEST(allowedMethods("/v1/meetings") == "GET, POST, OPTIONS");
    BOOST_TEST(allowedMethods("/nothing") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

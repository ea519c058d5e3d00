#include "api/json_params.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr ParamRow kRows[] = {
    {"url", ParamType::Url, "", "", "where to", 1, 200},
    {"passphrase", ParamType::Secret, R"("")", "", "", 0, 79},
    {"latency_ms", ParamType::Integer, "120", "", "", 20, 8000},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(json_params)

BOOST_AUTO_TEST_CASE(members_become_parameters_and_no_secret_comes_back) {
    const auto body = Json::parse(R"({"url": "rtmp://me:pw@there/live/KEY?t=KEY", "passphrase": "KEY"})");
    ObjectReader reader(body);
    const auto params = readParams(reader, kRows);
    BOOST_REQUIRE(reader.finish().ok());
    BOOST_TEST(params.text("url") == "rtmp://me:pw@there/live/KEY?t=KEY");
    BOOST_TEST(params.integer("latency_ms") == 120);
    BOOST_TEST(toJson(params, kRows).dump() ==
               R"({"url":"rtmp://there/live/***","passphrase":"***","latency_ms":120})");
}

BOOST_AUTO_TEST_CASE(a_fault_names_its_member) {
    const auto fieldOf = [](const char* text) {
        const auto body = Json::parse(text);
        ObjectReader reader(body);
        readParams(reader, kRows);
        return reader.finish().error().field;
    };
    BOOST_TEST(fieldOf(R"({})") == "url");
    BOOST_TEST(fieldOf(R"({"url": ["x"]})") == "url");
    BOOST_TEST(fieldOf(R"({"url": "x", "latency_ms": 1})") == "latency_ms");
    BOOST_TEST(fieldOf(R"({"url": "x", "latency": 120})") == "latency");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

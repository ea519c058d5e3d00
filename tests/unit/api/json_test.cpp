#include "api/json.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(json)

namespace {

bool isRefused(std::string_view text) {
    const auto parsed = parseJsonObject(text);
    return !parsed.ok() && parsed.error().code == ErrorCode::InvalidArgument;
}

/// What a reader of `name`, `count`, `gain`, `on` says of a body.
std::string fieldAtFault(std::string_view text) {
    const auto body = parseJsonObject(text);
    BOOST_REQUIRE(body.ok());
    ObjectReader reader(*body);
    std::string name;
    int count = 0;
    double gain = 0;
    std::optional<bool> on;
    reader.read("name", name, TextLimits{1, 5});
    reader.read("count", count, IntegerRange{-2, 7});
    reader.read("gain", gain, NumberRange{-1.5, 1.5});
    reader.read("on", on);
    const auto status = reader.finish();
    return status.ok() ? "" : status.error().field;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_not_one_strict_object_is_refused) {
    for (const auto* text :
         {"", "{", "[]", "1", "null", "{} {}", "{\"a\":1,}", "{'a':1}", "{\"a\":1,\"a\":2}",
          "{\"b\":{\"a\":1,\"a\":2}}", "{\"a\":\"\xff\"}", "{\"a\":01}", "{\"a\":NaN}", "\xef\xbb"}) {
        BOOST_TEST(isRefused(text), text);
    }
    BOOST_TEST(parseJsonObject("{\"a\":{\"x\":1},\"b\":{\"x\":2}}").ok());
}

BOOST_AUTO_TEST_CASE(depth_is_bounded) {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += "{\"a\":";
        return text + "1" + std::string(static_cast<std::size_t>(depth), '}');
    };
    BOOST_TEST(parseJsonObject(nested(kMaximumJsonDepth)).ok());
    BOOST_TEST(isRefused(nested(kMaximumJsonDepth + 2)));
    BOOST_TEST(isRefused(nested(20000)));
}

BOOST_AUTO_TEST_CASE(the_first_fault_is_named) {
    BOOST_TEST(fieldAtFault("{}") == "");
    BOOST_TEST(fieldAtFault(R"({"name":"ok","count":7,"gain":-1.5,"on":false})") == "");
    BOOST_TEST(fieldAtFault(R"({"name":5})") == "name");
    BOOST_TEST(fieldAtFault(R"({"name":""})") == "name");
    BOOST_TEST(fieldAtFault(R"({"name":"longer"})") == "name");
    BOOST_TEST(fieldAtFault(R"({"name":"a\u0000"})") == "name");
    BOOST_TEST(fieldAtFault(R"({"count":8})") == "count");
    BOOST_TEST(fieldAtFault(R"({"count":1.5})") == "count");
    BOOST_TEST(fieldAtFault(R"({"count":18446744073709551615})") == "count");
    BOOST_TEST(fieldAtFault(R"({"count":4294967297})") == "count");
    BOOST_TEST(fieldAtFault(R"({"gain":1e308})") == "gain");
    BOOST_TEST(fieldAtFault(R"({"gain":"0"})") == "gain");
    BOOST_TEST(fieldAtFault(R"({"on":1})") == "on");
    BOOST_TEST(fieldAtFault(R"({"on":null})") == "on");
    BOOST_TEST(fieldAtFault(R"({"off":true})") == "off");
    BOOST_TEST(fieldAtFault(R"({"off":true,"name":1})") == "name");
}

BOOST_AUTO_TEST_CASE(absent_members_leave_their_targets_alone) {
    const auto body = parseJsonObject("{}");
    ObjectReader reader(*body);
    int count = 42;
    std::optional<std::string> name;
    reader.read("count", count, IntegerRange{0, 1});
    reader.read("name", name, TextLimits{});
    BOOST_TEST(reader.finish().ok());
    BOOST_TEST(count == 42);
    BOOST_TEST(!name.has_value());
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_replaced_on_the_way_out) {
    BOOST_TEST(toText(Json{{"a", "x\xff"}}) == "{\"a\":\"x\xef\xbf\xbd\"}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

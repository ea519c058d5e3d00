#include "mcu/base/params.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr ParamRow kRows[] = {
    {"url", ParamType::Text, "", "", "where to", 1, 20},
    {"passphrase", ParamType::Secret, R"("")", "", "of the stream", 0, 79},
    {"latency_ms", ParamType::Integer, "120", "", "buffer", 20, 8000},
    {"gain", ParamType::Number, "-1.5", "", "", -10, 10},
    {"loop", ParamType::Boolean, "true", "", ""},
    {"mode", ParamType::Choice, R"("caller")", "caller | listener", ""},
};

Params with(std::string_view name, ParamValue value) {
    Params params;
    params.set("url", std::string("srt://there"));
    params.set(name, std::move(value));
    return params;
}

std::string faultyField(std::string_view name, ParamValue value) {
    const auto complete = completeParams(kRows, with(name, std::move(value)));
    BOOST_REQUIRE_MESSAGE(!complete.ok(), name << " was accepted");
    BOOST_TEST((complete.error().code == ErrorCode::InvalidArgument));
    return complete.error().field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(params)

BOOST_AUTO_TEST_CASE(what_is_not_given_gets_its_default) {
    const auto complete = completeParams(kRows, with("mode", std::string("listener")));
    BOOST_REQUIRE(complete.ok());
    BOOST_TEST(complete->text("url") == "srt://there");
    BOOST_TEST(complete->text("passphrase") == "");
    BOOST_TEST(complete->integer("latency_ms") == 120);
    BOOST_TEST(complete->number("gain") == -1.5);
    BOOST_TEST(complete->flag("loop"));
    BOOST_TEST(complete->text("mode") == "listener");
}

BOOST_AUTO_TEST_CASE(a_whole_number_is_a_number) {
    const auto complete = completeParams(kRows, with("gain", std::int64_t{3}));
    BOOST_REQUIRE(complete.ok());
    BOOST_TEST(complete->number("gain") == 3.0);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    BOOST_TEST(faultyField("nosuch", true) == "nosuch");
    BOOST_TEST(faultyField("url", std::string()) == "url");
    BOOST_TEST(faultyField("url", std::string(21, 'x')) == "url");
    BOOST_TEST(faultyField("url", std::int64_t{7}) == "url");
    BOOST_TEST(faultyField("latency_ms", std::int64_t{19}) == "latency_ms");
    BOOST_TEST(faultyField("latency_ms", 120.5) == "latency_ms");
    BOOST_TEST(faultyField("gain", 10.01) == "gain");
    BOOST_TEST(faultyField("gain", std::string("1")) == "gain");
    BOOST_TEST(faultyField("loop", std::string("true")) == "loop");
    BOOST_TEST(faultyField("mode", std::string("call")) == "mode");
    BOOST_TEST(faultyField("mode", std::string("caller | listener")) == "mode");
    BOOST_TEST(completeParams(kRows, {}).error().field == "url");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

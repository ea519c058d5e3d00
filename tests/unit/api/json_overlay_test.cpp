#include "api/json_overlay.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

Result<OverlaySpec> read(std::string_view text) {
    const auto body = parseJsonObject(text);
    BOOST_REQUIRE(body.ok());
    return readOverlaySpec(*body);
}

std::string fieldOf(std::string_view text) {
    const auto spec = read(text);
    return spec.ok() ? "" : spec.error().field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_overlay)

BOOST_AUTO_TEST_CASE(every_kind_survives_the_way_there_and_back) {
    for (const std::string_view text :
         {R"({"kind":"text","text":"Live","z":3,"opacity":0.5,"style":{"color":"#ff8000","bold":true}})",
          R"({"kind":"image","image":"logo.png","place":{"x":0.9,"y":0.1,"anchor":"top-right"}})",
          R"({"kind":"ticker","text":"news","speed":0.3,"from_ms":1000,"until_ms":2000})",
          R"({"kind":"clock","format":"elapsed","utc_offset_minutes":-300})",
          R"({"kind":"caption","text":"said","size":{"width":0.5,"height":0.05}})"}) {
        BOOST_TEST_CONTEXT(text) {
            const auto spec = read(text);
            BOOST_REQUIRE_MESSAGE(spec.ok(), (spec.ok() ? "" : spec.error().message));
            Json json = toJson(OverlayInfo{OverlayId::create(), *spec});
            json.erase("id");
            const auto back = readOverlaySpec(json);
            BOOST_REQUIRE_MESSAGE(back.ok(), (back.ok() ? "" : back.error().message));
            BOOST_TEST((*back == *spec));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_patch_changes_what_it_mentions) {
    const auto spec = read(R"({"kind":"text","text":"Live","from_ms":1000,"z":2})");
    const auto patch = parseJsonObject(R"({"text":"Soon","from_ms":null,"place":{"x":0.5}})");
    const auto changed = readOverlayPatch(*patch, *spec);
    BOOST_REQUIRE(changed.ok());
    BOOST_TEST(changed->text == "Soon");
    BOOST_TEST(!changed->fromMs.has_value());
    BOOST_TEST(changed->z == 2);
    BOOST_TEST(changed->place.x == 0.5);
    BOOST_TEST(changed->place.y == spec->place.y);
    BOOST_TEST(!readOverlayPatch(*parseJsonObject(R"({"kind":"clock"})"), *spec).ok());
}

BOOST_AUTO_TEST_CASE(faults_are_named_by_their_path) {
    BOOST_TEST(fieldOf(R"({"text":"x"})") == "kind");
    BOOST_TEST(fieldOf(R"({"kind":"text"})") == "text");
    BOOST_TEST(fieldOf(R"({"kind":"image"})") == "image");
    BOOST_TEST(fieldOf(R"({"kind":"text","text":"x","place":{"x":1.5}})") == "place.x");
    BOOST_TEST(fieldOf(R"({"kind":"text","text":"x","place":{"anchor":"here"}})") == "place.anchor");
    BOOST_TEST(fieldOf(R"({"kind":"text","text":"x","style":{"color":"#12345g"}})") == "style.color");
    BOOST_TEST(fieldOf(R"({"kind":"text","text":"x","speed":1})") == "speed");
    BOOST_TEST(fieldOf(R"({"kind":"clock","utc_offset_minutes":9000})") == "utc_offset_minutes");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

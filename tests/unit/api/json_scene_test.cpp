#include "api/json_scene.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "mcu/scene/layout_catalog.h"

#include "api/json_meeting.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(json_scene)

namespace {

Result<Scene> read(std::string_view text, Scene scene = {}) {
    const auto body = parseJsonObject(text);
    BOOST_REQUIRE(body.ok());
    ObjectReader reader(*body);
    readScene(reader, scene);
    TESSERA_TRY(reader.finish());
    return scene;
}

std::string fieldOf(std::string_view text) {
    const auto scene = read(text);
    return scene.ok() ? "" : scene.error().field;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_layout_of_the_catalog_survives_the_way_there_and_back) {
    for (const LayoutRow& layout : layoutCatalog()) {
        Scene scene;
        scene.layout = layout.name;
        if (layout.name == "custom") scene.params.tiles = {{{0.25, 0.5, 0.5, 0.25}, 3, Fit::Contain, "src_a", 0.5}, {}};
        const Json json = toJson(scene);
        BOOST_TEST(json["layout"]["params"].size() == layout.params.size());
        const auto back = read(toText(json), {});
        BOOST_REQUIRE_MESSAGE(back.ok(), std::string(layout.name) + ": " + (back.ok() ? "" : back.error().message));
        BOOST_TEST((back->params == scene.params));
        BOOST_TEST(back->layout == scene.layout);
    }
}

BOOST_AUTO_TEST_CASE(the_same_layout_keeps_parameters_and_another_begins_anew) {
    const auto first = read(R"({"layout":{"name":"grid","params":{"columns":3,"gap":8}}})");
    const auto second = read(R"({"layout":{"params":{"gap":2}}})", *first);
    BOOST_TEST(second->params.columns == 3);
    BOOST_TEST(second->params.gap == 2);
    const auto reset = read(R"({"layout":{"name":"grid","params":{"columns":null}}})", *second);
    BOOST_TEST(reset->params.columns == 0);
    BOOST_TEST(reset->params.gap == 2);
    const auto other = read(R"({"layout":"speaker"})", *second);
    BOOST_TEST(other->layout == "speaker");
    BOOST_TEST(other->params.gap == LayoutParams{}.gap);
    BOOST_TEST(other->params.columns == 0);
}

BOOST_AUTO_TEST_CASE(looks_and_transitions_survive_the_way_there_and_back) {
    const auto scene =
        read(R"({"corner_radius":24,"border":{"width":4,"color":"#ffb340"},"transition":{"kind":"move","ms":500},)"
             R"("background_image":"stage.png"})");
    BOOST_REQUIRE(scene.ok());
    BOOST_TEST(scene->cornerRadius == 24);
    BOOST_TEST(scene->border == 4);
    BOOST_TEST((scene->transition == SceneTransition{TransitionKind::Move, std::chrono::milliseconds(500)}));
    BOOST_TEST(scene->backgroundImage == "stage.png");
    const auto back = read(toText(toJson(*scene)));
    BOOST_REQUIRE(back.ok());
    BOOST_TEST((back->transition == scene->transition && back->border == 4 && back->cornerRadius == 24));
    BOOST_TEST(read(R"({"background_image":null})", *scene)->backgroundImage.empty());
    BOOST_TEST(fieldOf(R"({"corner_radius":3})") == "corner_radius");
    BOOST_TEST(fieldOf(R"({"corner_radius":202})") == "corner_radius");
    BOOST_TEST(fieldOf(R"({"border":{"width":5}})") == "border.width");
    BOOST_TEST(fieldOf(R"({"border":{"color":"red"}})") == "border.color");
    BOOST_TEST(fieldOf(R"({"transition":{"kind":"wipe"}})") == "transition.kind");
    BOOST_TEST(fieldOf(R"({"transition":{"ms":5001}})") == "transition.ms");
}

BOOST_AUTO_TEST_CASE(faults_are_named_by_their_path) {
    BOOST_TEST(fieldOf(R"({"layout":"nonsense"})") == "layout.name");
    BOOST_TEST(fieldOf(R"({"layout":5})") == "layout");
    BOOST_TEST(fieldOf(R"({"layout":{"name":"grid","param":{}}})") == "layout.param");
    BOOST_TEST(fieldOf(R"({"layout":{"name":"grid","params":{"corner":"top-left"}}})") == "layout.params.corner");
    BOOST_TEST(fieldOf(R"({"layout":{"name":"speaker","params":{"strip":"middle"}}})") == "layout.params.strip");
    BOOST_TEST(fieldOf(R"({"layout":{"name":"speaker","params":{"strip_fraction":0.9}}})") ==
               "layout.params.strip_fraction");
    BOOST_TEST(fieldOf(R"({"layout":{"name":"custom","params":{"tiles":[{"rect":{"x":2}}]}}})") ==
               "layout.params.tiles[0].rect.x");
    BOOST_TEST(fieldOf(R"({"background":"#12345"})") == "background");
    BOOST_TEST(fieldOf(R"({"background":"#12345g"})") == "background");
    BOOST_TEST(fieldOf(R"({"labels":"yes"})") == "labels");
    BOOST_TEST(fieldOf(R"({"transition":5})") == "transition");
}

BOOST_AUTO_TEST_CASE(a_colour_comes_back_within_the_grain_of_eight_bit_limited_range) {
    for (unsigned rgb = 0; rgb <= 0xffffff; rgb += 4099) {
        char text[8];
        std::snprintf(text, sizeof text, "#%06x", rgb & 0xffffffU);
        const auto yuv = parseHexColor(text);
        BOOST_REQUIRE(yuv.has_value());
        const auto back = std::strtoul(toHexColor(*yuv).substr(1).c_str(), nullptr, 16);
        for (const int shift : {0, 8, 16}) {
            const int difference = static_cast<int>((rgb >> shift) & 0xff) - static_cast<int>((back >> shift) & 0xff);
            BOOST_REQUIRE_LE(std::abs(difference), 3);
        }
    }
}

BOOST_AUTO_TEST_CASE(canvases_have_even_sizes_and_rates_that_exist) {
    const auto canvas = [](std::string_view text) -> Result<FrameRate> {
        const auto body = parseJsonObject(text);
        ObjectReader reader(*body);
        Size size{1280, 720};
        FrameRate rate{30, 1};
        readCanvas(reader, "canvas", size, rate);
        TESSERA_TRY(reader.finish());
        return rate;
    };
    BOOST_TEST((*canvas(R"({"canvas":{"fps":29.97}})") == FrameRate{30000, 1001}));
    BOOST_TEST((*canvas(R"({"canvas":{"fps":23.976}})") == FrameRate{24000, 1001}));
    BOOST_TEST((*canvas(R"({"canvas":{"fps":25}})") == FrameRate{25, 1}));
    BOOST_TEST(canvas(R"({"canvas":{"fps":29.5}})").error().field == "canvas.fps");
    BOOST_TEST(canvas(R"({"canvas":{"width":641}})").error().field == "canvas.width");
    BOOST_TEST(canvas(R"({"canvas":{"height":2162}})").error().field == "canvas.height");
}

BOOST_AUTO_TEST_CASE(a_meeting_survives_the_way_into_the_store_and_back) {
    MeetingDocument document;
    const auto body = parseJsonObject(
        R"({"name":"A","canvas":{"width":640,"height":360,"fps":25},"layout":{"name":"one-plus-n","params":{"small":7}},
            "max_participants":9,"locked":true,"audio":{"talkers":3},"record_on_start":true,
            "starts_at":"2030-01-01T00:00:00Z","ends_at":"2030-01-01T01:00:00Z","metadata":{"k":[1,2]}})");
    BOOST_REQUIRE(readMeeting(*body, document).ok());
    MeetingDocument back;
    BOOST_REQUIRE(readMeeting(settingsToJson(document), back).ok());
    BOOST_TEST(toText(settingsToJson(back)) == toText(settingsToJson(document)));
    BOOST_TEST(back.settings.maxParticipants == 9);
    BOOST_TEST(back.settings.scene.params.small == 7);
    BOOST_TEST(back.settings.talkers == 3);
    BOOST_TEST(back.endsAtMs - back.startsAtMs == 3'600'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

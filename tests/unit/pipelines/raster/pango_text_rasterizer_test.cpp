#include "pipelines/raster/pango_text_rasterizer.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

namespace tessera {

namespace {

const std::string kNames[] = {"Ada",
                              "Ada Lovelace",
                              "ﻢﺤﻣﺩ بن موسى الخوارزمي",
                              "דנה כהן",
                              "田中太郎",
                              "👩‍🚀 Astronaut 🚀",
                              "😀",
                              "\xFF\xFE\xC3",
                              std::string("a\0b", 3),
                              "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
                              "\u202Egnol eht fo",
                              "line\nbreak\ttab",
                              "<b>&amp;</b>",
                              std::string(1024, 'W'),
                              std::string(1024, '\xE2'),
                              std::string(100'000, ' ') + "x"};

bool isWellFormed(const Overlay& overlay) {
    const auto pixels = static_cast<std::size_t>(overlay.size.width * overlay.size.height);
    return overlay.size.width % 2 == 0 && overlay.size.height % 2 == 0 && overlay.y.size() == pixels &&
           overlay.alpha.size() == pixels && overlay.u.size() == pixels / 4 && overlay.v.size() == pixels / 4 &&
           overlay.chromaAlpha.size() == pixels / 4;
}

/// Number of samples brighter than that; a plate alone has about 20.
std::ptrdiff_t countBrighter(const Overlay& overlay, int than) {
    return std::count_if(overlay.y.begin(), overlay.y.end(), [&](int y) { return y > than; });
}

int alphaAt(const Overlay& overlay, int x, int y) {
    return overlay.alpha[static_cast<std::size_t>(y * overlay.size.width + x)];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pango_text_rasterizer)

BOOST_AUTO_TEST_CASE(labels_of_any_name_have_the_asked_height_and_stay_within_the_width) {
    const auto rasterizer = createPangoTextRasterizer();
    for (const std::string& name : kNames) {
        for (const TileScale scale : kEveryTileScale) {
            const auto label = rasterizer->label(name, labelHeight(scale), labelMaxWidth(scale));
            BOOST_REQUIRE(label.ok());
            BOOST_REQUIRE(*label != nullptr);
            const Overlay& overlay = **label;
            BOOST_TEST(isWellFormed(overlay));
            BOOST_TEST(overlay.size.height == labelHeight(scale));
            BOOST_TEST(overlay.size.width <= labelMaxWidth(scale));
            BOOST_TEST(countBrighter(overlay, 60) > 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_label_of_nothing_is_null) {
    const auto rasterizer = createPangoTextRasterizer();
    for (const char* text : {"", "  ", "\n\t\x01"}) {
        const auto label = rasterizer->label(text, 28, 280);
        BOOST_TEST(label.ok());
        BOOST_TEST(*label == nullptr);
    }
}

BOOST_AUTO_TEST_CASE(a_plate_grows_with_its_text_up_to_the_width_and_has_round_corners) {
    const auto rasterizer = createPangoTextRasterizer();
    const auto width = [&](const std::string& text) { return rasterizer->label(text, 28, 280).value()->size.width; };
    BOOST_TEST(width("Ada") < width("Ada Lovelace"));
    BOOST_TEST(width(std::string(200, 'W')) > 260);
    const OverlayPtr label = rasterizer->label("Ada Lovelace", 28, 280).value();
    BOOST_TEST(alphaAt(*label, 0, 0) < 40);
    BOOST_TEST(alphaAt(*label, label->size.width - 1, label->size.height - 1) < 40);
    BOOST_TEST(alphaAt(*label, 2, label->size.height / 2) > 120);
    BOOST_TEST(alphaAt(*label, 2, label->size.height / 2) < 255);
}

BOOST_AUTO_TEST_CASE(cut_text_ends_in_an_ellipsis_inside_the_plate) {
    const auto rasterizer = createPangoTextRasterizer();
    const OverlayPtr label = rasterizer->label(std::string(200, 'W'), 28, 280).value();
    int rightmost = 0;
    for (int y = 0; y < label->size.height; ++y) {
        for (int x = 0; x < label->size.width; ++x) {
            if (label->y[static_cast<std::size_t>(y * label->size.width + x)] > 150) rightmost = std::max(rightmost, x);
        }
    }
    BOOST_TEST(rightmost < label->size.width - 6);
    BOOST_TEST(rightmost > label->size.width - 40);
}

BOOST_AUTO_TEST_CASE(avatars_of_any_name_are_circles_with_something_white_in_the_middle) {
    const auto rasterizer = createPangoTextRasterizer();
    for (const std::string& name : kNames) {
        for (const TileScale scale : kEveryTileScale) {
            const int diameter = avatarDiameter(scale);
            const auto avatar = rasterizer->avatar(name, diameter);
            BOOST_REQUIRE(avatar.ok());
            const Overlay& overlay = **avatar;
            BOOST_TEST(isWellFormed(overlay));
            BOOST_TEST((overlay.size == Size{diameter, diameter}));
            BOOST_TEST(alphaAt(overlay, 0, 0) == 0);
            BOOST_TEST(alphaAt(overlay, diameter / 2, 2) == 255);
            BOOST_TEST(countBrighter(overlay, 200) > diameter * diameter / 100);
        }
    }
    BOOST_TEST(rasterizer->avatar("", 64).ok());
}

BOOST_AUTO_TEST_CASE(initials_are_centred) {
    const auto rasterizer = createPangoTextRasterizer();
    const OverlayPtr avatar = rasterizer->avatar("Hannah Hill", 224).value();
    int left = 224, right = 0, top = 224, bottom = 0;
    for (int y = 0; y < 224; ++y) {
        for (int x = 0; x < 224; ++x) {
            if (avatar->y[static_cast<std::size_t>(y * 224 + x)] < 200) continue;
            left = std::min(left, x), right = std::max(right, x);
            top = std::min(top, y), bottom = std::max(bottom, y);
        }
    }
    BOOST_TEST(std::abs(left - (223 - right)) <= 2);
    BOOST_TEST(std::abs(top - (223 - bottom)) <= 2);
}

BOOST_AUTO_TEST_CASE(a_name_always_has_the_same_colour_and_names_differ) {
    const auto color = [](const std::string& name) {
        const OverlayPtr avatar = createPangoTextRasterizer()->avatar(name, 64).value();
        return std::pair(avatar->u[16 * 32 + 1], avatar->v[16 * 32 + 1]);
    };
    BOOST_TEST((color("Ada Lovelace") == color("Ada  Lovelace ")));
    std::set<std::pair<int, int>> colors;
    for (const char* name : {"Ada", "Grace", "Edsger", "Barbara", "Alan", "Donald"}) colors.insert(color(name));
    BOOST_TEST(colors.size() >= 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include <boost/test/unit_test.hpp>

#include "tests/support/golden.h"
#include "tests/unit/mcu/scene/layout_samples.h"

namespace tessera {

namespace {

std::string toText(const std::vector<Tile>& tiles) {
    std::ostringstream text;
    for (const Tile& tile : tiles) {
        text << ' ' << tile.source << '@' << tile.rect.x << ',' << tile.rect.y << '+' << tile.rect.width << 'x'
             << tile.rect.height;
        if (tile.fit == Fit::Contain) text << "/contain";
        if (tile.z != 0) text << "/z" << tile.z;
    }
    return text.str();
}

struct Section {
    Size canvas;
    LayoutSample sample;
    bool screen = false;
    std::vector<int> counts;
};

std::string toText(const LayoutRow& layout, const Section& section) {
    std::ostringstream text;
    text << "\n# " << section.canvas.width << 'x' << section.canvas.height << ", " << section.sample.title
         << (section.screen ? ", the last source is a screen" : "") << '\n';
    for (const int count : section.counts) {
        const auto sources = people(count, section.screen);
        text << count << ':' << toText(place(layout, section.canvas, sources, section.sample.params)) << '\n';
    }
    return text.str();
}

std::vector<int> everyCount() {
    std::vector<int> counts(kMaximumTiles + 1);
    for (int i = 0; i <= kMaximumTiles; ++i) counts[static_cast<std::size_t>(i)] = i;
    return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_golden)

BOOST_AUTO_TEST_CASE(every_layout_places_0_to_49_sources_as_recorded) {
    const std::vector<int> few{1, 2, 3, 5, 8, 13, 30, 49};
    for (const LayoutRow& layout : layoutCatalog()) {
        const auto samples = samplesOf(layout);
        std::string text = "# count: source@x,y+WIDTHxHEIGHT ...; the source in the middle is the active speaker\n";
        text += toText(layout, {{1280, 720}, samples[0], false, everyCount()});
        text += toText(layout, {{1280, 720}, samples[0], true, few});
        for (const Size canvas : {Size{640, 360}, Size{1920, 1080}, Size{360, 640}, Size{1024, 768}, Size{160, 90}}) {
            text += toText(layout, {canvas, samples[0], false, few});
        }
        for (std::size_t i = 1; i < samples.size(); ++i) {
            text += toText(layout, {{1280, 720}, samples[i], false, few});
        }
        const std::string file = "tests/golden/layouts/" + std::string(layout.name) + ".txt";
        BOOST_TEST(compareWithGolden(file, text) == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

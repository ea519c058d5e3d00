#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/support/golden.h"
#include "tests/unit/mcu/scene/layout_samples.h"

namespace tessera {

namespace {

constexpr const char* kPage = "docs/layouts.md";
constexpr const char* kBegin = "<!-- generated from the catalog: begin -->\n";
constexpr const char* kEnd = "<!-- generated from the catalog: end -->\n";

/// A canvas drawn in characters, twice as many columns as lines for its shape.
class TextCanvas {
public:
    explicit TextCanvas(Size canvas) : canvas_(canvas) { lines_.assign(kLines, std::string(kColumns, ' ')); }

    void draw(const Rect& rect, const std::string& caption) {
        const int left = scale(rect.x, kColumns, canvas_.width);
        const int right = scale(rect.right(), kColumns, canvas_.width) - 1;
        const int top = scale(rect.y, kLines, canvas_.height);
        const int bottom = scale(rect.bottom(), kLines, canvas_.height) - 1;
        for (int y = top; y <= bottom; ++y) {
            for (int x = left; x <= right; ++x) {
                const bool isSide = x == left || x == right;
                const bool isEdge = y == top || y == bottom;
                at(x, y) = isSide && isEdge ? '+' : isSide ? '|' : isEdge ? '-' : ' ';
            }
        }
        for (int i = 0; i < static_cast<int>(caption.size()); ++i) {
            at((left + right) / 2 + i, (top + bottom) / 2) = caption[static_cast<std::size_t>(i)];
        }
    }

    std::string toText() const {
        std::string text;
        for (std::string line : lines_) text += line.erase(line.find_last_not_of(' ') + 1) + "\n";
        return text;
    }

private:
    static constexpr int kColumns = 64;
    static constexpr int kLines = 18;

    static int scale(int pixels, int cells, int length) {
        return static_cast<int>(std::lround(static_cast<double>(pixels) * cells / length));
    }
    char& at(int x, int y) { return lines_[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)]; }

    Size canvas_;
    std::vector<std::string> lines_;
};

struct Picture {
    std::string caption;
    LayoutParams params;
    int count;
    bool screen;
};

std::vector<Picture> picturesOf(const LayoutRow& layout) {
    const LayoutParams defaults = samplesOf(layout).front().params;
    if (layout.name == "one-plus-n") {
        std::vector<Picture> pictures;
        for (const int small : {5, 7, 12}) {
            LayoutParams params;
            params.small = small;
            pictures.push_back(
                {"`small` " + std::to_string(small) + ", the active speaker large", params, small + 1, false});
        }
        return pictures;
    }
    if (layout.name == "grid") return {{"7 people", defaults, 7, false}};
    if (layout.name == "custom")
        return {{"5 rectangles, two of them in front and one hidden behind", defaults, 5, false}};
    if (layout.name == "presentation") return {{"5 people and a shared screen (S)", defaults, 6, true}};
    if (layout.name == "picture-in-picture") return {{"2 people and a shared screen (S)", defaults, 3, true}};
    return {{"6 people, of whom 4 is the active speaker", defaults, 6, false}};
}

std::string toText(const LayoutRow& layout, const Picture& picture) {
    constexpr Size kCanvas{1280, 720};
    const auto sources = people(picture.count, picture.screen);
    TextCanvas canvas(kCanvas);
    for (const Tile& tile : place(layout, kCanvas, sources, picture.params)) {
        const bool isScreen = sources[static_cast<std::size_t>(tile.source)].isScreen;
        canvas.draw(tile.rect, isScreen ? "S" : std::to_string(tile.source + 1));
    }
    return "\n" + picture.caption + ":\n\n```text\n" + canvas.toText() + "```\n";
}

std::string generated() {
    std::ostringstream text;
    text << "| layout | what it shows |\n|---|---|\n";
    for (const LayoutRow& layout : layoutCatalog()) {
        text << "| [`" << layout.name << "`](#" << layout.name << ") | " << layout.summary << " |\n";
    }
    for (const LayoutRow& layout : layoutCatalog()) {
        text << "\n### " << layout.name << "\n\n" << layout.summary << "\n\n";
        text << "| parameter | type | values | default |\n|---|---|---|---|\n";
        for (const LayoutParamRow& param : layout.params) {
            std::string values(param.values);
            for (std::size_t at = 0; (at = values.find(" | ", at)) != std::string::npos;) values.replace(at, 3, ", ");
            text << "| `" << param.name << "` | " << param.type << " | " << values << " | `" << param.initial
                 << "` |\n";
        }
        for (const Picture& picture : picturesOf(layout)) text << toText(layout, picture);
    }
    return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_docs)

BOOST_AUTO_TEST_CASE(the_page_of_layouts_agrees_with_the_catalog) {
    std::ifstream stream(std::filesystem::path(TESSERA_SOURCE_DIR) / kPage, std::ios::binary);
    std::string page(std::istreambuf_iterator<char>(stream), {});
    const auto begin = page.find(kBegin);
    const auto end = page.find(kEnd);
    BOOST_REQUIRE(begin != std::string::npos && end != std::string::npos && begin < end);
    const auto from = begin + std::string(kBegin).size();
    page.replace(from, end - from, generated());
    BOOST_TEST(compareWithGolden(kPage, page) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

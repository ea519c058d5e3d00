#include "mcu/scene/layout_catalog.h"

#include "mcu/scene/layouts/layouts.h"

namespace tessera {

namespace {

constexpr LayoutParamRow kGap{"gap", "integer", "even, 0 to 64; pixels between tiles", "4"};
constexpr LayoutParamRow kFit{"fit", "string", "contain | cover; of cameras, a shared screen is always contained",
                              "\"cover\""};
constexpr LayoutParamRow kStrip{"strip", "string", "bottom | top | left | right", "\"bottom\""};
constexpr LayoutParamRow kStripFraction{"strip_fraction", "number", "0.1 to 0.5 of the canvas", "0.2"};

constexpr LayoutParamRow kGridParams[] = {{"columns", "integer", "0 to 49; 0 = automatic", "0"},
                                          {"rows", "integer", "0 to 49; 0 = automatic", "0"},
                                          kGap,
                                          kFit};
constexpr LayoutParamRow kStripParams[] = {kStrip, kStripFraction, kGap, kFit};
constexpr LayoutParamRow kOnePlusNParams[] = {{"small", "integer", "5, 7 or 12", "5"}, kGap, kFit};
constexpr LayoutParamRow kSideBySideParams[] = {kGap, kFit};
constexpr LayoutParamRow kPictureInPictureParams[] = {
    {"corner", "string", "bottom-right | bottom-left | top-right | top-left", "\"bottom-right\""},
    {"inset_fraction", "number", "0.1 to 0.5; width of the inset as a fraction of the canvas", "0.25"},
    kFit};
constexpr LayoutParamRow kSingleParams[] = {kFit};
constexpr LayoutParamRow kCustomParams[] = {
    {"tiles", "tiles", "1 to 49 of {rect {x, y, width, height} as fractions of the canvas, z, opacity, fit, source}",
     "[]"}};

constexpr LayoutRow kLayouts[] = {
    {"grid", "Everybody in 16:9 tiles as large as fit, the last row centred.", kGridParams, placeGrid},
    {"speaker", "One large, everybody else in a strip along one side.", kStripParams, placeSpeaker},
    {"one-plus-n", "One large among 5, 7 or 12 small ones.", kOnePlusNParams, placeOnePlusN},
    {"side-by-side", "Two halves; one above the other where the canvas is upright.", kSideBySideParams,
     placeSideBySide},
    {"picture-in-picture", "One on the whole canvas, a shared screen if there is one, and one small in a corner.",
     kPictureInPictureParams, placePictureInPicture},
    {"presentation", "A shared screen large, people in a strip along one side; without a screen the same as speaker.",
     kStripParams, placePresentation},
    {"single", "One alone on the whole canvas.", kSingleParams, placeSingle},
    {"custom", "Rectangles of your own as fractions of the canvas, with depth and fit.", kCustomParams, placeCustom},
};

}  // namespace

std::span<const LayoutRow> layoutCatalog() {
    return kLayouts;
}

Result<const LayoutRow*> findLayout(std::string_view name) {
    for (const LayoutRow& row : kLayouts) {
        if (row.name == name) return &row;
    }
    std::string message = "there is no such layout; choose one of";
    for (const LayoutRow& row : kLayouts) message.append(" ").append(row.name);
    return notFound(message);
}

}  // namespace tessera

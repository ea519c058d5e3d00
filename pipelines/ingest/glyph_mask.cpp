#include "pipelines/ingest/glyph_mask.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <pango/pangocairo.h>

namespace tessera {
namespace {

struct Unref {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using Surface = std::unique_ptr<cairo_surface_t, Unref>;
using Cairo = std::unique_ptr<cairo_t, Unref>;
using Layout = std::unique_ptr<PangoLayout, Unref>;
using Font = std::unique_ptr<PangoFontDescription, Unref>;

Layout makeLayout(cairo_t* cairo, const std::string& text, int height, int maxWidth) {
    Layout layout(pango_cairo_create_layout(cairo));
    const Font font(pango_font_description_from_string("DejaVu Sans Bold"));
    pango_font_description_set_absolute_size(font.get(), height * 0.8 * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_width(layout.get(), maxWidth * PANGO_SCALE);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_text(layout.get(), text.c_str(), static_cast<int>(text.size()));
    return layout;
}

}  // namespace

GlyphMask renderGlyphs(const std::string& text, int height, int maxWidth) {
    const Surface measuring(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
    const Cairo ruler(cairo_create(measuring.get()));
    int width = 0, lineHeight = 0;
    pango_layout_get_pixel_size(makeLayout(ruler.get(), text, height, maxWidth).get(), &width, &lineHeight);
    GlyphMask mask;
    if (width <= 0 || lineHeight <= 0) return mask;

    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, width, lineHeight));
    const Cairo cairo(cairo_create(surface.get()));
    pango_cairo_show_layout(cairo.get(), makeLayout(cairo.get(), text, height, maxWidth).get());
    cairo_surface_flush(surface.get());
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return mask;
    mask.size = {width, lineHeight};
    mask.coverage.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(lineHeight));
    const auto* data = cairo_image_surface_get_data(surface.get());
    const int stride = cairo_image_surface_get_stride(surface.get());
    for (int y = 0; y < lineHeight; ++y) {
        std::memcpy(mask.coverage.data() + y * width, data + y * stride, static_cast<std::size_t>(width));
    }
    return mask;
}

GlyphMask renderDisc(int diameter) {
    GlyphMask mask{{diameter, diameter}, {}};
    const double centre = (diameter - 1) / 2.0;
    for (int y = 0; y < diameter; ++y) {
        for (int x = 0; x < diameter; ++x) {
            const double inside = diameter / 2.0 - std::hypot(x - centre, y - centre);
            mask.coverage.push_back(static_cast<std::uint8_t>(255 * std::clamp(inside, 0.0, 1.0)));
        }
    }
    return mask;
}

void blend(const PlaneView& plane, const GlyphMask& mask, Point at, std::uint8_t value) {
    const int left = std::max(0, at.x), right = std::min(plane.size.width, at.x + mask.size.width);
    const int top = std::max(0, at.y), bottom = std::min(plane.size.height, at.y + mask.size.height);
    for (int y = top; y < bottom; ++y) {
        const std::uint8_t* coverage = mask.coverage.data() + (y - at.y) * mask.size.width - at.x;
        std::uint8_t* row = plane.data + y * plane.stride;
        for (int x = left; x < right; ++x) {
            const int alpha = coverage[x];
            row[x] = static_cast<std::uint8_t>((row[x] * (255 - alpha) + value * alpha + 127) / 255);
        }
    }
}

}  // namespace tessera

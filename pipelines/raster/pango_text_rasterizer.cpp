#include "pipelines/raster/pango_text_rasterizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <pango/pangocairo.h>

#include "mcu/base/sync.h"

#include "pipelines/raster/display_name.h"
#include "pipelines/raster/overlay_conversion.h"

namespace tessera {

namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using SurfacePtr = std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>>;
using ContextPtr = std::unique_ptr<cairo_t, Freed<cairo_destroy>>;
using FontOptionsPtr = std::unique_ptr<cairo_font_options_t, Freed<cairo_font_options_destroy>>;
using FontPtr = std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>>;
using FontMapPtr = std::unique_ptr<PangoFontMap, Freed<g_object_unref>>;
using PangoContextPtr = std::unique_ptr<PangoContext, Freed<g_object_unref>>;
using LayoutPtr = std::unique_ptr<PangoLayout, Freed<g_object_unref>>;

struct Rgb {
    double red, green, blue;
};

constexpr Rgb fromHex(std::uint32_t rgb) {
    return {(rgb >> 16 & 0xFF) / 255.0, (rgb >> 8 & 0xFF) / 255.0, (rgb & 0xFF) / 255.0};
}

/// Colours of similar lightness on which white text reads.
constexpr Rgb kAvatarColors[] = {fromHex(0x3B6FD4), fromHex(0x2A8C82), fromHex(0xC2573F), fromHex(0x8457C4),
                                 fromHex(0xA97823), fromHex(0x4B8B3B), fromHex(0xB54A7F), fromHex(0x5A7390),
                                 fromHex(0x9A6240), fromHex(0x2A7FB0)};

/// @source Fowler, Noll, Vo: FNV-1a, 32 bit
std::uint32_t hashOf(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char byte : text) hash = (hash ^ static_cast<std::uint8_t>(byte)) * 16777619U;
    return hash;
}

int evenUp(int pixels) {
    return (pixels + 1) & ~1;
}

int evenDown(int pixels) {
    return pixels & ~1;
}

/// A transparent picture to draw on.
class Drawing {
public:
    explicit Drawing(Size size)
        : size_(size),
          surface_(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size.width, size.height)),
          context_(cairo_create(surface_.get())) {}

    cairo_t* context() const { return context_.get(); }

    void setColor(const Rgb& color, double alpha = 1) const {
        cairo_set_source_rgba(context(), color.red, color.green, color.blue, alpha);
    }

    void addCircle(double x, double y, double radius) const {
        cairo_new_sub_path(context());
        cairo_arc(context(), x, y, radius, 0, 2 * std::numbers::pi);
    }

    void addRoundedRectangle(double radius) const {
        const double right = size_.width - radius, bottom = size_.height - radius;
        const double quarter = std::numbers::pi / 2;
        cairo_new_sub_path(context());
        cairo_arc(context(), right, radius, radius, -quarter, 0);
        cairo_arc(context(), right, bottom, radius, 0, quarter);
        cairo_arc(context(), radius, bottom, radius, quarter, 2 * quarter);
        cairo_arc(context(), radius, radius, radius, 2 * quarter, 3 * quarter);
        cairo_close_path(context());
    }

    Result<OverlayPtr> toPicture() const {
        const cairo_status_t status = cairo_status(context());
        if (status != CAIRO_STATUS_SUCCESS) {
            return internalError(std::string("drawing text failed: ") + cairo_status_to_string(status));
        }
        cairo_surface_flush(surface_.get());
        const auto* rows = cairo_image_surface_get_data(surface_.get());
        const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface_.get()));
        std::vector<std::uint32_t> pixels;
        for (int y = 0; y < size_.height; ++y) {
            const auto* row = reinterpret_cast<const std::uint32_t*>(rows + static_cast<std::size_t>(y) * stride);
            pixels.insert(pixels.end(), row, row + size_.width);
        }
        return toOverlay(pixels, size_);
    }

private:
    Size size_;
    SurfacePtr surface_;
    ContextPtr context_;
};

/// The upper body of somebody unknown, inside the avatar's circle.
void drawPerson(const Drawing& drawing, double diameter) {
    drawing.addCircle(diameter * 0.5, diameter * 0.39, diameter * 0.165);
    cairo_fill(drawing.context());
    drawing.addCircle(diameter * 0.5, diameter * 0.5, diameter * 0.5);
    cairo_clip(drawing.context());
    cairo_translate(drawing.context(), diameter * 0.5, diameter * 0.9);
    cairo_scale(drawing.context(), 1, 0.9);
    drawing.addCircle(0, 0, diameter * 0.31);
    cairo_fill(drawing.context());
}

class PangoTextRasterizer final : public TextRasterizer {
public:
    PangoTextRasterizer() : fonts_(pango_cairo_font_map_new()) {}

    Result<OverlayPtr> label(const std::string& text, int height, int maxWidth) override EXCLUDES(mutex_) {
        TESSERA_CHECK(height >= 8 && height % 2 == 0 && maxWidth >= 2 * height);
        const std::string name = toDisplayName(text);
        if (name.empty()) return OverlayPtr();
        const Lock lock(mutex_);
        const double fontSize = height * 0.58;
        const int padding = static_cast<int>(std::lround(height * 0.38));
        const LayoutPtr layout = createLayout(name, fontSize, PANGO_WEIGHT_NORMAL);
        // Pango keeps at least the ellipsis, however wide; the plate's edge cuts what is beyond.
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_width(layout.get(), (evenDown(maxWidth) - 2 * padding) * PANGO_SCALE);
        PangoRectangle logical;
        pango_layout_get_pixel_extents(layout.get(), nullptr, &logical);

        const int width = std::clamp(evenUp(logical.width + 2 * padding), evenUp(height), evenDown(maxWidth));
        const Drawing drawing({width, height});
        drawing.addRoundedRectangle(height * 0.28);
        drawing.setColor(fromHex(0x0E1116), 0.68);
        cairo_fill(drawing.context());
        drawing.setColor(fromHex(0xFFFFFF), 0.97);
        // Capitals of the sans-serif are 0.73 of the size high; with them centred, names share one baseline.
        const double baseline = std::round(height * 0.5 + fontSize * 0.36);
        const double top = baseline - pango_layout_get_baseline(layout.get()) / static_cast<double>(PANGO_SCALE);
        cairo_move_to(drawing.context(), (width - logical.width) * 0.5 - logical.x, top);
        pango_cairo_show_layout(drawing.context(), layout.get());
        return drawing.toPicture();
    }

    Result<OverlayPtr> avatar(const std::string& name, int diameter) override EXCLUDES(mutex_) {
        TESSERA_CHECK(diameter >= 8 && diameter % 2 == 0);
        const std::string shown = toDisplayName(name);
        const Lock lock(mutex_);
        const Drawing drawing({diameter, diameter});
        drawing.setColor(kAvatarColors[hashOf(shown) % std::size(kAvatarColors)]);
        drawing.addCircle(diameter * 0.5, diameter * 0.5, diameter * 0.5);
        cairo_fill(drawing.context());
        drawing.setColor(fromHex(0xFFFFFF), 0.97);

        const LayoutPtr layout = createLayout(toInitials(shown), diameter * 0.4, PANGO_WEIGHT_BOLD);
        PangoRectangle ink;
        pango_layout_get_extents(layout.get(), &ink, nullptr);
        if (ink.width == 0 || pango_layout_get_unknown_glyphs_count(layout.get()) > 0) {
            drawPerson(drawing, diameter);
            return drawing.toPicture();
        }
        cairo_move_to(drawing.context(), diameter * 0.5 - (ink.x + ink.width * 0.5) / PANGO_SCALE,
                      diameter * 0.5 - (ink.y + ink.height * 0.5) / PANGO_SCALE);
        pango_cairo_show_layout(drawing.context(), layout.get());
        return drawing.toPicture();
    }

    Result<OverlayPtr> text(const std::string& text, const TextBox& box) override EXCLUDES(mutex_) {
        TESSERA_CHECK(box.lineHeight >= 8 && box.lineHeight % 2 == 0 && box.minWidth <= box.maxWidth);
        const Lock lock(mutex_);
        const OverlayStyle& style = box.style;
        const double fontSize = box.lineHeight * 0.58;
        const int padding = style.backgroundOpacity > 0 ? static_cast<int>(std::lround(box.lineHeight * 0.38)) : 0;
        const LayoutPtr layout = createLayout(text, fontSize, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_layout_set_single_paragraph_mode(layout.get(), box.maxLines == 1);
        pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout.get(), -box.maxLines);
        pango_layout_set_width(layout.get(), std::max(evenDown(box.maxWidth) - 2 * padding, 1) * PANGO_SCALE);
        PangoRectangle logical;
        pango_layout_get_pixel_extents(layout.get(), nullptr, &logical);
        const int wanted = text.empty() ? 0 : evenUp(logical.width + 2 * padding);
        const int width = std::clamp(wanted, evenUp(box.minWidth), evenDown(box.maxWidth));
        const int lines = std::max(pango_layout_get_line_count(layout.get()), 1);
        const int height = lines == 1 ? box.lineHeight : evenUp(logical.height + box.lineHeight / 4);
        const Drawing drawing({width, height});
        if (style.backgroundOpacity > 0) {
            drawing.setColor(fromHex(style.background), style.backgroundOpacity);
            cairo_paint(drawing.context());
        }
        drawing.setColor(fromHex(style.color), 1);
        cairo_move_to(drawing.context(), (width - logical.width) * 0.5 - logical.x, (height - logical.height) * 0.5);
        if (!text.empty()) pango_cairo_show_layout(drawing.context(), layout.get());
        return drawing.toPicture();
    }

private:
    LayoutPtr createLayout(const std::string& text, double fontSize, PangoWeight weight) REQUIRES(mutex_) {
        const PangoContextPtr context(pango_font_map_create_context(fonts_.get()));
        const FontOptionsPtr options(cairo_font_options_create());
        // Grey and unhinted: the picture is scaled and compressed, so there is no pixel grid to fit.
        cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
        cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
        pango_cairo_context_set_font_options(context.get(), options.get());
        LayoutPtr layout(pango_layout_new(context.get()));
        const FontPtr font(pango_font_description_new());
        pango_font_description_set_family(font.get(), "sans-serif");
        pango_font_description_set_weight(font.get(), weight);
        pango_font_description_set_absolute_size(font.get(), fontSize * PANGO_SCALE);
        pango_layout_set_font_description(layout.get(), font.get());
        pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
        pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
        return layout;
    }

    // Owned
    Mutex mutex_;
    FontMapPtr fonts_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<TextRasterizer> createPangoTextRasterizer() {
    return std::make_unique<PangoTextRasterizer>();
}

}  // namespace tessera

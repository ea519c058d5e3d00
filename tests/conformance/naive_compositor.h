#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mcu/video/compositor.h"

#include "tests/conformance/naive_scale.h"

namespace tessera::conformance {

/// docs/compositor.md written down as directly as possible: sample by sample, no table kept, nothing shared with the
/// product's code but the declarations. Slow. Every backend must give its bytes.
class NaiveCompositor final : public Compositor {
public:
    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        composition_ = &composition;
        frames_.assign(frames.begin(), frames.end());
        pts_ = pts;
    }

    Result<FramePtr> collect() override {
        const Composition& composition = *composition_;
        const Size size = composition.canvas;
        planes_ = {Grid(size.width, size.height), Grid(size.width / 2, size.height / 2),
                   Grid(size.width / 2, size.height / 2)};
        fill({0, 0, size.width, size.height}, composition.background);
        if (composition.backgroundImage) {
            Layer image;
            image.rect = {0, 0, size.width, size.height};
            drawPicture(image, *composition.backgroundImage);
        }
        for (const Layer& layer : composition.layers) {
            const bool hasFrame = layer.source >= 0 && layer.source < static_cast<int>(frames_.size());
            const VideoFrame* frame = hasFrame ? frames_[static_cast<std::size_t>(layer.source)].get() : nullptr;
            const auto below = planes_;
            drawLayer(layer, layer.placeholder ? nullptr : frame);
            mix(layer, below);
        }
        for (const PlacedOverlay& placed : composition.overlays) {
            blend(*placed.overlay, placed.x, placed.y, placed.clip, placed.opacity);
        }
        return toFrame(size, pts_);
    }

private:
    void fill(const Rect& rect, Yuv color) {
        for (int y = rect.y; y < rect.bottom(); ++y) {
            for (int x = rect.x; x < rect.right(); ++x) {
                planes_[0].at(x, y) = color.y;
                planes_[1].at(x / 2, y / 2) = color.u;
                planes_[2].at(x / 2, y / 2) = color.v;
            }
        }
    }

    void drawLayer(const Layer& layer, const VideoFrame* frame) {
        const Rect& r = layer.rect;
        fill(r, layer.fill);
        if (frame != nullptr) {
            drawPicture(layer, *frame);
        } else if (layer.avatar != nullptr) {
            const Size a = layer.avatar->size;
            blend(*layer.avatar, r.x + (r.width - a.width) / 4 * 2, r.y + (r.height - a.height) / 4 * 2, r);
        }
        drawBorder(layer);
        if (layer.label != nullptr) {
            const int inset = layer.labelInset;
            blend(*layer.label, r.x + inset, r.bottom() - inset - layer.label->size.height, r);
        }
    }

    static int divide255(int t) { return (t + 128 + ((t + 128) >> 8)) >> 8; }

    /// Of luma sample (x, y) in a rectangle with its corners rounded by r; 0 outside the rectangle.
    static int coverage(const Rect& rect, int r, int x, int y) {
        if (x < rect.x || y < rect.y || x >= rect.right() || y >= rect.bottom()) return 0;
        const int i = std::min(x - rect.x, rect.right() - 1 - x), j = std::min(y - rect.y, rect.bottom() - 1 - y);
        if (i >= r || j >= r) return 255;
        const std::int64_t dx = 2 * (r - i) - 1, dy = 2 * (r - j) - 1;
        const std::int64_t square = 16384 * (dx * dx + dy * dy);
        auto s = static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
        while (s * s > square) --s;
        while ((s + 1) * (s + 1) <= square) ++s;
        return clamp((255 * (256 * r + 128 - s) + 128) >> 8);
    }

    static int coverageAt(std::size_t plane, const Rect& rect, int r, int x, int y) {
        if (plane == 0) return coverage(rect, r, x, y);
        const int sum = coverage(rect, r, 2 * x, 2 * y) + coverage(rect, r, 2 * x + 1, 2 * y) +
                        coverage(rect, r, 2 * x, 2 * y + 1) + coverage(rect, r, 2 * x + 1, 2 * y + 1);
        return (sum + 2) >> 2;
    }

    void drawBorder(const Layer& layer) {
        const Rect& r = layer.rect;
        const int b = layer.border, radius = std::max(0, layer.cornerRadius - b);
        Rect inner{r.x + b, r.y + b, r.width - 2 * b, r.height - 2 * b};
        if (inner.isEmpty()) inner = {};
        const std::array<int, 3> color{layer.borderColor.y, layer.borderColor.u, layer.borderColor.v};
        for (std::size_t p = 0; p < 3; ++p) {
            const int part = p == 0 ? 1 : 2;
            for (int y = r.y / part; y < r.bottom() / part; ++y) {
                for (int x = r.x / part; x < r.right() / part; ++x) {
                    const int c = b == 0 ? 255 : coverageAt(p, inner, radius, x, y);
                    planes_[p].at(x, y) = divide255(planes_[p].at(x, y) * c + color[p] * (255 - c));
                }
            }
        }
    }

    void mix(const Layer& layer, const std::array<Grid, 3>& below) {
        const Rect& r = layer.rect;
        for (std::size_t p = 0; p < 3; ++p) {
            const int part = p == 0 ? 1 : 2;
            for (int y = r.y / part; y < r.bottom() / part; ++y) {
                for (int x = r.x / part; x < r.right() / part; ++x) {
                    const int c = divide255(layer.opacity * coverageAt(p, r, layer.cornerRadius, x, y));
                    planes_[p].at(x, y) = divide255(planes_[p].at(x, y) * c + below[p].at(x, y) * (255 - c));
                }
            }
        }
    }

    /// One step of turning: a clockwise quarter turn, or mirroring.
    struct Turned {
        std::array<Grid, 3> planes;
        int twiceSitingX = 0;  ///< of chroma sample 0, in half luma samples
        int twiceSitingY = 1;

        void turn() {
            const int height = planes[0].height;
            for (Grid& plane : planes) {
                Grid out(plane.height, plane.width);
                for (int y = 0; y < out.height; ++y) {
                    for (int x = 0; x < out.width; ++x) out.at(x, y) = plane.at(y, plane.height - 1 - x);
                }
                plane = out;
            }
            const int vertical = twiceSitingY;
            twiceSitingY = twiceSitingX;
            twiceSitingX = reversed(vertical, height);
        }
        void mirror() {
            const int width = planes[0].width;
            for (Grid& plane : planes) {
                const Grid in = plane;
                for (int y = 0; y < in.height; ++y) {
                    for (int x = 0; x < in.width; ++x) plane.at(x, y) = in.at(in.width - 1 - x, y);
                }
            }
            twiceSitingX = reversed(twiceSitingX, width);
        }
        void apply(Orientation orientation) {
            for (int i = 0; i < orientation.quarterTurns; ++i) turn();
            if (orientation.mirrored) mirror();
        }
        /// The last chroma sample lies at 2 * ((length + 1) / 2 - 1) + siting; counted from luma sample length - 1.
        static int reversed(int twiceSiting, int length) {
            return 2 * (length - 1) - (4 * ((length + 1) / 2 - 1) + twiceSiting);
        }
    };

    void drawPicture(const Layer& layer, const VideoFrame& frame) {
        Turned turned{{read(frame, 0), read(frame, 1), read(frame, 2)}};
        turned.apply(frame.orientation);
        turned.apply(layer.orientation);
        const std::int64_t sw = turned.planes[0].width, sh = turned.planes[0].height;
        Rect rect = layer.rect;
        const std::int64_t dw = rect.width, dh = rect.height;
        const bool wider = sw * dh >= sh * dw;
        std::int64_t nx = sw, dx = dw, ox = 0, ny = sh, dy = dh, oy = 0;
        if (layer.fit == Fit::Contain && wider) {
            dy = std::min(dh, std::max<std::int64_t>(2, 2 * floorDiv(dw * sh + sw, 2 * sw)));
            rect.y += static_cast<int>(2 * floorDiv(dh - dy, 4));
            rect.height = static_cast<int>(dy);
        } else if (layer.fit == Fit::Contain) {
            dx = std::min(dw, std::max<std::int64_t>(2, 2 * floorDiv(dh * sw + sh, 2 * sh)));
            rect.x += static_cast<int>(2 * floorDiv(dw - dx, 4));
            rect.width = static_cast<int>(dx);
        } else {
            nx = ny = wider ? sh : sw;
            dx = dy = wider ? dh : dw;
            ox = sw * dx - dw * nx;
            oy = sh * dy - dh * ny;
            if (nx == dx) ox -= ox % (4 * dx);
            if (ny == dy) oy -= oy % (4 * dy);
        }
        const Axis lumaX{sw, nx, dx, 2 * ox + 2 * nx - 2 * dx, rect.width};
        const Axis lumaY{sh, ny, dy, 2 * oy + 2 * ny - 2 * dy, rect.height};
        const Axis chromaX{(sw + 1) / 2, nx, dx, ox + nx - dx - dx * turned.twiceSitingX, rect.width / 2};
        const Axis chromaY{(sh + 1) / 2, ny, dy, oy + 2 * ny - dy - dy * turned.twiceSitingY, rect.height / 2};
        const NaiveScaler scaler(layer.filter);
        Grid y = scaler.scale(turned.planes[0], lumaX, lumaY);
        Grid u = scaler.scale(turned.planes[1], chromaX, chromaY);
        Grid v = scaler.scale(turned.planes[2], chromaX, chromaY);
        convert(frame, y, u, v);
        put(0, y, rect.x, rect.y, 16, layer.level);
        put(1, u, rect.x / 2, rect.y / 2, 128, layer.level);
        put(2, v, rect.x / 2, rect.y / 2, 128, layer.level);
    }

    static Grid read(const VideoFrame& frame, int index) {
        const Size size = index == 0 ? frame.size : chromaSize(frame.size);
        const Plane& plane = frame.planes[static_cast<std::size_t>(index)];
        Grid grid(size.width, size.height);
        for (int y = 0; y < size.height; ++y) {
            for (int x = 0; x < size.width; ++x)
                grid.at(x, y) = plane.data[static_cast<std::ptrdiff_t>(y) * plane.stride + x];
        }
        return grid;
    }

    static void convert(const VideoFrame& frame, Grid& y, Grid& u, Grid& v) {
        using Row = std::array<int, 8>;
        const bool full = frame.range == ColorRange::Full;
        Row c{16384, 0, 0, 0, 16384, 0, 0, 16384};
        if (frame.matrix == ColorMatrix::Bt709 && full) c = {14071, 0, 0, 16, 14392, 0, 0, 14392};
        if (frame.matrix == ColorMatrix::Bt601 && !full) c = {16384, -1893, -3407, 0, 16689, 1878, 1230, 16799};
        if (frame.matrix == ColorMatrix::Bt601 && full) c = {14071, -1663, -2993, 16, 14660, 1650, 1080, 14757};
        for (int row = 0; row < y.height; ++row) {
            for (int x = 0; x < y.width; ++x) {
                const int cb = u.at(x / 2, row / 2) - 128, cr = v.at(x / 2, row / 2) - 128;
                y.at(x, row) = clamp((c[0] * y.at(x, row) + c[1] * cb + c[2] * cr + c[3] * 16384 + 8192) >> 14);
            }
        }
        for (int row = 0; row < u.height; ++row) {
            for (int x = 0; x < u.width; ++x) {
                const int cb = u.at(x, row) - 128, cr = v.at(x, row) - 128;
                u.at(x, row) = clamp((c[4] * cb + c[5] * cr + 128 * 16384 + 8192) >> 14);
                v.at(x, row) = clamp((c[6] * cb + c[7] * cr + 128 * 16384 + 8192) >> 14);
            }
        }
    }

    void put(std::size_t index, const Grid& picture, int left, int top, int centre, int level) {
        for (int y = 0; y < picture.height; ++y) {
            for (int x = 0; x < picture.width; ++x) {
                const int value = picture.at(x, y);
                planes_[index].at(left + x, top + y) = centre + (((value - centre) * level + 128) >> 8);
            }
        }
    }

    void blend(const Overlay& overlay, int left, int top, const Rect& clip, int opacity = 255) {
        const std::array<const std::vector<std::uint8_t>*, 3> colors{&overlay.y, &overlay.u, &overlay.v};
        for (std::size_t index = 0; index < 3; ++index) {
            const int part = index == 0 ? 1 : 2;
            const auto& alphas = index == 0 ? overlay.alpha : overlay.chromaAlpha;
            for (std::size_t j = 0; j < alphas.size(); ++j) {
                const int width = overlay.size.width / part;
                const int x = left / part + static_cast<int>(j) % width, y = top / part + static_cast<int>(j) / width;
                const bool isInside =
                    x >= clip.x / part && x < clip.right() / part && y >= clip.y / part && y < clip.bottom() / part;
                if (!isInside) continue;
                const int color = divide255((*colors[index])[j] * opacity), alpha = divide255(alphas[j] * opacity);
                planes_[index].at(x, y) = color + divide255(planes_[index].at(x, y) * (255 - alpha));
            }
        }
    }

    FramePtr toFrame(Size size, MediaTime pts) const {
        auto bytes = std::make_shared<std::array<std::vector<std::uint8_t>, 3>>();
        auto frame = std::make_shared<VideoFrame>();
        for (std::size_t index = 0; index < 3; ++index) {
            for (const int sample : planes_[index].samples)
                (*bytes)[index].push_back(static_cast<std::uint8_t>(sample));
            frame->planes[index] = {(*bytes)[index].data(), planes_[index].width};
        }
        frame->size = size;
        frame->pts = pts;
        frame->owner = bytes;
        return frame;
    }

    const Composition* composition_ = nullptr;
    std::vector<FramePtr> frames_;
    MediaTime pts_{};
    std::array<Grid, 3> planes_{Grid(0, 0), Grid(0, 0), Grid(0, 0)};
};

}  // namespace tessera::conformance

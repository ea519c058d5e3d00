#include "gpu/layer_builder.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "mcu/base/check.h"
#include "mcu/video/canvas.h"
#include "mcu/video/color_conversion.h"
#include "mcu/video/corner_coverage.h"

#include "gpu/axis_reach.h"

namespace tessera {
namespace {

using kernel::AxisRow;
using kernel::LayerKind;
using kernel::LayerRow;
using kernel::OverlayRow;
using kernel::PlaneSource;
using kernel::Sample;

/// A picture is kept for the tick after the one that showed it, a table for ten seconds or so.
constexpr std::uint64_t kKeepPictures = 1;
constexpr std::uint64_t kKeepRest = 300;

constexpr kernel::Area area(const Rect& rect) {
    return {rect.x, rect.y, rect.width, rect.height};
}

std::size_t samples(Size size) {
    return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

Size planeSize(Size luma, int plane) {
    return plane == 0 ? luma : chromaSize(luma);
}

void setColor(Sample* out, Yuv color) {
    out[0] = color.y;
    out[1] = color.u;
    out[2] = color.v;
}

/// The stored plane as it looks when turned.
PlaneSource turned(PlaneSource plane, Size size, Orientation orientation) {
    for (int turn = 0; turn < orientation.quarterTurns; ++turn) {
        plane = {plane.origin + (size.height - 1) * plane.rowStep, -plane.rowStep, plane.columnStep};
        size = {size.height, size.width};
    }
    if (orientation.mirrored) {
        plane.origin += (size.width - 1) * plane.columnStep;
        plane.columnStep = -plane.columnStep;
    }
    return plane;
}

std::uint8_t* append(std::uint8_t* out, const std::vector<std::int32_t>& values) {
    std::memcpy(out, values.data(), values.size() * sizeof(std::int32_t));
    return out + values.size() * sizeof(std::int32_t);
}

void copyPlanes(const VideoFrame& frame, std::uint8_t* out) {
    for (int index = 0; index < 3; ++index) {
        const Size size = planeSize(frame.size, index);
        const Plane& plane = frame.planes[static_cast<std::size_t>(index)];
        for (int y = 0; y < size.height; ++y) {
            std::memcpy(out, plane.data + static_cast<std::ptrdiff_t>(y) * plane.stride,
                        static_cast<std::size_t>(size.width));
            out += size.width;
        }
    }
}

}  // namespace

Status LayerBuilder::build(const Composition& composition, std::span<const FramePtr> frames, CudaJob& job) {
    ++builds_;
    tables_.startFrame();
    pictureIds_.clear();
    const Rect canvas{0, 0, composition.canvas.width, composition.canvas.height};
    Layer image;
    image.rect = canvas;
    if (composition.backgroundImage) TESSERA_TRY(addLayer(image, composition.backgroundImage, job));
    // A background image that cannot be read leaves the colour.
    if (!job.layers.empty() && job.layers.back().kind != LayerKind::Picture) job.layers.clear();
    for (const Layer& layer : composition.layers) {
        const auto index = static_cast<std::size_t>(layer.source);
        const bool hasFrame = layer.source >= 0 && index < frames.size() && !layer.placeholder;
        TESSERA_TRY(addLayer(layer, hasFrame ? frames[index] : nullptr, job));
    }
    for (const PlacedOverlay& placed : composition.overlays) TESSERA_TRY(addOverlay(placed, canvas, job));
    forgetUnused();
    if (job.layers.size() > static_cast<std::size_t>(kernel::kMaximumLayers)) {
        return unsupported("a picture on a GPU has at most 512 layers");
    }
    return kOk;
}

Status LayerBuilder::addLayer(const Layer& layer, const FramePtr& frame, CudaJob& job) {
    if (layer.rect.isEmpty() || layer.opacity <= 0) return kOk;
    LayerRow row;
    row.rect = area(layer.rect);
    row.level = std::clamp(layer.level, 0, 256);
    row.border = layer.border;
    row.opacity = std::min(layer.opacity, kOpaque);
    row.radius = layer.cornerRadius;
    setColor(row.fill, layer.fill);
    setColor(row.borderColor, layer.borderColor);
    const bool hasInside = 2 * layer.border < std::min(layer.rect.width, layer.rect.height);
    row.innerRadius = layer.border > 0 && hasInside ? std::max(0, layer.cornerRadius - layer.border) : 0;
    if (row.radius > 0) TESSERA_TRY(setCorner(row.radius, job, row.corner));
    if (row.innerRadius > 0) TESSERA_TRY(setCorner(row.innerRadius, job, row.innerCorner));
    if (frame) TESSERA_TRY(setPicture(layer, frame, job, row));
    const Rect& r = layer.rect;
    if (row.kind == LayerKind::Placeholder && layer.avatar != nullptr) {
        const Size size = layer.avatar->size;
        TESSERA_TRY(setOverlay(*layer.avatar, r.x + (r.width - size.width) / 4 * 2,
                               r.y + (r.height - size.height) / 4 * 2, job, row.avatar));
    }
    if (layer.label != nullptr) {
        const int y = r.bottom() - layer.labelInset - layer.label->size.height;
        TESSERA_TRY(setOverlay(*layer.label, r.x + layer.labelInset, y, job, row.label));
    }
    job.layers.push_back(row);
    return kOk;
}

Status LayerBuilder::addOverlay(const PlacedOverlay& placed, const Rect& canvas, CudaJob& job) {
    const Size size = placed.overlay->size;
    const Rect shown = intersection(intersection({placed.x, placed.y, size.width, size.height}, placed.clip), canvas);
    if (shown.isEmpty() || placed.opacity <= 0) return kOk;
    LayerRow row;
    row.kind = LayerKind::Overlay;
    row.rect = area(shown);
    row.opacity = std::min(placed.opacity, kOpaque);
    TESSERA_TRY(setOverlay(*placed.overlay, placed.x, placed.y, job, row.label));
    job.layers.push_back(row);
    return kOk;
}

FramePtr LayerBuilder::readable(const FramePtr& frame) const {
    if (frame->size.isEmpty()) return nullptr;
    if (frame->memory == MemoryKind::Host) return frame->format == PixelFormat::I420 ? frame : nullptr;
    const CudaPicture* picture = cudaPicture(*frame);
    if (picture == nullptr || picture->device().isLost()) return nullptr;
    if (&picture->device() == &queue_->device()) return frame;
    auto copy = hostFrame(frame);
    return copy ? *copy : nullptr;
}

Status LayerBuilder::setPicture(const Layer& layer, const FramePtr& given, CudaJob& job, LayerRow& row) {
    const FramePtr frame = readable(given);
    if (!frame) return kOk;
    const Orientation orientation = frame->orientation.then(layer.orientation);
    const PicturePlacement placement = placePicture(frame->size, layer.rect, layer.fit, orientation);
    row.kind = LayerKind::Picture;
    row.picture = area(placement.rect);
    TESSERA_TRY(setPlanes(frame, orientation, job, row));
    TESSERA_TRY(setAxis(placement.horizontal.luma(), layer.filter, job, row.horizontal[0]));
    TESSERA_TRY(setAxis(placement.horizontal.horizontalChroma(), layer.filter, job, row.horizontal[1]));
    TESSERA_TRY(setAxis(placement.vertical.luma(), layer.filter, job, row.vertical[0]));
    TESSERA_TRY(setAxis(placement.vertical.verticalChroma(), layer.filter, job, row.vertical[1]));
    const ColorConversion c = colorConversion(frame->matrix, frame->range);
    row.converts = c.isIdentity() ? 0 : 1;
    const std::array<std::int32_t, 8> values{c.yy, c.yu, c.yv, c.y0, c.uu, c.uv, c.vu, c.vv};
    std::copy(values.begin(), values.end(), row.conversion);
    pictureIds_.push_back(frame->id);
    return kOk;
}

Status LayerBuilder::setPlanes(const FramePtr& frame, Orientation orientation, CudaJob& job, LayerRow& row) {
    const Size chroma = chromaSize(frame->size);
    if (const CudaPicture* picture = cudaPicture(*frame)) {
        TESSERA_TRY(picture->ready().holdBack(queue_->stream()));
        const Plane &luma = frame->planes[0], &pairs = frame->planes[1];
        row.planes[0] = turned({luma.data, 1, luma.stride}, frame->size, orientation);
        row.planes[1] = turned({pairs.data, 2, pairs.stride}, chroma, orientation);
        row.planes[2] = turned({pairs.data + 1, 2, pairs.stride}, chroma, orientation);
        job.held.push_back(frame);
        return kOk;
    }
    const std::size_t lumaBytes = samples(frame->size), chromaBytes = samples(chroma);
    auto uploaded = upload(
        {.kind = UploadKey::Kind::Picture, .id = frame->id}, lumaBytes + 2 * chromaBytes,
        [&](std::uint8_t* out) { copyPlanes(*frame, out); }, job);
    if (!uploaded) return uploaded.error();
    const Upload& planes = **uploaded;
    row.planes[0] = turned({planes.at(0), 1, frame->size.width}, frame->size, orientation);
    row.planes[1] = turned({planes.at(lumaBytes), 1, chroma.width}, chroma, orientation);
    row.planes[2] = turned({planes.at(lumaBytes + chromaBytes), 1, chroma.width}, chroma, orientation);
    return kOk;
}

Status LayerBuilder::setAxis(const AxisMapping& mapping, ScaleFilter filter, CudaJob& job, AxisRow& row) {
    const AxisScale scale = tables_.find(mapping, filter);
    const ScaleTable& table = *scale.table;
    const std::size_t firstBytes = table.first.size() * sizeof(std::int32_t);
    const std::size_t weightBytes = table.weights.size() * sizeof(std::int16_t);
    auto uploaded = upload(
        {UploadKey::Kind::Table, 0, mapping, filter}, 3 * firstBytes + weightBytes,
        [&](std::uint8_t* out) {
            const AxisReach reach(table);
            TESSERA_CHECK(reach.fits(kernel::kTileWidth, kernel::kLumaWindow));
            TESSERA_CHECK(reach.fits(kernel::kTileWidth / 2, kernel::kChromaWindow));
            out = append(append(append(out, table.first), reach.begin), reach.end);
            std::memcpy(out, table.weights.data(), weightBytes);
        },
        job);
    if (!uploaded) return uploaded.error();
    if (scale.halvings > kernel::kMaximumHalvings) return unsupported("a picture is too large for its tile");
    const auto indices = [&](std::size_t part) {
        return reinterpret_cast<const std::int32_t*>((*uploaded)->at(part * firstBytes));
    };
    row.first = indices(0);
    row.begin = indices(1);
    row.end = indices(2);
    row.weights = reinterpret_cast<const std::int16_t*>((*uploaded)->at(3 * firstBytes));
    row.taps = table.taps;
    row.sourceLength = scale.sourceLength;
    row.halvings = scale.halvings;
    return kOk;
}

Status LayerBuilder::setOverlay(const Overlay& overlay, int x, int y, CudaJob& job, OverlayRow& row) {
    const std::array<const std::vector<std::uint8_t>*, 5> parts{&overlay.y, &overlay.u, &overlay.v, &overlay.alpha,
                                                                &overlay.chromaAlpha};
    std::size_t bytes = 0;
    for (const auto* part : parts) bytes += part->size();
    auto uploaded = upload(
        {.kind = UploadKey::Kind::Overlay, .id = overlay.id}, bytes,
        [&](std::uint8_t* out) {
            for (const auto* part : parts) out = std::copy(part->begin(), part->end(), out);
        },
        job);
    if (!uploaded) return uploaded.error();
    const std::array<const Sample**, 5> addresses{&row.color[0], &row.color[1], &row.color[2], &row.alpha[0],
                                                  &row.alpha[1]};
    std::size_t offset = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        *addresses[i] = (*uploaded)->at(offset);
        offset += parts[i]->size();
    }
    row.area = {x, y, overlay.size.width, overlay.size.height};
    return kOk;
}

Status LayerBuilder::setCorner(int radius, CudaJob& job, const Sample** coverage) {
    const auto luma = static_cast<std::size_t>(radius) * static_cast<std::size_t>(radius);
    auto uploaded = upload(
        {.kind = UploadKey::Kind::Corner, .id = static_cast<std::uint64_t>(radius)}, luma + luma / 4,
        [&](std::uint8_t* out) {
            const CornerCoverage corner = buildCornerCoverage(radius);
            out = std::copy(corner.luma.left.begin(), corner.luma.left.end(), out);
            std::copy(corner.chroma.left.begin(), corner.chroma.left.end(), out);
        },
        job);
    if (!uploaded) return uploaded.error();
    coverage[0] = (*uploaded)->at(0);
    coverage[1] = (*uploaded)->at(luma);
    return kOk;
}

Result<UploadPtr> LayerBuilder::upload(const UploadKey& key, std::size_t bytes,
                                       const std::function<void(std::uint8_t*)>& fill, CudaJob& job) {
    auto& held = uploads_[key];
    if (!held.upload) {
        auto found = queue_->uploads().find(key, bytes, fill);
        if (!found) return found;
        held.upload = std::move(*found);
    }
    held.lastUsed = builds_;
    job.held.push_back(held.upload);
    return held.upload;
}

void LayerBuilder::forgetUnused() {
    std::erase_if(uploads_, [this](const auto& entry) {
        const bool isPicture = entry.first.kind == UploadKey::Kind::Picture;
        return !entry.second.upload || entry.second.lastUsed + (isPicture ? kKeepPictures : kKeepRest) < builds_;
    });
}

}  // namespace tessera

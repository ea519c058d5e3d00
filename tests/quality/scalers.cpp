#include "tests/quality/scalers.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}
#include <cstring>
#include <libyuv/scale.h>

#include "mcu/base/check.h"

namespace tessera {
namespace {

struct SwsClose {
    void operator()(SwsContext* context) const { sws_freeContext(context); }
};

int flagsOf(SwsFilter filter) {
    switch (filter) {
        case SwsFilter::Bilinear: return SWS_BILINEAR;
        case SwsFilter::Bicubic: return SWS_BICUBIC;
        case SwsFilter::Lanczos: return SWS_LANCZOS | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
    }
    return 0;
}

void copyPlane(const Plane& from, Size size, std::uint8_t* to) {
    for (int y = 0; y < size.height; ++y) {
        std::memcpy(to + static_cast<std::ptrdiff_t>(y) * size.width,
                    from.data + static_cast<std::ptrdiff_t>(y) * from.stride, static_cast<std::size_t>(size.width));
    }
}

}  // namespace

PackedPicture scaleOurs(const PackedPicture& source, Size size, ScaleFilter filter) {
    auto frame = std::make_shared<VideoFrame>();
    frame->size = source.size;
    for (std::size_t i = 0; i < 3; ++i) frame->planes[i] = source.plane(i);
    Composition composition;
    composition.canvas = size;
    Layer layer;
    layer.source = 0;
    layer.rect = {0, 0, size.width, size.height};
    layer.filter = filter;
    layer.fit = Fit::Contain;  // as the others: the whole picture
    composition.layers = {layer};
    const FramePtr frames[] = {frame};
    const auto drawn = createCpuCompositor()->compose(composition, frames, MediaTime{});
    TESSERA_CHECK(drawn.ok());
    PackedPicture result(size);
    for (std::size_t i = 0; i < 3; ++i) copyPlane((*drawn)->planes[i], result.planeSize(i), result.data(i));
    return result;
}

PackedPicture scaleLibyuv(const PackedPicture& source, Size size, YuvFilter filter) {
    PackedPicture result(size);
    const auto stride = [](const PackedPicture& picture, std::size_t plane) { return picture.planeSize(plane).width; };
    const int failed =
        libyuv::I420Scale(source.plane(0).data, stride(source, 0), source.plane(1).data, stride(source, 1),
                          source.plane(2).data, stride(source, 2), source.size.width, source.size.height,
                          result.data(0), stride(result, 0), result.data(1), stride(result, 1), result.data(2),
                          stride(result, 2), size.width, size.height, static_cast<libyuv::FilterMode>(filter));
    TESSERA_CHECK(failed == 0);
    return result;
}

PackedPicture scaleSws(const PackedPicture& source, Size size, SwsFilter filter) {
    const std::unique_ptr<SwsContext, SwsClose> context(sws_alloc_context());
    const auto set = [&](const char* name, int value) {
        TESSERA_CHECK(av_opt_set_int(context.get(), name, value, 0) >= 0);
    };
    set("srcw", source.size.width);
    set("srch", source.size.height);
    set("dstw", size.width);
    set("dsth", size.height);
    set("src_format", AV_PIX_FMT_YUV420P);
    set("dst_format", AV_PIX_FMT_YUV420P);
    set("sws_flags", flagsOf(filter));
    set("src_v_chr_pos", 128);
    set("dst_v_chr_pos", 128);
    if (filter == SwsFilter::Lanczos) {
        set("src_h_chr_pos", 0);
        set("dst_h_chr_pos", 0);
    }
    TESSERA_CHECK(sws_init_context(context.get(), nullptr, nullptr) >= 0);
    PackedPicture result(size);
    const std::uint8_t* from[4] = {source.plane(0).data, source.plane(1).data, source.plane(2).data, nullptr};
    const int fromStride[4] = {source.plane(0).stride, source.plane(1).stride, source.plane(2).stride, 0};
    std::uint8_t* const to[4] = {result.data(0), result.data(1), result.data(2), nullptr};
    const int toStride[4] = {result.plane(0).stride, result.plane(1).stride, result.plane(2).stride, 0};
    TESSERA_CHECK(sws_scale(context.get(), from, fromStride, 0, source.size.height, to, toStride) == size.height);
    return result;
}

}  // namespace tessera

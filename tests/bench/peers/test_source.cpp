#include "tests/bench/peers/test_source.h"

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavutil/frame.h>
}

#include <cstring>

#include "mcu/base/check.h"

namespace tessera {

PackedPicture readTestSource(const std::string& filter, Size size) {
    AVFilterGraph* graph = avfilter_graph_alloc();
    AVFilterInOut* inputs = nullptr;
    AVFilterInOut* outputs = nullptr;
    const std::string text = filter + "=rate=30:size=" + std::to_string(size.width) + "x" +
                             std::to_string(size.height) + ",trim=start=1,format=yuv420p,buffersink@out";
    TESSERA_CHECK(avfilter_graph_parse2(graph, text.c_str(), &inputs, &outputs) >= 0);
    TESSERA_CHECK(avfilter_graph_config(graph, nullptr) >= 0);
    AVFrame* frame = av_frame_alloc();
    TESSERA_CHECK(av_buffersink_get_frame(avfilter_graph_get_filter(graph, "buffersink@out"), frame) >= 0);
    PackedPicture picture(size);
    for (int i = 0; i < 3; ++i) {
        const auto plane = static_cast<std::size_t>(i);
        const Size part = picture.planeSize(plane);
        for (int y = 0; y < part.height; ++y) {
            std::memcpy(picture.data(plane) + static_cast<std::ptrdiff_t>(y) * part.width,
                        frame->data[i] + static_cast<std::ptrdiff_t>(y) * frame->linesize[i],
                        static_cast<std::size_t>(part.width));
        }
    }
    av_frame_free(&frame);
    avfilter_graph_free(&graph);
    return picture;
}

}  // namespace tessera

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
}

#include <string>

#include "mcu/base/check.h"

#include "tests/bench/peers/painter.h"

namespace tessera {
namespace {

struct GraphFree {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};
struct FrameFree {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
using AvFramePtr = std::unique_ptr<AVFrame, FrameFree>;

std::string number(int value) {
    return std::to_string(value);
}

/// The graph as one would write it on FFmpeg's command line.
std::string describe(const BenchCase& drawn) {
    std::string scales, inputs, layout;
    for (std::size_t i = 0; i < drawn.tiles.size(); ++i) {
        const auto& [source, rect, isStatic] = drawn.tiles[i];
        const std::string index = std::to_string(i);
        scales += "buffer@in" + index + "=video_size=" + number(source.width) + "x" + number(source.height) +
                  ":pix_fmt=yuv420p:time_base=1/30:pixel_aspect=1/1:frame_rate=30,scale=" + number(rect.width) + ":" +
                  number(rect.height) + ":flags=bilinear[s" + index + "];";
        inputs += "[s" + index + "]";
        layout += (i == 0 ? "" : "|") + number(rect.x) + "_" + number(rect.y);
    }
    if (drawn.tiles.size() == 1) return scales + inputs + "buffersink@out";
    return scales + inputs + "xstack=inputs=" + std::to_string(drawn.tiles.size()) + ":fill=black:layout=" + layout +
           ",buffersink@out";
}

class FfmpegPainter final : public Painter {
public:
    FfmpegPainter(const BenchCase& drawn, const SourceSet& sources) : sources_(sources) {
        av_log_set_level(AV_LOG_ERROR);
        graph_->nb_threads = 1;
        AVFilterInOut* openInputs = nullptr;
        AVFilterInOut* openOutputs = nullptr;
        TESSERA_CHECK(avfilter_graph_parse2(graph_.get(), describe(drawn).c_str(), &openInputs, &openOutputs) >= 0);
        TESSERA_CHECK(avfilter_graph_config(graph_.get(), nullptr) >= 0);
        for (std::size_t i = 0; i < sources.count(); ++i) inputs_.push_back(find("buffer@in" + std::to_string(i)));
        output_ = find("buffersink@out");
    }

    void prepare() override {
        painted_.reset();
        frames_.clear();
        for (std::size_t i = 0; i < sources_.count(); ++i) frames_.push_back(wrap(i));
        ++pts_;
    }

    void paint() override {
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            TESSERA_CHECK(av_buffersrc_add_frame(inputs_[i], frames_[i].get()) >= 0);
        }
        painted_.reset(av_frame_alloc());
        TESSERA_CHECK(av_buffersink_get_frame(output_, painted_.get()) >= 0);
    }

    CpuClock clock() const override { return CpuClock::Process; }

    std::optional<Painting> painted() const override {
        Painting result{{painted_->width, painted_->height}};
        for (std::size_t i = 0; i < 3; ++i) result.planes[i] = {painted_->data[i], painted_->linesize[i]};
        return result;
    }

private:
    AVFilterContext* find(const std::string& name) {
        AVFilterContext* found = avfilter_graph_get_filter(graph_.get(), name.c_str());
        TESSERA_CHECK(found != nullptr);
        return found;
    }

    AvFramePtr wrap(std::size_t index) const {
        AvFramePtr frame(av_frame_alloc());
        frame->format = AV_PIX_FMT_YUV420P;
        frame->width = sources_.size(index).width;
        frame->height = sources_.size(index).height;
        frame->pts = pts_;
        frame->buf[0] = av_buffer_create(
            sources_.bytes(index), sources_.byteCount(index), [](void*, std::uint8_t*) {}, nullptr,
            AV_BUFFER_FLAG_READONLY);
        for (std::size_t i = 0; i < 3; ++i) {
            const Plane plane = sources_.plane(index, i);
            frame->data[i] = const_cast<std::uint8_t*>(plane.data);
            frame->linesize[i] = plane.stride;
        }
        return frame;
    }

    // Borrowed
    const SourceSet& sources_;

    // Owned
    std::unique_ptr<AVFilterGraph, GraphFree> graph_{avfilter_graph_alloc()};

    // State
    std::vector<AVFilterContext*> inputs_;  ///< of graph_
    AVFilterContext* output_ = nullptr;     ///< of graph_
    std::vector<AvFramePtr> frames_;
    AvFramePtr painted_;
    std::int64_t pts_ = 0;
};

}  // namespace

PainterPtr createFfmpegPainter(const BenchCase& drawn, const SourceSet& sources) {
    return std::make_unique<FfmpegPainter>(drawn, sources);
}

}  // namespace tessera

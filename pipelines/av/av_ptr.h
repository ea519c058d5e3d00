#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/error.h>
}

#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "pipelines/av/interrupt.h"

namespace tessera {

struct AvDeleter {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};

/// Own one object of FFmpeg each.
using AvPacketPtr = std::unique_ptr<AVPacket, AvDeleter>;
using AvFramePtr = std::unique_ptr<AVFrame, AvDeleter>;
using AvCodecContextPtr = std::unique_ptr<AVCodecContext, AvDeleter>;

/// FFmpeg's words for one of its error codes.
inline std::string avErrorText(int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

/// Lets an Interrupt, which outlives its user, end FFmpeg's waits.
inline AVIOInterruptCB interruptCallback(const Interrupt& interrupt) {
    return {[](void* opaque) { return static_cast<const Interrupt*>(opaque)->isDue() ? 1 : 0; },
            const_cast<Interrupt*>(&interrupt)};
}

/// What a failed call of FFmpeg's on a network means, without what can hold a credential. Our own interrupt is Timeout.
Error networkError(std::string_view url, int code);

/// Quietens FFmpeg, whose errors come back as Results, once per process. @thread any
void initAv();

}  // namespace tessera

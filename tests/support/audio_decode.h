#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

#include "mcu/media/audio_block.h"
#include "mcu/media/packet.h"

#include "pipelines/codecs/encoder_catalog.h"

namespace tessera {

/// The left channel of a stream of packets, decoded by libavcodec without any trimming.
/// @return sample i is at the meeting's epoch + i; what no packet covers is 0, what is before the epoch is left out
inline std::vector<float> decodeAudio(const std::vector<PacketPtr>& packets, AudioCodec codec) {
    const AVCodec* decoder = avcodec_find_decoder_by_name(codec == AudioCodec::Opus ? "libopus" : "aac");
    BOOST_REQUIRE(decoder);
    const auto freeContext = [](AVCodecContext* context) { avcodec_free_context(&context); };
    std::unique_ptr<AVCodecContext, decltype(freeContext)> context(avcodec_alloc_context3(decoder), freeContext);
    context->sample_rate = kSampleRate;
    av_channel_layout_default(&context->ch_layout, 2);
    context->request_sample_fmt = AV_SAMPLE_FMT_FLT;
    if (codec == AudioCodec::Aac) {
        context->extradata = static_cast<std::uint8_t*>(av_mallocz(2 + AV_INPUT_BUFFER_PADDING_SIZE));
        std::copy(kAacSpecificConfig.begin(), kAacSpecificConfig.end(), context->extradata);
        context->extradata_size = 2;
    }
    BOOST_REQUIRE(avcodec_open2(context.get(), decoder, nullptr) == 0);
    const auto freeFrame = [](AVFrame* frame) { av_frame_free(&frame); };
    std::unique_ptr<AVFrame, decltype(freeFrame)> frame(av_frame_alloc(), freeFrame);
    std::vector<float> result;
    for (const auto& packet : packets) {
        AVPacket* input = av_packet_alloc();
        av_new_packet(input, static_cast<int>(packet->bytes.size()));
        std::copy(packet->bytes.begin(), packet->bytes.end(), input->data);
        BOOST_REQUIRE(avcodec_send_packet(context.get(), input) == 0);
        av_packet_free(&input);
        while (avcodec_receive_frame(context.get(), frame.get()) == 0) {
            const std::int64_t begin = durationToSamples(packet->pts.time_since_epoch() + Duration(100));
            for (int i = 0; i < frame->nb_samples; ++i) {
                if (begin + i < 0) continue;
                const auto at = static_cast<std::size_t>(begin + i);
                if (at >= result.size()) result.resize(at + 1, 0.0F);
                const bool isPlanar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame->format)) != 0;
                result[at] = reinterpret_cast<const float*>(frame->data[0])[isPlanar ? i : 2 * i];
            }
        }
    }
    return result;
}

/// @return how many samples `heard` is behind `sent`, -limit to limit: where their correlation is greatest
inline int delayOf(const std::vector<float>& heard, const std::vector<float>& sent, int limit) {
    double best = -1;
    int delay = 0;
    const std::size_t end = std::min(heard.size(), sent.size()) - static_cast<std::size_t>(limit);
    for (int lag = -limit; lag <= limit; ++lag) {
        double sum = 0;
        for (auto i = static_cast<std::size_t>(limit); i < end; ++i) {
            sum += static_cast<double>(
                       heard[i + static_cast<std::size_t>(lag + limit) - static_cast<std::size_t>(limit)]) *
                   sent[i];
        }
        if (sum > best) {
            best = sum;
            delay = lag;
        }
    }
    return delay;
}

}  // namespace tessera

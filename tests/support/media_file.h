#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What a media file holds, decoded from end to end. Times are seconds from the file's 0.
struct MediaFile {
    struct Picture {
        double time = 0;
        double luma = 0;  ///< mean
        bool isKeyframe = false;
    };
    double duration = 0;        ///< as the container says
    int width = 0, height = 0;  ///< 0 without video
    AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
    AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
    std::vector<Picture> pictures;
    double soundBegin = 0;
    std::vector<float> sound;  ///< left channel, 48 kHz, from soundBegin
    int errors = 0;            ///< packets that did not decode, gaps in the sound (filled with silence)

    double soundEnd() const { return soundBegin + static_cast<double>(sound.size()) / 48000; }
    double pictureEnd() const { return pictures.empty() ? 0 : pictures.back().time; }
};

namespace media_file {

inline void takePicture(const AVFrame& frame, double time, MediaFile& file) {
    double sum = 0;
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) sum += frame.data[0][y * frame.linesize[0] + x];
    }
    file.pictures.push_back({time, sum / (frame.width * frame.height), frame.key_frame != 0});
    file.matrix = frame.colorspace;
    file.range = frame.color_range;
}

inline void takeSound(const AVFrame& frame, double time, MediaFile& file) {
    if (file.sound.empty()) file.soundBegin = time;
    const double gap = time - file.soundEnd();
    if (std::abs(gap) > 0.0005) ++file.errors;
    if (gap > 0.0005) file.sound.insert(file.sound.end(), static_cast<std::size_t>(std::lround(gap * 48000)), 0.0F);
    const auto* samples = reinterpret_cast<const float*>(frame.extended_data[0]);
    file.sound.insert(file.sound.end(), samples, samples + frame.nb_samples);
}

}  // namespace media_file

/// Opens and decodes a file. @return nothing when it cannot be opened
inline std::optional<MediaFile> readMediaFile(const std::string& path) {
    AVFormatContext* format = nullptr;
    if (avformat_open_input(&format, path.c_str(), nullptr, nullptr) < 0) return std::nullopt;
    const auto closeInput = [](AVFormatContext* input) { avformat_close_input(&input); };
    const std::unique_ptr<AVFormatContext, decltype(closeInput)> closing(format, closeInput);
    if (avformat_find_stream_info(format, nullptr) < 0) return std::nullopt;
    const auto freeContext = [](AVCodecContext* context) { avcodec_free_context(&context); };
    std::vector<std::unique_ptr<AVCodecContext, decltype(freeContext)>> decoders;
    MediaFile file;
    file.duration = static_cast<double>(format->duration) / AV_TIME_BASE;
    for (unsigned i = 0; i < format->nb_streams; ++i) {
        const AVCodecParameters& parameters = *format->streams[i]->codecpar;
        const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
        decoders.emplace_back(avcodec_alloc_context3(codec), freeContext);
        avcodec_parameters_to_context(decoders.back().get(), &parameters);
        if (avcodec_open2(decoders.back().get(), codec, nullptr) < 0) return std::nullopt;
        if (parameters.codec_type != AVMEDIA_TYPE_VIDEO) continue;
        file.width = parameters.width;
        file.height = parameters.height;
    }
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    const auto decode = [&](std::size_t index, const AVPacket* input) {
        if (avcodec_send_packet(decoders[index].get(), input) < 0) ++file.errors;
        while (avcodec_receive_frame(decoders[index].get(), frame) == 0) {
            if (frame->flags & AV_FRAME_FLAG_CORRUPT) ++file.errors;
            const double time = static_cast<double>(frame->pts) * av_q2d(format->streams[index]->time_base);
            const bool isVideo = decoders[index]->codec_type == AVMEDIA_TYPE_VIDEO;
            isVideo ? media_file::takePicture(*frame, time, file) : media_file::takeSound(*frame, time, file);
        }
    };
    while (av_read_frame(format, packet) >= 0) {
        decode(static_cast<std::size_t>(packet->stream_index), packet);
        av_packet_unref(packet);
    }
    for (std::size_t i = 0; i < decoders.size(); ++i) decode(i, nullptr);
    av_frame_free(&frame);
    av_packet_free(&packet);
    return file;
}

/// Times at which the picture turns from dark to bright.
inline std::vector<double> flashes(const MediaFile& file) {
    std::vector<double> times;
    for (std::size_t i = 1; i < file.pictures.size(); ++i) {
        if (file.pictures[i - 1].luma < 100 && file.pictures[i].luma > 150) times.push_back(file.pictures[i].time);
    }
    return times;
}

/// Times at which a sound begins after at least 200 ms of silence.
inline std::vector<double> beeps(const MediaFile& file) {
    constexpr float kThreshold = 0.05F;
    std::vector<double> times;
    std::size_t silent = 0;
    for (std::size_t i = 0; i < file.sound.size(); ++i) {
        const bool isLoud = std::abs(file.sound[i]) > kThreshold;
        if (isLoud && silent >= 9600) times.push_back(file.soundBegin + static_cast<double>(i) / 48000);
        silent = isLoud ? 0 : silent + 1;
    }
    return times;
}

}  // namespace tessera

#include "pipelines/outputs/media_finish.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <unistd.h>
#include <vector>

#include "pipelines/av/av_ptr.h"
#include "pipelines/ingest/media_reader.h"
#include "pipelines/raster/image_encoder.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Left free beside the second copy.
constexpr std::uintmax_t kSpareBytes = 64U << 20U;

struct InputDeleter {
    void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
};
struct OutputDeleter {
    void operator()(AVFormatContext* output) const {
        avio_closep(&output->pb);
        avformat_free_context(output);
    }
};
using InputPtr = std::unique_ptr<AVFormatContext, InputDeleter>;
using OutputPtr = std::unique_ptr<AVFormatContext, OutputDeleter>;

Result<InputPtr> openInput(const std::string& path) {
    initAv();
    AVFormatContext* opened = nullptr;
    const int code = avformat_open_input(&opened, path.c_str(), nullptr, nullptr);
    if (code < 0) return invalidArgument(path + " is no media file: " + avErrorText(code));
    InputPtr input(opened);
    if (avformat_find_stream_info(input.get(), nullptr) < 0) return invalidArgument(path + " cannot be read");
    return input;
}

Result<OutputPtr> openOutput(const AVFormatContext& input, const std::string& like, const std::string& path) {
    AVFormatContext* made = nullptr;
    // The format reads its own file again by this name, to put the index in front.
    const auto* container = av_guess_format(nullptr, like.c_str(), nullptr);
    if (avformat_alloc_output_context2(&made, container, nullptr, path.c_str()) < 0) {
        return invalidArgument("there is no container for " + like);
    }
    OutputPtr output(made);
    for (unsigned i = 0; i < input.nb_streams; ++i) {
        AVStream* stream = avformat_new_stream(output.get(), nullptr);
        if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, input.streams[i]->codecpar) < 0) {
            return internalError("out of memory");
        }
        stream->codecpar->codec_tag = 0;
        stream->time_base = input.streams[i]->time_base;
        stream->avg_frame_rate = input.streams[i]->avg_frame_rate;
    }
    const int code = avio_open(&output->pb, path.c_str(), AVIO_FLAG_WRITE);
    if (code < 0) return internalError(path + " cannot be written: " + avErrorText(code));
    return output;
}

Status addChapters(AVFormatContext& output, const std::vector<MediaChapter>& chapters) {
    if (chapters.empty()) return kOk;
    output.chapters = static_cast<AVChapter**>(av_calloc(chapters.size(), sizeof(AVChapter*)));
    if (output.chapters == nullptr) return internalError("out of memory");
    for (const MediaChapter& chapter : chapters) {
        auto* added = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
        if (added == nullptr) return internalError("out of memory");
        added->id = output.nb_chapters;
        added->time_base = {1, 1000};
        added->start = chapter.beginMs;
        added->end = chapter.endMs;
        av_dict_set(&added->metadata, "title", chapter.title.c_str(), 0);
        output.chapters[output.nb_chapters++] = added;
    }
    return kOk;
}

Status copyPackets(AVFormatContext& input, AVFormatContext& output, const std::atomic<bool>& stopping) {
    AVDictionary* options = nullptr;
    av_dict_set(&options, "movflags", "+faststart", 0);
    const int begun = avformat_write_header(&output, &options);
    av_dict_free(&options);
    if (begun < 0) return internalError("the new file cannot begin: " + avErrorText(begun));
    const AvPacketPtr packet(av_packet_alloc());
    while (packet && av_read_frame(&input, packet.get()) >= 0) {
        if (stopping) return Error{ErrorCode::Timeout, "stopped", {}};
        if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0) {  // cut off by the crash
            av_packet_unref(packet.get());
            continue;
        }
        const auto index = packet->stream_index;
        av_packet_rescale_ts(packet.get(), input.streams[index]->time_base, output.streams[index]->time_base);
        packet->pos = -1;
        const int written = av_interleaved_write_frame(&output, packet.get());
        if (written < 0) return internalError("the new file cannot be written: " + avErrorText(written));
    }
    const int ended = av_write_trailer(&output);
    if (ended < 0) return internalError("the new file cannot be ended: " + avErrorText(ended));
    return kOk;
}

Status reachDisk(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!synced) return internalError(path + " did not reach the disk");
    return kOk;
}

Status rewrite(const std::string& path, const std::string& part, const std::vector<MediaChapter>& chapters,
               const std::atomic<bool>& stopping) {
    auto input = openInput(path);
    if (!input) return input.error();
    auto output = openOutput(**input, path, part);
    if (!output) return output.error();
    TESSERA_TRY(addChapters(**output, chapters));
    TESSERA_TRY(copyPackets(**input, **output, stopping));
    output->reset();
    TESSERA_TRY(reachDisk(part));
    std::error_code error;
    fs::rename(part, path, error);
    if (error) return internalError(path + " cannot be replaced: " + error.message());
    return reachDisk(fs::path(path).parent_path().string());
}

}  // namespace

Result<MediaFacts> probeMedia(const std::string& path) {
    const auto input = openInput(path);
    if (!input) return input.error();
    MediaFacts facts;
    for (unsigned i = 0; i < (*input)->nb_streams; ++i) {
        const AVCodecParameters& codec = *(*input)->streams[i]->codecpar;
        if (codec.codec_type == AVMEDIA_TYPE_AUDIO) facts.audioCodec = avcodec_get_name(codec.codec_id);
        if (codec.codec_type != AVMEDIA_TYPE_VIDEO) continue;
        facts.videoCodec = avcodec_get_name(codec.codec_id);
        facts.width = codec.width;
        facts.height = codec.height;
    }
    // A file that was not finished has no duration in its header: the last packet tells.
    if ((*input)->duration > 0) facts.durationMs = (*input)->duration * 1000 / AV_TIME_BASE;
    bool isFirst = true;
    const AvPacketPtr packet(av_packet_alloc());
    while (packet && av_read_frame(input->get(), packet.get()) >= 0) {
        const auto base = (*input)->streams[packet->stream_index]->time_base;
        const auto beginMs = av_rescale_q(packet->pts, base, AVRational{1, 1000});
        facts.beginsMs = isFirst ? beginMs : std::min(facts.beginsMs, beginMs);
        isFirst = false;
        const auto endMs = av_rescale_q(packet->pts + packet->duration, base, AVRational{1, 1000});
        facts.durationMs = std::max(facts.durationMs, endMs);
        av_packet_unref(packet.get());
    }
    return facts;
}

Status finishMedia(const std::string& path, const std::vector<MediaChapter>& chapters,
                   const std::atomic<bool>& stopping) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (error) return notFound(path + ": " + error.message());
    const auto space = fs::space(path, error);
    if (error || space.available < bytes + kSpareBytes) {
        return Error{ErrorCode::Capacity, "there is no room for a second copy of " + path, {}};
    }
    // The dot keeps a half-written copy from being taken for a file of the recording.
    const std::string part = fs::path(path).parent_path().string() + "/.part";
    const Status rewritten = rewrite(path, part, chapters, stopping);
    if (!rewritten) fs::remove(part, error);
    return rewritten;
}

Status writePoster(const std::string& media, const std::string& poster) {
    auto reader = MediaReader::open(media);
    if (!reader) return reader.error();
    auto item = (*reader)->next();
    while (item && !item->picture) item = (*reader)->next();
    if (!item) return invalidArgument(media + " has no picture");
    const auto bytes = encodeImage(*item->picture, ImageFormat::Jpeg);
    if (!bytes) return bytes.error();
    std::FILE* file = std::fopen(poster.c_str(), "wbe");
    if (file == nullptr) return internalError(poster + " cannot be written");
    const bool isWhole = std::fwrite(bytes->data(), 1, bytes->size(), file) == bytes->size();
    if (std::fclose(file) != 0 || !isWhole) return internalError(poster + " cannot be written");
    return kOk;
}

}  // namespace tessera

#include "pipelines/ingest/network/stream_input.h"

#include "pipelines/ingest/hls/hls_resources.h"
#include "pipelines/ingest/network/byte_source.h"

namespace tessera {
namespace {

constexpr AVRational kNanoseconds{1, 1'000'000'000};
constexpr int kReadBytes = 32 << 10;

}  // namespace

/// Also ends a connection whose server has sent us elsewhere: that address was not checked.
int StreamInput::onInterrupt(void* opaque) {
    const auto* self = static_cast<const StreamInput*>(opaque);
    const bool isElsewhere =
        self->format_ != nullptr && self->format_->url != nullptr && self->url_ != self->format_->url;
    return isElsewhere || self->interrupt_.isDue() ? 1 : 0;
}

int StreamInput::readBytes(void* opaque, std::uint8_t* into, int size) {
    const auto* self = static_cast<const StreamInput*>(opaque);
    const auto taken = self->bytes_->read({into, static_cast<std::size_t>(size)}, self->interrupt_);
    return taken == 0 ? AVERROR_EOF : static_cast<int>(taken);
}

void StreamInput::readFrom(std::shared_ptr<ByteSource> bytes) {
    bytes_ = std::move(bytes);
    auto* buffer = static_cast<unsigned char*>(av_malloc(kReadBytes));
    io_ = avio_alloc_context(buffer, kReadBytes, 0, this, &StreamInput::readBytes, nullptr, nullptr);
    format_->pb = io_;
    format_->flags |= AVFMT_FLAG_CUSTOM_IO;
}

Error StreamInput::failure(int code) const {
    if (resources_ && resources_->refusal()) return *resources_->refusal();
    if (interrupt_.isDue()) return networkError(kind_.shown, AVERROR_EXIT);
    Error error = bytes_ ? bytes_->reason() : Error();
    return error.message.empty() ? networkError(kind_.shown, code) : error;
}

Result<std::unique_ptr<StreamInput>> StreamInput::open(const StreamKind& kind, const StreamAddress& address,
                                                       const Interrupt& interrupt) {
    initAv();
    std::unique_ptr<StreamInput> input(new StreamInput(kind, interrupt));
    TESSERA_TRY(input->openFormat(address));
    return input;
}

Status StreamInput::openFormat(const StreamAddress& address) {
    const AVInputFormat* demuxer = av_find_input_format(address.format.c_str());
    if (demuxer == nullptr) return unsupported("libavformat here has no demuxer " + address.format);
    format_ = avformat_alloc_context();
    format_->interrupt_callback = {&StreamInput::onInterrupt, this};
    format_->flags |= AVFMT_FLAG_DISCARD_CORRUPT;
    if (address.bytes) readFrom(address.bytes);
    resources_ = address.resources;
    if (resources_) resources_->serve(*format_);
    AVDictionary* options = nullptr;
    av_dict_set(&options, "protocol_whitelist", address.protocols.c_str(), 0);
    av_dict_set(&options, "max_streams", "64", 0);
    av_dict_set(&options, "probesize", "2000000", 0);
    av_dict_set(&options, "analyzeduration", "1500000", 0);
    for (const auto& [key, value] : address.options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    url_ = address.url;
    const int opened = avformat_open_input(&format_, address.url.c_str(), demuxer, &options);
    av_dict_free(&options);
    if (opened < 0) return failure(opened);
    const int found = avformat_find_stream_info(format_, nullptr);
    if (found < 0 || interrupt_.isDue()) return failure(found);
    if (kind_.video) streams_[0] = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (kind_.audio) streams_[1] = av_find_best_stream(format_, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    for (unsigned i = 0; resources_ && i < format_->nb_streams; ++i) {  // what is not wanted is not fetched
        const int index = static_cast<int>(i);
        if (index != streams_[0] && index != streams_[1]) format_->streams[i]->discard = AVDISCARD_ALL;
    }
    if (streams_[0] >= 0 || streams_[1] >= 0) return kOk;
    return Error{ErrorCode::Unreachable, kind_.shown + ": it holds neither picture nor sound", {}};
}

StreamInput::~StreamInput() {
    avformat_close_input(&format_);
    if (io_ != nullptr) av_freep(&io_->buffer);
    avio_context_free(&io_);
    if (bytes_) bytes_->close();
}

Result<std::optional<StreamInput::Read>> StreamInput::read() {
    AvPacketPtr packet(av_packet_alloc());
    const int code = av_read_frame(format_, packet.get());
    if (code == AVERROR(EAGAIN)) return std::optional<Read>();
    if (code < 0) {
        isAtEnd_ = code == AVERROR_EOF && !interrupt_.isDue();
        return failure(code);
    }
    for (std::size_t medium = 0; medium < streams_.size(); ++medium) {
        if (packet->stream_index != streams_[medium]) continue;
        const std::int64_t stamp = packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
        const AVRational base = format_->streams[packet->stream_index]->time_base;
        if (stamp != AV_NOPTS_VALUE) last_[medium] = Duration(av_rescale_q(stamp, base, kNanoseconds));
        return std::optional<Read>(Read{std::move(packet), static_cast<int>(medium), last_[medium]});
    }
    return std::optional<Read>();
}

Status StreamInput::checkPictures() const {
    if (streams_[0] < 0) return kOk;
    const AVCodecParameters& parameters = *format_->streams[streams_[0]]->codecpar;
    return checkSize({parameters.width, parameters.height});
}

Result<std::unique_ptr<StreamDecoder>> StreamInput::makeDecoder(const SourceFeedPtr& feed) {
    auto decoder = std::make_unique<StreamDecoder>(*format_, feed);
    Error error;
    int opened = 0;
    for (std::size_t medium = 0; medium < streams_.size(); ++medium) {
        if (streams_[medium] < 0) continue;
        const auto status = decoder->open(static_cast<int>(medium), streams_[medium]);
        if (status.ok()) {
            ++opened;
        } else {
            error = status.error();
        }
    }
    if (opened == 0) return error;
    return decoder;
}

}  // namespace tessera

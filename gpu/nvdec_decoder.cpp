#include "gpu/nvdec_decoder.h"

#include <algorithm>

#include "mcu/base/log.h"

namespace tessera {
namespace {

/// Timestamps pass through the parser unchanged in this unit, as MediaTime
/// counts.
constexpr unsigned kNanoseconds = 1'000'000'000;

/// Until a sequence says how many it needs. @source NVDEC programming guide:
/// the callback's answer overrides it
constexpr unsigned kFirstSurfaces = 1;

}  // namespace

Result<std::unique_ptr<VideoDecoder>> NvdecDecoder::create(std::shared_ptr<Nvdec> nvdec, VideoCodec codec,
                                                           FrameSink& pictures, std::shared_ptr<const void> place) {
    std::unique_ptr<NvdecDecoder> decoder(new NvdecDecoder(std::move(nvdec), codec, pictures, std::move(place)));
    TESSERA_TRY(decoder->open());
    return std::unique_ptr<VideoDecoder>(std::move(decoder));
}

Status NvdecDecoder::open() {
    auto& context = nvdec_->device()->context();
    auto stream = context.createStream();
    if (!stream) return stream.error();
    stream_ = *stream;
    CUVIDPARSERPARAMS parameters{};
    parameters.CodecType = toCuvid(codec_);
    parameters.ulMaxNumDecodeSurfaces = kFirstSurfaces;
    parameters.ulClockRate = kNanoseconds;
    parameters.ulMaxDisplayDelay = 0;
    parameters.pUserData = this;
    parameters.pfnSequenceCallback = [](void* self, CUVIDEOFORMAT* format) {
        return static_cast<NvdecDecoder*>(self)->onSequence(*format);
    };
    parameters.pfnDecodePicture = [](void* self, CUVIDPICPARAMS* picture) {
        return static_cast<NvdecDecoder*>(self)->onDecode(*picture);
    };
    parameters.pfnDisplayPicture = [](void* self, CUVIDPARSERDISPINFO* shown) {
        return static_cast<NvdecDecoder*>(self)->onDisplay(shown);
    };
    const CudaScope scope(context);
    return context.check(nvdec_->calls().cuvidCreateVideoParser(&parser_, &parameters), "cuvidCreateVideoParser");
}

NvdecDecoder::~NvdecDecoder() {
    auto& context = nvdec_->device()->context();
    const CudaScope scope(context);
    if (parser_ != nullptr) nvdec_->calls().cuvidDestroyVideoParser(parser_);
    session_.reset();
    if (stream_ != nullptr && !context.isLost()) context.calls().cuStreamDestroy(stream_);
}

DecodeOutcome NvdecDecoder::decode(const AccessUnit& unit) {
    if (nvdec_->device()->isLost()) return DecodeOutcome::Failed;
    if (unit.bytes.empty()) return DecodeOutcome::Accepted;
    CUVIDSOURCEDATAPACKET packet{};
    packet.flags = CUVID_PKT_TIMESTAMP | CUVID_PKT_ENDOFPICTURE;
    if (unit.discontinuity) packet.flags |= CUVID_PKT_DISCONTINUITY;
    packet.payload = unit.bytes.data();
    packet.payload_size = static_cast<unsigned>(unit.bytes.size());
    packet.timestamp = unit.pts.time_since_epoch().count();
    parse(packet);
    return outcome_;
}

void NvdecDecoder::drain() {
    if (nvdec_->device()->isLost()) return;
    CUVIDSOURCEDATAPACKET packet{};
    packet.flags = CUVID_PKT_ENDOFSTREAM;
    parse(packet);
}

void NvdecDecoder::parse(CUVIDSOURCEDATAPACKET& packet) {
    outcome_ = DecodeOutcome::Accepted;
    auto& context = nvdec_->device()->context();
    const CudaScope scope(context);
    const Status parsed = context.check(nvdec_->calls().cuvidParseVideoData(parser_, &packet), "cuvidParseVideoData");
    if (!parsed.ok() && outcome_ == DecodeOutcome::Accepted) fail(DecodeOutcome::Damaged, parsed.error());
}

int NvdecDecoder::fail(DecodeOutcome outcome, const Error& error) {
    const bool isLost = nvdec_->device()->isLost();
    if (isLost) outcome = DecodeOutcome::Failed;
    if (outcome_ == DecodeOutcome::Accepted) {
        log(isLost ? LogLevel::Error : LogLevel::Info, "nvdec", error.message,
            {{"codec", std::string(toString(codec_))}});
    }
    outcome_ = std::max(outcome_, outcome);
    return 0;
}

int NvdecDecoder::onSequence(CUVIDEOFORMAT& format) {
    if (session_ && session_->serves(format)) return session_->surfaces();
    session_.reset();  // first, so that its memory is free for the next
    auto made = NvdecSession::create(*nvdec_, format, stream_);
    if (!made) {
        nvdec_->counters().refusals.add();
        return fail(DecodeOutcome::Unfit, made.error());
    }
    session_ = *std::move(made);
    return session_->surfaces();
}

int NvdecDecoder::onDecode(CUVIDPICPARAMS& picture) {
    if (!session_) return 0;
    const Status decoded = session_->decode(picture);
    return decoded.ok() ? 1 : fail(DecodeOutcome::Damaged, decoded.error());
}

int NvdecDecoder::onDisplay(const CUVIDPARSERDISPINFO* shown) {
    if (shown == nullptr) return 1;  // the end of the stream
    if (!session_) return 0;
    auto taken = session_->take(*shown);
    if (!taken) {
        nvdec_->counters().picturesDamaged.add();
        if (taken.error().code == ErrorCode::Capacity) return fail(DecodeOutcome::Unfit, taken.error());
        return fail(++errorsInARow_ >= kMostErrors ? DecodeOutcome::Failed : DecodeOutcome::Damaged, taken.error());
    }
    errorsInARow_ = 0;
    if (taken->isDamaged) {
        nvdec_->counters().picturesDamaged.add();
        return fail(DecodeOutcome::Damaged, {ErrorCode::Device, "NVDEC found a picture damaged", {}});
    }
    if (!taken->frame) return 1;
    nvdec_->counters().pictures.add();
    pictures_.offer(std::move(taken->frame));
    return 1;
}

}  // namespace tessera

#include "pipelines/render/program_writer.h"

#include <unistd.h>
#include <utility>

#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

MuxSpec containerOf(const ProgramWriter::Spec& spec) {
    MuxSpec container = recordingContainer(spec.isMatroska);
    container.video = spec.video;
    container.audio = spec.audio;
    container.fragment = std::chrono::seconds(2);
    return container;
}

}  // namespace

Result<std::unique_ptr<ProgramWriter>> ProgramWriter::create(Spec spec) {
    auto file = createRecordingFile(spec.path, kRecordingMinimumFree);
    if (!file) return file.error();
    const std::string path = spec.path;
    std::unique_ptr<ProgramWriter> writer(new ProgramWriter(std::move(spec), std::move(file).value()));
    if (const Status opened = writer->open(); !opened) {
        ::unlink(path.c_str());
        return opened.error();
    }
    return writer;
}

ProgramWriter::ProgramWriter(Spec spec, std::unique_ptr<MuxTarget> target)
    : spec_(std::move(spec)),
      container_(containerOf(spec_)),
      target_(std::move(target)),
      session_(container_, *target_, bytes_) {}

ProgramWriter::~ProgramWriter() {
    {
        Lock lock(mutex_);
        isAborted_ = true;
    }
    changed_.notifyAll();
    thread_.join();
}

/// In software: devices belong to who is live.
Status ProgramWriter::open() {
    Status made = unsupported("there is no encoder for " + std::string(toString(spec_.video.codec)), "codec");
    for (const auto& row : videoEncoderCatalog()) {
        if (row.codec != spec_.video.codec || row.isOnDevice) continue;
        auto encoder =
            row.create(row, spec_.video, nullptr, [this](const EncodedPicture& picture) { onPicture(picture); });
        made = encoder ? kOk : Status(encoder.error());
        if (!encoder) continue;
        pictures_ = std::move(encoder).value();
        break;
    }
    TESSERA_TRY(made);
    for (const auto& row : audioEncoderCatalog()) {
        if (row.codec != spec_.audio.codec) continue;
        auto packetizer = AudioPacketizer::create(row, spec_.audio, [this](const PacketPtr& packet) { mux(packet); });
        if (!packetizer) return packetizer.error();
        sounds_ = std::move(packetizer).value();
        break;
    }
    if (!sounds_) return unsupported("there is no encoder for " + std::string(toString(spec_.audio.codec)), "codec");
    thread_ = Thread("render-encode", [this] { run(); });
    return kOk;
}

void ProgramWriter::put(Item item) {
    Lock lock(mutex_);
    changed_.wait(mutex_, [this] { return items_.size() < kMostItems || !status_; });
    if (!status_) return;
    items_.push_back(std::move(item));
    changed_.notifyAll();
}

std::optional<ProgramWriter::Item> ProgramWriter::next() {
    Lock lock(mutex_);
    changed_.wait(mutex_, [this] { return isAborted_ || isEnding_ || !items_.empty(); });
    if (isAborted_ || items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    changed_.notifyAll();
    return item;
}

void ProgramWriter::run() {
    Status result = kOk;
    while (result) {
        const auto item = next();
        if (!item) break;
        result = encode(*item);
    }
    const Status ended = end();
    Lock lock(mutex_);
    status_ = result ? ended : result;
    changed_.notifyAll();
}

Status ProgramWriter::encode(const Item& item) {
    if (const auto* block = std::get_if<AudioBlock>(&item)) {
        TESSERA_TRY(sounds_->encode(*block));
    } else {
        TESSERA_TRY(pictures_->encode(std::get<FramePtr>(item), false));
    }
    return muxed_;
}

Status ProgramWriter::end() {
    sounds_->drain();
    pictures_.reset();
    sounds_.reset();
    TESSERA_TRY(muxed_);
    TESSERA_TRY(session_.flush());
    TESSERA_TRY(session_.finish());
    return target_->close();
}

void ProgramWriter::onPicture(const EncodedPicture& picture) {
    auto packet = std::make_shared<Packet>();
    packet->kind = MediaKind::Video;
    packet->keyframe = picture.keyframe;
    packet->pts = picture.pts;
    packet->duration = spec_.video.rate.period();
    packet->sequence = sequence_++;
    packet->bytes.assign(picture.bytes.begin(), picture.bytes.end());
    mux(packet);
}

void ProgramWriter::mux(const PacketPtr& packet) {
    if (muxed_) muxed_ = session_.write(packet);
}

Status ProgramWriter::status() const {
    Lock lock(mutex_);
    return status_;
}

Status ProgramWriter::finish() {
    {
        Lock lock(mutex_);
        isEnding_ = true;
    }
    changed_.notifyAll();
    thread_.join();
    return status();
}

}  // namespace tessera

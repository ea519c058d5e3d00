#include "pipelines/render/program_writer.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/outputs/recording_output.h"

namespace tessera {
namespace {

Error diskError(const std::string& path, int code) {
    const std::string text = path + ": " + std::strerror(code);
    if (code == ENOENT || code == ENOTDIR) return notFound(text);
    if (code == EEXIST) return conflict(text);
    if (code == ENOSPC || code == EDQUOT) return {ErrorCode::Capacity, text, {}};
    return {ErrorCode::Device, text, {}};
}

class ProgramFile final : public MuxTarget {
public:
    ProgramFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    ~ProgramFile() override {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    Status write(std::span<const std::uint8_t> bytes) override {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return diskError(path_, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return kOk;
    }

    Status onFragment() override {
        struct statvfs space {};
        if (::fstatvfs(descriptor_, &space) != 0) return diskError(path_, errno);
        if (static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize >= kRecordingMinimumFree) return kOk;
        return Error{ErrorCode::Capacity, path_ + ": too little disk space is left; free some", {}};
    }

    Status close() override {
        const bool synced = ::fdatasync(descriptor_) == 0;
        const int code = errno;
        ::close(std::exchange(descriptor_, -1));
        return synced ? kOk : Status(diskError(path_, code));
    }

private:
    const std::string path_;
    int descriptor_;
};

MuxSpec containerOf(const ProgramWriter::Spec& spec) {
    MuxSpec container;
    if (spec.isMatroska) {
        container.format = "matroska";
        container.options = {{"live", "1"}};  // rewritten when it is complete
    } else {
        container.options = {{"movflags", "frag_custom+empty_moov+default_base_moof+frag_discont"},
                             {"use_editlist", "0"},
                             {"avoid_negative_ts", "disabled"}};
    }
    container.video = spec.video;
    container.audio = spec.audio;
    container.fragment = std::chrono::seconds(2);
    return container;
}

}  // namespace

Result<std::unique_ptr<ProgramWriter>> ProgramWriter::create(Spec spec) {
    const int descriptor = ::open(spec.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (descriptor < 0) return diskError(spec.path, errno);
    auto file = std::make_unique<ProgramFile>(spec.path, descriptor);
    const std::string path = spec.path;
    std::unique_ptr<ProgramWriter> writer(new ProgramWriter(std::move(spec), std::move(file)));
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
      session_(container_, *target_) {}

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
    TESSERA_TRY(target_->onFragment());
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

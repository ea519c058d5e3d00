#include "pipelines/outputs/recording_writer.h"

#include <utility>

namespace tessera {

Status RecordingWriter::open() {
    return beginFile({});
}

Status RecordingWriter::write(const PacketPtr& packet) {
    if (!limits_.areSet() || isPaused_) return writeTo(*current_, packet);
    if (packet->kind == MediaKind::Video || !spec_.video) return writePicture(packet);
    if (!spec_.audio) return kOk;
    sound_.push_back(packet);
    return releaseSound(packet->pts - kLongestWait);
}

/// Also the sound of a recording without pictures: each of its packets may begin a file.
Status RecordingWriter::writePicture(const PacketPtr& packet) {
    if (isFull() && packet->keyframe) {
        TESSERA_TRY(beginFile(packet->pts));
    } else if (isFull() && !std::exchange(isKeyframeAsked_, true)) {
        hooks_.requestKeyframe();
    }
    TESSERA_TRY(writeTo(*current_, packet));
    return releaseSound(packet->pts);
}

Status RecordingWriter::releaseSound(MediaTime until) {
    while (!sound_.empty() && sound_.front()->pts <= until) {
        const PacketPtr packet = std::move(sound_.front());
        sound_.pop_front();
        const bool isEarlier = previous_ != nullptr && packet->pts < current_->begin;
        if (!isEarlier) TESSERA_TRY(close(std::move(previous_)));
        TESSERA_TRY(writeTo(isEarlier ? *previous_ : *current_, packet));
    }
    return kOk;
}

Status RecordingWriter::writeTo(File& file, const PacketPtr& packet) {
    TESSERA_TRY(file.session.write(packet));
    if (!file.session.hasBegun() || file.told == file.session.anchor()) return kOk;
    file.told = file.session.anchor();
    if (file.number == 1 && file.told.position == Duration{}) begin_ = file.told.meeting;
    hooks_.onAnchor(file.number, file.told);
    return kOk;
}

Status RecordingWriter::beginFile(MediaTime begin) {
    TESSERA_TRY(close(std::move(previous_)));
    auto target = hooks_.open(files_ + 1);
    if (!target) return target.error();
    previous_ = std::move(current_);
    current_ = std::make_unique<File>(++files_, std::move(target).value(), spec_, bytes_);
    current_->begin = begin;
    isKeyframeAsked_ = false;
    if (!spec_.video || !spec_.audio) return close(std::move(previous_));
    return kOk;
}

Status RecordingWriter::close(std::unique_ptr<File> file) {
    if (!file) return kOk;
    closed_ += file->session.duration();
    const Status finished = file->session.finish();
    const Status closed = file->target->close();
    if (hooks_.onClosed) hooks_.onClosed(file->number);
    return finished ? closed : finished;
}

bool RecordingWriter::isFull() const {
    const bool isLong = limits_.duration > Duration{} && current_->session.duration() >= limits_.duration;
    const bool isLarge = limits_.bytes > 0 && bytes_.value() - current_->bytesBefore >= limits_.bytes;
    return current_->session.hasBegun() && (isLong || isLarge);
}

Status RecordingWriter::pause() {
    isPaused_ = true;
    TESSERA_TRY(releaseSound(MediaTime::max()));
    TESSERA_TRY(close(std::move(previous_)));
    return current_->session.pause();
}

void RecordingWriter::resume() {
    isPaused_ = false;
    current_->session.resume();
}

Status RecordingWriter::flush() {
    if (previous_) TESSERA_TRY(previous_->session.flush());
    return current_->session.flush();
}

Status RecordingWriter::finish() {
    Status result = releaseSound(MediaTime::max());
    for (auto* file : {&previous_, &current_}) {
        const Status closed = close(std::move(*file));
        if (result && !closed) result = closed;
    }
    return result;
}

Duration RecordingWriter::duration() const {
    Duration sum = closed_;
    for (const auto* file : {&previous_, &current_}) {
        if (*file) sum += (*file)->session.duration();
    }
    return sum;
}

}  // namespace tessera

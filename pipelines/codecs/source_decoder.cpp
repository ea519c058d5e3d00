#include "pipelines/codecs/source_decoder.h"

#include <string>
#include <utility>

#include "mcu/base/log.h"

namespace tessera {

SourceDecoder::SourceDecoder(VideoCodec codec, VideoDecoderTable table, SourceFeedPtr feed)
    : table_(std::move(table)), feed_(std::move(feed)), codec_(codec) {
    TESSERA_CHECK(table_ && !table_->empty());
}

std::string_view SourceDecoder::decoderName() const {
    return decoder_ ? decoder_->name() : std::string_view();
}

void SourceDecoder::needKeyframe() {
    feed_->decodeErrors.add();
    isKeyframeNeeded_ = true;
}

void SourceDecoder::offer(FramePtr frame) {
    if (!isOpen_) return;
    if (row_ > 0) {
        if (!sizeAfterLeaving_) sizeAfterLeaving_ = frame->size;
        if (*sizeAfterLeaving_ != frame->size) hasSizeChanged_ = true;
    }
    feed_->width.set(frame->size.width);
    feed_->height.set(frame->size.height);
    feed_->video.offer(std::move(frame));
}

/// Undecoded, for who wants it.
void SourceDecoder::tap(const AccessUnit& unit) {
    if (!isOpen_ || !feed_->coded.isWanted()) return;
    auto coded = std::make_shared<CodedUnit>();
    coded->codec = toString(codec_);
    coded->keyframe = unit.keyframe;
    coded->discontinuity = unit.discontinuity;
    coded->pts = coded->dts = unit.pts;
    coded->bytes.assign(unit.bytes.begin(), unit.bytes.end());
    feed_->coded.offer(coded);
}

void SourceDecoder::decode(const AccessUnit& unit) {
    tap(unit);
    if (unit.keyframe) returnToPreferred(unit);
    if (waitsForKeyframe_ && !unit.keyframe) return;
    while (true) {
        if (!decoder_ && !makeDecoder(unit.pts)) {
            waitsForKeyframe_ = true;
            return needKeyframe();
        }
        waitsForKeyframe_ = false;
        switch (decoder_->decode(unit)) {
            case DecodeOutcome::Accepted: return;
            case DecodeOutcome::Damaged: return needKeyframe();
            case DecodeOutcome::Failed: return onFailure(unit.pts);
            case DecodeOutcome::Unfit: break;
        }
        leaveRow(unit.pts);
        if (!unit.keyframe) {
            waitsForKeyframe_ = true;
            return needKeyframe();
        }
    }
}

/// Makes a decoder of the present row, or of the first after it that can. @return false: none now
bool SourceDecoder::makeDecoder(MediaTime now) {
    if (now < notBefore_) return false;
    for (; row_ < table_->size(); ++row_) {
        const auto& row = (*table_)[row_];
        auto made = row.create(codec_, *this);
        if (made.ok()) {
            decoder_ = std::move(made).value();
            return true;
        }
        if (row_ == 0) leftPreferred_ = now;
        log(LogLevel::Info, "decoder", made.error().message,
            {{"decoder", std::string(row.name)}, {"codec", std::string(toString(codec_))}});
    }
    row_ = 0;
    notBefore_ = now + kRetryInterval;
    return false;
}

/// Tries the first row again when there is reason to hope: the size that it refused has changed, or time has passed.
void SourceDecoder::returnToPreferred(const AccessUnit& unit) {
    if (row_ == 0) return;
    const Duration away = unit.pts - leftPreferred_;
    if (away < (hasSizeChanged_ ? kRetryInterval : kPreferredRetryInterval)) return;
    if (decoder_) decoder_->drain();
    decoder_.reset();
    row_ = 0;
    failures_ = 0;
    hasSizeChanged_ = false;
    sizeAfterLeaving_.reset();
}

void SourceDecoder::leaveRow(MediaTime now) {
    decoder_.reset();
    if (row_ == 0) leftPreferred_ = now;
    sizeAfterLeaving_.reset();
    hasSizeChanged_ = false;
    failures_ = 0;
    ++row_;
}

void SourceDecoder::onFailure(MediaTime now) {
    log(LogLevel::Warning, "decoder", "a decoder failed and is made anew",
        {{"decoder", std::string(decoderName())}, {"codec", std::string(toString(codec_))}});
    decoder_.reset();
    waitsForKeyframe_ = true;
    needKeyframe();
    if (failures_ == 0 || now - firstFailure_ > kFailureWindow) {
        failures_ = 0;
        firstFailure_ = now;
    }
    ++failures_;
    if (failures_ >= kMostFailures && row_ + 1 < table_->size()) return leaveRow(now);
    if (failures_ > 1) notBefore_ = now + kRetryInterval;
}

}  // namespace tessera

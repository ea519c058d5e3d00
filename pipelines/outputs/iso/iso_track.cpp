#include "pipelines/outputs/iso/iso_track.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

/// Matroska counts milliseconds.
constexpr Duration kTick = std::chrono::milliseconds(1);
/// Less than this is jitter of the sender's clock; more begins another file.
constexpr Duration kMostBack = std::chrono::milliseconds(500);
constexpr int kSmallestSide = 16;

bool isTiny(const CodedUnit& keyframe) {
    if (keyframe.codec != "vp8") return false;
    const auto size = vp8Size(keyframe.bytes);
    return !size || size->first < kSmallestSide || size->second < kSmallestSide;
}

}  // namespace

void IsoTrack::drop(const std::string& fault) {
    if (end_ != MediaTime::min()) ++dropped_;  // before its begin nothing is missing
    if (!fault.empty()) fault_ = fault;
    waitsForKeyframe_ = true;
}

/// Whether it can be decoded with what has been written before it.
bool IsoTrack::isDecodable(const CodedUnit& unit) {
    if (unit.kind == MediaKind::Audio) return true;
    if (unit.discontinuity) waitsForKeyframe_ = true;
    if (unit.keyframe && !isTiny(unit)) return true;
    if (waitsForKeyframe_ || unit.keyframe) {
        drop({});
        return false;
    }
    return true;
}

Status IsoTrack::write(const CodedUnit& unit) {
    if (unit.dts < folder_.origin()) {
        drop({});
        return kOk;
    }
    if (!isDecodable(unit)) return kOk;
    const bool isAdts = unit.codec == "aac" && !unit.configuration;
    const auto adts = isAdts ? parseAdts(unit.bytes) : std::nullopt;
    if (isAdts && !adts) {
        drop("its AAC has no configuration");
        return kOk;
    }
    CodedUnit plain = unit;
    if (adts) {
        plain.configuration = std::make_shared<const std::vector<std::uint8_t>>(adts->configuration);
        plain.bytes.assign(adts->payload.begin(), adts->payload.end());
    }
    return writeInOrder(std::move(plain));
}

Status IsoTrack::writeInOrder(CodedUnit unit) {
    if (unit.keyframe) {
        const CodedFormat format = formatOf(unit, muxer_ ? &format_ : nullptr);
        const bool isBack = newest_ != MediaTime::min() && newest_ - unit.dts > kMostBack;
        if (!muxer_ || format != format_ || isBack) TESSERA_TRY(begin(format, unit));
        if (!muxer_) return kOk;
        waitsForKeyframe_ = false;
    }
    if (newest_ != MediaTime::min()) unit.dts = std::max(unit.dts, newest_ + kTick);
    unit.pts = std::max(unit.pts, unit.dts);
    newest_ = unit.dts;
    end_ = std::max(end_, unit.pts + unit.duration);
    isFlushed_ = false;
    return muxer_->write(unit);
}

/// Opens the next file. Without one afterwards, the unit cannot be written.
Status IsoTrack::begin(const CodedFormat& format, const CodedUnit& unit) {
    TESSERA_TRY(finish());
    if (refused_ == format) return kOk;
    const auto parameters = describeFormat(format, unit);
    if (!parameters) return refuse(format, parameters.error());
    auto file = folder_.open(source_);
    if (!file) return file.error();
    file_ = std::move(*file);
    const MuxSpec spec{.format = "matroska", .options = {{"live", "1"}}, .copied = parameters->get()};
    auto muxer = Muxer::create(spec, {}, folder_.origin(), *file_.target);
    if (!muxer) {
        file_.target.reset();
        return refuse(format, muxer.error());
    }
    muxer_ = std::move(*muxer);
    format_ = format;
    fault_.clear();
    turns_ = 0;
    newest_ = MediaTime::min();
    return kOk;
}

Status IsoTrack::refuse(const CodedFormat& format, const Error& error) {
    if (error.code == ErrorCode::Capacity || error.code == ErrorCode::Device) return error;
    if (error.code == ErrorCode::InvalidArgument) {  // another keyframe may be better
        isKeyframeNeeded_ = true;
        drop({});
        return kOk;
    }
    refused_ = format;
    drop(error.message);
    return kOk;
}

Status IsoTrack::flush() {
    if (!muxer_ || std::exchange(isFlushed_, true)) return kOk;
    return muxer_->flushFragment();
}

void IsoTrack::noteTurns(int quarterTurns) {
    if (!muxer_ || std::exchange(turns_, quarterTurns) == quarterTurns) return;
    folder_.noteRotation(file_.name, 90 * quarterTurns);
}

Status IsoTrack::finish() {
    if (!muxer_) return kOk;
    const Status finished = muxer_->finish();
    muxer_.reset();
    const auto file = std::move(file_.target);
    const Status closed = file->close();
    return finished ? closed : finished;
}

}  // namespace tessera

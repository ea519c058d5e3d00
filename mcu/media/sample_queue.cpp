#include "mcu/media/sample_queue.h"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

constexpr double kSamplesPerNanosecond = kSampleRate / 1e9;
constexpr std::size_t kMostFrames = 4800;  // resampled at a time, so that scratch memory is bounded
constexpr double kFarthest = 1e13;         // samples: 6 years; no sane timestamp is further from the epoch
constexpr float kLoudest = 8.0F;           // +18 dBFS; beyond is no sound but a decoder's mistake

double toPosition(MediaTime time) {
    return static_cast<double>(time.time_since_epoch().count()) * kSamplesPerNanosecond;
}

std::size_t ringIndex(std::int64_t position, std::int64_t capacity) {
    const auto rest = position % capacity;
    return static_cast<std::size_t>(rest < 0 ? rest + capacity : rest);
}

/// Also turns what is not a number into silence.
float bounded(float sample) {
    return std::abs(sample) <= kLoudest ? sample : 0.0F;
}

}  // namespace

void SampleQueue::write(MediaTime pts, const float* interleaved, std::size_t frames) {
    const double position = toPosition(pts);
    if (frames == 0) return;
    if (std::abs(position) > kFarthest) {
        dropped_.add(frames);
        return;
    }
    follow(position, frames);
    while (frames > 0) {
        const auto part = std::min(frames, kMostFrames);
        resampler_.push(interleaved, part);
        resampled_.clear();
        resampler_.pull(drift_.step(), resampled_);
        store();
        interleaved += 2 * part;
        frames -= part;
    }
}

/// Decides where the sound that comes next belongs: after what was written, or somewhere else.
void SampleQueue::follow(double position, std::size_t frames) {
    {
        Lock lock(mutex_);
        if (writerGeneration_ != generation_) writing_ = false;
        writerGeneration_ = generation_;
    }
    if (!writing_) {
        drift_ = DriftLoop();
        writing_ = true;
        beginSegment(std::llround(position));
        return;
    }
    const double expected = static_cast<double>(position_) + resampler_.pending() / drift_.step();
    const double error = (position - expected) / kSampleRate;
    if (drift_.isJump(error)) {
        steps_.add();
        drift_.restart();
        beginSegment(std::llround(position));
    } else {
        drift_.update(error, static_cast<double>(frames) / kSampleRate);
    }
}

void SampleQueue::beginSegment(std::int64_t position) {
    resampler_.restart();
    position_ = position;
    blendLeft_ = kBlendSamples;
    Lock lock(mutex_);
    if (ring_.empty()) {
        ring_.resize(2 * kCapacitySamples);
        presence_.resize(kCapacitySamples);
        end_ = position;
    }
    // Older sound that the new segment will cover is kept only where it is blended.
    const auto kept = std::max(position, readEnd_) + kBlendSamples;
    if (end_ > kept) {
        invalidate(kept, end_);
        end_ = kept;
    }
}

void SampleQueue::store() {
    const auto frames = static_cast<std::int64_t>(resampled_.size() / 2);
    const auto first = position_;
    position_ += frames;
    Lock lock(mutex_);
    if (writerGeneration_ != generation_) return;
    const auto earliest = std::max({first, readEnd_, end_ - kCapacitySamples});
    const auto begin = std::min(earliest, position_);
    dropped_.add(static_cast<std::uint64_t>(begin - first));
    if (begin == position_) return;
    if (begin > end_) invalidate(end_, begin);
    auto index = ringIndex(begin, kCapacitySamples);
    for (auto at = begin; at < position_; ++at) {
        if (at >= end_) presence_[index] = 0;
        put(index, resampled_.data() + 2 * (at - first));
        if (++index == kCapacitySamples) index = 0;
    }
    end_ = std::max(end_, position_);
    updateBacklog();
}

void SampleQueue::put(std::size_t index, const float* frame) {
    const bool blend = blendLeft_ > 0 && presence_[index] != 0;
    const float weight = blend ? static_cast<float>(blendLeft_) / (kBlendSamples + 1) : 0.0F;
    for (std::size_t channel = 0; channel < 2; ++channel) {
        float& kept = ring_[2 * index + channel];
        const float fresh = bounded(frame[channel]);
        kept = blend ? fresh + weight * (kept - fresh) : fresh;
    }
    presence_[index] = 1;
    if (blendLeft_ > 0) --blendLeft_;
}

void SampleQueue::invalidate(std::int64_t from, std::int64_t to) {
    const auto last = std::min(to, from + kCapacitySamples);
    for (auto at = from; at < last; ++at) presence_[ringIndex(at, kCapacitySamples)] = 0;
}

bool SampleQueue::read(MediaTime t, AudioBlock& block) {
    const auto first = std::llround(toPosition(t));
    copyOut(first);
    if (reading_ && first != nextRead_) concealer_.breakContinuity();
    reading_ = true;
    nextRead_ = first + kBlockSamples;
    const auto outcome = concealer_.process(samples_, present_, block);
    if (outcome.concealed) concealed_.add();
    return outcome.audible;
}

void SampleQueue::restartReading() {
    concealer_.reset();
    reading_ = false;
}

void SampleQueue::copyOut(std::int64_t first) {
    Lock lock(mutex_);
    present_.fill(0);
    const auto begin = std::max(first, end_ - kCapacitySamples);
    const auto end = ring_.empty() ? begin : std::min(first + kBlockSamples, end_);
    for (auto at = begin; at < end;) {  // once, or twice where the ring begins anew
        const auto index = static_cast<std::int64_t>(ringIndex(at, kCapacitySamples));
        const auto count = std::min(end - at, kCapacitySamples - index);
        std::copy_n(ring_.begin() + 2 * index, 2 * count, samples_.begin() + 2 * (at - first));
        std::copy_n(presence_.begin() + index, count, present_.begin() + (at - first));
        at += count;
    }
    readEnd_ = first + kBlockSamples;
    updateBacklog();
}

void SampleQueue::updateBacklog() {
    const bool known = readEnd_ != INT64_MIN && !ring_.empty();
    backlogMs_.set(known ? std::max<std::int64_t>(0, end_ - readEnd_) * 1000 / kSampleRate : 0);
}

void SampleQueue::clear() {
    Lock lock(mutex_);
    std::fill(presence_.begin(), presence_.end(), std::uint8_t{0});
    end_ = std::max(end_ - kCapacitySamples, readEnd_);
    ++generation_;
    updateBacklog();
}

}  // namespace tessera

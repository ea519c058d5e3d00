#include "received_media.h"

#include <chrono>
#include <cmath>
#include <gst/video/video.h>

namespace tessera::test {
namespace {

constexpr std::size_t kWindow = 48000;  // one second

double goertzel(const std::deque<float>& samples, int hz) {
    const double step = 2 * M_PI * hz / 48000;
    const double factor = 2 * std::cos(step);
    double previous = 0, beforePrevious = 0;
    for (const float sample : samples) {
        const double now = sample + factor * previous - beforePrevious;
        beforePrevious = previous;
        previous = now;
    }
    const double power = previous * previous + beforePrevious * beforePrevious - factor * previous * beforePrevious;
    return 2 * std::sqrt(std::max(0.0, power)) / static_cast<double>(samples.size());
}

double meanLumaOf(const GstVideoFrame& frame) {
    const auto* plane = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
    const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    const int width = GST_VIDEO_FRAME_WIDTH(&frame), height = GST_VIDEO_FRAME_HEIGHT(&frame);
    double sum = 0;
    for (int y = 0; y < height; y += 4) {
        for (int x = 0; x < width; x += 4) sum += plane[y * stride + x];
    }
    return sum / (((height + 3) / 4) * ((width + 3) / 4));
}

}  // namespace

void ReceivedMedia::onVideoPacket(std::uint64_t bytes) {
    std::lock_guard lock(mutex_);
    ++packets_;
    bytes_ += bytes;
}

void ReceivedMedia::onPicture(GstSample* sample) {
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample))) return;
    if (!gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) return;
    const double luma = meanLumaOf(frame);
    gst_video_frame_unmap(&frame);
    std::lock_guard lock(mutex_);
    ++frames_;
    width_ = GST_VIDEO_INFO_WIDTH(&info);
    height_ = GST_VIDEO_INFO_HEIGHT(&info);
    luma_ = luma;
    changed_.notify_all();
}

void ReceivedMedia::onSound(GstSample* sample) {
    GstMapInfo map;
    if (!gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ)) return;
    const auto* first = reinterpret_cast<const float*>(map.data);
    const std::size_t count = map.size / sizeof(float);
    {
        std::lock_guard lock(mutex_);
        sound_.insert(sound_.end(), first, first + count);
        while (sound_.size() > kWindow) sound_.pop_front();
        samples_ += count;
        changed_.notify_all();
    }
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
}

std::uint64_t ReceivedMedia::videoPackets() const {
    std::lock_guard lock(mutex_);
    return packets_;
}
std::uint64_t ReceivedMedia::bytes() const {
    std::lock_guard lock(mutex_);
    return bytes_;
}
std::uint64_t ReceivedMedia::frames() const {
    std::lock_guard lock(mutex_);
    return frames_;
}
int ReceivedMedia::width() const {
    std::lock_guard lock(mutex_);
    return width_;
}
int ReceivedMedia::height() const {
    std::lock_guard lock(mutex_);
    return height_;
}
double ReceivedMedia::meanLuma() const {
    std::lock_guard lock(mutex_);
    return luma_;
}
std::uint64_t ReceivedMedia::audioSamples() const {
    std::lock_guard lock(mutex_);
    return samples_;
}

double ReceivedMedia::toneLevelDb(int hz) const {
    std::lock_guard lock(mutex_);
    if (sound_.empty()) return -120;
    return 20 * std::log10(std::max(1e-6, goertzel(sound_, hz)));
}

bool ReceivedMedia::waitFrames(std::uint64_t count, double seconds) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return frames_ >= count; });
}

bool ReceivedMedia::waitSamples(std::uint64_t count, double seconds) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return samples_ >= count; });
}

}  // namespace tessera::test

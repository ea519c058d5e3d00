#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

namespace webrtc_client {

/// What a client has received and decoded so far.
struct Received {
    /// The newest picture in kGrid x kGrid fields, by mean luma, row by row.
    static constexpr int kGrid = 4;
    std::uint64_t frames = 0;
    int width = 0, height = 0;
    double meanLuma = 0;  ///< of the newest picture
    double motion = 0;    ///< mean difference of luma between pictures, over all of them
    std::array<double, kGrid * kGrid> fields{};
    std::uint64_t audioSamples = 0;
    std::vector<float> newestAudio;  ///< mono, 48 kHz, at most the last two seconds
};

/// Amplitude (0 to 1) of one frequency in mono sound at 48 kHz: root mean square over Hann windows of 100 ms. Tones
/// 40 Hz away or more leak little.
/// @source G. Goertzel, Am. Math. Monthly 65 (1958)
double toneAmplitude(const std::vector<float>& samples, double frequencyHz);

/// Collects decoded media of one session. @thread any
class ReceivedMedia {
public:
    void addPicture(const std::uint8_t* luma, int width, int height, int stride);
    void addSound(const float* mono, std::size_t samples);
    Received snapshot() const;
    std::uint64_t frames() const;
    std::uint64_t audioSamples() const;

private:
    mutable std::mutex mutex_;
    Received received_;
    std::vector<std::uint8_t> previous_;
    double motionSum_ = 0;
};

}  // namespace webrtc_client

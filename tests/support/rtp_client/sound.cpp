#include "tests/support/rtp_client/sound.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <opus/opus.h>
#include <random>

namespace rtp_client {
namespace {

constexpr int kPacketsPerMarker = 25;
constexpr int kMarkerPackets = 5;
constexpr double kMarkerAmplitude = 0.3;
constexpr double kNoiseRms = 0.0003;  // -70 dBov

}  // namespace

std::vector<Encoded> encode(const Voice& voice, int seconds, int complexity) {
    int error = OPUS_OK;
    OpusEncoder* encoder = opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, &error);
    if (error != OPUS_OK) std::abort();
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(32000));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
    std::mt19937 random(static_cast<unsigned>(voice.toneHz) + 1);
    std::normal_distribution<double> noise(0, kNoiseRms);
    std::vector<Encoded> result;
    std::vector<float> samples(kPacketSamples);
    for (int packet = 0; packet < seconds * 50; ++packet) {
        const bool isMarker = voice.hasMarkers && packet % kPacketsPerMarker < kMarkerPackets;
        double power = 0;
        for (int i = 0; i < kPacketSamples; ++i) {
            const double t = static_cast<double>(packet * kPacketSamples + i) / kRate;
            double value = noise(random);
            if (voice.toneHz > 0) value += voice.amplitude * std::sin(2 * M_PI * voice.toneHz * t);
            if (isMarker) value += kMarkerAmplitude * std::sin(2 * M_PI * kMarkerHz * t);
            samples[static_cast<std::size_t>(i)] = static_cast<float>(value);
            power += value * value / kPacketSamples;
        }
        Encoded encoded;
        encoded.payload.resize(1275);
        const auto size = opus_encode_float(encoder, samples.data(), kPacketSamples, encoded.payload.data(), 1275);
        if (size < 0) std::abort();
        encoded.payload.resize(static_cast<std::size_t>(size));
        encoded.levelDbov = std::clamp(static_cast<int>(std::lround(-10 * std::log10(power))), 0, 127);
        encoded.isMarker = isMarker && packet % kPacketsPerMarker == 0;
        result.push_back(std::move(encoded));
    }
    opus_encoder_destroy(encoder);
    return result;
}

double amplitudeOf(const float* samples, int count, int stride, double hertz) {
    double real = 0, imaginary = 0, weights = 0;
    for (int i = 0; i < count; ++i) {
        const double weight = 0.5 - 0.5 * std::cos(2 * M_PI * (i + 0.5) / count);
        const double angle = 2 * M_PI * hertz * i / kRate;
        real += weight * samples[i * stride] * std::cos(angle);
        imaginary += weight * samples[i * stride] * std::sin(angle);
        weights += weight;
    }
    return 2 * std::sqrt(real * real + imaginary * imaginary) / weights;
}

}  // namespace rtp_client

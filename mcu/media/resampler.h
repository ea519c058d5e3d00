#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// Resamples interleaved stereo by a ratio near one that may change at any sample, without a jump in phase. Not for
/// conversion between rates: the passband reaches the Nyquist frequency only because the ratio stays within 1 %.
///
/// A windowed sinc of 32 taps (Kaiser, beta 8), 256 phases, linear between phases: a tone of up to 20 kHz stands at
/// least 80 dB above everything else. While the ratio is exactly one and the position is whole, samples pass unchanged.
/// Not thread-safe; allocates only while the input waiting in it is larger than ever before.
/// @source J. O. Smith, "Digital Audio Resampling", CCRMA: windowed-sinc interpolation with an interpolated table;
///         J. F. Kaiser and R. W. Schafer, IEEE Trans. ASSP 28(1), 1980: the window
class Resampler {
public:
    static constexpr int kTaps = 32;
    static constexpr int kHalf = kTaps / 2;  ///< input samples needed after the position, 0.33 ms

    Resampler();

    /// Forgets the input: the next output is the first sample of the next input, after silence.
    void restart();

    /// Appends input. @param interleaved  `frames` x 2 floats
    void push(const float* interleaved, std::size_t frames);

    /// Appends to `output` all that the input allows.
    ///
    /// @param step  input samples per output sample, 0.99 to 1.01
    /// @return      frames appended
    std::size_t pull(double step, std::vector<float>& output);

    /// @return input samples between the next output's position and the end of the input
    double pending() const { return static_cast<double>(frames()) - position_; }

private:
    std::size_t frames() const { return input_.size() / 2; }
    std::size_t copyWhole(std::vector<float>& output);
    void interpolate(float* output) const;
    void discardUsed();

    std::vector<float> input_;  ///< interleaved; starts with kHalf samples before the position
    double position_ = 0;       ///< of the next output in `input_`, in samples
};

}  // namespace tessera

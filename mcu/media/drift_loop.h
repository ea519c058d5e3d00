#pragma once

namespace tessera {

/// Follows the difference between a sender's clock and ours, as the timestamps of its writes tell it: a second-order
/// loop behind a low-pass filter. Knows no samples, only how far each write is from where it was expected.
///
/// Its bandwidth lies between two needs: 2 ms of noise on every timestamp must not be heard as a change of pitch (here
/// 60 ppm rms, where 2000 ppm begin to be audible), and a clock that is 2000 ppm wrong must not build up more than a
/// few milliseconds before it is learnt (here 4.2 ms). Not thread-safe.
/// @source F. Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005
class DriftLoop {
public:
    /// Sound is never sped up or slowed down by more: 0.5 % is 9 cents, below what is noticed in speech.
    static constexpr double kMaximumSpeed = 0.005;
    /// A timestamp this far off, in seconds, is a jump and not drift.
    static constexpr double kStep = 0.040;
    /// A timestamp this much later than its predecessors promised means missing sound: above the noise of timestamps,
    /// below the 20 ms of one lost packet.
    static constexpr double kGap = 0.015;

    /// True when the sound must move at once instead of being resampled.
    /// @param error  seconds; positive = the timestamp is later than expected
    bool isJump(double error) const;

    /// Takes the error of one write, which is no jump.
    /// @param duration  of the write, seconds
    void update(double error, double duration);

    /// After a jump: the error is gone, the drift that was learnt stays.
    void restart();

    /// Input samples per output sample, 1 / (1 +- kMaximumSpeed).
    double step() const { return 1 / (1 + speed_); }

private:
    double smoothed_ = 0;  ///< error, seconds
    double drift_ = 0;     ///< learnt difference of the clocks; positive = the sender is slow
    double speed_ = 0;     ///< of the output against the input
};

}  // namespace tessera

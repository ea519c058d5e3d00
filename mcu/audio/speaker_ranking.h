#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mcu/media/audio_meter.h"

namespace tessera {

/// Longer ago than anything that is asked for.
inline constexpr int kNeverMs = 1'000'000;

/// What is remembered from tick to tick about one source's speech. The first two members are the input of a tick.
struct SpeechActivity {
    float levelDbov = kSilenceDbov;  ///< of the newest block
    bool muted = false;              ///< not a talker, not speaking; keeps its rank until others speak

    float loudness = kSilenceDbov;  ///< dBov, quick to rise and slow to fall, so that it bridges the pauses of speech
    int speechMs = 0;               ///< rises with speech, falls half as fast with pauses
    int challengeMs = 0;            ///< for how long it would have been the active speaker by loudness
    int inaudibleMs = kNeverMs;     ///< since anything was to be heard
    int quietMs = kNeverMs;         ///< since its level was that of speech
    std::int64_t spoke = 0;  ///< order of having been the active speaker (> 0) or of having spoken (< 0); 0 = never
    bool speaking = false;
    bool talker = false;
    int rank = -1;  ///< 0 = active speaker, 1 = the one before, ...; -1 = has not spoken
};

/// A source whose 10 ms level is above this counts as speech. Above the noise of rooms (-60), below quiet speech (-40).
inline constexpr float kSpeechDbov = -50;

/// Decides who is the active speaker, and who was before. A source has spoken after 300 ms above kSpeechDbov, pauses
/// counting against it by half. It takes over from a silent active speaker then, and from one who speaks when it has
/// been 3 dB louder for 300 ms more and the other was active for a second. Who is active stays so until replaced.
/// Not thread-safe; no allocation while there are no more sources than ever before.
/// @source after the idea of I. Volfin and I. Cohen, "Dominant speaker identification for multipoint
///         videoconferencing", Computer Speech and Language 27(4), 2013: evidence of several lengths, and hysteresis
class SpeakerRanking {
public:
    /// One tick of 10 ms. @param sources  every source of the meeting, in any order
    void update(std::span<SpeechActivity* const> sources);

private:
    void challenge(SpeechActivity* active, SpeechActivity* challenger);
    void assignRanks(std::span<SpeechActivity* const> sources);

    std::vector<SpeechActivity*> order_;
    std::int64_t takeovers_ = 0;
    std::int64_t firstWords_ = 0;
    int activeMs_ = 0;  ///< since the last takeover
};

/// Chooses who is heard: at most `most` of the sources that are audible at all, after `SpeakerRanking::update`. While
/// there is room for everybody audible, all of them are talkers, at once. When there is not, only who was at the level
/// of speech within the last three seconds, so that a big room does not hear the noise of some; and a source takes the
/// place of the quietest talker if it is 6 dB louder, or if it speaks and that talker has not for a second; one such
/// change per tick. A talker who is silent (below -80 dBov) for three seconds is none any more.
void selectTalkers(std::span<SpeechActivity* const> sources, int most);

}  // namespace tessera

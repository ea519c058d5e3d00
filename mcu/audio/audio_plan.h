#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "mcu/audio/loudness.h"
#include "mcu/base/time.h"
#include "mcu/media/sinks.h"
#include "mcu/media/source_feed.h"

namespace tessera {

/// A participant that stands for nobody: a source without an owner, or a mix that leaves nobody out.
inline constexpr int kNobody = -1;

/// One audible source. Its state between ticks is kept by `feed`: the same feed is the same source in every plan.
struct AudioPlanSource {
    SourceFeedPtr feed;         ///< not null; at most once per plan; its meter is written by the tick
    float gain = 1.0F;          ///< linear
    bool muted = false;         ///< not heard, not ranked, metered as silence
    bool heldBack = false;      ///< ranked but not heard: its owner still listens to a mix with everyone in it
    int participant = kNobody;  ///< the owner's number, the same in every plan of the meeting
    std::shared_ptr<LoudnessMeter> loudness{};  ///< of what is heard of it, before gain; may be null
};

/// One mix: all audible sources but those of one participant (mix-minus).
struct AudioPlanMix {
    int excludeParticipant = kNobody;  ///< kNobody = the full mix
    std::optional<int> continues;      ///< which mix its listeners heard before, when it is new: it goes on from there
    std::vector<std::shared_ptr<BlockSink>> sinks;  ///< each gets every block; not null
};

/// What the audio tick does until the next plan. Published whole and never changed.
///
/// The publisher keeps a plan that it replaced until nobody else holds it (use_count 1), so that feeds and sinks are
/// never released on the tick.
struct AudioPlan {
    std::vector<AudioPlanSource> sources;
    std::vector<AudioPlanMix> mixes;
    Duration playoutDelay = std::chrono::milliseconds(80);  ///< block k holds the sound with pts tickTime(k) - this
    int talkers = 8;                                        ///< most sources heard at a time
    bool stereo = false;                                    ///< sources are heard at SourceFeed::treatment.place
};

}  // namespace tessera

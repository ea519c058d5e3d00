#include "pipelines/outputs/live_output.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <deque>

#include "mcu/base/sync.h"

#include "tests/support/encoded_video.h"
#include "tests/support/flash_and_beep.h"

namespace tessera {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What one attempt to connect meets.
enum class Answer {
    Refusal,
    Silence,  ///< no answer to the attempt
    Close,    ///< the connection takes some writes and breaks
    Stall,    ///< the connection takes some writes and then no more
    Good,
    Never,  ///< an error that no attempt can mend
};

/// A destination that behaves as it is told, one attempt after the other; the last behaviour stays.
class Destination {
public:
    explicit Destination(std::deque<Answer> script) : script_(std::move(script)) {}

    OpenTarget opener() {
        return [this](const Interrupt& interrupt) { return open(interrupt); };
    }
    std::vector<std::string> received() const {
        Lock lock(mutex_);
        return received_;
    }
    std::size_t attempts() const {
        Lock lock(mutex_);
        return attempts_;
    }
    std::size_t closed() const {
        Lock lock(mutex_);
        return closed_;
    }

private:
    static constexpr int kGoodWrites = 20;

    static Error timeout() { return {ErrorCode::Timeout, "no answer in time", {}}; }
    static void waitFor(const Interrupt& interrupt) {
        const SteadyClock clock;
        while (!interrupt.isDue()) clock.sleepUntil(clock.now() + milliseconds(1));
    }

    struct Target final : MuxTarget {
        Target(Destination& destination, Answer answer, const Interrupt& end)
            : to(destination), behaviour(answer), interrupted(end) {}
        Status write(std::span<const std::uint8_t> bytes) override {
            ++writes;
            if (writes > kGoodWrites && behaviour == Answer::Close) return Error{ErrorCode::Unreachable, "broken", {}};
            if (writes > kGoodWrites && behaviour == Answer::Stall) {
                waitFor(interrupted);
                return timeout();
            }
            Lock lock(to.mutex_);
            to.received_.back().append(bytes.begin(), bytes.end());
            return kOk;
        }
        Status onFragment() override { return kOk; }
        Status close() override {
            Lock lock(to.mutex_);
            ++to.closed_;
            return kOk;
        }
        Destination& to;
        Answer behaviour;
        const Interrupt& interrupted;
        int writes = 0;
    };

    Result<std::unique_ptr<MuxTarget>> open(const Interrupt& interrupt) {
        Answer answer{};
        {
            Lock lock(mutex_);
            ++attempts_;
            answer = script_.front();
            if (script_.size() > 1) script_.pop_front();
        }
        switch (answer) {
            case Answer::Refusal: return Error{ErrorCode::Unreachable, "refused", {}};
            case Answer::Never: return unsupported("never");
            case Answer::Silence: waitFor(interrupt); return timeout();
            case Answer::Close:
            case Answer::Stall:
            case Answer::Good: break;
        }
        Lock lock(mutex_);
        received_.emplace_back();
        return std::unique_ptr<MuxTarget>(std::make_unique<Target>(*this, answer, interrupt));
    }

    mutable Mutex mutex_;
    std::deque<Answer> script_ GUARDED_BY(mutex_);
    std::vector<std::string> received_ GUARDED_BY(mutex_);  ///< by each connection
    std::size_t attempts_ GUARDED_BY(mutex_) = 0, closed_ GUARDED_BY(mutex_) = 0;
};

/// Sound alone in FLV, with waits a thousandth as long as those of the product.
LiveSpec soundTo(Destination& destination) {
    LiveSpec live;
    live.mux.format = "flv";
    live.mux.isLive = true;
    live.mux.audio = AudioEncodeSpec{AudioCodec::Aac, 96};
    live.open = destination.opener();
    live.backOff = {milliseconds(1), milliseconds(30), milliseconds(35), 0.25};
    live.connectTime = milliseconds(50);
    live.stallTime = milliseconds(50);
    return live;
}

/// @return whether it became so within ten seconds
template <typename Predicate>
bool waitFor(Predicate isSo) {
    const SteadyClock clock;
    for (const auto end = clock.now() + seconds(10); clock.now() < end;
         clock.sleepUntil(clock.now() + milliseconds(1))) {
        if (isSo()) return true;
    }
    return false;
}

/// Offers sound until the output is as wanted, for ten seconds at most.
class Feed {
public:
    explicit Feed(Output& output) : output_(output) {}
    template <typename Predicate>
    bool until(Predicate isAsWanted) {
        const SteadyClock clock;
        for (const auto end = clock.now() + seconds(10); clock.now() < end;) {
            if (isAsWanted(output_.stats())) return true;
            auto packet = std::make_shared<Packet>();
            packet->kind = MediaKind::Audio;
            packet->pts = MediaTime(Duration(count_++ * 1024 * kNanosecondsPerSecond / kSampleRate));
            packet->duration = Duration(1024 * kNanosecondsPerSecond / kSampleRate);
            packet->bytes.assign(64, 0x21);
            output_.offer(std::move(packet));
            clock.sleepUntil(clock.now() + milliseconds(1));
        }
        return false;
    }
    bool untilState(OutputState state) {
        return until([state](const OutputStats& stats) { return stats.state == state; });
    }

private:
    Output& output_;
    std::int64_t count_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(live_output)

BOOST_AUTO_TEST_CASE(a_good_destination_gets_one_container_that_ends_in_order) {
    Destination destination({Answer::Good});
    auto output = createLiveOutput(soundTo(destination));
    BOOST_TEST((output->stats().state == OutputState::Connecting));
    BOOST_TEST(Feed(*output).until([](const OutputStats& stats) { return stats.bytes > 5000; }));
    BOOST_TEST((output->stats().state == OutputState::Live));
    output->stop();
    output->stop();
    const OutputStats stats = output->stats();
    BOOST_TEST((stats.state == OutputState::Stopped));
    BOOST_TEST(stats.reconnects == 0U);
    BOOST_TEST(stats.lastError == "");
    BOOST_TEST(destination.attempts() == 1U);
    BOOST_TEST(destination.closed() == 1U);
    BOOST_REQUIRE(destination.received().size() == 1U);
    BOOST_TEST(destination.received()[0].starts_with("FLV"));
    BOOST_TEST(stats.bytes == destination.received()[0].size());
}

BOOST_AUTO_TEST_CASE(a_refused_attempt_is_followed_by_others_until_one_is_taken) {
    Destination destination({Answer::Refusal, Answer::Silence, Answer::Refusal, Answer::Good});
    auto output = createLiveOutput(soundTo(destination));
    Feed feed(*output);
    BOOST_TEST(feed.until([](const OutputStats& stats) { return stats.lastError == "no answer in time"; }));
    BOOST_TEST((output->stats().state == OutputState::Retrying));
    BOOST_TEST(feed.untilState(OutputState::Live));
    const OutputStats stats = output->stats();
    BOOST_TEST(destination.attempts() == 4U);
    BOOST_TEST(stats.reconnects == 0U);  // it was not live before
    BOOST_TEST(stats.lastError == "");
    output->stop();
}

BOOST_AUTO_TEST_CASE(a_broken_connection_is_replaced_by_one_with_a_container_of_its_own) {
    Destination destination({Answer::Close, Answer::Refusal, Answer::Close, Answer::Good});
    auto output = createLiveOutput(soundTo(destination));
    BOOST_TEST(Feed(*output).until(
        [](const OutputStats& stats) { return stats.state == OutputState::Live && stats.reconnects == 2; }));
    output->stop();
    const auto received = destination.received();
    BOOST_REQUIRE(received.size() == 3U);
    for (const auto& bytes : received) BOOST_TEST(bytes.starts_with("FLV"));
}

BOOST_AUTO_TEST_CASE(a_write_that_stalls_ends_its_connection) {
    Destination destination({Answer::Stall, Answer::Good});
    auto output = createLiveOutput(soundTo(destination));
    BOOST_TEST(Feed(*output).until(
        [](const OutputStats& stats) { return stats.state == OutputState::Live && stats.reconnects == 1; }));
    output->stop();
}

BOOST_AUTO_TEST_CASE(an_error_that_no_attempt_can_mend_ends_the_output) {
    Destination destination({Answer::Never});
    auto output = createLiveOutput(soundTo(destination));
    BOOST_TEST(Feed(*output).untilState(OutputState::Failed));
    BOOST_TEST(output->stats().lastError == "never");
    BOOST_TEST(destination.attempts() == 1U);
    output->stop();
    BOOST_TEST((output->stats().state == OutputState::Failed));
}

BOOST_AUTO_TEST_CASE(stop_returns_in_time_whatever_the_output_is_waiting_for) {
    for (const Answer answer : {Answer::Refusal, Answer::Silence, Answer::Stall, Answer::Good}) {
        Destination destination({answer});
        LiveSpec live = soundTo(destination);
        live.backOff = {std::chrono::hours(1), std::chrono::hours(1), std::chrono::hours(1), 0};
        live.connectTime = live.stallTime = std::chrono::hours(1);
        auto output = createLiveOutput(std::move(live));
        Feed feed(*output);
        BOOST_TEST(feed.until([&](const OutputStats& stats) {
            if (answer == Answer::Silence) return destination.attempts() == 1;
            return stats.state == (answer == Answer::Refusal ? OutputState::Retrying : OutputState::Live);
        }));
        if (answer == Answer::Stall) feed.until([](const OutputStats& stats) { return stats.packetsDropped > 0; });
        const SteadyClock clock;
        const auto begin = clock.now();
        output->stop();
        BOOST_TEST(toSeconds(clock.now() - begin) < 2.0);
        BOOST_TEST((output->stats().state == OutputState::Stopped));
    }
}

BOOST_AUTO_TEST_CASE(each_connection_asks_for_a_keyframe_and_begins_with_one) {
    Destination destination({Answer::Close, Answer::Good});
    auto request = recordingTo("");
    LiveSpec live = soundTo(destination);
    live.mux.video = request.video;
    live.mux.audio = request.audio;
    std::atomic<int> asked{0};
    auto output = createLiveOutput(std::move(live));
    output->setKeyframeRequest([&asked] { ++asked; });
    {
        FlashAndBeep content(request, *output);
        for (int s = 0; s < 20 && output->stats().reconnects == 0; ++s) content.run(s * 1000, s * 1000 + 1000);
    }
    BOOST_TEST(output->stats().reconnects == 1U);
    output->stop();
    BOOST_TEST(asked >= 1);  // the first connection may have been made before
    for (const auto& bytes : destination.received()) {
        // Of the tags after the header of 9 + 4 bytes: the first with a picture (type 9, packet type 1) is a keyframe.
        const auto at = [&bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
        std::size_t tag = 13;
        while (tag + 13 < bytes.size() && !(at(tag) == 9 && at(tag + 12) == 1)) {
            tag += 11U + (at(tag + 1) << 16U | at(tag + 2) << 8U | at(tag + 3)) + 4U;
        }
        BOOST_REQUIRE(tag + 13 < bytes.size());
        BOOST_TEST((at(tag + 11) >> 4U) == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_still_view_is_asked_for_a_keyframe_at_each_interval) {
    Destination destination({Answer::Good});
    LiveSpec live = soundTo(destination);
    live.mux.audio.reset();
    live.mux.video = VideoEncodeSpec{VideoCodec::H264, {64, 64}, kFlashRate, 300, 2000};
    const auto encoded = encodedGrey(VideoCodec::H264, {64, 64}, 100, 0, 2);
    std::atomic<bool> isReady{false};
    live.open = [&isReady, open = live.open](const Interrupt& interrupt) {
        waitFor([&isReady] { return isReady.load(); });
        return open(interrupt);
    };
    std::atomic<int> asked{0};
    auto output = createLiveOutput(std::move(live));
    output->setKeyframeRequest([&asked] { ++asked; });
    isReady = true;
    BOOST_REQUIRE(waitFor([&asked] { return asked == 1; }));
    for (int i = 0; i < 19; ++i) {  // nine seconds of two pictures a second
        auto packet = std::make_shared<Packet>(*encoded[i == 0 ? 0 : 1]);
        packet->pts = MediaTime(milliseconds(1000 + i * 500));
        output->offer(packet);
        BOOST_REQUIRE(waitFor([&] { return output->stats().duration >= milliseconds(i * 500); }));
    }
    output->stop();
    BOOST_TEST(asked == 1 + 4);
}

BOOST_AUTO_TEST_CASE(a_write_that_is_stuck_is_not_waited_for_when_the_output_stops) {
    Destination destination({Answer::Stall});
    LiveSpec live = soundTo(destination);
    live.stallTime = live.stopTime = std::chrono::hours(1);
    auto output = createLiveOutput(std::move(live));
    // The queue overflows after two seconds of media, which are offered in a tenth; twice that long are stuck, too.
    std::uint64_t dropped = 0;
    Feed(*output).until([&dropped](const OutputStats& stats) { return (dropped = stats.packetsDropped) > 300; });
    BOOST_TEST(dropped > 300U);
    output->stop();  // an hour, if it waited
    BOOST_TEST((output->stats().state == OutputState::Stopped));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

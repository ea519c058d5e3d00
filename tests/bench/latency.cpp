// How old picture and sound are when a meeting hands them to a peer's sending half: a test source whose pictures carry
// their own time and whose beeps begin at full seconds, through the real mixers and encoders, without a network.
//
//   build/bench/latency [--json]      takes 12 s

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/base/task_queue.h"
#include "mcu/meeting/meeting.h"

#include "pipelines/media_factory.h"
#include "tests/support/frame_code_reader.h"

namespace tessera {
namespace {

constexpr Size kCanvas{1280, 720};
constexpr auto kRun = std::chrono::seconds(12);
constexpr double kBeepThreshold = 0.05;

struct Arrival {
    MediaTime at;
    PacketPtr packet;
};

/// A peer that only notes when it was offered what.
class NotingPeer final : public Peer {
public:
    explicit NotingPeer(const Timeline& timeline) : timeline_(timeline) {
        media_.receivesAudio = true;
        media_.receivesVideo = VideoCodec::H264;
    }
    void offer(PacketPtr packet) override {
        const auto now = timeline_.now();
        Lock lock(mutex_);
        arrivals_.push_back({now, std::move(packet)});
    }
    const PeerMedia& media() const override { return media_; }
    Status addRemoteCandidates(const std::string&) override { return kOk; }
    void requestKeyframe() override {}
    PeerStats stats() const override { return {}; }
    std::vector<Arrival> arrivals() {
        Lock lock(mutex_);
        return arrivals_;
    }

private:
    const Timeline& timeline_;
    PeerMedia media_;
    Mutex mutex_;
    std::vector<Arrival> arrivals_ GUARDED_BY(mutex_);
};

class NotingPeerFactory final : public PeerFactory {
public:
    Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) override {
        auto made = std::make_unique<NotingPeer>(*spec.timeline);
        peer = made.get();
        listener.onAnswer(spec.id, std::string("v=0"));
        listener.onConnected(spec.id);
        return std::unique_ptr<Peer>(std::move(made));
    }
    NotingPeer* peer = nullptr;
};

struct Silence final : MeetingListener {
    void onEvent(const MeetingEvent&) override {}
};

using Decoder = std::unique_ptr<AVCodecContext, void (*)(AVCodecContext*)>;

Decoder openDecoder(const char* name) {
    Decoder decoder(avcodec_alloc_context3(avcodec_find_decoder_by_name(name)),
                    [](AVCodecContext* each) { avcodec_free_context(&each); });
    decoder->thread_count = 1;
    decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
    TESSERA_CHECK(avcodec_open2(decoder.get(), nullptr, nullptr) == 0);
    return decoder;
}

/// Decodes one packet and calls `use` with each frame.
template <typename Use>
void decode(AVCodecContext& decoder, const Packet& packet, Use use) {
    AVPacket* input = av_packet_alloc();
    av_new_packet(input, static_cast<int>(packet.bytes.size()));
    std::memcpy(input->data, packet.bytes.data(), packet.bytes.size());
    avcodec_send_packet(&decoder, input);
    av_packet_free(&input);
    AVFrame* frame = av_frame_alloc();
    while (avcodec_receive_frame(&decoder, frame) == 0) use(*frame);
    av_frame_free(&frame);
}

double milliseconds(Duration duration) {
    return toSeconds(duration) * 1000;
}

std::vector<double> pictureAges(const std::vector<Arrival>& arrivals) {
    std::vector<double> ages;
    const auto decoder = openDecoder("h264");
    for (const auto& [at, packet] : arrivals) {
        if (packet->kind != MediaKind::Video) continue;
        decode(*decoder, *packet, [&, arrived = at](const AVFrame& frame) {
            const auto made = readFrameCode({frame.data[0], frame.linesize[0]}, {0, 0, frame.width, frame.height});
            if (made) ages.push_back(milliseconds(arrived - *made));
        });
    }
    return ages;
}

std::vector<double> soundAges(const std::vector<Arrival>& arrivals, Duration playoutDelay) {
    std::vector<double> ages;
    const auto decoder = openDecoder("libopus");
    int silent = 0;
    for (const auto& [at, packet] : arrivals) {
        if (packet->kind != MediaKind::Audio) continue;
        decode(*decoder, *packet, [&, arrived = at, pts = packet->pts](const AVFrame& frame) {
            const bool isFloat = frame.format == AV_SAMPLE_FMT_FLT;
            for (int i = 0; i < frame.nb_samples; ++i) {
                const double sample = isFloat ? reinterpret_cast<const float*>(frame.data[0])[2 * i]
                                              : reinterpret_cast<const std::int16_t*>(frame.data[0])[2 * i] / 32768.0;
                const bool loud = std::abs(sample) > kBeepThreshold;
                if (loud && silent > kSampleRate / 5) {
                    const auto heard = pts + samplesToDuration(i) - playoutDelay;
                    const auto made = std::round(toSeconds(heard.time_since_epoch()));
                    ages.push_back(milliseconds(arrived.time_since_epoch()) - made * 1000);
                }
                silent = loud ? 0 : silent + 1;
            }
        });
    }
    return ages;
}

double percentile(std::vector<double> values, double fraction) {
    TESSERA_CHECK(!values.empty());
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1) + 0.5)];
}

int run(bool asJson) {
    const SteadyClock clock;
    const auto media = createMediaFactory();
    NotingPeerFactory peers;
    Silence events;
    MeetingSettings settings;
    settings.canvas = kCanvas;
    const auto meeting = Meeting::create(MeetingId::create(), settings, *media, peers, clock, events);
    TESSERA_CHECK(meeting->start().ok());
    IngestSpec source;
    source.params.set("pattern", "coded");
    source.params.set("audio", "beep");
    source.params.set("width", std::int64_t{kCanvas.width});
    source.params.set("height", std::int64_t{kCanvas.height});
    TESSERA_CHECK(meeting->addSource(source).ok());
    meeting->join({.identity = "viewer", .offer = "v=0"}, [](const Result<JoinReply>&) {});
    clock.sleepUntil(clock.now() + kRun);
    TESSERA_CHECK(meeting->info().ok() && peers.peer != nullptr);
    const auto arrivals = peers.peer->arrivals();
    const auto pictures = pictureAges(arrivals);
    const auto sounds = soundAges(arrivals, settings.playoutDelay);
    const double picture50 = percentile(pictures, 0.5), picture99 = percentile(pictures, 0.99);
    const double sound50 = percentile(sounds, 0.5), sound99 = percentile(sounds, 0.99);
    if (asJson) {
        std::printf(
            "{\"picture_ms_p50\": %.1f, \"picture_ms_p99\": %.1f, \"pictures\": %zu, \"sound_ms_p50\": %.1f, "
            "\"sound_ms_p99\": %.1f, \"beeps\": %zu, \"playout_delay_ms\": %lld}\n",
            picture50, picture99, pictures.size(), sound50, sound99, sounds.size(),
            static_cast<long long>(toMilliseconds(settings.playoutDelay)));
    } else {
        std::printf("age at the peer, ms    p50    p99\n");
        std::printf("picture             %6.1f %6.1f   (%zu pictures)\n", picture50, picture99, pictures.size());
        std::printf("sound               %6.1f %6.1f   (%zu beeps)\n", sound50, sound99, sounds.size());
    }
    return 0;
}

}  // namespace
}  // namespace tessera

int main(int count, char** arguments) {
    return tessera::run(count > 1 && std::strcmp(arguments[1], "--json") == 0);
}

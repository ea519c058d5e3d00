#include "mcu/meeting/rendition_pool.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

/// Keeps an encoder and the fan-out it writes to alive together, the encoder going first.
template <typename Encoder>
struct Encode {
    std::shared_ptr<Fanout> fanout;
    std::unique_ptr<Encoder> encoder;
};

template <typename Encoder>
std::shared_ptr<Encoder> share(std::shared_ptr<Fanout> fanout, std::unique_ptr<Encoder> encoder) {
    auto encode = std::make_shared<Encode<Encoder>>(Encode<Encoder>{std::move(fanout), std::move(encoder)});
    auto* raw = encode->encoder.get();
    return {std::move(encode), raw};
}

}  // namespace

Status RenditionPool::subscribeVideo(const VideoRenditionKey& key, Fanout::Subscriber subscriber) {
    auto found = video_.find(key);
    if (found == video_.end()) {
        auto fanout = std::make_shared<Fanout>();
        auto encoder = factory_.createVideoEncoder(key.spec, *fanout);
        if (!encoder) return encoder.error();
        found = video_.emplace(key, VideoRendition{fanout, share(fanout, std::move(encoder).value())}).first;
    }
    watching_[subscriber.get()] = key;
    found->second.fanout->subscribe(std::move(subscriber));
    found->second.encoder->requestKeyframe();
    return kOk;
}

Status RenditionPool::subscribeAudio(const AudioRenditionKey& key, Fanout::Subscriber subscriber,
                                     const AudioRenditionKey* heardBefore) {
    auto found = audio_.find(key);
    if (found == audio_.end()) {
        auto fanout = std::make_shared<Fanout>();
        const auto before = heardBefore == nullptr ? audio_.end() : audio_.find(*heardBefore);
        std::unique_ptr<AudioEncoder> encoder;
        std::optional<ParticipantId> continues;
        if (before != audio_.end() && before->first.spec == key.spec) encoder = before->second.encoder->fork(*fanout);
        if (encoder) {
            continues = before->first.excluded;
        } else {
            auto created = factory_.createAudioEncoder(key.spec, *fanout);
            if (!created) return created.error();
            encoder = std::move(created).value();
        }
        found = audio_.emplace(key, AudioRendition{continues, fanout, share(fanout, std::move(encoder))}).first;
    }
    found->second.fanout->subscribe(std::move(subscriber));
    return kOk;
}

template <typename Renditions>
void RenditionPool::unsubscribeFrom(Renditions& renditions, const PacketSink* subscriber) {
    for (auto each = renditions.begin(); each != renditions.end();) {
        auto& rendition = each->second;
        if (rendition.fanout->unsubscribe(subscriber) && rendition.fanout->subscribers() == 0) {
            reaper_.retire(std::move(rendition.encoder));
            each = renditions.erase(each);
        } else {
            ++each;
        }
    }
}

void RenditionPool::unsubscribe(const PacketSink* subscriber) {
    watching_.erase(subscriber);
    unsubscribeFrom(video_, subscriber);
    unsubscribeFrom(audio_, subscriber);
}

void RenditionPool::unsubscribeAudio(const PacketSink* subscriber) {
    unsubscribeFrom(audio_, subscriber);
}

void RenditionPool::requestKeyframe(const PacketSink* subscriber) {
    const auto key = watching_.find(subscriber);
    if (key != watching_.end()) video_.at(key->second).encoder->requestKeyframe();
}

std::function<void()> RenditionPool::keyframeRequest(const PacketSink* subscriber) const {
    const auto watched = watching_.find(subscriber);
    if (watched == watching_.end()) return {};
    const std::weak_ptr<VideoEncoder> encoder = video_.at(watched->second).encoder;
    return [encoder] {
        if (const auto alive = encoder.lock()) alive->requestKeyframe();
    };
}

bool RenditionPool::usesView(const ViewId& view) const {
    return std::any_of(video_.begin(), video_.end(), [&](const auto& each) { return each.first.view == view; });
}

std::vector<RenditionInfo> RenditionPool::info() const {
    std::vector<RenditionInfo> result;
    for (const auto& [key, rendition] : video_) {
        result.push_back({.kind = "video",
                          .of = key.view.toString(),
                          .codec = std::string(toString(key.spec.codec)),
                          .encoder = rendition.encoder->name(),
                          .subscribers = static_cast<int>(rendition.fanout->subscribers()),
                          .encoded = rendition.encoder->framesEncoded(),
                          .dropped = rendition.encoder->framesDropped(),
                          .bytes = rendition.fanout->bytes(),
                          .keyframes = rendition.fanout->keyframes()});
    }
    for (const auto& [key, rendition] : audio_) {
        result.push_back({.kind = "audio",
                          .of = key.excluded.isEmpty() ? "shared" : key.excluded.toString(),
                          .codec = std::string(toString(key.spec.codec)),
                          .encoder = std::string(toString(key.spec.codec)),
                          .subscribers = static_cast<int>(rendition.fanout->subscribers()),
                          .encoded = rendition.encoder->packetsEncoded(),
                          .bytes = rendition.fanout->bytes(),
                          .targetLufs = key.spec.targetLufs});
    }
    return result;
}

void RenditionPool::clear() {
    watching_.clear();
    for (auto& [key, rendition] : video_) reaper_.retire(std::move(rendition.encoder));
    for (auto& [key, rendition] : audio_) reaper_.retire(std::move(rendition.encoder));
    video_.clear();
    audio_.clear();
}

}  // namespace tessera

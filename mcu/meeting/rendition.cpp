#include "mcu/meeting/rendition.h"

#include <algorithm>
#include <utility>

namespace tessera {

void Fanout::subscribe(Subscriber subscriber) {
    auto next = std::make_shared<std::vector<Subscriber>>(*subscribers_.load());
    next->push_back(std::move(subscriber));
    subscribers_.publish(std::move(next));
}

bool Fanout::unsubscribe(const PacketSink* subscriber) {
    auto next = std::make_shared<std::vector<Subscriber>>(*subscribers_.load());
    const auto removed = std::erase_if(*next, [&](const Subscriber& each) { return each.get() == subscriber; });
    if (removed > 0) subscribers_.publish(std::move(next));
    return removed > 0;
}

void Fanout::offer(PacketPtr packet) {
    packets_.add();
    bytes_.add(packet->bytes.size());
    if (packet->keyframe) keyframes_.add();
    const auto subscribers = subscribers_.load();
    for (const auto& subscriber : *subscribers) subscriber->offer(packet);
}

}  // namespace tessera

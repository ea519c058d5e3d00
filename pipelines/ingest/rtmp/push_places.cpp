#include "pipelines/ingest/rtmp/push_places.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr Duration kAskInterval = std::chrono::milliseconds(50);

}  // namespace

PushPlace::~PushPlace() {
    const auto present = present_.lock();
    if (present) present->close();
}

bool PushPlace::isCalled(std::string_view application, std::string_view key) const {
    if (application != application_ || key.size() != key_.size()) return false;
    unsigned different = 0;
    for (std::size_t i = 0; i < key.size(); ++i) different |= static_cast<unsigned>(key[i] ^ key_[i]);
    return different == 0;
}

std::shared_ptr<BytePipe> PushPlace::enter() {
    Lock lock(mutex_);
    const auto present = present_.lock();
    if (present && !present->isClosed()) return nullptr;
    waiting_ = std::make_shared<BytePipe>();
    present_ = waiting_;
    condition_.notifyAll();
    return waiting_;
}

Result<std::shared_ptr<BytePipe>> PushPlace::wait(const Interrupt& interrupt) {
    Lock lock(mutex_);
    while (!condition_.waitFor(mutex_, kAskInterval, [this] { return waiting_ != nullptr; })) {
        if (interrupt.isDue()) return Error{ErrorCode::Timeout, "nobody has begun to push", {}};
    }
    return std::exchange(waiting_, nullptr);
}

std::shared_ptr<PushPlace> PushPlaces::find(std::string_view application, std::string_view key) {
    Lock lock(mutex_);
    std::erase_if(places_, [](const auto& each) { return each.expired(); });
    for (const auto& each : places_) {
        auto place = each.lock();
        if (place && place->isCalled(application, key)) return place;
    }
    return nullptr;
}

Result<std::shared_ptr<PushPlace>> PushPlaces::open(std::string_view application, std::string_view key) {
    if (find(application, key)) return conflict("a source of this meeting waits for that key already");
    auto place = std::make_shared<PushPlace>(std::string(application), std::string(key));
    Lock lock(mutex_);
    places_.push_back(place);
    return place;
}

Result<std::shared_ptr<BytePipe>> PushPlaces::enter(std::string_view application, std::string_view key) {
    const auto place = find(application, key);
    if (!place) return notFound("no source waits for this meeting and stream key");
    auto pipe = place->enter();
    if (!pipe) return conflict("this stream key is in use");
    return pipe;
}

}  // namespace tessera

#include "pipelines/render/decode_ahead.h"

#include <filesystem>
#include <utility>

namespace tessera {
namespace {

/// Less is decoded rather than sought.
constexpr Duration kWorthSeeking = std::chrono::seconds(5);

}  // namespace

DecodeAhead::DecodeAhead(std::string path, Duration from)
    : path_(std::move(path)), from_(from), thread_("decode-ahead", [this] { run(); }) {}

DecodeAhead::~DecodeAhead() {
    {
        Lock lock(mutex_);
        isStopping_ = true;
    }
    changed_.notifyAll();
    thread_.join();
}

void DecodeAhead::run() {
    auto reader = MediaReader::open(path_);
    if (!reader) return end(reader.error().message);
    const Duration begin = (*reader)->begin();
    // A file that cannot be sought is decoded from its begin.
    if (from_ - begin > kWorthSeeking) static_cast<void>((*reader)->seek(from_ - begin));
    while (auto item = (*reader)->next()) {
        item->time += begin;
        if (!put(std::move(*item))) return;
    }
    const auto errors = (*reader)->decodeErrors();
    const auto name = std::filesystem::path(path_).filename().string();
    end(errors == 0 ? std::string() : name + " is damaged: " + std::to_string(errors) + " errors while decoding");
}

bool DecodeAhead::put(MediaItem item) {
    Lock lock(mutex_);
    changed_.wait(mutex_, [this] { return isStopping_ || (items_.size() < kMostItems && pictures_ < kMostPictures); });
    if (isStopping_) return false;
    if (item.picture) ++pictures_;
    items_.push_back(std::move(item));
    changed_.notifyAll();
    return true;
}

void DecodeAhead::end(std::string fault) {
    Lock lock(mutex_);
    isDecoded_ = true;
    fault_ = std::move(fault);
    changed_.notifyAll();
}

std::optional<MediaItem> DecodeAhead::take(Duration t) {
    Lock lock(mutex_);
    changed_.wait(mutex_, [this] { return isDecoded_ || !items_.empty(); });
    if (items_.empty() || items_.front().time > t) return std::nullopt;
    MediaItem item = std::move(items_.front());
    items_.pop_front();
    if (item.picture) --pictures_;
    changed_.notifyAll();
    return item;
}

bool DecodeAhead::isOver() const {
    Lock lock(mutex_);
    return isDecoded_ && items_.empty();
}

std::string DecodeAhead::fault() const {
    Lock lock(mutex_);
    return fault_;
}

}  // namespace tessera

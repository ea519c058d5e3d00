#include "pipelines/ingest/rtmp/byte_pipe.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr Duration kAskInterval = std::chrono::milliseconds(50);

}  // namespace

bool BytePipe::write(std::span<const std::uint8_t> bytes) {
    Lock lock(mutex_);
    if (isClosed_) return false;
    if (begin_ > bytes_.size() / 2) {
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
        begin_ = 0;
    }
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    condition_.notifyAll();
    return true;
}

/// @return false: closed and empty, or `interrupt` was due
bool BytePipe::waitForBytes(const Interrupt& interrupt) {
    while (!condition_.waitFor(mutex_, kAskInterval, [this] { return isClosed_ || begin_ < bytes_.size(); })) {
        if (interrupt.isDue()) return false;
    }
    return begin_ < bytes_.size();
}

std::optional<std::uint8_t> BytePipe::peek(const Interrupt& interrupt) {
    Lock lock(mutex_);
    if (!waitForBytes(interrupt)) return {};
    return bytes_[begin_];
}

std::size_t BytePipe::read(std::span<std::uint8_t> into, const Interrupt& interrupt) {
    Lock lock(mutex_);
    if (!waitForBytes(interrupt)) return 0;
    const std::size_t size = std::min(into.size(), bytes_.size() - begin_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_), size, into.begin());
    begin_ += size;
    taken_ += size;
    return size;
}

void BytePipe::close() {
    Lock lock(mutex_);
    isClosed_ = true;
    condition_.notifyAll();
}

void BytePipe::fail(Error reason) {
    Lock lock(mutex_);
    if (!isClosed_) reason_ = std::move(reason);
    isClosed_ = true;
    condition_.notifyAll();
}

bool BytePipe::isClosed() const {
    Lock lock(mutex_);
    return isClosed_;
}

bool BytePipe::isFull() const {
    Lock lock(mutex_);
    return bytes_.size() - begin_ > kFull;
}

std::uint64_t BytePipe::taken() const {
    Lock lock(mutex_);
    return taken_;
}

Error BytePipe::reason() const {
    Lock lock(mutex_);
    return reason_;
}

}  // namespace tessera

#include "mcu/media/frame_pool.h"

#include <new>
#include <utility>

#include "mcu/media/recycling_allocator.h"

namespace tessera {
namespace {

constexpr std::size_t kAlignment = 64;

constexpr int roundUp(int value) {
    return (value + 63) / 64 * 64;
}

}  // namespace

struct FramePool::Buffer {
    explicit Buffer(std::size_t bytes)
        : data(static_cast<std::uint8_t*>(::operator new(bytes, std::align_val_t(kAlignment)))) {}
    ~Buffer() { ::operator delete(data, std::align_val_t(kAlignment)); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    std::uint8_t* data;
};

struct FramePool::Shelf {
    Mutex mutex;
    std::vector<std::unique_ptr<Buffer>> free GUARDED_BY(mutex);
    const std::shared_ptr<BlockShelf> frames = std::make_shared<BlockShelf>();
    const std::shared_ptr<BlockShelf> loans = std::make_shared<BlockShelf>();
};

/// A buffer that is in use; goes back with its last holder.
struct FramePool::Loan {
    Loan(std::shared_ptr<Shelf> from, std::unique_ptr<Buffer> lent) : shelf(std::move(from)), buffer(std::move(lent)) {}
    ~Loan() {
        Lock lock(shelf->mutex);
        shelf->free.push_back(std::move(buffer));
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    std::shared_ptr<Shelf> shelf;
    std::unique_ptr<Buffer> buffer;
};

FramePool::FramePool(Size size) : size_(size), shelf_(std::make_shared<Shelf>()) {}

FramePtr FramePool::repeat(const VideoFrame& frame, MediaTime pts) {
    auto repeated = std::allocate_shared<VideoFrame>(RecyclingAllocator<VideoFrame>(shelf_->frames), frame);
    repeated->pts = pts;
    return repeated;
}

WritableFrame FramePool::take() {
    const int lumaStride = roundUp(size_.width);
    const Size chroma = chromaSize(size_);
    const int chromaStride = roundUp(chroma.width);
    const auto lumaBytes = static_cast<std::size_t>(lumaStride) * static_cast<std::size_t>(size_.height);
    const auto chromaBytes = static_cast<std::size_t>(chromaStride) * static_cast<std::size_t>(chroma.height);

    std::unique_ptr<Buffer> buffer;
    {
        Lock lock(shelf_->mutex);
        if (!shelf_->free.empty()) {
            buffer = std::move(shelf_->free.back());
            shelf_->free.pop_back();
        }
    }
    if (!buffer) buffer = std::make_unique<Buffer>(lumaBytes + 2 * chromaBytes + kAlignment);

    std::uint8_t* data = buffer->data;
    WritableFrame result;
    result.data = {data, data + lumaBytes, data + lumaBytes + chromaBytes};
    result.frame = std::allocate_shared<VideoFrame>(RecyclingAllocator<VideoFrame>(shelf_->frames));
    result.frame->size = size_;
    result.frame->planes = {Plane{result.data[0], lumaStride}, Plane{result.data[1], chromaStride},
                            Plane{result.data[2], chromaStride}};
    result.frame->owner =
        std::allocate_shared<Loan>(RecyclingAllocator<Loan>(shelf_->loans), shelf_, std::move(buffer));
    return result;
}

}  // namespace tessera

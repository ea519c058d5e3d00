#include "mcu/media/frame_pool.h"

#include <new>
#include <utility>

namespace tessera {
namespace {

constexpr std::size_t kAlignment = 64;

constexpr int roundUp(int value) {
    return (value + 63) / 64 * 64;
}

struct Buffer {
    explicit Buffer(std::size_t bytes)
        : data(static_cast<std::uint8_t*>(::operator new(bytes, std::align_val_t(kAlignment)))) {}
    ~Buffer() { ::operator delete(data, std::align_val_t(kAlignment)); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    std::uint8_t* data;
};

}  // namespace

struct FramePool::Shelf {
    Mutex mutex;
    std::vector<std::unique_ptr<Buffer>> free GUARDED_BY(mutex);
};

FramePool::FramePool(Size size) : size_(size), shelf_(std::make_shared<Shelf>()) {}

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
    result.frame = std::make_shared<VideoFrame>();
    result.frame->size = size_;
    result.frame->planes = {Plane{result.data[0], lumaStride}, Plane{result.data[1], chromaStride},
                            Plane{result.data[2], chromaStride}};
    result.frame->owner = std::shared_ptr<const void>(data, [shelf = shelf_, raw = buffer.release()](const void*) {
        std::unique_ptr<Buffer> returned(raw);
        Lock lock(shelf->mutex);
        shelf->free.push_back(std::move(returned));
    });
    return result;
}

}  // namespace tessera

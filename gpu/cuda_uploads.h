#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "mcu/base/sync.h"
#include "mcu/video/scale_table.h"

#include "gpu/cuda_device.h"

namespace tessera {

/// What an upload holds; equal keys hold equal bytes.
struct UploadKey {
    enum class Kind { Picture, Overlay, Corner, Table };
    Kind kind = Kind::Picture;
    std::uint64_t id = 0;  ///< of a picture or overlay; the radius of a corner
    AxisMapping mapping{};
    ScaleFilter filter = ScaleFilter::CatmullRom;
    auto operator<=>(const UploadKey&) const = default;
};

/// Bytes of the host on the device. Held as long as somebody uses them.
struct Upload {
    std::shared_ptr<const CudaBlock> block;
    std::shared_ptr<const CudaBlock> staging;  ///< pinned; read by the device until the copy is done
    std::shared_ptr<const void> slot;          ///< of the CudaUploads it came from; lives as long, to be found again
    const std::uint8_t* at(std::size_t offset) const {
        return reinterpret_cast<const std::uint8_t*>(block->device) + offset;
    }
};
using UploadPtr = std::shared_ptr<const Upload>;

/// Copies what the host has to the device, once for all who use it at the same time.
/// @thread any; a caller waits for another only when both want the same bytes
class CudaUploads {
public:
    /// @param stream  of the launches that read the uploads: order on it is what makes them safe
    CudaUploads(std::shared_ptr<CudaDevice> device, CUstream stream) : device_(std::move(device)), stream_(stream) {}

    /// @param fill  writes all `bytes` of them; called when nobody holds the key
    /// @return the bytes; read by launches queued after this call
    /// @error capacity: no memory; device
    Result<UploadPtr> find(const UploadKey& key, std::size_t bytes, const std::function<void(std::uint8_t*)>& fill);

private:
    struct Slot {
        Mutex mutex;
        std::weak_ptr<const Upload> upload GUARDED_BY(mutex);
    };
    std::shared_ptr<Slot> slotOf(const UploadKey& key);
    Result<Upload> copy(std::size_t bytes, const std::function<void(std::uint8_t*)>& fill);

    // State
    std::shared_ptr<CudaDevice> device_;
    CUstream stream_;
    Mutex mutex_;
    std::map<UploadKey, std::weak_ptr<Slot>> slots_ GUARDED_BY(mutex_);
    std::size_t sweepAt_ GUARDED_BY(mutex_) = 256;
};

}  // namespace tessera

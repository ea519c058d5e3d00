#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/video_decoder.h"

#include "gpu/cuda_device.h"
#include "gpu/nvdec_capabilities.h"

namespace tessera {

/// How much of a device's decoding engines may be used.
struct NvdecLimits {
    int decoders = 64;  ///< at once
    /// Pictures of one decoder that others may hold: a mailbox (17), what ticks
    /// in flight read, and some to spare. A consumer that keeps more loses
    /// pictures.
    int pictures = 24;
    /// Decode surfaces more than the stream needs, so that decoding runs on while
    /// a picture is copied. Too few make wrong pictures without an error. NVDEC
    /// takes 32 at most.
    int surfaceMargin = 2;
};

/// What the decoders of a device did so far.
struct NvdecCounters {
    Counter decodersMade, pictures, picturesDropped, picturesDamaged, refusals;
};

/// The decoding engines of one device, shared by all sources.
/// @thread any
class Nvdec : public std::enable_shared_from_this<Nvdec> {
public:
    /// @param libraryPath  as CuvidLibrary::load
    /// @error unsupported: no decoding library
    static Result<std::shared_ptr<Nvdec>> open(std::shared_ptr<CudaDevice> device, const NvdecLimits& limits,
                                               const std::string& libraryPath = {});

    /// What the device decodes of a format; asked once.
    /// @error device
    Result<NvdecRange> range(const NvdecFormat& format);

    /// @param pictures  outlives the decoder; gets NV12 pictures in the device's
    /// memory that are ready
    /// @error unsupported: not this codec; capacity: no decoder or memory is
    /// left; device: the device was lost
    Result<std::unique_ptr<VideoDecoder>> createDecoder(VideoCodec codec, FrameSink& pictures);

    const std::shared_ptr<CudaDevice>& device() const { return device_; }
    const CuvidFunctions& calls() const { return library_->calls(); }
    const NvdecLimits& limits() const { return limits_; }
    NvdecCounters& counters() { return counters_; }
    int decodersInUse() const;

private:
    Nvdec(std::shared_ptr<CudaDevice> device, std::shared_ptr<const CuvidLibrary> library, const NvdecLimits& limits)
        : device_(std::move(device)), library_(std::move(library)), limits_(limits) {}
    std::shared_ptr<const void> takePlace();

    // State
    std::shared_ptr<CudaDevice> device_;
    std::shared_ptr<const CuvidLibrary> library_;
    NvdecLimits limits_;
    NvdecCounters counters_;
    mutable Mutex mutex_;
    std::map<NvdecFormat, NvdecRange> ranges_ GUARDED_BY(mutex_);
    int inUse_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tessera

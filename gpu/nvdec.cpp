#include "gpu/nvdec.h"

#include <utility>

#include "gpu/nvdec_decoder.h"

namespace tessera {

Result<std::shared_ptr<Nvdec>> Nvdec::open(std::shared_ptr<CudaDevice> device, const NvdecLimits& limits,
                                           const std::string& libraryPath) {
    auto library = CuvidLibrary::load(libraryPath);
    if (!library) return library.error();
    return std::shared_ptr<Nvdec>(new Nvdec(std::move(device), *std::move(library), limits));
}

Result<NvdecRange> Nvdec::range(const NvdecFormat& format) {
    {
        Lock lock(mutex_);
        if (const auto known = ranges_.find(format); known != ranges_.end()) return known->second;
    }
    const CudaScope scope(device_->context());
    auto asked = queryNvdec(device_->context(), *library_, format);
    if (!asked) return asked;
    Lock lock(mutex_);
    ranges_.emplace(format, *asked);
    return asked;
}

int Nvdec::decodersInUse() const {
    Lock lock(mutex_);
    return inUse_;
}

/// @return null when every place is taken; given back with its last reference
std::shared_ptr<const void> Nvdec::takePlace() {
    Lock lock(mutex_);
    if (inUse_ >= limits_.decoders) return nullptr;
    ++inUse_;
    return {this, [self = shared_from_this()](const void*) {
                Lock inner(self->mutex_);
                --self->inUse_;
            }};
}

Result<std::unique_ptr<VideoDecoder>> Nvdec::createDecoder(VideoCodec codec, FrameSink& pictures) {
    if (device_->isLost()) return Error{ErrorCode::Device, "the GPU was lost", {}};
    auto usual = range({codec, cudaVideoChromaFormat_420, 8});
    if (!usual) return usual.error();
    if (!usual->isSupported) return admits(*usual, {codec}, {}).error();
    if (!device_->hasRoom()) return Error{ErrorCode::Capacity, "too little GPU memory is free for a decoder", {}};
    auto place = takePlace();
    if (!place) return Error{ErrorCode::Capacity, "all GPU decoders are in use; raise gpu.max_decoders", {}};
    return NvdecDecoder::create(shared_from_this(), codec, pictures, std::move(place));
}

}  // namespace tessera

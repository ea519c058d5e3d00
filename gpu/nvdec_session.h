#pragma once

#include <memory>

#include "mcu/media/video_frame.h"

#include "gpu/cuda_picture.h"
#include "gpu/nvdec.h"

namespace tessera {

/// One hardware decoder for pictures of one size, and the copying of its
/// pictures into memory of ours. Lives as long as the stream keeps its format.
/// @thread one at a time, under a CudaScope
class NvdecSession {
public:
    /// @error unsupported: the device does not take this format or size;
    /// capacity: too little memory; device
    static Result<std::unique_ptr<NvdecSession>> create(Nvdec& nvdec, const CUVIDEOFORMAT& format, CUstream stream);
    ~NvdecSession();
    NvdecSession(const NvdecSession&) = delete;
    NvdecSession& operator=(const NvdecSession&) = delete;

    /// True when a sequence needs nothing that this session has not.
    bool serves(const CUVIDEOFORMAT& format) const;
    int surfaces() const { return static_cast<int>(info_.ulNumDecodeSurfaces); }

    /// Starts decoding a picture. @error device
    Status decode(CUVIDPICPARAMS& picture);

    /// A decoded picture.
    struct Picture {
        FramePtr frame;          ///< null: left out, because all of the pool are held or it
                                 ///< is damaged
        bool isDamaged = false;  ///< decoded with errors
    };
    /// Waits for a picture and copies it; its samples are there when this
    /// returns.
    /// @error device; capacity: not even the first picture got memory
    Result<Picture> take(const CUVIDPARSERDISPINFO& shown);

private:
    NvdecSession(Nvdec& nvdec, const CUVIDEOFORMAT& format, CUstream stream);
    Status open();
    Result<FramePtr> copy(CUdeviceptr mapped, unsigned pitch, MediaTime pts);
    bool isDamaged(int pictureIndex) const;
    Status check(CUresult code, const char* call) const { return nvdec_.device()->context().check(code, call); }

    // Borrowed
    Nvdec& nvdec_;
    CUstream stream_;
    // State
    CUVIDEOFORMAT format_;
    CUVIDDECODECREATEINFO info_{};
    CUvideodecoder decoder_ = nullptr;
    CudaFramePool pool_;
    ColorMatrix matrix_ = ColorMatrix::Bt709;
    ColorRange range_ = ColorRange::Limited;
};

/// What a sequence says about its format.
NvdecFormat formatOf(const CUVIDEOFORMAT& format);

}  // namespace tessera

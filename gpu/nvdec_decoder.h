#pragma once

#include <memory>

#include "gpu/nvdec_session.h"

namespace tessera {

/// Decodes one source on NVDEC: the driver's parser, and a session that is made
/// anew when the stream's format changes. A picture is offered by the call of
/// `decode` that brought it, unless the stream reorders its pictures. The
/// calling thread sleeps while the device works.
class NvdecDecoder final : public VideoDecoder {
public:
    /// Pictures in a row that could not be fetched, after which the decoder gives
    /// up.
    static constexpr int kMostErrors = 3;

    /// @param place  held for as long as the decoder lives
    /// @error device, unsupported
    static Result<std::unique_ptr<VideoDecoder>> create(std::shared_ptr<Nvdec> nvdec, VideoCodec codec,
                                                        FrameSink& pictures, std::shared_ptr<const void> place);
    ~NvdecDecoder() override;
    NvdecDecoder(const NvdecDecoder&) = delete;
    NvdecDecoder& operator=(const NvdecDecoder&) = delete;

    DecodeOutcome decode(const AccessUnit& unit) override;
    void drain() override;
    std::string_view name() const override { return "nvdec"; }

private:
    NvdecDecoder(std::shared_ptr<Nvdec> nvdec, VideoCodec codec, FrameSink& pictures, std::shared_ptr<const void> place)
        : pictures_(pictures), nvdec_(std::move(nvdec)), place_(std::move(place)), codec_(codec) {}
    Status open();
    void parse(CUVIDSOURCEDATAPACKET& packet);

    // What the parser calls from within `parse`; 0 = failed.
    int onSequence(CUVIDEOFORMAT& format);
    int onDecode(CUVIDPICPARAMS& picture);
    int onDisplay(const CUVIDPARSERDISPINFO* shown);

    /// Remembers the worst of what happened in this call: the parser forgets most
    /// failures of its callbacks.
    int fail(DecodeOutcome outcome, const Error& error);

    // Borrowed
    FrameSink& pictures_;
    // Owned
    std::shared_ptr<Nvdec> nvdec_;
    std::shared_ptr<const void> place_;
    CUstream stream_ = nullptr;
    CUvideoparser parser_ = nullptr;
    std::unique_ptr<NvdecSession> session_;
    // State
    VideoCodec codec_;
    DecodeOutcome outcome_ = DecodeOutcome::Accepted;
    int errorsInARow_ = 0;
};

}  // namespace tessera

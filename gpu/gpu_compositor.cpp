#include "gpu/gpu_compositor.h"

#include <utility>
#include <vector>

#include "gpu/cuda_compositor.h"

namespace tessera {
namespace {

/// Failures in a row after which the CPU takes over, and for how many pictures: ten seconds at 30 a second.
constexpr int kFailuresInRow = 3;
constexpr int kPicturesOnCpu = 300;

class GpuCompositor final : public Compositor {
public:
    explicit GpuCompositor(std::shared_ptr<GpuComposer> composer)
        : composer_(std::move(composer)),
          device_(createCudaCompositor(composer_->queue)),
          cpu_(createCpuCompositor()) {}

    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        submitted_ = {&composition, frames, pts};
        if (onCpu_ > 0 && --onCpu_ == 0) failures_ = 0;
        usesDevice_ = device_ && onCpu_ == 0;
        if (usesDevice_) device_->submit(composition, frames, pts);
    }

    Result<FramePtr> collect() override {
        if (!usesDevice_) return composeOnCpu();
        auto frame = device_->collect();
        if (frame) {
            failures_ = 0;
            return frame;
        }
        composer_->picturesFailed.add();
        if (composer_->device().isLost()) {
            device_.reset();
            return composeOnCpu();
        }
        if (frame.error().code == ErrorCode::Unsupported) return composeOnCpu();
        if (++failures_ >= kFailuresInRow) onCpu_ = kPicturesOnCpu;
        return frame;
    }

private:
    struct Submitted {
        const Composition* composition = nullptr;
        std::span<const FramePtr> frames;
        MediaTime pts{};
    };

    Result<FramePtr> composeOnCpu() {
        hostFrames_.clear();
        for (const FramePtr& frame : submitted_.frames) hostFrames_.push_back(frame ? onHost(frame) : nullptr);
        auto picture = cpu_->compose(*submitted_.composition, hostFrames_, submitted_.pts);
        hostFrames_.clear();
        return picture;
    }

    static FramePtr onHost(const FramePtr& frame) {
        auto copy = hostFrame(frame);
        return copy ? *copy : nullptr;
    }

    // Owned
    std::shared_ptr<GpuComposer> composer_;
    std::unique_ptr<Compositor> device_;  ///< null once the device was lost
    std::unique_ptr<Compositor> cpu_;
    // State
    Submitted submitted_;  ///< borrowed between submit and collect
    bool usesDevice_ = false;
    int failures_ = 0;  ///< in a row
    int onCpu_ = 0;     ///< pictures until the device is tried again
    std::vector<FramePtr> hostFrames_;
};

}  // namespace

std::unique_ptr<Compositor> createGpuCompositor(std::shared_ptr<GpuComposer> composer) {
    if (!composer) return createCpuCompositor();
    return std::make_unique<GpuCompositor>(std::move(composer));
}

}  // namespace tessera

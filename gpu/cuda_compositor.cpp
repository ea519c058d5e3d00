#include "gpu/cuda_compositor.h"

#include <cstring>
#include <optional>
#include <utility>

#include "gpu/layer_builder.h"

namespace tessera {
namespace {

/// Pictures of one view that may be held at once: by unfinished launches, encoders and recordings.
constexpr int kPictures = 24;

bool sameRows(const std::vector<kernel::LayerRow>& a, const std::vector<kernel::LayerRow>& b) {
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(kernel::LayerRow)) == 0);
}

class CudaCompositor final : public Compositor {
public:
    explicit CudaCompositor(std::shared_ptr<CudaLaunchQueue> queue) : queue_(std::move(queue)), builder_(queue_) {}
    ~CudaCompositor() override {
        if (job_) queue_->cancel(job_);
        queue_->reap();
    }

    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        if (job_) queue_->cancel(std::exchange(job_, nullptr));
        pts_ = pts;
        failure_.reset();
        if (const Status begun = begin(composition, frames); !begun) failure_ = begun.error();
    }

    Result<FramePtr> collect() override {
        if (failure_) return forget(*std::exchange(failure_, std::nullopt));
        if (!job_) return repeated();
        const auto job = std::exchange(job_, nullptr);
        auto frame = queue_->collect(job);
        if (!frame) return forget(frame.error());
        last_ = *frame;
        background_ = job->canvas;
        rows_.swap(job->layers);
        ids_.assign(builder_.pictureIds().begin(), builder_.pictureIds().end());
        return last_;
    }

private:
    Status begin(const Composition& composition, std::span<const FramePtr> frames) {
        if (queue_->device().isLost()) {
            return Error{ErrorCode::Device, "the GPU was lost: " + queue_->device().context().lossReason(), {}};
        }
        const CudaScope scope(queue_->device().context());
        auto job = std::make_shared<CudaJob>();
        TESSERA_TRY(builder_.build(composition, frames, *job));
        job->canvas.background[0] = composition.background.y;
        job->canvas.background[1] = composition.background.u;
        job->canvas.background[2] = composition.background.v;
        if (isUnchanged(composition.canvas, *job)) return kOk;
        if (!pool_ || pool_->size() != composition.canvas) {
            pool_.emplace(queue_->sharedDevice(), composition.canvas, kPictures);
        }
        auto target = pool_->take();
        if (!target) return target.error();
        target->frame->pts = pts_;
        job->canvas.luma = reinterpret_cast<kernel::Sample*>(target->luma);
        job->canvas.chroma = reinterpret_cast<kernel::Sample*>(target->chroma);
        job->canvas.pitch = static_cast<std::int64_t>(target->pitch);
        job->canvas.width = composition.canvas.width;
        job->canvas.height = composition.canvas.height;
        job->target = std::move(*target);
        queue_->submit(job);
        job_ = std::move(job);
        return kOk;
    }

    bool isUnchanged(Size canvas, const CudaJob& job) const {
        const auto ids = builder_.pictureIds();
        return last_ && last_->size == canvas &&
               std::equal(std::begin(background_.background), std::end(background_.background),
                          std::begin(job.canvas.background)) &&
               std::equal(ids.begin(), ids.end(), ids_.begin(), ids_.end()) && sameRows(job.layers, rows_);
    }

    /// The picture before once more: nothing in it changed.
    Result<FramePtr> repeated() const {
        auto frame = std::make_shared<VideoFrame>(*last_);
        frame->pts = pts_;
        return FramePtr(std::move(frame));
    }

    Error forget(const Error& error) {
        last_ = nullptr;
        return error;
    }

    // Owned
    std::shared_ptr<CudaLaunchQueue> queue_;
    LayerBuilder builder_;
    std::optional<CudaFramePool> pool_;
    // State
    std::shared_ptr<CudaJob> job_;  ///< submitted and not collected
    std::optional<Error> failure_;  ///< of `submit`, told by `collect`
    MediaTime pts_{};
    FramePtr last_;
    kernel::CanvasRow background_;
    std::vector<kernel::LayerRow> rows_;
    std::vector<std::uint64_t> ids_;
};

}  // namespace

std::unique_ptr<Compositor> createCudaCompositor(std::shared_ptr<CudaLaunchQueue> queue) {
    return std::make_unique<CudaCompositor>(std::move(queue));
}

}  // namespace tessera

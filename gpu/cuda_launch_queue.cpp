#include "gpu/cuda_launch_queue.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tessera {
namespace {

using kernel::CanvasRow;
using kernel::LaunchTable;
using kernel::LayerRow;
using kernel::TileRow;

/// Launches that may be unfinished: a second of one meeting. More means that the device hangs or is hopelessly late.
constexpr std::size_t kMaximumUnfinished = 32;

constexpr int tilesAcross(const CanvasRow& canvas) {
    return (canvas.width + kernel::kTileWidth - 1) / kernel::kTileWidth;
}
constexpr int tilesDown(const CanvasRow& canvas) {
    return (canvas.height + kernel::kTileHeight - 1) / kernel::kTileHeight;
}

/// Where the parts of a launch table lie in one block of memory.
struct TableLayout {
    std::size_t layers = 0;  ///< offsets; canvases come first
    std::size_t tiles = 0;
    std::size_t bytes = 0;
};

TableLayout layOut(std::size_t canvases, std::size_t layers, std::size_t tiles) {
    const auto aligned = [](std::size_t bytes) { return (bytes + 15) / 16 * 16; };
    TableLayout layout;
    layout.layers = aligned(canvases * sizeof(CanvasRow));
    layout.tiles = layout.layers + aligned(layers * sizeof(LayerRow));
    layout.bytes = layout.tiles + tiles * sizeof(TileRow);
    return layout;
}

void addTiles(const CanvasRow& canvas, int index, TileRow*& tile) {
    for (int y = 0; y < tilesDown(canvas); ++y) {
        for (int x = 0; x < tilesAcross(canvas); ++x) {
            *tile++ = {index, x * kernel::kTileWidth, y * kernel::kTileHeight};
        }
    }
}

}  // namespace

Result<std::shared_ptr<CudaLaunchQueue>> CudaLaunchQueue::create(std::shared_ptr<CudaDevice> device,
                                                                 std::span<const std::uint8_t> kernels) {
    if (kernels.empty()) return unsupported("this build has no GPU kernels (it was made without nvcc)");
    auto stream = device->context().createStream();
    if (!stream) return stream.error();
    std::shared_ptr<CudaLaunchQueue> queue(new CudaLaunchQueue(std::move(device), *stream));
    TESSERA_TRY(queue->loadKernel(kernels));
    return queue;
}

Status CudaLaunchQueue::loadKernel(std::span<const std::uint8_t> kernels) {
    constexpr int kNoKernelImage = 209;   // CUDA_ERROR_NO_BINARY_FOR_GPU
    constexpr int kUnsupportedPtx = 222;  // CUDA_ERROR_UNSUPPORTED_PTX_VERSION
    CudaContext& context = device_->context();
    const CudaScope scope(context);
    const CUresult code = context.calls().cuModuleLoadData(&module_, kernels.data());
    if (code == kNoKernelImage || code == kUnsupportedPtx) {
        const auto& info = context.device();
        return unsupported("this build has no kernel image for compute capability " + std::to_string(info.major) + "." +
                           std::to_string(info.minor) + " and this driver");
    }
    TESSERA_TRY(context.check(code, "cuModuleLoadData"));
    return context.check(context.calls().cuModuleGetFunction(&function_, module_, "composeTiles"),
                         "cuModuleGetFunction");
}

CudaLaunchQueue::~CudaLaunchQueue() {
    if (device_->isLost()) return;
    const CudaScope scope(device_->context());
    const CudaCalls& calls = device_->context().calls();
    calls.cuStreamSynchronize(stream_);
    if (module_ != nullptr) calls.cuModuleUnload(module_);
    calls.cuStreamDestroy(stream_);
}

void CudaLaunchQueue::submit(const std::shared_ptr<CudaJob>& job) {
    Lock lock(mutex_);
    waiting_.push_back(job);
}

void CudaLaunchQueue::cancel(const std::shared_ptr<CudaJob>& job) {
    Lock lock(mutex_);
    std::erase(waiting_, job);
}

Result<FramePtr> CudaLaunchQueue::collect(const std::shared_ptr<CudaJob>& job) {
    Jobs jobs;
    {
        Lock lock(mutex_);
        launchEnded_.wait(mutex_, [&] { return job->result.has_value() || !launching_; });
        if (job->result) return *std::move(job->result);
        launching_ = true;
        jobs.swap(waiting_);
    }
    auto results = launch(jobs);
    Lock lock(mutex_);
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->result = std::move(results[i]);
    launching_ = false;
    launchEnded_.notifyAll();
    return *std::move(job->result);
}

std::vector<Result<FramePtr>> CudaLaunchQueue::launch(const Jobs& jobs) {
    const CudaScope scope(device_->context());
    const Status launched = launchTogether(jobs);
    std::vector<Result<FramePtr>> results;
    for (const auto& job : jobs) {
        if (launched) {
            results.push_back(std::move(job->target).publish(stream_));
        } else {
            results.push_back(launched.error());
        }
    }
    return results;
}

Status CudaLaunchQueue::launchTogether(const Jobs& jobs) {
    reap();
    {
        Lock lock(mutex_);
        if (launched_.size() >= kMaximumUnfinished) {
            return Error{ErrorCode::Capacity, "the GPU is more than 32 launches behind", {}};
        }
    }
    Launched launched;
    LaunchTable table;
    unsigned tiles = 0;
    auto done = CudaFence::create(device_->sharedContext());
    if (!done) return done.error();
    launched.done = std::move(*done);
    TESSERA_TRY(copyTable(jobs, table, tiles, launched));
    TESSERA_TRY(start(table, tiles));
    TESSERA_TRY(launched.done->record(stream_));
    launches.add();
    canvases.add(jobs.size());
    Lock lock(mutex_);
    launched_.push_back(std::move(launched));
    return kOk;
}

Status CudaLaunchQueue::copyTable(const Jobs& jobs, LaunchTable& table, unsigned& tiles, Launched& launched) {
    std::size_t layers = 0;
    tiles = 0;
    for (const auto& job : jobs) {
        layers += job->layers.size();
        tiles += static_cast<unsigned>(tilesAcross(job->canvas) * tilesDown(job->canvas));
    }
    const TableLayout layout = layOut(jobs.size(), layers, tiles);
    auto staging = device_->pinned().take(layout.bytes);
    if (!staging) return staging.error();
    auto block = device_->memory().take(layout.bytes);
    if (!block) return block.error();

    std::uint8_t* host = (*staging)->host;
    auto* canvas = reinterpret_cast<CanvasRow*>(host);
    auto* layer = reinterpret_cast<LayerRow*>(host + layout.layers);
    auto* tile = reinterpret_cast<TileRow*>(host + layout.tiles);
    int index = 0, firstLayer = 0;
    for (const auto& job : jobs) {
        CanvasRow row = job->canvas;
        row.firstLayer = firstLayer;
        row.layerCount = static_cast<std::int32_t>(job->layers.size());
        firstLayer += row.layerCount;
        new (canvas++) CanvasRow(row);
        layer = std::uninitialized_copy(job->layers.begin(), job->layers.end(), layer);
        addTiles(row, index++, tile);
        launched.held.insert(launched.held.end(), job->held.begin(), job->held.end());
        launched.held.push_back(job->target.frame);
    }
    const CUdeviceptr device = (*block)->device;
    table = {reinterpret_cast<const CanvasRow*>(device), reinterpret_cast<const LayerRow*>(device + layout.layers),
             reinterpret_cast<const TileRow*>(device + layout.tiles)};
    CudaContext& context = device_->context();
    const auto code = context.calls().cuMemcpyHtoDAsync(device, host, layout.bytes, stream_);
    launched.held.push_back(std::move(*staging));
    launched.held.push_back(std::move(*block));
    return context.check(code, "cuMemcpyHtoDAsync");
}

Status CudaLaunchQueue::start(const LaunchTable& table, unsigned tiles) {
    CudaContext& context = device_->context();
    LaunchTable argument = table;
    void* arguments[] = {&argument};
    const auto code =
        context.calls().cuLaunchKernel(function_, tiles, 1, 1, kernel::kThreads, 1, 1, 0, stream_, arguments, nullptr);
    return context.check(code, "cuLaunchKernel");
}

void CudaLaunchQueue::reap() {
    std::deque<Launched> finished;
    for (;;) {
        std::shared_ptr<CudaFence> oldest;
        {
            Lock lock(mutex_);
            if (launched_.empty()) return;
            oldest = launched_.front().done;
        }
        const auto passed = oldest->hasPassed();
        if (passed && !passed.value()) return;
        Lock lock(mutex_);
        if (launched_.empty() || launched_.front().done != oldest) continue;
        finished.push_back(std::move(launched_.front()));
        launched_.pop_front();
    }
}

}  // namespace tessera

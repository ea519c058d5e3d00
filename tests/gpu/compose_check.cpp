#include "tests/gpu/compose_check.h"

#include <algorithm>
#include <array>
#include <dlfcn.h>
#include <utility>
#include <vector>

#include "mcu/media/device_picture.h"

#include "tests/conformance/compositor_conformance.h"
#include "tests/conformance/on_host.h"

namespace tessera::gpucheck {
namespace {

constexpr int kWarmUp = 10;

std::string text(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

double bytesOf(Size size) {
    return 1.5 * size.width * size.height;
}

/// A picture on the device, of one grey.
Result<FramePtr> greyPicture(CudaFramePool& pool, CUstream stream, unsigned char grey) {
    auto frame = pool.take();
    if (!frame) return frame.error();
    auto& context = frame->picture->device().context();
    const CudaScope scope(context);
    const auto rows = static_cast<std::size_t>(pool.size().height);
    TESSERA_TRY(context.check(
        context.calls().cuMemsetD8Async(frame->luma, grey, frame->pitch * (rows + (rows + 1) / 2), stream),
        "cuMemsetD8Async"));
    return std::move(*frame).publish(stream);
}

Composition gridOf(int columns, Size canvas) {
    Composition composition;
    composition.canvas = canvas;
    const Size tile{canvas.width / columns / 2 * 2, canvas.height / columns / 2 * 2};
    for (int i = 0; i < columns * columns; ++i) {
        Layer layer;
        layer.source = i;
        layer.rect = {i % columns * tile.width, i / columns * tile.height, tile.width, tile.height};
        composition.layers.push_back(layer);
    }
    return composition;
}

/// Two pictures of each source, so that no composite equals the one before.
using PictureSets = std::array<std::vector<FramePtr>, 2>;

Result<PictureSets> pictureSets(CudaLaunchQueue& queue, Size source, int count) {
    CudaFramePool pool(queue.sharedDevice(), source, 2 * count);
    PictureSets sets;
    for (int i = 0; i < 2 * count; ++i) {
        auto picture = greyPicture(pool, queue.stream(), static_cast<unsigned char>(40 + i));
        if (!picture) return picture.error();
        sets[static_cast<std::size_t>(i % 2)].push_back(*picture);
    }
    return sets;
}

/// One view whose picture changes with each drawing.
class Drawing {
public:
    Drawing(const std::shared_ptr<CudaLaunchQueue>& queue, PictureSets sets, Composition composition)
        : sets_(std::move(sets)), composition_(std::move(composition)), compositor_(createCudaCompositor(queue)) {}

    /// Queues a drawing.
    Status draw() {
        const auto pts = MediaTime(FrameRate{30, 1}.tickTime(tick_));
        auto drawn = compositor_->compose(composition_, sets_[static_cast<std::size_t>(tick_++ % 2)], pts);
        if (!drawn) return drawn.error();
        newest_ = *drawn;
        return kOk;
    }

    Status wait() const { return cudaPicture(*newest_)->ready().wait(); }

    const FramePtr& newest() const { return newest_; }

private:
    PictureSets sets_;
    Composition composition_;
    std::unique_ptr<Compositor> compositor_;
    FramePtr newest_;
    std::int64_t tick_ = 0;
};

/// An event that knows its time, which a CudaFence does not.
class TimedEvent {
public:
    explicit TimedEvent(CudaContext& context) : context_(context) {}
    ~TimedEvent() {
        if (event_ != nullptr) context_.calls().cuEventDestroy(event_);
    }
    TimedEvent(const TimedEvent&) = delete;
    TimedEvent& operator=(const TimedEvent&) = delete;

    Status record(CUstream stream) {
        if (event_ == nullptr) TESSERA_TRY(context_.check(context_.calls().cuEventCreate(&event_, 0), "cuEventCreate"));
        return context_.check(context_.calls().cuEventRecord(event_, stream), "cuEventRecord");
    }
    CUevent handle() const { return event_; }

private:
    CudaContext& context_;
    CUevent event_ = nullptr;
};

/// Keeps a stream busy, so that what is queued after it runs without gaps.
Status occupy(CudaLaunchQueue& queue, int memsets) {
    constexpr std::size_t kBytes = std::size_t{32} << 20U;
    CudaContext& context = queue.device().context();
    auto block = queue.device().memory().take(kBytes);
    if (!block) return block.error();
    for (int i = 0; i < memsets; ++i) {
        TESSERA_TRY(context.check(context.calls().cuMemsetD8Async((*block)->device, 0, kBytes, queue.stream()),
                                  "cuMemsetD8Async"));
    }
    return kOk;
}

/// Milliseconds of a drawing on the device, without gaps between drawings. @return 0: the driver tells no times
Result<double> deviceTime(CudaLaunchQueue& queue, Drawing& drawing, int memsets) {
    using ElapsedTime = CUresult(float*, CUevent, CUevent);
    constexpr int kRounds = 5, kDrawings = 16;  // fewer than pictures of a view and unfinished launches of a queue
    CudaContext& context = queue.device().context();
    auto* elapsedTime = reinterpret_cast<ElapsedTime*>(dlsym(context.calls().lib, "cuEventElapsedTime"));
    if (elapsedTime == nullptr) return 0.0;
    const CudaScope scope(context);
    TimedEvent begin(context), end(context);
    std::array<float, kRounds> times{};
    for (float& time : times) {
        TESSERA_TRY(occupy(queue, memsets));
        TESSERA_TRY(begin.record(queue.stream()));
        for (int i = 0; i < kDrawings; ++i) TESSERA_TRY(drawing.draw());
        TESSERA_TRY(end.record(queue.stream()));
        TESSERA_TRY(drawing.wait());
        TESSERA_TRY(context.check(context.calls().cuStreamSynchronize(queue.stream()), "cuStreamSynchronize"));
        TESSERA_TRY(context.check(elapsedTime(&time, begin.handle(), end.handle()), "cuEventElapsedTime"));
    }
    return double{*std::min_element(times.begin(), times.end())} / kDrawings;
}

}  // namespace

std::optional<std::string> checkComposing(const std::shared_ptr<CudaLaunchQueue>& queue, int scenes) {
    OnHost subject(createCudaCompositor(queue));
    const conformance::Subject subjects[] = {{"CUDA", &subject, false}};
    if (auto found = conformance::checkScenes(subjects, conformance::firstSeed(), scenes)) return found;
    return conformance::checkShows(subjects, conformance::firstSeed(), std::max(1, scenes / 100));
}

Result<ComposeRate> composeRate(const std::shared_ptr<CudaLaunchQueue>& queue, const ComposeCase& wanted) {
    const int count = wanted.columns * wanted.columns;
    auto sets = pictureSets(*queue, wanted.source, count);
    if (!sets) return sets.error();
    Drawing drawing(queue, *std::move(sets), gridOf(wanted.columns, wanted.canvas));
    const auto drawAndWait = [&]() -> Status {
        TESSERA_TRY(drawing.draw());
        return drawing.wait();
    };
    for (int i = 0; i < kWarmUp; ++i) TESSERA_TRY(drawAndWait());
    const SteadyClock clock;
    int drawn = 0;
    const auto begin = clock.now();
    for (; drawn < kWarmUp || clock.now() - begin < wanted.length; ++drawn) TESSERA_TRY(drawAndWait());
    ComposeRate rate;
    rate.name = std::to_string(count) + "x" + text(wanted.source) + "-" + text(wanted.canvas);
    rate.wholeMs = 1000 * toSeconds(clock.now() - begin) / drawn;
    rate.bytes = count * bytesOf(wanted.source) + bytesOf(wanted.canvas);
    const auto downloadBegin = clock.now();
    TESSERA_TRY(hostFrame(drawing.newest()));
    rate.downloadMs = 1000 * toSeconds(clock.now() - downloadBegin);
    const auto deviceMs = deviceTime(*queue, drawing, wanted.busyMemsets);
    if (!deviceMs) return deviceMs.error();
    rate.deviceMs = *deviceMs;
    return rate;
}

Result<double> copyRate(CudaDevice& device) {
    constexpr std::size_t kBytes = std::size_t{128} << 20U;
    constexpr int kCopies = 20;
    auto from = device.memory().take(kBytes);
    if (!from) return from.error();
    auto to = device.memory().take(kBytes);
    if (!to) return to.error();
    auto& context = device.context();
    const CudaScope scope(context);
    const SteadyClock clock;
    const CUstream stream = device.downloadStream();
    MonotonicTime begin = clock.now();
    for (int i = 0; i <= kCopies; ++i) {
        if (i == 1) begin = clock.now();  // the first warms up
        TESSERA_TRY(context.check(context.calls().cuMemcpyDtoDAsync((*to)->device, (*from)->device, kBytes, stream),
                                  "cuMemcpyDtoDAsync"));
        if (i == 0 || i == kCopies) {
            TESSERA_TRY(context.check(context.calls().cuStreamSynchronize(stream), "cuStreamSynchronize"));
        }
    }
    return 2.0 * kCopies * kBytes / toSeconds(clock.now() - begin);
}

}  // namespace tessera::gpucheck

#include "tests/gpu/compose_check.h"

#include <array>
#include <utility>
#include <vector>

#include "mcu/media/device_picture.h"

#include "tests/conformance/compositor_conformance.h"

namespace tessera::gpucheck {
namespace {

class OnHost final : public Compositor {
public:
    explicit OnHost(std::unique_ptr<Compositor> inner) : inner_(std::move(inner)) {}
    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        inner_->submit(composition, frames, pts);
    }
    Result<FramePtr> collect() override {
        auto frame = inner_->collect();
        return frame.ok() ? hostFrame(*frame) : frame;
    }

private:
    std::unique_ptr<Compositor> inner_;
};

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

Status waitFor(const FramePtr& frame) {
    const auto* picture = cudaPicture(*frame);
    return picture == nullptr ? Status(kOk) : picture->ready().wait();
}

}  // namespace

std::optional<std::string> checkComposing(const std::shared_ptr<CudaLaunchQueue>& queue, int scenes) {
    OnHost subject(createCudaCompositor(queue));
    return conformance::checkCompositor(subject, 1, scenes);
}

Result<ComposeRate> composeRate(const std::shared_ptr<CudaLaunchQueue>& queue, Size source, int columns, Size canvas,
                                Duration length) {
    const int count = columns * columns;
    auto sets = pictureSets(*queue, source, count);
    if (!sets) return sets.error();
    const Composition composition = gridOf(columns, canvas);
    const auto compositor = createCudaCompositor(queue);
    const SteadyClock clock;
    FramePtr newest;
    const auto draw = [&](std::int64_t tick) -> Status {
        auto drawn = compositor->compose(composition, (*sets)[static_cast<std::size_t>(tick % 2)],
                                         MediaTime(FrameRate{30, 1}.tickTime(tick)));
        if (!drawn) return drawn.error();
        newest = *drawn;
        return waitFor(newest);
    };
    for (std::int64_t tick = 0; tick < 10; ++tick) TESSERA_TRY(draw(tick));
    std::int64_t drawn = 0;
    const auto begin = clock.now();
    while (drawn < 10 || clock.now() - begin < length) TESSERA_TRY(draw(10 + drawn++));
    ComposeRate rate;
    rate.name = std::to_string(count) + " x " + text(source) + " -> " + text(canvas);
    rate.milliseconds = 1000 * toSeconds(clock.now() - begin) / static_cast<double>(drawn);
    rate.megabytes = (count * bytesOf(source) + bytesOf(canvas)) / 1e6;
    const auto downloadBegin = clock.now();
    TESSERA_TRY(hostFrame(newest));
    rate.downloadMs = 1000 * toSeconds(clock.now() - downloadBegin);
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

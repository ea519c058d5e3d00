#include "tests/bench/peers/source_set.h"

#include <cstring>
#include <sched.h>
#include <unistd.h>

#include "mcu/base/time.h"

#include "tests/quality/contents.h"

namespace tessera {
namespace {

constexpr std::size_t kAlignment = 64;

std::size_t padded(std::size_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::size_t pictureBytes(Size size) {
    const Size chroma = chromaSize(size);
    return static_cast<std::size_t>(size.width) * size.height +
           2 * static_cast<std::size_t>(chroma.width) * chroma.height;
}

}  // namespace

void bindToCore(int core) {
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) return;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof(cores), &cores);
}

SourceSet::SourceSet(const BenchCase& drawn) {
    std::size_t total = kAlignment;
    for (const BenchTile& tile : drawn.tiles) total += padded(pictureBytes(tile.source));
    memory_.resize(total);
    void* place = memory_.data();
    std::size_t space = total;
    auto* next = static_cast<std::uint8_t*>(std::align(kAlignment, total - kAlignment, place, space));
    unsigned seed = 1;
    for (const BenchTile& tile : drawn.tiles) {
        Source source{tile.source, tile.isStatic, next, {}};
        for (auto& master : source.masters) master = mixedPicture(tile.source, seed++);
        next += padded(source.masters[0].size());
        sources_.push_back(std::move(source));
    }
    for (Source& source : sources_) std::memcpy(source.bytes, source.masters[0].data(), source.masters[0].size());
    writer_ = Thread("bench-writer", [this] { run(); });
}

SourceSet::~SourceSet() {
    {
        Lock lock(mutex_);
        isEnding_ = true;
    }
    changed_.notifyAll();
}

Plane SourceSet::plane(std::size_t index, std::size_t plane) const {
    const Source& source = sources_[index];
    const Size chroma = chromaSize(source.size);
    if (plane == 0) return {source.bytes, source.size.width};
    const std::size_t luma = static_cast<std::size_t>(source.size.width) * source.size.height;
    return {source.bytes + luma + (plane - 1) * static_cast<std::size_t>(chroma.width) * chroma.height, chroma.width};
}

void SourceSet::refresh(Duration pause) {
    {
        Lock lock(mutex_);
        ++asked_;
        changed_.notifyAll();
        changed_.wait(mutex_, [this] { return done_ == asked_; });
    }
    static const SteadyClock clock;
    clock.sleepUntil(clock.now() + pause);
}

void SourceSet::write(std::size_t master) {
    for (Source& source : sources_) {
        const auto& from = source.masters[source.isStatic ? 0 : master];
        if (!source.isStatic) std::memcpy(source.bytes, from.data(), from.size());
    }
}

void SourceSet::run() {
    bindToCore(1);
    Lock lock(mutex_);
    for (;;) {
        changed_.wait(mutex_, [this] { return isEnding_ || done_ != asked_; });
        if (isEnding_) return;
        write(static_cast<std::size_t>(asked_ % 2));
        done_ = asked_;
        changed_.notifyAll();
    }
}

}  // namespace tessera

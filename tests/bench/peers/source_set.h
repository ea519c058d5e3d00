#pragma once

#include <cstdint>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/video_frame.h"

#include "tests/bench/peers/bench_case.h"

namespace tessera {

/// The pictures that everybody draws: tightly packed I420, 64-byte aligned, one after another as GStreamer's and
/// FFmpeg's default layouts have them. A thread of its own writes them anew, as decoders would.
class SourceSet {
public:
    explicit SourceSet(const BenchCase& drawn);
    ~SourceSet();

    /// Writes every picture that is not static anew, on the other thread (and core), and waits `pause` after it.
    void refresh(Duration pause);

    std::size_t count() const { return sources_.size(); }
    Size size(std::size_t index) const { return sources_[index].size; }
    bool isStatic(std::size_t index) const { return sources_[index].isStatic; }
    std::uint8_t* bytes(std::size_t index) const { return sources_[index].bytes; }
    std::size_t byteCount(std::size_t index) const { return sources_[index].masters[0].size(); }
    Plane plane(std::size_t index, std::size_t plane) const;

private:
    struct Source {
        Size size;
        bool isStatic;
        std::uint8_t* bytes;  ///< in memory_
        std::array<std::vector<std::uint8_t>, 2> masters;
    };
    void run();
    void write(std::size_t master);

    // Owned
    std::vector<std::uint8_t> memory_;
    std::vector<Source> sources_;

    // State
    Mutex mutex_;
    CondVar changed_;
    int asked_ GUARDED_BY(mutex_) = 0;
    int done_ GUARDED_BY(mutex_) = 0;
    bool isEnding_ GUARDED_BY(mutex_) = false;
    Thread writer_;
};

/// Binds the calling thread to one core when there are several.
void bindToCore(int core);

}  // namespace tessera

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/base/sync.h"

#include "pipelines/av/interrupt.h"
#include "pipelines/ingest/network/byte_source.h"

namespace tessera {

/// Bytes on their way from the thread that has a sender's connection to the one that demuxes them. Either side may
/// close it; what is inside can still be read.
/// @thread any
class BytePipe final : public ByteSource {
public:
    /// Beyond this the writer should read no more of its connection.
    static constexpr std::size_t kFull = 4U << 20U;

    /// Appends; never waits. @return false: it is closed
    bool write(std::span<const std::uint8_t> bytes) EXCLUDES(mutex_);

    std::size_t read(std::span<std::uint8_t> into, const Interrupt& interrupt) override EXCLUDES(mutex_);

    void close() override EXCLUDES(mutex_);
    /// Closes it because of what the writer has found; the first reason is kept.
    void fail(Error reason) EXCLUDES(mutex_);

    /// The next byte, which stays inside; waits for it until `interrupt` is due.
    /// @return nothing: closed and empty, or `interrupt` was due
    std::optional<std::uint8_t> peek(const Interrupt& interrupt) EXCLUDES(mutex_);

    bool isClosed() const EXCLUDES(mutex_);
    bool isFull() const EXCLUDES(mutex_);
    /// Bytes that were ever taken out.
    std::uint64_t taken() const EXCLUDES(mutex_);
    Error reason() const override EXCLUDES(mutex_);

private:
    bool waitForBytes(const Interrupt& interrupt) REQUIRES(mutex_);

    mutable Mutex mutex_;
    CondVar condition_;
    std::vector<std::uint8_t> bytes_ GUARDED_BY(mutex_);
    std::size_t begin_ GUARDED_BY(mutex_) = 0;
    std::uint64_t taken_ GUARDED_BY(mutex_) = 0;
    bool isClosed_ GUARDED_BY(mutex_) = false;
    Error reason_ GUARDED_BY(mutex_);
};

}  // namespace tessera

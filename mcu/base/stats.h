#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace tessera {

/// A wait-free count that only grows.
class Counter {
public:
    void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// A wait-free value that goes up and down.
class Gauge {
public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_{0};
};

/// A wait-free histogram of non-negative integers: eight buckets per power of two, so that a percentile is at most
/// 12.5 % too high. Values up to 2^32-1; larger ones count as the largest.
class Histogram {
public:
    void record(std::uint64_t value) {
        buckets_[indexOf(value)].fetch_add(1, std::memory_order_relaxed);
        count_.fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }
    std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
    std::uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }

    /// @param fraction  0 to 1
    /// @return          upper edge of the bucket that holds the percentile; 0 when nothing was recorded
    std::uint64_t percentile(double fraction) const {
        const auto rank = static_cast<std::uint64_t>(fraction * static_cast<double>(count()));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i].load(std::memory_order_relaxed);
            if (seen > rank || (seen == count() && seen > 0)) return upperEdge(i);
        }
        return 0;
    }

private:
    static std::size_t indexOf(std::uint64_t value) {
        if (value < 8) return value;
        if (value > 0xffffffffU) value = 0xffffffffU;
        const auto exponent = static_cast<std::size_t>(std::bit_width(value)) - 1;  // 3 to 31
        return (exponent - 2) * 8 + ((value >> (exponent - 3)) & 7U);
    }
    static std::uint64_t upperEdge(std::size_t index) {
        if (index < 8) return index;
        const auto exponent = index / 8 + 2;
        return ((8 + index % 8 + 1) << (exponent - 3)) - 1;
    }

    std::array<std::atomic<std::uint64_t>, 240> buckets_{};
    std::atomic<std::uint64_t> count_{0};
    std::atomic<std::uint64_t> sum_{0};
};

}  // namespace tessera

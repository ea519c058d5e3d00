#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

using ByteSpan = std::span<const std::uint8_t>;

/// Reads big-endian fields in order; never reads past the end. After the first short read `ok()` is false for good and
/// every further read gives zero.
class ByteReader {
public:
    explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

    bool ok() const { return ok_; }
    std::size_t remaining() const { return bytes_.size() - at_; }

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    ByteSpan bytes(std::size_t count) {
        if (count > remaining()) {
            fail();
            return {};
        }
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }

private:
    std::uint64_t number(std::size_t count) {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : bytes(count)) value = value << 8U | byte;
        return value;
    }
    void fail() {
        ok_ = false;
        at_ = bytes_.size();
    }

    ByteSpan bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

/// Appends big-endian fields to a vector that it borrows.
class ByteWriter {
public:
    explicit ByteWriter(std::vector<std::uint8_t>& out) : out_(&out) {}

    std::size_t size() const { return out_->size(); }
    void u8(std::uint32_t value) { number(value, 1); }
    void u16(std::uint32_t value) { number(value, 2); }
    void u24(std::uint32_t value) { number(value, 3); }
    void u32(std::uint32_t value) { number(value, 4); }
    void u64(std::uint64_t value) { number(value, 8); }
    void bytes(ByteSpan value) { out_->insert(out_->end(), value.begin(), value.end()); }
    void zeros(std::size_t count) { out_->insert(out_->end(), count, 0); }
    /// Overwrites two bytes at `offset` that were written before.
    void patchU16(std::size_t offset, std::uint32_t value) {
        (*out_)[offset] = static_cast<std::uint8_t>(value >> 8U);
        (*out_)[offset + 1] = static_cast<std::uint8_t>(value);
    }

private:
    void number(std::uint64_t value, unsigned count) {
        while (count-- > 0) out_->push_back(static_cast<std::uint8_t>(value >> (8U * count)));
    }

    // Borrowed
    std::vector<std::uint8_t>* out_;
};

}  // namespace tessera

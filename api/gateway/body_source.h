#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tessera {

/// The largest piece that is written at once: small enough that others get their turn and that a slow client's time for
/// it says something, large enough that a fast one is not held up.
inline constexpr std::size_t kPieceBytes = 64 * 1024;

/// A reply's body, piece by piece, as fast as its reader takes it.
class BodySource {
public:
    /// @param bytes  valid until the next call of `next`; empty when the body cannot be read on
    using Piece = std::function<void(std::string_view bytes)>;

    virtual ~BodySource() = default;
    /// Of a body that ends when its source does: its length is not told, and the connection closes after it.
    static constexpr std::uint64_t kUnbounded = UINT64_MAX;
    /// What is left.
    virtual std::uint64_t remaining() const = 0;
    /// Reads at most kPieceBytes; only while something is left, and one call at a time. `done` comes on the gateway's
    /// thread, within this call or later, unless the gateway has stopped. Of an unbounded body an empty piece is its
    /// end.
    virtual void next(Piece done) = 0;
    /// Whether `next` answers within the call: such a body begins in the same packet as its head.
    virtual bool isAtHand() const { return false; }
};

/// A body in memory, or a part of it.
class MemoryBody final : public BodySource {
public:
    explicit MemoryBody(std::shared_ptr<const std::string> whole) : whole_(std::move(whole)), rest_(*whole_) {}
    MemoryBody(std::shared_ptr<const std::string> whole, std::size_t first, std::size_t size)
        : whole_(std::move(whole)), rest_(std::string_view(*whole_).substr(first, size)) {}

    std::uint64_t remaining() const override { return rest_.size(); }
    void next(Piece done) override {
        const auto piece = rest_.substr(0, kPieceBytes);
        rest_.remove_prefix(piece.size());
        done(piece);
    }
    bool isAtHand() const override { return true; }

private:
    std::shared_ptr<const std::string> whole_;
    std::string_view rest_;
};

}  // namespace tessera

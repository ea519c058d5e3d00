#pragma once

#include <unistd.h>
#include <utility>

namespace tessera {

/// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int value = -1) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        Descriptor moved(std::move(other));
        std::swap(value_, moved.value_);
        return *this;
    }
    int get() const { return value_; }

private:
    int value_;
};

}  // namespace tessera

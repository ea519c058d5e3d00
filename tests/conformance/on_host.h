#pragma once

#include <memory>
#include <span>

#include "mcu/media/device_picture.h"
#include "mcu/video/compositor.h"

namespace tessera {

/// Brings every picture back to the host, as an encoder without NVENC does.
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

}  // namespace tessera

#include "gpu/cuda_compositor.h"

#include <boost/test/unit_test.hpp>

#include "tests/conformance/compositor_conformance.h"
#include "tests/support/fake_gpu.h"

namespace tessera {
namespace {

/// Brings every picture back to the host, as an encoder without NVENC does.
class OnHost final : public Compositor {
public:
    explicit OnHost(std::unique_ptr<Compositor> inner) : inner_(std::move(inner)) {}
    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        inner_->submit(composition, frames, pts);
    }
    Result<FramePtr> collect() override {
        auto frame = inner_->collect();
        return frame ? hostFrame(*frame) : frame;
    }

private:
    std::unique_ptr<Compositor> inner_;
};

struct Machine {
    explicit Machine(const std::string& plan = {}) : gpu(plan) {
        device = *gpu.openDevice();
        queue = *FakeGpu::openQueue(device);
    }
    std::unique_ptr<Compositor> compositor() { return createCudaCompositor(queue); }

    FakeGpu gpu;
    std::shared_ptr<CudaDevice> device;
    std::shared_ptr<CudaLaunchQueue> queue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cuda_compositor)

BOOST_AUTO_TEST_CASE(random_scenes_equal_the_written_rule_byte_for_byte) {
    Machine machine;
    OnHost subject(machine.compositor());
    const auto found = conformance::checkCompositor(subject, 1, 400);
    BOOST_TEST(!found, found.value_or(""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

// A stand-in for libcuda.so.1: device memory is host memory, the one kernel is emulated, and faults are injected as
// TESSERA_FAKE_CUDA or fakeCudaReset() says. Functions that the product never calls answer 801, "not supported".

#include <cstring>
#include <ffnvcodec/dynlink_cuda.h>
#include <vector>

#include "tests/support/fake_cuda/fake_device.h"
#include "tests/support/fake_cuda/kernel_emulation.h"

namespace {

using namespace tessera::fake;
using Lock = std::lock_guard<std::mutex>;

thread_local std::vector<Device*> current;

constexpr CUresult result(long code) {
    return static_cast<CUresult>(code);
}

bool isSticky(long code) {
    return code == 700 || code == 702 || code == 710 || (code >= 714 && code <= 719) || code == 999;
}

/// Counts the call, injects its fault, and demands a current context.
CUresult enter(const char* call, bool needsContext = true) {
    Driver& driver = Driver::instance();
    Device* device = current.empty() ? nullptr : current.back();
    const long fault = driver.plan_.next(call);
    if (needsContext && device == nullptr) return result(201);
    if (device != nullptr && device->sticky != 0) return result(device->sticky);
    if (device != nullptr && isSticky(fault)) device->sticky = fault;
    return result(fault);
}

std::uint8_t* bytes(CUdeviceptr address) {
    return reinterpret_cast<std::uint8_t*>(address);
}

bool isPinned(const void* memory) {
    auto& pinned = Driver::instance().pinned_;
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    auto after = pinned.upper_bound(address);
    if (after == pinned.begin()) return false;
    --after;
    return address < after->first + after->second;
}

void runEverything() {
    for (auto& [key, stream] : Driver::instance().streams_) stream->runAll();
}

/// A copy that waits in its stream; what comes from pageable memory is taken at once, as the real driver does.
CUresult copyLater(void* to, const void* from, std::size_t count, CUstream stream, bool fromHost) {
    auto* work = reinterpret_cast<Stream*>(stream);
    if (fromHost && !isPinned(from)) {
        const auto* start = static_cast<const std::uint8_t*>(from);
        work->add([to, kept = std::vector<std::uint8_t>(start, start + count)] {
            std::memcpy(to, kept.data(), kept.size());
        });
    } else {
        work->add([to, from, count] { std::memcpy(to, from, count); });
    }
    return CUDA_SUCCESS;
}

void copyRows(const CUDA_MEMCPY2D& copy) {
    const auto* from = copy.srcMemoryType == CU_MEMORYTYPE_HOST ? static_cast<const std::uint8_t*>(copy.srcHost)
                                                                : bytes(copy.srcDevice);
    auto* to =
        copy.dstMemoryType == CU_MEMORYTYPE_HOST ? static_cast<std::uint8_t*>(copy.dstHost) : bytes(copy.dstDevice);
    from += copy.srcY * copy.srcPitch + copy.srcXInBytes;
    to += copy.dstY * copy.dstPitch + copy.dstXInBytes;
    for (std::size_t row = 0; row < copy.Height; ++row) {
        std::memcpy(to + row * copy.dstPitch, from + row * copy.srcPitch, copy.WidthInBytes);
    }
}

}  // namespace

#define ENTER(call, ...)                       \
    const Lock lock(Driver::instance().mutex); \
    if (const CUresult code = enter(call __VA_OPT__(, ) __VA_ARGS__); code != CUDA_SUCCESS) return code

extern "C" {

// For tests in the same process.
void fakeCudaReset(const char* plan) {
    const Lock lock(Driver::instance().mutex);
    Driver::instance().reset(plan);
}
long fakeCudaCalls(const char* call) {
    const Lock lock(Driver::instance().mutex);
    return Driver::instance().plan_.calls(call);
}
std::size_t fakeCudaMemoryInUse() {
    const Lock lock(Driver::instance().mutex);
    std::size_t sum = 0;
    for (const auto& [address, block] : Driver::instance().memory_) sum += block.first;
    return sum;
}

CUresult cuInit(unsigned) {
    ENTER("cuInit", false);
    return result(Driver::instance().deviceCount() == 0 ? 100 : 0);
}
CUresult cuDriverGetVersion(int* version) {
    *version = 13000;
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetCount(int* count) {
    ENTER("cuDeviceGetCount", false);
    *count = static_cast<int>(Driver::instance().deviceCount());
    return CUDA_SUCCESS;
}
CUresult cuDeviceGet(CUdevice* device, int index) {
    ENTER("cuDeviceGet", false);
    *device = index;
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetName(char* name, int length, CUdevice) {
    std::strncpy(name, "Stand-in", static_cast<std::size_t>(length));
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 9 : 0;
    return CUDA_SUCCESS;
}
CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice) {
    *major = 9;
    *minor = 0;
    return CUDA_SUCCESS;
}
CUresult cuDeviceTotalMem_v2(std::size_t* total, CUdevice) {
    *total = Driver::instance().memoryOf();
    return CUDA_SUCCESS;
}
CUresult cuGetErrorName(CUresult, const char** name) {
    *name = "INJECTED";
    return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult, const char** text) {
    *text = "injected by the test";
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxSetFlags(CUdevice, unsigned) {
    return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    ENTER("cuDevicePrimaryCtxRetain", false);
    Device& found = Driver::instance().devices_[static_cast<std::size_t>(device)];
    ++found.references;
    *context = reinterpret_cast<CUcontext>(&found);
    return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
    const Lock lock(Driver::instance().mutex);
    --Driver::instance().devices_[static_cast<std::size_t>(device)].references;
    return CUDA_SUCCESS;
}
CUresult cuCtxPushCurrent_v2(CUcontext context) {
    current.push_back(reinterpret_cast<Device*>(context));
    return CUDA_SUCCESS;
}
CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    if (current.empty()) return result(201);
    *context = reinterpret_cast<CUcontext>(current.back());
    current.pop_back();
    return CUDA_SUCCESS;
}
CUresult cuCtxGetDevice(CUdevice* device) {
    if (current.empty()) return result(201);
    *device = current.back()->index;
    return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr* address, std::size_t count) {
    ENTER("cuMemAlloc");
    Driver& driver = Driver::instance();
    if (current.back()->used + count > driver.memoryOf()) return result(2);
    void* memory = std::aligned_alloc(256, (count + 255) / 256 * 256);
    std::memset(memory, 0xcd, count);
    current.back()->used += count;
    driver.memory_[reinterpret_cast<std::uintptr_t>(memory)] = {count, current.back()};
    *address = reinterpret_cast<CUdeviceptr>(memory);
    return CUDA_SUCCESS;
}
CUresult cuMemAllocPitch_v2(CUdeviceptr* address, std::size_t* pitch, std::size_t width, std::size_t rows, unsigned) {
    *pitch = (width + 511) / 512 * 512;
    return cuMemAlloc_v2(address, *pitch * rows);
}
CUresult cuMemFree_v2(CUdeviceptr address) {
    ENTER("cuMemFree");
    runEverything();
    auto& memory = Driver::instance().memory_;
    const auto found = memory.find(static_cast<std::uintptr_t>(address));
    if (found == memory.end()) return result(1);
    found->second.second->used -= found->second.first;
    std::free(reinterpret_cast<void*>(found->first));
    memory.erase(found);
    return CUDA_SUCCESS;
}
CUresult cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
    ENTER("cuMemGetInfo");
    *total = Driver::instance().memoryOf();
    *free = *total - std::min(*total, current.back()->used);
    return CUDA_SUCCESS;
}
CUresult cuMemHostAlloc(void** memory, std::size_t count, unsigned) {
    ENTER("cuMemHostAlloc");
    *memory = std::aligned_alloc(256, (count + 255) / 256 * 256);
    std::memset(*memory, 0xee, count);
    Driver::instance().pinned_[reinterpret_cast<std::uintptr_t>(*memory)] = count;
    return CUDA_SUCCESS;
}
CUresult cuMemFreeHost(void* memory) {
    ENTER("cuMemFreeHost");
    runEverything();
    if (Driver::instance().pinned_.erase(reinterpret_cast<std::uintptr_t>(memory)) == 0) return result(1);
    std::free(memory);
    return CUDA_SUCCESS;
}
CUresult cuMemsetD8Async(CUdeviceptr address, unsigned char value, std::size_t count, CUstream stream) {
    ENTER("cuMemsetD8Async");
    reinterpret_cast<Stream*>(stream)->add([=] { std::memset(bytes(address), value, count); });
    return CUDA_SUCCESS;
}
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, std::size_t count, CUstream stream) {
    ENTER("cuMemcpyHtoDAsync");
    return copyLater(bytes(to), from, count, stream, true);
}
CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, std::size_t count, CUstream stream) {
    ENTER("cuMemcpyDtoHAsync");
    return copyLater(to, bytes(from), count, stream, false);
}
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, std::size_t count, CUstream stream) {
    ENTER("cuMemcpyDtoDAsync");
    return copyLater(bytes(to), bytes(from), count, stream, false);
}
CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, std::size_t count) {
    ENTER("cuMemcpyHtoD");
    runEverything();
    std::memcpy(bytes(to), from, count);
    return CUDA_SUCCESS;
}
CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, std::size_t count) {
    ENTER("cuMemcpyDtoH");
    runEverything();
    std::memcpy(to, bytes(from), count);
    return CUDA_SUCCESS;
}
CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* copy, CUstream stream) {
    ENTER("cuMemcpy2DAsync");
    reinterpret_cast<Stream*>(stream)->add([copy = *copy] { copyRows(copy); });
    return CUDA_SUCCESS;
}
CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D* copy) {
    ENTER("cuMemcpy2D");
    runEverything();
    copyRows(*copy);
    return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream* stream, unsigned) {
    ENTER("cuStreamCreate");
    auto made = std::make_unique<Stream>();
    *stream = reinterpret_cast<CUstream>(made.get());
    Driver::instance().streams_[made.get()] = std::move(made);
    return CUDA_SUCCESS;
}
CUresult cuStreamSynchronize(CUstream stream) {
    ENTER("cuStreamSynchronize");
    reinterpret_cast<Stream*>(stream)->runAll();
    return CUDA_SUCCESS;
}
CUresult cuStreamQuery(CUstream stream) {
    ENTER("cuStreamQuery");
    reinterpret_cast<Stream*>(stream)->runAll();
    return CUDA_SUCCESS;
}
CUresult cuStreamDestroy_v2(CUstream stream) {
    ENTER("cuStreamDestroy");
    auto* gone = reinterpret_cast<Stream*>(stream);
    gone->runAll();
    for (auto& [key, event] : Driver::instance().events_) {
        if (event->stream == gone) event->stream = nullptr;
    }
    Driver::instance().streams_.erase(gone);
    return CUDA_SUCCESS;
}
#if !defined(FAKE_OLD_DRIVER)
CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
    ENTER("cuStreamWaitEvent");
    // What was recorded now counts, even when the event is recorded again before the wait comes to be done.
    auto* work = reinterpret_cast<Stream*>(stream);
    const Event mark = *reinterpret_cast<Event*>(event);
    if (mark.stream != nullptr && mark.stream != work) work->add([mark] { mark.pass(); });
    return CUDA_SUCCESS;
}
#endif
CUresult cuEventCreate(CUevent* event, unsigned) {
    ENTER("cuEventCreate");
    auto made = std::make_unique<Event>();
    *event = reinterpret_cast<CUevent>(made.get());
    Driver::instance().events_[made.get()] = std::move(made);
    return CUDA_SUCCESS;
}
CUresult cuEventDestroy_v2(CUevent event) {
    ENTER("cuEventDestroy");
    Driver::instance().events_.erase(reinterpret_cast<Event*>(event));
    return CUDA_SUCCESS;
}
CUresult cuEventRecord(CUevent event, CUstream stream) {
    ENTER("cuEventRecord");
    auto* work = reinterpret_cast<Stream*>(stream);
    *reinterpret_cast<Event*>(event) = {work, work->queued, 0};
    return CUDA_SUCCESS;
}
CUresult cuEventElapsedTime(float* milliseconds, CUevent, CUevent) {
    ENTER("cuEventElapsedTime");
    *milliseconds = 0.25F;
    return CUDA_SUCCESS;
}
CUresult cuEventQuery(CUevent event) {
    ENTER("cuEventQuery");
    auto* asked = reinterpret_cast<Event*>(event);
    if (asked->isPassed()) return CUDA_SUCCESS;
    if (Driver::instance().plan_.setting("stuck", 0) != 0 || ++asked->questions == 1) return CUDA_ERROR_NOT_READY;
    asked->pass();
    return CUDA_SUCCESS;
}
CUresult cuEventSynchronize(CUevent event) {
    ENTER("cuEventSynchronize");
    reinterpret_cast<Event*>(event)->pass();
    return CUDA_SUCCESS;
}

CUresult cuModuleLoadData(CUmodule* module, const void*) {
    ENTER("cuModuleLoadData");
    *module = reinterpret_cast<CUmodule>(&Driver::instance());
    return CUDA_SUCCESS;
}
CUresult cuModuleUnload(CUmodule) {
    ENTER("cuModuleUnload");
    return CUDA_SUCCESS;
}
CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
    ENTER("cuModuleGetFunction");
    if (std::strcmp(name, "composeTiles") != 0) return result(500);
    *function = reinterpret_cast<CUfunction>(module);
    return CUDA_SUCCESS;
}
CUresult cuLaunchKernel(CUfunction, unsigned tiles, unsigned, unsigned, unsigned threads, unsigned, unsigned, unsigned,
                        CUstream stream, void** arguments, void**) {
    ENTER("cuLaunchKernel");
    if (threads != tessera::kernel::kThreads || tiles == 0) return result(1);
    const auto table = *static_cast<const tessera::kernel::LaunchTable*>(arguments[0]);
    const auto seed = ++Driver::instance().launches_;
    reinterpret_cast<Stream*>(stream)->add(
        [table, tiles, seed] { tessera::kernel::emulateLaunch(table, static_cast<int>(tiles), seed); });
    return CUDA_SUCCESS;
}

#define UNSUPPORTED(name)   \
    CUresult name() {       \
        return result(801); \
    }
UNSUPPORTED(cuCtxCreate_v2)
UNSUPPORTED(cuCtxSetLimit)
UNSUPPORTED(cuCtxDestroy_v2)
UNSUPPORTED(cuMemAllocManaged)
UNSUPPORTED(cuMemcpy)
UNSUPPORTED(cuMemcpyAsync)
UNSUPPORTED(cuMemcpyDtoD_v2)
UNSUPPORTED(cuDevicePrimaryCtxGetState)
UNSUPPORTED(cuDevicePrimaryCtxReset)
UNSUPPORTED(cuStreamAddCallback)
UNSUPPORTED(cuLinkCreate)
UNSUPPORTED(cuLinkAddData)
UNSUPPORTED(cuLinkComplete)
UNSUPPORTED(cuLinkDestroy)
UNSUPPORTED(cuModuleGetGlobal)
UNSUPPORTED(cuTexObjectCreate)
UNSUPPORTED(cuTexObjectDestroy)
UNSUPPORTED(cuGLGetDevices_v2)
UNSUPPORTED(cuGraphicsGLRegisterImage)
UNSUPPORTED(cuGraphicsUnregisterResource)
UNSUPPORTED(cuGraphicsMapResources)
UNSUPPORTED(cuGraphicsUnmapResources)
UNSUPPORTED(cuGraphicsSubResourceGetMappedArray)
UNSUPPORTED(cuGraphicsResourceGetMappedPointer_v2)
UNSUPPORTED(cuArray3DCreate_v2)
UNSUPPORTED(cuArrayDestroy)

}  // extern "C"

// A stand-in for libnvcuvid.so.1: parses just enough of a stream to make the parser's calls and paints pictures in
// place of decoding them. TESSERA_FAKE_CUVID or fakeCuvidReset() takes a FaultPlan:
//
//   cuvidCreateDecoder@2=2   the second decoder finds no memory
//   status@5=8               the fifth picture is decoded with an error
//   without=8                the codec of that number (cudaVideoCodec) is not supported
//   min_width=160            (and min_height) the smallest picture of any codec
//
// What a real device would answer with wrong pictures or a crash is counted as a violation.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_nvcuvid.h>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/support/fake_cuda/fault_plan.h"
#include "tests/support/fake_cuvid/painted_picture.h"
#include "tests/support/fake_cuvid/stream_header.h"

namespace {

using namespace tessera::fake;

struct Surface {
    std::uint32_t number = 0;
    long status = cuvidDecodeStatus_Success;
};

struct Decoder {
    CUVIDDECODECREATEINFO info{};
    std::vector<Surface> surfaces;
    std::vector<std::uint8_t> output;  ///< one output surface, poisoned while nobody may read it
    std::size_t pitch = 0;
    bool isMapped = false;
};

struct Parser {
    CUVIDPARSERPARAMS parameters{};
    StreamHeader header;
    bool hasSequence = false;
    int surfaces = 1;
    int next = 0;
    std::uint32_t number = 0;
    std::vector<CUVIDPARSERDISPINFO> held;
};

struct Library {
    std::mutex mutex;
    FaultPlan plan{std::getenv("TESSERA_FAKE_CUVID") == nullptr ? "" : std::getenv("TESSERA_FAKE_CUVID")};
    std::vector<std::unique_ptr<Decoder>> decoders;
    CUVIDDECODECREATEINFO lastCreated{};
    int violations = 0;
};

Library& library() {
    static Library instance;
    return instance;
}

constexpr CUresult result(long code) {
    return static_cast<CUresult>(code);
}

/// 201 without a current context of the stand-in driver, as a real device answers.
CUresult contextState() {
    static void* driver = dlopen("libcuda.so.1", RTLD_NOLOAD | RTLD_LAZY);
    if (driver == nullptr) return CUDA_SUCCESS;
    const auto ask = reinterpret_cast<CUresult (*)(CUdevice*)>(dlsym(driver, "cuCtxGetDevice"));
    CUdevice device = 0;
    return ask == nullptr ? CUDA_SUCCESS : ask(&device);
}

CUresult enter(const char* call) {
    if (const CUresult state = contextState(); state != CUDA_SUCCESS) {
        ++library().violations;
        return state;
    }
    return result(library().plan.next(call));
}

#define ENTER(call)                                          \
    const std::lock_guard<std::mutex> lock(library().mutex); \
    if (const CUresult code = enter(call); code != CUDA_SUCCESS) return code

void paint(Decoder& decoder, std::uint32_t number) {
    const auto width = static_cast<int>(decoder.info.ulTargetWidth);
    const auto height = static_cast<int>(decoder.info.ulTargetHeight);
    for (int y = 0; y < height; ++y) {
        std::uint8_t* row = decoder.output.data() + static_cast<std::size_t>(y) * decoder.pitch;
        for (int x = 0; x < width; ++x) row[x] = paintedLuma(number, x, y);
    }
    for (int y = 0; y < height / 2; ++y) {
        std::uint8_t* row = decoder.output.data() + static_cast<std::size_t>(height + y) * decoder.pitch;
        for (int x = 0; x < width / 2; ++x) {
            row[2 * x] = paintedU(number, x);
            row[2 * x + 1] = paintedV(number, y);
        }
    }
}

CUVIDEOFORMAT formatOf(const Parser& parser) {
    const StreamHeader& header = parser.header;
    CUVIDEOFORMAT format{};
    format.codec = parser.parameters.CodecType;
    format.progressive_sequence = 1;
    format.bit_depth_luma_minus8 = static_cast<unsigned char>(header.bitDepth - 8);
    format.bit_depth_chroma_minus8 = format.bit_depth_luma_minus8;
    format.min_num_decode_surfaces = static_cast<unsigned char>(header.surfaces);
    format.coded_width = static_cast<unsigned>(header.codedWidth);
    format.coded_height = static_cast<unsigned>(header.codedHeight);
    format.display_area.right = header.width;
    format.display_area.bottom = header.height;
    format.chroma_format = static_cast<cudaVideoChromaFormat>(header.chroma);
    return format;
}

/// @return false when the sequence was refused; the real parser forgets that
bool beginSequence(Parser& parser, const StreamHeader& header) {
    parser.header = header;
    CUVIDEOFORMAT format = formatOf(parser);
    const int answer = parser.parameters.pfnSequenceCallback(parser.parameters.pUserData, &format);
    parser.hasSequence = answer > 0;
    parser.surfaces = answer > 1 ? answer : static_cast<int>(parser.parameters.ulMaxNumDecodeSurfaces);
    if (parser.hasSequence && parser.surfaces < header.surfaces) {
        const std::lock_guard<std::mutex> lock(library().mutex);
        ++library().violations;  // wrong pictures without an error
    }
    parser.next = 0;
    return parser.hasSequence;
}

void show(Parser& parser, CUVIDPARSERDISPINFO shown) {
    parser.parameters.pfnDisplayPicture(parser.parameters.pUserData, &shown);
}

void showHeld(Parser& parser) {
    for (const auto& shown : parser.held) show(parser, shown);
    parser.held.clear();
}

void decodePicture(Parser& parser, const CUVIDSOURCEDATAPACKET& packet, bool isHeld) {
    CUVIDPICPARAMS picture{};
    picture.CurrPicIdx = parser.next;
    picture.nBitstreamDataLen = static_cast<unsigned>(packet.payload_size);
    picture.pBitstreamData = packet.payload;
    picture.Reserved[0] = parser.number++;
    parser.next = (parser.next + 1) % parser.surfaces;
    if (parser.parameters.pfnDecodePicture(parser.parameters.pUserData, &picture) == 0) return;
    CUVIDPARSERDISPINFO shown{};
    shown.picture_index = picture.CurrPicIdx;
    shown.progressive_frame = 1;
    shown.timestamp = packet.timestamp;
    if (isHeld) return parser.held.push_back(shown);
    show(parser, shown);
    showHeld(parser);
}

bool isSmaller(long value, const char* setting, long usual) {
    return value < library().plan.setting(setting, usual);
}

long usualMinimum(cudaVideoCodec codec, bool isWidth) {
    switch (codec) {
        case cudaVideoCodec_HEVC: return 144;
        case cudaVideoCodec_VP9:
        case cudaVideoCodec_AV1: return 128;
        default: return isWidth ? 48 : 16;
    }
}

bool isTaken(const CUVIDDECODECREATEINFO& info) {
    const bool isKnown = library().plan.setting("without", -1) != info.CodecType;
    return isKnown && info.ulNumDecodeSurfaces >= 1 && info.ulNumDecodeSurfaces <= 32 &&
           info.ulNumOutputSurfaces < 64 && info.ulTargetWidth % 2 == 0 && info.ulTargetHeight % 2 == 0 &&
           info.display_area.right <= static_cast<short>(info.ulWidth) &&
           info.display_area.bottom <= static_cast<short>(info.ulHeight) &&
           !isSmaller(static_cast<long>(info.ulWidth), "min_width", usualMinimum(info.CodecType, true)) &&
           !isSmaller(static_cast<long>(info.ulHeight), "min_height", usualMinimum(info.CodecType, false));
}

}  // namespace

extern "C" {

// For tests in the same process.
void fakeCuvidReset(const char* plan) {
    const std::lock_guard<std::mutex> lock(library().mutex);
    library().plan = FaultPlan(plan);
    library().violations = 0;
}
long fakeCuvidCalls(const char* call) {
    const std::lock_guard<std::mutex> lock(library().mutex);
    return library().plan.calls(call);
}
int fakeCuvidViolations() {
    const std::lock_guard<std::mutex> lock(library().mutex);
    return library().violations;
}
int fakeCuvidDecoders() {
    const std::lock_guard<std::mutex> lock(library().mutex);
    return static_cast<int>(library().decoders.size());
}
CUVIDDECODECREATEINFO fakeCuvidLastCreated() {
    const std::lock_guard<std::mutex> lock(library().mutex);
    return library().lastCreated;
}

CUresult cuvidGetDecoderCaps(CUVIDDECODECAPS* caps) {
    ENTER("cuvidGetDecoderCaps");
    const bool isKnown = library().plan.setting("without", -1) != caps->eCodecType;
    const bool is420 = caps->eChromaFormat == cudaVideoChromaFormat_420;
    const bool isH264Of10Bits = caps->eCodecType == cudaVideoCodec_H264 && caps->nBitDepthMinus8 > 0;
    caps->bIsSupported = isKnown && is420 && !isH264Of10Bits ? 1 : 0;
    caps->nNumNVDECs = 1;
    caps->nOutputFormatMask = 1U << cudaVideoSurfaceFormat_NV12;
    caps->nMaxWidth = caps->nMaxHeight = 4096;
    caps->nMaxMBCount = 65536;
    const auto& plan = library().plan;
    caps->nMinWidth = static_cast<unsigned short>(plan.setting("min_width", usualMinimum(caps->eCodecType, true)));
    caps->nMinHeight = static_cast<unsigned short>(plan.setting("min_height", usualMinimum(caps->eCodecType, false)));
    return CUDA_SUCCESS;
}

CUresult cuvidCreateDecoder(CUvideodecoder* decoder, CUVIDDECODECREATEINFO* info) {
    ENTER("cuvidCreateDecoder");
    if (!isTaken(*info)) return result(1);
    auto made = std::make_unique<Decoder>();
    made->info = *info;
    made->surfaces.resize(info->ulNumDecodeSurfaces);
    made->pitch = (info->ulTargetWidth + 511) / 512 * 512 + 512;
    made->output.assign(made->pitch * info->ulTargetHeight * 3 / 2, 0xdd);
    library().lastCreated = *info;
    *decoder = made.get();
    library().decoders.push_back(std::move(made));
    return CUDA_SUCCESS;
}

CUresult cuvidDestroyDecoder(CUvideodecoder handle) {
    ENTER("cuvidDestroyDecoder");
    auto& decoders = library().decoders;
    const auto found = std::find_if(decoders.begin(), decoders.end(), [&](const auto& d) { return d.get() == handle; });
    if (found == decoders.end()) return result(400);
    if ((*found)->isMapped) ++library().violations;
    decoders.erase(found);
    return CUDA_SUCCESS;
}

CUresult cuvidDecodePicture(CUvideodecoder handle, CUVIDPICPARAMS* picture) {
    ENTER("cuvidDecodePicture");
    auto& decoder = *static_cast<Decoder*>(handle);
    const auto index = static_cast<std::size_t>(picture->CurrPicIdx);
    if (index >= decoder.surfaces.size()) {
        ++library().violations;
        return result(1);
    }
    const long status = library().plan.next("status");
    decoder.surfaces[index] = {picture->Reserved[0], status == 0 ? long{cuvidDecodeStatus_Success} : status};
    return CUDA_SUCCESS;
}

CUresult cuvidGetDecodeStatus(CUvideodecoder handle, int index, CUVIDGETDECODESTATUS* status) {
    ENTER("cuvidGetDecodeStatus");
    const auto& decoder = *static_cast<Decoder*>(handle);
    status->decodeStatus = static_cast<cuvidDecodeStatus>(decoder.surfaces[static_cast<std::size_t>(index)].status);
    return CUDA_SUCCESS;
}

CUresult cuvidMapVideoFrame64(CUvideodecoder handle, int index, unsigned long long* address, unsigned* pitch,
                              CUVIDPROCPARAMS* how) {
    ENTER("cuvidMapVideoFrame");
    auto& decoder = *static_cast<Decoder*>(handle);
    if (how->output_stream == nullptr) ++library().violations;  // runs on the default stream and holds up everything
    if (decoder.isMapped) {
        ++library().violations;
        return result(1);
    }
    paint(decoder, decoder.surfaces[static_cast<std::size_t>(index)].number);
    decoder.isMapped = true;
    *address = reinterpret_cast<std::uintptr_t>(decoder.output.data());
    *pitch = static_cast<unsigned>(decoder.pitch);
    return CUDA_SUCCESS;
}

CUresult cuvidUnmapVideoFrame64(CUvideodecoder handle, unsigned long long address) {
    ENTER("cuvidUnmapVideoFrame");
    auto& decoder = *static_cast<Decoder*>(handle);
    if (!decoder.isMapped || address != reinterpret_cast<std::uintptr_t>(decoder.output.data())) ++library().violations;
    decoder.isMapped = false;
    std::fill(decoder.output.begin(), decoder.output.end(), std::uint8_t{0xdd});  // a copy that comes too late shows
    return CUDA_SUCCESS;
}

CUresult cuvidCreateVideoParser(CUvideoparser* parser, CUVIDPARSERPARAMS* parameters) {
    ENTER("cuvidCreateVideoParser");
    auto made = std::make_unique<Parser>();
    made->parameters = *parameters;
    if (parameters->ulMaxDisplayDelay != 0) ++library().violations;
    *parser = made.release();
    return CUDA_SUCCESS;
}

CUresult cuvidParseVideoData(CUvideoparser handle, CUVIDSOURCEDATAPACKET* packet) {
    {
        ENTER("cuvidParseVideoData");
        if (packet->payload_size > 0 && (packet->flags & CUVID_PKT_ENDOFPICTURE) == 0) ++library().violations;
        if ((packet->flags & CUVID_PKT_DISCONTINUITY) != 0) library().plan.next("discontinuity");
    }
    auto& parser = *static_cast<Parser*>(handle);
    if ((packet->flags & CUVID_PKT_ENDOFSTREAM) != 0) showHeld(parser);
    if (packet->payload_size == 0) return CUDA_SUCCESS;
    const auto header = readHeader(parser.parameters.CodecType, {packet->payload, packet->payload_size});
    if (!header) return CUDA_SUCCESS;
    if (header->isSequence && !beginSequence(parser, *header)) return CUDA_SUCCESS;
    if (parser.hasSequence) decodePicture(parser, *packet, header->isHeld);
    return CUDA_SUCCESS;
}

CUresult cuvidDestroyVideoParser(CUvideoparser parser) {
    delete static_cast<Parser*>(parser);
    return CUDA_SUCCESS;
}

#define UNSUPPORTED(name)   \
    CUresult name() {       \
        return result(801); \
    }
UNSUPPORTED(cuvidReconfigureDecoder)
UNSUPPORTED(cuvidCtxLockCreate)
UNSUPPORTED(cuvidCtxLockDestroy)
UNSUPPORTED(cuvidCtxLock)
UNSUPPORTED(cuvidCtxUnlock)
UNSUPPORTED(cuvidCreateVideoSource)
UNSUPPORTED(cuvidCreateVideoSourceW)
UNSUPPORTED(cuvidDestroyVideoSource)
UNSUPPORTED(cuvidSetVideoSourceState)
UNSUPPORTED(cuvidGetVideoSourceState)
UNSUPPORTED(cuvidGetSourceVideoFormat)
UNSUPPORTED(cuvidGetSourceAudioFormat)

}  // extern "C"

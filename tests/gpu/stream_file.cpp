#include "tests/gpu/stream_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace tessera::gpucheck {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIvfHeader = 32, kIvfFrameHeader = 12;

std::vector<std::uint8_t> readBytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::uint32_t littleEndian(const std::uint8_t* bytes) {
    return bytes[0] | bytes[1] << 8U | bytes[2] << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

bool isDelimiter(VideoCodec codec, std::uint8_t header) {
    return codec == VideoCodec::H264 ? (header & 0x1fU) == 9 : ((header >> 1U) & 0x3fU) == 35;
}

std::vector<std::uint32_t> readChecksums(const fs::path& path) {
    std::vector<std::uint32_t> checksums;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto at = line.rfind("0x");
        if (line.empty() || line[0] == '#' || at == std::string::npos) continue;
        checksums.push_back(static_cast<std::uint32_t>(std::stoul(line.substr(at), nullptr, 16)));
    }
    return checksums;
}

struct Adler {
    std::uint32_t a = 0, b = 0;
    void add(const std::uint8_t* bytes, int count) {
        for (int i = 0; i < count; ++i) {
            a = (a + bytes[i]) % 65521;
            b = (b + a) % 65521;
        }
    }
};

}  // namespace

std::vector<std::vector<std::uint8_t>> cutAnnexB(VideoCodec codec, const std::vector<std::uint8_t>& bytes) {
    std::vector<std::size_t> begins;
    for (std::size_t i = 0; i + 3 < bytes.size(); ++i) {
        if (bytes[i] != 0 || bytes[i + 1] != 0 || bytes[i + 2] != 1 || !isDelimiter(codec, bytes[i + 3])) continue;
        begins.push_back(i > 0 && bytes[i - 1] == 0 ? i - 1 : i);
    }
    std::vector<std::vector<std::uint8_t>> units;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : bytes.size();
        units.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(begins[i]),
                           bytes.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return units;
}

std::vector<std::vector<std::uint8_t>> cutIvf(const std::vector<std::uint8_t>& bytes, VideoCodec& codec) {
    std::vector<std::vector<std::uint8_t>> frames;
    if (bytes.size() < kIvfHeader || std::string(bytes.begin(), bytes.begin() + 4) != "DKIF") return frames;
    const std::string fourCc(bytes.begin() + 8, bytes.begin() + 12);
    if (fourCc != "VP80" && fourCc != "VP90" && fourCc != "AV01") return frames;
    codec = fourCc == "VP80" ? VideoCodec::Vp8 : fourCc == "VP90" ? VideoCodec::Vp9 : VideoCodec::Av1;
    std::size_t at = kIvfHeader;
    while (at + kIvfFrameHeader <= bytes.size()) {
        const std::size_t size = littleEndian(&bytes[at]);
        at += kIvfFrameHeader;
        if (size > bytes.size() - at) break;
        frames.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                            bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
        at += size;
    }
    return frames;
}

Result<StreamFile> readStreamFile(const std::string& path) {
    const fs::path file(path);
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return notFound("there is no " + path);
    StreamFile stream;
    stream.name = file.filename().string();
    const auto bytes = readBytes(file);
    if (file.extension() == ".ivf") {
        stream.units = cutIvf(bytes, stream.codec);
    } else {
        stream.codec = file.extension() == ".hevc" ? VideoCodec::Hevc : VideoCodec::H264;
        stream.units = cutAnnexB(stream.codec, bytes);
    }
    if (stream.units.empty()) return invalidArgument(path + " holds no access unit that can be told apart");
    stream.checksums = readChecksums(fs::path(file).replace_extension(".framecrc"));
    return stream;
}

std::vector<std::string> streamFilesOf(const std::string& folder) {
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        const auto extension = each->path().extension();
        if (extension == ".h264" || extension == ".hevc" || extension == ".ivf") paths.push_back(each->path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::uint32_t checksum(const VideoFrame& hostFrame) {
    Adler sum;
    for (std::size_t plane = 0; plane < 3; ++plane) {
        const Size size = plane == 0 ? hostFrame.size : chromaSize(hostFrame.size);
        for (int y = 0; y < size.height; ++y) {
            sum.add(hostFrame.planes[plane].data + static_cast<std::ptrdiff_t>(y) * hostFrame.planes[plane].stride,
                    size.width);
        }
    }
    return sum.b << 16U | sum.a;
}

}  // namespace tessera::gpucheck

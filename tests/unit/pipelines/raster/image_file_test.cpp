#include "pipelines/raster/image_file.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() : path(fs::temp_directory_path() / ("tessera-images-" + std::to_string(::getpid()))) {
        fs::create_directories(path / "inside");
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
};

void appendBigEndian(std::string& bytes, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
}

/// @source PNG specification (RFC 2083) section 3.4: CRC-32 with the polynomial 0xEDB88320
std::uint32_t crcOf(const std::string& bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        crc ^= static_cast<std::uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
    }
    return ~crc;
}

void appendChunk(std::string& png, const std::string& type, const std::string& content) {
    appendBigEndian(png, static_cast<std::uint32_t>(content.size()));
    png += type + content;
    appendBigEndian(png, crcOf(type + content));
}

/// A zlib stream of stored blocks. @source RFC 1950 section 2.2, RFC 1951 section 3.2.4
std::string stored(const std::string& bytes) {
    constexpr std::size_t kBlock = 65535;
    std::string stream("\x78\x01");
    std::uint32_t a = 1, b = 0;
    for (std::size_t begin = 0; begin < bytes.size(); begin += kBlock) {
        const std::string block = bytes.substr(begin, kBlock);
        const auto length = static_cast<std::uint32_t>(block.size());
        stream += begin + kBlock >= bytes.size() ? '\x01' : '\0';
        for (const std::uint32_t value : {length, ~length}) {
            stream += static_cast<char>(value & 0xFF);
            stream += static_cast<char>(value >> 8 & 0xFF);
        }
        stream += block;
    }
    for (const char byte : bytes) {
        a = (a + static_cast<std::uint8_t>(byte)) % 65521;
        b = (b + a) % 65521;
    }
    appendBigEndian(stream, b << 16 | a);
    return stream;
}

/// The left half is red, the right half see-through green.
std::string writePng(const fs::path& path, Size size) {
    std::string rows;
    for (int y = 0; y < size.height; ++y) {
        rows += '\0';
        for (int x = 0; x < size.width; ++x) {
            rows += x < size.width / 2 ? std::string("\xFF\0\0\xFF", 4) : std::string("\0\xFF\0\x80", 4);
        }
    }
    std::string header, png("\x89PNG\r\n\x1A\n");
    appendBigEndian(header, static_cast<std::uint32_t>(size.width));
    appendBigEndian(header, static_cast<std::uint32_t>(size.height));
    header += std::string("\x08\x06\0\0\0", 5);  // 8 bits, RGBA, no interlace
    appendChunk(png, "IHDR", header);
    appendChunk(png, "IDAT", stored(rows));
    appendChunk(png, "IEND", "");
    std::ofstream(path, std::ios::binary) << png;
    return path.string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_file)

BOOST_AUTO_TEST_CASE(a_png_becomes_a_premultiplied_overlay_that_fits_the_box) {
    const Folder folder;
    const auto overlay = readOverlay(writePng(folder.path / "a.png", {400, 200}), {101, 100});
    BOOST_REQUIRE(overlay.ok());
    BOOST_TEST(((*overlay)->size == Size{100, 50}));
    const auto at = [&](const std::vector<std::uint8_t>& plane, int x, int y, int stride) {
        return static_cast<int>(plane[static_cast<std::size_t>(y * stride + x)]);
    };
    const Overlay& made = **overlay;
    BOOST_TEST(at(made.alpha, 10, 25, 100) == 255);
    BOOST_TEST(std::abs(at(made.y, 10, 25, 100) - 63) <= 1);  // BT.709 red
    BOOST_TEST(std::abs(at(made.v, 5, 12, 50) - 240) <= 1);
    BOOST_TEST(std::abs(at(made.alpha, 90, 25, 100) - 128) <= 1);
    BOOST_TEST(std::abs(at(made.y, 90, 25, 100) - 173 / 2) <= 2);  // BT.709 green, half
    for (std::size_t i = 0; i < made.y.size(); ++i) BOOST_REQUIRE(made.y[i] <= made.alpha[i]);
}

BOOST_AUTO_TEST_CASE(a_png_becomes_a_picture) {
    const Folder folder;
    const auto picture = readPicture(writePng(folder.path / "a.png", {65, 33}));
    BOOST_REQUIRE(picture.ok());
    BOOST_TEST(((*picture)->size == Size{65, 33}));
    BOOST_TEST(((*picture)->format == PixelFormat::I420));
    BOOST_TEST((*picture)->planes[2].data[0] > 200);
}

BOOST_AUTO_TEST_CASE(what_is_no_image_is_refused) {
    const Folder folder;
    const auto path = (folder.path / "text.png").string();
    std::ofstream(path) << "this is no picture";
    BOOST_TEST((readPicture(path).error().code == ErrorCode::InvalidArgument));
    BOOST_TEST((readOverlay(path, {64, 64}).error().code == ErrorCode::InvalidArgument));
    const auto whole = writePng(folder.path / "whole.png", {64, 64});
    std::ifstream in(whole, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    std::ofstream(path, std::ios::binary) << bytes.substr(0, 40);
    BOOST_TEST(!readPicture(path).ok());
    BOOST_TEST((readPicture(writePng(folder.path / "wide.png", {4098, 2})).error().code == ErrorCode::InvalidArgument));
    BOOST_TEST((readPicture((folder.path / "none.png").string()).error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(only_files_inside_the_folder_are_found) {
    const Folder folder;
    writePng(folder.path / "outside.png", {16, 16});
    writePng(folder.path / "inside" / "a.png", {16, 16});
    const auto root = (folder.path / "inside").string();
    fs::create_symlink(folder.path / "outside.png", folder.path / "inside" / "link.png");
    BOOST_TEST(findImage(root, "a.png").ok());
    BOOST_TEST((findImage(root, "../outside.png").error().code == ErrorCode::InvalidArgument));
    BOOST_TEST((findImage(root, "link.png").error().code == ErrorCode::InvalidArgument));
    BOOST_TEST((findImage(root, "missing.png").error().code == ErrorCode::InvalidArgument));
    BOOST_TEST((findImage(root, ".").error().code == ErrorCode::InvalidArgument));
    BOOST_TEST((findImage("", "a.png").error().code == ErrorCode::Unsupported));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

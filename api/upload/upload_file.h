#pragma once

#include <memory>
#include <string>

#include "mcu/base/result.h"

namespace tessera {

/// Digests of some bytes.
struct PieceDigest {
    std::string sha256Hex;
    std::string md5;  ///< 16 bytes
};

/// A finished file that is being uploaded. @thread one
class UploadFile {
public:
    /// @error not_found
    static Result<UploadFile> open(const std::string& path);
    ~UploadFile();
    UploadFile(UploadFile&& other) noexcept;
    UploadFile& operator=(UploadFile&&) = delete;

    std::int64_t size() const { return size_; }
    int descriptor() const { return descriptor_; }
    /// @error device: it cannot be read
    Result<PieceDigest> digest(std::int64_t begin, std::int64_t bytes) const;

private:
    UploadFile(int descriptor, std::int64_t size) : descriptor_(descriptor), size_(size) {}
    int descriptor_;
    std::int64_t size_;
};

}  // namespace tessera

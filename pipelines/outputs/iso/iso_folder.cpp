#include "pipelines/outputs/iso/iso_folder.h"

#include <fstream>

#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

class CountingTarget final : public MuxTarget {
public:
    CountingTarget(std::unique_ptr<MuxTarget> file, Counter& bytes) : file_(std::move(file)), bytes_(bytes) {}
    Status write(std::span<const std::uint8_t> bytes) override {
        TESSERA_TRY(file_->write(bytes));
        bytes_.add(bytes.size());
        return kOk;
    }
    Status onFragment() override { return file_->onFragment(); }
    Status close() override { return file_->close(); }

private:
    std::unique_ptr<MuxTarget> file_;
    Counter& bytes_;
};

}  // namespace

Result<IsoFolder::File> IsoFolder::open(const SourceId& source) {
    const std::string name = source.toString() + "-" + std::to_string(numbers_[source] + 1) + ".mkv";
    auto file = createRecordingFile(path_ + "/" + name, minimumFree_);
    if (!file) return file.error();
    ++numbers_[source];
    files_.add();
    TESSERA_TRY(noteFile(name));
    return File{name, std::make_unique<CountingTarget>(std::move(*file), bytes_)};
}

void IsoFolder::noteRotation(const std::string& name, int degrees) const {
    std::ofstream file(path_ + "/" + kRotationsFile, std::ios::app);
    file << R"({"file":")" << name << R"(","rotation":)" << degrees << "}\n";
}

/// So that what a crash leaves is put where it belongs.
Status IsoFolder::noteFile(const std::string& name) const {
    std::ofstream timeline(path_ + "/" + kIsoTimelineFile, std::ios::app);
    timeline << R"({"file":")" << name << R"(","at_us":0,"meeting_us":)"
             << origin_.time_since_epoch() / std::chrono::microseconds(1) << "}\n";
    if (!timeline.flush()) return Error{ErrorCode::Device, "the timeline of a recording cannot be written", {}};
    return kOk;
}

}  // namespace tessera

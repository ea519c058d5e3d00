#include "pipelines/outputs/iso/folder_sync.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace tessera {

FolderSync::FolderSync(std::string path) : path_(std::move(path)) {
    thread_ = Thread("iso-sync", [this] { run(); });
}

void FolderSync::run() {
    folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (true) {
        bool isLast = false;
        {
            Lock lock(mutex_);
            isLast = wake_.waitFor(mutex_, kInterval, [this] { return isStopping_; });
        }
        sync();
        if (isLast) return;
    }
}

void FolderSync::sync() {
    if (folder_ >= 0 && ::syncfs(folder_) == 0) return;
    const Error error{ErrorCode::Device, path_ + ": " + std::strerror(errno), {}};
    Lock lock(mutex_);
    failure_ = error;
}

Status FolderSync::status() const {
    Lock lock(mutex_);
    if (failure_) return *failure_;
    return kOk;
}

void FolderSync::stop() {
    {
        Lock lock(mutex_);
        if (isStopping_) return;
        isStopping_ = true;
        wake_.notifyAll();
    }
    thread_.join();
    if (folder_ >= 0) ::close(folder_);
}

}  // namespace tessera

// What calls of the C library do to files below $TESSERA_DISK_FAULT_FOLDER waits as the file $TESSERA_DISK_FAULT says:
//   hang       until it says something else
//   hang NAME  as hang, of calls alone that name a path with NAME in it
//   delay N    N milliseconds each
//   rate N     writes: as long as a disk of N bytes per second takes
// Anything else, and no such file: as always. Loaded with LD_PRELOAD.

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

constexpr int kDescriptors = 65536;
std::array<std::atomic<bool>, kDescriptors> isOurs;

const char* setting(const char* name) {
    const char* value = ::getenv(name);
    return value == nullptr ? "" : value;
}

bool isBelow(const char* path) {
    static const std::string folder = setting("TESSERA_DISK_FAULT_FOLDER");
    return path != nullptr && !folder.empty() && std::strncmp(path, folder.c_str(), folder.size()) == 0;
}

bool isOn(int descriptor) {
    return descriptor >= 0 && descriptor < kDescriptors && isOurs[static_cast<std::size_t>(descriptor)];
}

bool isBelow(int folder, const char* path) {
    return isBelow(path) || (path != nullptr && path[0] != '/' && isOn(folder));
}

void note(int descriptor, bool ours) {
    if (descriptor >= 0 && descriptor < kDescriptors) isOurs[static_cast<std::size_t>(descriptor)] = ours;
}

void pause(long milliseconds) {
    timespec time{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    while (::nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

std::string fault() {
    static const std::string path = setting("TESSERA_DISK_FAULT");
    char text[64] = "";
    const long file = ::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return {};
    const long size = ::syscall(SYS_read, file, text, sizeof text - 1);
    ::syscall(SYS_close, file);
    return std::string(text, size > 0 ? static_cast<std::size_t>(size) : 0);
}

bool hangs(const char* path) {
    std::string now = fault();
    while (!now.empty() && now.back() == '\n') now.pop_back();
    if (now == "hang") return true;
    return now.starts_with("hang ") && path != nullptr && std::strstr(path, now.c_str() + 5) != nullptr;
}

/// Before a call: as long as the disk takes for it.
void wait(const char* path, std::size_t written = 0) {
    const int before = errno;
    while (hangs(path)) pause(10);
    const std::string now = fault();
    if (now.starts_with("delay ")) pause(std::atol(now.c_str() + 6));
    if (now.starts_with("rate ")) {
        const double seconds = static_cast<double>(written) / std::max(1L, std::atol(now.c_str() + 5));
        pause(static_cast<long>(seconds * 1000));
    }
    errno = before;
}

template <typename Function>
Function* real(Function*, const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTBEGIN: names and signatures of the C library
#define REAL(name) static auto* const call = real(&::name, #name)

#define OPEN(name)                                \
    int name(const char* path, int flags, ...) {  \
        REAL(name);                               \
        va_list more;                             \
        va_start(more, flags);                    \
        const mode_t mode = va_arg(more, mode_t); \
        va_end(more);                             \
        const bool ours = isBelow(path);          \
        if (ours) wait(path);                     \
        const int file = call(path, flags, mode); \
        note(file, ours);                         \
        return file;                              \
    }

#define OPENAT(name)                                         \
    int name(int folder, const char* path, int flags, ...) { \
        REAL(name);                                          \
        va_list more;                                        \
        va_start(more, flags);                               \
        const mode_t mode = va_arg(more, mode_t);            \
        va_end(more);                                        \
        const bool ours = isBelow(folder, path);             \
        if (ours) wait(path);                                \
        const int file = call(folder, path, flags, mode);    \
        note(file, ours);                                    \
        return file;                                         \
    }

#define FOPEN(name)                                      \
    FILE* name(const char* path, const char* mode) {     \
        REAL(name);                                      \
        const bool ours = isBelow(path);                 \
        if (ours) wait(path);                            \
        FILE* file = call(path, mode);                   \
        if (file != nullptr) note(::fileno(file), ours); \
        return file;                                     \
    }

extern "C" {

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
FOPEN(fopen)
FOPEN(fopen64)

int close(int file) {
    REAL(close);
    if (isOn(file)) wait(nullptr);
    note(file, false);
    return call(file);
}
int fclose(FILE* stream) {
    REAL(fclose);
    const int file = ::fileno(stream);
    if (isOn(file)) wait(nullptr);
    note(file, false);
    return call(stream);
}
int closedir(DIR* folder) {
    REAL(closedir);
    note(::dirfd(folder), false);
    return call(folder);
}
ssize_t write(int file, const void* bytes, size_t size) {
    REAL(write);
    if (isOn(file)) wait(nullptr, size);
    return call(file, bytes, size);
}
ssize_t writev(int file, const iovec* parts, int count) {
    REAL(writev);
    if (isOn(file)) wait(nullptr);
    return call(file, parts, count);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    REAL(pwrite);
    if (isOn(file)) wait(nullptr, size);
    return call(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    REAL(pwrite64);
    if (isOn(file)) wait(nullptr, size);
    return call(file, bytes, size, at);
}
ssize_t read(int file, void* bytes, size_t size) {
    REAL(read);
    if (isOn(file)) wait(nullptr);
    return call(file, bytes, size);
}
ssize_t pread(int file, void* bytes, size_t size, off_t at) {
    REAL(pread);
    if (isOn(file)) wait(nullptr);
    return call(file, bytes, size, at);
}
ssize_t pread64(int file, void* bytes, size_t size, off64_t at) {
    REAL(pread64);
    if (isOn(file)) wait(nullptr);
    return call(file, bytes, size, at);
}
int fsync(int file) {
    REAL(fsync);
    if (isOn(file)) wait(nullptr);
    return call(file);
}
int fdatasync(int file) {
    REAL(fdatasync);
    if (isOn(file)) wait(nullptr);
    return call(file);
}
int syncfs(int file) {
    REAL(syncfs);
    if (isOn(file)) wait(nullptr);
    return call(file);
}
int fstatvfs(int file, struct statvfs* space) {
    REAL(fstatvfs);
    if (isOn(file)) wait(nullptr);
    return call(file, space);
}
int statvfs(const char* path, struct statvfs* space) {
    static auto* const call = reinterpret_cast<int (*)(const char*, struct statvfs*)>(::dlsym(RTLD_NEXT, "statvfs"));
    if (isBelow(path)) wait(path);
    return call(path, space);
}
int stat(const char* path, struct stat* info) {
    static auto* const call = reinterpret_cast<int (*)(const char*, struct stat*)>(::dlsym(RTLD_NEXT, "stat"));
    if (isBelow(path)) wait(path);
    return call(path, info);
}
int lstat(const char* path, struct stat* info) {
    REAL(lstat);
    if (isBelow(path)) wait(path);
    return call(path, info);
}
int mkdir(const char* path, mode_t mode) {
    REAL(mkdir);
    if (isBelow(path)) wait(path);
    return call(path, mode);
}
int rename(const char* from, const char* to) {
    REAL(rename);
    if (isBelow(from)) wait(from);
    return call(from, to);
}
int unlink(const char* path) {
    REAL(unlink);
    if (isBelow(path)) wait(path);
    return call(path);
}
int unlinkat(int folder, const char* path, int flags) {
    REAL(unlinkat);
    if (isBelow(folder, path)) wait(path);
    return call(folder, path, flags);
}
DIR* opendir(const char* path) {
    REAL(opendir);
    if (isBelow(path)) wait(path);
    return call(path);
}

}  // extern "C"
// NOLINTEND

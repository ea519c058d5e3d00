#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "mcu/base/check.h"
#include "mcu/base/sync.h"

namespace tessera {

/// Blocks of one size that are used again instead of freed. @thread any
class BlockShelf {
public:
    BlockShelf() = default;
    ~BlockShelf() {
        for (void* block : free_) ::operator delete(block);
    }
    BlockShelf(const BlockShelf&) = delete;
    BlockShelf& operator=(const BlockShelf&) = delete;

    void* take(std::size_t bytes) EXCLUDES(mutex_) {
        {
            Lock lock(mutex_);
            TESSERA_CHECK(bytes_ == 0 || bytes_ == bytes);
            bytes_ = bytes;
            if (!free_.empty()) {
                void* block = free_.back();
                free_.pop_back();
                return block;
            }
        }
        return ::operator new(bytes);
    }

    void giveBack(void* block) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        free_.push_back(block);
    }

private:
    Mutex mutex_;
    std::vector<void*> free_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
};

/// For std::allocate_shared of one type: object and count come from a shelf, which lives as long as they do.
template <typename T>
struct RecyclingAllocator {
    using value_type = T;

    explicit RecyclingAllocator(std::shared_ptr<BlockShelf> from) : shelf(std::move(from)) {}
    template <typename U>
    RecyclingAllocator(const RecyclingAllocator<U>& other) : shelf(other.shelf) {}

    T* allocate(std::size_t count) { return static_cast<T*>(shelf->take(count * sizeof(T))); }
    void deallocate(T* block, std::size_t) { shelf->giveBack(block); }

    template <typename U>
    bool operator==(const RecyclingAllocator<U>& other) const {
        return shelf == other.shelf;
    }

    std::shared_ptr<BlockShelf> shelf;
};

}  // namespace tessera

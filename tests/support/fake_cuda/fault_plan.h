#pragma once

#include <map>
#include <sstream>
#include <string>
#include <utility>

namespace tessera::fake {

/// What the stand-in driver is to do wrong, in words separated by blanks:
///
///   devices=2          so many devices (default 1); 0 makes cuInit answer 100
///   memory_mb=64       memory of each (default 4096)
///   cuInit=999         every call of that function fails so
///   cuLaunchKernel@3=700   its third call fails so; a sticky code then stays for all
///   stuck              no event is ever passed
class FaultPlan {
public:
    explicit FaultPlan(const std::string& text) {
        std::istringstream words(text);
        for (std::string word; words >> word;) add(word);
    }

    long setting(const std::string& name, long fallback) const {
        const auto found = always_.find(name);
        return found == always_.end() ? fallback : found->second;
    }

    /// Counts a call and says how it fails; 0 when it does not.
    long next(const std::string& call) {
        const long count = ++calls_[call];
        if (const auto once = once_.find({call, count}); once != once_.end()) return once->second;
        return setting(call, 0);
    }

    long calls(const std::string& call) const {
        const auto found = calls_.find(call);
        return found == calls_.end() ? 0 : found->second;
    }

private:
    void add(const std::string& word) {
        const auto equal = word.find('='), at = word.find('@');
        const long value = equal == std::string::npos ? 1 : std::stol(word.substr(equal + 1));
        if (at == std::string::npos) {
            always_[word.substr(0, equal)] = value;
        } else {
            once_[{word.substr(0, at), std::stol(word.substr(at + 1, equal - at - 1))}] = value;
        }
    }

    std::map<std::string, long> always_;
    std::map<std::pair<std::string, long>, long> once_;
    std::map<std::string, long> calls_;
};

}  // namespace tessera::fake

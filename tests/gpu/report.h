#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tessera::gpucheck {

/// What was checked and measured: lines as it happens, or one JSON object at the end,
/// `{"gpus": [...], "passed": 3, "failed": 0, "checks": [{"name", "passed", "detail"}], "cases": [{"name", ...}]}`.
class Report {
public:
    explicit Report(bool asJson) : asJson_(asJson) {}

    /// Says something that is neither right nor wrong.
    void note(const std::string& text);

    /// @param gpu  `index`, `name` and what else is known; what follows is about it
    void begin(const nlohmann::ordered_json& gpu);

    /// @param detail  what was compared, or how it went wrong
    void check(const std::string& name, bool isRight, const std::string& detail);

    /// Numbers of one measurement.
    void measure(const std::string& name, const nlohmann::ordered_json& values);

    /// Prints the end. @return how many checks failed
    int end();

private:
    bool asJson_;
    nlohmann::ordered_json gpus_ = nlohmann::ordered_json::array();
    nlohmann::ordered_json checks_ = nlohmann::ordered_json::array();
    nlohmann::ordered_json cases_ = nlohmann::ordered_json::array();
    int gpu_ = -1;
    int passed_ = 0;
    int failed_ = 0;
};

}  // namespace tessera::gpucheck

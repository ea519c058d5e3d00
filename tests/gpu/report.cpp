#include "tests/gpu/report.h"

#include <cstdio>

namespace tessera::gpucheck {

using Json = nlohmann::ordered_json;

void Report::note(const std::string& text) {
    std::fprintf(asJson_ ? stderr : stdout, "note %s\n", text.c_str());
}

void Report::begin(const Json& gpu) {
    gpu_ = gpu.at("index").get<int>();
    gpus_.push_back(gpu);
    if (!asJson_) std::printf("GPU %d: %s\n", gpu_, gpu.at("name").get<std::string>().c_str());
}

void Report::check(const std::string& name, bool isRight, const std::string& detail) {
    (isRight ? passed_ : failed_) += 1;
    checks_.push_back({{"gpu", gpu_}, {"name", name}, {"passed", isRight}, {"detail", detail}});
    if (!asJson_) std::printf("%s %s: %s\n", isRight ? "ok  " : "FAIL", name.c_str(), detail.c_str());
}

void Report::measure(const std::string& name, const Json& values) {
    Json row{{"name", name}, {"gpu", gpu_}};
    row.update(values);
    cases_.push_back(row);
    if (asJson_) return;
    std::printf("     %s:", name.c_str());
    for (const auto& [key, value] : values.items()) std::printf(" %s %.4g", key.c_str(), value.get<double>());
    std::printf("\n");
}

int Report::end() {
    if (asJson_) {
        const Json all{
            {"gpus", gpus_}, {"passed", passed_}, {"failed", failed_}, {"checks", checks_}, {"cases", cases_}};
        std::printf("%s\n", all.dump(2).c_str());
    } else {
        std::printf("%d passed, %d failed\n", passed_, failed_);
    }
    return failed_;
}

}  // namespace tessera::gpucheck

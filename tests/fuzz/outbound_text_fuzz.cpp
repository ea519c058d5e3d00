#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mcu/base/check.h"

#include "api/events/event_filter.h"
#include "api/upload/s3_answer.h"
#include "api/upload/upload_target.h"

using namespace tessera;

/// Patterns of event types, answers of an S3 server, and targets of the configuration: what is accepted is plain, every
/// refusal says something.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const auto patterns = readTypePatterns(input);
    TESSERA_CHECK(patterns.ok() || !patterns.error().message.empty());
    if (patterns) TESSERA_CHECK(patterns->size() <= kMaximumTypePatterns);
    TESSERA_CHECK(xmlText(input, "UploadId").size() <= size);
    const auto target = parseUploadTarget(std::string(input));
    if (target) TESSERA_CHECK(!target->name.empty() && target->url.starts_with("http"));
    return 0;
}

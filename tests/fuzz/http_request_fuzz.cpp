#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "mcu/base/check.h"

#include "api/gateway/byte_range.h"
#include "api/gateway/conditions.h"
#include "api/gateway/http_date.h"
#include "api/gateway/request_target.h"

using namespace tessera;

namespace {

/// A part lies within its body, whatever is asked for.
void checkRange(std::string_view header, std::uint64_t size) {
    const auto choice = chooseRange(header, size);
    if (choice.kind != RangeKind::Part) return;
    TESSERA_CHECK(choice.part.size > 0 && choice.part.first < size);
    TESSERA_CHECK(choice.part.size <= size - choice.part.first);
}

/// What is passed on is one line that begins with a slash.
void checkTarget(std::string_view target) {
    std::string origin;
    if (!toOriginForm(target, origin)) return;
    TESSERA_CHECK(origin.starts_with('/') && origin.find_first_of("\r\n \t#") == std::string::npos);
    TESSERA_CHECK(pathOf(origin).find('?') == std::string_view::npos);
    std::map<std::string, std::string> query;
    if (readQuery(origin, query)) TESSERA_CHECK(query.size() <= 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    for (const std::uint64_t length : {0ULL, 1ULL, 1000ULL, ~0ULL}) checkRange(input, length);
    checkTarget(input);
    if (const auto date = parseHttpDate(input)) TESSERA_CHECK(parseHttpDate(toHttpDate(*date)) == date);
    HttpRequest request;
    for (const auto* name : {"if-match", "if-none-match", "if-modified-since", "if-range"}) {
        request.headers = {{name, std::string(input)}};
        checkConditions(request, {"\"a\"", 784111777});
        isRangeWanted(request, {"\"a\"", 784111777}, 784111778);
    }
    return 0;
}

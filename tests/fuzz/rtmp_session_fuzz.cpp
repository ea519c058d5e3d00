// A sender over RTMP after its handshake, in pieces: chunks, commands and media of anybody who reaches the port.
#include "pipelines/ingest/rtmp/rtmp_session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tessera;
    auto pipe = std::make_shared<BytePipe>();
    RtmpSession session([&](std::string_view application, std::string_view key) -> Result<std::shared_ptr<BytePipe>> {
        TESSERA_CHECK(!application.starts_with('/') && key.find('?') == std::string_view::npos);
        if (key.empty()) return notFound("no");
        return pipe;
    });
    std::vector<std::uint8_t> hello(1 + 2 * 1536, 3);
    TESSERA_CHECK(session.receive(hello).ok());
    std::span<const std::uint8_t> rest(bytes, size);
    while (!rest.empty()) {
        const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + rest.front() % 97);
        if (!session.receive(rest.first(piece)).ok()) break;
        rest = rest.subspan(piece);
    }
    TESSERA_CHECK(session.takeOutput().size() <= (64U << 10U) + 40 * size);
    return 0;
}

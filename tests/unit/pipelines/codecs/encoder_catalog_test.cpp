#include "pipelines/codecs/encoder_catalog.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace tessera {

BOOST_AUTO_TEST_SUITE(encoder_catalog)

BOOST_AUTO_TEST_CASE(every_row_is_described_and_named_once) {
    std::set<std::string_view> names;
    for (const auto& row : videoEncoderCatalog()) {
        BOOST_TEST(names.insert(row.name).second);
        BOOST_TEST(!row.summary.empty());
    }
    for (const auto& row : audioEncoderCatalog()) {
        BOOST_TEST(names.insert(row.name).second);
        BOOST_TEST(!row.summary.empty());
        BOOST_TEST(row.frameSamples > 0);
    }
}

BOOST_AUTO_TEST_CASE(every_row_in_software_encodes_on_a_machine_with_all_packages) {
    const auto encoders = probeEncoders();
    BOOST_TEST(encoders.size() == videoEncoderCatalog().size() + audioEncoderCatalog().size());
    for (const auto& encoder : encoders) {
        const bool isOnDevice = encoder.name.starts_with("nvenc");
        BOOST_TEST(encoder.available != isOnDevice, encoder.name << ": " << encoder.reason);
        if (isOnDevice) BOOST_TEST(encoder.reason == "no GPU is in use");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

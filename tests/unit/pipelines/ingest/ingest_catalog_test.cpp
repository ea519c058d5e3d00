#include "pipelines/ingest/ingest_catalog.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace tessera {

BOOST_AUTO_TEST_SUITE(ingest_catalog)

BOOST_AUTO_TEST_CASE(every_row_is_described_and_named_once) {
    std::set<std::string_view> names;
    for (const auto& row : ingestCatalog()) {
        BOOST_TEST(names.insert(row.name).second);
        BOOST_TEST(!row.summary.empty());
        BOOST_TEST((&findIngest(row.kind) == &row));
        std::set<std::string_view> parameters;
        for (const auto& parameter : row.parameters) {
            BOOST_TEST(parameters.insert(parameter.name).second);
            BOOST_TEST(!parameter.summary.empty());
            BOOST_TEST(!parameter.type.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_row_refuses_what_it_cannot_read) {
    const SteadyClock clock;
    const Timeline timeline(clock, clock.now());
    for (const auto& row : ingestCatalog()) {
        IngestSpec spec;
        spec.kind = row.kind;
        spec.path = "/does/not/exist";
        spec.pattern = "none";
        auto feed = std::make_shared<SourceFeed>();
        const auto ingest = row.create(spec, timeline, feed, 0);
        BOOST_REQUIRE(!ingest.ok());
        BOOST_TEST(!ingest.error().message.empty());
        BOOST_TEST((feed->state() == SourceState::Connecting));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

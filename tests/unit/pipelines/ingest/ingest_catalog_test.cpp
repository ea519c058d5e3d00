#include "pipelines/ingest/ingest_catalog.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace tessera {

BOOST_AUTO_TEST_SUITE(ingest_catalog)

BOOST_AUTO_TEST_CASE(every_row_is_described_and_named_once) {
    std::set<std::string_view> names;
    for (const auto& row : ingestCatalog()) {
        BOOST_TEST(names.insert(row.kind).second);
        BOOST_TEST(!row.summary.empty());
        BOOST_TEST((findIngest(row.kind).value() == &row));
        std::set<std::string_view> parameters;
        for (const auto& parameter : row.params) {
            BOOST_TEST(parameters.insert(parameter.name).second);
            BOOST_TEST(!parameter.summary.empty());
            BOOST_TEST((parameter.initial.empty() || initialValue(parameter).has_value()));
        }
    }
    BOOST_TEST(findIngest("fax").error().field == "kind");
}

BOOST_AUTO_TEST_CASE(the_defaults_of_every_row_are_complete_and_in_range) {
    for (const auto& row : ingestCatalog()) {
        IngestSpec spec{.kind = std::string(row.kind)};
        for (const auto& parameter : row.params) {
            if (parameter.initial.empty()) spec.params.set(parameter.name, std::string(parameter.name));
        }
        const auto complete = completeIngest(spec);
        BOOST_REQUIRE_MESSAGE(complete.ok(), row.kind);
        BOOST_TEST(complete->params.names().size() == row.params.size());
        BOOST_TEST(completeIngest(*complete)->params.names().size() == row.params.size());
    }
}

BOOST_AUTO_TEST_CASE(every_row_refuses_what_it_cannot_read) {
    const SteadyClock clock;
    const Timeline timeline(clock, clock.now());
    const IngestSettings settings;
    for (const auto& row : ingestCatalog()) {
        IngestSpec spec{.kind = std::string(row.kind)};
        if (row.kind == "test") spec.params.set("width", std::int64_t{321});
        for (const auto& parameter : row.params) {
            if (parameter.initial.empty()) spec.params.set(parameter.name, "nonsense://" + std::string(parameter.name));
        }
        const auto complete = completeIngest(spec);
        BOOST_REQUIRE(complete.ok());
        const auto checked = row.check(*complete, settings);
        BOOST_REQUIRE_MESSAGE(!checked.ok(), row.kind);
        BOOST_TEST(!checked.error().message.empty());
        BOOST_TEST(!checked.error().field.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

#include "tests/conformance/compositor_conformance.h"
#include "tests/conformance/kernel_sets.h"

namespace tessera {
namespace {

/// A CPU compositor for every set of kernels.
struct CpuSubjects {
    CpuSubjects() {
        for (const PixelKernels* kernels : conformance::everyKernelSet()) {
            owned.push_back(createCpuCompositor(*kernels));
            subjects.push_back({kernels->name, owned.back().get()});
            BOOST_TEST_MESSAGE("compared: " << kernels->name);
        }
    }
    std::vector<std::unique_ptr<Compositor>> owned;
    std::vector<conformance::Subject> subjects;
};

}  // namespace

/// TESSERA_CONFORMANCE=100 runs a hundred times as many cases, TESSERA_CONFORMANCE_SEED others.
BOOST_AUTO_TEST_SUITE(compositor_conformance)

BOOST_FIXTURE_TEST_CASE(random_scenes_equal_the_written_rule_byte_for_byte, CpuSubjects) {
    const auto found = conformance::checkScenes(subjects, conformance::firstSeed(), conformance::caseCount(800));
    BOOST_TEST(!found.has_value(), found.value_or(""));
}

BOOST_FIXTURE_TEST_CASE(shows_drawn_with_damage_equal_pictures_drawn_from_nothing_byte_for_byte, CpuSubjects) {
    const auto found = conformance::checkShows(subjects, conformance::firstSeed(), conformance::caseCount(20));
    BOOST_TEST(!found.has_value(), found.value_or(""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

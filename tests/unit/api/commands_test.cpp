#include "api/commands/commands.h"

#include <boost/test/unit_test.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/auth.h"
#include "api/machine_probe.h"
#include "api/store/store.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

/// What is printed while the object lives.
class Captured {
public:
    explicit Captured(std::ostream& stream) : stream_(stream), original_(stream.rdbuf(buffer_.rdbuf())) {}
    ~Captured() { stream_.rdbuf(original_); }
    std::string line() const { return buffer_.str().substr(0, buffer_.str().find('\n')); }

private:
    std::ostream& stream_;
    std::ostringstream buffer_;
    std::streambuf* original_;
};

std::string configIn(const TemporaryFolder& folder, const std::string& more = "") {
    return folder.write("tessera.toml", "[data]\ndir = \"" + folder.path() + "/data\"\n" + more);
}

const std::string kAuth = "[auth]\njwt_secret = \"0123456789abcdef0123456789abcdef\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(times_to_live_have_units_and_a_limit) {
    BOOST_TEST(parseTtl("90")->count() == 90);
    BOOST_TEST(parseTtl("15m")->count() == 900);
    BOOST_TEST(parseTtl("1h")->count() == 3600);
    BOOST_TEST(parseTtl("30d")->count() == 2592000);
    for (const char* text : {"", "h", "0", "-1s", "31d", "1w", "1hh", "99999999999999999999", "9999999d", "1.5h"}) {
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!parseTtl(text).ok());
    }
}

BOOST_AUTO_TEST_CASE(the_printed_token_is_accepted) {
    const TemporaryFolder folder;
    Captured out(std::cout);
    BOOST_TEST(tokenCommand(configIn(folder, kAuth), {"mtg_one", "host", "Alice", "alice", "1h"}) == kExitOk);
    Config::Auth config;
    config.jwtSecret = "0123456789abcdef0123456789abcdef";
    const auto authenticator = Authenticator::create(config, nullptr, false);
    const auto identity = (*authenticator)->authenticate("Bearer " + out.line());
    BOOST_REQUIRE(identity.ok());
    BOOST_TEST(identity->subject == "alice");
    BOOST_TEST((identity->role == Role::Host));
}

BOOST_AUTO_TEST_CASE(bad_arguments_name_what_is_wrong) {
    const TemporaryFolder folder;
    const auto file = configIn(folder, kAuth);
    for (const TokenArguments& bad :
         {TokenArguments{"mtg_one", "boss", "A", "", "1h"}, TokenArguments{"../x", "host", "A", "", "1h"},
          TokenArguments{"mtg_one", "host", "A", "", "soon"}}) {
        Captured err(std::cerr);
        BOOST_TEST(tokenCommand(file, bad) == kExitBadConfiguration);
        BOOST_TEST(err.line().starts_with("tessera: "));
    }
    Captured err(std::cerr);
    BOOST_TEST(tokenCommand(configIn(folder), {"mtg_one", "host", "A", "", "1h"}) == kExitBadConfiguration);
    BOOST_TEST(err.line().find("auth.jwt_secret") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_added_key_works_until_it_is_removed) {
    const TemporaryFolder folder;
    const auto file = configIn(folder);
    std::string key;
    {
        Captured out(std::cout);
        BOOST_TEST(keyAddCommand(file, {"operator", "robot"}) == kExitOk);
        key = out.line();
    }
    StoreOptions options;
    options.dir = folder.path() + "/data";
    const auto store = Store::create(options);
    BOOST_REQUIRE(store.ok());
    const auto found = (*store)->findKey(hashApiKey(key));
    BOOST_REQUIRE((found.ok() && found->has_value()));
    BOOST_TEST(((*found)->role == Role::Operator));
    {
        Captured out(std::cout);
        BOOST_TEST(keyListCommand(file) == kExitOk);
        BOOST_TEST(out.line() == (*found)->id + "\toperator\t*\trobot");
    }
    BOOST_TEST(keyRemoveCommand(file, (*found)->id) == kExitOk);
    BOOST_TEST(!(*store)->findKey(hashApiKey(key))->has_value());
    Captured err(std::cerr);
    BOOST_TEST(keyRemoveCommand(file, (*found)->id) == kExitBadConfiguration);
}

BOOST_AUTO_TEST_CASE(a_checked_file_is_good_or_its_key_is_named) {
    const TemporaryFolder folder;
    {
        Captured out(std::cout);
        Captured err(std::cerr);
        BOOST_TEST(configCheckCommand(configIn(folder)) == kExitOk);
        BOOST_TEST(out.line().ends_with(": good"));
    }
    for (const std::string bad : {"[http]\nthreads = 0\n", "[http]\nthread = 1\n", "[http]\nthreads = \n"}) {
        Captured err(std::cerr);
        BOOST_TEST(configCheckCommand(configIn(folder, bad)) == kExitBadConfiguration);
        BOOST_TEST(err.line().find(bad.ends_with("= \n") ? "line" : "http.thread") != std::string::npos);
    }
    Captured err(std::cerr);
    BOOST_TEST(configCheckCommand(folder.path() + "/none.toml") == kExitBadConfiguration);
}

BOOST_AUTO_TEST_CASE(the_probe_says_what_there_is_and_why_something_is_not) {
    const auto probe = probeMachine(*GpuEngines::open({}));
    BOOST_TEST(probe["cpu"]["threads"].get<int>() >= 1);
    BOOST_TEST(!probe["version"].get<std::string>().empty());
    for (const char* list : {"encoders", "decoders"}) {
        BOOST_TEST(!probe[list].empty());
        for (const auto& row : probe[list])
            BOOST_TEST(row["available"].get<bool>() == row["reason"].get<std::string>().empty());
    }
    BOOST_TEST(probe["gpu"]["devices"].empty() != probe["gpu"]["reason"].get<std::string>().empty());
    const auto text = probeText(probe);
    for (const char* word : {"CPU", "Encoders", "h264 by x264", "Decoders", "GPU"}) {
        BOOST_TEST(text.find(word) != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

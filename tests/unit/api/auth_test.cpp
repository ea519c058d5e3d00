#include "api/auth.h"

#include <boost/test/unit_test.hpp>

#include "api/auth/digest.h"
#include "api/auth/jwt.h"
#include "tests/support/generated_block.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/api/auth/signing_key.h"

namespace tessera {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
const std::string kSecret = "0123456789abcdef0123456789abcdef";

std::int64_t fixedClock() {
    return kNow;
}

Config::Auth secured() {
    Config::Auth config;
    config.jwtSecret = kSecret;
    return config;
}

std::unique_ptr<Authenticator> create(const Config::Auth& config, Authenticator::KeyLookup keys = nullptr,
                                      bool hasStoredKeys = false) {
    auto result = Authenticator::create(config, std::move(keys), hasStoredKeys, fixedClock);
    BOOST_REQUIRE(result.ok());
    return std::move(*result);
}

bool isRefused(const Result<Identity>& result) {
    return !result.ok() && result.error().code == ErrorCode::Unauthorized;
}

Identity as(Role role, std::string meeting = "*") {
    return {"someone", "Someone", role, std::move(meeting), Via::Token};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(auth)

BOOST_AUTO_TEST_CASE(without_any_secret_everybody_is_admin) {
    const auto authenticator = create({});
    BOOST_TEST(authenticator->isOpen());
    for (const std::string header : {"", "Bearer nonsense"}) {
        const auto identity = authenticator->authenticate(header);
        BOOST_REQUIRE(identity.ok());
        BOOST_TEST((identity->role == Role::Admin));
        BOOST_TEST((identity->via == Via::Open));
    }
    BOOST_TEST(!authenticator->mint({}).ok());
}

BOOST_AUTO_TEST_CASE(with_any_secret_a_credential_is_needed) {
    Config::Auth keyed;
    keyed.apiKey = "tsk_bootstrap";
    std::vector<std::unique_ptr<Authenticator>> authenticators;
    authenticators.push_back(create(secured()));
    authenticators.push_back(create(keyed));
    authenticators.push_back(create({}, nullptr, true));
    for (const auto& owned : authenticators) {
        BOOST_TEST(!owned->isOpen());
        for (const std::string header : {"", "Bearer", "Bearer ", "Basic dTpw", "Bearer tsk_wrong", "Bearer x",
                                         "tsk_bootstrap", "Bearer tsk_bootstrap ", "Bearer tsk_bootstra"}) {
            BOOST_TEST_CONTEXT(header) BOOST_TEST(isRefused(owned->authenticate(header)));
        }
        BOOST_TEST(isRefused(owned->authenticate("Bearer " + std::string(1U << 20U, 'a'))));
    }
}

BOOST_AUTO_TEST_CASE(the_configured_key_is_admin) {
    Config::Auth config;
    config.apiKey = "any text will do";
    const auto identity = create(config)->authenticate("bearer any text will do");
    BOOST_REQUIRE(identity.ok());
    BOOST_TEST((identity->role == Role::Admin));
    BOOST_TEST((identity->via == Via::Key));
}

BOOST_AUTO_TEST_CASE(stored_keys_are_found_by_their_hash) {
    const auto key = createApiKey();
    const StoredKey stored{"key_1", hashApiKey(key), "robot", Role::Operator, "mtg_one", 0};
    const auto lookup = [&](const std::string& hash) -> Result<std::optional<StoredKey>> {
        return hash == stored.hash ? std::optional(stored) : std::nullopt;
    };
    const auto authenticator = create({}, lookup, true);
    const auto identity = authenticator->authenticate("Bearer " + key);
    BOOST_REQUIRE(identity.ok());
    BOOST_TEST(identity->subject == "key_1");
    BOOST_TEST(identity->name == "robot");
    BOOST_TEST((identity->role == Role::Operator));
    BOOST_TEST(identity->meeting == "mtg_one");
    BOOST_TEST(isRefused(authenticator->authenticate("Bearer " + createApiKey())));
    const auto broken = create(
        {}, [](const std::string&) -> Result<std::optional<StoredKey>> { return internalError("x"); }, true);
    BOOST_TEST((broken->authenticate("Bearer " + key).error().code == ErrorCode::Internal));
}

BOOST_AUTO_TEST_CASE(keys_are_long_random_and_kept_as_digests) {
    const auto key = createApiKey();
    BOOST_TEST(key.starts_with("tsk_"));
    BOOST_TEST(key.size() == 4U + 26U);
    BOOST_TEST(key != createApiKey());
    BOOST_TEST(hashApiKey(key).size() == 64U);
    BOOST_TEST(hashApiKey(key).find(key.substr(4)) == std::string::npos);
    BOOST_TEST(hashApiKey("abc") ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2 B.1
    BOOST_TEST(equalInConstantTime("same", "same"));
    BOOST_TEST(!equalInConstantTime("same", "sane"));
    BOOST_TEST(!equalInConstantTime("same", "sam"));
}

BOOST_AUTO_TEST_CASE(minted_tokens_are_accepted_until_they_expire) {
    const auto authenticator = create(secured());
    const auto minted = authenticator->mint({"", "Alice", "mtg_one", Role::Presenter, std::chrono::hours(1)});
    BOOST_REQUIRE(minted.ok());
    BOOST_TEST(minted->expiresAt == kNow + 3600);
    BOOST_TEST(!minted->subject.empty());
    const auto identity = authenticator->authenticate("Bearer " + minted->token);
    BOOST_REQUIRE(identity.ok());
    BOOST_TEST(identity->subject == minted->subject);
    BOOST_TEST(identity->name == "Alice");
    BOOST_TEST(identity->meeting == "mtg_one");
    BOOST_TEST((identity->role == Role::Presenter));
    auto later = Authenticator::create(secured(), nullptr, false, [] { return kNow + 3631; });
    BOOST_TEST(isRefused((*later)->authenticate("Bearer " + minted->token)));
    for (const TokenRequest& bad :
         {TokenRequest{"", "", "../x"}, TokenRequest{"", "", "*", Role::Viewer, std::chrono::seconds(0)},
          TokenRequest{"", "", "*", Role::Viewer, std::chrono::hours(24 * 31)}, TokenRequest{"", "a\nb"},
          TokenRequest{std::string(200, 's')}}) {
        BOOST_TEST(!authenticator->mint(bad).ok());
    }
}

BOOST_AUTO_TEST_CASE(nobody_mints_more_than_their_own) {
    const auto authenticator = create(secured());
    const auto mint = [&](const Identity& caller, Role role, const std::string& meeting) {
        return authenticator->mintFor(caller, {"", "x", meeting, role}).ok();
    };
    BOOST_TEST(mint(as(Role::Host, "mtg_one"), Role::Host, "mtg_one"));
    BOOST_TEST(mint(as(Role::Host, "mtg_one"), Role::Viewer, "mtg_one"));
    BOOST_TEST(!mint(as(Role::Host, "mtg_one"), Role::Operator, "mtg_one"));
    BOOST_TEST(!mint(as(Role::Host, "mtg_one"), Role::Viewer, "mtg_two"));
    BOOST_TEST(!mint(as(Role::Host, "mtg_one"), Role::Viewer, "*"));
    BOOST_TEST(!mint(as(Role::Operator), Role::Admin, "mtg_one"));
    BOOST_TEST(mint(as(Role::Operator), Role::Operator, "*"));
    BOOST_TEST(!mint(as(Role::Presenter), Role::Viewer, "mtg_one"));
}

BOOST_AUTO_TEST_CASE(a_key_set_file_serves_tokens_of_an_identity_provider) {
    const TemporaryFolder folder;
    const auto key = SigningKey::p256();
    Config::Auth config;
    config.jwksFile = folder.write("jwks.json", nlohmann::json{{"keys", {key.jwk("k")}}}.dump());
    const auto token = key.sign({{"kid", "k"}}, {{"iss", "tessera"},
                                                 {"aud", "tessera"},
                                                 {"sub", "a"},
                                                 {"role", "guest"},
                                                 {"meeting", "mtg_one"},
                                                 {"exp", kNow + 5}});
    BOOST_TEST(create(config)->authenticate("Bearer " + token).ok());
    BOOST_TEST(!create(config)->mint({}).ok());
    config.jwksFile = folder.path() + "/missing.json";
    const auto missing = Authenticator::create(config, nullptr, false);
    BOOST_REQUIRE(!missing.ok());
    BOOST_TEST(missing.error().field == "auth.jwks_file");
    BOOST_TEST((missing.error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_CASE(roles_get_narrower_down_the_list) {
    for (const auto right : allRights()) {
        bool wider = true;
        for (const auto role : allRoles()) {
            BOOST_TEST_CONTEXT(toString(right) << " " << toString(role)) {
                BOOST_TEST((wider || !mayEver(role, right)));
                wider = mayEver(role, right);
                BOOST_TEST(authorize(as(role), right, "mtg_one").ok() == wider);
                BOOST_TEST(authorize(as(role, "mtg_one"), right, "mtg_one").ok() == wider);
                BOOST_TEST(!authorize(as(role, "mtg_one"), right, "mtg_two").ok());
                BOOST_TEST(!authorize(as(role, "mtg_one"), right).ok());
            }
        }
        BOOST_TEST(mayEver(Role::Admin, right));
    }
    BOOST_TEST(!mayEver(Role::Viewer, Right::Send));
    BOOST_TEST(!mayEver(Role::Participant, Right::ControlMeeting));
    BOOST_TEST((authorize(as(Role::Viewer), Right::Record, "mtg_one").error().code == ErrorCode::Forbidden));
}

BOOST_AUTO_TEST_CASE(the_documentation_holds_the_table_of_rights) {
    BOOST_TEST(compareGeneratedBlock("docs/security.md", "rights", rightsMarkdown()) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

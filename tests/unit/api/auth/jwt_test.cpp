#include "api/auth/jwt.h"

#include <boost/test/unit_test.hpp>

#include "api/auth/digest.h"
#include "tests/unit/api/auth/signing_key.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

const std::string kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::int64_t kNow = 1'800'000'000;

JwtPolicy policy(const Jwks* keys = nullptr) {
    return {kSecret, keys, "tessera", "tessera", kNow};
}

Json goodClaims() {
    return {{"iss", "tessera"}, {"aud", "tessera"},     {"sub", "alice"},   {"name", "Alice"},
            {"role", "host"},   {"meeting", "mtg_one"}, {"exp", kNow + 60}, {"iat", kNow}};
}

std::string sign(const Json& claims, const std::string& secret = kSecret, const Json& header = {{"alg", "HS256"}}) {
    const auto bytes = toBase64Url(header.dump()) + "." + toBase64Url(claims.dump());
    return bytes + "." + toBase64Url(hmacSha256(secret, bytes));
}

std::string signText(const std::string& header, const std::string& claims) {
    const auto bytes = toBase64Url(header) + "." + toBase64Url(claims);
    return bytes + "." + toBase64Url(hmacSha256(kSecret, bytes));
}

/// Changes one claim; null removes it.
std::string with(const char* name, const Json& value) {
    auto claims = goodClaims();
    if (value.is_null()) {
        claims.erase(name);
    } else {
        claims[name] = value;
    }
    return sign(claims);
}

bool accepts(const std::string& token, const Jwks* keys = nullptr) {
    const auto result = verifyJwt(token, policy(keys));
    if (!result) BOOST_TEST((result.error().code == ErrorCode::Unauthorized));
    return result.ok();
}

Jwks jwksOf(const Json& keys) {
    auto jwks = parseJwks(Json{{"keys", keys}}.dump());
    BOOST_REQUIRE(jwks.ok());
    return *jwks;
}

const SigningKey& rsaKey() {
    static const SigningKey key = SigningKey::rsa();
    return key;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jwt)

BOOST_AUTO_TEST_CASE(a_good_token_says_who_and_what) {
    const auto claims = verifyJwt(sign(goodClaims()), policy());
    BOOST_REQUIRE(claims.ok());
    BOOST_TEST(claims->subject == "alice");
    BOOST_TEST(claims->name == "Alice");
    BOOST_TEST(claims->meeting == "mtg_one");
    BOOST_TEST((claims->role == Role::Host));
    BOOST_TEST(claims->expiresAt == kNow + 60);
}

BOOST_AUTO_TEST_CASE(what_we_sign_we_accept) {
    JwtClaims claims;
    claims.subject = "bob";
    claims.name = "B\"ob";
    claims.role = Role::Viewer;
    claims.expiresAt = kNow + 1;
    const auto read = verifyJwt(signJwt(claims, policy()), policy());
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(read->name == claims.name);
    BOOST_TEST((read->role == Role::Viewer));
}

BOOST_AUTO_TEST_CASE(the_example_of_rfc_7515_verifies) {
    // RFC 7515 appendix A.1: the key, the input and the signature; only the signature step is ours to compare.
    const auto key =
        fromBase64Url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    BOOST_REQUIRE(key.has_value());
    const std::string bytes =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    BOOST_TEST(toBase64Url(hmacSha256(*key, bytes)) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

BOOST_AUTO_TEST_CASE(time_is_checked_with_thirty_seconds_of_leeway) {
    BOOST_TEST(accepts(with("exp", kNow - 29)));
    BOOST_TEST(!accepts(with("exp", kNow - 30)));
    BOOST_TEST(!accepts(with("exp", kNow - 3600)));
    BOOST_TEST(accepts(with("nbf", kNow + 30)));
    BOOST_TEST(!accepts(with("nbf", kNow + 31)));
    BOOST_TEST(accepts(with("exp", kNow + 0.5)));
}

BOOST_AUTO_TEST_CASE(every_required_claim_is_required_with_its_type) {
    for (const char* name : {"exp", "aud", "iss", "sub", "role", "meeting"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(!accepts(with(name, nullptr)));
            BOOST_TEST(!accepts(with(name, true)));
            BOOST_TEST(!accepts(with(name, Json::object())));
        }
    }
    BOOST_TEST(!accepts(with("exp", "1900000000")));
    BOOST_TEST(!accepts(with("exp", 1e300)));
    BOOST_TEST(!accepts(with("exp", -1)));
    BOOST_TEST(!accepts(with("iss", "someone")));
    BOOST_TEST(!accepts(with("aud", "another")));
    BOOST_TEST(!accepts(with("aud", Json::array({"another", 1}))));
    BOOST_TEST(accepts(with("aud", Json::array({"another", "tessera"}))));
    BOOST_TEST(!accepts(with("role", "root")));
    BOOST_TEST(!accepts(with("meeting", "../../etc")));
    BOOST_TEST(!accepts(with("sub", "")));
    BOOST_TEST(!accepts(with("sub", "a\nb")));
    BOOST_TEST(!accepts(with("name", std::string(300, 'n'))));
    BOOST_TEST(accepts(with("meeting", "*")));
    BOOST_TEST(verifyJwt(with("name", nullptr), policy())->name == "alice");
}

BOOST_AUTO_TEST_CASE(algorithm_none_and_its_spellings_are_refused) {
    for (const std::string name : {"none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512", "PS256", "EdDSA"}) {
        const Json header{{"alg", name}};
        const auto bytes = toBase64Url(header.dump()) + "." + toBase64Url(goodClaims().dump());
        BOOST_TEST(!accepts(bytes + "."));
        BOOST_TEST(!accepts(sign(goodClaims(), kSecret, header)));
    }
    BOOST_TEST(!accepts(sign(goodClaims(), kSecret, Json::object())));
    BOOST_TEST(!accepts(sign(goodClaims(), kSecret, {{"alg", 1}})));
    BOOST_TEST(!accepts(sign(goodClaims(), kSecret, {{"alg", "HS256"}, {"crit", Json::array({"b64"})}})));
}

BOOST_AUTO_TEST_CASE(forged_and_altered_tokens_are_refused) {
    const auto good = sign(goodClaims());
    BOOST_TEST(!accepts(sign(goodClaims(), "another secret of thirty-two byte")));
    BOOST_TEST(!accepts(sign(goodClaims(), "")));
    BOOST_TEST(!accepts(good.substr(0, good.rfind('.') + 1)));
    auto claims = goodClaims();
    claims["role"] = "admin";
    BOOST_TEST(
        !accepts(good.substr(0, good.find('.') + 1) + toBase64Url(claims.dump()) + good.substr(good.rfind('.'))));
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto altered = good;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        BOOST_TEST_CONTEXT(i) BOOST_TEST(!accepts(altered));
    }
    JwtPolicy noSecret = policy();
    noSecret.secret.clear();
    BOOST_TEST(!verifyJwt(sign(goodClaims(), ""), noSecret).ok());
}

BOOST_AUTO_TEST_CASE(malformed_tokens_are_refused) {
    const std::string header = R"({"alg":"HS256"})";
    for (const std::string token : {"", ".", "..", "...", "a.b.c", "a.b.c.d", "eyJ", "\n", "a.b", "!.!.!"}) {
        BOOST_TEST_CONTEXT(token) BOOST_TEST(!accepts(token));
    }
    BOOST_TEST(accepts(signText(header, goodClaims().dump())));
    BOOST_TEST(!accepts(signText(header, "[]")));
    BOOST_TEST(!accepts(signText(header, "{")));
    BOOST_TEST(!accepts(signText(header, "\xff\xfe")));
    BOOST_TEST(!accepts(signText(R"({"alg":"none","alg":"HS256"})", goodClaims().dump())));
    auto twice = goodClaims().dump();
    twice.insert(1, R"("role":"admin",)");
    BOOST_TEST(!accepts(signText(header, twice)));
    std::string deep = goodClaims().dump();
    deep.insert(1, "\"x\":" + std::string(500, '[') + std::string(500, ']') + ",");
    BOOST_TEST(!accepts(signText(header, deep)));
    BOOST_TEST(!accepts(sign(goodClaims()) + "="));
}

BOOST_AUTO_TEST_CASE(a_megabyte_of_token_is_refused_at_once) {
    BOOST_TEST(!accepts(std::string(1U << 20U, 'a')));
    BOOST_TEST(!accepts(std::string(1U << 20U, '.')));
    BOOST_TEST(!accepts(with("padding", std::string(1U << 20U, 'x'))));
}

BOOST_AUTO_TEST_CASE(rs256_and_es256_are_checked_through_the_key_set) {
    const auto elliptic = SigningKey::p256();
    const auto keys = jwksOf(Json::array({rsaKey().jwk("r1"), elliptic.jwk("e1")}));
    BOOST_REQUIRE(keys.keys.size() == 2U);
    for (const auto* key : {&rsaKey(), &elliptic}) {
        const auto token = key->sign({{"kid", key == &elliptic ? "e1" : "r1"}}, goodClaims());
        BOOST_TEST(accepts(token, &keys));
        BOOST_TEST(accepts(key->sign({}, goodClaims()), &keys));
        BOOST_TEST(!accepts(token));
        BOOST_TEST(!accepts(key->sign({{"kid", "unknown"}}, goodClaims()), &keys));
        auto expired = goodClaims();
        expired["exp"] = kNow - 60;
        BOOST_TEST(!accepts(key->sign({}, expired), &keys));
    }
    BOOST_TEST(!accepts(SigningKey::p256().sign({{"kid", "e1"}}, goodClaims()), &keys));
    BOOST_TEST(!accepts(SigningKey::rsa().sign({{"kid", "r1"}}, goodClaims()), &keys));
    BOOST_TEST(!accepts(elliptic.sign({{"alg", "RS256"}}, goodClaims()), &keys));
    BOOST_TEST(!accepts(rsaKey().sign({{"alg", "ES256"}}, goodClaims()), &keys));
}

BOOST_AUTO_TEST_CASE(a_public_key_is_no_hmac_secret) {
    const auto keys = jwksOf(Json::array({rsaKey().jwk("r1")}));
    JwtPolicy onlyKeys = policy(&keys);
    onlyKeys.secret.clear();
    for (const auto& secret :
         {rsaKey().publicPem(), rsaKey().jwk("r1").dump(), rsaKey().jwk("r1")["n"].get<std::string>()}) {
        BOOST_TEST(!verifyJwt(sign(goodClaims(), secret), onlyKeys).ok());
        BOOST_TEST(!verifyJwt(sign(goodClaims(), secret, {{"alg", "HS256"}, {"kid", "r1"}}), policy(&keys)).ok());
        BOOST_TEST(!verifyJwt(sign(goodClaims(), secret, {{"alg", "RS256"}, {"kid", "r1"}}), policy(&keys)).ok());
    }
}

BOOST_AUTO_TEST_CASE(keys_inside_a_token_are_ignored) {
    const auto keys = jwksOf(Json::array({rsaKey().jwk("r1")}));
    const auto attacker = SigningKey::rsa();
    BOOST_TEST(!accepts(attacker.sign({{"jwk", attacker.jwk("r1")}}, goodClaims()), &keys));
    BOOST_TEST(!accepts(attacker.sign({{"jku", "https://attacker.example/jwks"}}, goodClaims()), &keys));
}

BOOST_AUTO_TEST_CASE(damaged_key_sets_are_refused_and_foreign_keys_skipped) {
    const auto good = rsaKey().jwk("r1");
    auto weak = SigningKey::rsa(1024).jwk("w");
    auto offCurve = SigningKey::p256().jwk("e");
    offCurve["x"] = offCurve["y"];
    auto encryption = good;
    encryption["use"] = "enc";
    const Json foreign{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AA"}};
    BOOST_TEST(jwksOf(Json::array({foreign, good, encryption})).keys.size() == 1U);
    for (const auto& keys : {Json::array({weak}), Json::array({offCurve}), Json::array({encryption}),
                             Json::array({foreign}), Json::array({1}), Json::array()}) {
        BOOST_TEST_CONTEXT(keys.dump()) BOOST_TEST(!parseJwks(Json{{"keys", keys}}.dump()).ok());
    }
    for (const std::string text : {"", "[]", "{}", "{\"keys\":1}", "{\"keys\":[{\"kty\":\"RSA\"}]}"}) {
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!parseJwks(text).ok());
    }
    BOOST_TEST(!parseJwks(Json{{"keys", std::vector<Json>(65, good)}}.dump()).ok());
    BOOST_TEST(!parseJwks(std::string(300U << 10U, ' ')).ok());
}

BOOST_AUTO_TEST_CASE(base64url_is_strict) {
    for (const auto& bytes :
         {std::string(), std::string("f"), std::string("fo"), std::string("foo"), std::string("\0\xff", 2)}) {
        BOOST_TEST((fromBase64Url(toBase64Url(bytes)) == bytes));
    }
    for (const std::string text : {"A", "AAAAA", "AB", "AA==", "A+", "A/", "A A"}) {
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!fromBase64Url(text).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include "api/config.h"

#include <boost/test/unit_test.hpp>
#include <map>

#include "api/settings.h"
#include "tests/support/generated_block.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

EnvironmentLookup environment(std::map<std::string, std::string> values = {}) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string assignment(const Setting& setting, const std::string& value) {
    return "[" + std::string(setting.section) + "]\n" + std::string(setting.key) + " = " + value + "\n";
}

bool isInteger(const Setting& setting) {
    return std::holds_alternative<Setting::IntegerField>(setting.field);
}

/// The key at fault; empty when the text is fine.
std::string faultOf(const std::string& toml, std::map<std::string, std::string> variables = {}) {
    const auto config = parseConfig(toml, environment(std::move(variables)));
    if (config) return {};
    BOOST_TEST((config.error().code == ErrorCode::InvalidArgument));
    BOOST_TEST(config.error().message.find(config.error().field) != std::string::npos);
    return config.error().field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(every_setting_reads_its_default_from_file_and_environment) {
    for (const auto& setting : settings()) {
        BOOST_TEST_CONTEXT(setting.path()) {
            const auto fromFile = parseConfig(assignment(setting, setting.defaultText()), environment());
            BOOST_REQUIRE(fromFile.ok());
            BOOST_TEST(setting.valueText(*fromFile) == setting.defaultText());
            BOOST_TEST(!sectionSentence(setting.section).empty());
            BOOST_TEST(setting.sentence.ends_with('.'));
            BOOST_TEST(setting.maximum > 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_integer_keeps_to_its_range_in_file_and_environment) {
    for (const auto& setting : settings()) {
        if (!isInteger(setting)) continue;
        BOOST_TEST_CONTEXT(setting.path()) {
            for (const long long value : {setting.minimum - 1LL, setting.maximum + 1LL, 1LL << 40}) {
                const auto text = std::to_string(value);
                BOOST_TEST(faultOf(assignment(setting, text)) == setting.path());
                BOOST_TEST(faultOf("", {{setting.environmentName(), text}}) == setting.path());
            }
            BOOST_TEST(faultOf("", {{setting.environmentName(), "99999999999999999999"}}) == setting.path());
            BOOST_TEST(faultOf("", {{setting.environmentName(), "12x"}}) == setting.path());
            BOOST_TEST(faultOf("", {{setting.environmentName(), ""}}) == setting.path());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_setting_refuses_values_of_another_type) {
    for (const auto& setting : settings()) {
        BOOST_TEST_CONTEXT(setting.path()) {
            for (const std::string value : {"true", "1.5", "{ a = 1 }", "[1]", "1979-05-27"}) {
                BOOST_TEST(faultOf(assignment(setting, value)) == setting.path());
            }
            BOOST_TEST(faultOf(assignment(setting, isInteger(setting) ? "\"8\"" : "8")) == setting.path());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_text_refuses_control_characters_and_excess) {
    for (const auto& setting : settings()) {
        if (!std::holds_alternative<Setting::TextField>(setting.field)) continue;
        BOOST_TEST_CONTEXT(setting.path()) {
            BOOST_TEST(faultOf(assignment(setting, "\"a\\nb\"")) == setting.path());
            const std::string excess(static_cast<std::size_t>(setting.maximum) + 1, 'a');
            BOOST_TEST(faultOf(assignment(setting, "\"" + excess + "\"")) == setting.path());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_environment_wins_over_the_file) {
    const auto config = parseConfig("[http]\nthreads = 3\nmax_body_kb = 100\n",
                                    environment({{"TESSERA_HTTP_THREADS", "5"},
                                                 {"TESSERA_LOG_LEVEL", "debug"},
                                                 {"TESSERA_WEBRTC_LISTEN", " 127.0.0.1 ,::1,"}}));
    BOOST_REQUIRE(config.ok());
    BOOST_TEST(config->http.threads == 5);
    BOOST_TEST(config->http.maxBodyKb == 100);
    BOOST_TEST(config->log.level == "debug");
    BOOST_TEST(config->webrtc.listen == (std::vector<std::string>{"127.0.0.1", "::1"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_named_with_the_nearest_known_one) {
    const auto config = parseConfig("[http]\nlissten = \"127.0.0.1:1\"\n", environment());
    BOOST_REQUIRE(!config.ok());
    BOOST_TEST(config.error().field == "http.lissten");
    BOOST_TEST(config.error().message.find("did you mean http.listen?") != std::string::npos);
    BOOST_TEST(faultOf("[htpt]\nlisten = \"127.0.0.1:1\"\n") == "htpt.listen");
    BOOST_TEST(faultOf("listen = \"127.0.0.1:1\"\n") == "listen");
    BOOST_TEST(faultOf("[htpt]\n") == "htpt");
    BOOST_TEST(faultOf("[http.listen]\nport = 1\n") == "http.listen");
}

BOOST_AUTO_TEST_CASE(values_that_contradict_each_other_are_refused) {
    BOOST_TEST(faultOf("[webrtc]\nport_min = 6000\nport_max = 5999\n") == "webrtc.port_min");
    BOOST_TEST(faultOf("[media]\ncanvas_width = 641\n") == "media.canvas_width");
    BOOST_TEST(faultOf("[media]\ncanvas_height = 361\n") == "media.canvas_height");
    BOOST_TEST(faultOf("[media]\nlayout = \"mosaic\"\n") == "media.layout");
    BOOST_TEST(faultOf("[log]\nlevel = \"loud\"\n") == "log.level");
    BOOST_TEST(faultOf("[files]\nroot = \"/nonexistent-folder\"\n") == "files.root");
    BOOST_TEST(faultOf("[webrtc]\npublic_address = \"example.org\"\n") == "webrtc.public_address");
    BOOST_TEST(faultOf("[webrtc]\nice_servers = [\"http://example.org\"]\n") == "webrtc.ice_servers");
    BOOST_TEST(faultOf("[http]\ncors_origins = [\"https://example.org/path\"]\n") == "http.cors_origins");
}

BOOST_AUTO_TEST_CASE(an_exposed_server_needs_a_credential) {
    for (const std::string listen : {"0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"}) {
        const std::string toml = "[http]\nlisten = \"" + listen + "\"\n";
        BOOST_TEST(faultOf(toml) == "http.listen");
        BOOST_TEST(faultOf(toml + "[auth]\njwt_secret = \"0123456789abcdef0123456789abcdef\"\n") == "");
        BOOST_TEST(faultOf(toml, {{"TESSERA_AUTH_API_KEY", "tsk_0123456789abcdef0123456789"}}) == "");
        BOOST_TEST(faultOf(toml, {{"TESSERA_AUTH_API_KEY", ""}}) == "http.listen");
    }
    for (const std::string listen : {"127.0.0.1:0", "127.8.8.8:1", "[::1]:8080", "localhost:8080"}) {
        BOOST_TEST(faultOf("[http]\nlisten = \"" + listen + "\"\n") == "");
    }
}

BOOST_AUTO_TEST_CASE(listen_addresses_are_literal_and_complete) {
    BOOST_TEST(parseListenAddress("localhost:80")->host == "127.0.0.1");
    BOOST_TEST(parseListenAddress("[::1]:8080")->host == "::1");
    BOOST_TEST(parseListenAddress("[::1]:8080")->port == 8080);
    for (const std::string text :
         {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:8080",
          "[127.0.0.1]:80", "example.org:80", "127.0.0.1:80x", "[::1:80", "[]:80"}) {
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!parseListenAddress(text).ok());
    }
}

BOOST_AUTO_TEST_CASE(ice_servers_are_split_into_url_and_credential) {
    const auto turn = parseIceServer("turn:me:s@cr:et@turn.example.org:3478?transport=tcp");
    BOOST_REQUIRE(turn.ok());
    BOOST_TEST(turn->url == "turn:turn.example.org:3478?transport=tcp");
    BOOST_TEST(turn->username == "me");
    BOOST_TEST(turn->credential == "s@cr:et");
    BOOST_TEST(parseIceServer("stun:[2001:db8::1]:3478")->url == "stun:[2001:db8::1]:3478");
    for (const std::string text : {"", "stun", "stun:", "stun:a b", "stun:h:0", "stun:h:99999", "turn:h:1", "turn:u@h",
                                   "turn::p@h", "turn:u:p@h?transport=sctp", "stun:h\",<x>", "stun:[::1"}) {
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!parseIceServer(text).ok());
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_toml_is_refused_with_its_line) {
    const auto config = parseConfig("[http]\nlisten = \n", environment());
    BOOST_REQUIRE(!config.ok());
    BOOST_TEST(config.error().message.find("line 2") != std::string::npos);
    BOOST_TEST(!parseConfig(std::string(2U << 20U, ' '), environment()).ok());
    std::string deep = "a = ";
    deep.append(100000, '[');
    BOOST_TEST(!parseConfig(deep, environment()).ok());
}

BOOST_AUTO_TEST_CASE(files_are_loaded_and_missing_ones_named) {
    const TemporaryFolder folder;
    const auto config = loadConfig(folder.write("t.toml", "[media]\nfps = 25\n"), environment());
    BOOST_REQUIRE(config.ok());
    BOOST_TEST(config->media.fps == 25);
    const auto missing = loadConfig(folder.path() + "/none.toml", environment());
    BOOST_REQUIRE(!missing.ok());
    BOOST_TEST((missing.error().code == ErrorCode::NotFound));
    BOOST_TEST(!loadConfig(folder.path(), environment()).ok());
    BOOST_TEST(loadConfig("", environment()).ok());
}

BOOST_AUTO_TEST_CASE(weak_credentials_are_warned_about) {
    Config config;
    BOOST_TEST(configWarnings(config).empty());
    config.auth.jwtSecret = "short";
    config.auth.apiKey = "short";
    BOOST_TEST(configWarnings(config).size() == 2U);
    config.auth.jwtSecret = std::string(32, 's');
    config.auth.apiKey = std::string(30, 'k');
    BOOST_TEST(configWarnings(config).empty());
}

BOOST_AUTO_TEST_CASE(misspelt_variables_are_warned_about_and_foreign_ones_left_alone) {
    BOOST_TEST(environmentWarnings({"TESSERA_BIN", "TESSERA_PORT_80_TCP", "TESSERA_HTTP_LISTEN"}).empty());
    const auto warnings = environmentWarnings({"TESSERA_HTTP_LISTN"});
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(warnings[0].find("did you mean TESSERA_HTTP_LISTEN?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_sample_holds_every_setting_with_its_default) {
    BOOST_TEST(compareWithGolden("samples/tessera.toml", sampleToml()) == "");
    const auto config = parseConfig(sampleToml(), environment());
    BOOST_REQUIRE(config.ok());
    for (const auto& setting : settings()) BOOST_TEST(setting.valueText(*config) == setting.defaultText());
}

BOOST_AUTO_TEST_CASE(the_documentation_holds_the_table_of_settings) {
    BOOST_TEST(compareGeneratedBlock("docs/configuration.md", "settings", settingsMarkdown()) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

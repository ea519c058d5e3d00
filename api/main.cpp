#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "api/commands/commands.h"
#include "api/commands/render.h"
#include "api/commands/serve.h"
#include "api/version.h"

namespace {

using tessera::KeyArguments;
using tessera::TokenArguments;

/// What the command line said; `run` is what to do about it.
struct Invocation {
    std::string configFile;
    TokenArguments token;
    KeyArguments key;
    std::string keyId;
    tessera::RenderArguments render;
    bool asJson = false;
    std::function<int()> run;
};

void addConfigOption(CLI::App& command, Invocation& invocation) {
    command.add_option("--config", invocation.configFile, "TOML file; without one every setting has its default")
        ->type_name("FILE");
}

void addServe(CLI::App& app, Invocation& in) {
    auto* serve = app.add_subcommand("serve", "Serve meetings until SIGINT or SIGTERM");
    addConfigOption(*serve, in);
    serve->callback([&in] { in.run = [&in] { return tessera::serveCommand(in.configFile); }; });
}

void addProbe(CLI::App& app, Invocation& in) {
    auto* probe = app.add_subcommand("probe", "Say what this machine can do");
    probe->add_flag("--json", in.asJson, "As one JSON object");
    probe->callback([&in] { in.run = [&in] { return tessera::probeCommand(in.asJson); }; });
}

void addToken(CLI::App& app, Invocation& in) {
    auto* token = app.add_subcommand("token", "Print a token that is signed with auth.jwt_secret");
    addConfigOption(*token, in);
    token->add_option("--meeting", in.token.meeting, "Id of the meeting, or * for all")->required();
    token->add_option("--role", in.token.role, "admin, operator, host, presenter, participant, guest or viewer")
        ->required();
    token->add_option("--name", in.token.name, "Shown to others")->required();
    token->add_option("--sub", in.token.subject, "Who, across reconnects; random when absent");
    token->add_option("--ttl", in.token.ttl, "How long it is valid: 90s, 15m, 1h, 7d")->capture_default_str();
    token->callback([&in] { in.run = [&in] { return tessera::tokenCommand(in.configFile, in.token); }; });
}

void addKey(CLI::App& app, Invocation& in) {
    auto* key = app.add_subcommand("key", "API keys")->require_subcommand(1);
    auto* add = key->add_subcommand("add", "Make a key and print it, once");
    addConfigOption(*add, in);
    add->add_option("--role", in.key.role, "admin, operator, host, presenter, participant, guest or viewer")
        ->required();
    add->add_option("--name", in.key.name, "What it is for");
    add->add_option("--meeting", in.key.meeting, "Id of the meeting, or * for all")->capture_default_str();
    add->callback([&in] { in.run = [&in] { return tessera::keyAddCommand(in.configFile, in.key); }; });
    auto* list = key->add_subcommand("list", "Show the keys: id, role, meeting, name");
    addConfigOption(*list, in);
    list->callback([&in] { in.run = [&in] { return tessera::keyListCommand(in.configFile); }; });
    auto* remove = key->add_subcommand("remove", "Make a key worthless at once");
    addConfigOption(*remove, in);
    remove->add_option("ID", in.keyId, "As `tessera key list` shows it")->required();
    remove->callback([&in] { in.run = [&in] { return tessera::keyRemoveCommand(in.configFile, in.keyId); }; });
}

void addRender(CLI::App& app, Invocation& in) {
    auto* render = app.add_subcommand("render", "Make an isolated recording's programme again, in another way");
    auto& to = in.render;
    addConfigOption(*render, in);
    render->add_option("RECORDING", to.recording, "Its folder, or its id below data.dir")->required();
    render->add_option("-o,--output", to.file, "The new file, .mp4 or .mkv")->required()->type_name("FILE");
    render->add_option("--view", to.view, "Id of the view whose scene is taken; main when absent");
    render->add_option("--layout", to.layout, R"(A name, or {"name": ..., "params": {...}}, instead of the scene's)");
    render->add_option("--canvas", to.canvas, "1920x1080, or 1920x1080@25; as the view's when absent");
    render->add_option("--fps", to.fps, "As the meeting's when absent");
    render->add_option("--exclude", to.exclude, "Name or id of a participant or a source; may be repeated");
    render->add_option("--from-ms", to.fromMs, "Since the recording's begin");
    render->add_option("--to-ms", to.toMs, "Since the recording's begin");
    render->add_option("--bitrate-kbps", to.bitrateKbps, "Of the picture");
    render->add_option("--container", to.container, "mp4 or mkv; by the file's ending when absent");
    render->callback([&in] { in.run = [&in] { return tessera::renderCommand(in.configFile, in.render); }; });
}

void addConfig(CLI::App& app, Invocation& in) {
    auto* config = app.add_subcommand("config", "Configuration")->require_subcommand(1);
    auto* check = config->add_subcommand("check", "Check a file as serve would");
    check->add_option("FILE", in.configFile)->required();
    check->callback([&in] { in.run = [&in] { return tessera::configCheckCommand(in.configFile); }; });
    config->add_subcommand("sample", "Print a file with every setting explained")->callback([&in] {
        in.run = tessera::configSampleCommand;
    });
}

int printVersion() {
    std::cout << "tessera " << tessera::version() << std::endl;
    return tessera::kExitOk;
}

}  // namespace

int main(int argc, char** argv) {
    Invocation invocation;
    CLI::App app("Tessera, a mixing and transcoding conference server", "tessera");
    app.require_subcommand(1);
    app.set_version_flag("--version", "tessera " + std::string(tessera::version()));
    addServe(app, invocation);
    addProbe(app, invocation);
    addToken(app, invocation);
    addKey(app, invocation);
    addRender(app, invocation);
    addConfig(app, invocation);
    app.add_subcommand("version", "Print the version")->callback([&] { invocation.run = printVersion; });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? tessera::kExitOk : tessera::kExitBadConfiguration;
    }
    return invocation.run();
}

#include "api/server.h"

#include "mcu/base/ids.h"
#include "mcu/base/log.h"

#include "api/addresses.h"
#include "api/dispatcher.h"
#include "api/gateway/gateway.h"
#include "api/hls_delivery.h"
#include "api/ingest_rules.h"
#include "api/media_work.h"
#include "api/meeting_defaults.h"
#include "api/meeting_registry.h"
#include "api/renders.h"
#include "api/upload/uploader.h"
#include "api/webhooks/webhooks.h"
#include "gpu/gpu_engines.h"
#include "pipelines/ingest/rtmp/rtmp_server.h"
#include "pipelines/media_factory.h"
#include "pipelines/outputs/disk_output.h"
#include "pipelines/outputs/hls/hls_site.h"
#include "pipelines/peer_factory.h"

namespace tessera {

namespace {

/// For short recordings to be finished when the server stops; long ones are at the next start.
constexpr Duration kFinishPatience = std::chrono::seconds(3);
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kGigabyte = 1'000'000'000;

GpuSettings toSettings(const Config::Gpu& config) {
    GpuSettings settings;
    settings.devices = config.devices;
    settings.memory.memoryBytes = static_cast<std::size_t>(config.memoryMb) << 20U;
    settings.memory.reserveBytes = static_cast<std::size_t>(config.reserveMb) << 20U;
    settings.decoding.decoders = config.maxDecoders;
    return settings;
}

WebRtcSettings toSettings(const Config::WebRtc& config) {
    WebRtcSettings settings;
    settings.portMin = config.portMin;
    settings.portMax = config.portMax;
    settings.addresses = config.listen;
    settings.publicAddress = config.publicAddress;
    settings.eventLoops = config.eventLoops;
    return settings;
}

RtpSettings toSettings(const Config::Rtp& config, const std::string& publicAddress) {
    RtpSettings settings;
    settings.address = config.listen;
    settings.port = config.port;
    settings.publicAddress = publicAddress;
    settings.allow = config.allow;
    settings.eventLoops = config.eventLoops;
    return settings;
}

/// What the gateway adds to a request's head.
constexpr std::size_t kInternalHeaderBytes = 1024;

GatewayOptions toOptions(const Config& config) {
    GatewayOptions options;
    options.dataDir = config.data.dir;
    GatewayLimits& limits = options.limits;
    limits.headerBytes = static_cast<std::size_t>(config.http.maxHeaderKb) * 1024;
    limits.bodyBytes = static_cast<std::size_t>(config.http.maxBodyKb) * 1024;
    limits.headerTime = std::chrono::seconds(config.http.headerTimeoutS);
    limits.bodyTime = std::chrono::seconds(config.http.bodyTimeoutS);
    limits.idleTime = std::chrono::seconds(config.http.idleTimeoutS);
    limits.writeTime = std::chrono::seconds(config.http.writeTimeoutS);
    limits.connections = config.http.connections;
    limits.connectionsPerAddress = config.http.connectionsPerAddress;
    limits.requestsPerConnection = config.http.requestsPerConnection;
    return options;
}

class RunningServer final : public Server {
public:
    explicit RunningServer(const Config& config) : config_(config), files_(ConsoleFiles::load(programFolder())) {}
    ~RunningServer() override { (void)stop().ok(); }

    Status start() {
        TESSERA_TRY(openStore());
        TESSERA_TRY(makeMedia());
        services_ = std::make_unique<Services>(Services{.config = config_,
                                                        .store = *store_,
                                                        .authenticator = *authenticator_,
                                                        .meetings = *meetings_,
                                                        .outputs = *outputs_,
                                                        .files = files_,
                                                        .events = events_,
                                                        .webhooks = webhooks_.get(),
                                                        .renders = renders_.get(),
                                                        .media = media_.get(),
                                                        .gpus = gpus_.get()});
        dispatcher_ = std::make_unique<Dispatcher>(*services_);
        return listen();
    }

    std::string url() const override {
        const bool isSix = address_.host.find(':') != std::string::npos;
        return "http://" + (isSix ? "[" + address_.host + "]" : address_.host) + ":" + std::to_string(gateway_->port());
    }

    Status stop() override {
        if (gateway_) gateway_->stop();
        rtmp_.reset();
        if (http_) http_->stop();
        if (renders_) renders_->stop();
        if (meetings_) meetings_->stop();
        if (store_) (void)store_->flush(kFinishPatience).ok();  // the ends of recordings are told
        if (uploader_) uploader_->stop();
        if (webhooks_) webhooks_->stop();
        if (store_) TESSERA_TRY(store_->stop());
        if (areOutputsLeft()) return Error{ErrorCode::Timeout, kDiskNoAnswer, {}};
        return kOk;
    }

private:
    Status openStore() {
        auto store =
            Store::create({.dir = config_.data.dir,
                           .media = libraryMediaWork(),
                           .onRecordingEnd = [this](const RecordingRecord& record) { tellEnd(record); },
                           .onSegment = [this](const auto& record, const auto& file) { tellSegment(record, file); },
                           .retention = {.maximumAgeMs = config_.recordings.keepDays * kDayMs,
                                         .maximumBytes = config_.recordings.keepGb * kGigabyte}});
        if (!store) return store.error();
        store_ = std::move(store).value();
        const auto keys = store_->keys();
        if (!keys) return keys.error();
        auto authenticator = Authenticator::create(
            config_.auth, [this](const std::string& hash) { return store_->findKey(hash); }, !keys->empty());
        if (!authenticator) return authenticator.error();
        authenticator_ = std::move(authenticator).value();
        if (authenticator_->isOpen()) {
            log(LogLevel::Warning, "api", "no secret is configured: everybody on this machine is admin");
        }
        return kOk;
    }

    /// @thread the store's
    void tellEnd(const RecordingRecord& record) {
        upload(record);
        Json data = toJson(record);
        data["recording"] = data["id"];
        data.erase("id");
        data.erase("meeting");
        const bool isReady = record.state == RecordingState::Ready;
        events_.publish({.type = isReady ? "recording.finished" : "recording.failed",
                         .meeting = record.meeting.toString(),
                         .actor = {},
                         .data = std::move(data)});
    }

    /// @thread the store's
    void tellSegment(const RecordingRecord& record, const RecordingFile& file) {
        upload(record);
        events_.publish({.type = "recording.segment",
                         .meeting = record.meeting.toString(),
                         .actor = {},
                         .data = {{"recording", record.id.toString()}, {"file", toJson(file)}}});
    }

    /// What became ready before there is an uploader waits for it.
    void upload(const RecordingRecord& record) {
        Lock lock(uploadMutex_);
        if (!uploader_) {
            recovered_.push_back(record);
        } else if (record.state == RecordingState::Failed) {
            uploader_->goOn(record);
        } else {
            uploader_->add(record);
        }
    }

    Status makeUploader() {
        auto targets = readUploadTargets(config_.upload.targets, config_.upload.credentials);
        if (!targets) return targets.error();
        auto uploader = Uploader::create(*store_, events_,
                                         {.targets = std::move(targets).value(),
                                          .partBytes = static_cast<std::int64_t>(config_.upload.partMb) << 20U,
                                          .deleteLocal = config_.upload.deleteLocal == "verified"});
        if (!uploader) return uploader.error();
        std::vector<RecordingRecord> recovered;
        {
            Lock lock(uploadMutex_);
            uploader_ = std::move(uploader).value();
            recovered = std::exchange(recovered_, {});
        }
        for (const auto& record : recovered) upload(record);
        return kOk;
    }

    Status makeMedia() {
        gpus_ = GpuEngines::open(toSettings(config_.gpu));
        for (const auto& reason : gpus_->reasons()) log(LogLevel::Info, "gpu", reason);
        gpus_->composers()->onLoss([this](int device, const std::string& reason) {
            events_.publish(
                {.type = "device.lost", .meeting = {}, .actor = {}, .data = {{"gpu", device}, {"reason", reason}}});
        });
        IngestSettings ingests = toIngestSettings(config_);
        ingests.pushes = &pushes_;
        auto peers =
            createPeerFactory(toSettings(config_.webrtc), toSettings(config_.rtp, config_.webrtc.publicAddress), gpus_);
        if (!peers) return peers.error();
        peers_ = std::move(peers).value();
        media_ =
            createMediaFactory(std::move(ingests), gpus_,
                               {.hls = &hls_, .whip = &peers_->publisher(), .onFile = [this](const std::string& path) {
                                    store_->finishSegment(path);
                                }});
        outputs_ = std::make_unique<Outputs>(*store_, static_cast<std::uint64_t>(config_.recordings.minFreeMb) << 20U);
        renders_ = std::make_unique<Renders>(*store_, *media_);
        auto meetings = MeetingRegistry::create({.store = *store_,
                                                 .outputs = *outputs_,
                                                 .media = *media_,
                                                 .peers = *peers_,
                                                 .clock = clock_,
                                                 .maxMeetings = config_.limits.meetings,
                                                 .defaults = defaultMeetingSettings(config_),
                                                 .events = &events_});
        if (!meetings) return meetings.error();
        meetings_ = std::move(meetings).value();
        auto webhooks = Webhooks::create(*store_, events_, config_.webhooks.allow);
        if (!webhooks) return webhooks.error();
        webhooks_ = std::move(webhooks).value();
        TESSERA_TRY(makeUploader());
        return kOk;
    }

    Status listen() {
        const auto address = parseListenAddress(config_.http.listen);
        if (!address) return address.error();
        address_ = *address;
        GatewayOptions gateway = toOptions(config_);
        gateway.address = address_.host;
        gateway.port = address_.port;
        HttpServerOptions options;
        options.port = 0;
        options.reactors = config_.http.threads;
        options.maxRequestBytes = gateway.limits.headerBytes + gateway.limits.bodyBytes + kInternalHeaderBytes;
        options.token = randomToken();
        auto http =
            HttpServer::create(options, [this](const HttpRequest& request) { return dispatcher_->handle(request); });
        if (!http) return http.error();
        http_ = std::move(http).value();
        gateway.upstreamPort = http_->port();
        gateway.upstreamToken = options.token;
        auto front = Gateway::create(gateway, gatewayContent());
        if (!front) return front.error();
        gateway_ = std::move(front).value();
        services_->http = &gateway_->counters();
        return listenForRtmp();
    }

    Status listenForRtmp() {
        if (config_.rtmp.listen.empty()) return kOk;
        const auto address = parseListenAddress(config_.rtmp.listen);
        if (!address) return address.error();
        auto rtmp = RtmpServer::open(*IpAddress::parse(address->host), address->port, pushes_);
        if (!rtmp) return conflict(rtmp.error().message);
        rtmp_ = std::move(rtmp).value();
        log(LogLevel::Info, "rtmp", "senders can push", {{"address", address->host}, {"port", rtmp_->port()}});
        return kOk;
    }

    GatewayContent gatewayContent() {
        GatewayContent content;
        content.page = [this](const HttpRequest& request) { return dispatcher_->handle(request); };
        content.isPage = [this](const std::string& path) { return files_.find(path) != nullptr; };
        content.hls = std::make_shared<HlsDelivery>(hls_);
        content.events = &events_;
        return content;
    }

    // Owned, in the order of construction
    Config config_;
    SteadyClock clock_;
    EventLog events_;
    ConsoleFiles files_;
    ListenAddress address_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Authenticator> authenticator_;
    std::shared_ptr<const GpuEngines> gpus_;
    HlsSite hls_;
    PushPlaces pushes_;
    std::unique_ptr<Peers> peers_;
    std::unique_ptr<MediaFactory> media_;
    std::unique_ptr<Outputs> outputs_;
    std::unique_ptr<Renders> renders_;
    std::unique_ptr<MeetingRegistry> meetings_;
    std::unique_ptr<Webhooks> webhooks_;
    Mutex uploadMutex_;
    std::unique_ptr<Uploader> uploader_;  ///< set once, under the mutex
    std::vector<RecordingRecord> recovered_ GUARDED_BY(uploadMutex_);
    std::unique_ptr<Services> services_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<HttpServer> http_;
    std::unique_ptr<Gateway> gateway_;
    std::unique_ptr<RtmpServer> rtmp_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::create(const Config& config) {
    auto server = std::make_unique<RunningServer>(config);
    TESSERA_TRY(server->start());
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace tessera

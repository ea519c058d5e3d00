#include "pipelines/webrtc/ice_transport.h"

#include <array>
#include <cstring>
#include <sys/socket.h>

#include "pipelines/webrtc/local_addresses.h"

namespace tessera {
namespace {

constexpr guint kComponent = 1;

struct NiceCandidateDeleter {
    void operator()(NiceCandidate* candidate) const { nice_candidate_free(candidate); }
};
using NiceCandidatePtr = std::unique_ptr<NiceCandidate, NiceCandidateDeleter>;

std::string textOf(const NiceAddress& address) {
    std::array<char, NICE_ADDRESS_STRING_LEN> text{};
    nice_address_to_string(&address, text.data());
    return text.data();
}

bool isLoopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

IceCandidateType typeOf(NiceCandidateType type) {
    switch (type) {
        case NICE_CANDIDATE_TYPE_HOST: return IceCandidateType::Host;
        case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE: return IceCandidateType::ServerReflexive;
        case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE: return IceCandidateType::PeerReflexive;
        case NICE_CANDIDATE_TYPE_RELAYED: return IceCandidateType::Relay;
    }
    return IceCandidateType::Host;
}

NiceCandidateType typeOf(IceCandidateType type) {
    switch (type) {
        case IceCandidateType::Host: return NICE_CANDIDATE_TYPE_HOST;
        case IceCandidateType::ServerReflexive: return NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
        case IceCandidateType::PeerReflexive: return NICE_CANDIDATE_TYPE_PEER_REFLEXIVE;
        case IceCandidateType::Relay: return NICE_CANDIDATE_TYPE_RELAYED;
    }
    return NICE_CANDIDATE_TYPE_HOST;
}

IceCandidate describe(const NiceCandidate& candidate, const std::string& publicAddress) {
    IceCandidate result;
    result.foundation = candidate.foundation;
    result.priority = candidate.priority;
    result.address = textOf(candidate.addr);
    result.port = static_cast<std::uint16_t>(nice_address_get_port(&candidate.addr));
    result.type = typeOf(candidate.type);
    if (result.type == IceCandidateType::Host && !publicAddress.empty() && !isLoopback(result.address)) {
        result.address = publicAddress;
    }
    return result;
}

bool isStun(std::span<const std::uint8_t> bytes) {
    static constexpr std::array<std::uint8_t, 4> kMagicCookie = {0x21, 0x12, 0xa4, 0x42};  // RFC 8489 section 5
    return bytes.size() >= 20 && bytes[0] < 4 && std::memcmp(&bytes[4], kMagicCookie.data(), kMagicCookie.size()) == 0;
}

}  // namespace

Result<std::unique_ptr<IceTransport>> IceTransport::create(EventLoop& loop, const WebRtcSettings& settings,
                                                           bool isControlling, IceListener& listener) {
    std::unique_ptr<IceTransport> transport(new IceTransport(loop, listener));
    TESSERA_TRY(transport->open(settings, isControlling));
    return transport;
}

Status IceTransport::open(const WebRtcSettings& settings, bool isControlling) {
    const auto options = NICE_AGENT_OPTION_REGULAR_NOMINATION | NICE_AGENT_OPTION_ICE_TRICKLE;
    agent_ = nice_agent_new_full(loop_.context(), NICE_COMPATIBILITY_RFC5245, static_cast<NiceAgentOption>(options));
    g_object_set(agent_, "upnp", FALSE, "ice-tcp", FALSE, "controlling-mode", isControlling ? TRUE : FALSE, nullptr);
    publicAddress_ = settings.publicAddress;
    addLocalAddresses(settings);
    if (settings.stun) {
        g_object_set(agent_, "stun-server", settings.stun->host.c_str(), "stun-server-port",
                     static_cast<guint>(settings.stun->port), nullptr);
    }
    stream_ = nice_agent_add_stream(agent_, 1);
    if (stream_ == 0) return internalError("libnice opens no stream");
    if (settings.portMin > 0) {
        nice_agent_set_port_range(agent_, stream_, kComponent, static_cast<guint>(settings.portMin),
                                  static_cast<guint>(settings.portMax));
    }
    if (settings.turn) {
        const auto& turn = *settings.turn;
        nice_agent_set_relay_info(agent_, stream_, kComponent, turn.host.c_str(), static_cast<guint>(turn.port),
                                  turn.username.c_str(), turn.password.c_str(), NICE_RELAY_TYPE_TURN_UDP);
    }
    g_signal_connect(
        agent_, "candidate-gathering-done",
        G_CALLBACK(+[](NiceAgent*, guint, gpointer self) { static_cast<IceTransport*>(self)->gathered(); }), this);
    g_signal_connect(agent_, "component-state-changed",
                     G_CALLBACK(+[](NiceAgent*, guint, guint, guint state, gpointer self) {
                         static_cast<IceTransport*>(self)->onState(state);
                     }),
                     this);
    nice_agent_attach_recv(
        agent_, stream_, kComponent, loop_.context(),
        [](NiceAgent*, guint, guint, guint length, gchar* bytes, gpointer self) {
            static_cast<IceTransport*>(self)->listener_.onDatagram({reinterpret_cast<std::uint8_t*>(bytes), length});
        },
        this);
    gchar* ufrag = nullptr;
    gchar* password = nullptr;
    nice_agent_get_local_credentials(agent_, stream_, &ufrag, &password);
    local_ = {ufrag ? ufrag : "", password ? password : ""};
    g_free(ufrag);
    g_free(password);
    return kOk;
}

void IceTransport::addLocalAddresses(const WebRtcSettings& settings) {
    for (const auto& text : settings.addresses.empty() ? localAddresses() : settings.addresses) {
        NiceAddress address;
        nice_address_init(&address);
        if (nice_address_set_from_string(&address, text.c_str())) nice_agent_add_local_address(agent_, &address);
    }
}

IceTransport::~IceTransport() {
    if (!agent_) return;
    g_signal_handlers_disconnect_by_data(agent_, this);
    nice_agent_attach_recv(agent_, stream_, kComponent, loop_.context(), nullptr, nullptr);
    nice_agent_remove_stream(agent_, stream_);
    g_object_unref(agent_);
}

void IceTransport::setRemoteCredentials(const IceCredentials& remote) {
    nice_agent_set_remote_credentials(agent_, stream_, remote.ufrag.c_str(), remote.password.c_str());
}

std::vector<IceCandidate> IceTransport::localCandidates() const {
    std::vector<IceCandidate> result;
    GSList* candidates = nice_agent_get_local_candidates(agent_, stream_, kComponent);
    for (GSList* item = candidates; item; item = item->next) {
        const auto* candidate = static_cast<const NiceCandidate*>(item->data);
        if (candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP)
            result.push_back(describe(*candidate, publicAddress_));
    }
    g_slist_free_full(candidates, [](gpointer item) { nice_candidate_free(static_cast<NiceCandidate*>(item)); });
    return result;
}

Status IceTransport::gather() {
    gatherTimer_ = loop_.after(kGatherTime, [this] { gathered(); });
    if (!nice_agent_gather_candidates(agent_, stream_)) {
        return Error{
            ErrorCode::Capacity, "no UDP port is free for another peer; widen webrtc.port_min to port_max", {}};
    }
    return kOk;
}

void IceTransport::gathered() {
    if (std::exchange(isGathered_, true)) return;
    gatherTimer_.stop();
    listener_.onGathered();
}

void IceTransport::addRemoteCandidate(const IceCandidate& candidate) {
    if (!candidate.isUsable()) return;
    NiceCandidatePtr remote(nice_candidate_new(typeOf(candidate.type)));
    remote->component_id = kComponent;
    remote->stream_id = stream_;
    remote->transport = NICE_CANDIDATE_TRANSPORT_UDP;
    remote->priority = candidate.priority;
    g_strlcpy(remote->foundation, candidate.foundation.c_str(), NICE_CANDIDATE_MAX_FOUNDATION);
    if (!nice_address_set_from_string(&remote->addr, candidate.address.c_str())) return;
    nice_address_set_port(&remote->addr, candidate.port);
    GSList* list = g_slist_append(nullptr, remote.get());
    nice_agent_set_remote_candidates(agent_, stream_, kComponent, list);
    g_slist_free(list);
}

void IceTransport::remoteCandidatesDone() {
    nice_agent_peer_candidate_gathering_done(agent_, stream_);
}

void IceTransport::onState(guint state) {
    if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY) {
        isReady_ = true;
        listener_.onIceReady();
    } else if (state == NICE_COMPONENT_STATE_FAILED && !isReady_) {
        listener_.onIceFailed();
    }
}

std::size_t IceTransport::send(std::span<const std::span<const std::uint8_t>> datagrams) {
    if (!isReady_) return 0;
    vectors_.clear();
    messages_.clear();
    for (const auto& datagram : datagrams) vectors_.push_back({datagram.data(), datagram.size()});
    for (auto& vector : vectors_) messages_.push_back({&vector, 1});
    const gint sent = nice_agent_send_messages_nonblocking(agent_, stream_, kComponent, messages_.data(),
                                                           static_cast<guint>(messages_.size()), nullptr, nullptr);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void IceTransport::watchForStun() {
    GSocket* socket = nice_agent_get_selected_socket(agent_, stream_, kComponent);
    if (!socket || stunWatch_.isRunning()) return;
    GSource* source = g_socket_create_source(socket, G_IO_IN, nullptr);
    g_source_set_priority(source, G_PRIORITY_HIGH);  // before libnice takes the message out
    g_source_set_callback(source, G_SOURCE_FUNC(&IceTransport::onSocketReadable), this, nullptr);
    g_source_attach(source, loop_.context());
    stunWatch_ = LoopTimer(source);
}

gboolean IceTransport::onSocketReadable(GSocket* socket, GIOCondition, gpointer user) {
    auto* self = static_cast<IceTransport*>(user);
    std::array<std::uint8_t, 20> head{};
    const auto length = recv(g_socket_get_fd(socket), head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT);
    // Stopped whatever it is: a ready source of high priority would keep libnice from taking the datagram out.
    self->stunWatch_.stop();
    if (length > 0 && isStun({head.data(), static_cast<std::size_t>(length)})) self->listener_.onStun();
    return G_SOURCE_REMOVE;
}

}  // namespace tessera

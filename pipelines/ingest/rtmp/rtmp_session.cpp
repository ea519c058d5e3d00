#include "pipelines/ingest/rtmp/rtmp_session.h"

#include <algorithm>

namespace tessera {
namespace {

/// @source section 5.2.2 and 5.2.3: a version, then 1536 bytes each way
constexpr std::uint8_t kVersion = 3;
constexpr std::size_t kHandshakeBytes = 1536;
/// Of senders that nobody has let in yet: a command is at most some hundred bytes.
constexpr std::size_t kMostCommandBytes = 16U << 10U;
/// A keyframe of 4096x2304 at the highest useful rate.
constexpr std::size_t kMostMediaBytes = 8U << 20U;
constexpr std::uint32_t kWindowBytes = 2'500'000;
constexpr std::uint32_t kOurChunkSize = 4096;
constexpr std::uint8_t kControlChunks = 2, kCommandChunks = 3;
constexpr std::uint32_t kStream = 1;  ///< the one message stream that a sender can create
constexpr std::uint16_t kPingRequest = 6, kPingResponse = 7;

const Error kEnded{ErrorCode::Unreachable, "", {}};

const std::string& textAt(const std::vector<AmfValue>& command, std::size_t index) {
    static const std::string kNone;
    return index < command.size() ? command[index].text : kNone;
}

double transactionOf(const std::vector<AmfValue>& command) {
    return command.size() > 1 ? command[1].number : 0;
}

/// A name as a sender gives it: without a query, and without slashes around it.
std::string_view nameOf(std::string_view text) {
    text = text.substr(0, text.find('?'));
    while (text.starts_with('/')) text.remove_prefix(1);
    while (text.ends_with('/')) text.remove_suffix(1);
    return text;
}

}  // namespace

RtmpSession::RtmpSession(Admit admit) : admit_(std::move(admit)), chunks_(kMostCommandBytes) {}

RtmpSession::~RtmpSession() {
    if (pipe_) pipe_->close();
}

Status RtmpSession::receive(std::span<const std::uint8_t> bytes) {
    if (stage_ != Stage::Commands) TESSERA_TRY(shakeHands(bytes));
    if (stage_ != Stage::Commands || bytes.empty()) return kOk;
    acknowledge(bytes.size());
    chunks_.push(bytes);
    while (true) {
        auto message = chunks_.next();
        if (!message) return message.error();
        if (!*message) return kOk;
        TESSERA_TRY(handle(std::move(**message)));
    }
}

/// Takes what belongs to the handshake from the begin of `bytes`.
Status RtmpSession::shakeHands(std::span<const std::uint8_t>& bytes) {
    while (stage_ != Stage::Commands) {
        const std::size_t wanted = stage_ == Stage::Hello ? 1 + kHandshakeBytes : kHandshakeBytes;
        const std::size_t size = std::min(wanted - handshake_.size(), bytes.size());
        handshake_.insert(handshake_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        bytes = bytes.subspan(size);
        if (stage_ == Stage::Hello && !handshake_.empty() && handshake_.front() != kVersion) {
            return invalidArgument("the sender speaks no RTMP: it begins with another version");
        }
        if (handshake_.size() < wanted) return kOk;
        if (stage_ == Stage::Hello) {
            // S0, S1 with a time of 0 and no version, so that nobody looks for a digest, and S2, the echo of C1.
            output_.push_back(kVersion);
            output_.insert(output_.end(), kHandshakeBytes, 0);
            output_.insert(output_.end(), handshake_.begin() + 1, handshake_.end());
            stage_ = Stage::Echo;
        } else {
            stage_ = Stage::Commands;
        }
        handshake_.clear();
    }
    handshake_.shrink_to_fit();
    return kOk;
}

/// @source section 5.4.3: senders stop when what they have sent is not acknowledged
void RtmpSession::acknowledge(std::size_t bytes) {
    received_ += static_cast<std::uint32_t>(bytes);
    if (received_ - acknowledged_ < kWindowBytes / 2) return;
    acknowledged_ = received_;
    sendControl(RtmpMessage::kAcknowledgement, {received_});
}

Status RtmpSession::handle(RtmpMessage message) {
    switch (message.type) {
        case RtmpMessage::kAudio:
        case RtmpMessage::kVideo: return forward(std::move(message));
        case RtmpMessage::kCommand: return handleCommand(message.body);
        case RtmpMessage::kCommandAmf3:  // one byte, then AMF0
            return message.body.empty() ? Status(kOk) : handleCommand(std::span(message.body).subspan(1));
        case RtmpMessage::kUserControl:
            if (message.body.size() >= 6 && readBigEndian(std::span(message.body).first(2)) == kPingRequest) {
                RtmpMessage pong{RtmpMessage::kUserControl, 0, 0, message.body};
                pong.body[1] = kPingResponse;
                writeMessage(output_, pong, kControlChunks, kOurChunkSize);
            }
            return kOk;
        default: return kOk;  // metadata says nothing that the media does not
    }
}

Status RtmpSession::handleCommand(std::span<const std::uint8_t> body) {
    const auto command = parseAmf(body);
    if (!command) return command.error();
    const std::string& name = textAt(*command, 0);
    const double transaction = transactionOf(*command);
    if (name == "connect") {
        connect(*command);
    } else if (name == "createStream") {
        sendCommand(AmfWriter().text("_result").number(transaction).null().number(kStream), 0);
    } else if (name == "releaseStream" || name == "FCPublish") {
        sendCommand(AmfWriter().text("_result").number(transaction).null().null(), 0);
    } else if (name == "publish") {
        return publish(*command);
    } else if (name == "play") {
        sendStatus("error", "NetStream.Play.StreamNotFound", "nothing is played here");
        return unsupported("it wanted to play");
    } else if (pipe_ && (name == "deleteStream" || name == "closeStream" || name == "FCUnpublish")) {
        return kEnded;
    }
    return kOk;
}

void RtmpSession::connect(const std::vector<AmfValue>& command) {
    if (command.size() > 2) application_ = nameOf(command[2].textOf("app"));
    sendControl(RtmpMessage::kWindowAcknowledgement, {kWindowBytes});
    RtmpMessage bandwidth{RtmpMessage::kPeerBandwidth, 0, 0, {}};
    appendBigEndian(bandwidth.body, kWindowBytes, 4);
    bandwidth.body.push_back(2);  // dynamic, section 5.4.5
    writeMessage(output_, bandwidth, kControlChunks, kOurChunkSize);
    sendControl(RtmpMessage::kSetChunkSize, {kOurChunkSize});
    AmfWriter reply;
    reply.text("_result").number(transactionOf(command));
    reply.object({{"fmsVer", "FMS/3,0,1,123"}});
    reply.object({{"level", "status"}, {"code", "NetConnection.Connect.Success"}, {"description", "connected"}});
    sendCommand(reply, 0);
}

Status RtmpSession::publish(const std::vector<AmfValue>& command) {
    if (pipe_) return invalidArgument("it published twice");
    std::string_view application = application_, key = nameOf(textAt(command, 3));
    if (key.empty()) {  // the whole address was given as that of the server
        const auto slash = application.rfind('/');
        if (slash != std::string_view::npos) key = application.substr(slash + 1);
        application = application.substr(0, slash);
    }
    auto admitted = admit_(application, key);
    if (!admitted) {
        sendStatus("error", "NetStream.Publish.BadName", admitted.error().message);
        return admitted.error();
    }
    pipe_ = std::move(admitted).value();
    chunks_.allow(kMostMediaBytes);
    media_.emplace(pipe_);
    RtmpMessage begin{RtmpMessage::kUserControl, 0, 0, {0, 0}};  // stream begin, section 7.1.7
    appendBigEndian(begin.body, kStream, 4);
    writeMessage(output_, begin, kControlChunks, kOurChunkSize);
    sendStatus("status", "NetStream.Publish.Start", "publishing");
    return kOk;
}

Status RtmpSession::forward(RtmpMessage message) {
    if (!media_) return invalidArgument("it sends media before it was let in");
    if (message.body.empty()) return kOk;
    const Status taken = media_->take(std::move(message));
    if (taken) return kOk;
    if (taken.error().code == ErrorCode::Unsupported) {
        sendStatus("error", "NetStream.Publish.Rejected", taken.error().message);
    }
    pipe_->fail({ErrorCode::Unreachable, taken.error().message, {}});  // another one may send what is taken
    return taken;
}

void RtmpSession::sendControl(std::uint8_t type, std::initializer_list<std::uint32_t> values) {
    RtmpMessage message{type, 0, 0, {}};
    for (const auto value : values) appendBigEndian(message.body, value, 4);
    writeMessage(output_, message, kControlChunks, kOurChunkSize);
}

void RtmpSession::sendCommand(const AmfWriter& command, std::uint32_t streamId) {
    writeMessage(output_, {RtmpMessage::kCommand, streamId, 0, command.bytes()}, kCommandChunks, kOurChunkSize);
}

void RtmpSession::sendStatus(std::string_view level, std::string_view code, std::string_view description) {
    AmfWriter status;
    status.text("onStatus").number(0).null();
    status.object({{"level", level}, {"code", code}, {"description", description}});
    sendCommand(status, kStream);
}

}  // namespace tessera

#include "pipelines/webrtc/srtp_session.h"

#include <srtp2/srtp.h>
#include <string>

namespace tessera {
namespace {

/// Packets behind the newest that may still come: above what a NACK brings back (1 s of 5 Mb/s), below libsrtp's 2^15.
constexpr unsigned long kReplayWindow = 2048;

/// It fails where another library of the process has called it before: then srtp_create tells whether libsrtp works.
void initSrtp() {
    static const srtp_err_status_t status = srtp_init();
    static_cast<void>(status);
}

Result<srtp_t> openContext(SrtpProfile profile, std::vector<std::uint8_t> key, srtp_ssrc_type_t direction) {
    if (key.size() != srtpKeyLength(profile) + srtpSaltLength(profile))
        return internalError("an SRTP key has the wrong length");
    srtp_policy_t policy{};
    switch (profile) {
        case SrtpProfile::Aes128CmSha1_80:
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
            break;
        case SrtpProfile::AeadAes128Gcm:
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
            break;
    }
    policy.ssrc.type = direction;
    policy.key = key.data();
    policy.window_size = kReplayWindow;
    policy.allow_repeat_tx = 1;  // retransmissions are the same packet again
    srtp_t context = nullptr;
    if (const auto status = srtp_create(&context, &policy); status != srtp_err_status_ok) {
        return internalError("srtp_create failed with status " + std::to_string(status));
    }
    return context;
}

using ProtectFunction = srtp_err_status_t (*)(srtp_t, void*, int*);

bool protect(ProtectFunction function, srtp_t context, std::vector<std::uint8_t>& packet) {
    auto length = static_cast<int>(packet.size());
    packet.resize(packet.size() + SrtpSession::kMaxOverhead);
    const bool ok = function(context, packet.data(), &length) == srtp_err_status_ok;
    packet.resize(ok ? static_cast<std::size_t>(length) : 0);
    return ok;
}

std::span<const std::uint8_t> unprotect(ProtectFunction function, srtp_t context, std::span<std::uint8_t> packet) {
    auto length = static_cast<int>(packet.size());
    if (function(context, packet.data(), &length) != srtp_err_status_ok) return {};
    return packet.first(static_cast<std::size_t>(length));
}

}  // namespace

struct SrtpSession::Contexts {
    srtp_t outbound = nullptr;
    srtp_t inbound = nullptr;
    ~Contexts() {
        if (outbound) srtp_dealloc(outbound);
        if (inbound) srtp_dealloc(inbound);
    }
};

SrtpSession::SrtpSession(std::unique_ptr<Contexts> contexts) : contexts_(std::move(contexts)) {}
SrtpSession::~SrtpSession() = default;

Result<std::unique_ptr<SrtpSession>> SrtpSession::create(const SrtpKeys& keys) {
    initSrtp();
    auto contexts = std::make_unique<Contexts>();
    auto outbound = openContext(keys.profile, keys.local, ssrc_any_outbound);
    if (!outbound.ok()) return outbound.error();
    contexts->outbound = *outbound;
    auto inbound = openContext(keys.profile, keys.remote, ssrc_any_inbound);
    if (!inbound.ok()) return inbound.error();
    contexts->inbound = *inbound;
    return std::unique_ptr<SrtpSession>(new SrtpSession(std::move(contexts)));
}

bool SrtpSession::protectRtp(std::vector<std::uint8_t>& packet) {
    return protect(&srtp_protect, contexts_->outbound, packet);
}

bool SrtpSession::protectRtcp(std::vector<std::uint8_t>& packet) {
    return protect(&srtp_protect_rtcp, contexts_->outbound, packet);
}

std::span<const std::uint8_t> SrtpSession::unprotectRtp(std::span<std::uint8_t> packet) {
    return unprotect(&srtp_unprotect, contexts_->inbound, packet);
}

std::span<const std::uint8_t> SrtpSession::unprotectRtcp(std::span<std::uint8_t> packet) {
    return unprotect(&srtp_unprotect_rtcp, contexts_->inbound, packet);
}

}  // namespace tessera

#include "pipelines/webrtc/sdp/sdp_publishing.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/webrtc/sdp/sdp_answer.h"

namespace tessera {
namespace {

LocalDescription description(bool isOffer) {
    LocalDescription local;
    local.sessionId = 7;
    local.iceUfrag = "abcd";
    local.icePwd = "abcdefghijklmnopqrstuv";
    local.fingerprint = "AB";
    for (int i = 1; i < 32; ++i) local.fingerprint += ":AB";
    local.cname = "name";
    local.isOffer = isOffer;
    return local;
}

const PublishedMedia kBoth{VideoCodec::H264, true};

}  // namespace

BOOST_AUTO_TEST_SUITE(sdp_publishing)

BOOST_AUTO_TEST_CASE(our_offer_is_one_that_we_would_answer) {
    const auto publishing = offerToPublish(kBoth);
    const auto text = makeAnswer(publishing.wanted, publishing.negotiation, description(true));
    const auto offer = parseOffer(text);
    BOOST_REQUIRE_MESSAGE(offer.ok(), text);
    BOOST_TEST((offer->transport.setup == DtlsSetup::ActPass));
    for (const auto& media : offer->media) BOOST_TEST((media.direction == SdpDirection::SendOnly));
    const auto taken = negotiate(*offer, {});
    BOOST_REQUIRE(taken.ok());
    BOOST_TEST(taken->media.size() == 2);

    const auto answer = parseOffer(makeAnswer(*offer, *taken, description(false)));
    BOOST_REQUIRE(answer.ok());
    const auto agreed = agreeOn(publishing, *answer);
    BOOST_REQUIRE(agreed.ok());
    BOOST_REQUIRE(agreed->sending(MediaKind::Video) != nullptr);
    BOOST_TEST(agreed->sending(MediaKind::Video)->nack);
    BOOST_TEST(agreed->sending(MediaKind::Audio) != nullptr);
    BOOST_TEST(agreed->dtlsClient);  // the answer is passive
    BOOST_TEST(agreed->remote.iceUfrag == "abcd");
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_not_sent) {
    const auto publishing = offerToPublish(kBoth);
    auto answer = publishing.wanted;
    answer.transport.setup = DtlsSetup::Active;
    answer.media[1].rejected = true;
    const auto agreed = agreeOn(publishing, answer);
    BOOST_REQUIRE(agreed.ok());
    BOOST_TEST(agreed->sending(MediaKind::Video) == nullptr);
    BOOST_TEST(!agreed->dtlsClient);
    answer.media[0].direction = SdpDirection::Inactive;
    BOOST_TEST(toString(agreeOn(publishing, answer).error().code) == "unsupported");
    answer.media[0].direction = SdpDirection::RecvOnly;
    answer.media[0].codecs.front().payloadType = 99;
    BOOST_TEST(!agreeOn(publishing, answer).ok());
    answer.media.pop_back();
    BOOST_TEST(toString(agreeOn(publishing, answer).error().code) == "invalid_argument");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

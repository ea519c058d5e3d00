#include "api/upload/upload_target.h"

#include <boost/test/unit_test.hpp>

#include "api/outbound/running_hash.h"
#include "api/upload/s3_answer.h"
#include "api/upload/upload_progress.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(upload_target)

BOOST_AUTO_TEST_CASE(a_target_is_a_name_a_kind_and_a_url) {
    const auto s3 = parseUploadTarget("archive s3 https://s3.example.org/bucket/folder/ region=eu-north-1");
    BOOST_REQUIRE(s3.ok());
    BOOST_TEST((s3->kind == UploadTarget::Kind::S3));
    BOOST_TEST(s3->region == "eu-north-1");
    BOOST_TEST(s3->urlOf("board", "rec_1", "recording.mp4") ==
               "https://s3.example.org/bucket/folder/board/rec_1/recording.mp4");
    const auto capitals = parseUploadTarget("archive s3 hTTps://s3.example.org/bucket//");
    BOOST_REQUIRE(capitals.ok());
    BOOST_TEST(capitals->url == "https://s3.example.org/bucket");
    const auto put = parseUploadTarget("nas put http://10.0.0.7:8080/dav");
    BOOST_REQUIRE(put.ok());
    BOOST_TEST((put->kind == UploadTarget::Kind::Put));
    for (const auto* bad :
         {"", "archive", "archive s3", "archive ftp https://h/b", "a/b s3 https://h/b", "archive s3 ftp://h/b",
          "archive s3 https://user:word@h/b", "archive s3 https://h/b?x=1", "archive s3 https://h/b%20c",
          "archive s3 https://h/b zone=x", "archive s3 https://h/b region=", "nas put https://h/b region=x"}) {
        BOOST_TEST(!parseUploadTarget(bad).ok(), bad);
    }
}

BOOST_AUTO_TEST_CASE(credentials_belong_to_a_target) {
    const auto read = readUploadTargets({"archive s3 https://h/b", "nas put https://h/d"}, {"nas ada word"});
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(read->front().user.empty());
    BOOST_TEST(read->back().user == "ada");
    BOOST_TEST(read->back().secret == "word");
    BOOST_TEST(!readUploadTargets({"a put https://h", "a put https://h"}, {}).ok());
    const auto unknown = readUploadTargets({"a put https://h"}, {"b ada SECRET"});
    BOOST_TEST(unknown.error().message.find("SECRET") == std::string::npos);
    BOOST_TEST(!readUploadTargets({"a put https://h"}, {"a ada"}).ok());
}

BOOST_AUTO_TEST_CASE(progress_is_read_as_it_was_written) {
    UploadProgress progress;
    progress["recording.mp4"] = {false, false, "id/+&", 5 << 20, {std::string(32, 'a'), std::string(32, 'b')}};
    progress["poster.jpg"] = {true, true, "", 0, {}};
    const auto text = toText(toJson(progress));
    BOOST_TEST(toText(toJson(progressFromText(text))) == text);
    BOOST_TEST(progressFromText("no json").empty());
    BOOST_TEST(progressFromText("[]").empty());
}

BOOST_AUTO_TEST_CASE(the_text_of_an_element_is_unescaped) {
    BOOST_TEST(xmlText("<A><UploadId>x&amp;y&quot;</UploadId></A>", "UploadId") == "x&y\"");
    BOOST_TEST(xmlText("<UploadId>&amp;lt;</UploadId>", "UploadId") == "&lt;");
    BOOST_TEST(xmlText("<UploadId>cut", "UploadId") == "");
    BOOST_TEST(xmlText("", "UploadId") == "");
}

BOOST_AUTO_TEST_CASE(digests_and_their_texts) {
    RunningHash md5(RunningHash::Kind::Md5);
    md5.add("mess");
    md5.add("age digest");
    const auto digest = md5.finish();
    BOOST_TEST(toHex(digest) == "f96b697d7cb7938d525a2f31aaf161d0");  // RFC 1321, section A.5
    BOOST_TEST(fromHex(toHex(digest)) == digest);
    BOOST_TEST(toBase64("foob") == "Zm9vYg==");  // RFC 4648, section 10
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#include "api/gateway/site_service.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "mcu/base/sync.h"

#include "api/gateway/representation.h"
#include "api/gateway/request_target.h"
#include "api/timestamp.h"

namespace tessera {

namespace {

constexpr std::string_view kPrefix = "/hls/";
constexpr const char* kConditions[] = {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
                                       "if-range", "range"};
/// Answers that are written one after another; then others have their turn.
constexpr std::size_t kBatch = 64;

Reply toReply(SiteReply found, const HttpRequest& request, SiteService::Headers headers) {
    found.head.headers.reserve(found.head.headers.size() + headers.size() + 2);
    for (auto& header : headers) found.head.headers.push_back(std::move(header));
    if (found.head.status != 200) return std::move(found.head);
    auto representation = found.body ? inMemory(std::move(found.head), std::move(found.body)) : inMemory(found.head);
    return replyWith(std::move(representation), request, wallClockMs() / 1000);
}

}  // namespace

std::optional<SiteRequest> readSiteRequest(const std::string& path, const std::string& target) {
    if (!path.starts_with(kPrefix)) return std::nullopt;
    const auto view = path.find('/', kPrefix.size());
    const auto file = view == std::string::npos ? view : path.find('/', view + 1);
    if (file == std::string::npos || path.find('/', file + 1) != std::string::npos) return std::nullopt;
    SiteRequest wanted;
    wanted.meeting = path.substr(kPrefix.size(), view - kPrefix.size());
    wanted.view = path.substr(view + 1, file - view - 1);
    wanted.file = path.substr(file + 1);
    if (wanted.meeting.empty() || wanted.view.empty() || wanted.file.empty()) return std::nullopt;
    if (!readQuery(target, wanted.query)) return std::nullopt;
    return wanted;
}

std::shared_ptr<const HttpRequest> conditionsOf(const HttpRequest& request) {
    auto copy = std::make_shared<HttpRequest>();
    copy->method = request.method;
    for (const auto* name : kConditions) {
        const auto value = request.header(name);
        if (!value.empty()) copy->headers.emplace(name, value);
    }
    return copy;
}

/// One request that is under way.
struct SiteService::Asked {
    std::shared_ptr<const HttpRequest> request;
    Headers headers;
    Answer answer;
    MonotonicTime deadline{};
    std::function<void()> cancel;
    std::optional<SiteReply> now;  ///< came within the call that asked
    bool isInCall = true, isEnded = false;
    std::optional<Waiting::iterator> place;  ///< where it waits
};

/// What has been answered on other threads: thousands who wait for one part wake the gateway once.
/// @thread any
class SiteService::Inbox : public std::enable_shared_from_this<Inbox> {
public:
    Inbox(SiteService& owner, std::shared_ptr<LoopHandle> handle) : owner_(owner), handle_(std::move(handle)) {}

    void put(std::weak_ptr<Asked> to, SiteReply reply) EXCLUDES(mutex_) {
        bool isFirst = false;
        {
            Lock lock(mutex_);
            isFirst = !std::exchange(isPosted_, true);
            letters_.emplace_back(std::move(to), std::move(reply));
        }
        if (isFirst) post();
    }

private:
    void post() {
        handle_->post([self = shared_from_this()] { self->deliver(); });
    }

    /// @thread the gateway's
    void deliver() EXCLUDES(mutex_) {
        std::vector<std::pair<std::weak_ptr<Asked>, SiteReply>> batch;
        bool hasMore = false;
        {
            Lock lock(mutex_);
            const std::size_t count = std::min(kBatch, letters_.size());
            const auto end = letters_.begin() + static_cast<std::ptrdiff_t>(count);
            batch.assign(std::move_iterator(letters_.begin()), std::move_iterator(end));
            letters_.erase(letters_.begin(), end);
            hasMore = isPosted_ = !letters_.empty();
        }
        if (hasMore) post();  // behind what others have posted
        for (auto& [to, reply] : batch) owner_.deliver(std::move(to), std::move(reply));
    }

    SiteService& owner_;  // lives for as long as the loop runs what is posted
    const std::shared_ptr<LoopHandle> handle_;
    Mutex mutex_;
    std::deque<std::pair<std::weak_ptr<Asked>, SiteReply>> letters_ GUARDED_BY(mutex_);
    bool isPosted_ GUARDED_BY(mutex_) = false;
};

SiteService::SiteService(boost::asio::io_context& loop, std::shared_ptr<LoopHandle> handle,
                         std::shared_ptr<DeferredSite> site)
    : timer_(loop), site_(std::move(site)), inbox_(std::make_shared<Inbox>(*this, std::move(handle))) {}

std::function<void()> SiteService::ask(const SiteRequest& wanted, std::shared_ptr<const HttpRequest> request,
                                       Headers headers, Answer answer) {
    const auto asked = std::make_shared<Asked>();
    asked->request = std::move(request);
    asked->headers = std::move(headers);
    asked->answer = std::move(answer);
    // Weakly: the site may hold this for longer than the loop lives.
    asked->cancel = site_->ask(
        wanted, [weak = std::weak_ptr(asked), inbox = inbox_, caller = std::this_thread::get_id()](SiteReply found) {
            const bool isCaller = std::this_thread::get_id() == caller;
            const auto inCall = isCaller ? weak.lock() : nullptr;
            if (inCall && inCall->isInCall) {
                inCall->now = std::move(found);
            } else {
                inbox->put(weak, std::move(found));
            }
        });
    asked->isInCall = false;
    if (asked->now) {
        asked->isEnded = true;
        asked->answer(toReply(std::move(*asked->now), *asked->request, std::move(asked->headers)));
        return nullptr;
    }
    asked->deadline = clock_.now() + DeferredSite::kDeadline;
    asked->place = waiting_.insert(waiting_.end(), asked);
    arm();
    return [this, weak = std::weak_ptr(asked)] {
        const auto forgotten = weak.lock();
        if (forgotten && end(*forgotten) && forgotten->cancel) forgotten->cancel();
    };
}

bool SiteService::end(Asked& asked) {
    if (std::exchange(asked.isEnded, true)) return false;
    waiting_.erase(*asked.place);
    return true;
}

void SiteService::deliver(std::weak_ptr<Asked> to, SiteReply reply) {
    const auto asked = to.lock();
    if (!asked || !end(*asked)) return;
    asked->answer(toReply(std::move(reply), *asked->request, std::move(asked->headers)));
}

/// The site answers long before, as a rule: the timer looks again only when it has fired.
void SiteService::arm() {
    if (waiting_.empty() || std::exchange(isArmed_, true)) return;
    timer_.expires_after(waiting_.front()->deadline - clock_.now());
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        isArmed_ = false;
        while (!waiting_.empty() && waiting_.front()->deadline <= clock_.now()) {
            const auto late = waiting_.front();
            end(*late);
            if (late->cancel) late->cancel();
            late->answer(Reply(problemResponse(Error{ErrorCode::Capacity, "it did not come in time", {}})));
        }
        arm();
    });
}

std::string GrantCache::keyOf(const SiteRequest& wanted, const HttpRequest& request, std::string_view credential) {
    std::string key;
    key.reserve(wanted.meeting.size() + credential.size() + 128);
    key.append(wanted.meeting).append("\n").append(credential);
    for (const auto* name : {"origin", "host"}) key.append("\n").append(request.header(name));
    return key;
}

GrantCache::Found GrantCache::find(const std::string& key) {
    const auto found = grants_.find(key);
    const auto now = clock_.now();
    if (found == grants_.end() || now > found->second.until) return {};
    Grant& grant = found->second;
    return {&grant.head, now >= grant.due && !std::exchange(grant.isRenewed, true)};
}

void GrantCache::add(const std::string& key, HttpResponse head) {
    const auto now = clock_.now();
    while (!ends_.empty() && (ends_.front().first < now || grants_.size() >= kGrants)) {
        const auto ended = grants_.find(ends_.front().second);
        if (ended != grants_.end() && ended->second.until <= ends_.front().first) grants_.erase(ended);
        ends_.pop_front();
    }
    const auto spread = kLife / 4 * static_cast<int>(std::hash<std::string>()(key) % 256) / 256;
    grants_[key] = {now + kLife, now + kLife / 2 + spread, std::move(head), false};
    ends_.emplace_back(now + kLife, key);
}

}  // namespace tessera

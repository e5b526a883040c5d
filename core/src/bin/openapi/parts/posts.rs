use latchkey_core::api::code::Code;
use latchkey_core::api::post::stage::Stage;
use latchkey_core::api::post::{ChangePost, CreatePost, IGNORED, NewReply, NewRepost, Resolve};
use latchkey_core::approval::Status;
use latchkey_core::delivery::{FailureCode, State};
use latchkey_core::recent::Topic;
use serde_json::{Value, json};

use super::Part;
use super::media::media_type;
use crate::operation::{OF_X, Operation};
use crate::schema::{
    a, between, body, characters, count, flag, id, list, named, nullable, only, page_of, record, row, said, success,
    text, texts, words, words_of,
};

const OF_ACCEPTANCE: &[Code] = &[
    Code::UnknownAccount,
    Code::AmbiguousAccount,
    Code::TextTooLong,
    Code::MediaUrlRefused,
    Code::InvalidSchedule,
    Code::MissingScope,
    Code::CostExceeded,
    Code::BudgetExceeded,
];

#[expect(clippy::too_many_lines, reason = "one table, a row a call")]
pub fn part() -> Result<Part, String> {
    let wording = |mut rest: Value| {
        let containers = json!({ "type": "array", "items": a("ContainerInput"), "minItems": 1, "maxItems": 25 });
        let ours = json!({
            "content?": said("The text of a single post, in place of `containers`. X counts a URL as 23 characters and an emoji as 2.", nullable(text())),
            "media?": said("Files beside `content`, with alternative texts: 1 to 4 pictures, or 1 GIF, or 1 video.", nullable(list(a("PostMediaInput")))),
            "mediaIds?": said("The same as ids of uploaded files, `med_…`, without alternative texts of the post's own.", nullable(texts())),
            "containers?": said("A thread in place of `content`: 1 to 25 posts in order, each a reply to the one before.", nullable(containers)),
            "x?": said("X's options for the whole post.", nullable(a("XOptions"))),
            "scheduledAt?": said(
                "When it leaves: RFC 3339 with an offset, such as `2026-11-30T09:00:00+01:00`, at most 365 days ahead. Null is at once.",
                nullable(text()),
            ),
            "past?": said("`now`: a `scheduledAt` older than 24 hours is at once, and not refused.", nullable(words("Past", &["now"]))),
        });
        if let (Some(rest), Value::Object(ours)) = (rest.as_object_mut(), ours) {
            rest.extend(ours);
        }
        rest
    };
    let create = wording(json!({
        "accounts": said(
            "Which accounts post: ids (`acc_…`) or usernames; `x` is every active account.",
            json!({ "type": "array", "items": text(), "minItems": 1 }),
        ),
        "tenant_id?": said("Only accounts of this customer are meant.", nullable(a("TenantIdInput"))),
        "isDraft?": said("True: kept, and not sent. Default false.", flag()),
        "approval?": said("True: it waits until a person has approved it; not beside `isDraft: true`. A caller that may not publish always asks.", flag()),
        "dryRun?": said("True: checked and priced, and nothing is stored or sent.", flag()),
        "max_cost_usd?": said("US dollars: a post with a higher estimate is refused.", nullable(a("Usd"))),
    }));
    let create = body::<CreatePost>(create, IGNORED)?;
    let change = body::<ChangePost>(
        wording(
            json!({ "isDraft?": said("False sends a draft; true makes a scheduled post a draft again.", nullable(flag())) }),
        ),
        IGNORED,
    )?;
    let resolve = body::<Resolve>(
        json!({ "as": words("Resolution", &["published", "absent"]), "platform_post_id?": nullable(a("XId")) }),
        &[],
    )?;
    let reply = body::<NewReply>(
        json!({
            "content": said("The text of the reply. X counts a URL as 23 characters and an emoji as 2.", text()),
            "account_username?": said("Which of the post's accounts replies; default one that has published it.", nullable(text())),
            "platform_post_id?": said("X's id of the part of a thread that is answered; default its first part.", nullable(a("XId"))),
            "parent_comment_id?": said("X's id of somebody's reply that is answered, as the list of replies has it.", nullable(a("XId"))),
        }),
        IGNORED,
    )?;
    let repost = body::<NewRepost>(
        json!({ "account": said("Who reposts: an account's id (`acc_…`) or username.", text()) }),
        IGNORED,
    )?;
    let one = || success(post(json!({ "reply_id?": nullable(a("XId")) })));
    let waiting = |operation: Operation| {
        let seconds = json!({ "type": "string", "pattern": "wait=[0-9]+" });
        operation.header(
            "Prefer",
            seconds,
            "`wait=N`, at most 25 seconds: answer when every delivery is final (RFC 7240 §4.3).",
        )
    };
    let operations = vec![
        waiting(Operation::new("POST", "/v1/posts", "createPost", "Publishes, schedules, drafts or prices a post"))
            .takes(create)
            .answers(
                200,
                "Stored; or, of a dry run, as it would be.",
                success(post(
                    json!({ "reply_id?": nullable(a("XId")), "dryRun?": { "type": "boolean", "const": true } }),
                )),
            )
            .refuses(OF_ACCEPTANCE),
        Operation::new("GET", "/v1/posts", "listPosts", "Posts, newest first")
            .query("social_account_id", text(), "For the account with this id, `acc_…`; also `socialAccountId`.")
            .query("tenant_id", text(), "Of this tenant; also `tenantId`.")
            .query("status", text(), "Posts with a delivery in this status: `pending`, `published`, `failed`, `deleted`, or a word of `state`.")
            .query("approval", words("ApprovalStatus", &approval_words()), "What became of a request for approval.")
            .query("state", words_of::<State>("DeliveryState"), "Of one delivery, exactly.")
            .query(
                "stage",
                words("PostStage", &Stage::ALL.map(Stage::as_str)),
                "Where the whole post stands, as the summary counts.",
            )
            .query("q", characters(3, 500), "A part of the text, in any case.")
            .query(
                "sort",
                words("PostSort", &["createdAt", "scheduledAt"]),
                "Default `createdAt`. Posts without a time come last.",
            )
            .query("order", words("SortOrder", &["desc", "asc"]), "Default `desc`.")
            .query("created_after", text(), "A time by RFC 3339, with an offset.")
            .query("created_before", text(), "A time by RFC 3339, with an offset.")
            .query("scheduled_after", text(), "A time by RFC 3339, with an offset.")
            .query("scheduled_before", text(), "A time by RFC 3339, with an offset.")
            .lists(page_of("Post", json!({ "posts": list(a("Post")) }))),
        Operation::new("GET", "/v1/summary", "getSummary", "How many posts stand where, and which are next")
            .query("tenant_id", text(), "Of this tenant; also `tenantId`.")
            .answers(200, "As it is now.", success(json!({ "data": a("Summary"), "warnings": a("Warnings") }))),
        Operation::new("GET", "/v1/calendar", "getCalendar", "Posts day by day")
            .query("from", text(), "The first date, `2026-11-30`.")
            .query("to", text(), "The last date, 62 days in all at most.")
            .query("tz", text(), "A time zone of the IANA's list; default `UTC`.")
            .query("limit", between(1, 100), "How many posts of each day; default 5, and more for a single day alone.")
            .query(
                "after",
                text(),
                "Of a single day: `after` of the day in the last answer; without it the day's first posts.",
            )
            .query("tenant_id", text(), "Of this tenant; also `tenantId`.")
            .answers(200, "Each day.", success(json!({ "data": list(a("CalendarDay")), "warnings": a("Warnings") }))),
        Operation::new("GET", "/v1/changes", "getChanges", "What has changed, as soon as something has")
            .query("after", text(), "`data.after` of the last answer; without it the beginning.")
            .header(
                "Prefer",
                json!({ "type": "string", "pattern": "wait=[0-9]+" }),
                "`wait=N`, at most 25 seconds: answer with the first change (RFC 7240 §4.3).",
            )
            .answers(
                200,
                "What may have changed.",
                success(json!({ "data": a("Changes"), "warnings": a("Warnings") })),
            ),
        Operation::new("GET", "/v1/posts/{id}", "getPost", "One post").answers(200, "As it is now.", one()),
        Operation::new("PATCH", "/v1/posts/{id}", "changePost", "Changes a draft or a scheduled post")
            .takes(change)
            .answers(200, "As it is now.", success(post(json!({ "rescheduled": flag() }))))
            .refuses(&[Code::AlreadyPublished, Code::InFlight])
            .refuses(OF_ACCEPTANCE),
        Operation::new("DELETE", "/v1/posts/{id}", "deletePost", "Cancels what was not sent, or forgets what was")
            .answers(200, "Done.", success(json!({ "message": text() })))
            .refuses(&[Code::InFlight]),
        Operation::new("DELETE", "/v1/posts/{id}/remote", "deletePostAtX", "Takes it off X").answers(
            200,
            "`success` is false if one failed.",
            record(json!({ "success": flag(), "results": list(a("RemoteResult")) })),
        ),
        Operation::new(
            "POST",
            "/v1/posts/{id}/retry",
            "retryPost",
            "Sends failed deliveries again, and tries held ones at once",
        )
        .may_take(record(json!({})))
        .answers(200, "How many.", success(post(json!({ "retried": count() }))))
        .refuses(&[Code::AlreadyPublished, Code::InFlight, Code::UnknownAccount, Code::BudgetExceeded]),
        Operation::new(
            "POST",
            "/v1/posts/{id}/deliveries/{account}/resolve",
            "resolveDelivery",
            "Settles an unknown delivery by hand",
        )
        .takes(resolve)
        .answers(200, "As it is now.", one())
        .refuses(&[Code::InFlight]),
        Operation::new("GET", "/v1/posts/{id}/analytics", "getPostAnalytics", "X's figures, by account and in sum")
            .answers(200, "As they are now.", success(analytics()))
            .refuses(OF_X),
        Operation::new("GET", "/v1/posts/{id}/replies", "listReplies", "What people answered, of the last seven days")
            .query("network", text(), "`x`.")
            .query("username", text(), "Under the post of this account alone, by its username; default every account that has published it.")
            .answers(200, "In trees.", success(json!({ "data": list(a("Reply")), "warnings?": a("Warnings") })))
            .refuses(&[Code::UnknownAccount])
            .refuses(OF_X),
        waiting(Operation::new("POST", "/v1/posts/{id}/replies", "replyToPost", "Publishes a reply"))
            .takes(reply)
            .answers(200, "A post of its own.", success(post(json!({ "reply_id": nullable(a("XId")) }))))
            .refuses(OF_ACCEPTANCE),
        waiting(Operation::new("POST", "/v1/posts/{id}/repost", "repostPost", "Reposts it"))
            .takes(repost)
            .answers(200, "A post of its own.", one())
            .refuses(OF_ACCEPTANCE),
    ];
    let mut part = Part::new("Posts", operations, rows());
    part.schemas.extend(inputs().map(|(name, schema)| (name.to_owned(), schema)));
    Ok(part)
}

fn summary() -> Value {
    record(json!({
        "scheduled": count(), "drafts": count(), "held": count(), "unknown": count(), "failed": count(),
        "awaiting_approval": count(),
        "accounts": named("AccountCounts", record(json!({ "active": count(), "reconnect_required": count() }))),
        "next": list(a("Post")), "attention": list(a("Post")),
    }))
}

fn changes() -> Value {
    let topics: Vec<_> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
    record(json!({ "after": text(), "changed": list(words("ChangedTopic", &topics)) }))
}

fn day() -> Value {
    let counts = record(json!({ "scheduled": count(), "published": count(), "failed": count() }));
    let counts = named("DayCounts", counts);
    record(json!({ "date": text(), "counts": counts, "posts": list(a("Post")), "after": nullable(text()) }))
}

/// Both spellings of one post.
pub(super) fn post(mut others: Value) -> Value {
    if let Some(fields) = others.as_object_mut() {
        fields.insert("post".into(), a("Post"));
        fields.insert("data".into(), row("PostData", json!({ "post": a("Post") })));
        fields.insert("warnings".into(), a("Warnings"));
    }
    others
}

fn rows() -> [(&'static str, Value); 11] {
    let track = row("Subtitles", json!({ "id": id("med"), "language_code": text(), "display_name": nullable(text()) }));
    let medium = row(
        "PostMedia",
        json!({
            "id": nullable(id("med")), "url": nullable(text()), "filename": nullable(text()), "altText": nullable(text()),
            "subtitles?": list(track),
        }),
    );
    // A dry run stores nothing, so there are no ids.
    let container = row(
        "Container",
        json!({
            "id": nullable(text()), "content": text(), "weighted_length": count(), "media": list(medium), "x?": a("XOptions"),
        }),
    );
    let cost =
        row("PostCost", json!({ "estimate_usd": a("Usd"), "actual_usd": nullable(a("Usd")), "reasons": texts() }));
    let post = record(json!({
        "id": nullable(id("post")), "orgId": text(), "tenant_id": nullable(a("TenantId")), "createdAt": a("Time"),
        "publishedAt": nullable(a("Time")), "scheduledAt": nullable(a("Time")), "scheduled": flag(), "isDraft": flag(),
        "containers": list(container), "socialAccounts": list(a("Delivery")), "cost": cost, "x?": a("XOptions"),
        "approval?": a("Approval"),
    }));
    let progress = row(
        "MediaProgress",
        json!({
            "id": nullable(id("med")), "state": words("MediaProgressState", &["fetching", "waiting", "uploading", "processing", "ready"]),
            "content_type": nullable(media_type()), "warning": nullable(text()), "bytes_sent": count(),
            "bytes_total": nullable(count()), "processing_percent": nullable(between(0, 100)),
        }),
    );
    let segment = row(
        "Segment",
        json!({
            "container_id": nullable(text()), "state": words_of::<State>("DeliveryState"), "platformPostId": nullable(a("XId")), "media?": list(progress),
        }),
    );
    let delivery = record(json!({
        "id": id("acc"), "nickname": text(), "network": only("x"), "username": text(), "status": a("DeliveryStatus"),
        "state": words_of::<State>("DeliveryState"), "error": nullable(text()), "error_code": nullable(words_of::<FailureCode>("FailureCode")),
        "platformPostId": nullable(a("XId")), "platformPostUrl": nullable(text()), "publishedAt": nullable(a("Time")),
        "next_attempt_at": nullable(a("Time")), "attempts": count(), "segments": list(segment),
    }));
    let pagination = record(json!({
        "limit": count(), "offset": count(), "total": count(), "after": nullable(text()),
    }));
    let removed = record(json!({
        "network": only("x"), "username": text(), "platform_post_id": nullable(a("XId")),
        "status": words("RemovalStatus", &["deleted", "failed", "skipped"]), "error": nullable(text()),
    }));
    let author = row(
        "Author",
        json!({
            "id": nullable(a("XId")), "username": nullable(text()), "name": nullable(text()), "profile_picture_url": nullable(text()),
        }),
    );
    let reply = record(json!({
        "id": a("XId"), "author": author, "text": nullable(text()), "created_at": nullable(text()), "like_count": count(),
        "platform_specific": row("ReplyFigures", json!({ "public_metrics": { "type": "object" } })), "replies": list(a("Reply")),
    }));
    [
        ("Post", post),
        ("Delivery", delivery),
        ("DeliveryStatus", words("DeliveryStatus", &["pending", "published", "failed", "deleted"])),
        ("Pagination", pagination),
        ("RemoteResult", removed),
        ("Reply", reply),
        ("Summary", summary()),
        ("Changes", changes()),
        ("CalendarDay", day()),
        ("Approval", approval()),
        ("XOptions", options()),
    ]
}

fn approval_words() -> Vec<&'static str> {
    Status::SHOWN.iter().filter_map(|status| status.as_str()).collect()
}

/// `url` is for readers who may answer, as long as the request can be answered.
fn approval() -> Value {
    record(json!({
        "status": words("ApprovalStatus", &approval_words()), "number": count(), "requested_at": a("Time"),
        "requested_by": row("Requester", json!({ "key_id": text(), "name": text() })), "page": text(), "url?": text(),
        "expires_at": a("Time"), "decided_at?": a("Time"), "decided_by?": text(), "note?": characters(1, 500),
    }))
}

fn inputs() -> [(&'static str, Value); 2] {
    let track = row(
        "SubtitlesInput",
        json!({
            "id": said("An uploaded SRT or WebVTT file, `med_…`.", text()),
            "language_code": said("Two capital letters, such as `EN`.", json!({ "type": "string", "pattern": "^[A-Z]{2}$" })),
            "display_name?": said("The name of the track.", nullable(text())),
        }),
    );
    let medium = record(json!({
        "id?": said("An uploaded file, `med_…`.", nullable(text())),
        "url?": said("In place of `id`: a public https address, fetched when the post leaves.", nullable(text())),
        "filename?": said("The name of the file at `url`.", nullable(characters(0, 255))),
        "altText?": said("What is to be seen, for people who do not see it.", nullable(characters(0, 1000))),
        "subtitles?": said("Of a video.", list(track)),
    }));
    let container = record(json!({
        "content?": said("The text; it may be empty beside media or a poll.", text()),
        "media?": said("Files with alternative texts: 1 to 4 pictures, or 1 GIF, or 1 video.", nullable(list(a("PostMediaInput")))),
        "mediaIds?": said("The same as ids of uploaded files, `med_…`.", nullable(texts())),
        "x?": said("X's options for this part alone.", nullable(a("XOptions"))),
    }));
    [("PostMediaInput", medium), ("ContainerInput", container)]
}

/// X's own names and limits; null says nothing.
fn options() -> Value {
    let ids = || list(a("XId"));
    let reply = json!({
        "in_reply_to_tweet_id": a("XId"), "exclude_reply_user_ids?": said("X's ids of users who are not addressed.", ids()),
    });
    let reply = row("XReply", reply);
    let choices =
        json!({ "type": "array", "items": named("XPollOption", characters(1, 25)), "minItems": 2, "maxItems": 4 });
    let poll = json!({
        "options": said("2 to 4 answers of 1 to 25 characters.", choices),
        "duration_minutes": said("Minutes: 5 to 10080, a week.", between(5, 10080)),
    });
    let poll = row("XPoll", poll);
    let tagged = json!({ "type": "array", "items": a("XId"), "minItems": 1, "maxItems": 10 });
    let tags = row("XTags", json!({ "tagged_user_ids": said("X's ids of 1 to 10 users.", tagged) }));
    let place = row("XGeo", json!({ "place_id": said("X's id of the place.", text()) }));
    let settings = words("XReplySettings", &["following", "mentionedUsers", "subscribers", "verified"]);
    record(json!({
        "reply_settings?": said("Who may reply; absent: everyone.", nullable(settings)),
        "reply?": said("The post is a reply; of a thread its first part alone.", nullable(reply)),
        "quote_tweet_id?": said("X's id of the post that is quoted; not beside a poll.", nullable(a("XId"))),
        "poll?": said("A poll; not beside media or a quote.", nullable(poll)),
        "community_id?": said("X's id of the community that it is posted in.", nullable(a("XId"))),
        "share_with_followers?": said("Of a community's post: followers see it too.", nullable(flag())),
        "geo?": said("A place of X's.", nullable(place)),
        "media?": said("Who is tagged; only beside media.", nullable(tags)),
        "made_with_ai?": said("True for a text or picture that an AI has made.", nullable(flag())),
        "paid_partnership?": said("True for advertising.", nullable(flag())),
        "for_super_followers_only?": said("True: subscribers alone see it.", nullable(flag())),
    }))
}

fn analytics() -> Value {
    let rate = || nullable(json!({ "type": "number", "minimum": 0 }));
    let specific = row(
        "PostFigures",
        json!({
            "repost_count": count(), "quote_count": count(), "bookmark_count": count(), "url_link_clicks": count(),
            "user_profile_clicks": count(),
        }),
    );
    let metrics = row(
        "PostMetrics",
        json!({
            "likes": count(), "comments": count(), "shares": count(), "views": count(), "impressions": count(), "reach": count(),
            "saves": count(), "engagement_rate": rate(), "platform_specific": specific,
        }),
    );
    let of_account = row(
        "AccountPostMetrics",
        json!({
            "social_account": row("AccountName", json!({ "id": id("acc"), "network": only("x"), "username": text(), "nickname": text() })),
            "platform_post_id": nullable(a("XId")), "platform_post_url": nullable(text()), "published_at": nullable(a("Time")),
            "metrics": metrics,
        }),
    );
    json!({
        "post": row("PostTimes", json!({ "id": id("post"), "publishedAt": nullable(a("Time")), "createdAt": a("Time") })),
        "metrics_by_account": list(of_account),
        "aggregated_metrics": row("PostTotals", json!({
            "total_likes": count(), "total_comments": count(), "total_shares": count(), "total_views": count(),
            "total_impressions": count(), "total_reach": count(), "average_engagement_rate": rate(),
        })),
    })
}

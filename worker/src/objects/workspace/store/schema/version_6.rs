//! Version 6: approval by a person, where each post stands, the lists by scheduled time, the calendar, and the search. Triggers keep all of it in
//! the statement that changes a row, as they keep the totals of version 5.

pub const STATEMENTS: &[&str] = &[
    // Approval by a person: lists by its status, the end of the time for an answer, and the deliveries of an account that
    // nobody has.
    "CREATE INDEX posts_in_approval ON posts (json_extract(doc, '$.approval.status'), created_at)
        WHERE is_deleted = 0 AND json_extract(doc, '$.approval.status') IS NOT NULL",
    "CREATE INDEX posts_of_tenant_in_approval ON posts (tenant_id, json_extract(doc, '$.approval.status'), created_at)
        WHERE is_deleted = 0 AND json_extract(doc, '$.approval.status') IS NOT NULL",
    "CREATE INDEX posts_unanswered ON posts (json_extract(doc, '$.approval.expires_at'))
        WHERE is_deleted = 0 AND json_extract(doc, '$.approval.status') = 'pending'",
    "CREATE INDEX deliveries_unapproved ON deliveries (account_id)
        WHERE state = 'held' AND json_extract(doc, '$.error.code') = 'approval_required'",
    // The list of the accounts of an X app.
    "CREATE INDEX accounts_of_network ON accounts (network_id, created_at) WHERE is_deleted = 0",
    // Events with an address by which anybody may act.
    "ALTER TABLE events ADD COLUMN is_sealed INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX events_sealed ON events (id) WHERE is_sealed = 1",
    // Where a post stands, from what is known of it and of its deliveries. `account_id` is the only account that it is for.
    "CREATE TABLE post_stages (
        seq INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, account_id TEXT, created_at INTEGER NOT NULL,
        scheduled_at INTEGER, published_at INTEGER, is_draft INTEGER NOT NULL, approval TEXT, deliveries INTEGER NOT NULL,
        pending INTEGER NOT NULL, published INTEGER NOT NULL, failed INTEGER NOT NULL,
        stage TEXT GENERATED ALWAYS AS (CASE WHEN approval = 'pending' THEN 'awaiting_approval' WHEN is_draft THEN 'draft'
            WHEN failed > 0 THEN 'failed' WHEN pending > 0 AND scheduled_at IS NOT NULL THEN 'scheduled'
            WHEN published > 0 THEN 'published' END) VIRTUAL,
        at INTEGER GENERATED ALWAYS AS (coalesce(scheduled_at, published_at, created_at)) VIRTUAL)",
    "INSERT INTO post_stages SELECT p.seq, coalesce(p.tenant_id, ''), iif(count(d.account_id) = 1, min(d.account_id), NULL),
            p.created_at, p.scheduled_at, min(json_extract(d.doc, '$.published_at')),
            coalesce(json_extract(p.doc, '$.is_draft'), 0), json_extract(p.doc, '$.approval.status'), count(d.account_id),
            count(*) FILTER (WHERE d.state IN ('queued', 'publishing', 'held', 'unknown')),
            count(*) FILTER (WHERE d.state = 'published'), count(*) FILTER (WHERE d.state = 'failed')
        FROM posts p LEFT JOIN deliveries d ON d.post_id = p.id WHERE p.is_deleted = 0 GROUP BY p.seq",
    "CREATE INDEX stages_listed ON post_stages (stage, at) WHERE stage IS NOT NULL",
    "CREATE INDEX stages_of_tenant ON post_stages (tenant_id, stage, at) WHERE stage IS NOT NULL",
    "CREATE INDEX stages_of_account ON post_stages (account_id, stage, at)
        WHERE stage IS NOT NULL AND account_id IS NOT NULL",
    "CREATE TRIGGER stage_begun AFTER INSERT ON posts WHEN NEW.is_deleted = 0 BEGIN
        INSERT INTO post_stages SELECT NEW.seq, coalesce(NEW.tenant_id, ''), NULL, NEW.created_at, NEW.scheduled_at, NULL,
            coalesce(json_extract(NEW.doc, '$.is_draft'), 0), json_extract(NEW.doc, '$.approval.status'), 0, 0, 0, 0;
        END",
    "CREATE TRIGGER stage_changed AFTER UPDATE OF scheduled_at, doc ON posts
        WHEN NEW.scheduled_at IS NOT OLD.scheduled_at
            OR json_extract(NEW.doc, '$.is_draft') IS NOT json_extract(OLD.doc, '$.is_draft')
            OR json_extract(NEW.doc, '$.approval.status') IS NOT json_extract(OLD.doc, '$.approval.status') BEGIN
        UPDATE post_stages SET scheduled_at = NEW.scheduled_at,
            is_draft = coalesce(json_extract(NEW.doc, '$.is_draft'), 0),
            approval = json_extract(NEW.doc, '$.approval.status') WHERE seq = NEW.seq;
        END",
    "CREATE TRIGGER stage_until_deleted AFTER UPDATE OF is_deleted ON posts
        WHEN NEW.is_deleted = 1 AND OLD.is_deleted = 0 BEGIN
        DELETE FROM post_stages WHERE seq = NEW.seq;
        END",
    "CREATE TRIGGER stage_until_gone AFTER DELETE ON posts BEGIN
        DELETE FROM post_stages WHERE seq = OLD.seq;
        END",
    "CREATE TRIGGER stage_delivered AFTER INSERT ON deliveries BEGIN
        UPDATE post_stages SET deliveries = deliveries + 1, account_id = iif(deliveries = 0, NEW.account_id, NULL),
            pending = pending + (NEW.state IN ('queued', 'publishing', 'held', 'unknown')),
            published = published + (NEW.state = 'published'), failed = failed + (NEW.state = 'failed'),
            published_at = min(coalesce(published_at, json_extract(NEW.doc, '$.published_at')),
                coalesce(json_extract(NEW.doc, '$.published_at'), published_at))
            WHERE seq = (SELECT seq FROM posts WHERE id = NEW.post_id);
        END",
    // The time of the first publication is looked for once more only if the one that changed may have been the first.
    "CREATE TRIGGER stage_reported AFTER UPDATE OF state, doc ON deliveries WHEN NEW.state <> OLD.state
        OR json_extract(NEW.doc, '$.published_at') IS NOT json_extract(OLD.doc, '$.published_at') BEGIN
        UPDATE post_stages SET
            pending = pending + (NEW.state IN ('queued', 'publishing', 'held', 'unknown'))
                - (OLD.state IN ('queued', 'publishing', 'held', 'unknown')),
            published = published + (NEW.state = 'published') - (OLD.state = 'published'),
            failed = failed + (NEW.state = 'failed') - (OLD.state = 'failed'),
            published_at = CASE WHEN json_extract(OLD.doc, '$.published_at') IS NULL
                THEN min(coalesce(published_at, json_extract(NEW.doc, '$.published_at')),
                    coalesce(json_extract(NEW.doc, '$.published_at'), published_at))
                WHEN json_extract(NEW.doc, '$.published_at') IS json_extract(OLD.doc, '$.published_at') THEN published_at
                ELSE (SELECT min(json_extract(doc, '$.published_at')) FROM deliveries WHERE post_id = NEW.post_id) END
            WHERE seq = (SELECT seq FROM posts WHERE id = NEW.post_id);
        END",
    "CREATE TRIGGER stage_undelivered AFTER DELETE ON deliveries BEGIN
        UPDATE post_stages SET deliveries = deliveries - 1,
            account_id = iif(deliveries = 2, (SELECT account_id FROM deliveries WHERE post_id = OLD.post_id LIMIT 1), NULL),
            pending = pending - (OLD.state IN ('queued', 'publishing', 'held', 'unknown')),
            published = published - (OLD.state = 'published'), failed = failed - (OLD.state = 'failed'),
            published_at = (SELECT min(json_extract(doc, '$.published_at')) FROM deliveries WHERE post_id = OLD.post_id)
            WHERE seq = (SELECT seq FROM posts WHERE id = OLD.post_id);
        END",
    // How many posts stand where: all together, and by the quarter of an hour of their time, which every day of every time
    // zone has whole. A key for one account sees the posts that are for no other account.
    "CREATE TABLE calendar_totals (
        scope TEXT NOT NULL, quarter INTEGER NOT NULL, scheduled INTEGER NOT NULL, published INTEGER NOT NULL,
        failed INTEGER NOT NULL, PRIMARY KEY (scope, quarter)) WITHOUT ROWID",
    "CREATE VIEW stage_scopes AS SELECT seq, 'all' AS scope, stage, at - at % 900000 AS quarter FROM post_stages
        WHERE stage IS NOT NULL
        UNION ALL SELECT seq, 'tenant/' || tenant_id, stage, at - at % 900000 FROM post_stages WHERE stage IS NOT NULL
        UNION ALL SELECT seq, 'account/' || account_id, stage, at - at % 900000 FROM post_stages
            WHERE stage IS NOT NULL AND account_id IS NOT NULL",
    "INSERT INTO counts SELECT 'stages', scope, stage, count(*) FROM stage_scopes GROUP BY scope, stage",
    "INSERT INTO calendar_totals SELECT scope, quarter, sum(stage = 'scheduled'), sum(stage = 'published'),
            sum(stage = 'failed')
        FROM stage_scopes WHERE stage IN ('scheduled', 'published', 'failed') GROUP BY scope, quarter",
    "CREATE TRIGGER stage_counted AFTER INSERT ON post_stages WHEN NEW.stage IS NOT NULL BEGIN
        INSERT INTO counts SELECT 'stages', scope, stage, 1 FROM stage_scopes WHERE seq = NEW.seq
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO calendar_totals SELECT scope, quarter, stage = 'scheduled', stage = 'published', stage = 'failed'
            FROM stage_scopes WHERE seq = NEW.seq AND stage IN ('scheduled', 'published', 'failed')
            ON CONFLICT (scope, quarter) DO UPDATE SET scheduled = scheduled + excluded.scheduled,
                published = published + excluded.published, failed = failed + excluded.failed;
        END",
    "CREATE TRIGGER stage_recounted AFTER UPDATE ON post_stages
        WHEN NEW.stage IS NOT OLD.stage OR NEW.account_id IS NOT OLD.account_id OR NEW.at <> OLD.at BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'stages' AND kind = OLD.stage
            AND scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id);
        UPDATE calendar_totals SET scheduled = scheduled - (OLD.stage = 'scheduled'),
            published = published - (OLD.stage = 'published'), failed = failed - (OLD.stage = 'failed')
            WHERE OLD.stage IN ('scheduled', 'published', 'failed') AND quarter = OLD.at - OLD.at % 900000
            AND scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id);
        INSERT INTO counts SELECT 'stages', scope, stage, 1 FROM stage_scopes WHERE seq = NEW.seq
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO calendar_totals SELECT scope, quarter, stage = 'scheduled', stage = 'published', stage = 'failed'
            FROM stage_scopes WHERE seq = NEW.seq AND stage IN ('scheduled', 'published', 'failed')
            ON CONFLICT (scope, quarter) DO UPDATE SET scheduled = scheduled + excluded.scheduled,
                published = published + excluded.published, failed = failed + excluded.failed;
        END",
    "CREATE TRIGGER stage_uncounted AFTER DELETE ON post_stages WHEN OLD.stage IS NOT NULL BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'stages' AND kind = OLD.stage
            AND scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id);
        UPDATE calendar_totals SET scheduled = scheduled - (OLD.stage = 'scheduled'),
            published = published - (OLD.stage = 'published'), failed = failed - (OLD.stage = 'failed')
            WHERE OLD.stage IN ('scheduled', 'published', 'failed') AND quarter = OLD.at - OLD.at % 900000
            AND scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id);
        DELETE FROM calendar_totals WHERE scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id)
            AND quarter = OLD.at - OLD.at % 900000 AND scheduled = 0 AND published = 0 AND failed = 0;
        END",
    // The listed deliveries once more, in the order of the scheduled time; 0: none.
    "CREATE TABLE timed_deliveries (
        seq INTEGER NOT NULL, account_id TEXT NOT NULL, tenant_id TEXT NOT NULL, state TEXT NOT NULL,
        scheduled_at INTEGER NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (seq, account_id)) WITHOUT ROWID",
    "INSERT INTO timed_deliveries SELECT l.seq, l.account_id, l.tenant_id, l.state, coalesce(p.scheduled_at, 0), l.created_at
        FROM listed_deliveries l JOIN posts p ON p.seq = l.seq",
    "CREATE INDEX timed_in_state ON timed_deliveries (state, scheduled_at, created_at, seq)",
    "CREATE INDEX timed_of_tenant ON timed_deliveries (tenant_id, state, scheduled_at, created_at, seq)",
    "CREATE INDEX timed_of_account ON timed_deliveries (account_id, state, scheduled_at, created_at, seq)",
    // One for each way of asking without a state: the platform merges five lists at most, and there are eight states.
    "CREATE INDEX timed_listed ON timed_deliveries (scheduled_at, created_at, seq)",
    "CREATE INDEX timed_listed_of_tenant ON timed_deliveries (tenant_id, scheduled_at, created_at, seq)",
    "CREATE INDEX timed_listed_of_account ON timed_deliveries (account_id, scheduled_at, created_at, seq)",
    "CREATE TRIGGER timed_since AFTER INSERT ON listed_deliveries BEGIN
        INSERT INTO timed_deliveries SELECT NEW.seq, NEW.account_id, NEW.tenant_id, NEW.state, coalesce(scheduled_at, 0),
            NEW.created_at FROM posts WHERE seq = NEW.seq;
        END",
    "CREATE TRIGGER timed_as AFTER UPDATE OF state ON listed_deliveries WHEN NEW.state <> OLD.state BEGIN
        UPDATE timed_deliveries SET state = NEW.state WHERE seq = NEW.seq AND account_id = NEW.account_id;
        END",
    "CREATE TRIGGER timed_at AFTER UPDATE OF scheduled_at ON posts WHEN NEW.scheduled_at IS NOT OLD.scheduled_at BEGIN
        UPDATE timed_deliveries SET scheduled_at = coalesce(NEW.scheduled_at, 0) WHERE seq = NEW.seq;
        END",
    "CREATE TRIGGER timed_no_more AFTER DELETE ON listed_deliveries BEGIN
        DELETE FROM timed_deliveries WHERE seq = OLD.seq AND account_id = OLD.account_id;
        END",
    // `deleted` is a status of two states. The state alone counts by a name of its own.
    "INSERT INTO post_statuses VALUES ('deleted', '=deleted')",
    "INSERT INTO counts SELECT 'posts', scope, '-=deleted', sum(again) FROM (
            SELECT 'all' AS scope, 1 - count(*) AS again FROM listed_deliveries WHERE state = 'deleted'
                GROUP BY created_at, seq HAVING count(*) > 1
            UNION ALL SELECT 'tenant/' || tenant_id, 1 - count(*) FROM listed_deliveries WHERE state = 'deleted'
                GROUP BY created_at, seq HAVING count(*) > 1)
        GROUP BY scope",
    // The texts of the posts that lists show, by three characters each.
    "CREATE VIRTUAL TABLE post_texts USING fts5(text, content = '', contentless_delete = 1, tokenize = 'trigram')",
    "INSERT INTO post_texts (rowid, text) SELECT p.seq, (
            SELECT group_concat(json_extract(value, '$.content'), char(10)) FROM json_each(p.doc, '$.containers'))
        FROM posts p WHERE p.is_deleted = 0",
    "CREATE TRIGGER text_found AFTER INSERT ON posts WHEN NEW.is_deleted = 0 BEGIN
        INSERT INTO post_texts (rowid, text) SELECT NEW.seq, group_concat(json_extract(value, '$.content'), char(10))
            FROM json_each(NEW.doc, '$.containers');
        END",
    "CREATE TRIGGER text_changed AFTER UPDATE OF doc ON posts WHEN NEW.is_deleted = 0
        AND json_extract(NEW.doc, '$.containers') IS NOT json_extract(OLD.doc, '$.containers') BEGIN
        DELETE FROM post_texts WHERE rowid = NEW.seq;
        INSERT INTO post_texts (rowid, text) SELECT NEW.seq, group_concat(json_extract(value, '$.content'), char(10))
            FROM json_each(NEW.doc, '$.containers');
        END",
    "CREATE TRIGGER text_until_deleted AFTER UPDATE OF is_deleted ON posts
        WHEN NEW.is_deleted = 1 AND OLD.is_deleted = 0 BEGIN
        DELETE FROM post_texts WHERE rowid = NEW.seq;
        END",
    "CREATE TRIGGER text_until_gone AFTER DELETE ON posts WHEN OLD.is_deleted = 0 BEGIN
        DELETE FROM post_texts WHERE rowid = OLD.seq;
        END",
];

//! Pages of a list (docs/API.md, section 1): how many rows, from which on, and where the next page begins.
//!
//! A cursor names the last row that was shown by the values that the list is in the order of. Rows that arrive or vanish
//! move no row to the other side of it.

use serde_json::{Value, json};

use super::query::Query;
use crate::refusal::Refused;
use crate::seal::{base64url, base64url_decode, sha256};

const ROWS: u32 = 50;
const MOST_ROWS: u32 = 100;
/// Bytes of a cursor that tell a cursor of this list from anything else.
const CHECK: usize = 4;
/// What a number of JavaScript, by which the database is asked, holds exactly.
const MOST: i64 = (1 << 53) - 1;

/// The lists of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Networks,
    Accounts,
    Imports,
    Posts(PostOrder),
    Media,
    Webhooks,
    WebhookDeliveries,
    Keys,
    Agents,
    Audit,
    /// The posts of a single day of the calendar.
    Day,
}

/// The orders of the list of posts. Posts without a scheduled time come last by that time, whichever way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostOrder {
    pub by: PostTime,
    pub is_ascending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostTime {
    Created,
    Scheduled,
}

impl PostOrder {
    pub const NEWEST_FIRST: Self = Self { by: PostTime::Created, is_ascending: false };

    /// `sort` and `order`.
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let by = match query.take(&["sort"]).as_deref() {
            None | Some("createdAt") => PostTime::Created,
            Some("scheduledAt") => PostTime::Scheduled,
            Some(_) => return Err(Refused::field("sort", "expected createdAt or scheduledAt")),
        };
        let is_ascending = match query.take(&["order"]).as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(Refused::field("order", "expected asc or desc")),
        };
        Ok(Self { by, is_ascending })
    }

    const fn name(self) -> &'static str {
        match (self.by, self.is_ascending) {
            (PostTime::Created, false) => "posts",
            (PostTime::Created, true) => "posts, oldest first",
            (PostTime::Scheduled, false) => "posts, scheduled last first",
            (PostTime::Scheduled, true) => "posts, scheduled first first",
        }
    }
}

/// `limit` 1..=100 (default 50), and `offset` or `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub list: List,
    pub limit: u32,
    /// Rows to leave out.
    pub offset: u32,
    /// The row before the first; none: from the beginning.
    pub after: Option<Place>,
}

/// A row's values of the columns that its list is in the order of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub Vec<i64>);

impl List {
    #[cfg(test)]
    const ALL: [Self; 14] = [
        Self::Networks,
        Self::Accounts,
        Self::Imports,
        Self::Posts(PostOrder { by: PostTime::Created, is_ascending: false }),
        Self::Posts(PostOrder { by: PostTime::Created, is_ascending: true }),
        Self::Posts(PostOrder { by: PostTime::Scheduled, is_ascending: false }),
        Self::Posts(PostOrder { by: PostTime::Scheduled, is_ascending: true }),
        Self::Media,
        Self::Webhooks,
        Self::WebhookDeliveries,
        Self::Keys,
        Self::Agents,
        Self::Audit,
        Self::Day,
    ];

    /// The columns that it is in the order of, whole numbers. The last is unique. No change of a row touches them, but for
    /// the time of a post: a post that is moved past the cursor of somebody who reads on is there in its new place.
    pub const fn order(self) -> &'static [&'static str] {
        match self {
            Self::Networks | Self::Imports | Self::Webhooks | Self::Keys | Self::Agents => {
                &["json_extract(doc, '$.created_at')", "rowid"]
            }
            Self::Accounts => &["created_at", "rowid"],
            Self::Posts(PostOrder { by: PostTime::Created, .. }) => &["created_at", "seq"],
            // 0 for a post without a scheduled time.
            Self::Posts(PostOrder { by: PostTime::Scheduled, .. }) => &["scheduled_at", "created_at", "seq"],
            Self::Media | Self::WebhookDeliveries | Self::Audit => &["seq"],
            // Its first moment tells the day from others: a cursor of another one would hide posts.
            Self::Day => &["day", "at", "seq"],
        }
    }

    /// Apps in the order in which they were added, posts in the order that is asked for, those of a day by time; whatever else there is, newest first.
    pub const fn is_ascending(self) -> bool {
        matches!(self, Self::Networks | Self::Day | Self::Posts(PostOrder { is_ascending: true, .. }))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Networks => "networks",
            Self::Accounts => "accounts",
            Self::Imports => "imports",
            Self::Posts(order) => order.name(),
            Self::Media => "media",
            Self::Webhooks => "webhooks",
            Self::WebhookDeliveries => "webhook deliveries",
            Self::Keys => "keys",
            Self::Agents => "agents",
            Self::Audit => "audit",
            Self::Day => "a day",
        }
    }
}

impl Page {
    pub fn from_query(query: &mut Query, list: List) -> Result<Self, Refused> {
        let limit = query.take_parsed(&["limit"], "a number from 1 to 100")?.unwrap_or(ROWS);
        if !(1..=MOST_ROWS).contains(&limit) {
            return Err(Refused::field("limit", "expected a number from 1 to 100"));
        }
        let offset = query.take(&["offset"]).map(|text| rows_left_out(&text)).transpose()?;
        let after = query.take(&["after"]);
        if offset.is_some() && after.is_some() {
            return Err(Refused::field("after", "is not given together with `offset`"));
        }
        let place = |text: String| {
            Place::parse(list, &text).ok_or_else(|| Refused::field("after", "expected `pagination.after` of this list"))
        };
        Ok(Self { list, limit, offset: offset.unwrap_or(0), after: after.map(place).transpose()? })
    }

    /// `pagination` of an answer. `last` is the last row's place, if there are rows behind it.
    pub fn view(&self, total: u64, last: Option<&Place>) -> Value {
        let after = last.map(|place| place.write(self.list));
        json!({ "limit": self.limit, "offset": self.offset, "total": total, "after": after })
    }
}

impl Place {
    /// The cursor, opaque to callers.
    pub(super) fn write(&self, list: List) -> String {
        let values = self.0.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();
        base64url(&[check(list, &values), values].concat())
    }

    pub(super) fn parse(list: List, text: &str) -> Option<Self> {
        let bytes = base64url_decode(text)?;
        let (found, values) = bytes.split_at_checked(CHECK)?;
        if found != check(list, values) || values.len() != list.order().len() * size_of::<i64>() {
            return None;
        }
        let (values, _) = values.as_chunks();
        let values: Vec<i64> = values.iter().map(|value| i64::from_be_bytes(*value)).collect();
        values.iter().all(|value| (0..=MOST).contains(value)).then_some(Self(values))
    }
}

/// No list has as many rows as the largest number: behind it are none, as behind every larger one.
fn rows_left_out(text: &str) -> Result<u32, Refused> {
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Refused::field("offset", "expected a whole number from 0"));
    }
    Ok(text.parse().unwrap_or(u32::MAX))
}

/// No secret: a cursor shows nothing that a filter would not.
fn check(list: List, values: &[u8]) -> Vec<u8> {
    sha256(&[list.name().as_bytes(), b"\n", values].concat()).into_iter().take(CHECK).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    const POSTS: List = List::Posts(PostOrder::NEWEST_FIRST);

    fn page(query: &str) -> Result<Page, Refused> {
        Page::from_query(&mut Query::parse(query), POSTS)
    }

    fn place(list: List) -> Place {
        Place(vec![1_795_426_200_000; list.order().len()])
    }

    #[test]
    fn a_page_has_one_to_a_hundred_rows() {
        let first = Page { list: POSTS, limit: 50, offset: 0, after: None };
        assert_eq!(page("").unwrap(), first);
        assert_eq!(page("limit=100&offset=7").unwrap(), Page { limit: 100, offset: 7, ..first });
        for beyond in ["4294967295", "4294967296", "9007199254740993", "99999999999999999999999999"] {
            assert_eq!(page(&format!("offset={beyond}")).unwrap().offset, u32::MAX);
        }
        for bad in ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=", "offset=1.0", "offset=x"] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_says_where_the_next_one_begins() {
        for list in List::ALL {
            let first = Page { list, limit: 2, offset: 0, after: None };
            let shown = first.view(3, Some(&place(list)));
            let after = shown.get("after").and_then(Value::as_str).unwrap();
            let next = Page::from_query(&mut Query::parse(&format!("limit=2&after={after}")), list).unwrap();
            assert_eq!(next, Page { after: Some(place(list)), ..first });
            assert_eq!(next.view(3, None), json!({ "limit": 2, "offset": 0, "total": 3, "after": null }));
        }
    }

    #[test]
    fn a_cursor_of_another_list_or_of_none_is_refused() {
        for list in List::ALL {
            let cursor = place(list).write(list);
            let others = List::ALL.into_iter().filter(|other| *other != list);
            assert!(others.into_iter().all(|other| Place::parse(other, &cursor).is_none()), "{list:?}");
            assert!(Place::parse(list, cursor.get(1..).unwrap()).is_none() && Place::parse(list, "").is_none());
            let longer = Place([place(list).0, vec![1]].concat());
            let beyond = Place(vec![MOST + 1; list.order().len()]);
            let before = Place(vec![-1; list.order().len()]);
            assert!([longer, beyond, before].iter().all(|bad| Place::parse(list, &bad.write(list)).is_none()));
        }
        for bad in ["after=", "after=1", "after=AAAAAAAAAAAAAAAAAAAAAAAAAAA", "after=null", "after=%00"] {
            assert_eq!(page(bad).unwrap_err().details.keys().collect::<Vec<_>>(), ["after"], "{bad}");
        }
    }

    #[test]
    fn a_page_begins_at_an_offset_or_after_a_row_and_not_at_both() {
        let after = place(POSTS).write(POSTS);
        assert!(page(&format!("after={after}")).is_ok());
        for offset in ["0", "1"] {
            let refused = page(&format!("after={after}&offset={offset}")).unwrap_err();
            assert_eq!(refused.details.keys().collect::<Vec<_>>(), ["after"]);
        }
    }

    proptest! {
        #[test]
        fn any_cursor_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = Place::parse(POSTS, &text);
        }

        #[test]
        fn a_changed_cursor_is_refused(at in 0_usize..27, to in "[A-Za-z0-9_-]") {
            let cursor = place(POSTS).write(POSTS);
            let mut other = cursor.clone();
            other.replace_range(at..=at, &to);
            prop_assert!(other == cursor || Place::parse(POSTS, &other).is_none());
        }
    }
}

//! The filters of the list of posts.

use crate::api::page::{List, Page, PostOrder};
use crate::api::post::stage::Stage;
use crate::api::post::states::States;
use crate::api::query::Query;
use crate::approval::Status;
use crate::refusal::Refused;
use crate::time::UnixMillis;

/// The characters of a search: the index has a text by three characters each.
const SEARCHED: std::ops::RangeInclusive<usize> = 3..=500;

/// The filters of the list.
#[derive(Debug)]
pub struct PostFilter {
    pub social_account_id: Option<String>,
    pub tenant_id: Option<String>,
    /// Of one of the post's deliveries; none: any.
    pub states: Option<States>,
    /// A part of the text, in any case.
    pub text: Option<String>,
    pub approval: Option<Status>,
    /// Where the whole post stands.
    pub stage: Option<Stage>,
    pub created_after: Option<UnixMillis>,
    pub created_before: Option<UnixMillis>,
    pub scheduled_after: Option<UnixMillis>,
    pub scheduled_before: Option<UnixMillis>,
    pub order: PostOrder,
    pub page: Page,
}

impl PostFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        let created_after = query.take_time("created_after")?;
        let created_before = query.take_time("created_before")?;
        let scheduled_after = query.take_time("scheduled_after")?;
        let scheduled_before = query.take_time("scheduled_before")?;
        let order = PostOrder::from_query(query)?;
        Ok(Self {
            social_account_id: query.take(&["social_account_id", "socialAccountId"]),
            tenant_id: query.take_tenant(),
            states: States::from_query(query)?,
            text: query.take(&["q"]).map(searched).transpose()?,
            approval: query.take(&["approval"]).map(|word| known_approval(&word)).transpose()?,
            stage: query.take(&["stage"]).map(|word| Stage::from_word(&word)).transpose()?,
            created_after,
            created_before,
            scheduled_after,
            scheduled_before,
            order,
            page: Page::from_query(query, List::Posts(order))?,
        })
    }
}

fn known_approval(word: &str) -> Result<Status, Refused> {
    let found = Status::SHOWN.into_iter().find(|status| status.as_str() == Some(word));
    found.ok_or_else(|| Refused::field("approval", "expected pending, approved, rejected or expired"))
}

fn searched(text: String) -> Result<String, Refused> {
    if !SEARCHED.contains(&text.chars().count()) || text.contains('\0') {
        return Err(Refused::field("q", "expected 3 to 500 characters, without U+0000"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn text(q: &str) -> Option<String> {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
        PostFilter::from_query(&mut Query::parse(&query)).ok()?.text
    }

    #[test]
    fn a_search_has_three_characters_however_many_bytes_they_have() {
        for good in ["abc", "日本語", "a b", "\"\"\"", &"é".repeat(500)] {
            assert_eq!(text(good).as_deref(), Some(good));
        }
        assert!(["", "ab", "日本", "a\0bc", &"a".repeat(501)].into_iter().all(|bad| text(bad).is_none()));
    }

    #[test]
    fn an_order_has_two_words_and_no_third() {
        let order = |query| PostFilter::from_query(&mut Query::parse(query)).map(|filter| filter.order);
        assert_eq!(order("").unwrap(), PostOrder::NEWEST_FIRST);
        assert_eq!(order("sort=createdAt&order=desc").unwrap(), PostOrder::NEWEST_FIRST);
        assert!(order("sort=scheduledAt&order=asc").unwrap().is_ascending);
        for (query, name) in
            [("sort=", "sort"), ("sort=created_at", "sort"), ("order=ASC", "order"), ("order=", "order")]
        {
            assert_eq!(order(query).unwrap_err().details.keys().collect::<Vec<_>>(), [name], "{query}");
        }
    }
}

//! Whose post it becomes, when, at what price, and how long the link works.

use latchkey_core::approval::{AccountShown, ApprovalShown, Status};
use latchkey_core::messages::approval::Approval;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::price::Micros;

use super::super::text::{name, shown};

/// More accounts than these are behind a summary.
const ACCOUNTS_SHOWN: usize = 5;

pub fn list(shown: &ApprovalShown, messages: &Approval) -> String {
    let link = messages.link_text.replace("{time}", &instant(shown.expires_at, messages));
    let price = messages.price_text.replace("{price}", &dollars(shown.cost));
    let mut rows = vec![
        (messages.accounts, accounts(&shown.accounts, messages)),
        (messages.when, when(shown, messages)),
        (messages.price, price),
    ];
    if shown.status == Status::Pending {
        rows.push((messages.link, link));
    }
    let rows: Vec<_> = rows.iter().map(|(term, words)| format!("<div><dt>{term}</dt><dd>{words}</dd></div>")).collect();
    format!("<dl>{}</dl>", rows.concat())
}

/// In words and in UTC, and to the millisecond as RFC 3339 has it.
pub fn instant(time: UnixMillis, messages: &Approval) -> String {
    let iso = time.to_iso();
    format!("<time datetime=\"{iso}\" title=\"{iso}\">{}</time>", messages.times.instant(time))
}

fn when(shown: &ApprovalShown, messages: &Approval) -> String {
    match (shown.scheduled_at, shown.status) {
        (Some(time), _) => format!("{}<br><small>{}</small>", instant(time, messages), time.to_iso()),
        (None, Status::Pending) => messages.at_once.to_owned(),
        (None, _) => messages.after_approval.to_owned(),
    }
}

fn accounts(accounts: &[AccountShown], messages: &Approval) -> String {
    let items: String = accounts.iter().map(account).collect();
    let list = format!("<ul class=accounts>{items}</ul>");
    if accounts.len() <= ACCOUNTS_SHOWN {
        return list;
    }
    let count = messages.account_count.replace("{count}", &accounts.len().to_string());
    format!("<details><summary>{count}</summary>{list}</details>")
}

fn account(account: &AccountShown) -> String {
    format!("<li><bdi>@{}</bdi> <span class=faint>{}</span></li>", shown(&account.handle), name(&account.name))
}

/// To the cent, or as exact as X's prices are.
fn dollars(cost: Micros) -> String {
    let sum = cost.to_string();
    let is_whole_cents =
        sum.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3 && decimals.ends_with('0'));
    format!("US${}", if is_whole_cents { sum.strip_suffix('0').unwrap_or(&sum) } else { &sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_as_exact_as_it_has_to_be() {
        for (micros, words) in [(15_000, "US$0.015"), (200_000, "US$0.20"), (7_500_000, "US$7.50"), (100, "US$0.0001")]
        {
            assert_eq!(dollars(Micros(micros)), words);
        }
    }
}

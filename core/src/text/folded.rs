//! Sorted lists of names, folded: each name without the beginning that it shares with the name before, as
//! `core/tests/text_tables.rs` writes them.

/// A capital letter begins a name and says how many characters are shared: A for none, B for one.
pub(super) fn unfold(list: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for c in list.chars() {
        if c.is_ascii_uppercase() {
            let shared = u32::from(c) - u32::from('A');
            let before = names.last().map(|name| name.chars().take(shared as usize).collect());
            names.push(before.unwrap_or_default());
        } else if let Some(name) = names.last_mut() {
            name.push(c);
        }
    }
    names
}

pub(super) fn contains(names: &[String], name: &str) -> bool {
    names.binary_search_by(|listed| listed.as_str().cmp(name)).is_ok()
}

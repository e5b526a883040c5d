//! Sorted lists of names, folded: each name without the beginning that it shares with the name before, as
//! `core/tests/text_tables.rs` writes them.

use std::ops::Range;

/// The names of a list, one behind the other: a text of its own for each would take twice the time.
pub(super) struct Names {
    text: String,
    places: Vec<Range<usize>>,
}

impl Names {
    /// A capital letter begins a name and says how many characters are shared: A for none, B for one.
    pub(super) fn unfold(list: &str) -> Self {
        let mut names =
            Self { text: String::with_capacity(3 * list.len()), places: Vec::with_capacity(list.len() / 4) };
        for c in list.chars() {
            if c.is_ascii_uppercase() {
                names.begin((u32::from(c) - u32::from('A')) as usize);
            } else if let Some(place) = names.places.last_mut() {
                names.text.push(c);
                place.end = names.text.len();
            }
        }
        names
    }

    fn begin(&mut self, shared: usize) {
        let before = self.places.last().cloned().unwrap_or_default();
        let length: usize = self.at(&before).chars().take(shared).map(char::len_utf8).sum();
        let start = self.text.len();
        self.text.extend_from_within(before.start..before.start + length);
        self.places.push(start..start + length);
    }

    fn at(&self, place: &Range<usize>) -> &str {
        self.text.get(place.clone()).unwrap_or_default()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.places.binary_search_by(|place| self.at(place).cmp(name)).is_ok()
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| self.at(place))
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_name_begins_as_the_name_before() {
        let names = Names::unfold("AabcCdBéCz");
        assert_eq!(names.iter().collect::<Vec<_>>(), ["abc", "abd", "aé", "aéz"]);
        assert!(names.contains("abd") && !names.contains("ab") && !names.contains(""));
        assert!(!Names::unfold("").contains(""));
    }
}

//! Unicode's tables, as `core/tests/text_tables.rs` writes them: columns of numbers, since like beside like is what gzip
//! finds. A column begins with its length. Each number is the difference from the number before, with the sign in the
//! lowest bit, in LEB128: most take one byte.

use std::iter::zip;
use std::sync::LazyLock;

pub(super) static TABLES: LazyLock<Tables> =
    LazyLock::new(|| Columns(include_bytes!("../../../data/text/form-c.bin").iter()).tables());

pub(super) struct Tables {
    /// `(composed, (first, second))`, sorted.
    pub(super) pairs: Vec<(char, (char, char))>,
    /// `((first, second), composed)`, sorted.
    pub(super) composed: Vec<((char, char), char)>,
    /// What is not composed again, and its parts, filled up with NUL; sorted.
    pub(super) expanded: Vec<(char, [char; 3])>,
    /// The first and the last of characters that share a combining class, and the class; sorted.
    pub(super) runs: Vec<(char, char, u32)>,
    /// For each character of the blocks of CJK compatibility ideographs the ideograph that it stands for.
    pub(super) unified: Vec<char>,
}

struct Columns<'a>(std::slice::Iter<'a, u8>);

impl Columns<'_> {
    fn tables(mut self) -> Tables {
        let pairs: Vec<_> = zip(self.chars(), zip(self.chars(), self.chars())).collect();
        let mut composed: Vec<_> = pairs.iter().map(|&(composed, pair)| (pair, composed)).collect();
        composed.sort_unstable();
        let parts = zip(self.chars(), zip(self.chars(), zip(self.chars(), self.chars())));
        let expanded = parts.map(|(c, (first, (second, third)))| (c, [first, second, third])).collect();
        let runs = zip(self.chars(), zip(self.chars(), self.column()));
        let runs = runs.map(|(first, (last, class))| (first, last, class)).collect();
        Tables { pairs, composed, expanded, runs, unified: self.chars() }
    }

    fn chars(&mut self) -> Vec<char> {
        self.column().into_iter().filter_map(char::from_u32).collect()
    }

    fn column(&mut self) -> Vec<u32> {
        let length = self.number();
        let mut before = 0_u32;
        let next = |_| {
            let step = self.number();
            before = before.wrapping_add((step >> 1) ^ (step & 1).wrapping_neg());
            before
        };
        (0..length).map(next).collect()
    }

    fn number(&mut self) -> u32 {
        let (mut number, mut shift) = (0, 0);
        for byte in &mut self.0 {
            number |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                break;
            }
        }
        number
    }
}

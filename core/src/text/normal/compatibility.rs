//! CJK compatibility ideographs: each is another spelling of one other ideograph.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// What each character of the blocks stands for, in order; a character that stands for itself is there as itself.
static UNIFIED: LazyLock<Vec<char>> =
    LazyLock::new(|| include_str!("../../../data/text/compatibility.txt").lines().flat_map(str::chars).collect());

const BLOCKS: [RangeInclusive<u32>; 2] = [0xF900..=0xFAD9, 0x2F800..=0x2FA1D];

pub(super) fn unified(c: char) -> Option<char> {
    let code = u32::from(c);
    let mut before = 0;
    for block in BLOCKS {
        let (first, last) = (*block.start(), *block.end());
        if block.contains(&code) {
            return UNIFIED.get((before + code - first) as usize).copied().filter(|&other| other != c);
        }
        before += last - first + 1;
    }
    None
}

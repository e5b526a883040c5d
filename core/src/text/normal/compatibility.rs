//! CJK compatibility ideographs: each is another spelling of one other ideograph.

use std::ops::RangeInclusive;

use super::table::TABLES;

const BLOCKS: [RangeInclusive<u32>; 2] = [0xF900..=0xFAD9, 0x2F800..=0x2FA1D];

pub(super) fn unified(c: char) -> Option<char> {
    let code = u32::from(c);
    let mut before = 0;
    for block in BLOCKS {
        let (first, last) = (*block.start(), *block.end());
        if block.contains(&code) {
            return TABLES.unified.get((before + code - first) as usize).copied().filter(|&other| other != c);
        }
        before += last - first + 1;
    }
    None
}

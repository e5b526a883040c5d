//! The classes of characters of twitter-text's regular expressions.

/// `validUrlPrecedingChars`, which tells `foo.com` from the host of `me@foo.com`.
pub(super) fn may_precede(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !matches!(c, '@' | '＠' | '$' | '#' | '＃' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// `validDomainChars`: whatever is not punctuation, a space or a mark of direction. Quotation marks count as letters.
pub(super) fn is_host_letter(c: char) -> bool {
    let is_punctuation = c.is_ascii_punctuation() && !matches!(c, '"' | '`');
    let is_space = matches!(
        c,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{180E}' | '\u{2000}'..='\u{200A}' | '\u{2028}'
            | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    );
    let is_direction =
        matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !(is_punctuation || is_space || is_direction || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'))
}

/// A character of a host's label; `_` only where it is not the registered name's.
pub(super) fn is_label(c: char) -> bool {
    is_host_letter(c) || matches!(c, '-' | '_')
}

/// A character of `validAsciiDomain`'s labels, which are not only ASCII.
pub(super) fn is_latin_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || is_accented_latin(c)
}

/// `validGeneralUrlPathChars`.
pub(super) fn is_path(c: char) -> bool {
    is_path_end(c)
        || matches!(c, '!' | '*' | '\'' | ';' | ':' | ',' | '.' | '$' | '%' | '[' | ']' | '–' | '~' | '@' | '|' | '&')
}

/// `validUrlPathEndingChars`: a full stop behind a URL ends the sentence, not the URL.
pub(super) fn is_path_end(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '+' | '-' | '=' | '_' | '#' | '/' | '\u{400}'..='\u{4FF}')
        || is_accented_latin(c)
}

/// `validUrlQueryChars`.
pub(super) fn is_query(c: char) -> bool {
    is_query_end(c) || "!?*'@();:+$%[].,~|".contains(c)
}

/// `validUrlQueryEndingChars`.
pub(super) fn is_query_end(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/')
}

/// `latinAccentChars`.
fn is_accented_latin(c: char) -> bool {
    matches!(
        c,
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24F}' | 'ɓ' | 'ɔ' | 'ɖ' | 'ɗ' | 'ə' | 'ɛ' | 'ɣ' | 'ɨ' | 'ɯ' | 'ɲ' | 'ʉ' | 'ʋ' | 'ʻ'
            | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}'
    )
}

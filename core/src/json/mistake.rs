//! The words for a value that is not of the wanted type. They repeat nothing of the value, which may be a secret in the
//! wrong place, and so need no code that prints numbers and texts.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

/// A value that is not of the wanted type, or a text that is not JSON.
#[derive(Debug)]
pub struct Mistake(Box<Told>);

#[derive(Debug)]
struct Told {
    words: String,
    field: Option<String>,
}

impl Mistake {
    /// The name of a field that is missing, or that the type does not have.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    pub(super) fn expected(expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {}", in_words_of_json(&expected.to_string())))
    }

    fn of_field(mut self, name: &str) -> Self {
        self.0.field = Some(name.to_owned());
        self
    }
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.words)
    }
}

impl std::error::Error for Mistake {}

impl Error for Mistake {
    fn custom<T: Display>(words: T) -> Self {
        Self(Box::new(Told { words: words.to_string(), field: None }))
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::expected(expected)
    }

    fn unknown_variant(_: &str, names: &'static [&'static str]) -> Self {
        Self::custom(format_args!("expected {}", one_of(names)))
    }

    fn unknown_field(name: &str, names: &'static [&'static str]) -> Self {
        let mistake = match names {
            [] => Self::custom(format_args!("unknown field `{name}`, there are no fields")),
            _ => Self::custom(format_args!("unknown field `{name}`, expected {}", one_of(names))),
        };
        mistake.of_field(name)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::custom(format_args!("missing field `{name}`")).of_field(name)
    }
}

impl From<serde_json::Error> for Mistake {
    fn from(error: serde_json::Error) -> Self {
        Self::custom(format_args!("not JSON at line {}, column {}", error.line(), error.column()))
    }
}

/// In the words of serde.
fn one_of(names: &[&str]) -> String {
    let all = |between: &str| format!("`{}`", names.join(between));
    if names.len() > 2 { format!("one of {}", all("`, `")) } else { all("` or `") }
}

/// serde names types of Rust; callers know types of JSON.
pub(super) fn in_words_of_json(expected: &str) -> &str {
    match expected.split_once(' ').map_or(expected, |(first, _)| first) {
        "a" if expected == "a nonzero u64" => "a whole number from 1",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "struct" | "unit" => "an object",
        "enum" | "variant" => "one of the documented words",
        "tuple" => "an array",
        _ => match expected {
            "a sequence" => "an array",
            "a map" => "an object",
            "a borrowed string" | "string or map" => "a string",
            "a boolean" => "true or false",
            other => other,
        },
    }
}

//! The Connect object's table (docs/STORAGE.md).

use crate::objects::schema::Versions;

pub const VERSIONS: Versions = [VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6];

const VERSION_1: &[&str] =
    &["CREATE TABLE IF NOT EXISTS session (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)"];

const VERSION_2: &[&str] = &[];

const VERSION_3: &[&str] = &[];

const VERSION_4: &[&str] = &[];

const VERSION_5: &[&str] = &[];

const VERSION_6: &[&str] = &[];

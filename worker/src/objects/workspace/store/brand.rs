//! The brand of the pages that people see: name and colour, and the logo's bytes beside the document.

use std::rc::Rc;

use latchkey_core::brand::Brand;
use serde::Deserialize;

use crate::error::Result;
use crate::objects::storage::{Db, doc};

pub struct Brands {
    db: Rc<Db>,
}

#[derive(Deserialize)]
struct Bytes {
    logo: String,
}

impl Brands {
    pub fn new(db: &Rc<Db>) -> Self {
        Self { db: Rc::clone(db) }
    }

    pub fn get(&self) -> Result<Brand> {
        Ok(self.db.doc("SELECT doc FROM brand", Vec::new())?.unwrap_or_default())
    }

    /// `logo` has the bytes of the brand's logo in base64, if the logo is a new one.
    pub fn save(&self, brand: &Brand, logo: Option<&str>) -> Result<()> {
        self.db.run(
            "INSERT INTO brand (id, doc, logo) VALUES (1, ?, ?)
                ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, logo = coalesce(excluded.logo, logo)",
            vec![doc(brand)?, logo.into()],
        )?;
        if brand.logo.is_none() {
            self.db.run("UPDATE brand SET logo = NULL", Vec::new())?;
        }
        Ok(())
    }

    /// In base64.
    pub fn logo(&self) -> Result<Option<String>> {
        let rows: Vec<Bytes> = self.db.rows("SELECT logo FROM brand WHERE logo IS NOT NULL", Vec::new())?;
        Ok(rows.into_iter().next().map(|row| row.logo))
    }
}

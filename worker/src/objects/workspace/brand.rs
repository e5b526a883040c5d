//! The brand of the pages that people see: name and colour, and the logo's bytes beside the document.

use latchkey_core::brand::Brand;
use latchkey_core::media::Kind;
use serde::Deserialize;

use super::{Inner, Picture};
use crate::error::Result;
use crate::objects::storage::doc;

#[derive(Deserialize)]
struct Bytes {
    logo: String,
}

impl Inner {
    /// As visitors see it. Of a backup nothing is shown before its last line.
    pub(super) fn shown_brand(&self) -> Result<Brand> {
        if self.is_restoring()? { Ok(Brand::default()) } else { self.brand() }
    }

    pub(super) fn brand(&self) -> Result<Brand> {
        Ok(self.db()?.doc("SELECT doc FROM brand", Vec::new())?.unwrap_or_default())
    }

    /// `picture` is the logo that the brand has, if it is a new one.
    pub(super) fn save_brand(&self, brand: &Brand, picture: Option<&Picture>) -> Result<()> {
        let base64 = picture.map(|picture| picture.base64.as_str());
        self.db()?.run(
            "INSERT INTO brand (id, doc, logo) VALUES (1, ?, ?)
                ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, logo = coalesce(excluded.logo, logo)",
            vec![doc(brand)?, base64.into()],
        )?;
        if brand.logo.is_none() {
            self.db()?.run("UPDATE brand SET logo = NULL", Vec::new())?;
        }
        Ok(())
    }

    /// The logo with this digest, if it is the brand's.
    pub(super) fn logo(&self, digest: &str) -> Result<Option<(Kind, String)>> {
        let Some(logo) = self.shown_brand()?.logo.filter(|logo| logo.digest == digest) else { return Ok(None) };
        let rows: Vec<Bytes> = self.db()?.rows("SELECT logo FROM brand WHERE logo IS NOT NULL", Vec::new())?;
        Ok(rows.into_iter().next().map(|row| (logo.kind, row.logo)))
    }
}

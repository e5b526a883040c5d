//! The operator's brand, kept by this isolate since the last question: pages are many, and a brand changes rarely.

use std::cell::RefCell;

use latchkey_core::brand::Brand;
use latchkey_core::brand::kept::KeptBrand;

use crate::app::App;
use crate::runtime::now;

thread_local! {
    /// A plain value, as all that requests of one isolate may share.
    static KEPT: RefCell<Option<KeptBrand>> = const { RefCell::new(None) };
}

/// At most a minute old. A page without its colours is better than none.
pub async fn brand(app: &App) -> Brand {
    if let Some(brand) = kept_brand() {
        return brand;
    }
    let asked = match app.workspace() {
        Ok(workspace) => workspace.brand().await.ok(),
        Err(_) => None,
    };
    let Some(brand) = asked else { return Brand::default() };
    KEPT.set(Some(KeptBrand::new(brand.clone(), now())));
    brand
}

/// What is known without asking.
pub fn kept_brand() -> Option<Brand> {
    KEPT.with_borrow(|kept| kept.as_ref()?.at(now()).cloned())
}

/// It has been changed by way of this isolate. Others hear of it within a minute.
pub fn forget_brand() {
    KEPT.set(None);
}

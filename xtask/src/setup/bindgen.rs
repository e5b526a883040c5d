//! wasm-bindgen's program and worker-build, at the versions of their crates in Cargo.lock.
//!
//! wasm-bindgen refuses a module made with any other version of its crate. worker-build is released together with
//! `worker`. Both are built here, since their ready-made downloads come from a host that is not reachable everywhere.

use std::path::PathBuf;

use super::cargo_install::install;
use crate::paths::{cargo_tool, locked_version};
use crate::run::Result;

#[derive(Debug)]
pub(crate) struct Programs {
    bindgen_version: String,
    worker_version: String,
}

impl Programs {
    pub(crate) fn locate() -> Result<Self> {
        Ok(Self { bindgen_version: locked_version("wasm-bindgen")?, worker_version: locked_version("worker")? })
    }

    pub(crate) fn are_present(&self) -> bool {
        self.wasm_bindgen().exists() && self.worker_build().exists()
    }

    pub(crate) fn install() -> Result<Self> {
        let programs = Self::locate()?;
        if !programs.wasm_bindgen().exists() {
            // Its default features are TLS for a test runner that we do not use.
            install("wasm-bindgen-cli", &programs.bindgen_version, &["--no-default-features"])?;
        }
        if !programs.worker_build().exists() {
            install("worker-build", &programs.worker_version, &[])?;
        }
        Ok(programs)
    }

    pub(crate) fn wasm_bindgen(&self) -> PathBuf {
        cargo_tool("wasm-bindgen-cli", &self.bindgen_version).join("bin/wasm-bindgen")
    }

    pub(crate) fn worker_build(&self) -> PathBuf {
        cargo_tool("worker-build", &self.worker_version).join("bin/worker-build")
    }
}

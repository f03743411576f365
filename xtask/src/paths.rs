//! Where things lie in the repository and below `target/`.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository").to_owned()
}

/// Everything that is built, unless the caller of cargo chose another folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |chosen| root().join(chosen))
}

/// What the server embeds. Always below the repository, where the server's build looks for it.
pub fn dist() -> PathBuf {
    root().join("target/dist")
}

/// Half-finished pieces and the stamps that tell whether they are still good.
pub fn work() -> PathBuf {
    target().join("xtask")
}

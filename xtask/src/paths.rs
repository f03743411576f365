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

/// Compiler flags that keep this machine's folders out of what is built: the same source gives the same bytes anywhere.
pub fn anonymous() -> Vec<String> {
    vec![
        format!("--remap-path-prefix={}=amparo", root().display()),
        format!("--remap-path-prefix={}=cargo", cargo_home().display()),
    ]
}

/// The same for the C code in SQLite and `ring`: in an environment variable, as a shell would read it.
pub fn anonymous_c() -> [(&'static str, String); 2] {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', "'\\''"));
    let flags =
        format!("-ffile-prefix-map={}=amparo -ffile-prefix-map={}=cargo", quoted(&root()), quoted(&cargo_home()));
    [("CFLAGS", flags), ("CC_SHELL_ESCAPED_FLAGS", "1".to_owned())]
}

fn cargo_home() -> PathBuf {
    let home = || std::env::home_dir().map(|home| home.join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home).unwrap_or_default()
}

//! Makes the folders whose files are embedded, so that the crate compiles before anything else was built.

use std::path::Path;

fn main() {
    for folder in ["../target/dist/public", "../target/dist/console", "../assets/demo"] {
        let folder = Path::new(folder);
        if let Err(error) = std::fs::create_dir_all(folder) {
            println!("cargo::error=the folder {} cannot be made: {error}", folder.display());
        }
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    println!("cargo::rerun-if-changed=../target/dist/version.txt");
}

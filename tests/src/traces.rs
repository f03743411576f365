//! Looks for what must not be there: words, addresses and browsers' names in everything that the relay left on disk.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file below a folder, databases and their write-ahead logs included.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

/// The files that hold one of these words, in UTF-8 or UTF-16, with the word.
pub fn holders(files: &[PathBuf], words: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for file in files {
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for word in words {
            let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if holds(&bytes, word.as_bytes()) || holds(&bytes, &wide) {
                found.push((file.clone(), (*word).to_owned()));
            }
        }
    }
    found
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

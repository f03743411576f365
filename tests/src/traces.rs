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

/// All bytes below a folder.
pub fn size_below(folder: &Path) -> u64 {
    files_below(folder).iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum()
}

/// The files that hold one of these words, in UTF-8 or UTF-16, with the word. Where `known` stands, which may contain
/// one of them, is not looked at.
pub fn holders(files: &[PathBuf], words: &[&str], known: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for file in files {
        let mut bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        blank(&mut bytes, known.as_bytes());
        for word in words {
            let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if holds(&bytes, word.as_bytes()) || holds(&bytes, &wide) {
                found.push((file.clone(), (*word).to_owned()));
            }
        }
    }
    found
}

fn blank(bytes: &mut [u8], known: &[u8]) {
    let starts: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(known)).collect();
    starts.into_iter().for_each(|at| bytes[at..at + known.len()].fill(0));
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

//! The repository's text files, read once for all rules.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::rust_tokens::{Token, tokens};

/// Something that breaks a rule, and where: `path` or `path:line`.
pub struct Finding {
    pub place: String,
    pub sentence: String,
}

impl Finding {
    pub fn at(source: &Source, line: usize, sentence: impl Into<String>) -> Self {
        Self { place: format!("{}:{line}", source.path), sentence: sentence.into() }
    }

    pub fn of(place: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { place: place.into(), sentence: sentence.into() }
    }
}

pub struct Source {
    /// From the repository's root, with `/`.
    pub path: String,
    pub text: String,
    /// Of a Rust file outside its `#[cfg(test)]` modules; empty for all others.
    pub tokens: Vec<Token>,
}

impl Source {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

pub struct Sources {
    pub root: PathBuf,
    pub files: Vec<Source>,
}

impl Sources {
    /// Everything that is tracked or about to be; binary files are left out.
    pub fn read() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
        let listed = git.output().map_err(|error| format!("git cannot list the files: {error}"))?;
        let paths = String::from_utf8_lossy(&listed.stdout).into_owned();
        let files = paths.split('\0').filter(|path| !path.is_empty()).filter_map(|path| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            let tokens = if path.ends_with(".rs") { tokens(&text) } else { Vec::new() };
            Some(Source { path: path.to_owned(), text, tokens })
        });
        Ok(Self { files: files.collect(), root: root.clone() })
    }

    pub fn rust(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(|source| source.is_rust())
    }

    pub fn ending(&self, ending: &str) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(move |source| source.path.ends_with(ending))
    }

    pub fn file(&self, path: &str) -> Option<&Source> {
        self.files.iter().find(|source| source.path == path)
    }
}

//! Puts together what browsers are sent: bundles and shrinks scripts and styles, bakes the hashes into the loader,
//! compresses everything once and for all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64ct::{Base64, Encoding};
use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;
use sha2::{Digest, Sha256};

use crate::apps::{Plain, Wasm};
use crate::command::{quiet, step};
use crate::setup::tool;
use crate::{paths, stamp};

/// A file of simple words is named after its language with this behind it.
const SIMPLE: &str = "-simple";

/// What every language falls back to.
const FALLBACK: &str = "en";

/// Before the key of a sentence that the closed launcher does not need: it is not in `embed.js`.
const OPEN_ONLY: &str = "open.";
/// A larger file is compressed once.
const SMALL_BYTES: usize = 64 * 1024;
/// The second kind writes distances in another way.
const KINDS: [BrotliEncoderMode; 2] = [BrotliEncoderMode::BROTLI_MODE_GENERIC, BrotliEncoderMode::BROTLI_MODE_FONT];

/// Every file of one folder by name.
type Files = BTreeMap<String, Vec<u8>>;

/// `target/dist/public`: the widget in both forms, its texts and style, the loader's two halves, the boot of `/chat`.
pub fn public(widget: &Wasm, plain: &Plain) -> Result<(), String> {
    let mut files = texts("widget")?;
    files.insert("widget.wasm".to_owned(), stamp::read(&widget.wasm)?);
    files.insert("widget.css".to_owned(), style(&["assets/tokens.css", "ui/src", "widget/src"])?);
    let frame = loader_source("frame.js");
    let as_wasm = [("program", loader_source("program-wasm.js")), ("glue", widget.glue.clone())];
    files.insert("widget.js".to_owned(), bundle(&frame, &as_wasm, "iife", &[])?);
    let as_plain = [
        ("program", loader_source("program-plain.js")),
        ("glue", plain.glue.clone()),
        ("glue-wasm", plain.program.clone()),
    ];
    files.insert("widget-plain.js".to_owned(), bundle(&frame, &as_plain, "iife", &[])?);
    fits_into_a_document(&files)?;

    let version = add_loader(&mut files)?;
    stamp::write(&paths::dist().join("version.txt"), version.as_bytes())?;
    write_folder("public", &files)
}

/// `target/dist/console`.
pub fn console(console: &Wasm) -> Result<(), String> {
    let source = paths::root().join("console");
    let mut files = texts("console")?;
    // Whoever writes own words in place of a sentence reads the sentence.
    files.extend(texts("widget")?.into_iter().map(|(name, text)| (format!("visitor-{name}"), text)));
    files.insert("index.html".to_owned(), without_trunk(&stamp::read(&console.page)?));
    files.insert("console.wasm".to_owned(), stamp::read(&console.wasm)?);
    files.insert("console.css".to_owned(), style(&["assets/tokens.css", "ui/src", "console/src"])?);
    files.insert("console.js".to_owned(), bundle(&console.glue, &[], "esm", &[])?);
    let icons = ["icon.svg", "icon-waiting.svg", "icon-180.png", "icon-192.png", "icon-512.png"];
    for file in ["start.js", "worker.js", "console.webmanifest"].iter().chain(&icons) {
        files.insert((*file).to_owned(), stamp::read(&source.join(file))?);
    }
    write_folder("console", &files)
}

/// Trunk leaves its own line standing where it injects no script.
fn without_trunk(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    let lines: Vec<&str> = page.lines().filter(|line| !line.contains("data-trunk")).collect();
    (lines.join("\n") + "\n").into_bytes()
}

/// Adds the scripts that know the version and the hashes of other files; answers the version.
fn add_loader(files: &mut Files) -> Result<String, String> {
    // The version names the content: every file, and the loader as it is but for the version.
    let mut content = Sha256::new();
    for (_, script) in loader(files, "")? {
        content.update(script);
    }
    let content: String = content.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let version = format!("{}-{content}", env!("CARGO_PKG_VERSION"));
    files.extend(loader(files, &version)?);
    Ok(version)
}

/// `open.js` and `chat.js` hold the hashes of the widget's files; `embed.js` holds the hash of `open.js`.
fn loader(files: &Files, version: &str) -> Result<Files, String> {
    let hashes: BTreeMap<&String, String> = files.iter().map(|(name, content)| (name, hash(content))).collect();
    let hashes = serde_json::to_string(&hashes).expect("names and text are JSON");
    let define = |name: &str, value: &str| format!("--define:AMPARO_{name}={value}");
    let version = define("VERSION", &format!("\"{version}\""));
    let words = loader_words(&texts("loader")?, &locales(files));
    let closed = define("WORDS", &json_of(&words, |key| !key.starts_with(OPEN_ONLY)));
    let all = define("WORDS", &json_of(&words, |_| true));
    let hashes = define("HASHES", &hashes);
    // A name that stays unknown would be an error when the script begins, used or not.
    let [no_hashes, no_pin] = ["HASHES", "OPEN_HASH"].map(|name| define(name, "undefined"));
    let known = [version.clone(), all, hashes.clone(), no_pin.clone()];
    let open = bundle(&loader_source("open.js"), &[], "iife", &known)?;
    let known = [version.clone(), closed.clone(), hashes, no_pin];
    let chat = bundle(&loader_source("chat.js"), &[], "iife", &known)?;
    let pin = define("OPEN_HASH", &format!("\"{}\"", hash(&open)));
    let embed = bundle(&loader_source("embed.js"), &[], "iife", &[version, closed, no_hashes, pin])?;
    Ok([("open.js", open), ("chat.js", chat), ("embed.js", embed)]
        .map(|(name, script)| (name.to_owned(), script))
        .into())
}

/// What the widget speaks; what the loader falls back to comes first.
fn locales(files: &Files) -> Vec<String> {
    let languages = files.keys().filter_map(|name| name.strip_prefix("texts-")?.strip_suffix(".txt"));
    let mut locales: Vec<String> = languages.filter(|name| !name.ends_with(SIMPLE)).map(str::to_owned).collect();
    locales.sort_by_key(|locale| (locale != FALLBACK, locale.clone()));
    locales
}

/// A language and its sentences by key, in the order of `locales`.
type Words = Vec<(String, Vec<(String, String)>)>;

fn loader_words(texts: &Files, locales: &[String]) -> Words {
    let sentences = |locale: &String| {
        let file = texts.get(&format!("texts-{locale}.txt")).map(|file| String::from_utf8_lossy(file).into_owned());
        let pairs = file.unwrap_or_default();
        let pairs = pairs.lines().filter_map(|line| line.split_once('='));
        pairs.map(|(key, text)| (key.trim().to_owned(), text.trim().to_owned())).collect()
    };
    locales.iter().map(|locale| (locale.clone(), sentences(locale))).collect()
}

/// As a script reads it: `{"en":{"title":"Chat"}}`, with those keys that are `wanted`.
fn json_of(words: &Words, wanted: impl Fn(&str) -> bool) -> String {
    let text = |text: &str| serde_json::to_string(text).expect("text is JSON");
    let pair =
        |(key, sentence): &(String, String)| format!("{}:{}", text(key.trim_start_matches(OPEN_ONLY)), text(sentence));
    let language = |(locale, sentences): &(String, Vec<(String, String)>)| {
        let pairs: Vec<String> = sentences.iter().filter(|(key, _)| wanted(key)).map(pair).collect();
        format!("{}:{{{}}}", text(locale), pairs.join(","))
    };
    format!("{{{}}}", words.iter().map(language).collect::<Vec<_>>().join(","))
}

/// As in an `integrity` attribute, after `sha256-`.
fn hash(content: &[u8]) -> String {
    Base64::encode_string(&Sha256::digest(content))
}

fn loader_source(name: &str) -> PathBuf {
    paths::root().join("widget/loader").join(name)
}

/// One small script of an entry and all it imports; `aliases` say what a name stands for.
fn bundle(entry: &Path, aliases: &[(&str, PathBuf)], format: &str, more: &[String]) -> Result<Vec<u8>, String> {
    let mut esbuild = Command::new(tool("esbuild")?);
    esbuild.arg(entry).args(["--bundle", "--minify", "--charset=utf8", "--target=es2019", "--legal-comments=none"]);
    // The glue's own idea of where the module lies; it is always handed over instead.
    esbuild.args(["--log-level=warning", "--log-override:empty-import-meta=silent"]);
    // The glue gives classes that nobody uses a way to be disposed of, and so keeps them.
    esbuild.arg("--define:Symbol.dispose=undefined");
    esbuild.arg(format!("--format={format}")).args(more);
    if format == "esm" {
        esbuild.arg("--supported:import-meta=true");
    }
    for (name, path) in aliases {
        esbuild.arg(format!("--alias:{name}={}", path.display()));
    }
    let script = quiet(&mut esbuild)?;
    match script.contains("AMPARO_") {
        true => Err(format!("{} mentions a name that the build has not put in: it would not start", entry.display())),
        // The rules of the loader's style stand on lines of their own, and need none.
        false => Ok(script.replace("}\n", "}").into_bytes()),
    }
}

/// All style sheets of the given files and folders, in this order, as one small sheet.
fn style(sources: &[&str]) -> Result<Vec<u8>, String> {
    let mut sheet = Vec::new();
    for source in sources {
        for file in stamp::files(&[paths::root().join(source)])? {
            if file.extension().is_some_and(|extension| extension == "css") {
                sheet.extend(stamp::read(&file)?);
            }
        }
    }
    let whole = paths::work().join("style.css");
    stamp::write(&whole, &sheet)?;
    let options = ["--minify", "--charset=utf8", "--target=es2019", "--log-level=warning"];
    quiet(Command::new(tool("esbuild")?).arg(whole).args(options)).map(String::into_bytes)
}

/// The app's texts, without what is written for translators only.
fn texts(app: &str) -> Result<Files, String> {
    let mut texts = Files::new();
    for file in stamp::files(&[paths::root().join("assets/texts").join(app)])? {
        let Some(language) = file.file_stem().and_then(|stem| stem.to_str()) else { continue };
        let text = String::from_utf8(stamp::read(&file)?).map_err(|_| format!("{} is not UTF-8", file.display()))?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).collect();
        texts.insert(format!("texts-{language}.txt"), (lines.join("\n") + "\n").into_bytes());
    }
    Ok(texts)
}

/// The loader writes these files into a document of its own; nothing in them may close the element around them.
fn fits_into_a_document(files: &Files) -> Result<(), String> {
    let closing = [("widget.js", "</script"), ("widget-plain.js", "</script"), ("widget.css", "</style")];
    for (name, end) in closing {
        let text = String::from_utf8_lossy(&files[name]).to_ascii_lowercase();
        if text.contains(end) || text.contains("<!--") {
            return Err(format!("{name} contains {end} or <!--, which ends the element that holds it"));
        }
    }
    Ok(())
}

/// Writes a folder of `target/dist` with a compressed sibling for each file, and removes what no longer belongs there.
fn write_folder(name: &str, files: &Files) -> Result<(), String> {
    let folder = paths::dist().join(name);
    for (file, content) in files {
        let (path, sibling) = (folder.join(file), folder.join(format!("{file}.br")));
        if sibling.exists() && std::fs::read(&path).is_ok_and(|former| former == *content) {
            continue;
        }
        let compressed = compress(content);
        step(&format!("{name}/{file}: {} bytes, {} in brotli", content.len(), compressed.len()));
        stamp::write(&sibling, &compressed)?;
        stamp::write(&path, content)?;
    }
    for file in stamp::files(&[folder])? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !files.contains_key(name.trim_end_matches(".br")) {
            std::fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}

/// Brotli at its best. Of the loader every byte counts; measured on it with twelve hashes in it, one setting of the two is
/// up to 27 bytes better, mostly the one that is meant for fonts.
fn compress(content: &[u8]) -> Vec<u8> {
    let tried = if content.len() < SMALL_BYTES { &KINDS[..] } else { &KINDS[..1] };
    let compressed = tried.iter().map(|mode| {
        let mut compressed = Vec::new();
        let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, mode: *mode, ..Default::default() };
        brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)
            .expect("memory does not fail to be written");
        compressed
    });
    compressed.min_by_key(Vec::len).expect("at least one is tried")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fallback_language_comes_first_and_simple_words_are_no_language() {
        let names = ["texts-ar.txt", "texts-en.txt", "texts-en-simple.txt", "texts-es.txt", "widget.js"];
        let files = names.map(|name| (name.to_owned(), Vec::new())).into();
        assert_eq!(locales(&files), ["en", "ar", "es"]);
    }

    #[test]
    fn the_closed_launcher_carries_no_sentence_that_it_does_not_say() {
        let file = "title = Chat\nopen.tab = In a \"tab\"\n".as_bytes().to_vec();
        let words = loader_words(&Files::from([("texts-en.txt".to_owned(), file)]), &["en".to_owned()]);
        let closed = json_of(&words, |key| !key.starts_with(OPEN_ONLY));
        assert_eq!(closed, r#"{"en":{"title":"Chat"}}"#);
        assert_eq!(json_of(&words, |_| true), r#"{"en":{"title":"Chat","tab":"In a \"tab\""}}"#);
    }

    #[test]
    fn a_script_that_would_close_its_element_is_refused() {
        let mut files = Files::new();
        for name in ["widget.js", "widget-plain.js", "widget.css"] {
            files.insert(name.to_owned(), b"fine".to_vec());
        }
        assert_eq!(fits_into_a_document(&files), Ok(()));
        files.insert("widget.js".to_owned(), b"'</SCRIPT>'".to_vec());
        assert!(fits_into_a_document(&files).is_err());
    }
}

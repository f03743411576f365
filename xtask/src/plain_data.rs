//! wasm2js writes a program's constants as base64, which compresses badly: written as text, one character a byte, the
//! widget is 5 KB lighter after brotli.
//!
//! Never: a character that ends a string, or that the HTML parser would replace (NUL) in a script within a document.

use base64ct::{Base64, Encoding};

const CALL: &str = "base64DecodeToExistingUint8Array(bufferView, ";
const DECODER: &str = "  function base64DecodeToExistingUint8Array(uint8Array, offset, b64) {\n";
const END_OF_FUNCTION: &str = "\n  }\n";
const COPIER: &str = "  function base64DecodeToExistingUint8Array(uint8Array, offset, text) {
    for (var i = 0; i < text.length; i++) uint8Array[offset + i] = text.charCodeAt(i);
  }
";

/// The same program; an error when wasm2js writes its constants in another way now.
pub fn as_text(program: &str) -> Result<String, String> {
    let changed = || "wasm2js writes its data in another way now: see xtask/src/plain_data.rs".to_owned();
    let (before, decoder) = program.split_once(DECODER).ok_or_else(changed)?;
    let (_, after) = decoder.split_once(END_OF_FUNCTION).ok_or_else(changed)?;
    let mut parts = after.split(CALL);
    let mut text = format!("{before}{COPIER}{}", parts.next().unwrap_or_default());
    for part in parts {
        let (offset, rest) = part.split_once(", \"").ok_or_else(changed)?;
        let (data, rest) = rest.split_once('"').ok_or_else(changed)?;
        let bytes = Base64::decode_vec(data).map_err(|_| changed())?;
        text.push_str(&format!("{CALL}{offset}, {}{rest}", literal(&bytes)));
    }
    Ok(text)
}

/// A string literal whose characters are these bytes.
fn literal(bytes: &[u8]) -> String {
    let mut literal = String::from('"');
    for (at, byte) in bytes.iter().enumerate() {
        let before_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            0 if before_digit => literal.push_str("\\x00"),
            0 => literal.push_str("\\0"),
            b'\n' => literal.push_str("\\n"),
            b'\r' => literal.push_str("\\r"),
            b'"' | b'\\' => literal.extend(['\\', char::from(*byte)]),
            other => literal.push(char::from(*other)),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_become_text_and_the_rest_stays() {
        let program =
            format!("before\n{DECODER}    old\n  }}\n  {CALL}1024, \"AAEwIg==\");\n  {CALL}7, \"/w==\");\nafter");
        let text = as_text(&program).unwrap();
        assert!(text.contains(&format!("{CALL}1024, \"\\0\u{1}0\\\"\");")), "{text}");
        assert!(text.contains(&format!("{CALL}7, \"\u{ff}\");")), "{text}");
        assert!(text.starts_with("before") && text.ends_with("after"));
        assert_eq!(literal(&[0, b'7', 0, 10, 13]), "\"\\x007\\0\\n\\r\"");
        assert!(as_text("nothing").is_err());
    }
}

//! Reading `vectors.json`: values by path, bytes from hexadecimal text.

use amparo_protocol::sealed::Sealed;
use serde_json::Value;

/// One object of the file.
pub struct Row(pub Value);

impl Row {
    pub fn load() -> Self {
        Self(serde_json::from_str(include_str!("../vectors.json")).expect("vectors.json is JSON"))
    }

    pub fn row(&self, name: &str) -> Self {
        Self(self.value(name).clone())
    }

    pub fn rows(&self, name: &str) -> Vec<Self> {
        self.value(name).as_array().expect("a list").iter().cloned().map(Self).collect()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        from_hex(self.text(name))
    }

    pub fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().expect("the length that the caller names")
    }

    pub fn sealed(&self, name: &str) -> Sealed {
        Sealed(self.bytes(name))
    }

    pub fn text(&self, name: &str) -> &str {
        self.value(name).as_str().expect("a text")
    }

    pub fn number(&self, name: &str) -> u64 {
        self.value(name).as_u64().expect("a number")
    }

    pub fn small<T: TryFrom<u64>>(&self, name: &str) -> T {
        T::try_from(self.number(name)).ok().expect("a number of this size")
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    fn value(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or_else(|| panic!("vectors.json has no {name} here"))
    }
}

pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).expect("hexadecimal") as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

//! Between the columns of a row and the types of the protocol.

use amparo_protocol::id::{Hash, MemberId, RosterMemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Result, StoreError};

/// Typed access to a row's columns by name.
pub trait Columns {
    fn text(&self, column: &str) -> Result<String>;
    fn text_or_none(&self, column: &str) -> Result<Option<String>>;
    fn number(&self, column: &str) -> Result<i64>;
    fn number_or_none(&self, column: &str) -> Result<Option<i64>>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>>;
    fn bytes_or_none(&self, column: &str) -> Result<Option<Vec<u8>>>;

    fn id<T: TextId>(&self, column: &str) -> Result<T> {
        T::from_text(&self.text(column)?).ok_or(StoreError::Corrupt("an id"))
    }

    fn id_or_none<T: TextId>(&self, column: &str) -> Result<Option<T>> {
        let text = self.text_or_none(column)?;
        text.map(|text| T::from_text(&text).ok_or(StoreError::Corrupt("an id"))).transpose()
    }

    fn sealed(&self, column: &str) -> Result<Sealed> {
        Ok(Sealed(self.bytes(column)?))
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> Result<String> {
        Ok(self.try_get(column)?)
    }

    fn text_or_none(&self, column: &str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn number(&self, column: &str) -> Result<i64> {
        Ok(self.try_get(column)?)
    }

    fn number_or_none(&self, column: &str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        Ok(self.try_get(column)?)
    }

    fn bytes_or_none(&self, column: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.try_get(column)?)
    }
}

/// An id that is stored in its text form.
pub trait TextId: Sized {
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! text_ids {
    ($($id:ty),*) => {$(
        impl TextId for $id {
            fn from_text(text: &str) -> Option<Self> {
                <$id>::from_text(text)
            }
        }
    )*};
}

text_ids!(Hash, MemberId, RosterMemberId, SiteKey);

/// Languages as one column: their tags with commas between.
pub fn languages_to_text(languages: &[Language]) -> String {
    languages.iter().map(|language| language.tag()).collect::<Vec<_>>().join(",")
}

pub fn languages_from_text(text: &str) -> Vec<Language> {
    text.split(',').filter_map(Language::from_tag).collect()
}

/// Small numbers of the protocol, which `bigint` columns hold.
pub fn small<T: TryFrom<i64>>(number: i64) -> Result<T> {
    T::try_from(number).map_err(|_| StoreError::Corrupt("a number"))
}

/// A JSON document that this program has written.
pub fn json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("a settings document"))
}

pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("settings have text keys and finite numbers only")
}

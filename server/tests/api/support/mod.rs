//! What the stories are told with: an app with a database of its own, people, and an organisation that signs.

pub mod app;
pub mod authenticator;
pub mod organisation;
pub mod passwords;
pub mod person;
pub mod postgres;
pub mod request;

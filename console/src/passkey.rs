//! The browser's own passkey program: whether there is one, and what it answers.
//!
//! Never: a look into what is asked or answered; both are the relay's, in WebAuthn's own JSON.

use js_sys::{JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::call;

/// Browsers that read and write WebAuthn's JSON themselves; older ones keep to the six digits.
pub fn is_supported() -> bool {
    let Some(class) = class() else { return false };
    let has = |name: &str| Reflect::get(&class, &name.into()).is_ok_and(|function| function.is_function());
    has("parseCreationOptionsFromJSON") && has("parseRequestOptionsFromJSON")
}

/// Makes a new one. `None`: the person did not want to, or the device could not.
pub async fn create(options: &str) -> Option<String> {
    ask("create", "parseCreationOptionsFromJSON", options).await
}

/// Asks for one that is there.
pub async fn get(options: &str) -> Option<String> {
    ask("get", "parseRequestOptionsFromJSON", options).await
}

async fn ask(what: &str, parse: &str, options: &str) -> Option<String> {
    let options = Reflect::get(&JSON::parse(options).ok()?, &"publicKey".into()).ok()?;
    let options = call(&class()?, parse, &[options])?;
    let question = Object::new();
    Reflect::set(&question, &"publicKey".into(), &options).ok()?;
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let credentials = Reflect::get(&navigator, &"credentials".into()).ok()?;
    let answer: Promise = call(&credentials, what, &[question.into()])?.dyn_into().ok()?;
    let answer = JsFuture::from(answer).await.ok()?;
    let answer = call(&answer, "toJSON", &[])?;
    JSON::stringify(&answer).ok()?.as_string()
}

fn class() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &"PublicKeyCredential".into()).ok().filter(JsValue::is_function)
}

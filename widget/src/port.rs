//! The port to the loader, the frame's only way to the host page. Messages of closed types, never a word of the
//! conversation.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{EndToken, Hash, OrgKey, Pass, SiteKey};
use amparo_protocol::language::Language;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, MessagePort};

/// What the tag says and the loader found, once at the start.
#[derive(Clone)]
pub struct Start {
    /// The relay's address, `https://…`, without a slash at the end.
    pub relay: String,
    pub site: SiteKey,
    pub org_key: Option<OrgKey>,
    pub roster_min: u64,
    pub host_half: Option<Hash>,
    /// A conversation of the page before may be continued.
    pub continuing: bool,
    /// The language to start with.
    pub language: Language,
    /// A page of its own: there is no panel to hide.
    pub standalone: bool,
    /// The host page has named the program by its hash, so that whoever serves it cannot change it.
    pub pinned: bool,
    /// A neutral title, the organisation's choice; may be empty.
    pub title: String,
    /// Shown until the relay has said its own, and when it cannot be reached.
    pub phone: Option<String>,
    pub emergency: Option<String>,
    /// Digits only.
    pub whatsapp: Option<String>,
    pub texts: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromLoader {
    Pass(Pass),
    /// No pass: for good where the code says so, else worth another try.
    NoPass(Option<ErrorCode>),
    Texts(Language, String),
    /// The visitor leaves by the exit: everything goes, now.
    Erase,
    /// The page is changed or closed.
    Leaving,
    /// How much of the frame an on-screen keyboard leaves visible, in CSS pixels.
    Viewport(u32),
    /// Whether the panel is open.
    Shown(bool),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToLoader {
    Ready,
    WantPass,
    /// In simple words or the usual ones.
    WantTexts {
        language: Language,
        simple: bool,
    },
    EndToken(EndToken),
    /// Whether there is a conversation that a reload may continue.
    Half(bool),
    Close,
    Exit,
    State(State),
    Unread(u32),
    /// Shift was pressed alone; the loader counts.
    Shift,
    /// Another key came in between: the count starts anew. Said only after a `Shift`.
    ShiftReset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Before,
    Waiting,
    Talking,
    Ended,
}

/// One value of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Text(String),
    Number(f64),
    Flag(bool),
}

/// Reads a message's field by its path, as in `texts.locale`.
pub type Fields<'a> = dyn Fn(&str) -> Option<Field> + 'a;

impl Start {
    /// `None` without what nothing can start without: the relay, the site and texts.
    pub fn read(fields: &Fields) -> Option<Self> {
        let org_key = text(fields, "orgKey");
        let language = text(fields, "texts.locale").as_deref().and_then(Language::from_tag);
        Some(Self {
            relay: text(fields, "relay")?.trim_end_matches('/').to_owned(),
            site: SiteKey::from_text(&text(fields, "site")?)?,
            // A key that cannot be read must not become "no key": then any would be believed.
            org_key: org_key.map(|key| OrgKey::from_text(&key).ok_or(())).transpose().ok()?,
            roster_min: number(fields, "rosterMin").unwrap_or(0.0) as u64,
            host_half: text(fields, "hostHalf").as_deref().and_then(Hash::from_text),
            continuing: flag(fields, "continuing"),
            standalone: flag(fields, "standalone"),
            pinned: flag(fields, "pinned"),
            language: language.unwrap_or(Language::En),
            title: text(fields, "title").unwrap_or_default(),
            phone: text(fields, "phone"),
            emergency: text(fields, "emergency"),
            whatsapp: text(fields, "whatsapp"),
            texts: text(fields, "texts.text")?,
        })
    }
}

impl FromLoader {
    /// `None` for anything of another shape; it is then ignored.
    pub fn read(fields: &Fields) -> Option<Self> {
        Some(match text(fields, "t")?.as_str() {
            "pass" => match text(fields, "pass").as_deref().and_then(Pass::from_text) {
                Some(pass) => Self::Pass(pass),
                None => Self::NoPass(text(fields, "error").as_deref().and_then(final_refusal)),
            },
            "texts" => Self::Texts(Language::from_tag(&text(fields, "locale")?)?, text(fields, "text")?),
            "erase" => Self::Erase,
            "leaving" => Self::Leaving,
            "viewport" => Self::Viewport(number(fields, "height")? as u32),
            "shown" => Self::Shown(flag(fields, "shown")),
            _ => return None,
        })
    }
}

/// The refusals that another try cannot change.
fn final_refusal(code: &str) -> Option<ErrorCode> {
    match code {
        "unknown-site" => Some(ErrorCode::UnknownSite),
        "origin-not-allowed" => Some(ErrorCode::OriginNotAllowed),
        "version" => Some(ErrorCode::Version),
        _ => None,
    }
}

impl ToLoader {
    fn kind(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::WantPass => "pass",
            Self::WantTexts { .. } => "texts",
            Self::EndToken(_) => "endtoken",
            Self::Half(_) => "half",
            Self::Close => "close",
            Self::Exit => "exit",
            Self::State(_) => "state",
            Self::Unread(_) => "unread",
            Self::Shift => "shift",
            Self::ShiftReset => "shift-reset",
        }
    }

    /// The one field beside `t`, where there is one.
    fn field(&self) -> Option<(&'static str, Field)> {
        match self {
            Self::WantTexts { language, simple } => {
                Some(("locale", Field::Text(String::from(language.tag()) + if *simple { "-simple" } else { "" })))
            }
            Self::EndToken(token) => Some(("token", Field::Text(token.to_text()))),
            Self::Half(keep) => Some(("keep", Field::Flag(*keep))),
            Self::State(state) => Some(("s", Field::Text(state.name().to_owned()))),
            Self::Unread(count) => Some(("n", Field::Number(f64::from(*count)))),
            _ => None,
        }
    }
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Waiting => "waiting",
            Self::Talking => "talking",
            Self::Ended => "ended",
        }
    }
}

/// The open port.
#[derive(Clone)]
pub struct Port {
    port: MessagePort,
}

impl Port {
    pub fn new(port: MessagePort) -> Self {
        Self { port }
    }

    /// Messages that arrived before this call are delivered too. Listens as long as the document lives.
    pub fn listen(&self, on_message: impl Fn(FromLoader) + 'static) {
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            FromLoader::read(&fields(&event.data())).into_iter().for_each(&on_message);
        });
        self.port.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
    }

    pub fn post(&self, message: &ToLoader) {
        let object = Object::new();
        put(&object, "t", &JsValue::from_str(message.kind()));
        if let Some((name, field)) = message.field() {
            let value = match field {
                Field::Text(text) => JsValue::from_str(&text),
                Field::Number(number) => JsValue::from_f64(number),
                Field::Flag(flag) => JsValue::from_bool(flag),
            };
            put(&object, name, &value);
        }
        // A port whose other end is gone swallows messages; nothing here refuses to be cloned.
        let _ = self.port.post_message(&object);
    }
}

/// The fields of a message as the browser gives it.
pub fn fields(message: &JsValue) -> impl Fn(&str) -> Option<Field> {
    let message = message.clone();
    move |path| {
        let mut value = message.clone();
        for name in path.split('.') {
            value = Reflect::get(&value, &JsValue::from_str(name)).ok()?;
        }
        let text = value.as_string().map(Field::Text);
        text.or_else(|| value.as_f64().map(Field::Number)).or_else(|| value.as_bool().map(Field::Flag))
    }
}

fn put(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &JsValue::from_str(name), value).expect("a fresh object takes every field");
}

fn text(fields: &Fields, path: &str) -> Option<String> {
    match fields(path)? {
        Field::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn number(fields: &Fields, path: &str) -> Option<f64> {
    match fields(path)? {
        Field::Number(number) => Some(number),
        _ => None,
    }
}

fn flag(fields: &Fields, path: &str) -> bool {
    fields(path) == Some(Field::Flag(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(fields: &'a [(&'a str, Field)]) -> impl Fn(&str) -> Option<Field> + 'a {
        |path| fields.iter().find(|(name, _)| *name == path).map(|(_, field)| field.clone())
    }

    fn said(text: &str) -> Field {
        Field::Text(text.to_owned())
    }

    fn start(extra: &[(&str, Field)]) -> Option<Start> {
        let mut fields = vec![
            ("relay", said("https://chat.example/")),
            ("site", said(&SiteKey([3; 12]).to_text())),
            ("texts.locale", said("ar-EG")),
            ("texts.text", said("a = b")),
        ];
        fields.extend(extra.iter().cloned());
        Start::read(&message(&fields))
    }

    #[test]
    fn the_least_that_a_tag_says_is_enough_to_start() {
        let start = start(&[]).expect("relay, site and texts are there");
        assert_eq!(start.relay, "https://chat.example");
        assert_eq!((start.language, start.roster_min, start.continuing), (Language::Ar, 0, false));
        assert_eq!(start.org_key, None);
        assert_eq!(start.host_half, None);
        assert!(!start.pinned);
    }

    #[test]
    fn a_tag_with_a_hash_is_said_to_be_pinned() {
        assert!(start(&[("pinned", Field::Flag(true))]).expect("nothing is missing").pinned);
    }

    #[test]
    fn a_mistyped_organisation_key_never_becomes_no_key() {
        assert!(start(&[("orgKey", said("not a key"))]).is_none());
        let key = OrgKey([9; 32]);
        assert_eq!(start(&[("orgKey", said(&key.to_text()))]).and_then(|start| start.org_key), Some(key));
    }

    #[test]
    fn without_a_known_site_nothing_starts() {
        assert!(Start::read(&message(&[("relay", said("https://x")), ("texts.text", said("a"))])).is_none());
    }

    #[test]
    fn a_refused_pass_is_final_only_where_another_try_cannot_help() {
        let refused = |code: &str| FromLoader::read(&message(&[("t", said("pass")), ("error", said(code))]));
        assert_eq!(refused("unknown-site"), Some(FromLoader::NoPass(Some(ErrorCode::UnknownSite))));
        assert_eq!(refused("network"), Some(FromLoader::NoPass(None)));
        let pass = Pass([5; 32]);
        let given = [("t", said("pass")), ("pass", said(&pass.to_text()))];
        assert_eq!(FromLoader::read(&message(&given)), Some(FromLoader::Pass(pass)));
    }

    #[test]
    fn a_message_of_another_shape_is_ignored() {
        assert_eq!(FromLoader::read(&message(&[])), None);
        assert_eq!(FromLoader::read(&message(&[("t", said("typed"))])), None);
        assert_eq!(FromLoader::read(&message(&[("t", Field::Number(1.0))])), None);
        assert_eq!(FromLoader::read(&message(&[("t", said("viewport")), ("height", said("tall"))])), None);
        let shown = [("t", said("shown")), ("shown", Field::Flag(true))];
        assert_eq!(FromLoader::read(&message(&shown)), Some(FromLoader::Shown(true)));
    }

    #[test]
    fn what_goes_out_carries_at_most_one_closed_field() {
        assert_eq!(
            ToLoader::WantTexts { language: Language::PtBr, simple: false }.field(),
            Some(("locale", said("pt-BR")))
        );
        assert_eq!(
            ToLoader::WantTexts { language: Language::Ar, simple: true }.field(),
            Some(("locale", said("ar-simple")))
        );
        assert_eq!(ToLoader::State(State::Talking).field(), Some(("s", said("talking"))));
        assert_eq!(ToLoader::Half(true).field(), Some(("keep", Field::Flag(true))));
        assert_eq!(ToLoader::Exit.field(), None);
    }
}

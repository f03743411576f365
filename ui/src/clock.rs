//! The browser's clock, as numbers for the state machines, and timers that stop when they are dropped.

use std::cell::Cell;

use amparo_protocol::language::Language;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

thread_local! {
    /// What was told last.
    static TOLD: Cell<Told> = const { Cell::new(Told { now_ms: 0.0, date_ms: 0.0, running_ms: 0.0 }) };
}

#[derive(Clone, Copy)]
struct Told {
    now_ms: f64,
    date_ms: f64,
    running_ms: f64,
}

/// Milliseconds since 1970 by this browser's clock, which never goes back: somebody may set the date while the page is
/// open, and the other clock, which nobody sets, may stand still while the machine sleeps. So whichever went further counts.
pub fn now_ms() -> u64 {
    let date_ms = js_sys::Date::now();
    let running_ms = window().performance().map_or(0.0, |performance| performance.now());
    let told = TOLD.get();
    let passed_ms = (date_ms - told.date_ms).max(running_ms - told.running_ms).max(0.0);
    let now_ms = told.now_ms + passed_ms;
    TOLD.set(Told { now_ms, date_ms, running_ms });
    now_ms as u64
}

/// Hours and minutes of a moment in the browser's time zone, as in `09:41`.
pub fn time_of_day(unix_ms: u64) -> String {
    let date = js_sys::Date::new(&(unix_ms as f64).into());
    two_digits(date.get_hours()) + ":" + &two_digits(date.get_minutes())
}

/// A moment with its day in the browser's time zone and in the words of a language, as in `Monday 30 November, 09:00 CET`.
pub fn moment(unix_secs: u64, language: Language) -> String {
    // Digits are written as in the numbers to dial.
    let locale = if language == Language::Ar { "ar-u-nu-latn" } else { language.tag() };
    let options = js_sys::JSON::parse(MOMENT).expect("the constant is JSON");
    js_sys::Date::new(&(unix_secs as f64 * 1000.0).into()).to_locale_string(locale, &options).into()
}

/// Of `Date.toLocaleString`. The zone is named because some browsers pretend to be in another one.
const MOMENT: &str =
    r#"{"weekday":"long","day":"numeric","month":"long","hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#;

fn two_digits(number: u32) -> String {
    String::from_iter([char::from(b'0' + (number / 10 % 10) as u8), char::from(b'0' + (number % 10) as u8)])
}

/// Calls once, later. Dropped earlier, it never calls.
pub struct Timeout {
    handle: i32,
    call: Option<Closure<dyn FnMut()>>,
}

impl Timeout {
    pub fn new(after_ms: u32, call: impl FnOnce() + 'static) -> Self {
        let call = Closure::once(call);
        let handle = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(call.as_ref().unchecked_ref(), after_ms as i32)
            .expect("a window has setTimeout");
        Self { handle, call: Some(call) }
    }

    /// Lets it run whatever happens; the browser frees it afterwards.
    pub fn run_to_the_end(mut self) {
        self.call.take().into_iter().for_each(|call| drop(call.into_js_value()));
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if self.call.is_some() {
            window().clear_timeout_with_handle(self.handle);
        }
    }
}

/// Calls again and again. A hidden tab's is slowed down by the browser: nothing may depend on its pace.
pub struct Interval {
    handle: i32,
    _call: Closure<dyn Fn()>,
}

impl Interval {
    pub fn new(every_ms: u32, call: impl Fn() + 'static) -> Self {
        let call = Closure::<dyn Fn()>::new(call);
        let handle = window()
            .set_interval_with_callback_and_timeout_and_arguments_0(call.as_ref().unchecked_ref(), every_ms as i32)
            .expect("a window has setInterval");
        Self { handle, _call: call }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.handle);
    }
}

fn window() -> web_sys::Window {
    web_sys::window().expect("the program runs in a document, never in a worker")
}

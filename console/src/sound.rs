//! The ring of an offer, made with Web Audio: two soft tones, no file, nothing loaded.

use web_sys::{AudioContext, OscillatorType};

/// Rings until it is dropped by its owner; [`ring`](Self::ring) plays it once.
pub struct Bell {
    context: AudioContext,
}

const TONES_HZ: [f32; 2] = [659.3, 880.0];
const TONE_SECS: f64 = 0.28;

impl Bell {
    /// `None` where the browser has no Web Audio. The offer is shown and the title changes all the same.
    pub fn new() -> Option<Self> {
        Some(Self { context: AudioContext::new().ok()? })
    }

    /// Plays the two tones. A browser that wants a press first stays silent until there was one.
    pub fn ring(&self) {
        let _ = self.context.resume();
        for (at, tone_hz) in TONES_HZ.into_iter().enumerate() {
            let start_secs = self.context.current_time() + at as f64 * TONE_SECS;
            // A tone that could not be made is no reason to disturb the one who is about to answer.
            let _ = self.tone(tone_hz, start_secs);
        }
    }

    fn tone(&self, tone_hz: f32, start_secs: f64) -> Result<(), wasm_bindgen::JsValue> {
        let oscillator = self.context.create_oscillator()?;
        let gain = self.context.create_gain()?;
        oscillator.set_type(OscillatorType::Sine);
        oscillator.frequency().set_value(tone_hz);
        gain.gain().set_value_at_time(0.0001, start_secs)?;
        gain.gain().exponential_ramp_to_value_at_time(0.25, start_secs + 0.03)?;
        gain.gain().exponential_ramp_to_value_at_time(0.0001, start_secs + TONE_SECS)?;
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&self.context.destination())?;
        oscillator.start_with_when(start_secs)?;
        oscillator.stop_with_when(start_secs + TONE_SECS)
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let _ = self.context.close();
    }
}

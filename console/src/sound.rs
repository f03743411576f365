//! Ringing, made with Web Audio: soft tones, no file, nothing loaded.
//!
//! Never: a timer. A browser lets a hidden page's timers run once a minute; what is handed to it in advance plays on.

use web_sys::{AudioContext, OscillatorType};

/// Rings from the moment it is made until it is dropped, or its time is over.
pub struct Bell {
    context: AudioContext,
}

/// An offer: two tones, upwards.
pub const OFFER: Ring = Ring { tones_hz: &[659.3, 880.0], every_secs: 3.0, times: 11 };
/// "Still there?": three tones, downwards.
pub const STILL_THERE: Ring = Ring { tones_hz: &[784.0, 659.3, 523.3], every_secs: 6.0, times: 10 };
/// Somebody wants to hear whether their sound is on.
pub const TRIAL: Ring = Ring { tones_hz: OFFER.tones_hz, every_secs: OFFER.every_secs, times: 4 };

#[derive(Clone, Copy)]
pub struct Ring {
    tones_hz: &'static [f32],
    every_secs: f64,
    times: u32,
}

const TONE_SECS: f64 = 0.28;

impl Bell {
    /// `None` where the browser has no Web Audio. What rings is shown all the same. A browser that wants a press first
    /// stays silent until there was one.
    pub fn ring(ring: Ring) -> Option<Self> {
        let bell = Self { context: AudioContext::new().ok()? };
        let _ = bell.context.resume();
        let now_secs = bell.context.current_time();
        for time in 0..ring.times {
            for (at, tone_hz) in ring.tones_hz.iter().enumerate() {
                let start_secs = now_secs + f64::from(time) * ring.every_secs + at as f64 * TONE_SECS;
                // A tone that could not be made is no reason to disturb the one who is about to answer.
                let _ = bell.tone(*tone_hz, start_secs);
            }
        }
        Some(bell)
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

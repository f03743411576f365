//! The organisation's colour, made readable: links, the main button and the focus ring are drawn in it.
//!
//! The backgrounds are those of `assets/tokens.css`; a test reads them there.

use amparo_protocol::wire::{Accent, Colour};

/// The background of each scheme on which a colour is hardest to read.
const LIGHT_CALM: Colour = Colour { red: 0xe7, green: 0xf0, blue: 0xed };
const DARK_CALM: Colour = Colour { red: 0x20, green: 0x31, blue: 0x2d };
/// Of text (WCAG 2.2, criterion 1.4.3).
const CONTRAST_LEAST: f64 = 4.5;

/// The nearest colours of the same kind that can be read: darker on a light screen, lighter on a dark one.
pub fn accent(wanted: Colour) -> Accent {
    Accent {
        light: readable(wanted, Colour { red: 0, green: 0, blue: 0 }, LIGHT_CALM),
        dark: readable(wanted, Colour { red: 255, green: 255, blue: 255 }, DARK_CALM),
    }
}

fn readable(wanted: Colour, towards: Colour, background: Colour) -> Colour {
    let mixed = (0..=50).map(|step| mix(wanted, towards, f64::from(step) / 50.0));
    mixed.into_iter().find(|colour| contrast(*colour, background) >= CONTRAST_LEAST).unwrap_or(towards)
}

fn mix(one: Colour, other: Colour, share: f64) -> Colour {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    let channel = |one: u8, other: u8| (f64::from(one) + (f64::from(other) - f64::from(one)) * share).round() as u8;
    Colour {
        red: channel(one.red, other.red),
        green: channel(one.green, other.green),
        blue: channel(one.blue, other.blue),
    }
}

/// WCAG 2.2, "contrast ratio".
fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: Colour) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(colour.red) + 0.7152 * channel(colour.green) + 0.0722 * channel(colour.blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(rgb: u32) -> Colour {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Colour { red, green, blue }
    }

    #[test]
    fn black_on_white_is_twenty_one_to_one() {
        assert!((contrast(colour(0x000000), colour(0xffffff)) - 21.0).abs() < 0.01);
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        assert_eq!(accent(colour(0x2b6a5f)).light, colour(0x2b6a5f));
        assert_eq!(accent(colour(0x7cc3b4)).dark, colour(0x7cc3b4));
    }

    #[test]
    fn any_colour_becomes_readable_with_what_stands_on_it() {
        for rgb in [0xffff00, 0xff69b4, 0x000000, 0xffffff, 0x808080, 0x0000ff, 0x00ff00, 0xe7f0ed] {
            let Accent { light, dark } = accent(colour(rgb));
            for background in [LIGHT_CALM, colour(0xfaf8f5), colour(0xffffff)] {
                assert!(contrast(light, background) >= CONTRAST_LEAST, "{rgb:06x} {light:?}");
            }
            for background in [DARK_CALM, colour(0x14181a), colour(0x1c2225), colour(0x0d1f1b)] {
                assert!(contrast(dark, background) >= CONTRAST_LEAST, "{rgb:06x} {dark:?}");
            }
        }
    }

    #[test]
    fn the_backgrounds_are_those_of_the_tokens() {
        let tokens = include_str!("../../../assets/tokens.css");
        for calm in [LIGHT_CALM, DARK_CALM] {
            let Colour { red, green, blue } = calm;
            assert!(tokens.contains(&format!("--am-calm: #{red:02x}{green:02x}{blue:02x};")), "{calm:?}");
        }
    }
}

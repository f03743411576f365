//! Shift pressed alone, also when the keyboard belongs to the frame. The loader counts three; here it is only noticed.

use crate::port::ToLoader;

/// Follows the keyboard from key to key. It never remembers which other key it was.
#[derive(Default)]
pub struct ShiftWatch {
    /// Shift is down and nothing else was pressed since.
    alone: bool,
    /// The loader has a count that another key must reset.
    counted: bool,
}

impl ShiftWatch {
    /// `other_modifier`: Alt, Ctrl or Meta is down. A key that repeats is not a second press.
    pub fn on_key_down(&mut self, key: &str, other_modifier: bool, repeats: bool) -> Option<ToLoader> {
        if key == "Shift" && !other_modifier {
            self.alone = !repeats || self.alone;
            return None;
        }
        self.alone = false;
        std::mem::take(&mut self.counted).then_some(ToLoader::ShiftReset)
    }

    pub fn on_key_up(&mut self, key: &str) -> Option<ToLoader> {
        let pressed = key == "Shift" && std::mem::take(&mut self.alone);
        self.counted |= pressed;
        pressed.then_some(ToLoader::Shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_alone_counts_when_it_is_let_go() {
        let mut watch = ShiftWatch::default();
        assert_eq!(watch.on_key_down("Shift", false, false), None);
        assert_eq!(watch.on_key_down("Shift", false, true), None);
        assert_eq!(watch.on_key_up("Shift"), Some(ToLoader::Shift));
    }

    #[test]
    fn a_capital_letter_never_counts_and_nobody_is_told_of_typing() {
        let mut watch = ShiftWatch::default();
        assert_eq!(watch.on_key_down("Shift", false, false), None);
        assert_eq!(watch.on_key_down("A", false, false), None);
        assert_eq!(watch.on_key_up("A"), None);
        assert_eq!(watch.on_key_up("Shift"), None);
    }

    #[test]
    fn another_key_after_a_count_resets_it_once() {
        let mut watch = ShiftWatch::default();
        watch.on_key_down("Shift", false, false);
        watch.on_key_up("Shift");
        assert_eq!(watch.on_key_down("b", false, false), Some(ToLoader::ShiftReset));
        assert_eq!(watch.on_key_down("c", false, false), None);
    }

    #[test]
    fn shift_with_another_modifier_never_counts() {
        let mut watch = ShiftWatch::default();
        watch.on_key_down("Alt", true, false);
        watch.on_key_down("Shift", true, false);
        assert_eq!(watch.on_key_up("Shift"), None);
    }
}

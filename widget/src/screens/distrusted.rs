//! Whoever wanted to join did not pass the checks: the chat stops before a word can be sent, and phones remain.

use amparo_ui::element::El;

use crate::chat::Chat;
use crate::doors::doors;
use crate::screens::{page, sentence};

pub fn distrusted(chat: Chat) -> El {
    page("distrusted.heading").child(sentence("distrusted.text")).child(doors(chat, true))
}

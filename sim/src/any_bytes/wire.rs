//! Messages of both directions: any bytes are refused or understood, and what is understood is written alike.

use amparo_protocol::wire::{ClientMsg, ServerMsg, decode, encode};

pub fn wire(bytes: &[u8]) {
    if let Ok(message) = decode::<ClientMsg>(bytes) {
        assert_eq!(decode::<ClientMsg>(&encode(&message)), Ok(message));
    }
    if let Ok(message) = decode::<ServerMsg>(bytes) {
        assert_eq!(decode::<ServerMsg>(&encode(&message)), Ok(message));
    }
}

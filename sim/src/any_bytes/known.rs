//! What does not change from input to input: an organisation with three counselors, and how each greets the relay.

use std::sync::{Arc, LazyLock};

use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::DeviceId;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::wire::{ClientMsg, Hello, Presence, encode};
use amparo_server::relay::facts::LineFacts;

use crate::house::House;
use crate::seeded::Seeded;
use crate::world::{START_MS, facts};

/// Sara supervises.
pub const NAMES: [&str; 3] = ["Ana", "Omar", "Sara"];

pub struct Known {
    pub house: House,
    pub facts: Arc<LineFacts>,
    /// Of each counselor.
    pub devices: Vec<DeviceId>,
    /// Of each, the first two messages of a connection.
    pub greetings: Vec<[Vec<u8>; 2]>,
}

pub static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut random = Seeded(1);
    let house = House::of(&NAMES, START_MS / 1000, &mut random);
    let shifts: Vec<_> = NAMES.iter().map(|name| house.shift(name, START_MS / 1000, &mut random)).collect();
    let greeting = |keys: &ShiftKeys| {
        let shift = keys.certificate.clone();
        let (resumes, ended) = (Vec::new(), Vec::new());
        let hello = Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes, ended };
        [ClientMsg::Hello(hello), ClientMsg::Presence(Presence::Available)].map(|msg| encode(&msg))
    };
    let greetings = shifts.iter().map(greeting).collect();
    let devices = shifts.iter().map(ShiftKeys::device).collect();
    Known { facts: Arc::new(facts(&house)), devices, greetings, house }
});

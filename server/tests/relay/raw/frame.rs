//! One WebSocket frame by hand, right or wrong (RFC 6455, section 5.2).

pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

#[derive(Clone)]
pub struct Frame {
    pub is_last: bool,
    /// The three reserved bits.
    pub reserved: u8,
    pub opcode: u8,
    pub is_masked: bool,
    pub payload: Vec<u8>,
    pub length: Length,
}

/// How the length is written.
#[derive(Clone, Copy)]
pub enum Length {
    Shortest,
    In16Bits,
    In64Bits,
    /// And no payload follows.
    Claimed(u64),
}

pub fn frame(opcode: u8, payload: impl Into<Vec<u8>>) -> Frame {
    Frame { is_last: true, reserved: 0, opcode, is_masked: true, payload: payload.into(), length: Length::Shortest }
}

/// The payload of a close frame.
pub fn closing(code: u16, reason: impl AsRef<[u8]>) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason.as_ref()].concat()
}

impl Frame {
    pub fn unfinished(mut self) -> Self {
        self.is_last = false;
        self
    }

    pub fn reserved(mut self, bits: u8) -> Self {
        self.reserved = bits;
        self
    }

    pub fn unmasked(mut self) -> Self {
        self.is_masked = false;
        self
    }

    pub fn length(mut self, length: Length) -> Self {
        self.length = length;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
        let mut bytes = vec![u8::from(self.is_last) << 7 | self.reserved << 4 | self.opcode];
        let masked = u8::from(self.is_masked) << 7;
        let size = self.payload.len();
        match self.length {
            Length::Shortest if size < 126 => bytes.push(masked | u8::try_from(size).unwrap()),
            Length::Shortest if size <= 0xffff => in_16_bits(&mut bytes, masked, size),
            Length::In16Bits => in_16_bits(&mut bytes, masked, size),
            Length::Shortest => in_64_bits(&mut bytes, masked, size as u64),
            Length::In64Bits => in_64_bits(&mut bytes, masked, size as u64),
            Length::Claimed(claimed) => in_64_bits(&mut bytes, masked, claimed),
        }
        if self.is_masked {
            bytes.extend(MASK);
        }
        if !matches!(self.length, Length::Claimed(_)) {
            let masked = self.payload.iter().enumerate().map(|(at, byte)| byte ^ MASK[at % 4]);
            if self.is_masked { bytes.extend(masked) } else { bytes.extend(&self.payload) }
        }
        bytes
    }
}

fn in_16_bits(bytes: &mut Vec<u8>, masked: u8, size: usize) {
    bytes.push(masked | 126);
    bytes.extend(u16::try_from(size).unwrap().to_be_bytes());
}

fn in_64_bits(bytes: &mut Vec<u8>, masked: u8, size: u64) {
    bytes.push(masked | 127);
    bytes.extend(size.to_be_bytes());
}

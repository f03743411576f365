//! The bytes of what travels: postcard's format (postcard.jamesmunns.com/wire-format), written and read without serde.
//!
//! Numbers are varints of seven bits a byte, least first; lengths come before what they count; an enum begins with the
//! number of its variant; nothing else is added. A visitor's browser loads this code before she can write, and the same
//! readers made by serde weigh five times as much. A test holds both against each other.
//!
//! Never: a length that is believed before the bytes are there.

/// A value that can be written to the wire and read back.
pub trait Wire: Sized {
    fn put(&self, into: &mut Vec<u8>);

    /// Reads one value off the front; `None` for anything that [`put`](Self::put) could not have meant.
    fn take(from: &mut Bytes<'_>) -> Option<Self>;
}

/// What is left to read.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn u8(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A byte string with its length before it.
    pub fn sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u64::take(self)?).ok()?;
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

pub fn put_sized(bytes: &[u8], into: &mut Vec<u8>) {
    (bytes.len() as u64).put(into);
    into.extend_from_slice(bytes);
}

impl Wire for u64 {
    fn put(&self, into: &mut Vec<u8>) {
        let mut left = *self;
        while left >= 0x80 {
            into.push(left as u8 | 0x80);
            left >>= 7;
        }
        into.push(left as u8);
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = from.u8()?;
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// As a varint of its own width: whatever does not fit is refused.
macro_rules! narrow {
    ($($number:ty),*) => {$(
        impl Wire for $number {
            fn put(&self, into: &mut Vec<u8>) {
                u64::from(*self).put(into);
            }

            fn take(from: &mut Bytes<'_>) -> Option<Self> {
                Self::try_from(u64::take(from)?).ok()
            }
        }
    )*};
}

narrow!(u16, u32);

impl Wire for u8 {
    fn put(&self, into: &mut Vec<u8>) {
        into.push(*self);
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        from.u8()
    }
}

impl Wire for bool {
    fn put(&self, into: &mut Vec<u8>) {
        into.push((*self).into());
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        match from.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Wire for String {
    fn put(&self, into: &mut Vec<u8>) {
        put_sized(self.as_bytes(), into);
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        str::from_utf8(from.sized()?).ok().map(str::to_owned)
    }
}

/// Of fixed length, so none is written.
impl<const N: usize> Wire for [u8; N] {
    fn put(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(self);
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let (taken, rest) = from.0.split_first_chunk()?;
        from.0 = rest;
        Some(*taken)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, into: &mut Vec<u8>) {
        self.is_some().put(into);
        self.iter().for_each(|value| value.put(into));
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

/// As what is in it.
impl<T: Wire> Wire for Box<T> {
    fn put(&self, into: &mut Vec<u8>) {
        T::put(self, into);
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        T::take(from).map(Self::new)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, into: &mut Vec<u8>) {
        (self.len() as u64).put(into);
        self.iter().for_each(|value| value.put(into));
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let mut values = Self::new();
        for _ in 0..u64::take(from)? {
            values.push(T::take(from)?);
        }
        Some(values)
    }
}

/// Defines types that travel: structs and enums as they are written, and how their bytes are.
///
/// Variants are numbered from zero in the order in which they stand, so they are only ever appended.
#[macro_export]
macro_rules! wire {
    () => {};
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $field_type:ty),* $(,)? }
        $($more:tt)*
    ) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $field_type),* }

        impl $crate::codec::Wire for $name {
            fn put(&self, into: &mut Vec<u8>) {
                $($crate::codec::Wire::put(&self.$field, into);)*
            }

            fn take(from: &mut $crate::codec::Bytes<'_>) -> Option<Self> {
                Some(Self { $($field: <$field_type as $crate::codec::Wire>::take(from)?),* })
            }
        }

        $crate::wire! { $($more)* }
    };
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident
                $(($inner:ty))?
                $({ $($(#[$field_meta:meta])* $field:ident: $field_type:ty),* $(,)? })?
            ),* $(,)?
        }
        $($more:tt)*
    ) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$variant_meta])* $variant $(($inner))? $({ $($(#[$field_meta])* $field: $field_type),* })?),*
        }

        impl $name {
            /// How many variants there are.
            pub const COUNT: usize = [$(stringify!($variant)),*].len();
        }

        const _: () = {
            enum Number { $($variant),* }

            impl $crate::codec::Wire for $name {
                fn put(&self, into: &mut Vec<u8>) {
                    match self {
                        $(
                            Self::$variant $(($crate::wire!(@named inner $inner)))? $({ $($field),* })? => {
                                into.push(Number::$variant as u8);
                                $($crate::codec::Wire::put($crate::wire!(@named inner $inner), into);)?
                                $($($crate::codec::Wire::put($field, into);)*)?
                            }
                        )*
                    }
                }

                fn take(from: &mut $crate::codec::Bytes<'_>) -> Option<Self> {
                    let number = from.u8()?;
                    $(
                        if number == Number::$variant as u8 {
                            return Some(Self::$variant
                                $((<$inner as $crate::codec::Wire>::take(from)?))?
                                $({ $($field: <$field_type as $crate::codec::Wire>::take(from)?),* })?
                            );
                        }
                    )*
                    None
                }
            }
        };

        $crate::wire! { $($more)* }
    };
    // A name for what a variant holds, once for each variant that holds something.
    (@named $name:ident $inner:ty) => { $name };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(value: &impl Wire) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        bytes
    }

    #[test]
    fn numbers_of_every_width_come_back_and_do_not_run_over() {
        for number in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(u64::take(&mut Bytes(&bytes_of(&number))), Some(number));
        }
        assert_eq!(bytes_of(&300_u16), [0xac, 0x02]);
        assert_eq!(u16::take(&mut Bytes(&bytes_of(&70_000_u32))), None);
        assert_eq!(u64::take(&mut Bytes(&[0xff; 9])), None, "cut");
        assert_eq!(
            u64::take(&mut Bytes(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2])),
            None,
            "too large"
        );
    }

    #[test]
    fn a_huge_claimed_length_takes_no_memory() {
        let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        assert_eq!(String::take(&mut Bytes(&huge)), None);
        assert_eq!(Vec::<u64>::take(&mut Bytes(&huge)), None);
    }
}

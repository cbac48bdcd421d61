//! Protocol buffers, the little of them that files of others need: fields appended one after the other to a message.
//!
//! The wire format is that of <https://protobuf.dev/programming-guides/encoding/>: a field is its number and kind, then its value.

/// A message while it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Message(Vec<u8>);

/// How a value is written: the last three bits of a field's key.
#[derive(Debug, Clone, Copy)]
enum Wire {
    Varint = 0,
    Eight = 1,
    Length = 2,
    Four = 5,
}

impl Message {
    /// Begins an empty message.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Returns its bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Appends a whole number: `int64`, `uint64`, `int32` that is not negative, `bool` or an enumeration.
    #[must_use]
    pub(crate) fn whole(self, field: u32, value: u64) -> Self {
        self.key(field, Wire::Varint).varint(value)
    }

    /// Appends a number of double precision.
    #[must_use]
    #[cfg_attr(not(feature = "torch"), allow(dead_code))]
    pub(crate) fn double(self, field: u32, value: f64) -> Self {
        self.key(field, Wire::Eight).raw(&value.to_le_bytes())
    }

    /// Appends a number of single precision.
    #[must_use]
    #[cfg_attr(not(feature = "torch"), allow(dead_code))]
    pub(crate) fn single(self, field: u32, value: f32) -> Self {
        self.key(field, Wire::Four).raw(&value.to_le_bytes())
    }

    /// Appends a text, or plain bytes.
    #[must_use]
    pub(crate) fn bytes(self, field: u32, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.key(field, Wire::Length).varint(value.len() as u64).raw(value)
    }

    /// Appends a message within this one.
    #[must_use]
    pub(crate) fn message(self, field: u32, value: Self) -> Self {
        self.bytes(field, value.0)
    }

    fn key(self, field: u32, wire: Wire) -> Self {
        self.varint(u64::from(field) << 3 | wire as u64)
    }

    /// Appends seven bits a byte, the lowest first; the eighth bit tells that more follow.
    fn varint(mut self, mut value: u64) -> Self {
        while value >= 0x80 {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.raw(&value.to_le_bytes()[..1])
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first three are the examples of the page on the encoding.
    #[test]
    fn fields_are_written_as_the_page_has_them() {
        let bytes = |message: Message| message.into_bytes();
        assert_eq!(bytes(Message::new().whole(1, 150)), [0x08, 0x96, 0x01]);
        let testing = [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67];
        assert_eq!(bytes(Message::new().bytes(2, "testing")), testing);
        assert_eq!(bytes(Message::new().message(3, Message::new().whole(1, 150))), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(bytes(Message::new().single(2, 1.0)), [0x15, 0, 0, 0x80, 0x3f]);
        assert_eq!(bytes(Message::new().double(1, 1.0)), [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
        assert_eq!(bytes(Message::new().whole(16, u64::MAX)).len(), 12);
    }
}

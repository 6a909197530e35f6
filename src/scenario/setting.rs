//! A parameter's value as people write it: a number, `true` or `false`, or the name of a choice.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A written value, not yet checked against a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// `0.005`
    Number(f64),
    /// `true`
    Toggle(bool),
    /// `order-book`
    Word(String),
}

impl Setting {
    /// Reads what follows the `=` of `--set group.name=value`. A number may carry a per cent sign.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Ok(toggle) = text.parse() {
            return Self::Toggle(toggle);
        }
        match text.strip_suffix('%').map(str::trim_end) {
            Some(percent) => percent
                .parse()
                .map_or_else(|_| Self::Word(text.to_owned()), |v: f64| Self::Number(v / 100.0)),
            None => text.parse().map_or_else(|_| Self::Word(text.to_owned()), Self::Number),
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Toggle(on) => write!(f, "{on}"),
            Self::Word(word) => write!(f, "\"{word}\""),
        }
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Toggle(on) => serializer.serialize_bool(*on),
            Self::Word(word) => serializer.serialize_str(word),
        }
    }
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Setting;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number, true, false or the name of a choice")
            }
            fn visit_bool<E: Error>(self, on: bool) -> Result<Setting, E> {
                Ok(Setting::Toggle(on))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Setting, E> {
                Ok(Setting::Number(value))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Setting, E> {
                Ok(Setting::Number(value as f64))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Setting, E> {
                Ok(Setting::Number(value as f64))
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<Setting, E> {
                Ok(Setting::Word(word.to_owned()))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

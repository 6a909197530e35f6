//! What the user has to be told: once, until dismissed.

use std::collections::VecDeque;

/// Most messages kept; the oldest give way.
const KEPT: usize = 5;

/// A message in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What happened.
    pub text: String,
    /// Whether something went wrong.
    pub error: bool,
}

/// Messages that nobody has dismissed, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Messages(VecDeque<Message>);

impl Messages {
    /// Says that something went wrong. A message that stands already is not repeated.
    pub fn error(&mut self, error: impl std::fmt::Display) {
        self.push(Message {
            text: error.to_string(),
            error: true,
        });
    }

    /// Says that something was done.
    pub fn done(&mut self, text: String) {
        self.taken_back();
        self.push(Message { text, error: false });
    }

    /// Forgets what was done: it has been taken back.
    pub(super) fn taken_back(&mut self) {
        self.0.retain(|message| message.error);
    }

    /// Takes the message with this text away.
    pub(super) fn dismiss(&mut self, text: &str) {
        self.0.retain(|message| message.text != text);
    }

    /// All that stand, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Message> {
        self.0.iter()
    }

    fn push(&mut self, message: Message) {
        if !self.0.contains(&message) {
            self.0.push_back(message);
        }
        while self.0.len() > KEPT {
            self.0.pop_front();
        }
    }
}

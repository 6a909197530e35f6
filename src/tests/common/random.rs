//! Numbers that look random, the same in every run, and texts that something has gone wrong with.

#![allow(dead_code, reason = "every test program uses its own part")]

/// Numbers that look random (Marsaglia 2003, xorshift).
pub(super) struct Numbers(u64);

impl Numbers {
    /// From a seed other than 0.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// A whole number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// One of these.
    pub(super) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// A number from 0 to 1.
    pub(super) fn share(&mut self) -> f32 {
        self.below(1 << 20) as f32 / (1 << 20) as f32
    }
}

/// A text with some things wrong with it, `pieces` among what was put in.
pub(super) fn mutated(text: &str, pieces: &[&str], numbers: &mut Numbers) -> String {
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(3) {
        if !text.is_empty() {
            text = mutated_once(&text, pieces, numbers);
        }
    }
    text
}

fn mutated_once(text: &str, pieces: &[&str], numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = numbers.below(lines.len());
    match numbers.below(7) {
        0 => {
            lines.remove(line);
        }
        1 => lines.insert(line, lines[line].clone()),
        2 => {
            let other = numbers.below(lines.len());
            lines.swap(line, other);
        }
        3 => {
            let mut fields: Vec<String> = lines[line].split(',').map(str::to_owned).collect();
            let (one, other) = (numbers.below(fields.len()), numbers.below(fields.len()));
            fields.swap(one, other);
            lines[line] = fields.join(",");
        }
        4 => {
            let cut = numbers.below(text.len());
            let end = (0..=cut).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            return text[..end].to_owned();
        }
        _ => {
            let letters: Vec<(usize, char)> = lines[line].char_indices().collect();
            let at = letters
                .get(numbers.below(letters.len() + 1))
                .map_or(lines[line].len(), |(at, _)| *at);
            lines[line].insert_str(at, pieces[numbers.below(pieces.len())]);
        }
    }
    lines.join("\n")
}

/// So many cases, unless an environment variable asks for another number.
pub(super) fn cases(variable: &str, usual: usize) -> usize {
    let asked = std::env::var(variable).ok().and_then(|count| count.parse().ok());
    asked.unwrap_or(usual)
}

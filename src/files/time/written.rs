//! Dates and times as programs and people write them, in figures or in words of several languages.

use jiff::civil::Date;

use super::zones::{eastern_offset, offset_of};

/// Which number of a date such as `01/08/2024` comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 1 August.
    DayFirst,
    /// 8 January.
    MonthFirst,
}

/// The day of a moment as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Day {
    /// A day.
    Known(Date),
    /// Two numbers that both may be the month, and the year.
    Either(i8, i8, i16),
}

impl Day {
    /// The day, where the order of its numbers is this one.
    pub fn by(self, order: DateOrder) -> Option<Date> {
        match (self, order) {
            (Self::Known(date), _) => Some(date),
            (Self::Either(day, month, year), DateOrder::DayFirst)
            | (Self::Either(month, day, year), DateOrder::MonthFirst) => Date::new(year, month, day).ok(),
        }
    }
}

/// A moment as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written {
    /// The day.
    pub day: Day,
    /// Seconds since midnight, if there is a time of day.
    pub seconds: Option<f64>,
    /// Seconds that its clock is ahead of UTC, if it says so.
    pub offset: Option<f64>,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
    Mark(char),
}

/// Names of months begin with one of these: English, French, German, Spanish, Italian, Portuguese, Dutch and Nordic ones.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrt", "maa"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "maj", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "déc", "dez", "dic", "des"],
];

/// Days of the week that begin like a month.
const NO_MONTHS: [&str; 4] = ["mardi", "martes", "martedì", "martedi"];

/// Words that may stand between a date and a time.
const FILLERS: [&str; 16] = [
    "t", "d", "at", "à", "a", "as", "às", "um", "uhr", "om", "alle", "ore", "las", "de", "kl", "h",
];

/// Reads a text that is a date, with or without a time of day and a zone, and nothing else.
pub fn read(text: &str) -> Option<Written> {
    let text = normal(text);
    let tokens = tokens(&text);
    let start = tokens
        .iter()
        .position(|token| !is_weekday(*token) && *token != Token::Mark(','))?;
    let (day, used) = date(&tokens[start..])?;
    let rest = &tokens[start + used..];
    let (seconds, offset, used) = clock(rest, day);
    (used == rest.len()).then_some(Written { day, seconds, offset })
}

/// The first date in a line of words, with the time of day behind it if there is one.
pub fn find(text: &str) -> Option<Written> {
    let text = normal(text);
    let tokens = tokens(&text);
    (0..tokens.len()).find_map(|start| {
        // What begins in the middle of a longer number or word is none.
        let glued = start > 0
            && matches!(
                (tokens[start - 1], tokens[start]),
                (Token::Mark('.' | '-' | '/'), Token::Number(_))
            );
        let (day, used) = date(&tokens[start..]).filter(|_| !glued)?;
        let four_digits = tokens[start..start + used]
            .iter()
            .any(|token| matches!(token, Token::Number(digits) if digits.len() == 4));
        let (seconds, offset, _) = clock(&tokens[start + used..], day);
        four_digits.then_some(Written { day, seconds, offset })
    })
}

/// Seconds of a text that is a time of day and nothing else: `12:30`, `12:30:05.250`, `9:30 AM`.
pub fn time_of_day(text: &str) -> Option<f64> {
    let text = normal(text);
    let tokens = tokens(&text);
    let has_mark =
        tokens.contains(&Token::Mark(':')) || tokens.iter().any(|token| matches!(token, Token::Word("am" | "pm")));
    let (seconds, used) = hours(&tokens).filter(|_| has_mark)?;
    (used == tokens.len()).then_some(seconds)
}

fn normal(text: &str) -> String {
    text.chars()
        .flat_map(|letter| {
            match letter {
                '\u{2212}' | '–' | '年' | '月' => '-',
                '\u{a0}' | '\u{202f}' | '\u{2009}' | '日' => ' ',
                other => other,
            }
            .to_lowercase()
        })
        .collect::<String>()
        .replace("a.m.", "am")
        .replace("p.m.", "pm")
        .replace("a. m.", "am")
        .replace("p. m.", "pm")
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let same = |is: fn(char) -> bool| rest.find(|letter| !is(letter)).unwrap_or(rest.len());
        let length = if first.is_ascii_digit() {
            let length = same(|letter| letter.is_ascii_digit());
            tokens.push(Token::Number(&rest[..length]));
            length
        } else if first.is_alphabetic() {
            let length = same(char::is_alphabetic);
            tokens.push(Token::Word(&rest[..length]));
            length
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Mark(first));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_weekday(token: Token<'_>) -> bool {
    const STARTS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    matches!(token, Token::Word(word) if STARTS.iter().any(|start| word.starts_with(start)))
}

fn month_of(word: &str) -> Option<i8> {
    if NO_MONTHS.contains(&word) {
        return None;
    }
    let found = MONTHS
        .iter()
        .position(|names| names.iter().any(|name| word.starts_with(name)))?;
    Some(found as i8 + 1)
}

fn small(digits: &str) -> Option<i8> {
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten()
}

fn year_of(digits: &str) -> Option<i16> {
    match digits.len() {
        4 => digits.parse().ok().filter(|year| (1_000..=9_998).contains(year)),
        2 => digits
            .parse::<i16>()
            .ok()
            .map(|year| if year < 70 { 2_000 + year } else { 1_900 + year }),
        _ => None,
    }
}

/// A date at the start of these pieces, and how many it takes.
fn date(tokens: &[Token<'_>]) -> Option<(Day, usize)> {
    use Token::{Mark, Number, Word};
    let known = |year: Option<i16>, month: i8, day: Option<i8>, used: usize| {
        Some((Day::Known(Date::new(year?, month, day?).ok()?), used))
    };
    match *tokens {
        [
            Number(year),
            Mark(one @ ('-' | '/' | '.')),
            Number(month),
            Mark(two),
            Number(day),
            ..,
        ] if year.len() == 4 && one == two => known(year_of(year), small(month)?, small(day), 5),
        [Number(year), Mark('-'), Word(month), Mark('-'), Number(day), ..] if year.len() == 4 => {
            known(year_of(year), month_of(month)?, small(day), 5)
        }
        [
            Number(a),
            Mark(one @ ('-' | '/' | '.')),
            Number(b),
            Mark(two),
            Number(year),
            ..,
        ] if one == two => {
            let (first, second, year) = (small(a)?, small(b)?, year_of(year)?);
            if one == '.' {
                return known(Some(year), second, Some(first), 5);
            }
            match (first > 12, second > 12) {
                (true, false) => known(Some(year), second, Some(first), 5),
                (false, true) => known(Some(year), first, Some(second), 5),
                (false, false) if first > 0 && second > 0 => Some((Day::Either(first, second, year), 5)),
                _ => None,
            }
        }
        [Number(day), ref rest @ ..] if day.len() <= 2 => {
            let (month, before) = word(rest).and_then(|(word, used)| Some((month_of(word)?, used)))?;
            let (year, after) = number(&rest[before..])?;
            known(year_of(year), month, small(day), 1 + before + after)
        }
        [Word(month), ref rest @ ..] => {
            let month = month_of(month)?;
            let (day, before) = number(rest)?;
            let (year, after) = number(&rest[before..])?;
            known(
                year_of(year).filter(|_| year.len() == 4),
                month,
                small(day),
                1 + before + after,
            )
        }
        [Number(digits), ..] if digits.len() == 8 => {
            known(year_of(&digits[..4]), small(&digits[4..6])?, small(&digits[6..]), 1)
        }
        _ => None,
    }
}

/// The next word behind marks and fillers such as `de`, `of` and the ending of `1st`.
fn word<'a>(tokens: &[Token<'a>]) -> Option<(&'a str, usize)> {
    for (index, token) in tokens.iter().enumerate().take(3) {
        match *token {
            Token::Word("de" | "of" | "st" | "nd" | "rd" | "th" | "er" | "º" | "ª")
            | Token::Mark('-' | '.' | ',' | '/' | '°') => {}
            Token::Word(word) => return Some((word, index + 1)),
            _ => return None,
        }
    }
    None
}

/// The next number behind marks and the same fillers.
fn number<'a>(tokens: &[Token<'a>]) -> Option<(&'a str, usize)> {
    for (index, token) in tokens.iter().enumerate().take(3) {
        match *token {
            Token::Word("de" | "of" | "st" | "nd" | "rd" | "th" | "del")
            | Token::Mark('-' | '.' | ',' | '/' | '\'') => {}
            Token::Number(digits) => return Some((digits, index + 1)),
            _ => return None,
        }
    }
    None
}

/// Time of day, offset from UTC, and how many pieces they take; none of them where nothing follows.
fn clock(tokens: &[Token<'_>], day: Day) -> (Option<f64>, Option<f64>, usize) {
    let mut at = 0;
    let is_filler = |token: &Token<'_>| {
        matches!(token, Token::Mark(',' | '@' | '-')) || matches!(token, Token::Word(word) if FILLERS.contains(word))
    };
    let fillers = tokens.iter().take_while(|token| is_filler(token)).count();
    let Some((seconds, used)) = hours(&tokens[fillers..]) else {
        let (offset, used) = zone(tokens, day);
        return (None, offset, used);
    };
    at += fillers + used;
    let (offset, used) = zone(&tokens[at..], day);
    at += used;
    (Some(seconds), offset, at)
}

/// Seconds since midnight: `12:30`, `12:30:05.25`, `0230`, `023005`, `9 AM`, `11-PM`.
fn hours(tokens: &[Token<'_>]) -> Option<(f64, usize)> {
    use Token::{Mark, Number, Word};
    let (mut seconds, mut used, plain) = match *tokens {
        [
            Number(hour),
            Mark(':'),
            Number(minute),
            Mark(':'),
            Number(second),
            Mark('.' | ',' | ':'),
            Number(part),
            ..,
        ] if hour.len() <= 2 => {
            let fraction: f64 = format!("0.{part}").parse().ok()?;
            (sum(hour, minute, second)? + fraction, 7, false)
        }
        [Number(hour), Mark(':'), Number(minute), Mark(':'), Number(second), ..] if hour.len() <= 2 => {
            (sum(hour, minute, second)?, 5, false)
        }
        [Number(hour), Mark(':'), Number(minute), ..] if hour.len() <= 2 => (sum(hour, minute, "0")?, 3, false),
        [Number(digits), ..] if digits.len() == 4 => (sum(&digits[..2], &digits[2..], "0")?, 1, false),
        [Number(digits), Mark('.'), Number(part), ..] if digits.len() == 6 => {
            let fraction: f64 = format!("0.{part}").parse().ok()?;
            (sum(&digits[..2], &digits[2..4], &digits[4..])? + fraction, 3, false)
        }
        [Number(digits), ..] if digits.len() == 6 => (sum(&digits[..2], &digits[2..4], &digits[4..])?, 1, false),
        [Number(hour), ..] if hour.len() <= 2 => (sum(hour, "0", "0")?, 1, true),
        _ => return None,
    };
    let dash = usize::from(tokens.get(used) == Some(&Mark('-')));
    match tokens.get(used + dash) {
        Some(Word(half @ ("am" | "pm"))) => {
            let hour = (seconds / 3_600.0).floor();
            if !(0.0..=12.0).contains(&hour) {
                return None;
            }
            if hour == 12.0 {
                seconds -= 43_200.0;
            }
            if *half == "pm" {
                seconds += 43_200.0;
            }
            used += dash + 1;
        }
        _ if plain => return None,
        _ => {}
    }
    Some((seconds, used))
}

fn sum(hour: &str, minute: &str, second: &str) -> Option<f64> {
    let part = |digits: &str, limit: f64| {
        digits
            .parse()
            .ok()
            .filter(|value: &f64| digits.len() <= 2 && *value < limit)
    };
    let (hour, minute, second) = (part(hour, 25.0)?, part(minute, 60.0)?, part(second, 61.0)?);
    let seconds = hour * 3_600.0 + minute * 60.0 + second;
    // Some write the end of a day as 24:00.
    (seconds <= 86_400.0).then_some(seconds)
}

/// Seconds ahead of UTC, and how many pieces say so: `Z`, `UTC`, `+02:00`, `GMT-5`, `EDT`, and what stands in brackets.
fn zone(tokens: &[Token<'_>], day: Day) -> (Option<f64>, usize) {
    use Token::{Mark, Number, Word};
    let (mut at, mut offset) = (0, None);
    loop {
        match tokens[at..] {
            [Mark(sign @ ('+' | '-')), Number(hours), Mark(':'), Number(minutes), ..]
                if hours.len() <= 2 && minutes.len() == 2 =>
            {
                let (Ok(hours), Ok(minutes)) = (hours.parse::<f64>(), minutes.parse::<f64>()) else {
                    break;
                };
                offset = Some(if sign == '-' { -1.0 } else { 1.0 } * (hours * 3_600.0 + minutes * 60.0));
                at += 4;
            }
            [Mark(sign @ ('+' | '-')), Number(digits), ..] if digits.len() <= 2 || digits.len() == 4 => {
                let (hours, minutes) = digits.split_at(digits.len().min(2));
                let value = |digits: &str| digits.parse::<f64>().unwrap_or(0.0);
                offset = Some(if sign == '-' { -1.0 } else { 1.0 } * (value(hours) * 3_600.0 + value(minutes) * 60.0));
                at += 2;
            }
            [Word("et"), ..] => {
                offset = offset.or_else(|| Some(eastern_offset(day.by(DateOrder::MonthFirst)?)));
                at += 1;
            }
            [Word(word), ..] => match offset_of(word) {
                Some(found) => {
                    offset = offset.or(Some(found));
                    at += 1;
                }
                None => break,
            },
            [Mark('('), ..] => match tokens[at..].iter().position(|token| *token == Mark(')')) {
                Some(end) => at += end + 1,
                None => break,
            },
            _ => break,
        }
    }
    (offset, at)
}

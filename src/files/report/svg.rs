//! Line charts as inline SVG: round ticks, one minimum and maximum a pixel column, colours that the page chooses.

use std::fmt::Write;

use cascade_scenario::format;

use super::escaped;

/// Width and height of a chart, and the sides of its plot.
const SIZE: (f64, f64) = (920.0, 240.0);
const LEFT: f64 = 84.0;
const RIGHT: f64 = SIZE.0 - 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = SIZE.1 - 30.0;

/// A line of a chart: its name, the class that gives it its colour, and a value a moment, some of which may be missing.
pub(super) struct Line {
    /// Name in the legend.
    pub name: &'static str,
    /// Class of the page's colours.
    pub class: &'static str,
    /// Values, one a moment.
    pub values: Vec<f64>,
}

/// A chart over time.
pub(super) struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
    /// A level that is drawn across, with its name.
    pub level: Option<(f64, &'static str)>,
    /// What its axis of values reaches from and to; none: what its lines need.
    pub range: Option<(f64, f64)>,
    /// How a value is written.
    pub write: fn(f64) -> String,
}

impl Chart {
    /// The chart over moments at these seconds; nothing where there is nothing to draw.
    pub(super) fn draw(&self, seconds: &[f64]) -> String {
        let finite = || {
            self.lines
                .iter()
                .flat_map(|line| &line.values)
                .filter(|value| value.is_finite())
        };
        let low = finite().copied().fold(f64::INFINITY, f64::min);
        let high = finite().copied().fold(f64::NEG_INFINITY, f64::max);
        let (Some(first), Some(last)) = (seconds.first(), seconds.last()) else {
            return String::new();
        };
        if low > high {
            return String::new();
        }
        let room = ((high - low) * 0.06).max(high.abs() * 1e-6).max(1e-12);
        let place = Place {
            time: (*first, last.max(first + 1e-9)),
            value: self.range.unwrap_or((low - room, high + room)),
        };
        let mut svg = format!(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
            SIZE.0,
            SIZE.1,
            escaped(self.title)
        );
        self.axes(&mut svg, &place);
        if let Some((level, name)) = self
            .level
            .filter(|(level, _)| (place.value.0..=place.value.1).contains(level))
        {
            let y = place.y(level);
            push(
                &mut svg,
                format_args!("<line class=\"level\" x1=\"{LEFT:.1}\" x2=\"{RIGHT:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"),
            );
            push(
                &mut svg,
                format_args!(
                    "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    RIGHT - 4.0,
                    y - 4.0,
                    escaped(name)
                ),
            );
        }
        for line in &self.lines {
            push(
                &mut svg,
                format_args!(
                    "<path class=\"line {}\" d=\"{}\"/>",
                    line.class,
                    path(&place, seconds, &line.values)
                ),
            );
        }
        svg.push_str("</svg>");
        let legend = self.lines.iter().fold(String::new(), |mut legend, line| {
            push(
                &mut legend,
                format_args!("<span class=\"{0}\">● {1}</span> ", line.class, escaped(line.name)),
            );
            legend
        });
        format!(
            "<figure><figcaption><b>{}</b> {legend}</figcaption>{svg}</figure>",
            escaped(self.title)
        )
    }

    fn axes(&self, svg: &mut String, place: &Place) {
        let step = format::nice_step((place.value.1 - place.value.0) / 5.0);
        for value in multiples(step, place.value) {
            let y = place.y(value);
            push(
                svg,
                format_args!("<line class=\"grid\" x1=\"{LEFT:.1}\" x2=\"{RIGHT:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"),
            );
            push(
                svg,
                format_args!(
                    "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    LEFT - 6.0,
                    y + 4.0,
                    escaped(&(self.write)(value))
                ),
            );
        }
        let step = format::nice_seconds((place.time.1 - place.time.0) / 8.0);
        for seconds in multiples(step, place.time) {
            let x = place.x(seconds);
            let y = BOTTOM;
            push(
                svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>",
                    y,
                    y + 4.0
                ),
            );
            // Never beyond the ends of the axis.
            let anchor = if x > RIGHT - 24.0 {
                "end"
            } else if x < LEFT + 24.0 {
                "start"
            } else {
                "middle"
            };
            push(
                svg,
                format_args!(
                    "<text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                    y + 18.0,
                    format::clock(seconds)
                ),
            );
        }
    }
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(what);
}

/// The multiples of a step within a range.
fn multiples(step: f64, (low, high): (f64, f64)) -> impl Iterator<Item = f64> {
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(move |tick| tick as f64 * step)
}

/// Where time and value lie in the picture.
struct Place {
    time: (f64, f64),
    value: (f64, f64),
}

impl Place {
    fn x(&self, seconds: f64) -> f64 {
        let share = (seconds - self.time.0) / (self.time.1 - self.time.0);
        LEFT + (RIGHT - LEFT) * share
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.value.0) / (self.value.1 - self.value.0);
        BOTTOM - (BOTTOM - TOP) * share
    }
}

/// The way of a line: the first, smallest, largest and last value of every pixel column; gaps where values are missing.
fn path(place: &Place, seconds: &[f64], values: &[f64]) -> String {
    let mut way = String::new();
    let mut pen_is_down = false;
    let moments: Vec<(f64, f64)> = seconds.iter().copied().zip(values.iter().copied()).collect();
    let column = |seconds: f64| place.x(seconds).floor() as i64;
    for group in moments.chunk_by(|one, two| column(one.0) == column(two.0) && one.1.is_finite() == two.1.is_finite()) {
        if !group[0].1.is_finite() {
            pen_is_down = false;
            continue;
        }
        let mut kept = vec![0, group.len() - 1];
        let by_value = |one: &usize, two: &usize| group[*one].1.total_cmp(&group[*two].1);
        kept.extend((0..group.len()).min_by(by_value));
        kept.extend((0..group.len()).max_by(by_value));
        kept.sort_unstable();
        kept.dedup();
        for index in kept {
            let (second, value) = group[index];
            let letter = if std::mem::replace(&mut pen_is_down, true) {
                'L'
            } else {
                'M'
            };
            push(
                &mut way,
                format_args!("{letter}{:.1} {:.1}", place.x(second), place.y(value)),
            );
        }
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: Vec<f64>) -> Chart {
        Chart {
            title: "A <b> & \"c\"",
            lines: vec![Line {
                name: "one",
                class: "spot",
                values,
            }],
            level: Some((1.0, "one")),
            range: None,
            write: format::short,
        }
    }

    #[test]
    fn a_line_has_gaps_where_values_are_missing_and_keeps_its_extremes() {
        let seconds: Vec<f64> = (0..100_000).map(f64::from).collect();
        let mut values: Vec<f64> = seconds.iter().map(|second| (second / 900.0).sin()).collect();
        values[50_000] = 40.0;
        values[20_000..30_000].fill(f64::NAN);
        let place = Place {
            time: (0.0, 99_999.0),
            value: (-1.0, 40.0),
        };
        let way = path(&place, &seconds, &values);
        assert_eq!(way.matches('M').count(), 2);
        assert!(way.contains(&format!(" {:.1}", place.y(40.0))));
        assert!(way.matches('L').count() < 4 * SIZE.0 as usize);
    }

    #[test]
    fn nothing_to_draw_is_drawn_as_nothing_and_words_are_escaped() {
        assert_eq!(chart(vec![f64::NAN; 3]).draw(&[0.0, 1.0, 2.0]), "");
        assert_eq!(chart(Vec::new()).draw(&[]), "");
        let drawn = chart(vec![1.0, 1.0, 1.0]).draw(&[0.0, 1.0, 2.0]);
        assert!(
            drawn.contains("A &lt;b&gt; &amp; &quot;c&quot;") && !drawn.contains("NaN"),
            "{drawn}"
        );
    }

    #[test]
    fn ticks_are_within() {
        let within: Vec<f64> = multiples(2.0, (0.2, 9.9)).collect();
        assert_eq!(within, [2.0, 4.0, 6.0, 8.0]);
    }
}

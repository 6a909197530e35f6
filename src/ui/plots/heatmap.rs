//! What stands at the price levels over time: a texture whose rows are columns of time, used as a ring. Only columns that
//! have become visible or have changed are written. Beneath the price these are the resting liquidation levels, on the page of
//! the delta map forced flow in terms of the depth.

use std::ops::Range;

use eframe::egui::{self, Color32, ColorImage, Mesh, Pos2, Shape, TextureHandle, TextureOptions, pos2};

use super::canvas::Viewport;
use super::price::Part;
use cascade_app::PlotId;
use cascade_app::history::{BookHistory, EVEN, History, Reader};
use cascade_engine::PriceGrid;

/// What the list of plots says of it.
pub(crate) const PART: Part = Part {
    id: PlotId("Clusters over time"),
    at_first: true,
    exists: |_| true,
};

/// Columns of time that the texture holds.
const RING: usize = 1024;
/// Most columns shown at once.
const VISIBLE: usize = 720;
/// Levels are given room in multiples of this.
const LEVEL_UNIT: usize = 64;
/// Intensities from invisible to the strongest: a factor of about 60 in notional.
pub(crate) const SHADES: u8 = 50;
/// Opacity of the strongest level.
const STRONGEST: f32 = 0.52;
/// Opacity where forced flow exceeds the depth.
const BEYOND: f32 = 0.85;
/// Intensities below the even ratio at which a level begins to show: three factors of 2, an eighth of the depth.
const FAINTEST: u8 = 48;

/// Levels and columns stay crisp when they are large.
const FILTER: TextureOptions = TextureOptions {
    magnification: egui::TextureFilter::Nearest,
    minification: egui::TextureFilter::Linear,
    ..TextureOptions::LINEAR
};

/// What a row of the texture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    column: usize,
    /// The step whose levels it shows.
    step: usize,
    version: u64,
}

/// What an intensity looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Tones {
    /// Nothing.
    #[default]
    None,
    /// Notional of longs and of shorts, each in its own hue up to the strongest intensity recorded.
    Notional(Color32, Color32),
    /// A ratio: up to one part each half in its own hue, beyond it in a third colour.
    Ratio(Color32, Color32, Color32),
}

/// What is shown.
#[derive(Clone, Copy)]
pub(crate) struct Recorded<'a> {
    /// Intensities over time.
    pub levels: &'a BookHistory,
    /// Their prices.
    pub grid: PriceGrid,
    /// The newest step.
    pub newest: usize,
    /// Changes when what is recorded of the newest step changes.
    pub version: u64,
}

impl<'a> From<&'a History> for Recorded<'a> {
    fn from(history: &'a History) -> Self {
        Self {
            levels: history.book(),
            grid: history.grid(),
            newest: history.newest_step(),
            version: history.book_version(),
        }
    }
}

/// The texture and what stands in it.
#[derive(Default)]
pub(crate) struct HeatMap {
    texture: Option<TextureHandle>,
    rows: Vec<Option<Row>>,
    content: Content,
    shades: Vec<Color32>,
    reader: Reader,
    pixels: Vec<Color32>,
}

/// Whatever, when it changes, makes every row wrong.
#[derive(Clone, Debug, Default, PartialEq)]
struct Content {
    steps_per_column: usize,
    levels: Range<usize>,
    peak: u8,
    tones: Tones,
}

impl HeatMap {
    /// Forgets everything, for another run.
    pub(crate) fn clear(&mut self) {
        self.rows.fill(None);
        self.reader = Reader::default();
    }

    /// The heat map for the steps in view.
    pub(crate) fn shape(
        &mut self,
        context: &egui::Context,
        shown: Recorded<'_>,
        place: &Viewport,
        tones: Tones,
    ) -> Option<Shape> {
        let (lowest, highest) = shown.levels.levels()?;
        let levels =
            lowest / LEVEL_UNIT * LEVEL_UNIT..(highest + 1).next_multiple_of(LEVEL_UNIT).min(PriceGrid::LEVELS);
        let steps_per_column = place.steps.len().div_ceil(VISIBLE).next_power_of_two();
        self.prepare(
            context,
            Content {
                steps_per_column,
                levels,
                peak: shown.levels.peak(),
                tones,
            },
        );
        let newest = shown.newest;
        let columns =
            place.steps.start / steps_per_column..(place.steps.end.min(newest + 1)).div_ceil(steps_per_column);
        self.write(shown, columns.clone());
        Some(self.mesh(shown.grid, place, columns, newest))
    }

    fn prepare(&mut self, context: &egui::Context, content: Content) {
        let width = content.levels.len();
        if self.texture.as_ref().is_none_or(|texture| texture.size()[0] != width) {
            let empty = ColorImage::filled([width, RING], Color32::TRANSPARENT);
            self.texture = Some(context.load_texture("liquidation levels", empty, FILTER));
            self.rows = vec![None; RING];
        }
        if content != self.content {
            self.shades = shades(&content);
            self.rows.fill(None);
            self.content = content;
        }
    }

    /// Writes the rows that do not yet show what they should.
    fn write(&mut self, shown: Recorded<'_>, columns: Range<usize>) {
        let (newest, version) = (shown.newest, shown.version);
        let mut column = columns.start;
        while column < columns.end {
            if self.is_current(column, newest, version) {
                column += 1;
                continue;
            }
            // Neighbouring rows go in one piece, up to the seam of the ring.
            let from = column;
            self.pixels.clear();
            while column < columns.end
                && (column == from || !column.is_multiple_of(RING))
                && !self.is_current(column, newest, version)
            {
                self.paint(shown, column);
                column += 1;
            }
            let size = [self.content.levels.len(), column - from];
            if let Some(texture) = &mut self.texture {
                texture.set_partial([0, from % RING], ColorImage::new(size, self.pixels.clone()), FILTER);
            }
        }
    }

    /// The step whose book a column shows: its last one, as far as there is one.
    fn step_of(&self, column: usize, newest: usize) -> usize {
        ((column + 1) * self.content.steps_per_column - 1).min(newest)
    }

    fn is_current(&self, column: usize, newest: usize, version: u64) -> bool {
        self.rows[column % RING].is_some_and(|row| {
            let step = self.step_of(column, newest);
            row.column == column && (row.step == step || (step == newest && row.version == version))
        })
    }

    fn paint(&mut self, shown: Recorded<'_>, column: usize) {
        let step = self.step_of(column, shown.newest);
        self.rows[column % RING] = Some(Row {
            column,
            step,
            version: shown.version,
        });
        let book = shown.levels.read(step, &mut self.reader);
        let (longs, shorts) = (
            &book.longs()[self.content.levels.clone()],
            &book.shorts()[self.content.levels.clone()],
        );
        let (long_shades, short_shades) = self.shades.split_at(256);
        self.pixels
            .extend(longs.iter().zip(shorts).map(|(long, short)| match (long, short) {
                (0, 0) => Color32::TRANSPARENT,
                (_, 0) => long_shades[usize::from(*long)],
                (0, _) => short_shades[usize::from(*short)],
                _ => add(long_shades[usize::from(*long)], short_shades[usize::from(*short)]),
            }));
    }

    /// Quads that put the texture where its steps and prices are; several in height, because levels are even in log price.
    fn mesh(&self, grid: PriceGrid, place: &Viewport, columns: Range<usize>, newest: usize) -> Shape {
        let mut mesh = Mesh::with_texture(self.texture.as_ref().map(TextureHandle::id).unwrap_or_default());
        let (low, high) = (place.transform.bounds().min()[1], place.transform.bounds().max()[1]);
        let strip = 16;
        let mut from = columns.start;
        while from < columns.end {
            let to = columns.end.min((from / RING + 1) * RING);
            let end_step = (to * self.content.steps_per_column).min(newest + 1);
            let x = [
                place.x((from * self.content.steps_per_column) as f64),
                place.x(end_step as f64),
            ];
            let full = (to * self.content.steps_per_column - end_step) as f32 / self.content.steps_per_column as f32;
            let last = (to - 1) % RING + 1;
            let v = [(from % RING) as f32, last as f32 - full].map(|row| row / RING as f32);
            for level in self.content.levels.clone().step_by(strip) {
                let end = (level + strip).min(self.content.levels.end);
                let prices = [grid.lower_bound(level), grid.lower_bound(end)];
                if prices[1] < low || prices[0] > high {
                    continue;
                }
                let u =
                    [level, end].map(|at| (at - self.content.levels.start) as f32 / self.content.levels.len() as f32);
                push_quad(&mut mesh, x, prices.map(|price| place.y(price)), u, v);
            }
            from = to;
        }
        Shape::mesh(mesh)
    }
}

fn push_quad(mesh: &mut Mesh, x: [f32; 2], y: [f32; 2], u: [f32; 2], v: [f32; 2]) {
    let at = mesh.vertices.len() as u32;
    for (side, level) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let uv: Pos2 = pos2(u[level], v[side]);
        mesh.vertices.push(egui::epaint::Vertex {
            pos: pos2(x[side], y[level]),
            uv,
            color: Color32::WHITE,
        });
    }
    mesh.add_triangle(at, at + 1, at + 2);
    mesh.add_triangle(at + 1, at + 2, at + 3);
}

/// Colours of the longs' 256 intensities, then of the shorts'.
fn shades(content: &Content) -> Vec<Color32> {
    let Some(halves) = content.tones.halves() else {
        return vec![Color32::TRANSPARENT; 512];
    };
    let of = |color| (0..=255).map(move |intensity| content.tones.shade(color, intensity, content.peak));
    halves.into_iter().flat_map(of).collect()
}

impl Tones {
    /// The hues of both halves.
    pub(crate) const fn halves(self) -> Option<[Color32; 2]> {
        match self {
            Self::None => None,
            Self::Notional(longs, shorts) | Self::Ratio(longs, shorts, _) => Some([longs, shorts]),
        }
    }

    /// The intensity up to which nothing is seen, where this is the largest one recorded.
    pub(crate) const fn weakest(self, peak: u8) -> u8 {
        match self {
            Self::None => u8::MAX,
            Self::Notional(..) => peak.saturating_sub(SHADES),
            Self::Ratio(..) => EVEN - FAINTEST,
        }
    }

    /// The intensity that is strongest in its own hue.
    pub(crate) const fn strongest(self, peak: u8) -> u8 {
        match self {
            Self::None | Self::Notional(..) => peak,
            Self::Ratio(..) => EVEN,
        }
    }

    /// The colour of an intensity in the hue of its half.
    pub(crate) fn shade(self, color: Color32, intensity: u8, peak: u8) -> Color32 {
        let above = f32::from(intensity.saturating_sub(self.weakest(peak)));
        match self {
            Self::None => Color32::TRANSPARENT,
            Self::Notional(..) => {
                let strength = (above / f32::from(SHADES)).clamp(0.0, 1.0);
                color.gamma_multiply(STRONGEST * strength.powf(1.8))
            }
            Self::Ratio(_, _, beyond) if intensity >= EVEN => beyond.gamma_multiply(BEYOND),
            Self::Ratio(..) => color.gamma_multiply(STRONGEST * (above / f32::from(FAINTEST)).powf(1.4)),
        }
    }
}

fn add(a: Color32, b: Color32) -> Color32 {
    let sum = |x: u8, y: u8| x.saturating_add(y);
    Color32::from_rgba_premultiplied(
        sum(a.r(), b.r()),
        sum(a.g(), b.g()),
        sum(a.b(), b.b()),
        sum(a.a(), b.a()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::palette::Palette;
    use crate::plots::view::TimeView;
    use cascade_app::history::Recording;
    use cascade_engine::Simulation;
    use cascade_scenario::{Action, AssetId, Event, Scenario, Shock};
    use egui_plot::{PlotBounds, PlotTransform};

    /// The texture as a graphics card would hold it.
    #[derive(Default)]
    struct Card(Option<ColorImage>);

    impl Card {
        fn take(&mut self, deltas: &mut egui::TexturesDelta, id: egui::TextureId) {
            for delta in deltas
                .set
                .iter()
                .filter(|(name, _)| **name == id)
                .flat_map(|(_, deltas)| deltas)
            {
                let egui::ImageData::Color(image) = &delta.image;
                match (delta.pos, &mut self.0) {
                    (Some([left, top]), Some(whole)) => {
                        for row in 0..image.height() {
                            for at in 0..image.width() {
                                whole[(left + at, top + row)] = image[(at, row)];
                            }
                        }
                    }
                    _ => self.0 = Some(ColorImage::clone(image)),
                }
            }
            deltas.clear();
        }
    }

    #[test]
    fn every_visible_row_shows_the_book_of_its_step() {
        let mut scenario = Scenario::default();
        let shock = Shock {
            size: Some(-0.02),
            over_steps: Some(6),
            ..Shock::default()
        };
        scenario.events.push(Event {
            step: 100,
            action: Action::Shock(shock),
        });
        let mut simulation = Simulation::new(&scenario).unwrap();
        let mut history = Recording::new(&simulation);
        let (context, mut map, mut card) = (egui::Context::default(), HeatMap::default(), Card::default());
        let (mut time, palette) = (TimeView::default(), Palette::dark());
        for frame in 0..160 {
            for _ in 0..20 {
                simulation.step();
                history.record(&simulation);
            }
            let newest = history.newest_step();
            time.update(newest as f64 * 10.0, 10.0);
            match frame {
                60 => time.show_all(),
                100 => time.zoom(30.0, 1000.0),
                120 => time.pan(-12_000.0),
                _ => {}
            }
            time.update(newest as f64 * 10.0, 10.0);
            let seconds = time.seconds();
            let screen = egui::Rect::from_min_size(Pos2::ZERO, egui::vec2(600.0, 300.0));
            let bounds = PlotBounds::from_min_max([seconds.start, 8e4], [seconds.end, 11e4]);
            let place = Viewport::new(PlotTransform::new(screen, bounds, false), &seconds, 10.0, newest);
            let mut output = context.run_ui(egui::RawInput::default(), |ui| {
                let tones = Tones::Notional(palette.longs, palette.shorts);
                assert!(
                    map.shape(ui.ctx(), history.of_asset(AssetId::FIRST).into(), &place, tones)
                        .is_some()
                );
            });
            card.take(&mut output.textures_delta, map.texture.as_ref().unwrap().id());
            let (image, content, mut reader) = (card.0.as_ref().unwrap(), &map.content, Reader::default());
            let shades = shades(content);
            let steps = content.steps_per_column;
            for column in place.steps.start / steps..place.steps.end.div_ceil(steps) {
                let book = history
                    .of_asset(AssetId::FIRST)
                    .book()
                    .read((column * steps + steps - 1).min(newest), &mut reader);
                for (at, level) in content.levels.clone().enumerate() {
                    let (long, short) = (book.longs()[level], book.shorts()[level]);
                    let expected = add(shades[usize::from(long)], shades[256 + usize::from(short)]);
                    assert!(
                        image[(at, column % RING)] == expected,
                        "frame {frame}, column {column}, level {level}"
                    );
                }
            }
        }
    }
}

//! The estimated liquidation map: over time as a picture behind the price, and at the chosen moment beside it, with its band.

use std::sync::Arc;

use eframe::egui::epaint::Vertex;
use eframe::egui::{Align2, Color32, ColorImage, Mesh, Rect, Shape, TextureHandle, TextureOptions, Ui, pos2};

use cascade_app::market::MarketRecord;
use cascade_market::book::{Cell, Map};
use cascade_scenario::PositionSide;

use crate::palette::Palette;
use crate::plots::canvas::{Viewport, push_rect};
use crate::plots::strip::caption;

/// Prices of the picture.
const ROWS: usize = 400;
/// How far the picture reaches beyond the prices of the record.
const BEYOND: f64 = 0.25;
/// Opacity of the strongest level.
const STRONGEST: f32 = 0.62;
/// The share of levels that are brighter than the strongest colour.
const SATURATED: f64 = 0.995;

/// The picture, made once for every record and palette.
#[derive(Default)]
pub(super) struct LevelMap {
    picture: Option<Picture>,
}

struct Picture {
    texture: TextureHandle,
    colors: [Color32; 2],
    low: f64,
    high: f64,
}

impl LevelMap {
    /// The maps over time where the view is; none where there are no maps.
    pub(super) fn shape(
        &mut self,
        ui: &Ui,
        record: &MarketRecord,
        place: &Viewport,
        palette: &Palette,
    ) -> Option<Shape> {
        let maps = record.maps.as_ref().ok()?;
        let colors = [palette.longs, palette.shorts];
        if self.picture.as_ref().is_none_or(|picture| picture.colors != colors) {
            self.picture = paint(ui, record, maps, colors);
        }
        let picture = self.picture.as_ref()?;
        let every = record.every_ms as f64 / 1e3 / record.charts.step_seconds;
        let x = [0.0, (maps.len() as f64 * every).min(record.charts.len() as f64)].map(|step| place.x(step));
        let shown = (record.charts.len() as f64 / every / maps.len() as f64).min(1.0) as f32;
        let y = [picture.high, picture.low].map(|price| place.y(price));
        let mut mesh = Mesh::with_texture(picture.texture.id());
        for (corner_x, u) in [(x[0], 0.0), (x[1], shown)] {
            for (corner_y, v) in [(y[0], 0.0), (y[1], 1.0)] {
                mesh.vertices.push(Vertex {
                    pos: pos2(corner_x, corner_y),
                    uv: pos2(u, v),
                    color: Color32::WHITE,
                });
            }
        }
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(1, 2, 3);
        Some(Shape::Mesh(Arc::new(mesh)))
    }
}

/// The map of the chosen moment beside the price; `values` is the range of the price axis.
pub(super) fn beside(
    ui: &mut Ui,
    rect: Rect,
    record: &MarketRecord,
    time_ms: i64,
    values: (f64, f64),
    palette: &Palette,
) {
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 0.0, palette.ground);
    let words = |text: &str| {
        caption(
            ui,
            rect.right_bottom() - eframe::egui::vec2(6.0, 4.0),
            Align2::RIGHT_BOTTOM,
            text,
            palette.weak_text,
            palette,
        );
    };
    let Some(map) = record.map_at(time_ms) else {
        words(if record.maps.is_ok() { "no map yet" } else { "no map" });
        return;
    };
    let y = |price: f64| rect.bottom() - ((price - values.0) / (values.1 - values.0)) as f32 * rect.height();
    let visible = |cell: &&Cell| cell.price_to > values.0 && cell.price_from < values.1;
    let cells = |side| map.side(side).iter().filter(visible);
    let all = || cells(PositionSide::Long).chain(cells(PositionSide::Short));
    let largest = all()
        .map(|cell| cell.coins_p90)
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let mut mesh = Mesh::default();
    for (side, color) in [
        (PositionSide::Long, palette.longs),
        (PositionSide::Short, palette.shorts),
    ] {
        for cell in cells(side) {
            let reach = |coins: f64| rect.left() + (coins / largest) as f32 * (rect.width() - 8.0);
            let (top, bottom) = (y(cell.price_to), y(cell.price_from));
            let gap = ((bottom - top) * 0.12).min(1.0);
            let bar = |from: f64, to: f64| [reach(from), top + gap, reach(to), bottom - gap];
            push_rect(&mut mesh, bar(0.0, cell.coins), color.gamma_multiply(0.85));
            push_rect(
                &mut mesh,
                bar(cell.coins_p10, cell.coins_p90),
                color.gamma_multiply(0.35),
            );
        }
    }
    painter.add(Shape::Mesh(Arc::new(mesh)));
    words("estimated, 10–90 %");
}

/// Dollars per level of all maps as colours: a column a map, a row a price.
fn paint(ui: &Ui, record: &MarketRecord, maps: &[Option<Map>], colors: [Color32; 2]) -> Option<Picture> {
    let range = record
        .charts
        .range
        .each_ref()
        .map(|series| series.extent(0..series.len()));
    let (low, high) = (range[0].low * (1.0 - BEYOND), range[1].high * (1.0 + BEYOND));
    let price = |row: usize| high - (row as f64 + 0.5) / ROWS as f64 * (high - low);
    let density = |cells: &[Cell], price: f64| {
        let at = cells
            .iter()
            .find(|cell| (cell.price_from..cell.price_to).contains(&price));
        at.map_or(0.0, |cell| cell.coins / (cell.price_to - cell.price_from) * price)
    };
    let mut strengths = vec![[0.0_f64; 2]; maps.len() * ROWS];
    for (column, map) in maps.iter().enumerate() {
        let Some(map) = map else { continue };
        for row in 0..ROWS {
            strengths[row * maps.len() + column] = [density(&map.long, price(row)), density(&map.short, price(row))];
        }
    }
    let mut all: Vec<f64> = strengths
        .iter()
        .flatten()
        .copied()
        .filter(|strength| *strength > 0.0)
        .collect();
    if all.is_empty() {
        return None;
    }
    let place = ((all.len() as f64 * SATURATED) as usize).min(all.len() - 1);
    let peak = *all.select_nth_unstable_by(place, f64::total_cmp).1;
    let color = |[long, short]: [f64; 2]| {
        let (strength, color) = if long >= short {
            (long, colors[0])
        } else {
            (short, colors[1])
        };
        color.gamma_multiply(STRONGEST * ((strength / peak).min(1.0) as f32).powf(0.8))
    };
    let pixels: Vec<Color32> = strengths.into_iter().map(color).collect();
    let image = ColorImage::new([maps.len(), ROWS], pixels);
    let options = TextureOptions {
        magnification: eframe::egui::TextureFilter::Nearest,
        ..TextureOptions::LINEAR
    };
    Some(Picture {
        texture: ui.ctx().load_texture("estimated levels", image, options),
        colors,
        low,
        high,
    })
}

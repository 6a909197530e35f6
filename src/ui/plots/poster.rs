//! A picture of one plot by itself: laid out anew at the picture's own size, whatever the window's, with a title, its axes and
//! its legend.

use eframe::egui::{self, Align2, Color32, FontId, Rect, Ui, pos2, vec2};

use super::layout::Layout;
use super::linked::Plots;
use super::list;
use super::plot::Row;
use super::shown::PlotView;
use crate::raster::Raster;
use crate::{palette::Palette, style};
use cascade_app::{PlotId, Theme};

/// Width and height in pixels.
pub(crate) const PIXELS: [usize; 2] = [1600, 900];
/// Pixels of a point: words are read from the last row.
const SCALE: f32 = 2.0;
/// Height of the title, in points.
const TITLE: f32 = 44.0;
/// Frames until fonts are there and everything stands where it belongs.
const FRAMES: usize = 3;

/// What a picture of one plot shows.
pub(crate) struct Poster<'a> {
    /// The plot; none for the price.
    pub plot: Option<PlotId>,
    /// What the plots show.
    pub view: PlotView<'a>,
    /// The run in words, at the left of the title.
    pub run: String,
    /// Where it stands, at its right.
    pub moment: String,
    /// Which colours, and whether those of the desktop are light on dark.
    pub theme: (Theme, bool),
}

/// A picture with a title that is laid out apart from the window.
pub(crate) struct Sheet<'a> {
    /// Its size.
    pub pixels: [usize; 2],
    /// The run in words, at the left of the title.
    pub run: &'a str,
    /// Where it stands, at its right.
    pub moment: &'a str,
    /// Which colours, and whether those of the desktop are light on dark.
    pub theme: (Theme, bool),
    /// The colours.
    pub palette: &'a Palette,
}

impl Sheet<'_> {
    /// Lays it out; `draw` gets the place below the title. Drawing the pixels is left to another thread.
    pub(crate) fn compose(&self, mut draw: impl FnMut(&mut Ui, Rect)) -> Raster {
        let size = vec2(self.pixels[0] as f32, self.pixels[1] as f32) / SCALE;
        let context = egui::Context::default();
        let (theme, dark) = self.theme;
        style::apply(&context, theme);
        context.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        let mut raster = Raster::new(self.pixels, SCALE, self.palette.panel);
        let area = Rect::from_min_max(pos2(6.0, TITLE), (size - vec2(10.0, 8.0)).to_pos2());
        for frame in 0..FRAMES {
            let input = egui::RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), size)),
                time: Some(frame as f64),
                ..egui::RawInput::default()
            };
            context.set_pixels_per_point(SCALE);
            let mut output = context.run_ui(input, |ui| {
                if style::ready(ui.ctx()) {
                    self.title(ui, size.x);
                    draw(ui, area);
                }
            });
            raster.take_in(&mut output.textures_delta);
            if frame + 1 == FRAMES {
                raster.primitives = context.tessellate(output.shapes, output.pixels_per_point);
            }
        }
        raster
    }

    fn title(&self, ui: &Ui, width: f32) {
        let line = |align: Align2, x: f32, text: &str, font: FontId, color: Color32| {
            ui.painter().text(pos2(x, TITLE / 2.0), align, text, font, color);
        };
        let (strong, small) = (style::strong_font(style::LARGE), FontId::proportional(style::LABEL));
        line(Align2::LEFT_CENTER, 16.0, self.run, strong, self.palette.text);
        line(
            Align2::RIGHT_CENTER,
            width - 14.0,
            self.moment,
            small,
            self.palette.weak_text,
        );
    }
}

impl Poster<'_> {
    /// Lays it out over the stretch of time that `plots` show; drawing it is left to another thread. None where the run has no
    /// such plot.
    pub(crate) fn lay_out(&self, plots: &Plots) -> Option<Raster> {
        let rows = list::rows(self.view.arrangement);
        let plot = match self.plot {
            None => None,
            Some(id) => Some(rows.into_iter().find(|row| row.about().id == id)?),
        };
        let mut alone = Plots::default();
        alone.time.clone_from(&plots.time);
        alone.posing = true;
        let sheet = Sheet {
            pixels: PIXELS,
            run: &self.run,
            moment: &self.moment,
            theme: self.theme,
            palette: self.view.palette,
        };
        Some(sheet.compose(|ui, area| self.draw(ui, &mut alone, plot, area)))
    }

    fn draw(&self, ui: &mut Ui, alone: &mut Plots, plot: Option<Row>, area: Rect) {
        let layout = Layout::alone(area, plot, self.view.parts_beside());
        let shown = match layout.rows.first() {
            None => alone.show_price(ui, &layout, &self.view).0,
            Some((plot, rect)) => alone.show_row(ui, *plot, *rect, true, &self.view).0,
        };
        alone.show_beside(ui, &layout, &[shown], &self.view);
    }
}

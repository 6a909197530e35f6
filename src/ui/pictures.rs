//! Pictures of the window or of one plot, to a file or into the clipboard. The window's is taken once nothing lies over it any
//! more; a plot's is laid out anew at a size of its own. Drawing and writing them is work for a thread.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use eframe::egui::{ColorImage, Context, ScreenshotCallback, ViewportCommand};

use cascade_app::{App, Picture, PlotId, Theme};
use cascade_files::saving;
use cascade_scenario::format;

use super::pages::studies::poster;
use super::palette::Palette;
use super::plots::linked::Plots;
use super::plots::poster::Poster;
use super::plots::shown::PlotView;
use super::raster::Raster;

/// Frames until menus, sheets and tooltips are gone.
const FRAMES_TO_CLEAR: u32 = 4;

/// Frames within which the window's picture is taken.
const FRAMES_TO_TAKE: u32 = 2;

/// A picture that is wanted.
struct Order {
    picture: Picture,
    /// None for the clipboard.
    path: Option<PathBuf>,
    frames: u32,
}

/// A picture that was taken.
enum Arrival {
    /// It is in its file, or not.
    Written(String, Result<(), String>),
    /// It goes into the clipboard.
    Image(Picture, ColorImage),
}

/// Pictures on their way.
pub(crate) struct Pictures {
    orders: Vec<Order>,
    /// Frames for which nothing may change yet, because one of them is the one that the picture is taken of.
    still: u32,
    sender: Sender<Arrival>,
    arrivals: Receiver<Arrival>,
}

impl Default for Pictures {
    fn default() -> Self {
        let (sender, arrivals) = channel();
        Self {
            orders: Vec::new(),
            still: 0,
            sender,
            arrivals,
        }
    }
}

impl Pictures {
    /// Asks for a picture; without a file it goes into the clipboard.
    pub(crate) fn order(&mut self, picture: Picture, path: Option<PathBuf>) {
        self.orders.push(Order {
            picture,
            path,
            frames: 0,
        });
    }

    /// Takes the pictures whose time has come and tells of those that are done. Runs once a frame.
    pub(crate) fn work(&mut self, ctx: &Context, app: &mut App, plots: &mut Plots) {
        for arrival in self.arrivals.try_iter() {
            match arrival {
                Arrival::Written(what, Ok(())) => app.messages.done(what),
                Arrival::Written(what, Err(cause)) => app.messages.error(format!("{what}: {cause}")),
                Arrival::Image(picture, image) => {
                    let [width, height] = image.size;
                    ctx.copy_image(image);
                    app.messages.done(format!(
                        "Copied a picture of {}: {width} × {height} pixels.",
                        picture.label()
                    ));
                }
            }
        }
        plots.posing = !self.orders.is_empty() || self.still > 0;
        if self.still > 0 {
            self.still -= 1;
            ctx.request_repaint();
        }
        let Some(order) = self.orders.first_mut() else { return };
        ctx.request_repaint();
        if order.picture != Picture::Window {
            let order = self.orders.remove(0);
            if let Err(complaint) = self.pose(ctx, app, plots, order) {
                app.messages.error(complaint);
            }
            return;
        }
        let covered = ctx.memory(|memory| memory.top_modal_layer().is_some()) || eframe::egui::Popup::is_any_open(ctx);
        order.frames = if covered { 0 } else { order.frames + 1 };
        if order.frames < FRAMES_TO_CLEAR {
            return;
        }
        let order = self.orders.remove(0);
        self.still = FRAMES_TO_TAKE;
        ctx.send_viewport_cmd(ViewportCommand::Screenshot(self.callback(ctx, order)));
    }

    /// Lays out a picture that is not of the window, and leaves the rest to a thread.
    fn pose(&self, ctx: &Context, app: &App, plots: &Plots, order: Order) -> Result<(), String> {
        let dark = ctx.global_style().visuals.dark_mode;
        let palette = Palette::of(app.theme(), dark);
        let theme = (app.theme(), dark);
        let laid_out = match order.picture {
            Picture::Study(kind) => poster::lay_out(app, kind, theme, &palette)
                .ok_or_else(|| format!("There is no picture of {} yet.", order.picture.label())),
            Picture::Window | Picture::Price => pose_plot(app, plots, None, theme, &palette),
            Picture::Plot(plot) => pose_plot(app, plots, Some(plot), theme, &palette),
        };
        let raster = laid_out?;
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        in_background(move || {
            // Without a window nobody wants to know.
            drop(sender.send(order.arrive(raster.draw())));
            ctx.request_repaint();
        });
        Ok(())
    }

    /// What is done with the window's picture once it is there.
    fn callback(&self, ctx: &Context, order: Order) -> ScreenshotCallback {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        ScreenshotCallback::new(move |whole| {
            in_background(move || {
                // Without a window nobody wants to know.
                drop(sender.send(order.arrive((*whole).clone())));
                ctx.request_repaint();
            });
        })
    }
}

impl Order {
    /// Writes the picture where it is wanted.
    fn arrive(self, image: ColorImage) -> Arrival {
        match self.path {
            None => Arrival::Image(self.picture, image),
            Some(path) => finish(self.picture, &path, &image),
        }
    }
}

/// Lays out one plot, the price if none is named.
fn pose_plot(
    app: &App,
    plots: &Plots,
    plot: Option<PlotId>,
    theme: (Theme, bool),
    palette: &Palette,
) -> Result<Raster, String> {
    let guesses = app.present.guesses();
    let poster = Poster {
        plot,
        view: PlotView::of(app, &guesses, None, palette),
        run: app.present.scenario.name.clone(),
        moment: format!(
            "seed {} · {} · cascade-lab, a stylised model",
            app.present.scenario.seed,
            format::clock(app.present.simulation.time_seconds())
        ),
        theme,
    };
    let name = plot.map_or_else(|| Picture::Price.label(), |plot| Picture::Plot(plot).label());
    poster
        .lay_out(plots)
        .ok_or_else(|| format!("There is no picture of {name}: it stands beside the price."))
}

fn in_background(work: impl FnOnce() + Send + 'static) {
    // Without a thread there is no picture, and no message: the program is about to end.
    drop(thread::Builder::new().name("picture".to_owned()).spawn(work));
}

fn finish(picture: Picture, path: &Path, image: &ColorImage) -> Arrival {
    let [width, height] = image.size;
    match write_png(path, image) {
        Ok(()) => Arrival::Written(
            format!(
                "Saved {}: a picture of {}, {width} × {height} pixels.",
                path.display(),
                picture.label()
            ),
            Ok(()),
        ),
        Err(cause) => Arrival::Written(format!("{} was not written", path.display()), Err(cause.to_string())),
    }
}

/// Writes a picture as PNG, whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_png(path: &Path, image: &ColorImage) -> image::ImageResult<()> {
    use image::ImageEncoder as _;
    let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let bytes = image
        .pixels
        .iter()
        .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
        .collect::<Vec<u8>>();
    let mut png = Vec::new();
    image::codecs::png::PngEncoder::new(&mut png).write_image(&bytes, width, height, image::ExtendedColorType::Rgb8)?;
    Ok(saving::replace(path, &png)?)
}

#[cfg(test)]
mod tests {
    use eframe::egui::Color32;

    use super::*;

    #[test]
    fn a_png_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture.png");
        let pixels: Vec<Color32> = (0..12).map(|i| Color32::from_rgb(i, 2 * i, 200 - i)).collect();
        write_png(&path, &ColorImage::new([4, 3], pixels.clone())).unwrap();
        let read = image::open(&path).unwrap().to_rgb8();
        assert_eq!(read.dimensions(), (4, 3));
        assert_eq!(read.get_pixel(1, 2).0, [9, 18, 191]);
        assert!(write_png(Path::new("/nowhere/picture.png"), &ColorImage::new([4, 3], pixels)).is_err());
    }
}

//! Pictures of the window or of one plot, to a file or into the clipboard. The picture is taken once nothing lies over the
//! window any more; cutting and writing it is work for a thread.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use eframe::egui::{ColorImage, Context, Rangef, Rect, ScreenshotCallback, ViewportCommand};

use crate::app::{App, Picture};
use crate::files::saving;

use super::plots::Plots;

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
pub struct Pictures {
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
    pub fn order(&mut self, picture: Picture, path: Option<PathBuf>) {
        self.orders.push(Order {
            picture,
            path,
            frames: 0,
        });
    }

    /// Takes the pictures whose time has come and tells of those that are done. Runs once a frame.
    pub fn work(&mut self, ctx: &Context, app: &mut App, plots: &mut Plots) {
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
        let covered = ctx.memory(|memory| memory.top_modal_layer().is_some()) || eframe::egui::Popup::is_any_open(ctx);
        order.frames = if covered { 0 } else { order.frames + 1 };
        if order.frames < FRAMES_TO_CLEAR {
            return;
        }
        let order = self.orders.remove(0);
        let cuts = match order.picture {
            Picture::Window => vec![ctx.content_rect()],
            Picture::Price => plots.cuts(ctx, None),
            Picture::Plot(panel) => plots.cuts(ctx, Some(panel)),
        };
        if cuts.is_empty() {
            let text = format!(
                "There is no picture of {}: it is not on the screen.",
                order.picture.label()
            );
            app.messages.error(text);
            return;
        }
        self.still = FRAMES_TO_TAKE;
        ctx.send_viewport_cmd(ViewportCommand::Screenshot(self.callback(ctx, order, cuts)));
    }

    /// What is done with the window's picture once it is there.
    fn callback(&self, ctx: &Context, order: Order, cuts: Vec<Rect>) -> ScreenshotCallback {
        let (sender, ctx, scale) = (self.sender.clone(), ctx.clone(), ctx.pixels_per_point());
        ScreenshotCallback::new(move |whole| {
            let work = move || {
                let image = cut(&whole, &cuts, scale);
                let arrival = match order.path {
                    None => Arrival::Image(order.picture, image),
                    Some(path) => finish(order.picture, &path, &image),
                };
                // Without a window nobody wants to know.
                drop(sender.send(arrival));
                ctx.request_repaint();
            };
            // Without a thread there is no picture, and no message: the program is about to end.
            drop(thread::Builder::new().name("picture".to_owned()).spawn(work));
        })
    }
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

/// Parts of a picture, one below the other; they are given in points.
fn cut(whole: &ColorImage, cuts: &[Rect], scale: f32) -> ColorImage {
    let mut rows = Vec::new();
    let width = cuts
        .first()
        .map_or(0, |first| pixels(first.x_range(), scale, whole.size[0]).len());
    for part in cuts {
        let columns = pixels(part.x_range(), scale, whole.size[0]);
        let columns = columns.start..(columns.start + width).min(whole.size[0]);
        for row in pixels(part.y_range(), scale, whole.size[1]) {
            let line = &whole.pixels[row * whole.size[0]..][columns.clone()];
            rows.extend_from_slice(line);
        }
    }
    let height = rows.len().checked_div(width).unwrap_or_default();
    rows.truncate(width * height);
    ColorImage::new([width, height], rows)
}

/// The pixels from one end of a range to the other, as far as there are so many.
fn pixels(range: Rangef, scale: f32, count: usize) -> std::ops::Range<usize> {
    let pixel = |point: f32| ((point * scale).round().max(0.0) as usize).min(count);
    pixel(range.min).min(pixel(range.max))..pixel(range.max)
}

/// Writes a picture as PNG, whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn write_png(path: &Path, image: &ColorImage) -> image::ImageResult<()> {
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
    use eframe::egui::{Color32, pos2};

    use super::*;

    #[test]
    fn parts_are_put_below_one_another() {
        let pixels = (0..8 * 6).map(|i| Color32::from_gray(i as u8)).collect();
        let whole = ColorImage::new([8, 6], pixels);
        let rect = |x: (f32, f32), y: (f32, f32)| Rect::from_min_max(pos2(x.0, y.0), pos2(x.1, y.1));
        let parts = [rect((1.0, 3.0), (0.0, 1.0)), rect((1.0, 3.0), (2.0, 9.0))];
        let image = cut(&whole, &parts, 2.0);
        assert_eq!(image.size, [4, 4]);
        let gray: Vec<u8> = image.pixels.iter().map(Color32::r).collect();
        assert_eq!(gray[..4], [2, 3, 4, 5]);
        assert_eq!(gray[8..12], [34, 35, 36, 37]);
        assert_eq!(cut(&whole, &[rect((50.0, 60.0), (0.0, 1.0))], 1.0).pixels.len(), 0);
    }

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

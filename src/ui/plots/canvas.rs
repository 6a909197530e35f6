//! Lines, areas and bars as one mesh a plot. A line of many samples is drawn as the band between the lowest and the highest
//! value of each bucket, so that it costs what the screen can show and no single step is lost.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::{Vertex, WHITE_UV};
use eframe::egui::{Color32, Mesh, Pos2, Shape, pos2};
use egui_plot::PlotTransform;

use cascade_app::history::{Bucket, Figure, Series};

/// Width of the soft edge, in points.
const FEATHER: f32 = 0.8;

/// Buffers that are used again in every frame.
#[derive(Default)]
pub struct Buffers {
    buckets: Vec<Bucket>,
    points: Vec<Pos2>,
    meshes: Vec<Arc<Mesh>>,
}

impl Buffers {
    /// An empty mesh; one of the last frame's if its memory is free again.
    fn mesh(&mut self) -> Arc<Mesh> {
        let free = self.meshes.iter().position(|mesh| Arc::strong_count(mesh) == 1);
        let mut mesh = free.map(|at| self.meshes.swap_remove(at)).unwrap_or_default();
        if let Some(mesh) = Arc::get_mut(&mut mesh) {
            mesh.clear();
        }
        mesh
    }
}

/// One plot's place on the screen and the samples it shows.
#[derive(Clone, Debug)]
pub struct Viewport {
    /// Plot coordinates to screen. x is seconds since the start.
    pub transform: PlotTransform,
    /// Samples in view, one more on either side.
    pub steps: Range<usize>,
    /// Samples a bucket, a power of two.
    pub bucket: usize,
    /// Seconds between samples.
    pub step_seconds: f64,
    /// Screen position of step 0 and distance of steps.
    across: (f64, f64),
    /// Screen position of value 0 and distance of values, which grow upwards.
    down: (f64, f64),
}

/// Samples that fall in a stretch of time, one more on either side.
pub(crate) fn steps_in_view(seconds: &Range<f64>, step_seconds: f64, newest: usize) -> Range<usize> {
    let from = (seconds.start / step_seconds).floor().max(1.0) as usize - 1;
    let to = ((seconds.end / step_seconds).ceil().max(0.0) as usize + 2).min(newest + 1);
    from.min(to)..to
}

/// Samples a bucket so that there are one to two points of width a bucket.
fn bucket_for(seconds: &Range<f64>, step_seconds: f64, width: f32) -> usize {
    let samples = (seconds.end - seconds.start) / step_seconds;
    let per_point = samples / f64::from(width.max(1.0));
    if per_point <= 1.0 {
        1
    } else {
        (per_point.ceil() as usize).next_power_of_two()
    }
}

impl Viewport {
    /// A view of some stretch of a recording.
    pub fn new(transform: PlotTransform, seconds: &Range<f64>, step_seconds: f64, newest: usize) -> Self {
        let [x, y] = transform.dpos_dvalue();
        let (frame, bounds) = (*transform.frame(), *transform.bounds());
        Self {
            steps: steps_in_view(seconds, step_seconds, newest),
            bucket: bucket_for(seconds, step_seconds, frame.width()),
            step_seconds,
            across: (f64::from(frame.left()) - bounds.min()[0] * x, step_seconds * x),
            down: (f64::from(frame.bottom()) - bounds.min()[1] * y, y),
            transform,
        }
    }

    /// Screen position of a step, which may lie between two samples.
    pub fn x(&self, step: f64) -> f32 {
        (self.across.0 + step * self.across.1) as f32
    }

    /// The step at a screen position, 0 to the left of the first.
    pub fn step(&self, x: f32) -> usize {
        ((f64::from(x) - self.across.0) / self.across.1).max(0.0) as usize
    }

    /// The step nearest to a screen position that is recorded, where `newest` is the last one.
    pub fn nearest_step(&self, x: f32, newest: usize) -> usize {
        let seconds = self.transform.value_from_position(pos2(x, 0.0)).x;
        ((seconds / self.step_seconds).round().max(0.0) as usize).min(newest)
    }

    /// Screen position of a value.
    pub fn y(&self, value: f64) -> f32 {
        (self.down.0 + value * self.down.1) as f32
    }
}

/// Draws into one mesh.
pub struct Canvas<'a> {
    /// Where.
    pub place: &'a Viewport,
    buffers: &'a mut Buffers,
    mesh: Arc<Mesh>,
    hidden: Vec<Figure>,
}

impl<'a> Canvas<'a> {
    /// An empty canvas.
    pub fn new(place: &'a Viewport, buffers: &'a mut Buffers) -> Self {
        let mesh = buffers.mesh();
        Self {
            place,
            buffers,
            mesh,
            hidden: Vec::new(),
        }
    }

    /// The same without figures that are switched off.
    pub fn without(self, hidden: Vec<Figure>) -> Self {
        Self { hidden, ..self }
    }

    /// Whether a figure is not switched off.
    pub fn shows(&self, figure: Figure) -> bool {
        !self.hidden.contains(&figure)
    }

    /// What has been drawn.
    pub fn finish(self) -> Shape {
        self.buffers.meshes.push(Arc::clone(&self.mesh));
        Shape::Mesh(self.mesh)
    }

    /// A series as a line. `scale` maps its values to plot coordinates; it must not decrease.
    pub fn line(&mut self, series: &Series, color: Color32, width: f32, scale: impl Fn(f64) -> f64) {
        self.lines(std::slice::from_ref(series), |_| color, width, scale);
    }

    /// Series that belong together, each in its own colour; from afar one band that covers them all.
    pub fn lines(
        &mut self,
        group: &[Series],
        color: impl Fn(usize) -> Color32,
        width: f32,
        scale: impl Fn(f64) -> f64,
    ) {
        let mut buckets = std::mem::take(&mut self.buffers.buckets);
        buckets.clear();
        for (index, series) in group.iter().enumerate() {
            let before = buckets.len();
            series.decimate(self.place.steps.clone(), self.place.bucket, &mut buckets);
            if self.place.bucket == 1 {
                self.joined(&buckets, color(index), width, &scale);
                buckets.clear();
            } else if index > 0 {
                let (all, own) = buckets.split_at_mut(before);
                for (bucket, other) in all.iter_mut().zip(own) {
                    bucket.extent = bucket.extent.union(other.extent);
                }
                buckets.truncate(before);
            }
        }
        self.band(&buckets, color(0), width, scale);
        self.buffers.buckets = buckets;
    }

    /// A line through single samples.
    fn joined(&mut self, buckets: &[Bucket], color: Color32, width: f32, scale: impl Fn(f64) -> f64) {
        let mut points = std::mem::take(&mut self.buffers.points);
        points.clear();
        let point = |bucket: &Bucket| pos2(self.place.x(bucket.middle), self.place.y(scale(bucket.extent.low)));
        points.extend(buckets.iter().map(point));
        self.polyline(&points, color, width);
        self.buffers.points = points;
    }

    /// A line through the extents of buckets that are about as wide as a pixel.
    fn band(&mut self, buckets: &[Bucket], color: Color32, width: f32, scale: impl Fn(f64) -> f64) {
        let place = self.place;
        let Some(mesh) = Arc::get_mut(&mut self.mesh) else {
            return;
        };
        mesh.reserve_vertices(4 * buckets.len());
        mesh.reserve_triangles(6 * buckets.len());
        let half = width / 2.0;
        let ends = |bucket: &Bucket| (place.y(scale(bucket.extent.high)), place.y(scale(bucket.extent.low)));
        let mut before: Option<(f32, f32)> = None;
        let mut now = buckets.first().map(ends);
        for (index, bucket) in buckets.iter().enumerate() {
            let Some((top, bottom)) = now else { return };
            let after = buckets.get(index + 1).map(ends);
            let (mut upper, mut lower) = (top, bottom);
            // Neighbours that do not overlap meet half-way, or a steep line would vanish between them.
            for (other_top, other_bottom) in [before, after].into_iter().flatten() {
                upper = upper.min(f32::midpoint(top, other_bottom));
                lower = lower.max(f32::midpoint(bottom, other_top));
            }
            let x = place.x(bucket.middle);
            push_slice(
                mesh,
                [upper - half, lower + half].map(|y| pos2(x, y)),
                0.0,
                -1.0,
                color,
                index > 0,
            );
            (before, now) = (now, after);
        }
    }

    /// A series as dashes of about `length` points. They belong to places in time, so that they do not crawl while the view
    /// moves; what happens between their corners is not shown.
    pub fn dashes(&mut self, series: &Series, color: Color32, width: f32, length: f64) {
        const CORNERS: usize = 4;
        // As in legends: a line with gaps, not marks.
        const DRAWN: f64 = 1.3;
        let place = self.place;
        let dash = (length / place.across.1.max(1e-9)).log2().ceil().exp2();
        let mut points = std::mem::take(&mut self.buffers.points);
        let mut from = (place.steps.start as f64 / (2.0 * dash)).floor() * 2.0 * dash;
        while from < place.steps.end as f64 {
            points.clear();
            points.extend((0..=CORNERS).filter_map(|corner| {
                let step = from + DRAWN * dash * corner as f64 / CORNERS as f64;
                Some(pos2(place.x(step), place.y(between(series, step)?)))
            }));
            self.polyline(&points, color, width);
            from += 2.0 * dash;
        }
        self.buffers.points = points;
    }

    /// A line through points.
    pub fn polyline(&mut self, points: &[Pos2], color: Color32, width: f32) {
        let Some(mesh) = Arc::get_mut(&mut self.mesh) else {
            return;
        };
        let half = width / 2.0;
        for (index, point) in points.iter().enumerate() {
            let after = points.get(index + 1).map(|next| *next - *point);
            let before = index
                .checked_sub(1)
                .map(|at| *point - points[at])
                .or(after)
                .unwrap_or_default();
            let after = after.unwrap_or(before);
            let (before, after) = (before.normalized(), after.normalized());
            let normal = (before.rot90() + after.rot90()).normalized();
            // The mitre is longer than the half width where the line bends, but not without limit.
            let reach = 1.0 / normal.dot(before.rot90()).max(0.5);
            let offset = normal * reach;
            let (a, b) = (*point + offset * half, *point - offset * half);
            push_slice(mesh, [a, b], offset.x, offset.y, color, index > 0);
        }
    }

    /// The area between two lines over the same steps: `(step, low, high)` in plot coordinates.
    pub fn area(&mut self, slices: impl Iterator<Item = (f64, f64, f64)>, color: Color32) {
        let place = self.place;
        let Some(mesh) = Arc::get_mut(&mut self.mesh) else {
            return;
        };
        for (index, (step, low, high)) in slices.enumerate() {
            let x = place.x(step);
            let at = mesh.vertices.len() as u32;
            mesh.colored_vertex(pos2(x, place.y(low)), color);
            mesh.colored_vertex(pos2(x, place.y(high)), color);
            if index > 0 {
                mesh.add_triangle(at - 2, at - 1, at);
                mesh.add_triangle(at - 1, at, at + 1);
            }
        }
    }

    /// The buckets in which a series is above nothing, from the top of the plot to its bottom.
    pub fn spans(&mut self, series: &Series, color: Color32) {
        let place = self.place;
        let frame = *place.transform.frame();
        let mut buckets = std::mem::take(&mut self.buffers.buckets);
        buckets.clear();
        series.decimate(place.steps.clone(), place.bucket, &mut buckets);
        let half = (place.bucket as f64 / 2.0).max(0.5);
        if let Some(mesh) = Arc::get_mut(&mut self.mesh) {
            for bucket in buckets.iter().filter(|bucket| bucket.extent.high > 0.0) {
                let across = [bucket.middle - half, bucket.middle + half].map(|step| place.x(step));
                let [left, right] = across.map(|x| x.clamp(frame.left(), frame.right()));
                push_rect(mesh, [left, frame.top(), right, frame.bottom()], color);
            }
        }
        self.buffers.buckets = buckets;
    }

    /// The highest value of each bucket as bars from `base` upwards, at least `1` point wide. `scale` maps values to screen
    /// heights in points.
    pub fn bars(&mut self, series: &Series, color: Color32, base: f32, scale: impl Fn(f64) -> f32) {
        let place = self.place;
        let mut buckets = std::mem::take(&mut self.buffers.buckets);
        buckets.clear();
        series.decimate(place.steps.clone(), place.bucket, &mut buckets);
        let width = (place.x(place.bucket as f64) - place.x(0.0)).clamp(1.0, 12.0);
        if let Some(mesh) = Arc::get_mut(&mut self.mesh) {
            for bucket in buckets.iter().filter(|bucket| bucket.extent.high > 0.0) {
                let x = place.x(bucket.middle) - width / 2.0;
                let height = scale(bucket.extent.high).max(1.0);
                push_rect(mesh, [x, base - height, x + width, base], color);
            }
        }
        self.buffers.buckets = buckets;
    }
}

/// The value at a place between two samples.
fn between(series: &Series, step: f64) -> Option<f64> {
    let before = series.at(step.max(0.0) as usize)?;
    let part = step.max(0.0).fract();
    if part == 0.0 {
        Some(before)
    } else {
        Some(before + (series.at(step as usize + 1)? - before) * part)
    }
}

/// Two solid points of a stripe with a soft edge outside of them, joined to the slice before. The edge lies in the direction
/// `(dx, dy)` from the first point and against it from the second.
fn push_slice(mesh: &mut Mesh, [a, b]: [Pos2; 2], dx: f32, dy: f32, color: Color32, joined: bool) {
    let at = mesh.vertices.len() as u32;
    let (dx, dy) = (dx * FEATHER, dy * FEATHER);
    let vertex = |x, y, color| Vertex {
        pos: pos2(x, y),
        uv: WHITE_UV,
        color,
    };
    mesh.vertices.extend_from_slice(&[
        vertex(a.x + dx, a.y + dy, Color32::TRANSPARENT),
        vertex(a.x, a.y, color),
        vertex(b.x, b.y, color),
        vertex(b.x - dx, b.y - dy, Color32::TRANSPARENT),
    ]);
    if joined {
        const TRIANGLES: [u32; 18] = [0, 1, 4, 1, 4, 5, 1, 2, 5, 2, 5, 6, 2, 3, 6, 3, 6, 7];
        mesh.indices.extend_from_slice(&TRIANGLES.map(|corner| at - 4 + corner));
    }
}

/// A rectangle by left, top, right and bottom.
pub(crate) fn push_rect(mesh: &mut Mesh, [left, top, right, bottom]: [f32; 4], color: Color32) {
    let at = mesh.vertices.len() as u32;
    for corner in [
        pos2(left, top),
        pos2(right, top),
        pos2(left, bottom),
        pos2(right, bottom),
    ] {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(at, at + 1, at + 2);
    mesh.add_triangle(at + 1, at + 2, at + 3);
}

#[cfg(test)]
mod tests {
    use eframe::egui::Rect;
    use egui_plot::PlotBounds;

    use super::*;

    fn drawn(values: &[f64], seconds: Range<f64>) -> (Viewport, Arc<Mesh>) {
        let mut series = Series::default();
        for value in values {
            series.push(*value);
        }
        let frame = Rect::from_min_max(pos2(0.0, 0.0), pos2(700.0, 300.0));
        let bounds = PlotBounds::from_min_max([seconds.start, 0.0], [seconds.end, 100.0]);
        let place = Viewport::new(
            PlotTransform::new(frame, bounds, false),
            &seconds,
            1.0,
            values.len() - 1,
        );
        let mut buffers = Buffers::default();
        let mut canvas = Canvas::new(&place, &mut buffers);
        canvas.line(&series, Color32::WHITE, 1.5, |value| value);
        let Shape::Mesh(mesh) = canvas.finish() else {
            panic!("a mesh")
        };
        (place, mesh)
    }

    fn lowest_on_screen(mesh: &Mesh) -> f32 {
        mesh.vertices
            .iter()
            .filter(|vertex| vertex.color.a() > 0)
            .map(|vertex| vertex.pos.y)
            .fold(0.0, f32::max)
    }

    #[test]
    fn positions_agree_with_the_plot() {
        let (place, _) = drawn(&vec![10.0; 5000], 1234.5..3000.0);
        for (step, value) in [(1300.0, 3.0), (2999.0, 97.5)] {
            assert!((place.x(step) - place.transform.position_from_point_x(step)).abs() < 0.01);
            assert!((place.y(value) - place.transform.position_from_point_y(value)).abs() < 0.01);
        }
    }

    #[test]
    fn a_wick_of_one_step_reaches_its_price_at_every_zoom() {
        let mut values = vec![80.0; 216_000];
        values[100_003] = 20.0;
        for span in [50.0, 700.0, 5_000.0, 80_000.0, 216_000.0] {
            let start = (100_003.0_f64 - span / 2.0).max(0.0);
            let (place, mesh) = drawn(&values, start..start + span);
            assert!(lowest_on_screen(&mesh) >= place.y(20.0) - 0.01, "span {span}");
        }
    }

    #[test]
    fn a_long_history_costs_what_the_screen_shows() {
        let values: Vec<f64> = (0..216_000)
            .map(|step| 50.0 + 30.0 * (f64::from(step) / 900.0).sin())
            .collect();
        let (_, mesh) = drawn(&values, 0.0..216_000.0);
        assert!(mesh.vertices.len() <= 4 * 702, "{} vertices", mesh.vertices.len());
        assert!(mesh.is_valid());
    }
}

//! Draws what egui has laid out into a picture without a screen and without a graphics card: triangles with colours and
//! textures, blended as egui's own painters blend them.

use std::collections::BTreeMap;

use eframe::egui::epaint::{ClippedPrimitive, ImageData, Mesh, Primitive, Vertex};
use eframe::egui::{Color32, ColorImage, Pos2, Rect, TextureId, TexturesDelta, pos2};

/// What is to be drawn, and where.
pub(crate) struct Raster {
    /// Triangles, the lowest first.
    pub primitives: Vec<ClippedPrimitive>,
    textures: BTreeMap<TextureId, ColorImage>,
    size: [usize; 2],
    scale: f32,
    ground: Color32,
}

impl Raster {
    /// Nothing yet on a ground of one colour; `scale` is the pixels of a point.
    pub(crate) const fn new(size: [usize; 2], scale: f32, ground: Color32) -> Self {
        Self {
            primitives: Vec::new(),
            textures: BTreeMap::new(),
            size,
            scale,
            ground,
        }
    }

    /// Takes in textures that are new or have changed, and leaves none.
    pub(crate) fn take_in(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in &delta.set {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                match (change.pos, self.textures.get_mut(id)) {
                    (Some(corner), Some(whole)) => patch(whole, image, corner),
                    (None, _) => {
                        self.textures.insert(*id, image.as_ref().clone());
                    }
                    // A part of what is not there.
                    (Some(_), None) => {}
                }
            }
        }
        delta.clear();
    }

    /// Draws it.
    pub(crate) fn draw(&self) -> ColorImage {
        let mut image = ColorImage::filled(self.size, self.ground);
        for clipped in &self.primitives {
            let Primitive::Mesh(mesh) = &clipped.primitive else {
                continue;
            };
            let Some(texture) = self.textures.get(&mesh.texture_id) else {
                continue;
            };
            let clip = Rect::from_min_max(
                (clipped.clip_rect.min.to_vec2() * self.scale).to_pos2().round(),
                (clipped.clip_rect.max.to_vec2() * self.scale).to_pos2().round(),
            );
            self.mesh(&mut image, mesh, texture, clip);
        }
        image
    }

    fn mesh(&self, image: &mut ColorImage, mesh: &Mesh, texture: &ColorImage, clip: Rect) {
        for corners in mesh.indices.chunks_exact(3) {
            let corner = |place: usize| {
                let mut vertex = mesh.vertices[corners[place] as usize];
                vertex.pos = (vertex.pos.to_vec2() * self.scale).to_pos2();
                vertex
            };
            triangle(image, [corner(0), corner(1), corner(2)], texture, clip);
        }
    }
}

fn patch(whole: &mut ColorImage, part: &ColorImage, [left, top]: [usize; 2]) {
    for (row, line) in part.pixels.chunks_exact(part.size[0].max(1)).enumerate() {
        let from = (top + row) * whole.size[0] + left;
        if let Some(target) = whole.pixels.get_mut(from..from + line.len()) {
            target.copy_from_slice(line);
        }
    }
}

/// Twice the signed area of a triangle.
fn area(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Whether a pixel whose middle lies exactly on the edge from `a` to `b` belongs to the triangle: so that two triangles with a
/// common edge draw each pixel once.
fn owns_edge(a: Pos2, b: Pos2) -> bool {
    a.y > b.y || a.y == b.y && a.x < b.x
}

fn triangle(image: &mut ColorImage, mut corners: [Vertex; 3], texture: &ColorImage, clip: Rect) {
    let mut whole = area(corners[0].pos, corners[1].pos, corners[2].pos);
    if whole < 0.0 {
        corners.swap(1, 2);
        whole = -whole;
    }
    let [a, b, c] = corners.map(|corner| corner.pos);
    let bounds = Rect::from_points(&[a, b, c]).intersect(clip);
    if whole <= 0.0 || !bounds.is_positive() {
        return;
    }
    let edges = [(b, c), (c, a), (a, b)];
    let [width, height] = image.size;
    // Pixels whose middles may lie inside.
    let first = |low: f32| (low - 0.5).ceil().max(0.0) as usize;
    let end = |high: f32, most: usize| ((high - 0.5).floor().max(-1.0) + 1.0).min(most as f32) as usize;
    for y in first(bounds.min.y)..end(bounds.max.y, height) {
        for x in first(bounds.min.x)..end(bounds.max.x, width) {
            let middle = pos2(x as f32 + 0.5, y as f32 + 0.5);
            let weights = edges.map(|(from, to)| area(from, to, middle));
            let inside =
                |(weight, (from, to)): (f32, (Pos2, Pos2))| weight > 0.0 || weight == 0.0 && owns_edge(from, to);
            if weights.into_iter().zip(edges).all(inside) {
                let color = shade(&corners, weights.map(|weight| weight / whole), texture);
                let pixel = &mut image.pixels[y * width + x];
                *pixel = blend(*pixel, color);
            }
        }
    }
}

/// The colour in a point of a triangle, times that of its texture there; premultiplied, from 0 to 255.
fn shade(corners: &[Vertex; 3], weights: [f32; 3], texture: &ColorImage) -> [f32; 4] {
    let mix = |of: &dyn Fn(&Vertex) -> f32| -> f32 {
        corners.iter().zip(weights).map(|(one, weight)| of(one) * weight).sum()
    };
    let sample = bilinear(texture, mix(&|one| one.uv.x), mix(&|one| one.uv.y));
    std::array::from_fn(|channel| mix(&|one| f32::from(one.color.to_array()[channel])) * sample[channel] / 255.0)
}

/// A texture's colour between the middles of its pixels.
fn bilinear(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (u * width as f32 - 0.5, v * height as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let at = |x: f32, y: f32| {
        let column = (x.max(0.0) as usize).min(width - 1);
        let row = (y.max(0.0) as usize).min(height - 1);
        texture.pixels[row * width + column].to_array().map(f32::from)
    };
    let (right_share, low_share) = (x - left, y - top);
    let [a, b, c, d] = [
        at(left, top),
        at(left + 1.0, top),
        at(left, top + 1.0),
        at(left + 1.0, top + 1.0),
    ];
    std::array::from_fn(|channel| {
        let upper = a[channel] + (b[channel] - a[channel]) * right_share;
        let lower = c[channel] + (d[channel] - c[channel]) * right_share;
        upper + (lower - upper) * low_share
    })
}

fn blend(below: Color32, above: [f32; 4]) -> Color32 {
    let through = 1.0 - above[3] / 255.0;
    let mixed = |channel: usize| {
        let sum = above[channel] + f32::from(below.to_array()[channel]) * through;
        sum.round().clamp(0.0, 255.0) as u8
    };
    Color32::from_rgba_premultiplied(mixed(0), mixed(1), mixed(2), mixed(3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::epaint::{ImageDelta, WHITE_UV};
    use eframe::egui::{TextureOptions, vec2};

    fn raster(meshes: Vec<(Mesh, Rect)>) -> ColorImage {
        let mut raster = Raster::new([8, 8], 2.0, Color32::BLACK);
        let white = ImageDelta::full(ColorImage::filled([1, 1], Color32::WHITE), TextureOptions::LINEAR);
        let mut delta = TexturesDelta::default();
        delta.set.entry(TextureId::default()).or_default().push(white);
        raster.take_in(&mut delta);
        raster.primitives = meshes
            .into_iter()
            .map(|(mesh, clip_rect)| ClippedPrimitive {
                clip_rect,
                primitive: Primitive::Mesh(mesh),
            })
            .collect();
        raster.draw()
    }

    fn square(from: Pos2, side: f32, color: Color32) -> Mesh {
        let mut mesh = Mesh::default();
        mesh.add_rect_with_uv(
            Rect::from_min_size(from, vec2(side, side)),
            Rect::from_min_max(WHITE_UV, WHITE_UV),
            color,
        );
        mesh
    }

    #[test]
    fn a_half_transparent_square_is_drawn_once_a_pixel_and_clipped() {
        let everywhere = Rect::EVERYTHING;
        let half = Color32::from_rgba_premultiplied(100, 0, 0, 128);
        // In points; two pixels are one of them.
        let image = raster(vec![(square(pos2(1.0, 1.0), 2.0, half), everywhere)]);
        let red = |x: usize, y: usize| image.pixels[y * 8 + x].r();
        for y in 0..8 {
            for x in 0..8 {
                let inside = (2..6).contains(&x) && (2..6).contains(&y);
                // On the diagonal between its two triangles too: neither none nor twice.
                assert_eq!(red(x, y), if inside { 100 } else { 0 }, "{x}, {y}");
            }
        }
        let clip = Rect::from_min_max(pos2(0.0, 0.0), pos2(2.0, 4.0));
        let clipped = raster(vec![(square(pos2(1.0, 1.0), 2.0, half), clip)]);
        let drawn = clipped.pixels.iter().filter(|pixel| pixel.r() == 100).count();
        assert_eq!(drawn, 2 * 4);
    }

    #[test]
    fn what_lies_above_shows_what_is_below_as_far_as_it_is_transparent() {
        let white = square(pos2(0.0, 0.0), 4.0, Color32::WHITE);
        let shade = square(pos2(0.0, 0.0), 4.0, Color32::from_rgba_premultiplied(0, 0, 51, 51));
        let image = raster(vec![(white, Rect::EVERYTHING), (shade, Rect::EVERYTHING)]);
        assert_eq!(image.pixels[27], Color32::from_rgb(204, 204, 255));
    }
}

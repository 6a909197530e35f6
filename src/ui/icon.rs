//! Icons painted as shapes, because the fonts that come with egui lack them, and buttons that carry one.

use eframe::egui::{
    Color32, CornerRadius, Painter, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// A picture of a few strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Back to the start.
    Restart,
    /// A triangle.
    Play,
    /// Two bars.
    Pause,
    /// A triangle and a bar.
    Step,
    /// Two triangles and a bar.
    StepTen,
    /// [`Self::Step`] the other way.
    StepBack,
    /// [`Self::StepTen`] the other way.
    StepBackTen,
    /// An arrow that turns back.
    Undo,
    /// An arrow that turns forward.
    Redo,
    /// A cross.
    Close,
    /// A check mark.
    Check,
    /// Two dice faces.
    Dice,
    /// The letter i in a circle.
    Info,
    /// A side panel at the left.
    LeftPanel,
    /// A side panel at the right.
    RightPanel,
}

/// Paints an icon into the middle of a rectangle.
pub(crate) fn paint(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let unit = rect.width().min(rect.height()) / 2.0;
    let mirrored = matches!(icon, Icon::StepBack | Icon::StepBackTen | Icon::Redo);
    let flip = if mirrored { -1.0 } else { 1.0 };
    let at = |x: f32, y: f32| rect.center() + unit * vec2(flip * x, y);
    let triangle = |left: f32, right: f32| {
        Shape::convex_polygon(vec![at(left, -0.8), at(right, 0.0), at(left, 0.8)], color, Stroke::NONE)
    };
    let bar = |left: f32, right: f32| {
        Shape::rect_filled(
            Rect::from_two_pos(at(left, -0.8), at(right, 0.8)),
            CornerRadius::same(1),
            color,
        )
    };
    let stroke = Stroke::new((unit * 0.22).max(1.2), color);
    let shapes = match icon {
        Icon::Play => vec![triangle(-0.6, 0.9)],
        Icon::Pause => vec![bar(-0.7, -0.2), bar(0.2, 0.7)],
        Icon::Step | Icon::StepBack => vec![triangle(-0.8, 0.45), bar(0.5, 0.8)],
        Icon::StepTen | Icon::StepBackTen => vec![triangle(-1.0, -0.1), triangle(-0.15, 0.7), bar(0.72, 1.0)],
        Icon::Restart => vec![
            Shape::convex_polygon(vec![at(0.8, -0.8), at(-0.45, 0.0), at(0.8, 0.8)], color, Stroke::NONE),
            bar(-0.8, -0.5),
        ],
        Icon::Close => vec![
            Shape::line_segment([at(-0.6, -0.6), at(0.6, 0.6)], stroke),
            Shape::line_segment([at(-0.6, 0.6), at(0.6, -0.6)], stroke),
        ],
        Icon::Check => vec![
            Shape::line_segment([at(-0.8, 0.0), at(-0.25, 0.6)], stroke),
            Shape::line_segment([at(-0.25, 0.6), at(0.85, -0.65)], stroke),
        ],
        Icon::Undo | Icon::Redo => {
            let turn = |t: f32| at(0.7 * t.cos(), 0.7 * t.sin());
            let from_tip = |x: f32, y: f32| turn(-2.2) + unit * vec2(flip * x, y);
            let arc = (0..=18).map(|i| turn(-2.2 + 4.9 * i as f32 / 18.0)).collect();
            let head = vec![from_tip(-0.5, 0.05), from_tip(0.3, -0.5), from_tip(0.35, 0.5)];
            vec![
                Shape::line(arc, stroke),
                Shape::convex_polygon(head, color, Stroke::NONE),
            ]
        }
        Icon::Dice => {
            let face = Rect::from_center_size(rect.center(), Vec2::splat(unit * 1.7));
            let mut shapes = vec![Shape::rect_stroke(
                face,
                CornerRadius::same(3),
                stroke,
                eframe::egui::StrokeKind::Inside,
            )];
            for (x, y) in [(-0.38, -0.38), (0.38, 0.38), (0.0, 0.0)] {
                shapes.push(Shape::circle_filled(at(x, y), unit * 0.17, color));
            }
            shapes
        }
        Icon::Info => vec![
            Shape::circle_stroke(rect.center(), unit * 0.95, stroke),
            Shape::circle_filled(at(0.0, -0.45), unit * 0.16, color),
            Shape::line_segment([at(0.0, -0.12), at(0.0, 0.55)], stroke),
        ],
        Icon::LeftPanel | Icon::RightPanel => {
            let frame = Rect::from_center_size(rect.center(), vec2(unit * 2.0, unit * 1.6));
            let side = unit * 0.7;
            let filled = if icon == Icon::LeftPanel {
                frame.with_max_x(frame.left() + side)
            } else {
                frame.with_min_x(frame.right() - side)
            };
            vec![
                Shape::rect_stroke(frame, CornerRadius::same(2), stroke, eframe::egui::StrokeKind::Inside),
                Shape::rect_filled(filled, CornerRadius::same(2), color),
            ]
        }
    };
    painter.extend(shapes);
}

/// A square button with an icon; the name is what screen readers say and the tooltip shows.
pub(crate) fn button(ui: &mut Ui, icon: Icon, name: &str, size: f32) -> Response {
    framed(ui, icon, name, size, true)
}

/// A button with an icon that has no frame until the pointer is over it.
pub(crate) fn quiet_button(ui: &mut Ui, icon: Icon, name: &str, size: f32) -> Response {
    framed(ui, icon, name, size, false)
}

fn framed(ui: &mut Ui, icon: Icon, name: &str, size: f32, frame: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if ui.is_rect_visible(rect) {
        let visuals = ui.style().interact(&response);
        if frame || response.hovered() || response.has_focus() {
            ui.painter().rect(
                rect,
                visuals.corner_radius,
                visuals.weak_bg_fill,
                visuals.bg_stroke,
                eframe::egui::StrokeKind::Inside,
            );
        }
        paint(
            ui.painter(),
            icon,
            rect.shrink(size * if size < 30.0 { 0.22 } else { 0.28 }),
            visuals.fg_stroke.color,
        );
    }
    response.on_hover_text(name)
}

/// An on/off switch; the name is what screen readers say.
pub(crate) fn switch(ui: &mut Ui, on: bool, name: &str, lit: Color32) -> Response {
    let size = vec2(28.0, 16.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, name));
    if ui.is_rect_visible(rect) {
        let way = ui.animate_bool_responsive(response.id, on);
        let visuals = ui.style().interact(&response);
        let radius = rect.height() / 2.0;
        let fill = visuals.bg_fill.lerp_to_gamma(lit, way);
        ui.painter()
            .rect(rect, radius, fill, visuals.bg_stroke, eframe::egui::StrokeKind::Inside);
        let x = rect.left() + radius + way * (rect.width() - 2.0 * radius);
        ui.painter()
            .circle_filled(pos2(x, rect.center().y), radius - 3.0, Color32::WHITE);
    }
    response
}

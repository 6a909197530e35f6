//! A shock on the price plot: to the level that is clicked once the tool has been taken up, or to where the price tag is
//! dragged. An ordinary click shocks nothing.

use eframe::egui::{
    Align2, Button, CursorIcon, Id, Pos2, Rect, RichText, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::price;
use super::shown::{PlotView, Shown};
use crate::style;
use cascade_app::{ActCommand, Command};
use cascade_scenario::format;

/// Size of the button, the widest of those in the corner.
pub(super) const SIZE: Vec2 = vec2(92.0, 22.0);

/// The tool's own state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aim {
    /// The next click on the price plot is a shock.
    pub taken_up: bool,
    /// Where the price tag was drawn.
    pub tag: Option<Rect>,
}

impl Aim {
    /// The button of the tool and the handle of the price tag.
    pub fn show(&mut self, ui: &mut Ui, price: &Shown, view: &PlotView<'_>, commands: &mut Vec<Command>) {
        if view.overlay.guessing.is_some() {
            self.taken_up = false;
            return;
        }
        let (text, ground) = if self.taken_up {
            (
                RichText::new("Click a price").color(view.palette.ground),
                view.palette.notice,
            )
        } else {
            (RichText::new("Aim shock").color(view.palette.text), view.palette.raised)
        };
        let button = Button::new(text.size(style::LABEL))
            .fill(ground)
            .selected(self.taken_up);
        let tool = ui.put(place(price.inner), button).on_hover_text(
            "Takes up the shock (X): the next click on the price plot shocks the price to that level. Escape puts it away. \
             Dragging the price tag at the right does the same.",
        );
        if tool.clicked() {
            self.taken_up = !self.taken_up;
        }
        if let Some(tag) = self.tag {
            drag(ui, tag, price, view, commands);
        }
        if self.taken_up
            && let Some(pointer) = price.response.hover_pos()
        {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
            told(ui, pointer, price, view, "click");
        }
    }

    /// What a click on the price plot does while the tool is taken up.
    pub fn click(&mut self, price: &Shown, pointer: Pos2, commands: &mut Vec<Command>) {
        self.taken_up = false;
        shock(price, pointer, commands);
    }
}

/// Where the tool's button stands: above what returns to the newest step, and clear of the words at the foot.
pub(super) fn place(price: Rect) -> Rect {
    Rect::from_min_size(price.right_bottom() - SIZE - vec2(8.0, 36.0), SIZE)
}

/// The price tag as a handle: let go at another level, the price is shocked to it.
fn drag(ui: &Ui, tag: Rect, price: &Shown, view: &PlotView<'_>, commands: &mut Vec<Command>) {
    // Without the focus: by keyboard the size of the shock is set, and S applies it.
    let handle = ui.interact(tag, Id::unique("price tag"), Sense::DRAG);
    handle.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Price tag"));
    if let (Some(pointer), true) = (handle.interact_pointer_pos(), handle.dragged() || handle.drag_stopped()) {
        if handle.drag_stopped() {
            // Let go where it was taken, it was no drag.
            if !tag.contains(pointer) {
                shock(price, pointer, commands);
            }
        } else {
            let y = pointer.y.clamp(price.inner.top(), price.inner.bottom());
            let ends = [pos2(price.inner.left(), y), pos2(tag.left(), y)];
            ui.painter().line_segment(ends, Stroke::new(1.5, view.palette.notice));
            told(ui, pos2(tag.left() - 6.0, y), price, view, "let go");
        }
    }
    handle
        .on_hover_cursor(CursorIcon::ResizeVertical)
        .on_hover_text("The present price. Drag it to a level to shock the price to that level.");
}

fn shock(price: &Shown, pointer: Pos2, commands: &mut Vec<Command>) {
    let level = price.place.transform.value_from_position(pointer).y;
    if level > 0.0 {
        commands.push(Command::Act(ActCommand::ShockToPrice(level)));
    }
}

/// What the shock would be at a place.
fn told(ui: &Ui, at: Pos2, price: &Shown, view: &PlotView<'_>, how: &str) {
    let spot = view.asset.observation().spot;
    let level = price.place.transform.value_from_position(at).y;
    if spot > 0.0 && level > 0.0 {
        let of = view.number.map_or_else(String::new, |number| format!("{number} "));
        let text = format!("{how}: shock {of}{}", format::percent(level / spot - 1.0, 1));
        let right = at.x > price.inner.center().x;
        let (side, offset) = if right {
            (Align2::RIGHT_BOTTOM, vec2(-6.0, -5.0))
        } else {
            (Align2::LEFT_BOTTOM, vec2(6.0, -5.0))
        };
        price::tag(ui, at + offset, side, text, (view.palette.notice, view.palette.ground));
    }
}

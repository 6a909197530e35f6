//! The window in front of an audience, measured: how high its text is, what it hides, and that it is left at once.

use cascade_lab::app::{LessonCommand, PlaybackCommand, WorkspaceCommand};
use cascade_lab::scenario::find;
use cascade_lab::ui::command::WindowCommand;
use eframe::egui::{Key, Pos2, Rect, Role, Shape, epaint::TextShape, pos2, vec2};
use egui_kittest::kittest::Queryable;

use super::{Window, app, has_slider, open, open_with, preset};

/// A projector's picture, in pixels.
const PROJECTOR: (f32, f32) = (1920.0, 1080.0);

/// The window as it stands on a projector: as many points as there are pixels for them.
fn on_projector(window: &mut Window) {
    for _ in 0..4 {
        let size = vec2(PROJECTOR.0, PROJECTOR.1) / window.ctx.zoom_factor();
        window.set_size(size);
        window.run_steps(2);
    }
}

fn presenting() -> Window {
    let mut window = open();
    window.state_mut().app.run(135);
    window.key_press(Key::F5);
    window.run_steps(2);
    on_projector(&mut window);
    assert!(app(&window).presenting);
    window
}

/// All text that is drawn: the words, their height in pixels, and where they are in points.
pub fn texts(window: &Window) -> Vec<(String, f32, Rect)> {
    fn collect(shape: &Shape, zoom: f32, found: &mut Vec<(String, f32, Rect)>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, zoom, found)),
            Shape::Text(text @ TextShape { galley, .. }) => {
                let sizes = galley.job.sections.iter().map(|section| section.format.font_id.size);
                let height = sizes.fold(f32::INFINITY, f32::min) * zoom;
                found.push((galley.text().to_owned(), height, text.visual_bounding_rect()));
            }
            _ => {}
        }
    }
    let zoom = window.ctx.zoom_factor();
    let mut found = Vec::new();
    for clipped in &window.output().shapes {
        collect(&clipped.shape, zoom, &mut found);
    }
    found
}

#[test]
fn the_last_row_can_read_the_figures_the_legends_and_the_axes() {
    let window = presenting();
    let texts = texts(&window);
    let tall = |height: f32| texts.iter().filter(|(_, own, _)| *own >= height).count();
    assert!(
        tall(60.0) >= 5,
        "the headline has five figures of at least 60 pixels: {texts:?}"
    );
    let plots = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    for (text, height, place) in &texts {
        let of_plots = place.top() > plots.top() - 1.0 && place.left() > plots.left() - 1.0;
        let bar = place.top() > window.ctx.content_rect().bottom() - 52.0;
        assert!(
            !of_plots || bar || text.trim().is_empty() || *height >= 24.0,
            "“{text}” is {height} pixels high"
        );
    }
    // Two plots, and every series of the price by its name.
    assert_eq!(window.query_all_by_role(Role::Image).count(), 2);
    for series in ["spot", "without forced flow", "index"] {
        let name = format!("Spot price: {series}");
        assert!(
            window.query_by_role_and_label(Role::CheckBox, &name).is_some(),
            "{name} is hidden"
        );
    }
}

/// Whoever works at 150 % presents the same figures and plots.
#[test]
fn a_large_zoom_leaves_the_audience_the_plots() {
    let mut window = presenting();
    window.state_mut().app.update(WorkspaceCommand::SetZoom(1.5));
    on_projector(&mut window);
    assert!(window.ctx.content_rect().width() > 750.0);
    assert_eq!(window.query_all_by_role(Role::Image).count(), 2);
    for name in ["amplified", "liquidated"] {
        assert!(window.query_by_label_contains(&format!("{name} ")).is_some(), "{name}");
    }
}

#[test]
fn it_is_left_at_once_and_everything_is_as_before() {
    let mut window = open();
    window.state_mut().app.run(135);
    window.run();
    let place = |window: &Window| {
        let places: Vec<Rect> = window.query_all_by_role(Role::Image).map(|plot| plot.rect()).collect();
        (window.ctx.zoom_factor(), places)
    };
    let before = place(&window);
    window.key_press(Key::F5);
    window.run_steps(3);
    assert!(window.query_by_label("Search parameters").is_none());
    window.key_press(Key::F5);
    // One frame, and not a moment in two sizes.
    window.step();
    assert_eq!(place(&window), before);
    assert!(window.query_by_label("Search parameters").is_some());
}

#[test]
fn a_slider_that_is_asked_for_by_name_is_shown_to_the_audience() {
    let mut window = presenting();
    let id = find("liquidity.depth").unwrap().id;
    window.state_mut().ask(WindowCommand::GoTo(id));
    window.run_steps(3);
    assert!(app(&window).presenting, "it is not left for that");
    assert!(has_slider(&window, "Liquidity depth") && !has_slider(&window, "Permanent share"));
    // A second one stands below it, both at the top of their panel.
    window
        .state_mut()
        .ask(WindowCommand::GoTo(find("lending.enabled").unwrap().id));
    window.run_steps(3);
    let slider = window.get_by_role_and_label(Role::Slider, "Liquidity depth").rect();
    let switch = window
        .query_all_by_label("Lending pool")
        .map(|node| node.rect())
        .reduce(Rect::union)
        .unwrap();
    let middle = window.ctx.content_rect().center().y;
    assert!(
        slider.bottom() < switch.top() && switch.bottom() < middle,
        "{slider:?} {switch:?} above {middle}"
    );
    window
        .get_by_role_and_label(Role::Button, "Put Liquidity depth away")
        .click();
    window.run_steps(3);
    assert!(
        window
            .query_by_role_and_label(Role::Slider, "Liquidity depth")
            .is_none()
    );
}

/// A number that becomes wider moves none of those beside it.
#[test]
fn the_headline_figures_keep_their_places() {
    let mut window = presenting();
    let names = ["price", "since the start", "amplified", "R", "liquidated"];
    let places = |window: &Window| {
        names.map(|name| {
            let begins = format!("{name} ");
            let mut figures = window.query_all_by_label_contains(&begins);
            let figure = figures.find(|node| node.rect().top() < 60.0);
            figure.unwrap().rect().left()
        })
    };
    window.state_mut().app.update(PlaybackCommand::Seek(0));
    window.run_steps(3);
    let before = places(&window);
    for step in [60, 118, 125, 135] {
        window.state_mut().app.update(PlaybackCommand::Seek(step));
        window.run_steps(3);
        assert_eq!(places(&window), before, "step {step}");
    }
}

#[test]
fn a_lesson_is_presented_without_messages() {
    let mut window = presenting();
    window
        .state_mut()
        .app
        .messages
        .error("a message of no concern to a class");
    window
        .state_mut()
        .carry_out(LessonCommand::Begin("first-cascade").into());
    window.run_steps(3);
    on_projector(&mut window);
    assert!(window.query_by_label_contains("of no concern").is_none());
    let title = texts(&window)
        .into_iter()
        .find(|(text, _, _)| text == "The first cascade");
    assert!(title.is_some_and(|(_, height, _)| height >= 32.0));
    assert!(window.query_by_role_and_label(Role::Button, "Next").is_some());
    window.state_mut().app.update(WorkspaceCommand::TogglePresenter);
    window.run_steps(3);
    assert!(
        window.query_by_label_contains("of no concern").is_some(),
        "it is told afterwards"
    );
}

/// Beside a lesson the plot is narrow; a long run fills it with lines, and yet what happened is told where it covers none.
#[test]
fn a_class_is_told_what_happened() {
    for zoom in [1.0, 1.5] {
        let mut window = presenting();
        window.state_mut().app.update(WorkspaceCommand::SetZoom(zoom));
        window
            .state_mut()
            .carry_out(LessonCommand::Begin("first-cascade").into());
        window.run_steps(3);
        window.state_mut().app.run(360);
        on_projector(&mut window);
        window.run_steps(90);
        let told = texts(&window);
        let forced = |(text, _, _): &&(String, f32, Rect)| text.ends_with("forced") || text.contains("forced sell");
        let words = told.iter().find(forced);
        assert!(words.is_some_and(|(_, height, _)| *height >= 20.0), "{zoom}: {told:?}");
        // All series have their names in the legend.
        for series in ["spot", "without forced flow", "index"] {
            let name = format!("Spot price: {series}");
            assert!(
                window.query_by_role_and_label(Role::CheckBox, &name).is_some(),
                "{zoom}: {name}"
            );
        }
    }
}

/// Middle points of the circles that are drawn.
fn circles(window: &Window) -> Vec<Pos2> {
    fn collect(shape: &Shape, found: &mut Vec<Pos2>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, found)),
            Shape::Circle(circle) if circle.radius > 10.0 => found.push(circle.center),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &window.output().shapes {
        collect(&clipped.shape, &mut found);
    }
    found
}

#[test]
fn an_audience_sees_where_the_pointer_is() {
    let mut window = presenting();
    for at in [pos2(300.0, 200.0), pos2(420.0, 260.0)] {
        window.hover_at(at);
        window.run_steps(2);
        assert!(circles(&window).contains(&at), "{at:?}");
    }
    window.key_press(Key::F5);
    window.run_steps(2);
    window.hover_at(pos2(300.0, 200.0));
    window.run_steps(2);
    assert!(!circles(&window).contains(&pos2(300.0, 200.0)));
}

/// What is on record of a market that the preset tells of is drawn where the price comes near to it, and nowhere else.
#[test]
fn what_is_on_record_is_drawn_on_the_picture() {
    let mut window = open_with(preset::find("january-2021").unwrap(), None, (1280.0, 800.0));
    let record = app(&window).present.scenario.hints.record.clone().unwrap();
    let drawn = |window: &Window| texts(window).into_iter().find(|(text, ..)| *text == record.text);
    window.state_mut().app.run(20);
    window.run_steps(3);
    assert!(drawn(&window).is_none(), "the price is far below it");
    window.state_mut().app.run(1_200);
    window.run_steps(80);
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let (_, _, words) = drawn(&window).unwrap();
    assert!(plot.contains_rect(words), "{words:?} in {plot:?}");
    let mut window = open();
    window.state_mut().app.run(200);
    window.run_steps(3);
    assert!(app(&window).present.scenario.hints.record.is_none());
}

/// The bar at the foot has room for what it says, in windows of any width and while a cascade is in slow motion.
#[test]
fn words_of_the_bar_keep_off_one_another() {
    let mut window = open();
    window.state_mut().app.run(123);
    window.state_mut().app.update(PlaybackCommand::SetSpeed(4.1));
    window.state_mut().app.update(PlaybackCommand::Play);
    let mut told = 0;
    for width in [640.0, 760.0, 860.0, 914.0, 960.0, 1000.0, 1024.0, 1280.0, 1920.0] {
        window.set_size(vec2(width, 700.0));
        window.run_steps(2);
        assert!(app(&window).playing && app(&window).slowness() < 1.0);
        let words: Vec<_> = texts(&window)
            .into_iter()
            .filter(|(text, _, rect)| rect.top() > 650.0 && !text.trim().is_empty())
            .collect();
        told += usize::from(words.iter().any(|(text, ..)| text == "slow motion"));
        for (place, (text, _, rect)) in words.iter().enumerate() {
            for (other, _, beside) in &words[..place] {
                let apart = !rect.shrink(1.0).intersects(beside.shrink(1.0));
                assert!(apart, "{width}: “{text}” {rect:?} and “{other}” {beside:?}");
            }
        }
    }
    assert!(told >= 3, "{told}");
}

//! The plots in a window without a screen.

use super::*;
use crate::palette::Palette;
use crate::plots::layout::{Layout, PRICE_HEIGHT};
use crate::plots::overlay::Overlay;
use cascade_app::ShownPlots;
use cascade_app::history::Recording;
use cascade_engine::Simulation;
use cascade_scenario::{AssetId, Event, Scenario, Shock};
use eframe::egui::{Shape, vec2};

/// A run and the plots of it.
struct Stage {
    context: egui::Context,
    simulation: Simulation,
    history: Recording,
    /// A run that is pinned.
    pinned: Option<Recording>,
    plots: Plots,
    shown: ShownPlots,
    running: bool,
    time: f64,
}

impl Stage {
    fn new(steps: usize) -> Self {
        let mut scenario = Scenario::default();
        let shock = Shock {
            size: Some(-0.02),
            over_steps: Some(6),
            ..Shock::default()
        };
        scenario.events.push(Event {
            step: 120,
            action: Action::Shock(shock),
        });
        let simulation = Simulation::new(&scenario).unwrap();
        let history = Recording::new(&simulation);
        let (plots, shown) = (Plots::default(), ShownPlots::default());
        let mut stage = Self {
            context: egui::Context::default(),
            simulation,
            history,
            pinned: None,
            plots,
            shown,
            running: true,
            time: 0.0,
        };
        stage.advance(steps);
        stage
    }

    fn advance(&mut self, steps: usize) {
        for _ in 0..steps {
            self.simulation.step();
            self.history.record(&self.simulation);
        }
    }

    /// Draws a frame; returns the commands and the texts on the screen.
    fn frame(&mut self, events: Vec<egui::Event>) -> (Vec<Command>, Vec<String>) {
        self.time += 1.0 / 60.0;
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), SIZE)),
            time: Some(self.time),
            events,
            ..egui::RawInput::default()
        };
        let palette = Palette::dark();
        let mut commands = Vec::new();
        let mut output = self.context.run_ui(input, |ui| {
            let view = PlotView {
                history: self.history.of_asset(AssetId::FIRST),
                asset: &self.simulation.assets()[0],
                number: None,
                reach: self.history.newest_step(),
                running: self.running,
                presenting: false,
                first: &[],
                arrangement: &cascade_app::Layout::default(),
                plots: &self.shown,
                palette: &palette,
                record: None,
                overlay: Overlay {
                    pinned: [
                        self.pinned.as_ref().map(|run| run.of_asset(AssetId::FIRST)),
                        None,
                        None,
                        None,
                    ],
                    ..Overlay::default()
                },
            };
            commands = self.plots.show(ui, view);
        });
        output.textures_delta.clear();
        let mut texts = Vec::new();
        for shape in output.shapes {
            collect_texts(&shape.shape, &mut texts);
        }
        (commands, texts)
    }

    fn click(&mut self, at: egui::Pos2) -> Vec<Command> {
        self.frame(vec![egui::Event::PointerMoved(at)]);
        let mut commands = self.frame(vec![button(at, true)]).0;
        commands.extend(self.frame(vec![button(at, false)]).0);
        commands
    }

    /// Where everything stands in a window of this size, with so many parts beside the price.
    fn layout(&self, size: egui::Vec2, parts: usize) -> Layout {
        let arrangement = cascade_app::Layout::default();
        let rows = list::shown(&self.shown, &arrangement, &self.simulation.assets()[0], &[]);
        Layout::new(Rect::from_min_size(pos2(0.0, 0.0), size), rows, parts, &arrangement)
    }

    fn newest_in_view(&self) -> bool {
        let newest = self.history.newest_step() as f64 * self.history.step_seconds();
        self.plots.time.seconds().contains(&newest)
    }
}

fn button(pos: egui::Pos2, pressed: bool) -> egui::Event {
    egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    }
}

fn collect_texts(shape: &Shape, texts: &mut Vec<String>) {
    match shape {
        Shape::Text(text) => texts.push(text.galley.text().to_owned()),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect_texts(shape, texts)),
        _ => {}
    }
}

const SIZE: egui::Vec2 = vec2(900.0, 760.0);
const ON_PRICE: egui::Pos2 = pos2(400.0, 200.0);
const ON_LAST_ROW: egui::Pos2 = pos2(400.0, 700.0);

/// No ordinary click does anything to the run: it goes to a moment, and two of them are back where it stood.
#[test]
fn a_click_goes_to_the_moment_and_a_double_click_back() {
    for place in [ON_PRICE, ON_LAST_ROW] {
        let mut stage = Stage::new(300);
        stage.frame(Vec::new());
        let commands = stage.click(place);
        let [Command::Playback(PlaybackCommand::Seek(step))] = commands[..] else {
            panic!("{commands:?}")
        };
        assert!((50..299).contains(&step), "{step}");
        assert_eq!(stage.click(place), [Command::Playback(PlaybackCommand::Seek(300))]);
    }
}

#[test]
fn a_shock_is_aimed_first() {
    let mut stage = Stage::new(50);
    let mut before = f64::INFINITY;
    for place in [ON_PRICE - vec2(0.0, 60.0), ON_PRICE] {
        stage.plots.aim.taken_up = true;
        let commands = stage.click(place);
        let [Command::Act(ActCommand::ShockToPrice(price))] = commands[..] else {
            panic!("{commands:?}")
        };
        let (low, high) = stage.plots.price.range();
        assert!(low < price && price < high.min(before));
        assert!(!stage.plots.aim.taken_up, "one click, one shock");
        before = price;
    }
}

#[test]
fn the_price_tag_is_dragged_to_a_shock() {
    let mut stage = Stage::new(50);
    stage.frame(Vec::new());
    let tag = stage.plots.aim.tag.unwrap().center();
    let shocks = |stage: &mut Stage, down: f32| {
        stage.frame(vec![egui::Event::PointerMoved(tag)]);
        stage.frame(vec![button(tag, true)]);
        for share in [0.3, 0.6, 1.0] {
            stage.frame(vec![egui::Event::PointerMoved(tag + vec2(0.0, share * down))]);
        }
        stage.frame(vec![button(tag + vec2(0.0, down), false)]).0
    };
    let commands = shocks(&mut stage, 40.0);
    let spot = stage.simulation.assets()[0].observation().spot;
    assert!(
        matches!(commands[..], [Command::Act(ActCommand::ShockToPrice(price))] if price < 0.995 * spot),
        "{commands:?}"
    );
    assert!(shocks(&mut stage, 0.0).is_empty(), "a click on the tag is no shock");
}

/// A click on a legend switches its series off and on, and does nothing else.
#[test]
fn a_legend_entry_switches_its_series() {
    let mut stage = Stage::new(50);
    stage.frame(Vec::new());
    let on_spot = stage.layout(SIZE, 1).price.left_top() + vec2(AXIS_WIDTH + 95.0, 14.0);
    for hidden in [vec![(price::NAME, Figure::Spot)], Vec::new()] {
        let commands = stage.click(on_spot);
        assert!(commands.is_empty(), "{commands:?}");
        assert_eq!(stage.plots.hidden, hidden);
        // So that the next click is not the second of a double click.
        stage.time += 2.0;
    }
}

#[test]
fn a_drag_leaves_the_newest_step_and_a_double_click_returns() {
    let mut stage = Stage::new(1500);
    stage.frame(Vec::new());
    assert!(stage.newest_in_view());
    stage.frame(vec![egui::Event::PointerMoved(ON_PRICE)]);
    stage.frame(vec![button(ON_PRICE, true)]);
    for distance in [60.0, 250.0, 480.0] {
        stage.frame(vec![egui::Event::PointerMoved(ON_PRICE + vec2(distance, 0.0))]);
    }
    let (commands, _) = stage.frame(vec![button(ON_PRICE + vec2(480.0, 0.0), false)]);
    assert!(commands.is_empty(), "a drag is no click: {commands:?}");
    let (_, texts) = stage.frame(Vec::new());
    assert!(!stage.newest_in_view() && texts.iter().any(|text| text == "Follow"));
    stage.click(ON_LAST_ROW);
    let commands = stage.click(ON_LAST_ROW);
    assert_eq!(
        commands,
        [Command::Playback(PlaybackCommand::Seek(1500))],
        "where it stood"
    );
    stage.frame(Vec::new());
    assert!(stage.newest_in_view());
}

#[test]
fn the_wheel_zooms_on_the_newest_step_while_running_and_under_the_pointer_while_paused() {
    let mut stage = Stage::new(1500);
    let at = |stage: &Stage, x: f32| {
        let seconds = stage.plots.time.seconds();
        // Without options there is no gamma to stand beside the price.
        let price = stage.layout(SIZE, 1).price;
        let (left, right) = (price.left() + AXIS_WIDTH, price.right());
        seconds.start + f64::from((x - left) / (right - left)) * (seconds.end - seconds.start)
    };
    for running in [true, false] {
        stage.running = running;
        for _ in 0..3 {
            stage.frame(vec![egui::Event::PointerMoved(ON_PRICE)]);
        }
        let (before, span) = (at(&stage, ON_PRICE.x), stage.plots.time.seconds());
        stage.frame(vec![egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, 200.0),
            modifiers: egui::Modifiers::NONE,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
        }]);
        for _ in 0..60 {
            stage.frame(Vec::new());
        }
        let after = stage.plots.time.seconds();
        assert!(after.end - after.start < 0.7 * (span.end - span.start), "zoomed in");
        assert_eq!(stage.plots.time.is_following(), running);
        let moved = (at(&stage, ON_PRICE.x) - before).abs();
        assert_eq!(moved < 0.01 * (after.end - after.start), !running, "moved by {moved} s");
    }
}

#[test]
fn the_cascade_is_told_in_words_and_not_before_it_happened() {
    let mut stage = Stage::new(100);
    let told = |texts: &[String]| texts.iter().any(|text| text.contains("of it was forced selling"));
    assert!(!told(&stage.frame(Vec::new()).1));
    stage.advance(150);
    let (_, texts) = stage.frame(Vec::new());
    assert!(told(&texts), "{texts:?}");
    let story = stage.history.of_asset(AssetId::FIRST).story().unwrap();
    let trough = stage
        .history
        .of_asset(AssetId::FIRST)
        .figure(Figure::Spot)
        .at(story.to_step)
        .unwrap();
    assert_eq!(trough, stage.simulation.summary_of(AssetId::FIRST).lowest_price);
}

#[test]
fn legends_show_the_values_under_the_pointer() {
    let mut stage = Stage::new(300);
    stage.frame(Vec::new());
    let newest = format::price(
        stage
            .history
            .of_asset(AssetId::FIRST)
            .figure(Figure::Spot)
            .last()
            .unwrap(),
    );
    assert!(stage.frame(Vec::new()).1.contains(&newest));
    let place = pos2(AXIS_WIDTH + 40.0, 200.0);
    let (_, texts) = stage.frame(vec![egui::Event::PointerMoved(place)]);
    let early = stage.history.of_asset(AssetId::FIRST).figure(Figure::Exogenous);
    let shown = |text: &String| (0..60).any(|step| early.at(step).is_some_and(|price| *text == format::price(price)));
    assert!(texts.iter().any(shown), "{texts:?}");
}

#[test]
fn switched_off_plots_leave_and_small_spaces_keep_the_price() {
    let mut stage = Stage::new(20);
    stage.shown.set(PlotId("Insurance fund"), true);
    let has = |texts: &[String], title: &str| texts.iter().any(|text| text == title);
    let (_, texts) = stage.frame(Vec::new());
    assert!(has(&texts, "Why it moved") && has(&texts, "Insurance fund"));
    stage.shown.set(PlotId("Why it moved"), false);
    let (_, texts) = stage.frame(Vec::new());
    assert!(!has(&texts, "Why it moved") && has(&texts, "Insurance fund"));
    for height in [90.0, 200.0, 400.0, 2000.0] {
        let layout = stage.layout(vec2(800.0, height), 2);
        assert!(layout.price.height() >= 90.0_f32.min(PRICE_HEIGHT), "{height}");
        assert!(
            layout
                .rows
                .iter()
                .all(|(_, row)| row.bottom() <= height + 0.5 && row.height() > 40.0)
        );
    }
}

#[test]
fn nothing_moves_on_its_own_once_ranges_have_arrived() {
    let mut stage = Stage::new(10);
    for _ in 0..10 {
        stage.frame(Vec::new());
    }
    stage.advance(200);
    stage.frame(Vec::new());
    assert!(stage.context.has_requested_repaint(), "a fall makes the ranges move");
    for _ in 0..900 {
        stage.frame(Vec::new());
    }
    assert!(!stage.context.has_requested_repaint());
}

/// A pinned run that has come further than the present one keeps its line within the plots.
#[test]
fn a_pinned_run_ahead_is_within_the_plots() {
    let mut stage = Stage::new(10);
    for _ in 0..40 {
        stage.frame(Vec::new());
    }
    let near = stage.plots.price.range();
    stage.pinned = Some(Stage::new(200).history);
    for _ in 0..40 {
        stage.frame(Vec::new());
    }
    let pinned = stage.pinned.as_ref().unwrap().of_asset(AssetId::FIRST);
    let lowest = pinned.figure(Figure::Spot).extent(0..201).low;
    // The axis tells per cent since the start beside a pinned run, and both start at the same price.
    let (low, _) = stage.plots.price.range();
    assert!(
        near.0 > lowest && low <= lowest,
        "{near:?}, then {low} for a run that fell to {lowest}"
    );
    for (plot, state) in &stage.plots.rows {
        assert!(
            plot.0 != "Why it moved" || state.range.range().0 < -2.0,
            "{:?}",
            state.range.range()
        );
    }
}

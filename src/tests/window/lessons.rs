//! A lesson taught in the window: the list, the panel, the clicker's keys, marks and hands, the speaker's notes.

use cascade_lab::app::{Export, LessonCommand, Library, WorkspaceCommand};
use cascade_lab::files::lesson;
use cascade_lab::scenario::lesson::Task;
use cascade_lab::ui::command::WindowCommand;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, click, open, wait_for_run};

/// Lets the stage's run come to where it stands still.
fn settle(window: &mut Window) {
    for _ in 0..20_000 {
        window.step();
        let app = app(window);
        if !app.playing && !app.remaking() && app.present.seeking().is_none() {
            break;
        }
    }
    window.run_steps(3);
}

/// The clicker: once to turn, once more where a run has to come to its end.
fn turn(window: &mut Window) {
    let before = app(window).classroom().unwrap().place();
    window.key_press(Key::PageDown);
    window.step();
    if matches!(app(window).classroom().unwrap().stage().task, Task::Run(_)) && app(window).playing {
        window.key_press(Key::PageDown);
    }
    settle(window);
    assert_eq!(app(window).classroom().unwrap().place(), before + 1);
}

fn begun(name: &'static str) -> Window {
    let mut window = open();
    window.state_mut().carry_out(LessonCommand::Begin(name).into());
    settle(&mut window);
    window
}

#[test]
fn a_lesson_is_chosen_from_the_list() {
    let mut window = open();
    click(&mut window, Role::Button, "Lesson");
    window.get_by_label_contains("Lessons…").click();
    window.run_steps(3);
    window.get_by_label("Search presets").type_text("spiral");
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    settle(&mut window);
    assert_eq!(app(&window).classroom().unwrap().lesson.title, "The lending spiral");
    assert!(window.query_by_label("1 of 14 · Introduction").is_some());
}

/// At 150 % of 1280 points, and where the window becomes as narrow only after the lesson has begun.
#[test]
fn a_lesson_leaves_the_plots_their_room_in_a_narrow_window() {
    for narrow_first in [true, false] {
        let mut window = open();
        assert!(window.query_by_label_contains("Try: ").is_some());
        let small = eframe::egui::vec2(853.0, 533.0);
        if narrow_first {
            window.set_size(small);
            window.run_steps(2);
        }
        window
            .state_mut()
            .carry_out(LessonCommand::Begin("first-cascade").into());
        settle(&mut window);
        window.set_size(small);
        window.run_steps(3);
        assert!(window.query_by_label("Search parameters").is_none());
        let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
        assert!(plot.width() > 250.0 && plot.height() > 150.0, "{plot:?}");
        // What the preset suggests would give the answers away.
        assert!(window.query_by_label_contains("Try: ").is_none());
        window.state_mut().carry_out(LessonCommand::Leave.into());
        window.run_steps(3);
        assert!(window.query_by_label("Search parameters").is_some(), "they come back");
    }
}

#[test]
fn the_clicker_leads_through_a_lesson() {
    let mut window = begun("first-cascade");
    assert!(window.query_by_label_contains("What to look at").is_some());
    assert!(
        window
            .query_by_role_and_label(Role::Slider, "Permanent share")
            .is_none()
    );
    turn(&mut window);
    turn(&mut window);
    assert!(window.query_by_label_contains("How low does the price go").is_some());
    // A mark by its fields, and one by a click on the plot.
    click(&mut window, Role::Button, "Place the marker");
    assert!(window.query_by_label_contains("the class: ").is_some());
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let at = plot.left_center() + eframe::egui::vec2(90.0, plot.height() * 0.3);
    window.hover_at(at);
    window.drag_at(at);
    window.drop_at(at);
    window.run_steps(2);
    let marks = app(&window).classroom().unwrap().marks();
    assert_eq!(marks.len(), 1, "the class has changed its mind: {marks:?}");
    turn(&mut window);
    assert_eq!(app(&window).present.simulation.steps(), 360);
    assert!(
        window.query_by_label_contains("The largest fall is").is_none(),
        "not before it is revealed"
    );
    turn(&mut window);
    assert!(window.query_by_label_contains("The largest fall is").is_some());
    assert!(window.query_by_label_contains("Nearest of 1: the class").is_some());
    turn(&mut window);
    assert!(
        window
            .query_by_label("Liquidity depth: 30 bn USD per unit log price")
            .is_some()
    );
    turn(&mut window);
    let hands = window.get_by_role_and_label(Role::SpinButton, "Hands for C");
    hands.focus();
    window.run();
    window.event(eframe::egui::Event::Text("7".to_owned()));
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(app(&window).classroom().unwrap().answers().hands, [0, 0, 7]);
    turn(&mut window);
    turn(&mut window);
    assert!(window.query_by_label_contains("7 of 7 hands").is_some());
    turn(&mut window);
    let depth = app(&window).present.scenario.parameters.liquidity.depth;
    window
        .get_by_role_and_label(Role::Slider, "Liquidity depth")
        .set_value_accesskit(4e10);
    window.run_steps(2);
    wait_for_run(&mut window);
    assert!(app(&window).present.scenario.parameters.liquidity.depth > depth);
    turn(&mut window);
    assert!(app(&window).classroom().unwrap().is_last());
    click(&mut window, Role::Button, "Leave the lesson");
    assert!(app(&window).classroom().is_none());
    assert!(
        window.query_by_label("Search parameters").is_some(),
        "the parameters are back"
    );
}

#[test]
fn the_speaker_reads_what_the_class_does_not() {
    let mut window = begun("first-cascade");
    assert!(
        window
            .query_by_label_contains("Ask who has had a margin call")
            .is_none()
    );
    click(&mut window, Role::Link, "Speaker's notes");
    window.run_steps(3);
    assert!(
        window
            .query_by_label_contains("Ask who has had a margin call")
            .is_some()
    );
    assert!(window.query_by_label_contains("8 min").is_some());
    click(&mut window, Role::Link, "Speaker's notes");
    window.run_steps(3);
    assert!(
        window
            .query_by_label_contains("Ask who has had a margin call")
            .is_none()
    );
}

/// Every lesson can be led through with nothing but the clicker, and says only what is so of what is seen.
#[test]
fn every_lesson_can_be_led_through() {
    for shipped in cascade_lab::files::lesson::shipped() {
        let mut window = begun(shipped.name);
        while !app(&window).classroom().unwrap().is_last() {
            turn(&mut window);
            let room = app(&window).classroom().unwrap();
            let told = room.told();
            assert_eq!(told.len(), room.stage().task.checks().len(), "{}", shipped.name);
            assert!(told.iter().all(|told| told.holds), "{}: {told:?}", shipped.name);
        }
        let title = window.get_all_by_label_contains(&app(&window).classroom().unwrap().lesson.title);
        assert!(title.count() >= 1);
        let node = window.get_by_role_and_label(Role::Button, "Next");
        assert!(node.accesskit_node().is_disabled());
    }
}

/// A lesson is written in the window: a copy of a shipped one is changed, what is wrong is said at once, it is saved as a file that the
/// list shows, and taught as it stands.
#[test]
fn a_lesson_is_written_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    window.state_mut().app.library = Library::of(folder.path().join("presets"));
    window.state_mut().ask(WindowCommand::ShowLessons);
    window.run_steps(3);
    window.get_by_label("Search presets").type_text("spiral");
    window.run_steps(2);
    click(&mut window, Role::Button, "Edit the lesson…");
    let typed = |window: &mut Window, role: Role, label: &str, text: &str| {
        window.get_by_role_and_label(role, label).focus();
        window.run();
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.get_by_role_and_label(role, label).type_text(text);
        window.run();
    };
    let disabled = |window: &Window| {
        let save = window.get_by_role_and_label(Role::Button, "Save the lesson");
        save.accesskit_node().is_disabled()
    };
    typed(&mut window, Role::TextInput, "Title", "Loans for my class");
    typed(&mut window, Role::TextInput, "Path of slider 1", "leverage.meen");
    assert!(disabled(&window));
    assert!(window.query_all_by_label_contains("did you mean").count() >= 1);
    // Nobody has to know how a path is written.
    click(&mut window, Role::ComboBox, "Parameter of slider 1");
    click(&mut window, Role::Button, "Liquidity · Liquidity depth");
    assert!(!disabled(&window));
    typed(&mut window, Role::TextInput, "Path of slider 1", "leverage.meen");
    assert!(disabled(&window));
    typed(&mut window, Role::TextInput, "Path of slider 1", "leverage.mean");
    assert!(!disabled(&window));
    click(&mut window, Role::Button, "1  Introduction");
    typed(&mut window, Role::MultilineTextInput, "The class reads", "Welcome.");
    click(&mut window, Role::Button, "Save the lesson");
    let path = folder.path().join("presets/Loans for my class.ron");
    let saved = lesson::load(&path).unwrap();
    let shipped = lesson::find("lending-spiral").unwrap();
    assert_eq!(
        (saved.title.as_str(), saved.stages[0].say.as_str()),
        ("Loans for my class", "Welcome.")
    );
    assert_eq!(saved.stages[1..], shipped.stages[1..]);
    click(&mut window, Role::Button, "Teach it");
    window.run_steps(3);
    assert_eq!(app(&window).classroom().unwrap().lesson, saved);
    assert!(window.query_by_label("Welcome.").is_some());
}

/// A new lesson is about the preset that is open and can be taught at once; stages are added, moved and removed.
#[test]
fn a_new_lesson_has_stages_that_can_be_arranged() {
    let mut window = open();
    click(&mut window, Role::Button, "Lesson");
    window.get_by_label_contains("Write a lesson…").click();
    window.run_steps(3);
    click(&mut window, Role::Button, "2  Watch");
    click(&mut window, Role::Button, "Add");
    assert!(window.query_by_label("3  Introduction").is_some() && window.query_by_label("6  Debrief").is_some());
    click(&mut window, Role::Button, "Up");
    assert!(window.query_by_label("2  Introduction").is_some() && window.query_by_label("3  Watch").is_some());
    click(&mut window, Role::Button, "Remove");
    assert!(window.query_by_label("5  Debrief").is_some() && window.query_by_label("6  Debrief").is_none());
    click(&mut window, Role::Button, "Teach it");
    window.run_steps(3);
    let lesson = &app(&window).classroom().unwrap().lesson;
    assert_eq!((lesson.preset.as_str(), lesson.stages.len()), ("first-cascade", 5));
}

/// What a lesson says of a plot can be seen, by the teacher and by the class.
#[test]
fn a_lesson_shows_the_plot_that_it_speaks_of() {
    let mut window = begun("tightening-margin");
    window.run_steps(3);
    let plot = |window: &Window, name: &str| {
        window
            .query_by_role_and_label(Role::Image, name)
            .map(|image| image.rect())
    };
    let margin = plot(&window, "Margin and volatility plot").unwrap();
    let others = plot(&window, "Attribution plot").unwrap();
    assert!(margin.top() < others.top());
    window.key_press(Key::F5);
    window.run_steps(3);
    assert!(plot(&window, "Margin and volatility plot").is_some());
    window.key_press(Key::F5);
    window.run_steps(3);
    window.state_mut().app.update(LessonCommand::Leave);
    window.run_steps(3);
    assert!(plot(&window, "Margin and volatility plot").is_none());
}

#[test]
fn a_lesson_is_put_on_paper_from_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("handout.html");
    let mut window = begun("first-cascade");
    let what = Export::Handout { speaker: false };
    window
        .state_mut()
        .app
        .update(WorkspaceCommand::Export(what, path.clone()));
    for _ in 0..2_000 {
        window.step();
        if !app(&window).exports.running() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("How low does the price go") && page.contains("Size (Shock)"));
    assert!(
        !page.contains("Ask who has had a margin call"),
        "the teacher's notes are not for the class"
    );
    let said = app(&window)
        .messages
        .iter()
        .any(|message| message.text.contains("on paper") && !message.text.contains("row"));
    assert!(said);
}

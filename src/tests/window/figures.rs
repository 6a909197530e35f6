//! The key figures: the five that matter most in view, the others folded under three headings.

use eframe::egui::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use super::open;

#[test]
fn figures_are_text() {
    let mut window = open();
    window.state_mut().app.run(200);
    window.run();
    for label in ["Amplification", "Drawdown", "Liquidated"] {
        assert!(window.query_all_by_label(label).next().is_some(), "{label}");
    }
    for heading in ["Market and positions", "Liquidation and losses"] {
        window.get_by_label_contains(heading).click_accesskit();
        window.run();
    }
    for label in ["Bad debt", "Basis"] {
        assert!(window.query_all_by_label(label).next().is_some(), "{label}");
    }
    let meter = window.get_by_role(Role::Meter);
    assert!(meter.accesskit_node().label().unwrap().contains("critical at 1"));
    assert!(
        window.query_all_by_label_contains("liquidated").next().is_some(),
        "the log"
    );
}

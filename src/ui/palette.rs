//! Every colour of the window. The same hue means the same thing everywhere: blue for longs, orange for shorts, purple for
//! dealers. The hues are Okabe and Ito's (2008), which readers of every colour vision tell apart; nothing is told by red
//! against green, and nothing by colour alone.

use eframe::egui::{self, Color32, Stroke};

use cascade_app::{PINNED_MAX, Theme};
use cascade_engine::Source;

/// Opacity of the ground of what is chosen.
const CHOSEN: f32 = 0.45;

/// The colours of one theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Whether light is drawn on dark.
    pub dark: bool,
    /// Ground of the plots.
    pub ground: Color32,
    /// Ground of the panels around them.
    pub panel: Color32,
    /// Ground of fields, cards and title strips.
    pub raised: Color32,
    /// Text.
    pub text: Color32,
    /// Labels, units and ticks.
    pub weak_text: Color32,
    /// Lines between areas, and outlines.
    pub outline: Color32,
    /// Ground of what is pointed at or open.
    pub pointed: Color32,
    /// Grid lines.
    pub grid: Color32,
    /// Accent of sliders and selections.
    pub accent: Color32,
    /// Levered longs.
    pub longs: Color32,
    /// Levered shorts.
    pub shorts: Color32,
    /// Dealers and their hedges.
    pub dealers: Color32,
    /// Arbitrageurs.
    pub arbitrage: Color32,
    /// The unlevered other side of the contracts.
    pub counterparty: Color32,
    /// The spot price, totals and whatever a plot is mainly about.
    pub spot: Color32,
    /// Index and mark prices.
    pub index: Color32,
    /// What the price really did, beside a run.
    pub observed: Color32,
    /// Noise and shocks, and what would have been without forced flow.
    pub exogenous: Color32,
    /// What forced selling and buying did to the price.
    pub forced: Color32,
    /// What holders under margin call did to the price.
    pub deleveraging: Color32,
    /// Predators.
    pub predators: Color32,
    /// Liquidity providers.
    pub providers: Color32,
    /// Market makers.
    pub makers: Color32,
    /// What liquidations sold to the automated market maker did to the price.
    pub pool: Color32,
    /// What the unwinding of taken-over positions did to the price.
    pub unwinding: Color32,
    /// What cross-margin accounts did to the price because of another asset.
    pub contagion: Color32,
    /// Loans, and what their liquidators did to the price.
    pub lending: Color32,
    /// Stop orders.
    pub stops: Color32,
    /// Where a threshold is crossed.
    pub critical: Color32,
    /// Lines and tags at the pointer.
    pub cursor: Color32,
    /// A changed value, or a warning.
    pub notice: Color32,
    /// The pinned runs, by number.
    pub pinned: [Color32; PINNED_MAX],
}

impl Palette {
    /// Light on dark.
    pub const fn dark() -> Self {
        Self {
            dark: true,
            ground: Color32::from_rgb(17, 20, 24),
            panel: Color32::from_rgb(26, 30, 36),
            raised: Color32::from_rgb(35, 40, 48),
            text: Color32::from_rgb(232, 235, 240),
            weak_text: Color32::from_rgb(158, 167, 180),
            outline: Color32::from_rgb(48, 54, 63),
            pointed: Color32::from_rgb(48, 54, 63),
            grid: Color32::from_rgba_premultiplied(14, 15, 16, 16),
            accent: Color32::from_rgb(63, 167, 220),
            longs: Color32::from_rgb(73, 173, 226),
            shorts: Color32::from_rgb(242, 163, 60),
            dealers: Color32::from_rgb(204, 121, 167),
            arbitrage: Color32::from_rgb(64, 184, 150),
            counterparty: Color32::from_rgb(150, 158, 190),
            spot: Color32::from_rgb(245, 247, 250),
            index: Color32::from_rgb(170, 178, 190),
            observed: Color32::from_rgb(160, 245, 140),
            exogenous: Color32::from_rgb(122, 131, 146),
            forced: Color32::from_rgb(224, 90, 78),
            deleveraging: Color32::from_rgb(222, 184, 135),
            predators: Color32::from_rgb(247, 130, 190),
            providers: Color32::from_rgb(120, 214, 190),
            makers: Color32::from_rgb(176, 150, 240),
            pool: Color32::from_rgb(168, 190, 80),
            unwinding: Color32::from_rgb(238, 164, 156),
            contagion: Color32::from_rgb(150, 130, 240),
            lending: Color32::from_rgb(150, 190, 90),
            stops: Color32::from_rgb(190, 92, 250),
            critical: Color32::from_rgb(240, 228, 66),
            cursor: Color32::from_rgb(176, 184, 196),
            notice: Color32::from_rgb(242, 163, 60),
            pinned: [
                Color32::from_rgb(168, 150, 98),
                Color32::from_rgb(86, 170, 150),
                Color32::from_rgb(252, 178, 182),
                Color32::from_rgb(150, 130, 226),
            ],
        }
    }

    /// Light on black, for projectors and tired eyes.
    pub const fn high_contrast() -> Self {
        Self {
            dark: true,
            ground: Color32::BLACK,
            panel: Color32::BLACK,
            raised: Color32::from_rgb(28, 28, 28),
            text: Color32::WHITE,
            weak_text: Color32::from_rgb(222, 222, 222),
            outline: Color32::from_rgb(130, 130, 130),
            pointed: Color32::from_rgb(64, 64, 64),
            grid: Color32::from_rgba_premultiplied(40, 40, 40, 40),
            accent: Color32::from_rgb(90, 200, 255),
            longs: Color32::from_rgb(90, 200, 255),
            shorts: Color32::from_rgb(255, 178, 40),
            dealers: Color32::from_rgb(240, 150, 210),
            arbitrage: Color32::from_rgb(60, 230, 180),
            counterparty: Color32::from_rgb(190, 198, 240),
            spot: Color32::WHITE,
            index: Color32::from_rgb(205, 205, 205),
            observed: Color32::from_rgb(180, 250, 120),
            exogenous: Color32::from_rgb(142, 164, 184),
            forced: Color32::from_rgb(255, 105, 90),
            deleveraging: Color32::from_rgb(240, 200, 140),
            contagion: Color32::from_rgb(120, 160, 255),
            lending: Color32::from_rgb(180, 220, 60),
            stops: Color32::from_rgb(204, 120, 255),
            pool: Color32::from_rgb(205, 230, 100),
            unwinding: Color32::from_rgb(255, 185, 178),
            predators: Color32::from_rgb(255, 130, 200),
            providers: Color32::from_rgb(110, 235, 140),
            makers: Color32::from_rgb(215, 190, 160),
            critical: Color32::from_rgb(255, 240, 70),
            cursor: Color32::from_rgb(222, 222, 222),
            notice: Color32::from_rgb(255, 178, 40),
            pinned: [
                Color32::from_rgb(205, 182, 110),
                Color32::from_rgb(80, 200, 170),
                Color32::from_rgb(255, 188, 194),
                Color32::from_rgb(178, 170, 255),
            ],
        }
    }

    /// The palette of a theme; `dark` is what the desktop or the user has chosen.
    pub const fn of(theme: Theme, dark: bool) -> Self {
        match theme {
            Theme::HighContrast => Self::high_contrast(),
            Theme::Dark | Theme::Light | Theme::System if dark => Self::dark(),
            Theme::Dark | Theme::Light | Theme::System => Self::light(),
        }
    }

    /// Dark on light.
    pub const fn light() -> Self {
        Self {
            dark: false,
            ground: Color32::from_rgb(252, 252, 253),
            panel: Color32::from_rgb(241, 243, 246),
            raised: Color32::from_rgb(228, 232, 238),
            text: Color32::from_rgb(24, 28, 34),
            weak_text: Color32::from_rgb(84, 93, 106),
            outline: Color32::from_rgb(205, 211, 219),
            pointed: Color32::from_rgb(212, 218, 225),
            grid: Color32::from_rgba_premultiplied(0, 0, 0, 16),
            accent: Color32::from_rgb(0, 108, 170),
            longs: Color32::from_rgb(0, 114, 178),
            shorts: Color32::from_rgb(190, 96, 0),
            dealers: Color32::from_rgb(160, 70, 125),
            arbitrage: Color32::from_rgb(0, 125, 92),
            counterparty: Color32::from_rgb(64, 72, 118),
            spot: Color32::from_rgb(20, 23, 28),
            index: Color32::from_rgb(92, 101, 114),
            observed: Color32::from_rgb(0, 110, 60),
            exogenous: Color32::from_rgb(128, 136, 148),
            forced: Color32::from_rgb(180, 44, 66),
            deleveraging: Color32::from_rgb(146, 108, 52),
            predators: Color32::from_rgb(176, 40, 118),
            providers: Color32::from_rgb(0, 120, 104),
            makers: Color32::from_rgb(104, 70, 180),
            pool: Color32::from_rgb(100, 118, 20),
            unwinding: Color32::from_rgb(205, 104, 96),
            contagion: Color32::from_rgb(88, 64, 176),
            lending: Color32::from_rgb(84, 120, 30),
            stops: Color32::from_rgb(140, 20, 220),
            critical: Color32::from_rgb(150, 60, 0),
            cursor: Color32::from_rgb(84, 93, 106),
            notice: Color32::from_rgb(166, 78, 0),
            pinned: [
                Color32::from_rgb(122, 98, 26),
                Color32::from_rgb(0, 84, 70),
                Color32::from_rgb(176, 60, 96),
                Color32::from_rgb(96, 70, 196),
            ],
        }
    }

    /// The palette as egui's own style of widgets.
    pub fn visuals(&self) -> egui::Visuals {
        let mut visuals = if self.dark {
            egui::Visuals::dark()
        } else {
            egui::Visuals::light()
        };
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.outline);
        visuals.extreme_bg_color = self.ground;
        visuals.text_edit_bg_color = Some(self.ground);
        visuals.faint_bg_color = self.raised;
        visuals.code_bg_color = self.raised;
        visuals.override_text_color = None;
        visuals.weak_text_color = Some(self.weak_text);
        visuals.hyperlink_color = self.accent;
        visuals.warn_fg_color = self.notice;
        visuals.error_fg_color = self.critical;
        visuals.selection.bg_fill = self.accent.gamma_multiply(CHOSEN);
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        visuals.slider_trailing_fill = true;
        let widgets = &mut visuals.widgets;
        widgets.noninteractive.bg_stroke = Stroke::new(1.0, self.outline);
        widgets.noninteractive.fg_stroke = Stroke::new(1.0, self.text);
        widgets.noninteractive.bg_fill = self.panel;
        widgets.inactive.bg_fill = self.outline;
        widgets.inactive.weak_bg_fill = self.raised;
        widgets.inactive.fg_stroke = Stroke::new(1.0, self.text);
        if self.ground == self.panel {
            // Fields and buttons do not stand out by their ground.
            widgets.inactive.bg_stroke = Stroke::new(1.0, self.outline);
        }
        for state in [&mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
            state.bg_fill = self.pointed;
            state.weak_bg_fill = self.pointed;
            state.bg_stroke = Stroke::new(1.0, self.weak_text);
            state.fg_stroke = Stroke::new(1.5, self.text);
        }
        visuals
    }

    /// The colour of a source of price moves.
    pub const fn source(&self, source: Source) -> Color32 {
        match source {
            Source::Exogenous => self.exogenous,
            Source::Liquidations => self.forced,
            Source::MarginCalls => self.deleveraging,
            Source::Hedging => self.dealers,
            Source::Predators => self.predators,
            Source::Providers => self.providers,
            Source::Makers => self.makers,
            Source::Carry => self.arbitrage,
            Source::Pool => self.pool,
            Source::Unwinding => self.unwinding,
            Source::Contagion => self.contagion,
            Source::Lending => self.lending,
            Source::Stops => self.stops,
        }
    }

    /// Colour of the venue's own lines, by its place; they differ in lightness only.
    pub fn venue(&self, base: Color32, venue: usize, venues: usize) -> Color32 {
        let share = if venues > 1 {
            venue as f32 / (venues - 1) as f32
        } else {
            0.0
        };
        base.lerp_to_gamma(self.ground, 0.25 + 0.35 * share)
    }
}

/// A channel of sRGB in linear light, from 0 to 1.
fn channel(value: u8) -> f64 {
    let value = f64::from(value) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// The contrast of two opaque colours, from 1 to 21, by their relative luminance (WCAG 2.2).
pub fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance =
        |color: Color32| 0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b()) + 0.05;
    let (a, b) = (luminance(a), luminance(b));
    a.max(b) / a.min(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEMES: [(&str, Palette); 3] = [
        ("dark", Palette::dark()),
        ("light", Palette::light()),
        ("high contrast", Palette::high_contrast()),
    ];

    #[test]
    fn contrast_of_a_known_pair() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Color32::from_rgb(118, 118, 118), Color32::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_and_lines_stand_out_from_their_ground() {
        for (name, palette) in THEMES {
            for ground in [palette.ground, palette.panel, palette.raised, palette.pointed] {
                let text = contrast(palette.text, ground);
                assert!(text >= 7.0, "{name}: text {text:.2} on {ground:?}");
                let weak = contrast(palette.weak_text, ground);
                let least = if name == "high contrast" { 7.0 } else { 4.5 };
                assert!(weak >= least, "{name}: weak text {weak:.2} on {ground:?}");
            }
            for (line, color) in [
                ("longs", palette.longs),
                ("shorts", palette.shorts),
                ("dealers", palette.dealers),
                ("arbitrage", palette.arbitrage),
                ("counterparty", palette.counterparty),
                ("spot", palette.spot),
                ("index", palette.index),
                ("observed", palette.observed),
                ("exogenous", palette.exogenous),
                ("forced", palette.forced),
                ("deleveraging", palette.deleveraging),
                ("predators", palette.predators),
                ("providers", palette.providers),
                ("makers", palette.makers),
                ("pool", palette.pool),
                ("unwinding", palette.unwinding),
                ("contagion", palette.contagion),
                ("lending", palette.lending),
                ("stops", palette.stops),
                ("critical", palette.critical),
                ("cursor", palette.cursor),
                ("accent", palette.accent),
                ("notice", palette.notice),
                ("pinned 1", palette.pinned[0]),
                ("pinned 2", palette.pinned[1]),
                ("pinned 3", palette.pinned[2]),
                ("pinned 4", palette.pinned[3]),
            ] {
                let ratio = contrast(color, palette.ground);
                assert!(ratio >= 3.0, "{name}: {line} {ratio:.2}");
            }
        }
    }

    /// Whatever is ever written in a colour, and the lines between areas.
    #[test]
    fn high_contrast_is_what_it_says() {
        let palette = Palette::high_contrast();
        for ground in [palette.ground, palette.panel] {
            for (name, color) in [
                ("longs", palette.longs),
                ("shorts", palette.shorts),
                ("dealers", palette.dealers),
                ("forced", palette.forced),
                ("contagion", palette.contagion),
                ("critical", palette.critical),
                ("notice", palette.notice),
                ("accent", palette.accent),
                ("pinned 1", palette.pinned[0]),
                ("pinned 2", palette.pinned[1]),
                ("pinned 3", palette.pinned[2]),
                ("pinned 4", palette.pinned[3]),
            ] {
                let ratio = contrast(color, ground);
                assert!(ratio >= 7.0, "{name}: {ratio:.2}");
            }
            let outline = contrast(palette.outline, ground);
            assert!(outline >= 4.5, "outline {outline:.2}");
        }
    }

    /// Whatever is written in a colour can be read, on the grounds it is written on.
    #[test]
    fn text_of_every_colour_can_be_read() {
        for (name, palette) in THEMES {
            for ground in [palette.ground, palette.panel, palette.raised] {
                for (of, color) in [
                    ("text", palette.text),
                    ("weak text", palette.weak_text),
                    ("accent", palette.accent),
                    ("notice", palette.notice),
                    ("critical", palette.critical),
                    ("dealers", palette.dealers),
                    ("pinned 1", palette.pinned[0]),
                    ("pinned 2", palette.pinned[1]),
                    ("pinned 3", palette.pinned[2]),
                    ("pinned 4", palette.pinned[3]),
                ] {
                    let ratio = contrast(color, ground);
                    assert!(ratio >= 4.5, "{name}: {of} {ratio:.2} on {ground:?}");
                }
            }
            // The ground of the chosen row of a list, which lets the panel shine through.
            let chosen = palette.panel.lerp_to_gamma(palette.accent, CHOSEN);
            let ratio = contrast(palette.text, chosen);
            assert!(ratio >= 4.5, "{name}: {ratio:.2} on the chosen row");
            // Tags and the main button are written the other way round.
            for ground in [palette.accent, palette.spot, palette.critical, palette.cursor] {
                let ratio = contrast(palette.ground, ground);
                assert!(ratio >= 4.5, "{name}: {ratio:.2} on {ground:?}");
            }
        }
    }

    /// What a reader sees, in linear RGB: one of the usual vision, and those without one of the three kinds of cones (Machado, Oliveira
    /// and Fernandes 2009, table 1 at severity 1).
    const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
        ("usual", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    /// CIELAB (1976, D65) of a colour as a reader sees it.
    fn seen(color: Color32, vision: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = [color.r(), color.g(), color.b()].map(channel);
        let by = |row: &[f64; 3]| {
            row.iter()
                .zip(linear)
                .map(|(factor, value)| factor * value)
                .sum::<f64>()
        };
        let [r, g, b] = [0, 1, 2].map(|row| by(&vision[row]).clamp(0.0, 1.0));
        let bent = |value: f64| {
            if value > 0.008_856 {
                value.cbrt()
            } else {
                7.787 * value + 16.0 / 116.0
            }
        };
        let x = bent((0.412_4 * r + 0.357_6 * g + 0.180_5 * b) / 0.950_47);
        let y = bent(0.212_6 * r + 0.715_2 * g + 0.072_2 * b);
        let z = bent((0.019_3 * r + 0.119_2 * g + 0.950_5 * b) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// The colour difference ΔE (CIE 1976); 2.3 is just noticed (Mahy, Van Eycken and Oosterlinck 1994).
    fn difference(a: Color32, b: Color32, vision: &[[f64; 3]; 3]) -> f64 {
        let squares = seen(a, vision)
            .into_iter()
            .zip(seen(b, vision))
            .map(|(a, b)| (a - b).powi(2));
        squares.sum::<f64>().sqrt()
    }

    /// What stands side by side in a picture differs for every colour vision, longs and shorts most of all.
    #[test]
    fn colours_that_meet_differ_for_every_colour_vision() {
        assert!((seen(Color32::WHITE, &VISIONS[0].1)[0] - 100.0).abs() < 0.1);
        for (theme, palette) in THEMES {
            let main = [
                palette.longs,
                palette.shorts,
                palette.dealers,
                palette.forced,
                palette.critical,
                palette.spot,
            ];
            let holders = [
                palette.longs,
                palette.shorts,
                palette.dealers,
                palette.arbitrage,
                palette.counterparty,
                palette.spot,
            ];
            let causes = [
                palette.exogenous,
                palette.forced,
                palette.deleveraging,
                palette.dealers,
                palette.stops,
            ];
            for (vision, matrix) in VISIONS {
                let sides = difference(palette.longs, palette.shorts, &matrix);
                assert!(
                    sides >= 80.0,
                    "{theme}, {vision}: longs and shorts differ by {sides:.1}"
                );
                let pinned = [&palette.pinned[..], &[palette.spot, palette.observed]].concat();
                for other in [
                    palette.longs,
                    palette.shorts,
                    palette.counterparty,
                    palette.index,
                    palette.exogenous,
                    palette.forced,
                    palette.critical,
                ] {
                    let by = difference(palette.observed, other, &matrix);
                    assert!(
                        by >= 10.0,
                        "{theme}, {vision}: {other:?} differs by {by:.1} from what really came"
                    );
                }
                let groups = [
                    (&main[..], 12.0),
                    (&holders[..], 8.0),
                    (&causes[..], 8.0),
                    (&pinned[..], 8.0),
                ];
                for (colors, least) in groups {
                    for (place, a) in colors.iter().enumerate() {
                        for b in &colors[..place] {
                            let by = difference(*a, *b, &matrix);
                            assert!(by >= least, "{theme}, {vision}: {a:?} and {b:?} differ by {by:.1}");
                        }
                    }
                }
            }
        }
    }
}

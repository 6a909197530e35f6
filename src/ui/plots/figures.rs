//! The plots below the price: what each shows, over which range, with which words.

mod liquidity;

use std::ops::Range;

use eframe::egui::{Color32, Shape, Stroke, pos2};

use super::canvas::Canvas;
use super::legend::LegendEntry;
use crate::palette::Palette;
use cascade_app::Panels;
use cascade_app::history::{Extent, Figure, History, Series};
use cascade_engine::Source;
use cascade_scenario::format;

/// Share of a plot's height that its bars may take.
const BAR_SHARE: f32 = 0.42;
/// Hundredths of a per cent in one.
const BASIS_POINTS: f64 = 1e4;
/// What a logarithmic axis shows of a rate that is nothing: 0.01 %.
const LEAST_RATE: f64 = 1e-4;

/// What the plot of margins shows only where there is any.
const OPTIONAL_RATES: [(&str, Figure); 2] = [("forced cut", Figure::ForcedCut), ("haircut", Figure::Haircut)];

const fn optional_colors(palette: &Palette) -> [Color32; OPTIONAL_RATES.len()] {
    [palette.forced, palette.arbitrage]
}

/// A plot below the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plot {
    /// Who is long and who is short.
    Delta,
    /// Who moved the price.
    Attribution,
    /// Open interest and liquidations.
    OpenInterest,
    /// Liquidations per liquidation.
    Reproduction,
    /// Insurance fund, bad debt and auto-deleveraging.
    Fund,
    /// Liquidated notional by route.
    Routes,
    /// Maintenance margin and volatility.
    Margin,
    /// Depth, and the makers behind it.
    Depth,
    /// How far the venues' prices and funding rates lie apart.
    Basis,
    /// Synchrony of the venues, and forced flow's part of the price.
    Synchrony,
    /// Loans at risk, liquidated and lost.
    Lending,
}

/// What a plot reads.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The run.
    pub history: &'a History,
    /// The colours.
    pub palette: &'a Palette,
    /// Step whose values the legends show.
    pub step: usize,
}

impl Scene<'_> {
    fn value(&self, figure: Figure) -> f64 {
        self.history.figure(figure).at(self.step).unwrap_or(f64::NAN)
    }

    /// Whether the figure was ever anything but nothing.
    fn ever(&self, figure: Figure) -> bool {
        let series = self.history.figure(figure);
        series.extent(0..series.len()) != Extent::of(0.0)
    }

    /// Whole dollars: what is less is rounding of sums.
    fn money(&self, figure: Figure) -> String {
        format::short(self.value(figure).round())
    }
}

impl Plot {
    /// All of them, from top to bottom; the last ones go first when there is no room.
    pub const ALL: [Self; 11] = [
        Self::Attribution,
        Self::Reproduction,
        Self::Lending,
        Self::OpenInterest,
        Self::Delta,
        Self::Fund,
        Self::Routes,
        Self::Margin,
        Self::Depth,
        Self::Basis,
        Self::Synchrony,
    ];

    /// Whether the user wants it.
    pub const fn is_wanted(self, panels: &Panels) -> bool {
        match self {
            Self::Delta => panels.delta,
            Self::Attribution => panels.attribution,
            Self::OpenInterest => panels.open_interest,
            Self::Reproduction => panels.reproduction,
            Self::Fund => panels.fund,
            Self::Routes => panels.routes,
            Self::Margin => panels.margin,
            Self::Depth => panels.depth,
            Self::Basis => panels.basis,
            Self::Synchrony => panels.synchrony,
            Self::Lending => panels.lending,
        }
    }

    /// Its height, relative to the others.
    pub const fn weight(self) -> f32 {
        match self {
            Self::Attribution | Self::Delta => 1.2,
            Self::Reproduction | Self::OpenInterest => 1.0,
            Self::Fund | Self::Routes | Self::Lending => 0.92,
            Self::Margin | Self::Depth | Self::Basis | Self::Synchrony => 0.8,
        }
    }

    /// Its name for the screen reader.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delta => "Aggregate delta plot",
            Self::Attribution => "Attribution plot",
            Self::OpenInterest => "Open interest plot",
            Self::Reproduction => "Reproduction ratio plot",
            Self::Fund => "Insurance fund plot",
            Self::Routes => "Liquidated by route plot",
            Self::Margin => "Margin and volatility plot",
            Self::Depth => "Depth plot",
            Self::Basis => "Basis and funding plot",
            Self::Synchrony => "Synchrony plot",
            Self::Lending => "Lending pool plot",
        }
    }

    /// Its title and unit.
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Delta => ("Aggregate delta", "USD"),
            Self::Attribution => ("Why it moved", "%"),
            Self::OpenInterest => ("Open interest", "USD"),
            Self::Reproduction => ("Reproduction ratio", "R"),
            Self::Fund => ("Insurance fund", "USD"),
            Self::Routes => ("Liquidated by route", "USD"),
            Self::Margin => ("Margin, volatility", "log"),
            Self::Depth => ("Depth", "USD per unit log price"),
            Self::Basis => ("Spread over venues", "bp"),
            Self::Synchrony => ("Synchrony", ""),
            Self::Lending => ("Lending pool", "USD"),
        }
    }

    /// The values in view, with what always belongs to them, in plot coordinates.
    pub fn range(self, history: &History, steps: &Range<usize>) -> Extent {
        let of = |figure| history.figure(figure).extent(steps.clone());
        let all = |figures: &[Figure]| figures.iter().fold(Extent::EMPTY, |sum, figure| sum.union(of(*figure)));
        match self {
            Self::Delta => all(&[
                Figure::LeveredLongs,
                Figure::LeveredShorts,
                Figure::LeveredNet,
                Figure::Counterparty,
                Figure::Arbitrage,
                Figure::DealerOptions,
                Figure::DealerHedge,
                Figure::Predators,
                Figure::Providers,
                Figure::Makers,
            ])
            .union(Extent::of(0.0)),
            Self::Attribution => Source::ALL
                .iter()
                .fold(of(Figure::Attributed), |sum, source| {
                    sum.union(history.by_source(*source).extent(steps.clone()))
                })
                .union(Extent { low: -1.0, high: 0.5 }),
            Self::OpenInterest => {
                let line = of(Figure::OpenInterest);
                let room = (line.high - line.low).max(0.04 * line.high).max(1.0);
                Extent {
                    low: (line.low - 0.5 * room).max(0.0),
                    high: line.high + 0.1 * room,
                }
            }
            Self::Reproduction => {
                all(&[Figure::ReproductionDown, Figure::ReproductionUp]).union(Extent { low: 0.0, high: 1.25 })
            }
            Self::Depth => of(Figure::Depth).union(Extent::of(0.0)),
            Self::Basis => {
                let spreads = all(&[Figure::BasisSpread, Figure::FundingSpread]);
                Extent {
                    low: 0.0,
                    high: (BASIS_POINTS * spreads.high).max(1.0),
                }
            }
            Self::Fund => all(&[
                Figure::InsuranceFund,
                Figure::DefaultFund,
                Figure::BadDebt,
                Figure::Socialised,
                Figure::NegativeEquity,
            ])
            .union(Extent { low: 0.0, high: 1e3 }),
            Self::Routes => all(&ROUTES.map(|(_, figure, _)| figure)).union(Extent { low: 0.0, high: 1e3 }),
            Self::Lending => all(&[Figure::LoansAtRisk, Figure::LoansWaiting, Figure::LoansLost])
                .union(Extent { low: 0.0, high: 1e3 }),
            Self::Margin => {
                let rates = OPTIONAL_RATES
                    .into_iter()
                    .map(|(_, figure)| of(figure))
                    .filter(|rate| rate.high > 0.0)
                    .fold(
                        all(&[Figure::MaintenanceRate, Figure::RealisedVolatility]),
                        |all, rate| all.union(Extent::of(rate.high)),
                    );
                let decades = Extent {
                    low: decade(rates.low).floor(),
                    high: decade(rates.high).ceil(),
                };
                Extent {
                    low: decades.low - 0.2,
                    high: decades.high.max(decades.low + 2.0) + 0.1,
                }
            }
            Self::Synchrony => all(&[Figure::Synchrony, Figure::DerivativeShare]).union(Extent { low: 0.0, high: 1.0 }),
        }
    }

    /// Whether the axis is the logarithm to base ten.
    pub const fn is_logarithmic(self) -> bool {
        matches!(self, Self::Margin)
    }

    /// Text of a tick.
    pub fn tick(self, value: f64) -> String {
        match self {
            Self::Margin => format!("{} %", format::digits(10_f64.powf(value), 1)),
            Self::Attribution => format!("{} %", format::digits(value, 3)),
            Self::Reproduction | Self::Basis | Self::Synchrony => format::digits(value, 3),
            Self::Depth | Self::Delta | Self::OpenInterest | Self::Fund | Self::Routes | Self::Lending => {
                format::short(value)
            }
        }
    }

    /// The largest bar in view, if the plot has bars.
    pub fn largest_bar(self, history: &History, steps: &Range<usize>) -> Option<f64> {
        let of = |figure| history.figure(figure).extent(steps.clone()).high;
        match self {
            Self::OpenInterest => Some(of(Figure::LiquidatedLongs).max(of(Figure::LiquidatedShorts))),
            Self::Fund => Some(of(Figure::Deleveraged)),
            Self::Depth => Some(of(Figure::MakersFailed)),
            Self::Routes => Some(of(Figure::OnBook).max(of(Figure::OffBook))),
            Self::Lending => Some(of(Figure::LoansRepaid)),
            _ => None,
        }
    }

    /// Draws lines, areas and bars; bars are as high as `full_bar` says. What is returned goes on top.
    pub fn draw(self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        let frame = *canvas.place.transform.frame();
        let mut line = |figure, color, width| canvas.line(history.figure(figure), color, width, |value| value);
        let bar = |value: f64| (value / full_bar.max(1.0)) as f32 * frame.height() * BAR_SHARE;
        match self {
            Self::Delta => {
                if has_dealers(history) {
                    line(Figure::DealerOptions, palette.dealers.gamma_multiply(0.6), 1.0);
                    line(Figure::DealerHedge, palette.dealers, 1.4);
                }
                line(Figure::Arbitrage, palette.arbitrage, 1.0);
                line(Figure::Counterparty, palette.counterparty, 1.0);
                for (figure, _, color) in traders(scene) {
                    line(figure, color, 1.3);
                }
                line(Figure::LeveredShorts, palette.shorts, 1.3);
                line(Figure::LeveredLongs, palette.longs, 1.3);
                line(Figure::LeveredNet, palette.spot, 1.6);
                vec![level(canvas, 0.0, palette.outline, false)]
            }
            Self::Attribution => {
                stack(canvas, history, palette);
                canvas.line(history.figure(Figure::Attributed), palette.spot, 1.4, |value| value);
                vec![level(canvas, 0.0, palette.outline, false)]
            }
            Self::OpenInterest => {
                canvas.bars(
                    history.figure(Figure::LiquidatedShorts),
                    palette.shorts,
                    frame.bottom(),
                    bar,
                );
                canvas.bars(
                    history.figure(Figure::LiquidatedLongs),
                    palette.longs,
                    frame.bottom(),
                    bar,
                );
                canvas.bars(history.figure(Figure::Tightened), palette.critical, frame.bottom(), bar);
                canvas.line(history.figure(Figure::OpenInterest), palette.spot, 1.6, |value| value);
                Vec::new()
            }
            Self::Reproduction => {
                line(Figure::ReproductionUp, palette.shorts, 1.2);
                line(Figure::ReproductionDown, palette.longs, 1.6);
                vec![level(canvas, 1.0, palette.critical, true)]
            }
            Self::Fund => {
                canvas.bars(
                    history.figure(Figure::Deleveraged),
                    palette.dealers,
                    frame.bottom(),
                    bar,
                );
                if has_default_fund(history) {
                    let color = palette.counterparty;
                    canvas.line(history.figure(Figure::DefaultFund), color, 1.4, |value| value);
                }
                for (_, figure, color) in losses(palette) {
                    canvas.line(history.figure(figure), color, 1.4, |value| value);
                }
                canvas.line(history.figure(Figure::InsuranceFund), palette.spot, 1.6, |value| value);
                Vec::new()
            }
            Self::Depth => liquidity::draw_depth(canvas, scene, bar),
            Self::Basis => {
                let scaled = |value: f64| BASIS_POINTS * value;
                canvas.line(history.figure(Figure::FundingSpread), palette.arbitrage, 1.4, scaled);
                canvas.line(history.figure(Figure::BasisSpread), palette.spot, 1.6, scaled);
                Vec::new()
            }
            Self::Routes => draw_routes(canvas, scene, bar),
            Self::Lending => liquidity::draw_loans(canvas, scene, bar),
            Self::Margin => {
                for (color, (_, figure)) in optional_colors(palette).into_iter().zip(OPTIONAL_RATES) {
                    let series = history.figure(figure);
                    if series.extent(0..series.len()).high > 0.0 {
                        canvas.line(series, color, 1.2, decade);
                    }
                }
                canvas.line(history.figure(Figure::RealisedVolatility), palette.index, 1.4, decade);
                canvas.line(history.figure(Figure::MaintenanceRate), palette.spot, 1.6, decade);
                Vec::new()
            }
            Self::Synchrony => {
                line(Figure::DerivativeShare, palette.forced, 1.4);
                line(Figure::Synchrony, palette.spot, 1.6);
                vec![level(canvas, 0.0, palette.outline, false)]
            }
        }
    }

    /// The legend.
    pub fn entries(self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let money = |label, figure, color| LegendEntry::line(label, scene.money(figure), color);
        match self {
            Self::Delta => {
                let mut entries = vec![
                    money("net", Figure::LeveredNet, palette.spot),
                    money("longs", Figure::LeveredLongs, palette.longs),
                    money("shorts", Figure::LeveredShorts, palette.shorts),
                    money("counterparty", Figure::Counterparty, palette.counterparty),
                    money("arbitrage", Figure::Arbitrage, palette.arbitrage),
                ];
                if has_dealers(scene.history) {
                    entries.push(money("hedge", Figure::DealerHedge, palette.dealers));
                    let options = palette.dealers.gamma_multiply(0.6);
                    entries.push(money("dealers' options", Figure::DealerOptions, options));
                }
                entries.extend(traders(scene).map(|(figure, label, color)| money(label, figure, color)));
                entries
            }
            Self::Attribution => {
                let per_cent = |value: f64| format::percent(value / 100.0, 2);
                let mut entries = vec![LegendEntry::line(
                    "together",
                    per_cent(scene.value(Figure::Attributed)),
                    palette.spot,
                )];
                let largest = |source: &Source| {
                    let part = scene.history.by_source(*source).extent(0..usize::MAX);
                    part.high.max(-part.low)
                };
                // Those that did most come first: there may not be room for all.
                let mut moved: Vec<_> = Source::ALL
                    .iter()
                    .map(|source| (largest(source), source))
                    .filter(|(most, _)| *most > 0.0)
                    .collect();
                moved.sort_by(|a, b| b.0.total_cmp(&a.0));
                entries.extend(moved.into_iter().map(|(_, source)| {
                    let value = scene.history.by_source(*source).at(scene.step).unwrap_or(f64::NAN);
                    LegendEntry::block(source.label(), per_cent(value), source_color(*source, palette))
                }));
                entries
            }
            Self::OpenInterest => {
                let mut entries = vec![
                    money("all positions", Figure::OpenInterest, palette.spot),
                    LegendEntry::block("longs a step", scene.money(Figure::LiquidatedLongs), palette.longs),
                    LegendEntry::block("shorts a step", scene.money(Figure::LiquidatedShorts), palette.shorts),
                ];
                if scene.ever(Figure::Tightened) {
                    let tightened = scene.money(Figure::Tightened);
                    entries.push(LegendEntry::block("by tighter margin", tightened, palette.critical));
                }
                entries
            }
            Self::Reproduction => {
                let ratio = |figure| format!("{:.2}", scene.value(figure));
                vec![
                    LegendEntry::line("for a fall", ratio(Figure::ReproductionDown), palette.longs),
                    LegendEntry::line("for a rise", ratio(Figure::ReproductionUp), palette.shorts),
                    LegendEntry {
                        mark: super::legend::Mark::Dashes,
                        ..LegendEntry::line("critical", "1".to_owned(), palette.critical)
                    },
                ]
            }
            Self::Depth => liquidity::depth_entries(scene),
            Self::Basis => liquidity::basis_entries(scene),
            Self::Fund => {
                let mut entries = vec![
                    money("fund", Figure::InsuranceFund, palette.spot),
                    LegendEntry::block("ADL a step", scene.money(Figure::Deleveraged), palette.dealers),
                ];
                if has_default_fund(scene.history) {
                    entries.insert(1, money("default fund", Figure::DefaultFund, palette.counterparty));
                }
                entries.extend(losses(palette).map(|(label, figure, color)| money(label, figure, color)));
                entries
            }
            Self::Routes => route_entries(scene),
            Self::Lending => liquidity::loan_entries(scene),
            Self::Margin => {
                let rate = |figure| format!("{} %", format::digits(100.0 * scene.value(figure), 3));
                let mut entries = vec![
                    LegendEntry::line("maintenance", rate(Figure::MaintenanceRate), palette.spot),
                    LegendEntry::line("volatility/√yr", rate(Figure::RealisedVolatility), palette.index),
                ];
                let optional = optional_colors(palette).into_iter().zip(OPTIONAL_RATES);
                entries.extend(
                    optional
                        .filter(|(_, (_, figure))| scene.ever(*figure))
                        .map(|(color, (label, figure))| LegendEntry::line(label, rate(figure), color)),
                );
                entries
            }
            Self::Synchrony => liquidity::synchrony_entries(scene),
        }
    }
}

/// Whether anybody has hedged in this run; where nobody has, two more lines at zero would only hide others.
fn has_dealers(history: &History) -> bool {
    [Figure::DealerOptions, Figure::DealerHedge].into_iter().any(|figure| {
        let extent = history.figure(figure).extent(0..history.newest_step() + 1);
        extent.low < 0.0 || extent.high > 0.0
    })
}

/// A route's name, what it has taken so far, and its colour.
type Route = (&'static str, Figure, fn(&Palette) -> Color32);

/// Every route.
const ROUTES: [Route; 4] = [
    ("order book", Figure::RoutedBook, |palette| palette.forced),
    ("AMM", Figure::RoutedAmm, |palette| palette.pool),
    ("auction", Figure::RoutedAuction, |palette| palette.unwinding),
    ("vault", Figure::RoutedVault, |palette| palette.exogenous),
];

/// Losses beside the fund: name, figure and colour.
fn losses(palette: &Palette) -> [(&'static str, Figure, Color32); 3] {
    [
        ("bad debt", Figure::BadDebt, palette.forced),
        ("below zero", Figure::NegativeEquity, palette.deleveraging),
        ("socialised", Figure::Socialised, palette.pool),
    ]
}

/// Colour of a source of price moves.
pub const fn source_color(source: Source, palette: &Palette) -> Color32 {
    match source {
        Source::Exogenous => palette.exogenous,
        Source::Liquidations => palette.forced,
        Source::MarginCalls => palette.deleveraging,
        Source::Hedging => palette.dealers,
        Source::Predators => palette.predators,
        Source::Providers => palette.providers,
        Source::Makers => palette.makers,
        Source::Pool => palette.pool,
        Source::Unwinding => palette.unwinding,
        Source::Contagion => palette.contagion,
        Source::Lending => palette.lending,
    }
}

/// Those with capital of their own who have traded in this run: nobody needs a flat line.
fn traders<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = (Figure, &'static str, Color32)> + 'a {
    let palette = scene.palette;
    let all = [
        (Figure::Predators, "predators", palette.predators),
        (Figure::Providers, "providers", palette.providers),
        (Figure::Makers, "makers", palette.makers),
    ];
    all.into_iter().filter(|(figure, ..)| scene.ever(*figure))
}

/// Whether clearing members have ever paid anything in.
fn has_default_fund(history: &History) -> bool {
    let paid_in = history.figure(Figure::DefaultFund);
    paid_in.extent(0..paid_in.len()).high > 0.0
}

/// A fraction as the logarithm of its percentage.
pub fn decade(rate: f64) -> f64 {
    (100.0 * rate.max(LEAST_RATE)).log10()
}

/// A horizontal line over the whole plot.
fn level(canvas: &Canvas<'_>, value: f64, color: Color32, dashed: bool) -> Shape {
    let frame = canvas.place.transform.frame();
    let y = canvas.place.y(value).round() + 0.5;
    let ends = [pos2(frame.left(), y), pos2(frame.right(), y)];
    if dashed {
        Shape::Vec(Shape::dashed_line(&ends, Stroke::new(1.0, color), 5.0, 5.0))
    } else {
        Shape::line_segment(ends, Stroke::new(1.0, color))
    }
}

/// The sources on top of one another: upward parts above zero, downward parts below. A bucket is sampled where the total is
/// lowest and highest, so that the stack at an extreme is exact.
fn stack(canvas: &mut Canvas<'_>, history: &History, palette: &Palette) {
    let place = canvas.place;
    let total = history.figure(Figure::Attributed);
    let mut steps = Vec::new();
    let mut from = place.steps.start / place.bucket * place.bucket;
    while from < place.steps.end {
        match total.extreme_steps(from..from + place.bucket) {
            Some((first, second)) if first != second => steps.extend([first, second]),
            Some((only, _)) => steps.push(only),
            None => {}
        }
        from += place.bucket;
    }
    let sources: Vec<&Series> = Source::ALL.iter().map(|source| history.by_source(*source)).collect();
    for (index, source) in Source::ALL.iter().enumerate() {
        let slices = steps.iter().map(|step| {
            let part = |at: usize| sources[at].at(*step).unwrap_or(0.0);
            let own = part(index);
            let base: f64 = (0..index).map(part).filter(|other| (*other < 0.0) == (own < 0.0)).sum();
            (*step as f64, base, base + own)
        });
        canvas.area(slices, source_color(*source, palette).gamma_multiply(0.8));
    }
}

/// Liquidated notional a step as bars, and so far by route as lines.
fn draw_routes(canvas: &mut Canvas<'_>, scene: &Scene<'_>, bar: impl Fn(f64) -> f32) -> Vec<Shape> {
    let (history, palette) = (scene.history, scene.palette);
    let bottom = canvas.place.transform.frame().bottom();
    for (figure, color) in [(Figure::OnBook, palette.forced), (Figure::OffBook, palette.unwinding)] {
        canvas.bars(history.figure(figure), color.gamma_multiply(0.7), bottom, &bar);
    }
    for (_, figure, color) in ROUTES {
        canvas.line(history.figure(figure), color(palette), 1.6, |value| value);
    }
    Vec::new()
}

/// Legend of the routes that have taken anything.
fn route_entries(scene: &Scene<'_>) -> Vec<LegendEntry> {
    let used = |figure| scene.history.figure(figure).last().is_some_and(|sum| sum > 0.0);
    ROUTES
        .into_iter()
        .filter(|(_, figure, _)| used(*figure) || *figure == Figure::RoutedBook)
        .map(|(label, figure, color)| LegendEntry::line(label, scene.money(figure), color(scene.palette)))
        .collect()
}

//! Which key figures the panel shows in which order, and the same as text. What a figure is called, how it is written and what
//! it means is in the table of figures; a figure of interest that no line mentions stands at the end.

use cascade_app::App;
use cascade_engine::{AnyFigure, Figure, Group, Interest, Moment, RunFigure};
use cascade_scenario::format;
use strum::VariantArray;

use super::{KeyFigure, amplified, clearing, forecast, routes};

/// A line of the panel.
enum Line {
    /// A figure.
    One(AnyFigure),
    /// Two figures and what stands between them, under the label of the first one or another.
    Pair(Option<&'static str>, AnyFigure, &'static str, AnyFigure),
    /// How many and how much; nothing but 0 where there were none.
    Counted(AnyFigure, AnyFigure),
    /// A figure whose value takes more to write.
    Written(AnyFigure, fn(&Moment<'_>) -> String),
    /// Lines that are no figures of an observation or a summary, or that are not always the same ones.
    More(Section, fn(&App, &Moment<'_>) -> Vec<KeyFigure>),
}

/// Where a line stands in the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub(super) enum Section {
    /// What matters most, always in view.
    First,
    /// Prices, positions, depth and requirements.
    Market,
    /// What was closed by force, where it went and who paid.
    Forced,
    /// Traders, options, margin calls and pools.
    Traders,
}

impl Section {
    /// Its heading; none for what is always in view.
    pub(super) const fn heading(self) -> Option<&'static str> {
        match self {
            Self::First => None,
            Self::Market => Some("Market and positions"),
            Self::Forced => Some("Liquidation and losses"),
            Self::Traders => Some("Traders, pools and collateral"),
        }
    }

    const fn of(group: Group) -> Self {
        match group {
            Group::Market | Group::Positions | Group::State | Group::Requirement | Group::Systemic => Self::Market,
            Group::Liquidation
            | Group::Routes
            | Group::Losses
            | Group::Breakers
            | Group::Tightening
            | Group::Clearing
            | Group::Execution => Self::Forced,
            Group::Predators
            | Group::Providers
            | Group::Makers
            | Group::MarginCalls
            | Group::CrossMargin
            | Group::Hedging
            | Group::Lending
            | Group::Carry
            | Group::Stops => Self::Traders,
        }
    }
}

/// The figures that matter most, beside the amplification and R above them.
const FIRST: [AnyFigure; 5] = [
    AnyFigure::OfStep(Figure::Spot),
    AnyFigure::OfRun(RunFigure::MaxDrawdown),
    AnyFigure::OfRun(RunFigure::LiquidatedNotional),
    AnyFigure::OfStep(Figure::OpenInterest),
    AnyFigure::OfStep(Figure::InsuranceFund),
];

const fn step(figure: Figure) -> Line {
    Line::One(AnyFigure::OfStep(figure))
}

const fn run(figure: RunFigure) -> Line {
    Line::One(AnyFigure::OfRun(figure))
}

/// Two figures of the run.
const fn pair(first: RunFigure, second: RunFigure) -> Line {
    Line::Pair(None, AnyFigure::OfRun(first), " · ", AnyFigure::OfRun(second))
}

/// Two figures of the step.
const fn step_pair(first: Figure, second: Figure) -> Line {
    Line::Pair(None, AnyFigure::OfStep(first), " · ", AnyFigure::OfStep(second))
}

const fn counted(number: RunFigure, amount: RunFigure) -> Line {
    Line::Counted(AnyFigure::OfRun(number), AnyFigure::OfRun(amount))
}

const LINES: &[Line] = &[
    Line::More(Section::Market, |app, _| forecast(app).into()),
    pair(RunFigure::LendingLoans, RunFigure::LendingDebt),
    step(Figure::LoansAtRisk),
    step_pair(Figure::LoansWaitingCount, Figure::LoansWaiting),
    pair(RunFigure::LendingLiquidations, RunFigure::LendingLiquidatedDebt),
    run(RunFigure::LendingSeized),
    run(RunFigure::LendingToxicShare),
    step(Figure::LoansLost),
    run(RunFigure::LendingProfit),
    step(Figure::Spot),
    run(RunFigure::MaxDrawdown),
    pair(RunFigure::FuturesDrawdown, RunFigure::FuturesDrawdownWorst),
    run(RunFigure::ExcessMove),
    run(RunFigure::LiquidatedNotional),
    Line::More(Section::Forced, |_, moment| routes::figures(moment)),
    step(Figure::TakenOver),
    run(RunFigure::UnwoundNotional),
    step(Figure::TakersProfit),
    run(RunFigure::PeakLiquidationRate),
    step(Figure::OpenInterest),
    step(Figure::OpenInterestCoins),
    step(Figure::LeveredLongs),
    step(Figure::ShortNotional),
    step(Figure::InsuranceFund),
    counted(RunFigure::AdlCount, RunFigure::AdlNotional),
    counted(RunFigure::NegativeEquityCount, RunFigure::NegativeEquityLoss),
    run(RunFigure::NegativeEquityShare),
    step(Figure::BadDebt),
    step(Figure::Socialised),
    step(Figure::Basis),
    run(RunFigure::BasisVariance),
    run(RunFigure::FundingVariance),
    step(Figure::MaintenanceRate),
    step(Figure::RealisedVolatility),
    step(Figure::Depth),
    run(RunFigure::BranchingRatio),
    step(Figure::Predators),
    step(Figure::PredatorsProfit),
    step(Figure::Providers),
    step(Figure::ProvidersProfit),
    step(Figure::CarryFutures),
    step(Figure::CarryProfit),
    pair(RunFigure::StopsSoldNotional, RunFigure::StopsBoughtNotional),
    run(RunFigure::StopsTouchedCount),
    step_pair(Figure::StopsBelow, Figure::StopsAbove),
    step(Figure::StopsProfit),
    step(Figure::MakersStanding),
    run(RunFigure::MakersFailedCount),
    step(Figure::Makers),
    step(Figure::MakersProfit),
    pair(RunFigure::MarginCallCount, RunFigure::TotalMarginCalled),
    run(RunFigure::TotalToppedUp),
    run(RunFigure::TotalTopUpsLate),
    run(RunFigure::TotalSoldOnCall),
    step(Figure::LatencyShortfall),
    step(Figure::CrossDelta),
    pair(RunFigure::CrossLiquidationCount, RunFigure::CrossLiquidated),
    run(RunFigure::TotalCollateralSold),
    run(RunFigure::TotalCrossShortfall),
    step(Figure::Backlog),
    step(Figure::Queued),
    Line::Written(AnyFigure::OfStep(Figure::HaltedVenues), halted_venues),
    step(Figure::GammaExposure),
    step(Figure::GammaExposureIndex),
    Line::Written(AnyFigure::OfStep(Figure::GammaFlip), |moment| {
        or_none(moment, Figure::GammaFlip)
    }),
    Line::Written(AnyFigure::OfStep(Figure::GammaFlipIndex), |moment| {
        or_none(moment, Figure::GammaFlipIndex)
    }),
    step(Figure::HedgeFlowUp),
    step(Figure::HedgeFlowDown),
    step(Figure::DealerOptions),
    step(Figure::DealerHedge),
    run(RunFigure::HedgedNotional),
    step(Figure::OptionsExpireIn),
    step(Figure::Haircut),
    step(Figure::ForcedCut),
    run(RunFigure::LiquidatedByTightening),
    step(Figure::DepthAdjustedOpenInterest),
    Line::Pair(
        Some("Herfindahl by venue, side"),
        AnyFigure::OfStep(Figure::HerfindahlByVenue),
        " · ",
        AnyFigure::OfStep(Figure::HerfindahlBySide),
    ),
    step(Figure::HerfindahlByLevel),
    step_pair(Figure::LargestEngineShare, Figure::LargestOracleShare),
    step(Figure::Synchrony),
    run(RunFigure::SynchronisedSeconds),
    Line::Pair(
        None,
        AnyFigure::OfStep(Figure::DerivativeShare),
        " · run ",
        AnyFigure::OfRun(RunFigure::RunDerivativeShare),
    ),
    pair(RunFigure::PriceRecoveryHalf, RunFigure::PriceRecoveryNineTenths),
    pair(RunFigure::DepthRecoveryHalf, RunFigure::DepthRecoveryNineTenths),
    pair(
        RunFigure::OpenInterestRecoveryHalf,
        RunFigure::OpenInterestRecoveryNineTenths,
    ),
    step(Figure::ExecutionShortfall),
    run(RunFigure::TotalShortfall),
    step(Figure::DefaultFund),
    Line::Written(AnyFigure::OfStep(Figure::DefaultFundUsed), clearing::fund_used),
    step(Figure::LargestMemberLoss),
    step(Figure::MarginSeparate),
    step(Figure::MarginBilateral),
    step(Figure::MarginCentral),
    step(Figure::NettingBenefit),
    Line::More(Section::Forced, |_, moment| clearing::netting(moment.parameters)),
];

impl Line {
    /// The figures it is about.
    fn figures(&self) -> [Option<AnyFigure>; 2] {
        match self {
            Self::One(figure) | Self::Written(figure, _) => [Some(*figure), None],
            Self::Pair(_, first, _, second) | Self::Counted(first, second) => [Some(*first), Some(*second)],
            Self::More(..) => [None, None],
        }
    }

    /// Where it stands.
    fn section(&self) -> Section {
        match (self, self.figures()[0]) {
            (Self::More(section, _), _) => *section,
            (_, Some(figure)) if FIRST.contains(&figure) => Section::First,
            (_, figure) => figure.map_or(Section::Market, |figure| Section::of(figure.about().group)),
        }
    }

    /// What it says now: nothing where its figure is of no interest.
    fn shown(&self, app: &App, moment: &Moment<'_>) -> Vec<KeyFigure> {
        let [Some(first), second] = self.figures() else {
            return match self {
                Self::More(_, more) => more(app, moment),
                _ => Vec::new(),
            };
        };
        if !moment.shows(first) {
            return Vec::new();
        }
        let label = match self {
            Self::Pair(Some(label), ..) => label,
            _ => first.about().label,
        };
        let value = match self {
            Self::Pair(_, first, between, second) => {
                format!("{}{between}{}", moment.written(*first), moment.written(*second))
            }
            Self::Counted(number, amount) if moment.value(*number) > 0.0 => {
                format!("{} · {}", moment.written(*number), moment.written(*amount))
            }
            Self::Written(_, write) => write(moment),
            _ => moment.written(first),
        };
        let docs = [Some(first), second].into_iter().flatten();
        let doc = docs.map(|figure| figure.about().explained()).collect::<Vec<_>>();
        vec![KeyFigure {
            label,
            value,
            doc: doc.join("\n"),
        }]
    }
}

/// Figures of interest that no line is about.
fn unmentioned() -> impl Iterator<Item = Line> {
    let mentioned = |figure: &AnyFigure| LINES.iter().any(|line| line.figures().contains(&Some(*figure)));
    AnyFigure::all()
        .filter(move |figure| figure.about().interest != Interest::Detail && !mentioned(figure))
        .map(Line::One)
}

fn halted_venues(moment: &Moment<'_>) -> String {
    let (seen, venues) = (moment.seen, moment.parameters.venues.count);
    match seen.venues_out {
        0 => format!("{} of {venues}", seen.halted_venues),
        out => format!("{} of {venues}, {out} out", seen.halted_venues),
    }
}

/// A number, or the word where there is none.
fn or_none(moment: &Moment<'_>, figure: Figure) -> String {
    if moment.value(figure).is_nan() {
        "none".to_owned()
    } else {
        moment.written(figure)
    }
}

/// What the panel shows below the gauge.
pub(super) fn rows(app: &App, moment: &Moment<'_>) -> Vec<(Section, KeyFigure)> {
    let shown = |line: &Line| {
        let section = line.section();
        let figures = line.shown(app, moment).into_iter();
        figures.map(move |figure| (section, figure)).collect::<Vec<_>>()
    };
    let others: Vec<Line> = unmentioned().collect();
    LINES.iter().chain(&others).flat_map(shown).collect()
}

/// Everything the panel says of the asset shown, for a table or a mail: a line a figure, name and value apart by a tabulator.
/// What run it is of comes first.
pub(crate) fn text(app: &App) -> String {
    let (summary, asset) = (app.shown_summary(), app.shown_asset());
    let seen = asset.observation();
    let moment = Moment {
        parameters: asset.parameters(),
        seen,
        summary: &summary,
    };
    let mark = if app.present.modified() { " (modified)" } else { "" };
    let mut lines = vec![
        format!("Preset\t{}{mark}", app.present.scenario.name),
        format!("Seed\t{}", app.present.scenario.seed),
        format!("Step\t{}", seen.step),
        format!("Market time\t{}", format::clock(seen.time_seconds)),
        format!("Digest\t{}", summary.digest),
        format!("Amplification\t{}", amplified(&summary)),
    ];
    if app.present.simulation.assets().len() > 1 {
        lines.insert(2, format!("Asset\t{}", app.asset_id().number()));
    }
    for figure in [
        AnyFigure::OfStep(Figure::Reproduction),
        AnyFigure::OfRun(RunFigure::LargestReproduction),
    ] {
        lines.push(format!("{}\t{}", figure.about().label, moment.written(figure)));
    }
    lines.extend(
        rows(app, &moment)
            .iter()
            .map(|(_, figure)| format!("{}\t{}", figure.label, figure.value)),
    );
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{PlaybackCommand, Settings, WorkspaceCommand};
    use cascade_files::preset;

    /// A line about a figure that is never of interest would never be shown.
    #[test]
    fn every_line_is_about_figures_of_interest() {
        for line in LINES {
            for figure in line.figures().into_iter().flatten() {
                assert_ne!(figure.about().interest, Interest::Detail, "{}", figure.about().name);
            }
        }
    }

    /// Every preset's panel, on every asset: no line twice, none without a value, and all of them of the asset shown.
    #[test]
    fn lines_are_told_once_and_of_the_asset_shown() {
        for name in ["first-cascade", "cross-collateral-contagion", "everything-on"] {
            let mut app = App::new(preset::find(name).unwrap(), None, Settings::default()).unwrap();
            app.update(PlaybackCommand::Pause);
            app.run(200);
            for asset in app.present.simulation.parameters().assets.ids() {
                app.update(WorkspaceCommand::ShowAsset(asset));
                let copied = text(&app);
                let spot = format!("Spot\t{}", format::price(app.shown_asset().observation().spot));
                assert!(copied.lines().any(|line| line == spot), "{name}, {asset}: {copied}");
                let lines: Vec<&str> = copied.lines().filter(|line| !line.starts_with("· ")).collect();
                for line in &lines {
                    let (label, value) = line.split_once('\t').unwrap();
                    assert!(!label.is_empty() && !value.is_empty(), "{name}, {asset}: {line}");
                    let same = lines.iter().filter(|other| other.split('\t').next() == Some(label));
                    assert_eq!(same.count(), 1, "{name}, {asset}: {label}");
                }
            }
        }
    }
}

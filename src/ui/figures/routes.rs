//! Key figures of where liquidated positions went, and what came of it on the spot book.

use strum::VariantArray as _;

use super::KeyFigure;
use cascade_engine::{AnyFigure, Moment, RunFigure, Source};
use cascade_scenario::{Route, format};

/// How much of the liquidated notional each route took, once any went off the book, and what the routes printed.
pub(super) fn figures(moment: &Moment<'_>) -> Vec<KeyFigure> {
    let by_route = &moment.summary.liquidated_by_route_usd;
    let total = by_route[Route::OrderBook] + by_route.off_book();
    let mut found = Vec::new();
    if by_route.off_book() > 0.0 {
        let unit = RunFigure::LiquidatedByRoute.unit();
        let taken = |route: &&Route| by_route[**route] > 0.0 || **route == Route::OrderBook;
        found.extend(Route::VARIANTS.iter().filter(taken).map(|route| KeyFigure {
            label: route.words().row,
            value: format!(
                "{} · {:.0} %",
                unit.write(by_route[*route]),
                100.0 * by_route[*route] / total
            ),
            doc: route.words().doc.to_owned(),
        }));
    }
    let printed = [
        (Source::Liquidations, RunFigure::ImpactBook),
        (Source::Pool, RunFigure::ImpactAmm),
        (Source::Unwinding, RunFigure::ImpactTakenOver),
    ];
    found.extend(
        printed
            .into_iter()
            .filter_map(|(source, figure)| print(moment, source, figure)),
    );
    found
}

/// What a route has printed on spot; none if it took nothing.
fn print(moment: &Moment<'_>, source: Source, figure: RunFigure) -> Option<KeyFigure> {
    let per_usd = moment.value(figure);
    let about = AnyFigure::OfRun(figure).about();
    (!per_usd.is_nan()).then(|| KeyFigure {
        label: about.label,
        value: format!(
            "{} · {} bp/100 M",
            format::percent(moment.summary.largest_attribution[source].exp_m1(), 2),
            format::digits(per_usd.abs() * 1e4 * 1e8, 2)
        ),
        doc: about.explained(),
    })
}

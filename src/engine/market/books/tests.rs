//! Round trips in books whose depth changes meanwhile.

use proptest::prelude::*;

use super::*;

const BOOKS: usize = 3;
const DEPTH: f64 = 1e9;

/// What happens to the books.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// An order in a book, as a share of a hundredth of its depth at the start.
    Order(usize, f64),
    /// What makers leave of a book's depth.
    Depth(usize, f64),
    /// A step of decay.
    Decay,
}

fn id(book: usize) -> BookId {
    BookId::first(BOOKS).nth(book).unwrap()
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (0..BOOKS, -0.1..0.1).prop_map(|(book, order)| Act::Order(book, order)),
        2 => (0..BOOKS, 0.1..1.0).prop_map(|(book, left)| Act::Depth(book, left)),
        1 => Just(Act::Decay),
    ];
    prop::collection::vec(act, 1..60)
}

fn books(exponent: f64, permanent_share: f64, decays: bool) -> Market {
    let mut parameters = Parameters::default();
    parameters.market.step_seconds = 300.0;
    parameters.venues.count = BOOKS as u32 - 1;
    parameters.liquidity.depth = DEPTH;
    parameters.liquidity.impact_exponent = exponent;
    parameters.liquidity.permanent_share = permanent_share;
    parameters.liquidity.resilience = decays;
    Market::new(&parameters)
}

/// A trader, and what prices have been.
#[derive(Debug, Default)]
struct Trader {
    coins: Coins,
    /// Dollars, and the same were the price its logarithm, as the theory has it.
    cash: Usd,
    log_cash: Usd,
    turnover: Usd,
    furthest: f64,
}

impl Trader {
    fn buy(&mut self, market: &mut Market, book: usize, coins: Coins) {
        let book = id(book);
        let before = market.log_price(book);
        let fill = market.execute(book, coins * market.books[book].price, Source::Predators);
        let start = market.start_price();
        self.coins += coins;
        self.cash -= coins * fill.price;
        self.log_cash -= coins * start * (1.0 + libm::log(fill.price / start));
        self.turnover += coins.abs() * start;
        self.furthest = self
            .furthest
            .max(before.get().abs())
            .max(market.log_price(book).get().abs());
    }
}

/// Plays the acts, then gives back in one book what is held in all.
fn round_trip(market: &mut Market, acts: &[Act]) -> Trader {
    let mut trader = Trader::default();
    for act in acts {
        match *act {
            Act::Order(book, size) => {
                let unit = 0.01 * market.books[id(book)].depth_at_start / market.start_price();
                trader.buy(market, book, size * unit);
            }
            Act::Depth(book, left) => market.set_depth_factor(id(book), left),
            Act::Decay => market.relax(),
        }
    }
    trader.buy(market, 0, -trader.coins);
    trader
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// Whatever is bought, sold, withdrawn and given back in between: once all coins are gone again there is no more cash than at
    /// first. Exactly so by the theory, in which the price is what is linear here, the logarithm; in USD to the curvature of the
    /// exponential over the prices there have been.
    #[test]
    fn round_trips_do_not_earn(acts in acts()) {
        for exponent in [1.0, 2.0] {
            for permanent_share in [0.0, 0.3] {
                for decays in [false, true] {
                    let mut market = books(exponent, permanent_share, decays);
                    let trader = round_trip(&mut market, &acts);
                    let told = format!("κ {exponent}, π {permanent_share}, decays {decays}: {trader:?}");
                    prop_assert!(trader.log_cash <= 1e-9 * trader.turnover, "{}", told);
                    let curvature = libm::exp(trader.furthest) * trader.furthest.powi(2) / 2.0;
                    prop_assert!(trader.cash <= curvature * trader.turnover, "{}", told);
                }
            }
        }
    }

    /// Where nothing else happens, cutting orders up changes neither what they cost nor where they end.
    #[test]
    fn slices_cost_what_the_order_costs(first in -0.2..0.2, order in -0.2..0.2, pieces in 1_u32..50) {
        for exponent in [1.0, 1.5, 2.0, 3.0] {
            let cost = |slices: u32| {
                let mut market = books(exponent, 0.3, false);
                let unit = 0.01 * market.books[BookId::SPOT].depth_at_start / market.start_price();
                let mut trader = Trader::default();
                trader.buy(&mut market, 0, first * unit);
                for _ in 0..slices {
                    trader.buy(&mut market, 0, order * unit / f64::from(slices));
                }
                (trader.log_cash / (unit * market.start_price()), market.log_price(BookId::SPOT))
            };
            let (whole, sliced) = (cost(1), cost(pieces));
            prop_assert!((whole.0 - sliced.0).abs() < 1e-9, "κ {}: {:?} {:?}", exponent, whole, sliced);
            prop_assert!((whole.1 - sliced.1).abs() < 1e-9, "κ {}: {:?} {:?}", exponent, whole, sliced);
        }
    }
}

/// Bought while the book is thin and sold when it is deep again: that used to earn V²/2·(1/D_thin − 1/D). A halt in between, in
/// which the makers return, changes nothing.
#[test]
fn buying_thin_and_selling_deep_does_not_earn() {
    for halted in [false, true] {
        let mut market = books(1.0, 0.3, false);
        let mut trader = Trader::default();
        market.set_depth_factor(BookId::SPOT, 0.2);
        let coins = 0.01 * market.books[BookId::SPOT].depth_at_start / market.start_price();
        trader.buy(&mut market, 0, coins);
        let thin = market.log_price(BookId::SPOT);
        assert!((thin.get() - 0.05).abs() < 1e-12, "{thin:?}");
        if halted {
            market.halt(BookId::SPOT);
        }
        market.set_depth_factor(BookId::SPOT, 1.0);
        if halted {
            assert!(
                (market.log_price(BookId::SPOT) - thin).abs() < 1e-12,
                "a halted book's price stands still"
            );
            market.reopen(BookId::SPOT, false);
        }
        let deep = market.log_price(BookId::SPOT);
        assert!((deep.get() - 0.01).abs() < 1e-12, "{deep:?}");
        assert!(market.attribution_error() < 1e-12);
        trader.buy(&mut market, 0, -coins);
        assert!(trader.log_cash < Usd::ZERO && trader.cash < Usd::ZERO, "{trader:?}");
        assert!(market.log_price(BookId::SPOT).get().abs() < 1e-12);
    }
}

/// Makers who leave do not move the price, and neither do those who come back to a price that no order has moved.
#[test]
fn depth_that_leaves_moves_no_price() {
    let mut market = books(1.0, 0.3, false);
    market.move_efficient(-0.1);
    let mut trader = Trader::default();
    market.set_depth_factor(BookId::SPOT, 0.5);
    market.set_depth_factor(BookId::SPOT, 1.0);
    assert!((market.log_price(BookId::SPOT).get() + 0.1).abs() < 1e-12);
    trader.buy(&mut market, 0, Coins::new(1_000.0));
    let before = market.log_price(BookId::SPOT);
    market.set_depth_factor(BookId::SPOT, 0.3);
    assert_eq!(market.log_price(BookId::SPOT).get().to_bits(), before.get().to_bits());
}

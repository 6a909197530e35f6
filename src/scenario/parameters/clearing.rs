//! Who stands behind the positions of all venues.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

choice! {
    /// Who pays for losses beyond a position's margin, after the insurance fund.
    ClearingScheme {
        /// Nobody: every venue has its own insurance fund and that is all.
        None = "none",
        /// The clearing member to whom the position belongs, up to what it has paid in.
        Bilateral = "bilateral",
        /// A clearing house: one fund for all venues, and what all members have paid in.
        Central = "central",
    }
}

choice! {
    /// How large the default fund is.
    FundSizing {
        /// A number of dollars.
        Usd = "usd",
        /// A share of the members' initial margin.
        MarginShare = "margin-share",
        /// What the two members with the largest losses would lose in the stress move.
        CoverTwo = "cover-two",
    }
}

group! {
    /// Clearing members stand behind the positions of their clients. Every position has one, and another member stands behind
    /// the other side of it.
    Clearing "Clearing"
    /// None: each venue has its own insurance fund. Bilateral: beside it, each member pays for its own clients only. Central:
    /// a clearing house pools the venues' funds, nets every member over all venues and contracts, shares losses out, and has
    /// one haircut schedule.
    scheme: ClearingScheme = ClearingScheme::None, "Scheme", Plain, 0 ..= 2, Linear, Restart,
        "margin → insurance fund → the member's own contribution → in a clearing house the other members', pro rata → \
         auto-deleveraging or bad debt (CPMI-IOSCO 2012, PFMI, principles 4 and 13)";
    /// Number of clearing members. Positions are spread over them by their number.
    members: u32 = 10, "Members", Count, 2 ..= 40, Linear, Restart,
        "central clearing of one of K independent classes lowers exposures iff K < N²/(4(N − 1)) (Duffie & Zhu 2011)";
    /// How large the default fund is that the members pay in. When it is changed, members pay in or are paid out at once.
    sizing: FundSizing = FundSizing::Usd, "Default fund sized by", Plain, 0 ..= 2, Linear, Live;
    /// All members' contributions together, where the fund is a number of dollars; each pays in proportion to its margin.
    default_fund: f64 = 50e6, "Default fund", Usd, 0.0 ..= 1e13, LogFromZero(1e5), Live,
        "c_i = fund·margin_i/Σ margin";
    /// What members post for what is left of their positions after netting.
    initial_margin: f64 = 0.05, "Members' initial margin", Fraction, 0.001 ..= 0.5, Log, Live,
        "central: rate·Σ_i|Σ_j Σ_k X_ij,k| over members i, their counterparts j and contracts k; bilateral: rate·Σ_i Σ_j|Σ_k X_ij,k| \
         (Duffie & Zhu 2011)";
    /// The default fund as a share of that margin, where it is sized so.
    margin_share: f64 = 0.3, "Share of margin", Fraction, 0.0 ..= 2.0, Linear, Live,
        "fund = share·Σ margin_i";
    /// The move, up or down, in which the losses of the two worst members are counted, where the fund covers two.
    stress_move: f64 = 0.1, "Stress move", Fraction, 0.01 ..= 0.5, Log, Live,
        "fund = largest sum of two members' Σ max(0, −equity) at the marks·(1 ± move): Cover 2 (CPMI-IOSCO 2012, PFMI, principle 4)";
}

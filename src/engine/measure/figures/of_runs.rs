//! The rows of the figures of a run.

// Handle = reading, key with dots between the parts, label, unit, group and interest, meaning, formula and source.
macro_rules! with_figures_of_runs {
    ($next:ident $($before:tt)*) => { $next! { $($before)* run {
        Steps = |s| s.steps, "steps", "Steps", Count, Market Detail, "Steps made.";
        AmplificationFactor = |s| s.amplification_factor, "amplification_factor", "Amplification", Ratio, Market Detail,
            "Amplification factor: u is the spot's log move since the start, e what noise and shocks alone would have \
             done, each at its largest either way, e up to the moment at which u was largest: later news has not \
             caused it. Exactly 1 without forced flow. None where more of e was noise than news, or e is less than 0.1 \
             %.", "A = max|u| / max|e|";
        ExcessMove = |s| s.excess_move_log, "excess_move_log", "Excess move", Share, Market Key,
            "How much further the spot's log price went from its start than the same run without forced flow: u is its \
             largest log move, e the largest that noise and news alone would have made until then.", "max|u| − max|e|";
        LargestMoveTotal = |s| s.largest_move.total_log, "largest_move.total_log", "Largest move", LogPrice,
            Market Detail,
            "The spot's log move since the start when it was largest, negative for a fall.";
        LargestMoveExogenous = |s| s.largest_move.exogenous_log, "largest_move.exogenous_log",
            "Noise and news until then", LogPrice,
            Market Detail,
            "The largest move that noise, shocks and an imported path alone would have made up to that moment, with \
             its sign.";
        LargestMoveNoise = |s| s.largest_move.noise_log, "largest_move.noise_log", "Of it noise", LogPrice,
            Market Detail,
            "What of it was neither a shock nor a path.";
        MaxDrawdown = |s| s.max_drawdown, "max_drawdown", "Drawdown", Fall, Market Key,
            "Largest fall of the spot price from its highest point so far.", "1 − min(P/max P before)";
        FuturesDrawdown = |s| s.futures_max_drawdown, "futures_max_drawdown", "Futures' drawdown", Fall, Market Key,
            "Largest fall of the geometric mean of the venues' futures prices from its highest point so far. It is \
             deeper than spot's where liquidations sell futures faster than arbitrage carries them to spot.",
            "1 − min(P/max P before)";
        FuturesDrawdownWorst = |s| s.futures_max_drawdown_worst_venue, "futures_max_drawdown_worst_venue",
            "Futures' drawdown, worst venue", Fall, Market Key, "The same of the venue whose futures fell most.";
        NegativeEquityShare = |s| s.negative_equity_share, "negative_equity_share", "Share below zero equity",
            WholeShare, Losses Key,
            "Share of the liquidated positions that were worth less than nothing when they were closed: the rest left \
             something of their margin, to their holders or to the fund.", "positions below zero equity / liquidations";
        BranchingRatio = |s| s.branching_ratio, "branching_ratio", "Branching ratio", Ratio, State Key,
            "Share of the liquidations that forced flow set off: children per liquidation.";
        LiquidatedByRoute = |s| s.liquidated_by_route_usd, "liquidated_by_route_usd.{}", "Liquidated by route", Usd,
            Routes Detail,
            "Liquidated notional by route; what was cancelled by auto-deleveraging is in none of them.";
        ImpactBook = |s| s.spot_impact_by_route.order_book, "spot_impact_by_route.order_book", "Print: book", LogPrice,
            Liquidation Detail,
            "How far this route's orders alone have moved the spot price at most, and that divided by the notional the \
             route took: hundredths of a per cent per 100 M USD. A route off the book prints through arbitrage or when \
             its takers unwind.";
        ImpactAmm = |s| s.spot_impact_by_route.amm, "spot_impact_by_route.amm", "Print: AMM", LogPrice, Routes Detail,
            "The same of what was sold to the AMM.";
        ImpactTakenOver = |s| s.spot_impact_by_route.taken_over, "spot_impact_by_route.taken_over", "Print: unwind",
            LogPrice,
            Routes Detail, "The same of what bidders and vault took over.";
        FinalGammaExposure = |s| s.gamma_exposure_usd_per_percent, "gamma_exposure_usd_per_percent", "GEX per 1 %", Usd,
            Hedging Detail, "Gamma exposure now; none without options.", "Σ sign·OI·Γ·P²·1 %";
        ClearingFund = |s| s.clearing.default_fund_usd, "clearing.default_fund_usd", "Default fund left", Usd,
            Clearing Detail,
            "What is left of the members' contributions.";
        ClearingFundUsed = |s| s.clearing.default_fund_used_usd, "clearing.default_fund_used_usd", "Default fund used",
            Usd,
            Clearing Detail, "What members have paid for losses beyond margin and insurance fund.";
        ClearingMutualised = |s| s.clearing.mutualised_usd, "clearing.mutualised_usd", "Mutualised", Usd,
            Clearing Detail,
            "What members have paid for clients of other members.";
        ClearingLargestLoss = |s| s.clearing.largest_member_loss_usd, "clearing.largest_member_loss_usd",
            "Largest member loss", Usd,
            Clearing Detail, "What the member that lost most has lost of its contribution to the default fund.";
        ClearingMarginSeparate = |s| s.clearing.margin_separate_usd, "clearing.margin_separate_usd",
            "Margin, each venue", Usd, Clearing Detail,
            "Members' initial margin if every contract of every venue were netted by itself.";
        ClearingMarginBilateral = |s| s.clearing.margin_bilateral_usd, "clearing.margin_bilateral_usd",
            "Margin, bilateral", Usd, Clearing Detail,
            "Members' initial margin if every two members netted all classes with one another, and nothing with \
             anybody else.";
        ClearingMarginCentral = |s| s.clearing.margin_central_usd, "clearing.margin_central_usd", "Margin, central",
            Usd, Clearing Detail,
            "Members' initial margin if one clearing house netted everything.";
        LargestAttribution = |s| s.largest_attribution, "largest_attribution.{}", "Largest part of a source", LogPrice,
            Market Detail,
            "For every source, the largest part of the spot's log price that it ever had, with its sign.";
        LendingLoans = |s| s.lending.map(|l| l.loans as f64), "lending.loans", "Loans", Count, Lending Key,
            "Loans of the lending pool.";
        LendingDebt = |s| s.lending.map(|l| l.debt_usd), "lending.debt_usd", "· debt", Usd, Lending Key,
            "Σ debt at the interest index.";
        LendingCollateral = |s| s.lending.map(|l| l.collateral_usd), "lending.collateral_usd", "· collateral", Usd,
            Lending Detail,
            "Σ collateral of all loans at the oracle's price.";
        LendingLiquidations = |s| s.lending.map(|l| l.liquidation_count as f64), "lending.liquidation_count",
            "· liquidated", Count, Lending Key,
            "Liquidations of loans. Each seizes (1 + β)·repaid of the collateral, and the coins are traded at once.";
        LendingLiquidatedDebt = |s| s.lending.map(|l| l.liquidated_debt_usd), "lending.liquidated_debt_usd",
            "· debt repaid", Usd, Lending Key,
            "Σ debt repaid by liquidators.";
        LendingToxicShare = |s| s.lending.map(|l| l.toxic_share), "lending.toxic_share", "· toxic share", WholeShare,
            Lending Key,
            "Share of the repaid debt whose loans had HF < LT·(1 + β): there a liquidation lowers the health factor.",
            "HF′ − HF = r·(HF − LT·(1 + β))/(B − r)";
        LendingSeized = |s| s.lending.map(|l| l.seized_usd), "lending.seized_usd", "· seized", Usd, Lending Key,
            "Σ collateral seized, at the oracle's price.";
        LendingWaiting = |s| s.lending.map(|l| l.waiting_usd), "lending.waiting_usd", "· debt waiting", Usd,
            Lending Detail,
            "Debt of loans that could be liquidated and are not.";
        LendingBadDebt = |s| s.lending.map(|l| l.bad_debt_usd), "lending.bad_debt_usd", "· bad debt", Usd,
            Lending Detail, "What lenders have lost.";
        LendingProfit = |s| s.lending.map(|l| l.liquidators_profit_usd), "lending.liquidators_profit_usd",
            "· liquidators' profit", Usd, Lending Key,
            "What liquidators made.", "Σ (collateral's price in their own trade − debt repaid − fee)";
        Synchronisation = |s| s.synchronisation, "synchronisation", "Synchronisation of venues", Ratio, Systemic Detail,
            "Mean correlation of the venues' liquidated notionals in stretches of 10 s; none with fewer than two \
             venues liquidating.";
        BasisVariance = |s| s.basis_variance, "basis_variance", "Basis variance", SquaredBasisPoints, State Key,
            "Variance of ln(futures price / spot price) over venues and steps, in squared hundredths of a per cent.";
        FundingVariance = |s| s.funding_variance, "funding_variance", "Funding variance", SquaredBasisPoints, State Key,
            "Variance of the funding rates per eight hours over venues and steps, in squared hundredths of a per cent.";
        NowHerfindahlByVenue = |s| s.systemic.now.herfindahl_by_venue, "systemic.herfindahl_by_venue",
            "Herfindahl by venue", Ratio, Systemic Detail,
            "Σs² over the shares s of the levered open interest by venue.";
        NowHerfindahlBySide = |s| s.systemic.now.herfindahl_by_side, "systemic.herfindahl_by_side",
            "Herfindahl by side", Ratio, Systemic Detail,
            "Σs² over the shares s of the levered open interest by side.";
        NowHerfindahlByLevel = |s| s.systemic.now.herfindahl_by_price_level, "systemic.herfindahl_by_price_level",
            "Herfindahl by level", Plain, Systemic Detail,
            "Σs² over the shares s of the levered open interest by the price that liquidates it.";
        NowLargestEngineShare = |s| s.systemic.now.largest_engine_share, "systemic.largest_engine_share",
            "Behind one engine", Share, Systemic Detail,
            "Largest share of the levered open interest behind one venue's liquidation engine.";
        NowLargestOracleShare = |s| s.systemic.now.largest_oracle_share, "systemic.largest_oracle_share",
            "Behind one price", Share, Systemic Detail,
            "Largest share of the levered open interest's marks that comes from one price.";
        NowDepthAdjustedOpenInterest = |s| s.systemic.now.depth_adjusted_open_interest,
            "systemic.depth_adjusted_open_interest", "Depth-adjusted OI", Times, Systemic Detail,
            "Open interest over the depth within ±2 %.";
        NowSynchrony = |s| s.systemic.now.running_synchrony, "systemic.running_synchrony", "Synchrony", Ratio,
            Systemic Detail,
            "Mean correlation of the venues' liquidated notionals over the last five minutes.";
        NowDerivativeShare = |s| s.systemic.now.running_derivative_share, "systemic.running_derivative_share",
            "Forced part of price", WholeChange, Systemic Detail,
            "Forced flow's part of the spot's recent variance.";
        RunDerivativeShare = |s| s.systemic.derivative_share, "systemic.derivative_share", "Forced part of price, run",
            WholeChange,
            Systemic Key, "The same over the run.";
        SynchronisedStep = |s| s.systemic.synchronised_step.map(|step| step as f64), "systemic.synchronised_step",
            "Venues as one since step", Count, Systemic Detail,
            "First step after which liquidations of separate venues were one event.";
        SynchronisedSeconds = |s| s.systemic.synchronised_seconds, "systemic.synchronised_seconds",
            "Venues as one since", Duration,
            Systemic Key,
            "Moment of margin synchronisation: the first step with synchrony ≥ 0.5, R ≥ 0.5 and at least 0.1 % of the \
             levered open interest liquidated within five minutes. A dashed line marks it.";
        PriceRecoveryHalf = |s| s.systemic.price_recovery.half_seconds, "systemic.price_recovery.half_seconds",
            "Recovery of price",
            Duration, Systemic Key,
            "Time from the end of the largest fall until 50 % of it were made good; – while they are not, or where the \
             fall was less than 1 %.";
        PriceRecoveryNineTenths = |s| s.systemic.price_recovery.nine_tenths_seconds,
            "systemic.price_recovery.nine_tenths_seconds",
            "Recovery of price, 90 %", Duration, Systemic Key, "The same until 90 % of it were made good.";
        DepthRecoveryHalf = |s| s.systemic.depth_recovery.half_seconds, "systemic.depth_recovery.half_seconds",
            "Recovery of depth",
            Duration, Systemic Key,
            "Time from the end of the largest fall until 50 % of it were made good; – while they are not, or where the \
             fall was less than 1 %.";
        DepthRecoveryNineTenths = |s| s.systemic.depth_recovery.nine_tenths_seconds,
            "systemic.depth_recovery.nine_tenths_seconds",
            "Recovery of depth, 90 %", Duration, Systemic Key, "The same until 90 % of it were made good.";
        OpenInterestRecoveryHalf = |s| s.systemic.open_interest_recovery.half_seconds,
            "systemic.open_interest_recovery.half_seconds", "Recovery of OI",
            Duration, Systemic Key,
            "Time from the end of the largest fall until 50 % of it were made good; – while they are not, or where the \
             fall was less than 1 %.";
        OpenInterestRecoveryNineTenths = |s| s.systemic.open_interest_recovery.nine_tenths_seconds,
            "systemic.open_interest_recovery.nine_tenths_seconds",
            "Recovery of OI, 90 %", Duration, Systemic Key, "The same until 90 % of it were made good.";
        LedgerError = |s| s.ledger_max_relative_error, "ledger_max_relative_error", "Largest ledger error", Plain,
            Market Detail,
            "Largest relative error of any ledger rule in any step.";
    } } };
}

pub(super) use with_figures_of_runs;

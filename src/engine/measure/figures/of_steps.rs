//! The rows of the figures of a step, in the order of a run's columns; otherwise their order means nothing.

// Handle = field or reading, name of the column, label, unit, group and interest, meaning, formula and source; and how
// a run sums the steps up: [how, interest, handle = key, label, meaning].
macro_rules! with_figures_of_steps {
    ($next:ident $($before:tt)*) => { $next! { $($before)* step {
        Spot = spot: f64, "spot_price_usd", "Spot", Price, Market Key, "Price of the spot book, USD per coin."
            [smallest Detail LowestPrice = lowest_price: f64, "Lowest price", "Lowest spot price."]
            [largest Detail HighestPrice = highest_price: f64, "Highest price", "Highest spot price."];
        Index = index: f64, "index_price_usd", "Index", Price, Market Detail,
            "The price that marks, funding and margin estimates follow: spot, or a mean of books.";
        Exogenous = exogenous: f64, "exogenous_price_usd", "Without forced flow", Price, Market Detail,
            "What the spot price would be had only noise and shocks moved it.";
        Marks = marks: [f64; VENUES_MAX], "mark_price_{}_usd", "Mark price", Price, Market Detail,
            "Mark price by venue; 0 beyond the number of venues.";
        Futures = futures: [f64; VENUES_MAX], "futures_price_{}_usd", "Futures price", Price, Market Detail,
            "Futures price by venue; 0 beyond the number of venues.";
        FuturesPrice = |o| o.mean_futures(), "futures_price_usd", "Futures, mean", Price, Market Detail,
            "Geometric mean of the venues' futures prices."
            [smallest Detail LowestFuturesPrice = lowest_futures_price: f64, "Lowest futures price",
                "Lowest geometric mean of the venues' futures prices."];
        FundingRates = funding_rates: [f64; VENUES_MAX], "funding_rate_{}_per_8_hours", "Funding rate", BasisPoints,
            Market Detail,
            "Funding rate per eight hours that each venue would charge now; 0 beyond the number of venues.";
        LeveredLongs = levered_longs: f64, "levered_longs_usd", "Levered longs", Usd, Positions Key,
            "Σ notional of the levered long positions.";
        ShortNotional = levered_shorts: f64, "levered_shorts_usd", "Levered shorts", Usd, Positions Key,
            "Σ notional of the levered short positions.";
        LeveredShorts = |o| -o.levered_shorts, "levered_shorts_below_zero_usd" no_column, "Levered shorts, below zero",
            Usd,
            Positions Detail, "Notional of levered shorts, as a negative number.";
        LeveredNet = |o| o.levered_longs - o.levered_shorts, "levered_net_usd" no_column, "Levered net", Usd,
            Positions Detail,
            "Levered longs less levered shorts.";
        Counterparty = counterparty_delta: f64, "counterparty_delta_usd", "Counterparties", Usd, Positions Detail,
            "Net notional of the unlevered counterparties.";
        Arbitrage = arbitrage_delta: f64, "arbitrage_delta_usd", "Arbitrageurs", Usd, Positions Detail,
            "Net notional of the arbitrageurs' futures.";
        CrossDelta = cross_delta: f64, "cross_delta_usd", "Cross-margin delta", Usd, CrossMargin Key,
            "Net notional in this asset of the accounts that hold several assets on one collateral.";
        CrossClosed = cross_closed: f64, "cross_closed_usd", "Closed by contagion", Usd, CrossMargin Detail,
            "Notional of cross-margin positions that was closed by force in a step."
            [total Key CrossLiquidated = cross_liquidated_usd: f64, "Closed by contagion",
                "The notional closed in this asset: the source \"contagion\"."];
        CollateralSold = collateral_sold: f64, "collateral_sold_usd", "Collateral sold a step", Usd, CrossMargin Detail,
            "Collateral coins of cross-margin accounts sold in a step."
            [total Key TotalCollateralSold = collateral_sold_usd: f64, "Collateral sold",
                "Coins sold on spot for what failed accounts still owed once their positions were closed."];
        CrossLiquidations = cross_liquidations: u64, "cross_liquidations_count" no_column,
            "Cross accounts failed a step", Count,
            CrossMargin Detail, "Number of cross-margin accounts that failed in a step."
            [total Key CrossLiquidationCount = cross_liquidation_count: u64, "Cross accounts failed",
                "Accounts whose collateral no longer sufficed, counted where their largest position was."];
        CrossShortfall = cross_shortfall: f64, "cross_shortfall_usd" no_column, "Cross-margin shortfall a step", Usd,
            CrossMargin Detail, "What accounts that failed in a step owed beyond all their collateral."
            [total Key TotalCrossShortfall = cross_shortfall_usd: f64, "Cross-margin shortfall",
                    "What failed accounts owed beyond all their collateral: the insurance fund pays, the rest is bad \
                     debt."];
        OpenInterest = open_interest: f64, "open_interest_usd", "Open interest", Usd, Positions Key,
            "All positive positions at the venues, unlevered counterparties and arbitrageurs included; longs = shorts."
            [first Detail OpenInterestStart = open_interest_start_usd: f64, "Open interest at the start",
                "Open interest at the start."]
            [last Detail OpenInterestEnd = open_interest_end_usd: f64, "Open interest now", "Open interest now."];
        OpenInterestCoins = open_interest_coins: f64, "open_interest_coins", "Open interest in coins", Coins,
            Positions Key,
            "The same in coins: a lower price makes it smaller in dollars though nobody has closed anything.",
            "Σ notional / mark price"
            [first Detail OpenInterestStartCoins = open_interest_start_coins: f64,
                "Open interest in coins at the start",
                "Open interest at the start, in coins."]
            [last Detail OpenInterestEndCoins = open_interest_end_coins: f64, "Open interest in coins now",
                "Open interest now, in coins."];
        LiquidatedLongs = liquidated_longs: f64, "liquidated_longs_usd", "Longs liquidated a step", Usd,
            Liquidation Detail,
            "Long notional liquidated in a step.";
        LiquidatedShorts = liquidated_shorts: f64, "liquidated_shorts_usd", "Shorts liquidated a step", Usd,
            Liquidation Detail,
            "Short notional liquidated in a step.";
        Liquidations = liquidations: u64, "liquidations_count" no_column, "Liquidations a step", Count,
            Liquidation Detail,
            "Number of liquidations in a step."
            [total Detail LiquidationCount = liquidation_count: u64, "Liquidations", "Number of liquidations."];
        Liquidated = liquidated: f64, "liquidated_usd" no_column, "Liquidated a step", Usd, Liquidation Detail,
            "Notional liquidated in a step, longs and shorts."
            [total Key LiquidatedNotional = liquidated_notional_usd: f64, "Liquidated",
                "Σ notional of all liquidations, at their mark price."];
        LiquidationRate = liquidation_rate: f64, "liquidation_rate_usd_per_second" no_column, "Liquidation rate",
            UsdPerSecond,
            Liquidation Detail, "Notional liquidated in the last minute, or in a longer step, divided by its seconds."
            [largest Key PeakLiquidationRate = peak_liquidation_rate_usd_per_second: f64, "Peak rate",
                "Largest notional liquidated within a minute, or in a longer step, divided by its seconds."];
        LiquidatedAt = liquidated_at: [f64; VENUES_MAX], "liquidated_at_{}_usd" no_column, "Liquidated at a venue", Usd,
            Liquidation Detail, "Notional liquidated in a step by venue; 0 beyond the number of venues.";
        Queued = queued: f64, "queued_usd", "Queued", Usd, Breakers Key,
            "Notional that the liquidation engines have taken over and that depth, throttle, halts or price bands do \
             not let them close yet.";
        Backlog = backlog: f64, "backlog_usd", "Past their mark", Usd, Liquidation NonZero,
            "Notional of the positions whose liquidation price the mark has passed and that no liquidation engine has \
             looked at since: the backlog. It is set off already, so R does not count it."
            [largest Detail LargestBacklog = largest_backlog_usd: f64, "Largest backlog",
                "Largest backlog after any step."];
        HaltedVenues = halted_venues: u32, "halted_venues_count", "Halted venues", Count, Breakers Key,
            "Venues at which a circuit breaker has stopped trading, so that the price stands still and liquidations \
             queue, or that are out: their marks stand and nothing is liquidated until they are back.";
        VenuesOut = venues_out: u32, "venues_out_count", "Venues out", Count, Breakers Detail,
            "Venues that are gone; they are among the halted ones.";
        Deleveraged = deleveraged: f64, "deleveraged_usd", "ADL a step", Usd, Losses Detail,
            "Notional cancelled by auto-deleveraging in a step."
            [total Key AdlNotional = adl_notional_usd: f64, "Cancelled by ADL", "Their notional."];
        DeleverageCount = deleverage_count: u64, "deleveraged_count" no_column, "ADL positions a step", Count,
            Losses Detail,
            "Number of positions cancelled by auto-deleveraging in a step."
            [total Key AdlCount = adl_count: u64, "ADL",
                    "Profitable positions closed against bankrupt ones at the bankruptcy price because a fund was \
                     empty: their number."];
        MarginCalls = margin_calls: u64, "margin_calls_count" no_column, "Margin calls a step", Count,
            MarginCalls Detail,
            "Number of positions called in a step."
            [total Key MarginCallCount = margin_call_count: u64, "Margin calls",
                "Positions whose equity fell below the call level: their number."];
        MarginCalled = margin_called: f64, "margin_called_usd", "Called a step", Usd, MarginCalls Detail,
            "Notional of the positions called in a step."
            [total Key TotalMarginCalled = margin_called_usd: f64, "Margin called", "Their notional."];
        ToppedUp = topped_up: f64, "topped_up_usd", "Topped up a step", Usd, MarginCalls Detail,
            "Collateral that reached called positions in a step."
            [total Key TotalToppedUp = topped_up_usd: f64, "Topped up",
                "Collateral that reached called positions in time."];
        TopUpsLate = top_ups_late: f64, "top_ups_late_usd", "Top-ups too late a step", Usd, MarginCalls Detail,
            "Collateral that came too late in a step: its position was gone."
            [total Key TotalTopUpsLate = top_ups_late_usd: f64, "Top-ups too late",
                "Collateral that arrived when its position had been liquidated, and went back to the holder."];
        SoldOnCall = sold_on_call: f64, "sold_on_call_usd", "Sold on call a step", Usd, MarginCalls Detail,
            "Notional that holders under margin call closed at market in a step."
            [total Key TotalSoldOnCall = sold_on_call_usd: f64, "Sold on call",
                "Notional that holders under margin call closed at market: the source \"deleveraging\"."];
        LatencyShortfall = latency_shortfall: f64, "latency_shortfall_fraction", "Latency shortfall", BasisPoints,
            MarginCalls Key,
            "Expected shortfall over the collateral latency, in hundredths of a per cent of the called notional.",
            "s·φ(b/s) − b·Φ(−b/s), s = realised σ·√latency, b = (call level − 1)·maintenance";
        OnBook = |o| o.routes[Route::OrderBook], "liquidated_on_book_usd", "On the book a step", Usd, Routes Detail,
            "Sold on the venues' books by liquidation engines in a step.";
        ByAmm = |o| o.routes[Route::Amm], "liquidated_by_amm_usd", "To the AMM a step", Usd, Routes Detail,
            "Sold to the automated market maker in a step.";
        ByAuction = |o| o.routes[Route::Auction], "liquidated_by_auction_usd", "By auction a step", Usd, Routes Detail,
            "Taken by the bidders of the auction in a step.";
        ByVault = |o| o.routes[Route::Vault], "liquidated_by_vault_usd", "To the vault a step", Usd, Routes Detail,
            "Taken by the backstop vault in a step.";
        OffBook = |o| o.routes.off_book(), "liquidated_off_book_usd" no_column, "Off the book a step", Usd,
            Routes Detail,
            "Taken off the books in a step: by automated market maker, auction and vault.";
        RoutedBook = |o| o.routes_so_far[Route::OrderBook], "liquidated_on_book_so_far_usd", "On the book so far", Usd,
            Routes Detail,
            "Sold on the venues' books by liquidation engines, so far.";
        RoutedAmm = |o| o.routes_so_far[Route::Amm], "liquidated_by_amm_so_far_usd", "To the AMM so far", Usd,
            Routes Detail,
            "Sold to the automated market maker, so far.";
        RoutedAuction = |o| o.routes_so_far[Route::Auction], "liquidated_by_auction_so_far_usd", "By auction so far",
            Usd, Routes Detail,
            "Taken by the bidders of the auction, so far.";
        RoutedVault = |o| o.routes_so_far[Route::Vault], "liquidated_by_vault_so_far_usd", "To the vault so far", Usd,
            Routes Detail,
            "Taken by the backstop vault, so far.";
        Unwound = unwound: f64, "unwound_usd", "Unwound a step", Usd, Routes Detail,
            "Notional taken over earlier that was unwound on the books in a step."
            [total Key UnwoundNotional = unwound_notional_usd: f64, "Unwound",
                "Notional taken over by bidders and vault that they have sold on the books since."];
        TakenOver = taken_over: f64, "taken_over_usd", "Taken over", Usd, Routes Key,
            "Notional that AMM, bidders and vault hold now.";
        TakersProfit = takers_profit: f64, "takers_profit_usd", "Takers' profit", Usd, Routes Key,
            "What AMM, bidders and vault have gained on what they took over.", "cash + position at the mark"
            [last Detail FinalTakersProfit = takers_profit_usd: f64, "Takers' profit",
                "What AMM, bidders and vault have gained."];
        Predators = predators_delta: f64, "predators_delta_usd", "Predators hold", Usd, Predators Key,
            "Net notional of the predators' futures: negative while they are sold short.";
        PredatorsTrades = predators_traded: f64, "predators_traded_usd" no_column, "Predators trade a step", Usd,
            Predators Detail,
            "Notional that predators traded in a step."
            [total Detail PredatorsTraded = predators_traded_usd: f64, "Predators traded",
                "Notional that predators traded, sales and purchases."];
        PredatorsProfit = predators_profit: f64, "predators_profit_usd", "Predators' profit", Usd, Predators Key,
            "What predators have gained: cash received less paid + positions at the books' prices. What they gain, \
             those who are forced to trade lose."
            [last Detail FinalPredatorsProfit = predators_profit_usd: f64, "Predators' profit",
                "What predators have gained."];
        Providers = providers_delta: f64, "providers_delta_usd", "Providers hold", Usd, Providers Key,
            "Net notional that liquidity providers have taken off the books and not yet passed on.";
        ProvidersTrades = providers_traded: f64, "providers_traded_usd" no_column, "Providers trade a step", Usd,
            Providers Detail,
            "Notional that liquidity providers traded in a step."
            [total Detail ProvidersTraded = providers_traded_usd: f64, "Providers traded",
                "Notional that liquidity providers traded, purchases and sales."];
        ProvidersProfit = providers_profit: f64, "providers_profit_usd", "Providers' profit", Usd, Providers Key,
            "What liquidity providers have gained: cash received less paid + inventory at the books' prices. Negative \
             is what the defence has cost them."
            [last Detail FinalProvidersProfit = providers_profit_usd: f64, "Providers' profit",
                "What liquidity providers have gained: the cost of the defence, if it is negative."];
        CarryFutures = carry_futures: f64, "carry_futures_usd", "Carry traders hold", Usd, Carry Key,
            "Notional of the carry traders' futures at all venues, below 0 where longs pay: as many coins stand \
             against it on spot.";
        CarryTrades = carry_traded: f64, "carry_traded_usd" no_column, "Carry traders trade a step", Usd, Carry Detail,
            "Notional that carry traders traded in a step, in futures and on spot."
            [total Detail CarryTraded = carry_traded_usd: f64, "Carry traders traded",
                "Notional that carry traders traded, in futures and on spot."];
        CarryProfit = carry_profit: f64, "carry_profit_usd", "Carry traders' profit", Usd, Carry Key,
            "What carry traders have gained: funding and the closing of the basis less what their orders cost.",
            "cash + positions at the books' prices"
            [last Detail FinalCarryProfit = carry_profit_usd: f64, "Carry traders' profit",
                "What carry traders have gained."];
        StopsSold = stops_sold: f64, "stops_sold_usd", "Sold by stops a step", Usd, Stops Detail,
            "Notional that stop orders sold in a step."
            [total Key StopsSoldNotional = stops_sold_usd: f64, "Sold by stops",
                "Notional that stop-loss orders sold when the price had fallen to them."];
        StopsBought = stops_bought: f64, "stops_bought_usd", "Bought by stops a step", Usd, Stops Detail,
            "Notional that stop orders bought in a step."
            [total Key StopsBoughtNotional = stops_bought_usd: f64, "Bought by stops",
                "Notional that stop-loss orders bought when the price had risen to them."];
        StopsTouched = stops_touched: u64, "stops_touched_count" no_column, "Stops touched a step", Count, Stops Detail,
            "Number of stop orders touched in a step."
            [total Key StopsTouchedCount = stops_touched_count: u64, "Stops touched",
                "Number of stop orders that the price has touched."];
        StopsBelow = stops_below: f64, "stops_below_usd", "Stop sales below", Usd, Stops Key,
            "Notional of the stop orders that wait below the price to sell.";
        StopsAbove = stops_above: f64, "stops_above_usd", "Stop purchases above", Usd, Stops Key,
            "Notional of the stop orders that wait above the price to buy.";
        StopsWaiting = stops_waiting: f64, "stops_waiting_usd", "Stops waiting", Usd, Stops NonZero,
            "Notional of touched stop orders that the books had no room for yet.";
        StopsDelta = stops_delta: f64, "stops_delta_usd", "Out by stops", Usd, Stops Detail,
            "Net notional that stop orders have traded and holders have not taken back: negative after sales.";
        StopsProfit = stops_profit: f64, "stops_profit_usd", "Stops' profit", Usd, Stops Key,
            "What holders have gained by being stopped out, against having held on: negative where the price came \
             back.", "cash + what is out at the books' prices"
            [last Detail FinalStopsProfit = stops_profit_usd: f64, "Stops' profit",
                "What holders have gained by being stopped out."];
        RegionGap = region_gap: f64, "region_gap_fraction", "Gap between regions", Share, Market Detail,
            "Widest gap of a spot book to that at home.";
        Bridged = bridged: f64, "bridged_usd", "On bridges", Usd, Market Detail,
            "Worth of the coins that are under way between regions.";
        MakersStanding = makers_standing: f64, "makers_standing_fraction", "Makers standing", Share, Makers Key,
            "Share of the market makers that have not failed, each book counted by its depth; 1 without makers."
            [smallest Detail MakersStandingMin = makers_standing_min: f64, "Fewest makers standing",
                "Smallest share of the market makers that stood."];
        MakersFailed = makers_failed: u64, "makers_failed_count", "Makers failed a step", Count, Makers Detail,
            "Number of market makers that failed in a step."
            [total Key MakersFailedCount = makers_failed_count: u64, "Makers failed",
                "Market makers that came to carry more than their inventory limit, in all books, so far."];
        Makers = makers_delta: f64, "makers_delta_usd", "Makers hold", Usd, Makers Key,
            "Net notional that market makers took from forced orders and have not yet passed on.";
        MakersProfit = makers_profit: f64, "makers_profit_usd", "Makers' profit", Usd, Makers Key,
            "What market makers have gained: cash received less paid + inventory at the books' prices."
            [last Detail FinalMakersProfit = makers_profit_usd: f64, "Makers' profit",
                "What market makers have gained."];
        Basis = |o| o.mean_basis(), "basis_log" no_column, "Basis", FineChange, State Key,
            "Mean over venues of the futures' log basis over spot.", "ln(futures price / spot price)";
        BasisSpread = basis_spread: f64, "basis_spread_log", "Basis spread", BasisPoints, State Detail,
            "Standard deviation over the venues of the futures' log basis over spot.";
        FundingSpread = funding_spread: f64, "funding_spread_per_8_hours", "Funding spread", BasisPoints, State Detail,
            "Standard deviation over the venues of the funding rates per eight hours.";
        InsuranceFund = insurance_fund: f64, "insurance_fund_usd", "Insurance fund", Usd, Losses Key,
            "Funds of all venues, or of the clearing house; they gain or lose at every liquidation.",
            "q·s·(P_fill − P_bankruptcy)"
            [last Detail FinalInsuranceFund = insurance_fund_usd: f64, "Insurance fund", "Insurance funds now."];
        DefaultFund = |o| o.clearing.default_fund_usd, "default_fund_usd", "Default fund left", Usd, Clearing Key,
            "What is left of the members' contributions.";
        DefaultFundUsed = |o| o.clearing.default_fund_used_usd, "default_fund_used_usd", "Default fund used", Usd,
            Clearing Key,
            "What members have paid for losses beyond margin and insurance fund, and the share of it that they paid \
             for clients of other members.";
        Mutualised = |o| o.clearing.mutualised_usd, "mutualised_usd", "Mutualised", Usd, Clearing Detail,
            "What members have paid for clients of other members.";
        LargestMemberLoss = |o| o.clearing.largest_member_loss_usd, "largest_member_loss_usd", "Largest member loss",
            Usd,
            Clearing Key, "What the member that lost most has lost of its contribution to the default fund.";
        MarginSeparate = |o| o.clearing.margin_separate_usd, "margin_separate_usd", "Margin, each venue", Usd,
            Clearing Key,
            "Members' initial margin if every contract of every venue were netted by itself, over the present \
             positions X of members i against members j in classes k (venues × contracts).", "rate·Σ_k Σ_i|Σ_j X_ij,k|";
        MarginBilateral = |o| o.clearing.margin_bilateral_usd, "margin_bilateral_usd", "Margin, bilateral", Usd,
            Clearing Key,
            "Members' initial margin if every two members netted all classes with one another, and nothing with \
             anybody else.",
            "rate·Σ_i Σ_j|Σ_k X_ij,k|";
        MarginCentral = |o| o.clearing.margin_central_usd, "margin_central_usd", "Margin, central", Usd, Clearing Key,
            "Members' initial margin if one clearing house netted everything.", "rate·Σ_i|Σ_j Σ_k X_ij,k|";
        NettingBenefit = |o| o.clearing.netting_benefit(), "netting_benefit" no_column, "Netting benefit", WholeShare,
            Clearing Key,
            "Share of the initial margin that one house saves against a house for every venue and contract.",
            "1 − central / each venue";
        Shortfall = shortfall: f64, "shortfall_usd", "Shortfall a step", Usd, Execution Detail,
            "What liquidated positions brought less than their bankruptcy price in a step, batch by batch."
            [total Key TotalShortfall = shortfall_usd: f64, "Shortfall",
                    "Σ of what liquidated positions brought less than their bankruptcy price, batch by batch: paid by \
                     insurance fund, default fund or nobody."];
        ExecutionShortfall = execution_shortfall: f64, "execution_shortfall_fraction", "Execution shortfall",
            BasisPoints,
            Execution NonZero,
            "Expected loss beyond the margin over the execution latency, in hundredths of a per cent of the notional, \
             if nothing but volatility moved the price.",
            "s·φ(m/s) − m·Φ(−m/s), s = realised σ·√latency, m = maintenance";
        BadDebt = bad_debt: f64, "bad_debt_usd", "Bad debt", Usd, Losses Key,
            "Losses beyond margin, fund and auto-deleveraging that nobody has paid."
            [last Detail FinalBadDebt = bad_debt_usd: f64, "Bad debt", "Losses nobody has paid."];
        Socialised = socialised: f64, "socialised_loss_usd", "Socialised", Usd, Losses Key,
            "Losses that were charged to the winning side in proportion to its profit instead of staying bad debt."
            [last Detail FinalSocialised = socialised_loss_usd: f64, "Socialised",
                "Losses charged to profitable holders."];
        NegativeEquityClosed = |o| o.insolvent.count, "negative_equity_count", "Closed below zero a step", Count,
            Losses Detail,
            "Number of positions that were worth less than nothing when they were closed, in a step."
            [total Key NegativeEquityCount = negative_equity_count: u64, "Below zero equity",
                    "Positions whose equity W + s·q·(v − e − A) was below 0 when they were closed. At the fill as far \
                     as they were sold, at the mark as far as they were cancelled."];
        NegativeEquityStep = |o| o.insolvent.notional, "negative_equity_notional_usd", "Notional below zero a step",
            Usd,
            Losses Detail, "Their notional."
            [total Detail NegativeEquityNotional = negative_equity_notional_usd: f64, "Notional below zero",
                "Their notional."];
        NegativeEquityMissing = |o| o.insolvent.lost, "negative_equity_loss_usd", "Missing a step", Usd, Losses Detail,
            "What was missing in them, whoever paid for it."
            [total Key NegativeEquityLoss = negative_equity_loss_usd: f64, "Missing",
                "What was missing, whoever paid for it."];
        NegativeEquity = |o| o.insolvent_so_far.lost, "negative_equity_so_far_usd" no_column, "Missing so far", Usd,
            Losses Detail,
            "What was missing in positions closed below zero equity, so far.";
        LoanDebt = |o| o.lending.debt_usd, "lending_debt_usd", "· debt", Usd, Lending Detail, "Σ debt of all loans.";
        LoanCollateral = |o| o.lending.collateral_usd, "lending_collateral_usd", "· collateral", Usd, Lending Detail,
            "Σ collateral of all loans at the oracle's price.";
        LoansAtRisk = |o| o.lending.at_risk_usd, "lending_at_risk_usd", "· at risk", Usd, Lending Key,
            "Debt of loans that a further price move of 10 % makes liquidatable: health factor from 1 to 1/0.9.";
        LoansWaitingCount = |o| o.lending.waiting, "lending_waiting_count", "· waiting", Count, Lending Key,
            "Loans with a health factor below 1 whose liquidation does not pay at this price and depth.";
        LoansWaiting = |o| o.lending.waiting_usd, "lending_waiting_usd", "· debt waiting", Usd, Lending Key,
            "Σ debt of loans that wait.";
        LoansWaitingToxic = |o| o.lending.waiting_toxic_usd, "lending_waiting_toxic_usd", "· toxic debt waiting", Usd,
            Lending Detail,
            "Σ debt of waiting loans that a liquidation would make worse.", "HF < LT·(1 + β)";
        LoansLiquidated = |o| o.lending.step.count, "lending_liquidations_count", "· liquidations a step", Count,
            Lending Detail,
            "Number of liquidations of loans in a step.";
        LoansRepaid = |o| o.lending.step.repaid_usd, "lending_repaid_usd", "· repaid a step", Usd, Lending Detail,
            "Debt that liquidators repaid in a step.";
        LoansToxicRepaid = |o| o.lending.step.toxic_usd, "lending_toxic_repaid_usd", "· toxic debt repaid a step", Usd,
            Lending Detail, "Of it, debt of loans that the liquidation made worse.";
        LoansSeized = |o| o.lending.step.seized_usd, "lending_seized_usd", "· seized a step", Usd, Lending Detail,
            "Collateral that liquidators took in a step, at the oracle's price.";
        LoansLost = |o| o.lending.bad_debt_usd(), "lending_bad_debt_usd", "· bad debt", Usd, Lending Key,
            "What lenders have lost: debt written off because no collateral is left, and Σ max(0, debt − collateral·P) \
             of loans that wait.";
        MaintenanceRate = maintenance_rate: f64, "maintenance_rate_fraction", "Maintenance", Share, State Key,
            "Maintenance rate of the lowest tier, mean over venues.";
        InitialMargin = initial_margin: f64, "initial_margin_fraction", "Initial margin", Share, Requirement Detail,
            "What a new position must post, a share of its notional, mean over venues: its leverage is at most the \
             inverse.",
            "initial multiple × maintenance";
        Haircut = haircut: f64, "haircut_fraction", "Haircut", Share, Requirement NonZero,
            "Share of coin collateral that does not count, mean over venues.", "h = min(h_max, h₀·max(1, σ̂/σ_ref)^β)";
        ForcedCut = forced_cut: f64, "forced_cut_fraction", "Forced cut", Share, Tightening Key,
            "Share of the position that a holder who has just what is required must cut because the requirement m is \
             higher than at its lowest of this run (haircut included, lowest tier), mean over the levered notional.",
            "1 − m_lowest/m";
        Tightened = tightened: f64, "liquidated_by_tightening_usd", "By tighter margin a step", Usd, Tightening Detail,
            "Notional taken over in a step that would still stand at the lowest requirement so far."
            [total Key LiquidatedByTightening = liquidated_by_tightening_usd: f64, "By tighter margin",
                    "Notional that the liquidation engines took over although, at the mark of that moment, it would \
                     still have stood at the lowest requirement of this run: the rise of the requirement liquidated \
                     it, not the price."];
        RealisedVolatility = realised_volatility: f64, "realised_volatility_per_root_year", "Volatility", Volatility,
            State Key,
            "Exponentially weighted volatility of the spot price.";
        Depth = depth: f64, "depth_usd_per_log_price", "Depth", UsdPerLogPrice, State Key,
            "Depth of all books: the order that moves them by one unit of log price; a hundredth of it moves the price \
             1 %."
            [smallest Detail LowestDepth = lowest_depth_usd: f64, "Lowest depth", "Smallest depth of all books."];
        DepthWithin1Percent = depth_within_1_percent: f64, "depth_within_1_percent_usd", "Depth within ±1 %", Usd,
            State Detail,
            "Bids and asks within 1 % of every book's price: the orders that would take all of them 1 % down and 1 % \
             up."
            [smallest Detail LowestDepthWithin1Percent = lowest_depth_within_1_percent_usd: f64,
                "Lowest depth within ±1 %",
                "Smallest sum of bids and asks within 1 % of every book's price."];
        DepthWithin2Percent = depth_within_2_percent: f64, "depth_within_2_percent_usd", "Depth within ±2 %", Usd,
            State Detail,
            "Bids and asks within 2 % of every book's price: the orders that would take all of them 2 % down and 2 % \
             up.";
        Ordered = ordered: BySource, "ordered_{}_usd", "Orders by source a step", Usd, Market Detail,
            "Market orders executed in all books in a step, bought less sold, by source: who takes from the books, \
             whatever it does to the price later.";
        NetOrders = net_orders: f64, "ordered_in_5_minutes_usd", "Net orders, 5 min", Usd, Market Detail,
            "Market orders executed in all books in the last five minutes, bought less sold.";
        OrderImbalance = order_imbalance: Option<f64>, "order_imbalance", "Order imbalance, 5 min", Ratio,
            Market Detail,
            "Imbalance of the market orders of the last five minutes: −1 where all sold, 1 where all bought; what one \
             source buys and another sells in a step does not cancel.", "(bought − sold)/(bought + sold)";
        ReproductionDown = reproduction_down: f64, "reproduction_ratio_down", "R for a fall", Ratio, Liquidation Detail,
            "Reproduction ratio for a fall: liquidations that the next small fall sets off, per liquidation.",
            "R = Σℓ/ΣD";
        ReproductionUp = reproduction_up: f64, "reproduction_ratio_up", "R for a rise", Ratio, Liquidation Detail,
            "Reproduction ratio for a rise: liquidations that the next small rise sets off, per liquidation.",
            "R = Σℓ/ΣD";
        Reproduction = |o| o.reproduction(), "reproduction_ratio" no_column, "Reproduction ratio R", Ratio,
            Liquidation Detail,
            "Forced orders that the next small move sets off, per forced order: liquidations, dealers' hedges, stop \
             orders; ℓ is the notional resting per unit of log price between the marks and half a per cent beyond \
             them, D the depth; what the marks have passed already, the backlog, does not count. Above 1 is necessary \
             for a runaway; where impact decays it is not sufficient. The larger of fall and rise is shown, at its \
             largest after any round of the step.", "R = Σℓ/ΣD"
            [largest Detail LargestReproduction = reproduction_ratio: f64, "Largest R",
                "Largest reproduction ratio after any round of any step."];
        GammaExposure = gamma_exposure: f64, "gamma_exposure_usd_per_percent", "GEX per 1 %", Usd, Hedging Key,
            "Gamma exposure by the dealers' signs: negative where they are short gamma and trade with the move.",
            "Σ sign·OI·Γ·P²·1 %";
        GammaExposureIndex = gamma_exposure_index: f64, "gamma_exposure_index_convention_usd_per_percent",
            "· index convention", Usd,
            Hedging Key,
            "The same were dealers long all calls and short all puts, as is usually assumed for indices.";
        GammaFlip = gamma_flip: Option<f64>, "gamma_flip_price_usd", "Gamma flip", Price, Hedging Key,
            "The price nearest to the present one at which the dealers' gamma changes its sign."
            [last Detail GammaFlipPrice = gamma_flip_price: Option<f64>, "Gamma flip",
                "Price at which gamma changes its sign, the nearest to the price now."];
        GammaFlipIndex = gamma_flip_index: Option<f64>, "gamma_flip_index_convention_price_usd", "· index convention",
            Price,
            Hedging Key, "The same were dealers long all calls and short all puts.";
        HedgeFlowUp = hedge_flow_up: f64, "hedge_flow_up_1_percent_usd", "Hedge flow +1 %", Usd, Hedging Key,
            "What hedgers would buy if the price rose 1 %, Δ their option delta, and a·D·ln 1.01 for the hedging gain. \
             Negative: they sell.", "−[Δ(1.01·P) − Δ(P)]·P";
        HedgeFlowDown = hedge_flow_down: f64, "hedge_flow_down_1_percent_usd", "Hedge flow −1 %", Usd, Hedging Key,
            "What hedgers would buy if the price fell 1 %. Negative: they sell.";
        DealerOptions = dealer_option_delta: f64, "dealer_option_delta_usd", "Dealers' options", Usd, Hedging Key,
            "Delta of the dealers' options.", "Σ sign·OI·Δ·P";
        DealerHedge = dealer_hedge: f64, "dealer_hedge_usd", "Their hedge", Usd, Hedging Key,
            "What they hold against it on spot and in futures.";
        Hedged = hedged: f64, "hedged_usd", "Hedged a step", Usd, Hedging Detail,
            "What dealers bought for their hedge in a step, less what they sold."
            [turnover Key HedgedNotional = hedged_notional_usd: f64, "Traded for hedges",
                "Notional that hedgers bought and sold so far: the source \"hedging\"."];
        WritersClosed = writers_closed: f64, "writers_closed_fraction", "Writers closed out", Share, Hedging Detail,
            "Share of what option writers had sold that dealers have taken over.";
        DealersCut = dealers_cut: f64, "dealers_cut_fraction", "Dealers' options cut", Share, Hedging Detail,
            "Share of their options that dealers have given up because they could not meet the margin asked of them.";
        OptionsExpireIn = options_expire_in: Option<f64>, "options_expire_in_seconds" no_column, "Options expire in",
            Duration,
            Hedging Key, "Market time until the next options expire.";
        HerfindahlByVenue = |o| o.systemic.herfindahl_by_venue, "herfindahl_by_venue", "Herfindahl by venue", Ratio,
            Systemic Key,
            "Σs² over the shares s of the levered open interest by venue: 1 is all in one place, 1/n spread over n.";
        HerfindahlBySide = |o| o.systemic.herfindahl_by_side, "herfindahl_by_side", "Herfindahl by side", Ratio,
            Systemic Key,
            "Σs² over the shares s of the levered open interest by side.";
        HerfindahlByLevel = |o| o.systemic.herfindahl_by_price_level, "herfindahl_by_price_level",
            "Herfindahl by level", Plain,
            Systemic Key,
            "Σs² over the shares s of the levered open interest by the price that liquidates it, in levels 0.1 % wide. \
             Looked at every 30 steps.";
        LargestEngineShare = |o| o.systemic.largest_engine_share, "largest_engine_share", "Behind one engine", Share,
            Systemic Key,
            "Largest share of the levered open interest behind one venue's liquidation engine.";
        LargestOracleShare = |o| o.systemic.largest_oracle_share, "largest_oracle_share", "Behind one price", Share,
            Systemic Key,
            "Largest share behind one price: w of every mark is the index, (1 − w) the venue's own.";
        DepthAdjustedOpenInterest = |o| o.systemic.depth_adjusted_open_interest, "depth_adjusted_open_interest",
            "Depth-adjusted OI", Times, Systemic Key,
            "Open interest over the depth within ±2 %: the orders that would move every book by 2 % down and up.";
        Synchrony = |o| o.systemic.running_synchrony, "running_synchrony", "Synchrony", Ratio, Systemic Key,
            "Mean correlation of the venues' liquidated notionals, in stretches of 10 s, over the last five minutes.";
        DerivativeShare = |o| o.systemic.running_derivative_share, "running_derivative_share", "Forced part of price",
            WholeChange,
            Systemic Key,
            "Derivative share: forced flow's part of the variance of the spot's log moves over 15 minutes, recently \
             (half-life 15 min). Above 100 % it moved the price more than the news let stand, below 0 against it.",
            "Σ Δx_forced·Δx / Σ Δx²";
        Attribution = attribution: BySource, "attribution_{}_log_price", "Moved by a source", LogPrice, Market Detail,
            "Change of the spot's log price since the start, by source.";
        AttributedBySource = |o| o.attribution.map(|_, part| 100.0 * part), "attributed_{}_log_percent" no_column,
            "Moved by a source",
            LogPercent, Market Detail,
            "Change of the spot's log price since the start, in per cent (100 × log), by source.";
        Attributed = |o| 100.0 * o.attribution.values().sum::<f64>(), "attributed_log_percent" no_column,
            "Moved by all sources",
            LogPercent, Market Detail,
            "Change of the spot's log price since the start, in per cent (100 × log): the sum over all sources.";
        Amplification = |o| o.largest_move.amplification(), "amplification_so_far" no_column, "Amplification so far",
            Ratio,
            Market Detail, "Amplification factor of the run so far; none where noise leads.", "A = max|u| / max|e|";
        FurthestMove = |o| o.largest_move.total_log, "largest_move_so_far_log" no_column, "Largest move so far",
            LogPrice,
            Market Detail, "The spot's log move since the start when it was largest so far, negative for a fall.";
        FurthestExogenous = |o| o.largest_move.exogenous_log, "largest_exogenous_move_so_far_log" no_column,
            "Noise and news until then", LogPrice, Market Detail,
            "The largest move that noise, shocks and an imported path alone would have made up to that moment, with \
             its sign.";
    } } };
}

pub(super) use with_figures_of_steps;

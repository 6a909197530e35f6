//! The works that the rows of the tables cite, and where to read them.

/// A work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// How the rows cite it.
    pub cited: &'static str,
    /// Authors, title and place.
    pub title: &'static str,
    /// Where it is to be read.
    pub url: &'static str,
}

macro_rules! references {
    ($($cited:literal: $title:literal, $url:literal;)+) => {
        /// All of them, by author.
        pub const REFERENCES: &[Reference] = &[$(Reference { cited: $cited, title: $title, url: $url }),+];
    };
}

references! {
    "Aave Protocol Whitepaper 2020":
        "Aave, Protocol Whitepaper v1.0, 2020", "https://github.com/aave/aave-protocol/blob/master/docs/Aave_Protocol_Whitepaper_v1_0.pdf";
    "Angeris et al. 2019":
        "G. Angeris et al., An Analysis of Uniswap Markets, 2019", "https://arxiv.org/abs/1911.03380";
    "Bachelier 1900":
        "L. Bachelier, Théorie de la spéculation, Annales scientifiques de l’É.N.S. 1900", "https://doi.org/10.24033/asens.476";
    "Black 1976":
        "F. Black, The Pricing of Commodity Contracts, J. Financial Economics 1976", "https://doi.org/10.1016/0304-405X(76)90024-6";
    "Brunnermeier–Pedersen 2005":
        "M. Brunnermeier and L. Pedersen, Predatory Trading, J. Finance 2005", "https://doi.org/10.1111/j.1540-6261.2005.00781.x";
    "CPMI-IOSCO 2012":
        "CPMI-IOSCO, Principles for Financial Market Infrastructures, 2012", "https://www.bis.org/cpmi/publ/d101.htm";
    "Daniels 1945":
        "H. Daniels, The Statistical Theory of the Strength of Bundles of Threads, Proc. R. Soc. A 1945", "https://doi.org/10.1098/rspa.1945.0011";
    "Donier–Bonart 2015":
        "J. Donier and J. Bonart, A Million Metaorder Analysis of Market Impact on the Bitcoin, Market Microstructure and Liquidity 2015",
        "https://doi.org/10.1142/S2382626615500082";
    "Duffie & Zhu 2011":
        "D. Duffie and H. Zhu, Does a Central Clearing Counterparty Reduce Counterparty Risk?, Review of Asset Pricing Studies 2011",
        "https://doi.org/10.1093/rapstu/rar001";
    "Duffie 2010":
        "D. Duffie, Asset Price Dynamics with Slow-Moving Capital, J. Finance 2010", "https://doi.org/10.1111/j.1540-6261.2010.01569.x";
    "EMIR's technical standards":
        "European Commission, Delegated Regulation (EU) No 153/2013", "https://eur-lex.europa.eu/eli/reg_del/2013/153/oj";
    "Kyle 1985":
        "A. Kyle, Continuous Auctions and Insider Trading, Econometrica 1985", "https://doi.org/10.2307/1913210";
    "Lomax 1954":
        "K. Lomax, Business Failures: Another Example of the Analysis of Failure Data, J. American Statistical Association 1954",
        "https://doi.org/10.1080/01621459.1954.10501239";
    "Obizhaeva–Wang 2013":
        "A. Obizhaeva and J. Wang, Optimal Trading Strategy and Supply/Demand Dynamics, J. Financial Markets 2013",
        "https://doi.org/10.1016/j.finmar.2012.09.001";
    "Osler 2003":
        "C. Osler, Currency Orders and Exchange Rate Dynamics: An Explanation for the Predictive Success of Technical Analysis, J. Finance 2003",
        "https://doi.org/10.1111/1540-6261.00588";
    "Qin et al. 2021":
        "K. Qin et al., An Empirical Study of DeFi Liquidations, 2021", "https://arxiv.org/abs/2106.06389";
    "RiskMetrics 1996":
        "J.P. Morgan and Reuters, RiskMetrics Technical Document, 1996", "https://www.msci.com/documents/10199/5915b101-4206-4ba0-aee2-3449d5c7e95a";
    "SPAN, CME 1988":
        "CME, Standard Portfolio Analysis of Risk, 1988", "https://www.cmegroup.com/solutions/risk-management/performance-bonds-margins/span-methodology-overview.html";
    "Tóth et al. 2011":
        "B. Tóth et al., Anomalous Price Impact and the Critical Nature of Liquidity in Financial Markets, Phys. Rev. X 2011",
        "https://doi.org/10.1103/PhysRevX.1.021006";
    "Uniswap v2 2020":
        "H. Adams et al., Uniswap v2 Core, 2020", "https://app.uniswap.org/whitepaper.pdf";
    "Warmuz et al. 2022":
        "J. Warmuz et al., Toxic Liquidation Spirals, 2022", "https://arxiv.org/abs/2212.07306";
    "Whalley–Wilmott 1997":
        "A. Whalley and P. Wilmott, An Asymptotic Analysis of an Optimal Hedging Model for Option Pricing with Transaction Costs, Mathematical Finance 1997",
        "https://doi.org/10.1111/1467-9965.00034";
}

/// The works that a text cites.
pub fn cited(text: &str) -> impl Iterator<Item = &'static Reference> {
    REFERENCES.iter().filter(move |one| text.contains(one.cited))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table;

    /// A year, as a citation ends with one.
    fn years(text: &str) -> usize {
        let runs = text.split(|c: char| !c.is_ascii_digit());
        let year = |run: &&str| run.len() == 4 && matches!(run.parse(), Ok(1880..=2030));
        runs.filter(year).count()
    }

    #[test]
    fn every_work_that_a_formula_cites_is_listed_and_every_listed_one_is_cited() {
        for row in table() {
            let found: usize = cited(row.source).map(|one| years(one.cited)).sum();
            assert_eq!(years(row.source), found, "{}: {}", row.path, row.source);
        }
        for one in REFERENCES {
            assert!(
                table().iter().any(|row| row.source.contains(one.cited)),
                "{}",
                one.cited
            );
            assert!(one.url.starts_with("https://") && !one.title.is_empty());
        }
        assert!(REFERENCES.is_sorted_by_key(|one| one.cited.to_lowercase()));
    }
}

//! Parameters of the first format that the program no longer has, and what they say in those that it has.
//!
//! The square-root law had a coefficient Y, a daily volatility σ and a daily volume ADV of its own, u = Y·σ·√(V/ADV), beside
//! a depth that only linear impact asked for. Now every law V = D₁·(u/1 %)^κ asks for the depth 100·D₁, and what moved the
//! price by 1 % was D₁ = ADV·(1 %/(Y·σ))².

use cascade_scenario::{ErrorPlace, ParameterChange, ParameterError, Parameters, Setting, find, format};

const LAW: &str = "liquidity.impact";
const COEFFICIENT: &str = "liquidity.square_root_coefficient";
const VOLATILITY: &str = "liquidity.daily_volatility";
const VOLUME: &str = "liquidity.daily_volume";

/// The parameters that have taken over.
const EXPONENT: &str = "liquidity.impact_exponent";
const DEPTH: &str = "liquidity.depth";

/// The law of impact as the first format has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ImpactLaw {
    square_root: bool,
    coefficient: f64,
    daily_volatility: f64,
    daily_volume: f64,
}

impl Default for ImpactLaw {
    fn default() -> Self {
        Self {
            square_root: false,
            coefficient: 1.0,
            daily_volatility: 0.026,
            daily_volume: 30e9,
        }
    }
}

impl ImpactLaw {
    /// Whether a path is of a parameter that is no more.
    pub(super) fn knows(path: &str) -> bool {
        [LAW, COEFFICIENT, VOLATILITY, VOLUME].contains(&path)
    }

    /// Takes over a value of such a parameter.
    pub(super) fn read(&mut self, path: &str, setting: &Setting) -> Result<(), ParameterError> {
        let refuse = |allowed: &str| {
            Err(ParameterError::Value {
                place: ErrorPlace::Scenario,
                field: path.to_owned(),
                value: setting.to_string(),
                allowed: allowed.to_owned(),
            })
        };
        match (path, setting) {
            (LAW, Setting::Word(word)) if word == "linear" || word == "square-root" => {
                self.square_root = word == "square-root";
            }
            (LAW, _) => return refuse("\"linear\" or \"square-root\""),
            (_, Setting::Number(number)) if *number > 0.0 && number.is_finite() => match path {
                COEFFICIENT => self.coefficient = *number,
                VOLATILITY => self.daily_volatility = *number,
                _ => self.daily_volume = *number,
            },
            _ => return refuse("a number above 0"),
        }
        Ok(())
    }

    /// Says the same to the parameters that have taken over.
    pub(super) fn apply(self, parameters: &mut Parameters) -> Result<(), ParameterError> {
        if self.square_root {
            find(EXPONENT)?.set(parameters, 2.0)?;
            find(DEPTH)?.set(parameters, self.depth()).map_err(|_| self.refusal())?;
        }
        Ok(())
    }

    /// Why it has no place among the depths that are allowed.
    fn refusal(self) -> ParameterError {
        let allowed = find(DEPTH).map_or_else(
            |_| String::new(),
            |row| {
                let (least, most) = row.range;
                format!(" from {} to {} USD", format::short(least), format::short(most))
            },
        );
        ParameterError::Value {
            place: ErrorPlace::Scenario,
            field: VOLUME.to_owned(),
            value: self.daily_volume.to_string(),
            allowed: format!(
                "what gives the square-root law, with a coefficient of {} and a daily volatility of {}, a depth of \
                 100·ADV·(1 %/(Y·σ))²{allowed}; this one gives {}",
                self.coefficient,
                self.daily_volatility,
                format::short(self.depth()),
            ),
        }
    }

    /// What a change of such a parameter during a run changes now, if anything.
    pub(super) fn change(&mut self, path: &str, setting: &Setting) -> Result<Option<ParameterChange>, ParameterError> {
        self.read(path, setting)?;
        let (path, number) = match (path, self.square_root) {
            (LAW, square_root) => (EXPONENT, if square_root { 2.0 } else { 1.0 }),
            (_, true) => (DEPTH, self.depth()),
            (_, false) => return Ok(None),
        };
        let change = ParameterChange::read(path, &Setting::Number(number));
        change.map(Some).map_err(|_| self.refusal())
    }

    fn depth(self) -> f64 {
        100.0 * self.daily_volume * (0.01 / (self.coefficient * self.daily_volatility)).powi(2)
    }
}

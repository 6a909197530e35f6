//! What was fitted, in sentences.

use cascade_scenario::format;

use super::{Calibration, Compared, Fitted, LeftOut, Moment};

impl Fitted {
    /// In a sentence.
    pub fn words(&self) -> String {
        let digits = |value| format::digits(value, 2);
        let narrowed = if self.identified { "" } else { ": not identified" };
        format!(
            "{}: {}, {} to {} in a band of 80 %{narrowed}.",
            self.parameter.label(),
            digits(self.median),
            digits(self.p10),
            digits(self.p90)
        )
    }
}

impl Compared {
    /// In a sentence.
    pub fn words(&self) -> String {
        let value = |value| match self.moment {
            // Half the logarithm of the variance of an hour.
            Moment::Volatility => format::share(libm::exp(value), 3),
            Moment::Liquidated => format::share(libm::exp(value), 2),
            _ => format::share(value, 3),
        };
        format!(
            "{}: {} in the record, {} in the model at its best.",
            self.moment.label(),
            value(self.record),
            value(self.model)
        )
    }
}

impl Calibration {
    /// What came of it, in sentences.
    pub fn words(&self) -> String {
        let basis = format!(
            "Fitted to the hours after {} and {} on {}: {} of {} are not ruled out.",
            format::counted(self.hours - self.rises, "sharp fall"),
            format::counted(self.rises, "sharp rise"),
            format::counted(self.days, "day"),
            self.accepted.len(),
            format::counted(self.tried, "point"),
        );
        let refuted = if self.accepted.is_empty() {
            let labels: Vec<&str> = self.refuted_by.iter().map(|moment| moment.label()).collect();
            format!(" The model is refuted. No point reaches these: {}.", labels.join("; "))
        } else {
            String::new()
        };
        let flat: Vec<&str> = self
            .parameters
            .iter()
            .filter(|fitted| !fitted.identified)
            .map(|fitted| fitted.parameter.label())
            .collect();
        let flat = if flat.is_empty() {
            String::new()
        } else {
            format!(
                " Not identified, which is to say that this record does not narrow it down: {}.",
                flat.join("; ")
            )
        };
        let worth = self.left_out.as_ref().map_or_else(
            || " The days are too few to leave one out and foretell it.".to_owned(),
            LeftOut::words,
        );
        format!("{basis}{refuted}{flat}{worth}")
    }
}

impl LeftOut {
    fn words(&self) -> String {
        let worth = if self.fitted < self.unfitted {
            "better"
        } else {
            "no better"
        };
        format!(
            " Of days that were left out the fit foretells how far the price goes on in the hour {worth} than the model without it: mean error {} \
             against {} of the price; its band of 80 % held {}.",
            format::share(self.fitted, 3),
            format::share(self.unfitted, 3),
            format::share(self.held, 3)
        )
    }
}

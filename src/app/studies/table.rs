//! What is known of a study as a table, every row with the scenario, the seeds and the settings behind it.

use cascade_analysis::interventions::Loss;
use cascade_analysis::sensitivity::Step;
use cascade_files::link;
use cascade_files::report::Section;
use cascade_scenario::{format, parameter};

use super::{Asked, Studies, StudyKind};

/// Rows of text, the first one with the names of the columns.
type Rows = Vec<Vec<String>>;

impl Studies {
    /// The table of a study; none while nothing of it is known.
    pub fn table(&self, kind: StudyKind) -> Option<Rows> {
        let (asked, results) = self.runs(kind)?;
        let settings = settings(asked, results.seeds());
        let mut rows = match kind {
            StudyKind::Fragility => self.fragility_rows()?,
            StudyKind::Sensitivity => self.sensitivity_rows()?,
            StudyKind::Interventions => self.intervention_rows()?,
            StudyKind::AtRisk => self.risk_rows()?,
        };
        for (index, row) in rows.iter_mut().enumerate() {
            let settings = settings
                .iter()
                .map(|(name, value)| if index == 0 { (*name).to_owned() } else { value.clone() });
            row.extend(settings);
        }
        Some(rows)
    }

    /// What is known of all studies, for people: as tables of a report.
    pub fn sections(&self) -> Vec<Section> {
        let section = |kind: StudyKind| {
            let (asked, results) = self.runs(kind)?;
            let (done, runs) = results.progress();
            let (rows, shades) = match kind {
                StudyKind::Fragility => self.fragility_matrix()?,
                StudyKind::Sensitivity => (legible(self.sensitivity_rows()?), Vec::new()),
                StudyKind::Interventions => (legible(self.intervention_rows()?), Vec::new()),
                StudyKind::AtRisk => (legible(self.risk_rows()?), Vec::new()),
            };
            Some(Section {
                title: format!("Study: {}", kind.label()),
                note: format!(
                    "{} of {} runs, {} seeds from {}, {} steps each.",
                    format::whole(done as u64),
                    format::whole(runs as u64),
                    results.seeds(),
                    asked.scenario.seed,
                    format::whole(asked.plan.steps)
                ),
                rows,
                shades,
            })
        };
        StudyKind::ALL.iter().filter_map(|kind| section(*kind)).collect()
    }

    /// The medians over the grid: a row a value of the second axis, the largest first.
    fn fragility_matrix(&self) -> Option<(Rows, Vec<Vec<Option<f64>>>)> {
        let subject = &self.fragility.as_ref()?.subject;
        let grid = subject.grid();
        let (x, y) = (grid.axes().first()?, grid.axes().get(1));
        let unit = self.plan.metric.unit();
        let rows = y.map_or(1, |axis| axis.values.len());
        let median = |column: usize, row: usize| {
            let one = subject.statistics.get(grid.cell(column, row)).copied().flatten();
            one.map(|one| one.median())
        };
        let columns = 0..x.values.len();
        let mut sorted: Vec<f64> = columns
            .clone()
            .flat_map(|column| (0..rows).filter_map(move |row| median(column, row)))
            .collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let shade = |value: f64| sorted.partition_point(|one| *one < value) as f64 / sorted.len().max(1) as f64;
        let corner = match y {
            Some(y) => format!(
                "median {} by {} ↓ and {} →",
                self.plan.metric.name(),
                y.row().label,
                x.row().label
            ),
            None => format!("median {} by {}", self.plan.metric.name(), x.row().label),
        };
        let head = std::iter::once(corner)
            .chain(x.values.iter().map(|value| x.row().show(*value)))
            .collect();
        let (mut table, mut shades) = (vec![head], Vec::new());
        for row in (0..rows).rev() {
            let name = y.map_or_else(String::new, |axis| axis.row().show(axis.values[row]));
            let medians: Vec<Option<f64>> = columns.clone().map(|column| median(column, row)).collect();
            let cells = medians
                .iter()
                .map(|median| median.map_or_else(String::new, |median| unit.write(median)));
            table.push(std::iter::once(name).chain(cells).collect());
            shades.push(
                std::iter::once(None)
                    .chain(medians.iter().map(|median| median.map(shade)))
                    .collect(),
            );
        }
        Some((table, shades))
    }

    fn fragility_rows(&self) -> Option<Rows> {
        let subject = &self.fragility.as_ref()?.subject;
        let grid = subject.grid();
        let along = grid.leverage_axis().unwrap_or(0);
        let metric = self.plan.metric.name();
        let mut head: Vec<String> = grid.axes().iter().map(|axis| axis.row().path.clone()).collect();
        head.extend(
            [
                "figure",
                "runs",
                "mean",
                "standard_error",
                "q05",
                "q25",
                "median",
                "q75",
                "q95",
            ]
            .map(str::to_owned),
        );
        head.extend(
            [
                "median_low",
                "median_high",
                "critical_leverage_theory",
                "simulated_onset",
            ]
            .map(str::to_owned),
        );
        let others = grid.axes().get(1).map_or(1, |axis| axis.values.len());
        let cells = grid.variants().into_iter().enumerate().map(|(cell, changes)| {
            let mut row: Vec<String> = changes.iter().map(|(_, value)| value.to_string()).collect();
            row.push(metric.to_string());
            match subject.statistics.get(cell).copied().flatten() {
                Some(one) => {
                    row.push(one.count.to_string());
                    row.extend([one.mean, one.standard_error].map(|value| value.to_string()));
                    row.extend(one.quantiles.map(|value| value.to_string()));
                    row.extend([one.median_interval.0, one.median_interval.1].map(optional));
                }
                None => row.extend(std::iter::once("0".to_owned()).chain(std::iter::repeat_n(String::new(), 9))),
            }
            let other = if along == 0 { cell % others } else { cell / others };
            let at = |line: &[Option<f64>]| optional(line.get(other).copied().flatten());
            row.extend([at(subject.critical_line()), at(subject.onset_line())]);
            row
        });
        Some(std::iter::once(head).chain(cells).collect())
    }

    fn sensitivity_rows(&self) -> Option<Rows> {
        let study = self.sensitivity.as_ref()?;
        let head = [
            "parameter",
            "value",
            "changed_to",
            "step",
            "figure",
            "difference",
            "standard_error",
            "pairs",
        ];
        let metric = self.plan.metric.name();
        let changes = study
            .subject
            .effects
            .iter()
            .flat_map(|effect| &effect.changes)
            .map(|change| {
                let (id, to) = change.trial.change;
                let row = parameter(id);
                let step = match change.trial.step {
                    Step::Less => "-10%",
                    Step::More => "+10%",
                    Step::Other => "other",
                };
                vec![
                    row.path.clone(),
                    row.write(row.get(&study.asked.scenario.parameters)).to_string(),
                    row.write(to).to_string(),
                    step.to_owned(),
                    metric.to_string(),
                    change.difference.to_string(),
                    change.standard_error.to_string(),
                    change.pairs.to_string(),
                ]
            });
        Some(
            std::iter::once(head.map(str::to_owned).to_vec())
                .chain(changes)
                .collect(),
        )
    }

    fn intervention_rows(&self) -> Option<Rows> {
        let subject = &self.interventions.as_ref()?.subject;
        let mut head = ["intervention", "parameter", "in_force", "changed_to"]
            .map(str::to_owned)
            .to_vec();
        for loss in Loss::ALL {
            let name = loss.label().to_lowercase().replace(' ', "_");
            head.extend([format!("{name}_saved"), format!("{name}_standard_error")]);
        }
        head.push("not_applicable".to_owned());
        let made = subject.effects.iter().map(|effect| {
            let one = effect.candidate;
            let slider = parameter(one.change.0);
            let to = slider.write(one.change.1).to_string();
            let mut row = vec![
                one.intervention.name.to_owned(),
                slider.path.clone(),
                one.in_force.to_string(),
                to,
            ];
            for benefit in effect.benefits {
                row.push(optional(benefit.map(|benefit| benefit.saved)));
                row.push(optional(benefit.map(|benefit| benefit.standard_error)));
            }
            row.push(String::new());
            row
        });
        let not = subject.candidates.inapplicable.iter().map(|(intervention, reason)| {
            let empty = std::iter::repeat_n(String::new(), 3 + 2 * Loss::ALL.len());
            std::iter::once(intervention.name.to_owned())
                .chain(empty)
                .chain([reason.clone()])
                .collect()
        });
        Some(std::iter::once(head).chain(made).chain(not).collect())
    }

    fn risk_rows(&self) -> Option<Rows> {
        let subject = &self.at_risk.as_ref()?.subject;
        let head = [
            "figure",
            "runs",
            "median",
            "share",
            "quantile",
            "quantile_low",
            "quantile_high",
            "expected_shortfall",
            "expected_shortfall_standard_error",
        ];
        let rows = subject.risks.iter().map(|risk| {
            vec![
                risk.metric.name().to_string(),
                risk.sorted.len().to_string(),
                risk.median.to_string(),
                self.plan.share.to_string(),
                risk.value.to_string(),
                optional(risk.interval.0),
                optional(risk.interval.1),
                optional(risk.shortfall.map(|one| one.mean)),
                optional(risk.shortfall.map(|one| one.standard_error)),
            ]
        });
        Some(std::iter::once(head.map(str::to_owned).to_vec()).chain(rows).collect())
    }
}

/// What stands behind every row, by the names of its columns.
fn settings(asked: &Asked, seeds: usize) -> [(&'static str, String); 5] {
    let scenario = &asked.scenario;
    [
        ("scenario", scenario.name.clone()),
        ("first_seed", scenario.seed.to_string()),
        ("seeds", seeds.to_string()),
        ("steps", asked.plan.steps.to_string()),
        // A scenario with lists of its own has no link: its preset file tells all of it.
        ("link", link::write(scenario, asked.plan.steps).unwrap_or_default()),
    ]
}

/// Numbers with few digits, and names of columns as words.
fn legible(rows: Rows) -> Rows {
    let cell = |text: String| {
        text.parse()
            .map_or_else(|_| text.replace('_', " "), |number: f64| format::amount(number, 4))
    };
    rows.into_iter()
        .map(|row| row.into_iter().map(cell).collect())
        .collect()
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

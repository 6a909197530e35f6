//! The event log of a run as a table of comma-separated values: `step,time_seconds,kind,text`.

use std::io::Write;

use cascade_engine::LogEntry;

/// Writes a log.
///
/// # Errors
/// The target cannot be written.
pub fn write(log: &[LogEntry], target: impl Write) -> Result<(), csv::Error> {
    let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(target);
    rows.write_record(["step", "time_seconds", "kind", "text"])?;
    for entry in log {
        rows.serialize((entry.step, entry.time_seconds, entry.kind(), entry.to_string()))?;
    }
    Ok(rows.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;
    use cascade_engine::{LogEvent, LogKind, Simulation};
    use cascade_scenario::AssetId;

    #[test]
    fn a_log_reads_back_exactly() {
        let mut simulation = Simulation::new(&preset::find("first-cascade").unwrap()).unwrap();
        (0..400).for_each(|_| simulation.step());
        let mut log = simulation.log().to_vec();
        assert!(log.len() > 5, "{} entries", log.len());
        log.push(LogEntry {
            step: 401,
            time_seconds: 1.0 / 3.0,
            asset: Some(AssetId::new(1)),
            event: LogEvent::Note("with \"quotes\", commas,\nlines and 槓桿".to_owned()),
        });
        let mut text = Vec::new();
        write(&log, &mut text).unwrap();
        assert!(text.starts_with(b"step,time_seconds,kind,text\n"));
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let rows = reader
            .deserialize()
            .collect::<Result<Vec<(u64, f64, LogKind, String)>, _>>();
        let told = |entry: &LogEntry| (entry.step, entry.time_seconds, entry.kind(), entry.to_string());
        assert_eq!(rows.unwrap(), log.iter().map(told).collect::<Vec<_>>());
    }
}

//! `status`: what exists of a release at each place, as a table.

use certified_pipeline::{Holding, Project, Status};
use serde_json::{Value, json};

use crate::args::Release;
use crate::connect::{self, npm_base, registry_base};
use crate::failure::Failure;
use crate::{Table, states};

/// Asks.
pub(crate) async fn status(release: &Release) -> Result<Table, Failure> {
    let project = Project::open(&release.path)?;
    let (npm, registry) = (npm_base(&release.places)?, registry_base(&release.places)?);
    let settings = connect::settings(release, &npm, &registry, false);
    let sources = connect::readers(&release.places).await?;
    let status = certified_pipeline::status(&project, &sources, &settings, &states(release.state.as_ref())).await;
    Ok(Table {
        lines: lines(&status),
        json: in_json(&status),
        exit_code: status.exit_code,
    })
}

fn in_json(status: &Status) -> Value {
    let mut value = json!(status);
    value["next"]["sentence"] = json!(status.next.sentence());
    value
}

/// One line a place, with what is known of it below one another.
fn lines(status: &Status) -> String {
    let mut lines = vec![format!("{}@{}", status.name, status.version)];
    for holding in &status.places {
        lines.extend(rows(holding));
    }
    lines.push(String::new());
    lines.push(status.next.sentence());
    lines.extend(status.next.help().map(|help| format!("  help: {help}")));
    lines.join("\n")
}

fn rows(holding: &Holding) -> Vec<String> {
    let head = format!("  {:<12} {:<12}", holding.place, holding.state.as_str());
    let mut rows: Vec<String> = facts(holding)
        .map(|(name, value)| format!("{:<27} {name:<12} {value}", ""))
        .collect();
    match rows.first_mut() {
        Some(first) => first.replace_range(..head.len(), &head),
        None => rows.push(head.trim_end().to_owned()),
    }
    rows
}

fn facts(holding: &Holding) -> impl Iterator<Item = (&String, &str)> {
    holding.facts.iter().flat_map(|(name, value)| {
        each(value)
            .iter()
            .map(move |one| (name, one.as_str().unwrap_or_default()))
    })
}

fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

//! `cargo xtask dev`: everything on this machine, from the build to a demo page.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};

use crate::build;
use crate::progress::Steps;
use crate::run::{self, Result};
use crate::setup::{node_command, tools};

/// Of the Worker, the stand-in for X and the demo site.
const PORTS: [(&str, u16); 3] = [("--port", 8787), ("--x-port", 8788), ("--site-port", 8789)];
const REAL: &str = "--real";

/// Options and ports come first: a build of minutes should not end with a port that is taken. tests/support/dev.mjs
/// starts, wires and ends the servers.
pub(crate) fn run(options: &[String]) -> Result {
    for (option, port) in ports(options)? {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|error| format!("port {port} is taken ({error}): choose another with {option}"))?;
    }
    let mut steps = Steps::of(build::STEPS + 2);
    steps.next("set-up");
    build::quick(&tools()?, &mut steps)?;
    steps.next("start");
    run::replace_with(node_command("node").arg("tests/support/dev.mjs").args(options))
}

/// The ports that have to be free, by their options.
fn ports(options: &[String]) -> Result<BTreeMap<&'static str, u16>> {
    let mut ports = BTreeMap::from(PORTS);
    let mut words = options.iter().flat_map(|option| option.splitn(2, '='));
    let mut is_real = false;
    while let Some(word) = words.next() {
        if word == REAL {
            is_real = true;
            continue;
        }
        let known = PORTS.iter().find(|(option, _)| *option == word).ok_or_else(|| {
            format!(
                "`{word}` is no option of dev: {REAL}, {}",
                PORTS.map(|(option, _)| format!("{option} N")).join(", ")
            )
        })?;
        let value = words.next().unwrap_or_default();
        let port: u16 = value.parse().map_err(|_| format!("{word} takes a port, and not `{value}`"))?;
        ports.insert(known.0, port);
    }
    if is_real {
        // X itself takes the place of the stand-in.
        ports.remove("--x-port");
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn given(options: &[&str]) -> Result<Vec<(&'static str, u16)>> {
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        Ok(ports(&options)?.into_iter().collect())
    }

    #[test]
    fn ports_are_read_in_both_spellings_of_an_option() {
        let all = given(&["--port", "1", "--x-port=2"]).unwrap();
        assert_eq!(all, [("--port", 1), ("--site-port", 8789), ("--x-port", 2)]);
        assert_eq!(given(&["--real"]).unwrap(), [("--port", 8787), ("--site-port", 8789)]);
    }

    #[test]
    fn a_wrong_option_is_named() {
        assert!(given(&["--prot", "1"]).unwrap_err().to_string().contains("--prot"));
        assert!(given(&["--port", "eighty"]).unwrap_err().to_string().contains("`eighty`"));
        assert!(given(&["--port"]).unwrap_err().to_string().contains("takes a port"));
    }
}

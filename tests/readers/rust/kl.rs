// KL divergence and entropy in nats, of numbers of binary64, over JSON lines: rustc -O kl.rs && ./kl [reversed]
use std::io::{self, BufRead, BufWriter, Write};

fn term(p: f64, q: f64) -> f64 {
    if p == 0.0 {
        0.0
    } else if q == 0.0 {
        f64::INFINITY
    } else if p < 2.0 * q && q < 2.0 * p {
        p * ((p - q) / q).ln_1p() // p - q is exact
    } else {
        let ratio = p / q;
        p * if ratio.is_normal() { ratio.ln() } else { p.ln() - q.ln() }
    }
}

/// The text after "key": up to the closing bracket or quote.
fn field<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let start = line.find(&format!("\"{key}\":"))? + key.len() + 3;
    let rest = &line[start + 1..];
    rest.split(if line[start..].starts_with('[') { ']' } else { '"' }).next()
}

/// The entries of a vector of bits; an error where they are no masses.
fn vector(line: &str, key: &str) -> Result<Vec<f64>, String> {
    let text = field(line, key).ok_or(format!("no argument {key}"))?;
    let entry = |hex: &str| u64::from_str_radix(hex.trim_matches('"'), 16).map(f64::from_bits);
    let read = text.split(',').filter(|hex| !hex.is_empty()).map(entry).collect::<Result<Vec<f64>, _>>();
    let found = read.map_err(|e| e.to_string())?;
    let are_masses = found.iter().all(|&x| x >= 0.0 && x.is_finite());
    if are_masses { Ok(found) } else { Err("masses must be finite and not negative".into()) }
}

fn value(line: &str, function: &str, reversed: bool) -> Result<f64, String> {
    let p = vector(line, "p")?;
    if function == "entropy" {
        return Ok(p.iter().map(|&x| if x == 0.0 { 0.0 } else { -x * x.ln() }).fold(0.0, |s, t| s + t));
    }
    let pairs = p.into_iter().zip(vector(line, "q")?);
    Ok(pairs.map(|(p, q)| if reversed { term(q, p) } else { term(p, q) }).fold(0.0, |s, t| s + t))
}

fn main() -> io::Result<()> {
    let reversed = std::env::args().nth(1).is_some();
    let mut out = BufWriter::new(io::stdout());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let get = |key| field(&line, key).unwrap_or("");
        let (id, function) = (get("id"), get("function"));
        let taken = ["kl_divergence", "entropy"].contains(&function) && get("dtype") == "binary64";
        let answer = match value(&line, function, reversed) {
            _ if !taken || get("variant") != "raw" || get("unit") != "nat" => "\"skip\":\"another function\"".into(),
            Ok(x) => format!("\"bits\":\"{:016x}\"", x.to_bits()),
            Err(text) => format!("\"error\":\"{text}\""),
        };
        writeln!(out, "{{\"id\":\"{id}\",{answer}}}")?;
    }
    out.flush()
}

//! Which room may name which crate.

/// Crates, and the rooms that may name them.
pub(crate) const CRATES: &[(&str, &[&str])] = &[
    ("pest", &["syntax"]),
    ("pest_derive", &["syntax"]),
    ("petgraph", &["wire"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("lsp_server", &["cli"]),
    ("gen_lsp_types", &["cli", "editor"]),
    ("signal_hook", &["cli"]),
    ("rustix", &["cli"]),
    ("terminal_size", &["cli"]),
    ("ureq", &["data"]),
    ("tar", &["data"]),
    ("image", &["data", "report"]),
    ("csv", &["cli", "data"]),
    ("tch", &["emit", "train"]),
    ("torch_sys", &["emit", "train"]),
    ("safetensors", &["run_dir", "train"]),
    ("libloading", &["emit"]),
    ("pulp", &["emit"]),
    ("statrs", &["statistics"]),
    ("crc", &["train"]),
];

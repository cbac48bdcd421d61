//! One binary with every test that needs no libtorch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod cases;
mod cli;
mod crates;
mod cycles;
mod data;
mod docs;
mod draw;
mod draws;
mod editors;
mod examples;
mod export;
mod few_shot;
mod format;
mod freeze;
mod grids;
mod growth;
mod interpreter;
mod labels;
mod lenet;
mod many;
mod masks;
mod numbers;
mod pages;
mod plain_words;
mod program;
mod properties;
mod remedies;
mod report;
mod rivals;
mod rows;
#[path = "../skips/mod.rs"]
mod skips;
mod sparse;
mod stable;
mod symbols;
mod syntax;
mod tidy;
mod words;
mod work;

/**
 * The grammar of `.gem` files for editors, after grammar/gem.pest. It reads all that gemc reads, and little else: a line end outside
 * brackets ends a statement. `make tree-sitter` makes src/ of it, and queries/helix of the other queries.
 */

const list = (rule) => optional(seq(rule, repeat(seq(",", rule)), optional(",")));

module.exports = grammar({
  name: "gem",

  word: ($) => $.name,

  // a line end is left out wherever it ends no statement
  extras: ($) => [/[ \t\r\n\uFEFF]/, $.comment],

  supertypes: ($) => [$.statement, $.expression],

  rules: {
    source_file: ($) => optional($.model),

    model: ($) =>
      seq(
        "model",
        field("name", $.name),
        field("parameters", optional($.parameters)),
        "{",
        repeat(seq($.statement, "\n")),
        optional($.statement),
        "}",
      ),

    parameters: ($) => seq("(", list($.parameter), ")"),
    parameter: ($) => seq(field("name", $.name), "=", field("default", $.expression)),

    // --- the statements

    statement: ($) =>
      choice($.let, $.genome, $.interaction, $.population, $.connect, $.unroll, $.start, $.input, $.output),

    let: ($) => seq("let", field("name", $.name), "=", field("value", $.expression)),

    genome: ($) => seq("genome", field("name", $.name), field("arguments", $.arguments), optional($.attributes)),

    interaction: ($) =>
      seq("interaction", field("name", $.name), "over", field("genome", $.name), optional($.attributes)),

    population: ($) =>
      seq("population", field("name", $.name), "=", field("shape", choice($.call, $.name)), optional($.attributes)),

    connect: ($) =>
      seq(
        "connect",
        field("population", $.name),
        repeat1(seq("->", field("population", $.name))),
        "via",
        field("encoding", choice($.call, $.name)),
        optional($.attributes),
      ),

    unroll: ($) => seq("unroll", field("ticks", $.expression)),
    start: ($) => seq("start", field("rule", $.name)),
    input: ($) => seq("input", field("population", $.name), optional($.attributes)),
    output: ($) => seq("output", field("population", $.name)),

    // --- calls, attributes, expressions

    call: ($) => seq(field("function", $.name), field("arguments", $.arguments)),

    arguments: ($) => seq("(", list(choice($.named_argument, $.expression)), ")"),
    named_argument: ($) => seq(field("key", $.name), ":", field("value", $.expression)),

    attributes: ($) => seq("{", list($.attribute), "}"),
    attribute: ($) => seq(field("key", $.name), optional(seq(":", field("value", $.expression)))),

    expression: ($) => choice($.binary, $.negation, $.group, $.call, $.name, $.boolean, $.number),

    binary: ($) =>
      choice(
        prec.left(1, seq(field("left", $.expression), choice("+", "-"), field("right", $.expression))),
        prec.left(2, seq(field("left", $.expression), choice("*", "/"), field("right", $.expression))),
      ),
    negation: ($) => prec(3, seq("-", $.expression)),
    group: ($) => seq("(", $.expression, ")"),

    // --- words

    name: () => /[A-Za-z_][A-Za-z0-9_]*/,
    boolean: () => choice("true", "false"),
    number: () => /[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/,
    comment: () => token(choice(/\/\/[^\n]*/, /\/\*[^*]*\*+([^/*][^*]*\*+)*\//)),
  },
});

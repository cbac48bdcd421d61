; Colours of a .gem file. Of two patterns for one word the later one holds. The lists of words are those of gemc's own tables: a test
; of gemc holds them equal, and the test of this package shows every word with its colour.

(name) @variable
(comment) @comment
(number) @number
(boolean) @boolean

[
  "model"
  "let"
  "genome"
  "interaction"
  "population"
  "connect"
  "unroll"
  "start"
  "input"
  "output"
] @keyword

["over" "via"] @keyword.operator

["=" "->" "+" "-" "*" "/"] @operator
["(" ")" "{" "}"] @punctuation.bracket
["," ":"] @punctuation.delimiter

; names, where they are declared and where nothing else can stand

(model name: (name) @module)
(parameter name: (name) @variable.parameter)
(genome name: (name) @type.genome)
(interaction name: (name) @type.genome)
(interaction genome: (name) @type.genome)
(population name: (name) @type.population)
(connect population: (name) @type.population)
(input population: (name) @type.population)
(output population: (name) @type.population)

; shapes and encodings

(call function: (name) @function)
(population shape: (_) @function
  (#not-match? @function "[(]"))
(connect encoding: (name) @type.genome)
(connect encoding: (call function: (name) @type.genome))

(population
  shape: (call function: (name) @function.builtin)
  (#any-of? @function.builtin "units" "grid" "cloud" "average_pool"))

(population
  shape: (call
    function: (name) @function.builtin
    arguments: (arguments . (name) @type.population))
  (#eq? @function.builtin "average_pool"))

(connect
  encoding: [
    (name) @function.builtin
    (call function: (name) @function.builtin)
  ]
  (#any-of? @function.builtin "direct" "basis" "gnetwork" "subspace" "sine"))

; attributes and named arguments; what is no attribute of a population is a genome that it expresses

(attribute key: (name) @property)
(named_argument key: (name) @property)

(population
  (attributes
    (attribute key: (name) @type.genome))
  (#not-any-of? @type.genome "activation" "bias" "positions"))

(arguments
  (name) @property
  (#any-of? @property "centred" "contrasts" "anisotropic"))

; values

(attribute
  value: [
    (name) @constant.builtin
    (call function: (name) @constant.builtin)
  ]
  (#any-of? @constant.builtin
    "identity" "relu" "tanh" "sigmoid" "gelu" "none" "free" "per_map" "expressed" "learned" "symmetric" "diagonal"
    "frozen" "rank" "real" "heaviside" "nonnegative" "maps"))

(start
  rule: (name) @constant.builtin
  (#any-of? @constant.builtin "calibrated" "fan_in"))

(attribute
  key: (name) @property
  value: (call
    function: (name) @constant.builtin
    arguments: (arguments . (name) @type.genome))
  (#eq? @property "bias")
  (#eq? @constant.builtin "expressed"))

(population
  (attributes
    (attribute
      key: (name) @type.genome
      value: [
        (name) @function.builtin
        (call function: (name) @function.builtin)
      ]))
  (#not-any-of? @type.genome "activation" "bias" "positions")
  (#any-of? @function.builtin "free" "random" "gaussian" "inverse_square" "split"))

(call
  function: (name) @function.builtin
  arguments: (arguments
    [
      (name) @function.builtin
      (call function: (name) @function.builtin)
    ])
  (#any-of? @function.builtin "free" "random" "gaussian" "inverse_square" "split"))

; How far lines are indented, as nvim-treesitter reads it.
[
  (model)
  (parameters)
  (arguments)
  (attributes)
] @indent.begin

["}" ")"] @indent.branch @indent.end

(comment) @indent.ignore

; What an editor folds.
[
  (model)
  (parameters)
  (arguments)
  (attributes)
  (comment)
] @fold

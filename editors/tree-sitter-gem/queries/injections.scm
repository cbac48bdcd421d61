; What is written in another language: in comments, marks such as TODO.
((comment) @injection.content
  (#set! injection.language "comment"))

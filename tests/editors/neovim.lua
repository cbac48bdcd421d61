-- What Neovim, configured as docs/editors.md says, makes of a model: every answer of the language server through Neovim's own functions.
-- Prints what is told, a heading and lines each. `tests/editors/neovim.py` runs it.
local function tell(...) io.stdout:write(table.concat({ ... }), "\n") end
local function wait(what, name) assert(vim.wait(10000, what, 10), "waited in vain: " .. name) end
local function lines() return vim.api.nvim_buf_get_lines(0, 0, -1, false) end

local function go(pattern, shift)
  vim.fn.cursor(1, 1)
  vim.fn.search(pattern, "c")
  local place = vim.api.nvim_win_get_cursor(0)
  vim.api.nvim_win_set_cursor(0, { place[1], place[2] + (shift or 0) })
end

local function diagnostics()
  for _, found in ipairs(vim.diagnostic.get(0)) do
    tell(("  %d:%d %s %s"):format(found.lnum + 1, found.col + 1, found.code, found.message:gsub("\n", " | ")))
  end
end

local function hover(pattern)
  go(pattern)
  vim.lsp.buf.hover()
  local window
  wait(function()
    for _, each in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(each).relative ~= "" then window = each end
    end
    return window
  end, "hover")
  for _, line in ipairs(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)) do tell("  ", line) end
  vim.api.nvim_win_close(window, true)
end

local function main()
  wait(function() return #vim.lsp.get_clients({ bufnr = 0 }) == 1 end, "the server")
  wait(function() return #vim.diagnostic.get(0) > 0 end, "diagnostics")
  tell("diagnostics")
  diagnostics()

  tell("quick fix")
  go("gausian")
  vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.kind == "quickfix" end })
  wait(function() return vim.fn.search("gausian", "nw") == 0 end, "the fix")
  wait(function() return #vim.diagnostic.get(0) == 0 end, "no diagnostics")
  tell("  ", lines()[4])

  tell("hover of a population")
  hover("pixels =")
  tell("hover of an attribute")
  hover("activation")

  tell("inlay hints")
  wait(function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end, "inlay hints")
  for _, hint in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do
    tell(("  line %d: %s"):format(hint.inlay_hint.position.line + 1, hint.inlay_hint.label))
  end

  tell("code lens")
  vim.lsp.codelens.refresh({ bufnr = 0 })
  wait(function() return #vim.lsp.codelens.get(0) > 0 end, "code lens")
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do tell("  ", lens.command.title) end

  tell("completion")
  vim.api.nvim_buf_set_lines(0, 7, 7, false, { "    connect hidden -> " })
  vim.api.nvim_win_set_cursor(0, { 8, 21 })
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  params.position.character = 22
  local answer = vim.lsp.buf_request_sync(0, "textDocument/completion", params, 10000)
  for _, item in ipairs(vim.tbl_values(answer)[1].result) do tell("  ", item.label) end
  vim.api.nvim_buf_set_lines(0, 7, 8, false, {})

  tell("definition")
  go("->hidden", 2)
  vim.lsp.buf.definition()
  wait(function() return vim.api.nvim_get_current_line():find("population hidden") end, "the definition")
  tell("  ", vim.api.nvim_get_current_line())

  tell("references")
  vim.lsp.buf.references({ includeDeclaration = true })
  wait(function() return #vim.fn.getqflist() > 0 end, "references")
  for _, found in ipairs(vim.fn.getqflist()) do tell(("  %d:%d"):format(found.lnum, found.col)) end
  vim.cmd.cclose()

  tell("rename")
  go("population hidden", 12)
  vim.lsp.buf.rename("middle")
  wait(function() return vim.fn.search("->middle->", "nw") > 0 end, "the new name")

  tell("formatted when written")
  vim.cmd("silent write")
  for _, line in ipairs(lines()) do tell("  ", line) end

  tell("tree-sitter")
  vim.treesitter.start(0, "gem")
  vim.treesitter.get_parser(0, "gem"):parse(true)
  for _, word in ipairs({ "model", "mlp", "genes", "genome g", "grid", "gaussian", "relu", "activation", "via", "28", "digits = " }) do
    go(word)
    local found = vim.treesitter.get_captures_at_cursor(0)
    tell(("  %s: %s"):format(word, table.concat(found, " ")))
  end
end

local done, why = pcall(main)
if not done then tell("failed: ", why) end
vim.cmd("qall!")

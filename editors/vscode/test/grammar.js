// Colours the shipped models and every good case by the engine of VS Code, and compares the text of every word with its snapshot. Nothing
// may be left without a scope, and only what the text declares may have that of a name. `node test/grammar.js --accept` writes the snapshot.
const fs = require("fs");
const path = require("path");
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const here = (...parts) => path.join(__dirname, ...parts);
const root = here("..", "..", "..");

async function load() {
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const file = here("..", "syntaxes", "gem.tmLanguage.json");
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(file, "utf8"), file),
  });
  return registry.loadGrammar("source.gem");
}

function coloured(grammar, text) {
  let state = INITIAL;
  return text.split("\n").map((line) => {
    const read = grammar.tokenizeLine(line, state);
    state = read.ruleStack;
    const tokens = read.tokens.map((token) => ({
      text: line.slice(token.startIndex, token.endIndex),
      scope: token.scopes.slice(1).join(" "),
    }));
    return tokens.filter((token) => token.text.trim());
  });
}

// what is coloured as a name, or not at all
function plain(lines) {
  const bare = lines.flat().filter((token) => !token.scope).map((token) => token.text.trim());
  const names = lines.flat().filter((token) => token.scope === "variable.other.gem").map((token) => token.text);
  return [...new Set([...bare, ...names])];
}

async function main() {
  const grammar = await load();
  const files = ["models", "tests/cases/ok", "editors"].flatMap((folder) =>
    fs.readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".gem")).map((name) => path.join(root, folder, name)));
  for (const file of files) {
    const text = fs.readFileSync(file, "utf8");
    const code = text.replace(/\/\/.*|\/\*[^]*?\*\//g, "");
    const declared = new Set([...code.matchAll(/(?:let|genome|interaction|population)\s+(\w+)|(\w+)\s*=/g)].map((found) => found[1] || found[2]));
    const unknown = plain(coloured(grammar, text)).filter((word) => !declared.has(word));
    if (unknown.length) throw new Error(`${file}: no scope for ${unknown.join(", ")}`);
  }
  const text = fs.readFileSync(path.join(root, "editors/every_word.gem"), "utf8");
  const shown = coloured(grammar, text).map((line) => line.map((token) => `${token.text.trim()}  [${token.scope}]\n`).join("")).join("\n");
  const snapshot = here("colours.txt");
  if (process.argv.includes("--accept")) fs.writeFileSync(snapshot, shown);
  if (fs.readFileSync(snapshot, "utf8") !== shown) throw new Error(`${snapshot} differs: node test/grammar.js --accept`);
  console.log(`${files.length} texts coloured`);
}

main().catch((why) => {
  console.error(why.message);
  process.exit(1);
});

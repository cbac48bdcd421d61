// Starts `gemc lsp` when a .gem file is opened, and hands it to VS Code.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async function () {
  const command = vscode.workspace.getConfiguration("gemc").get("path", "gemc");
  const server = { command, args: ["lsp"] };
  client = new LanguageClient("gemc", "gemc", server, { documentSelector: [{ language: "gem" }] });
  try {
    await client.start();
  } catch (why) {
    vscode.window.showErrorMessage(`gemc cannot be started as "${command}": ${why.message}. Set "gemc.path".`);
  }
};

exports.deactivate = () => client && client.stop();
